package protocol

// Mending compressed messages. Where a payload is written as deflate(...), its
// words are changed; otherwise the compressed bytes are, and written in hex.

// changeBytes makes an action of a change to the payload data, in which the
// diagnostic's value is the bit at which it begins. It fails where the change
// returns nil. Inlined, it would be there once for each action.
//
//go:noinline
func changeBytes(apply func(b []byte, d Diagnostic) []byte) func([]Draft, int, Diagnostic) ([]Draft, bool) {
	return func(drafts []Draft, i int, d Diagnostic) ([]Draft, bool) {
		draft := &drafts[i]
		if draft.Raw {
			return nil, false
		}
		_, _, payloadAt := draft.layoutOf()
		d.value = d.Span.Bit - uint64(d.start+payloadAt)*8
		b := apply(draft.Payload.AppendTo(nil), d)
		if b == nil {
			return nil, false
		}
		draft.Payload = Payload{Form: PayloadHex, Data: string(b)}
		realLength(draft)
		maskAsWritten(draft)
		return drafts, true
	}
}

// setTail makes an action that keeps or drops the word tail, or else changes the
// bytes.
//
//go:noinline
func setTail(tail bool, apply func(b []byte, d Diagnostic) []byte) func([]Draft, int, Diagnostic) ([]Draft, bool) {
	return func(drafts []Draft, i int, d Diagnostic) ([]Draft, bool) {
		if how, ok := drafts[i].Payload.Deflation(); ok && how.Tail != tail {
			how.Tail = tail
			drafts[i].Payload = drafts[i].Payload.Deflate(how)
			return drafts, true
		}
		return changeBytes(apply)(drafts, i, d)
	}
}

// tailOff cuts 00 00 ff ff off.
func tailOff(b []byte, _ Diagnostic) []byte {
	if n := len(b) - len(messageTail); n >= 0 && string(b[n:]) == string(messageTail) {
		return b[:n]
	}
	return nil
}

// clearBits clears the bits of the diagnostic, which lie in one byte.
func clearBits(b []byte, d Diagnostic) []byte {
	if d.value/8 >= uint64(len(b)) {
		return nil
	}
	b[d.value/8] &^= byte(uint(0xff00)>>d.Span.Bits) >> (d.value % 8)
	return b
}

// compressPayload sends compressed what was only marked as such.
func compressPayload(drafts []Draft, i int, _ Diagnostic) ([]Draft, bool) {
	d := &drafts[i]
	if !wholeMessage(*d) || d.Payload.deflated {
		return nil, false
	}
	d.Payload = d.Payload.Deflate(Deflation{})
	realLength(d)
	maskAsWritten(d)
	return drafts, true
}

// wholeMessage reports whether the draft is a message by itself.
func wholeMessage(d Draft) bool {
	return !d.Raw && d.Flags.Has(FIN) && (d.Flags.Opcode() == OpcodeText || d.Flags.Opcode() == OpcodeBinary)
}

// compressAnew sends the same message compressed as the agreement has it.
func compressAnew(drafts []Draft, i int, d Diagnostic) ([]Draft, bool) {
	options := *d.options
	draft := &drafts[i]
	if !wholeMessage(*draft) {
		return nil, false
	}
	var src []byte
	for _, d := range drafts {
		src = d.AppendTo(src, 0)
	}
	in := newInspector(src, options)
	in.keep = d.message
	in.run()
	p := Payload{Form: PayloadHex, Data: string(in.kept)}
	if text := (UTF8{}); draft.Flags.Opcode() == OpcodeText && text.Feed(in.kept) < 0 && text.Complete() {
		p.Form = PayloadText
	}
	var how Deflation
	if n := options.Deflate.WindowBits(options.Sender); n < MaxWindowBits {
		how.WindowBits = uint8(n)
	}
	draft.Payload = p.Deflate(how)
	realLength(draft)
	maskAsWritten(draft)
	return drafts, true
}

// mendCompressedText replaces what cannot stand in UTF-8 where the text is written
// down as such.
func mendCompressedText(drafts []Draft, i int) ([]Draft, bool) {
	d := &drafts[i]
	how, ok := d.Payload.Deflation()
	if !ok || !wholeMessage(*d) {
		return nil, false
	}
	source := string(d.Payload.Inflate().AppendTo(nil))
	p := Payload{Data: string([]rune(source))}
	if p.Data == source {
		return nil, false
	}
	d.Payload = p.Deflate(how)
	return drafts, true
}

// deflateMendTitle returns what the action for a compressed message is called, or
// "" when there is none.
func deflateMendTitle(d Draft, rule RuleID, title string) string {
	switch rule {
	case RuleTextInvalidUTF8:
		if source := d.Payload.Inflate(); d.Payload.deflated && wholeMessage(d) && badText([]Draft{{Payload: source}}, []int{0}) {
			return "Replace the bad bytes"
		}
		return ""
	case RuleDeflateDataInvalid:
		if d.Payload.deflated {
			return ""
		}
		fallthrough
	case RuleDeflateClientContextKept, RuleDeflateServerContextKept, RuleDeflateClientWindowExceeded, RuleDeflateServerWindowExceeded:
		if !wholeMessage(d) {
			return ""
		}
	}
	return title
}
