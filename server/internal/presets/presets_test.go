package presets

import (
	"context"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"

	"framecraft/protocol"
	"framecraft/server/internal/endpoint"
	"framecraft/server/internal/wire"
)

// Every scenario is played on real TCP and every transcript is read: each breaks
// exactly the rules that it says.

// broken returns the rules that a conversation breaks, each once, in their order.
func broken(t *protocol.Transcript) []protocol.RuleID {
	var found []protocol.RuleID
	for _, d := range protocol.InspectTranscript(t).Diagnostics {
		found = append(found, d.Rule)
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// startBuiltIn serves the target echo.
func startBuiltIn(t *testing.T) *wire.BuiltIn {
	e := endpoint.New(endpoint.DefaultLimits(), slog.New(slog.DiscardHandler))
	builtIn := wire.NewBuiltIn(&http.Server{Handler: wire.EchoHandler(e, endpoint.Echo(16<<20))})
	t.Cleanup(func() {
		builtIn.Close()
		e.Shutdown()
	})
	return builtIn
}

func TestPresetsBreakWhatTheySay(t *testing.T) {
	builtIn := startBuiltIn(t)
	for _, preset := range All() {
		t.Run(preset.ID, func(t *testing.T) {
			t.Parallel()
			transcript, unmet := played(t, preset, builtIn)
			want := slices.Clone(preset.Breaks)
			slices.Sort(want)
			if found := broken(transcript); !slices.Equal(found, want) {
				t.Errorf("broken are %v, expected %v\n%s", found, want, transcript.AppendTo(nil))
			}
			if unmet > 0 {
				t.Errorf("%d expectations are not met:\n%s", unmet, transcript.AppendTo(nil))
			}
		})
	}
}

// Our own server is among those that the presets are played against: it refuses
// every request that the judge calls broken, with the status of the rule's row.
func TestOurServerTakesNoBrokenRequest(t *testing.T) {
	builtIn := startBuiltIn(t)
	refused := 0
	for _, preset := range requests() {
		transcript, _ := played(t, preset, builtIn)
		for _, rule := range broken(transcript) {
			if rule == protocol.RuleHandshakeBadRequestAccepted || rule == protocol.RuleHandshakeVersionMismatchAccepted {
				t.Errorf("%s: our server breaks %v", preset.ID, rule)
			}
		}
		want := preset.Breaks[0].Rule().HTTPStatus
		// Of what is no request no line has come that could be answered.
		if want == 0 || preset.Breaks[0] == protocol.RuleHandshakeRequestMissing {
			continue
		}
		refused++
		if status := answered(transcript); status != want {
			t.Errorf("%s: answered with %d, expected %d", preset.ID, status, want)
		}
	}
	if refused < 20 {
		t.Errorf("%d presets break a rule that has a status, expected most of them", refused)
	}
}

// answered returns the status of the server's response, 0 for none.
func answered(t *protocol.Transcript) int {
	head := protocol.InspectTranscript(t).Response
	if head == nil {
		return 0
	}
	return head.StatusNumber()
}

// played plays a scenario, or reads a transcript.
func played(t *testing.T, preset Preset, builtIn *wire.BuiltIn) (transcript *protocol.Transcript, unmet int) {
	if preset.Scenario == "" {
		transcript, err := protocol.ParseTranscript(preset.Transcript)
		if err != nil {
			t.Fatal(err)
		}
		return transcript, 0
	}
	scenario, err := protocol.ParseScenario(preset.Scenario)
	if err != nil {
		t.Fatal(err)
	}
	target, err := wire.ParseTarget(preset.Target)
	if err != nil {
		t.Fatal(err)
	}
	options := wire.Options{Dialer: &wire.Dialer{BuiltIn: builtIn}, Limits: wire.DefaultLimits()}
	result, err := wire.Play(context.Background(), scenario, target, options, func(protocol.Entry) {})
	if err != nil {
		t.Fatal(err)
	}
	return &result.Transcript, result.Unmet
}

func TestEveryRuleHasAPreset(t *testing.T) {
	shown := map[protocol.RuleID]bool{}
	for _, preset := range All() {
		for _, rule := range preset.Breaks {
			shown[rule] = true
		}
	}
	for i, rule := range protocol.Rules() {
		group, _, _ := strings.Cut(rule.ID, "-")
		if (group == "handshake" || group == "deflate") && !shown[protocol.RuleID(i)] {
			t.Errorf("no preset breaks %s", rule.ID)
		}
	}
}

func TestPresetsAreToldApart(t *testing.T) {
	ids := map[string]bool{}
	for _, preset := range All() {
		if preset.ID == "" || preset.Title == "" || preset.Text == "" || ids[preset.ID] {
			t.Errorf("%q lacks a title, a text or an id of its own", preset.ID)
		}
		ids[preset.ID] = true
		if (preset.Scenario == "") == (preset.Transcript == "") {
			t.Errorf("%s has to be either a scenario or a transcript", preset.ID)
		}
	}
	if list, err := JSON(); err != nil || !strings.Contains(string(list), `"id":"hello"`) {
		t.Errorf("the list begins with %.80s, %v", list, err)
	}
}
