package protocol

// Heads as JSON (Head in static/protocol.d.ts), with all places counted from the
// beginning of their direction's stream.

var fieldPlaces = [...]string{"nameStart", "nameEnd", "valueStart", "valueEnd", "start", "end"}

// AppendJSON appends the head as one JSON object. The request is the head itself,
// or for a response the one that it answers, nil where there is none: its key
// decides what Sec-WebSocket-Accept has to say.
func (h *Head) AppendJSON(dst []byte, request *Head) []byte {
	w := jsonWriter{append(dst, '{')}
	w.name("request").bool(h.Request)
	w.name("start").int(h.Start)
	w.name("end").int(h.Start + len(h.Raw))
	w.name("complete").bool(h.Complete)
	w.name("line").begin('[')
	if h.Request {
		w.headPart(h, "method", h.Method)
		w.headPart(h, "target", h.Target)
		w.headPart(h, "version", h.Version)
	} else {
		w.headPart(h, "version", h.Version)
		w.headPart(h, "status", h.Status)
		w.headPart(h, "reason", h.Reason)
	}
	w.end(']')
	w.name("fields").begin('[')
	for i := range h.Fields {
		f := &h.Fields[i]
		w.begin('{')
		w.name("name").string(f.Name.Value)
		w.name("value").string(f.Value.Value)
		for i, at := range [...]int{f.Name.Start, f.Name.End, f.Value.Start, f.Value.End, f.Start, f.End} {
			w.name(fieldPlaces[i]).int(h.Start + at)
		}
		w.end('}')
	}
	w.end(']')
	w.name("fieldCount").int(h.FieldCount)
	w.name("accept")
	w.acceptSteps(h, request)
	w.end('}')
	return w.b
}

func (w *jsonWriter) headPart(h *Head, name string, t HeadText) {
	w.begin('{')
	w.name("name").string(name)
	w.name("value").string(t.Value)
	w.name("start").int(h.Start + t.Start)
	w.name("end").int(h.Start + t.End)
	w.end('}')
}

func (w *jsonWriter) acceptSteps(h, request *Head) {
	key, ok := "", false
	if request != nil {
		key, ok = request.Value(headNames[headKey])
	}
	if !ok {
		w.null()
		return
	}
	steps := ComputeAccept(key)
	w.begin('{')
	w.name("key").string(steps.Key)
	w.name("guid").string(AcceptGUID)
	w.name("joined").string(steps.Joined)
	w.name("sha1").string(string(AppendHex(nil, steps.SHA1[:])))
	w.name("base64").string(steps.Accept)
	sent, ok := h.Value(headNames[headAccept])
	if ok = ok && !h.Request; ok {
		w.name("sent").string(sent)
	} else {
		w.name("sent").null()
	}
	w.name("agrees").bool(ok && sent == steps.Accept)
	w.end('}')
}
