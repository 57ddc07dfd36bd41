// Package presets has conversations to begin with: scenarios to be played, and
// transcripts to be read where one side alone cannot break the rule. There is at
// least one for every rule about handshakes, compression and both directions, and
// one for each famous failure that a person can play. The page lists them.
//
// They stand here and not in package protocol so that the WASM module need not
// carry them: nobody plays anything without the server.
//
// To add a scenario: a row in the file of its group with the rules that its play
// breaks, a sentence that says what to look at, and the target if it is not the
// plain echo endpoint. The test plays it and names what else is broken. To add a
// transcript: a row in transcripts.go.
package presets

import (
	"encoding/json"
	"slices"
	"strings"
	"sync"

	"framecraft/protocol"
)

// Preset is a conversation with a name.
type Preset struct {
	// ID is for links and tests, Title for people.
	ID    string
	Title string
	// Group is where the page lists it.
	Group string
	// Breaks has the rule that the preset is about, and behind it those that
	// cannot but be broken along with it.
	Breaks []protocol.RuleID
	// Target is what the scenario is to be played against.
	Target string
	// Scenario is to be played; where it is empty, Transcript is to be read.
	Scenario   string
	Transcript string
	// Text is a sentence: what to look at.
	Text string
}

// The groups, in the order of the page.
const (
	groupLegal     = "to begin with"
	groupRequest   = "request"
	groupResponse  = "response"
	groupDeflate   = "deflate"
	groupSequence  = "both directions"
	groupFailures  = "famous failures"
	targetEcho     = "echo"
	targetClient   = "client"
	offersDeflate  = "handshake\n  with Sec-WebSocket-Extensions: permessage-deflate\nexpect status 101\n\n"
	expectsRefusal = "expect status 400 or 426\nexpect end\n"
)

// All returns all presets, the legal ones first.
func All() []Preset {
	return slices.Concat(legal, requests(), responses(), deflates, sequences, failures, transcripts())
}

type rules = []protocol.RuleID

// listed is a preset as the page reads it.
type listed struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Group string `json:"group"`
	// Rule is the rule that it is about, "" for none.
	Rule       string `json:"rule"`
	Role       string `json:"role"`
	Target     string `json:"target"`
	Scenario   string `json:"scenario"`
	Transcript string `json:"transcript"`
	Text       string `json:"text"`
}

// JSON returns all presets as one JSON array. Nobody may change it.
var JSON = sync.OnceValues(func() ([]byte, error) {
	var list []listed
	for _, p := range All() {
		l := listed{p.ID, p.Title, p.Group, "", protocol.RoleClient.String(), p.Target, p.Scenario, p.Transcript, p.Text}
		if len(p.Breaks) > 0 {
			l.Rule = p.Breaks[0].String()
		}
		if strings.HasPrefix(p.Scenario, "role server\n") {
			l.Role = protocol.RoleServer.String()
		}
		list = append(list, l)
	}
	return json.Marshal(list)
})
