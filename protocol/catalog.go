package protocol

// The catalog is what a program that shows frames needs to know about the
// protocol, so that no name, code or rule is written down anywhere else: rules,
// opcodes, status codes, fields, presets, symptoms and the languages of
// literals, as one JSON object (Catalog in static/protocol.d.ts).

// CarrierLimit is the most bytes of payload data that one carrier message may
// have: the page sends no more, and the server takes no more.
const CarrierLimit = 1 << 20

// AppendCatalogJSON appends the catalog.
func AppendCatalogJSON(dst []byte) []byte {
	w := jsonWriter{append(dst, '{')}
	w.name("rules").begin('[')
	for id := RuleID(0); id < ruleCount; id++ {
		w.rule(id.Rule())
	}
	w.end(']')
	w.name("opcodes").begin('[')
	for value := Opcode(0); value < 16; value++ {
		w.opcode(value)
	}
	w.end(']')
	w.name("statusCodes").begin('[')
	for _, s := range statusRanges {
		w.begin('{')
		w.name("first").int(int(s.First))
		w.name("last").int(int(s.Last))
		w.name("name").string(s.Name)
		w.name("text").string(s.Text)
		w.name("onWire").bool(s.OnWire)
		w.end('}')
	}
	w.end(']')
	w.name("fields").begin('[')
	for tint, f := range fieldTexts {
		w.begin('{')
		w.name("name").string(f.Name)
		w.name("short").string(f.Short)
		w.name("title").string(f.Title)
		w.name("section").string(f.Section)
		w.name("text").string(f.Text)
		w.name("tint").int(tint)
		w.end('}')
	}
	w.end(']')
	w.name("presets").begin('[')
	for _, p := range presets {
		w.preset(p)
	}
	w.end(']')
	w.name("symptoms").begin('[')
	for _, s := range symptoms {
		w.symptom(s)
	}
	w.end(']')
	w.name("literals").begin('[')
	for _, l := range Literals() {
		w.begin('{')
		w.name("id").string(l.ID)
		w.name("title").string(l.Title)
		w.end('}')
	}
	w.end(']')
	w.name("deflate").begin('{')
	w.name("name").string(DeflateExtension)
	w.name("params").begin('[')
	for _, name := range [...]string{paramServerNoTakeover, paramClientNoTakeover, paramServerWindow, paramClientWindow} {
		w.begin('{')
		w.name("name").string(name)
		w.name("window").bool(name == paramServerWindow || name == paramClientWindow)
		w.end('}')
	}
	w.end(']')
	w.name("minWindowBits").int(MinWindowBits)
	w.name("maxWindowBits").int(MaxWindowBits)
	w.name("blocks").begin('[')
	for _, name := range BlockChoiceNames {
		w.string(name)
	}
	w.end(']')
	w.end('}')
	w.name("messageLimit").int(CarrierLimit)
	w.end('}')
	return w.b
}

func (w *jsonWriter) rule(r *Rule) {
	w.begin('{')
	w.name("id").string(r.ID)
	w.name("section").string(r.Section)
	w.name("level").string(r.Level.String())
	w.name("party").string(r.Party.String())
	w.name("statusCode").code(r.StatusCode)
	w.name("httpStatus").intOrNull(r.HTTPStatus, r.HTTPStatus != 0)
	w.name("asks").string(r.Asks)
	w.name("answer").string(r.Answer)
	w.end('}')
}

func (w *jsonWriter) opcode(o Opcode) {
	name := o.String()
	section := "11.8"
	if o.IsReserved() {
		name = "reserved"
	} else if o.IsControl() {
		section = "5.5." + string('1'+rune(o-OpcodeClose))
	} else if o == OpcodeContinuation {
		section = "5.4"
	} else {
		section = "5.6"
	}
	w.begin('{')
	w.name("value").int(int(o))
	w.name("name").string(name)
	w.name("control").bool(o.IsControl())
	w.name("reserved").bool(o.IsReserved())
	w.name("section").string(section)
	w.name("text").string(o.text())
	w.end('}')
}

func (w *jsonWriter) preset(p Preset) {
	w.begin('{')
	w.name("id").string(p.ID)
	w.name("title").string(p.Title)
	rule := ""
	if len(p.Breaks) > 0 {
		rule = p.Breaks[0].String()
	}
	w.name("rule").string(rule)
	w.name("sender").string(p.Sender.String())
	w.name("ended").bool(p.Ended)
	w.name("deflate")
	if p.Agreed == "" {
		w.null()
	} else {
		w.string(p.Agreed)
	}
	w.name("notation").string(p.Notation)
	w.name("text").string(p.Text)
	w.end('}')
}

func (w *jsonWriter) symptom(s Symptom) {
	w.begin('{')
	w.name("who").string(s.Who)
	w.name("says").string(s.Says)
	w.name("rules").begin('[')
	for _, id := range s.Rules {
		w.string(id.String())
	}
	w.end(']')
	w.end('}')
}
