package protocol

// AppendJSON appends what there is to say of a scenario that could be read, as one
// JSON object (ScenarioView in static/protocol.d.ts). The places are where each
// step's bytes stand; head is what the first handshake sends, if anything.
func (s *Scenario) AppendJSON(dst []byte, places [][2]int, head []byte) []byte {
	w := jsonWriter{append(dst, '{')}
	w.name("error").null()
	w.name("role").string(s.Role.String())
	w.name("steps").begin('[')
	for i := range s.Steps {
		step := &s.Steps[i]
		kind := step.Kind.String()
		if step.Draft.Raw {
			kind = entryWords[EntryBytes]
		}
		text := step.AppendTo(nil, s.Role)
		w.begin('{')
		w.name("kind").string(kind)
		w.name("line").int(step.Line)
		w.name("lastLine").int(step.LastLine)
		w.name("text").string(string(text[:len(text)-1]))
		w.name("start").int(places[i][0])
		w.name("end").int(places[i][1])
		w.end('}')
	}
	w.end(']')
	w.name("handshake")
	if len(head) > 0 {
		t := Transcript{[]Entry{{From: s.Role, Kind: EntryBytes, Data: head}}}
		w.b = InspectTranscript(&t).AppendJSON(w.b)
	} else {
		w.null()
	}
	w.end('}')
	return w.b
}
