package main

import "framecraft/protocol"

// What the page can ask about conversations: what a scenario says and sends, and
// what came of it. Like the questions about drafts in api.go, plain functions; the
// one error is a text that cannot be read.

// The handshake that a scenario is shown with: host and key of RFC 6455, section
// 1.2. The player has its own.
const (
	shownHost = "server.example.com"
	shownKey  = "dGhlIHNhbXBsZSBub25jZQ=="
)

// scenario answers what a scenario says: the steps, the bytes of its frames with
// a report on them, behind those the bytes of its handshakes.
func (w *workbench) scenario(text string) {
	s, err := protocol.ParseScenario(text)
	if err != nil {
		w.clear()
		w.view = append(appendError(w.view, errorOf(err)), `,"role":"client","steps":[],"handshake":null}`...)
		return
	}
	w.clear()
	w.doc = s.AppendTo(w.doc)
	var drafts []protocol.Draft
	for i := range s.Steps {
		if s.Steps[i].Kind == protocol.StepFrame {
			drafts = append(drafts, s.Steps[i].Draft)
		}
	}
	fillKeys(drafts, 1)
	for _, d := range drafts {
		start := len(w.wire)
		w.wire = d.AppendTo(w.wire, 0)
		w.drafts = append(w.drafts, place{start: start, end: len(w.wire)})
	}
	options := protocol.Options{Sender: s.Role}
	head := appendHead(nil, s, 0)
	options.Deflate, options.DeflateAgreed = protocol.OfferedDeflate(s.Role, head)
	w.report = protocol.Inspect(w.wire, options).AppendJSON(w.report)
	w.unmasked = protocol.AppendUnmasked(w.unmasked, w.wire)
	w.steps(s, head)
}

// steps writes the view.
func (w *workbench) steps(s *protocol.Scenario, head []byte) {
	frames := w.drafts
	places := make([][2]int, len(s.Steps))
	for i := range s.Steps {
		at := place{start: len(w.wire)}
		switch s.Steps[i].Kind {
		case protocol.StepFrame:
			at, frames = frames[0], frames[1:]
		case protocol.StepHandshake:
			w.wire = appendHead(w.wire, s, i)
			w.unmasked = append(w.unmasked, w.wire[at.start:]...)
			fallthrough
		default:
			at.end = len(w.wire)
		}
		places[i] = [2]int{at.start, at.end}
	}
	w.view = s.AppendJSON(w.view, places, head)
}

// appendHead appends the bytes of the first handshake from a step on, if there is
// one.
func appendHead(dst []byte, s *protocol.Scenario, from int) []byte {
	for i := from; i < len(s.Steps); i++ {
		if h := s.Steps[i].Handshake; h != nil {
			if s.Role == protocol.RoleServer {
				return h.AppendResponse(dst, shownKey)
			}
			return h.AppendRequest(dst, shownHost, "/", shownKey)
		}
	}
	return dst
}

// transcript answers what happened: the conversation, and the bytes of the client
// with those of the server behind them.
func (w *workbench) transcript(text string) {
	w.clear()
	t, err := protocol.ParseTranscript(text)
	if err != nil {
		w.view = append(appendError(w.view, errorOf(err)), `,"conversation":null}`...)
		return
	}
	c := protocol.InspectTranscript(t)
	w.view = append(c.AppendJSON(append(w.view, `{"error":null,"conversation":`...)), '}')
	w.wire = append(append(w.wire, c.Sent[protocol.RoleClient]...), c.Sent[protocol.RoleServer]...)
}
