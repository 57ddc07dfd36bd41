package protocol

import "unicode/utf8"

// Mending changes as little of the drafts as takes one diagnostic away, and
// only when somebody asks for it. A rule without a row in mends has no action:
// nothing could be changed without guessing what was meant.

// mend is the action for one rule.
type mend struct {
	title string
	// apply changes drafts[i], the draft whose bytes the diagnostic points at,
	// and returns false when that cannot help.
	apply func(drafts []Draft, i int, d Diagnostic) ([]Draft, bool)
}

// change makes an action of a change to one frame.
func change(apply func(d *Draft)) func([]Draft, int, Diagnostic) ([]Draft, bool) {
	return func(drafts []Draft, i int, _ Diagnostic) ([]Draft, bool) {
		if drafts[i].Raw {
			return nil, false
		}
		apply(&drafts[i])
		return drafts, true
	}
}

// clearFlag makes an action of clearing a flag.
func clearFlag(bit Flags) func([]Draft, int, Diagnostic) ([]Draft, bool) {
	return change(func(d *Draft) { d.Flags &^= bit })
}

// closeNormally makes an action of another status code.
func closeNormally(drafts []Draft, i int, _ Diagnostic) ([]Draft, bool) {
	d := &drafts[i]
	if d.Raw || d.Flags.Opcode() != OpcodeClose {
		return nil, false
	}
	p := d.Payload
	if !p.CodeGiven {
		b := p.AppendTo(nil)
		p = Payload{Form: PayloadHex}
		if len(b) > 1 {
			p.Data = string(b[2:])
		}
	}
	p.CodeGiven, p.Code = true, StatusNormalClosure
	d.Payload = p
	maskAsWritten(d)
	return drafts, true
}

// mends has an action for every rule that one can be found for. What is wrong
// with a handshake is mended in its scenario, not in drafts.
var mends = [firstHandshakeRule]mend{
	RuleFrameUnmaskedFromClient: {"Mask it", func(drafts []Draft, i int, d Diagnostic) ([]Draft, bool) {
		if drafts[i].Raw {
			return nil, false
		}
		drafts[i].Flags |= MASK
		maskAsWritten(&drafts[i])
		return drafts, true
	}},
	RuleFrameMaskedFromServer: {"Send it unmasked", change(func(d *Draft) {
		d.Flags &^= MASK
		d.Key, d.MaskingKey, d.XORGiven, d.XOR = KeyCaller, 0, false, 0
	})},
	RuleFrameRSV1Unnegotiated: {"Clear RSV1", clearFlag(RSV1)},
	RuleFrameRSV2Unnegotiated: {"Clear RSV2", clearFlag(RSV2)},
	RuleFrameRSV3Unnegotiated: {"Clear RSV3", clearFlag(RSV3)},
	RuleFrameOpcodeReserved: {"Make it binary", func(drafts []Draft, i int, d Diagnostic) ([]Draft, bool) {
		draft := &drafts[i]
		if draft.Raw {
			return nil, false
		}
		to := OpcodeBinary
		if draft.Flags.Opcode().IsControl() {
			to = OpcodePing
		}
		draft.Flags = draft.Flags.WithOpcode(to)
		return drafts, true
	}},
	RuleFrameLengthMSBSet:     {"Declare the real length", change(realLength)},
	RuleFrameLengthNotMinimal: {"Use the shortest form", change(func(d *Draft) { d.Form = LengthShortest })},
	RuleFrameTruncated: {"Send it whole", change(func(d *Draft) {
		d.Cut = 0
		realLength(d)
		maskAsWritten(d) // bytes taken for the key are missing at the end
	})},
	RuleFrameMaskKeyReused:      {"Draw another key", change(func(d *Draft) { d.Key, d.MaskingKey = KeyCaller, 0 })},
	RuleFrameControlFragmented:  {"Set FIN", change(func(d *Draft) { d.Flags |= FIN })},
	RuleSequenceDataInterleaved: {"Make it a continuation", change(func(d *Draft) { d.Flags = d.Flags.WithOpcode(OpcodeContinuation) })},
	RuleSequenceContinuationUnexpected: {"Make it a text", func(drafts []Draft, i int, d Diagnostic) ([]Draft, bool) {
		draft := &drafts[i]
		if draft.Raw {
			return nil, false
		}
		to, text := OpcodeText, UTF8{}
		if text.Feed(draft.Payload.AppendTo(nil)) >= 0 || draft.Flags.Has(FIN) && !text.Complete() {
			to = OpcodeBinary
		}
		draft.Flags = draft.Flags.WithOpcode(to)
		return drafts, true
	}},
	RuleFrameControlTooLong: {"Cut the payload to 125 bytes", change(func(d *Draft) {
		b := d.Payload.AppendTo(nil)
		realLength(d)
		if len(b) <= maxControlPayload {
			return
		}
		b = trimPartialRune(b[:maxControlPayload])
		if d.Payload.CodeGiven {
			b = b[2:]
		}
		form := d.Payload.Form
		if form == PayloadRepeat || d.Payload.deflated {
			form = PayloadHex
			if text := (UTF8{}); text.Feed(b) < 0 && text.Complete() {
				form = PayloadText
			}
		}
		d.Payload = Payload{Form: form, CodeGiven: d.Payload.CodeGiven, Code: d.Payload.Code, Data: string(b)}
	})},
	RuleClosePayloadOneByte:     {"Send code 1000", closeNormally},
	RuleCloseCodeReservedOnWire: {"Send code 1000", closeNormally},
	RuleCloseCodeBelow1000:      {"Send code 1000", closeNormally},
	RuleCloseCodeUnassigned:     {"Send code 1000", closeNormally},
	RuleCloseCodeAbove4999:      {"Send code 1000", closeNormally},
	RuleCloseCode1010FromServer: {"Send code 1000", closeNormally},
	RuleCloseCode1010ReasonMissing: {"Name an extension", change(func(d *Draft) {
		d.Payload = Payload{CodeGiven: true, Code: StatusMandatoryExtension, Data: "permessage-deflate"}
		realLength(d)
		maskAsWritten(d)
	})},
	RuleCloseReasonInvalidUTF8: {"Drop the reason", change(func(d *Draft) {
		b := d.Payload.AppendTo(nil)
		p := Payload{CodeGiven: len(b) > 1}
		if p.CodeGiven {
			p.Code = StatusCode(b[0])<<8 | StatusCode(b[1])
		}
		d.Payload = p
		realLength(d)
		maskAsWritten(d)
	})},
	RuleCloseDataAfterClose: {"Remove it", func(drafts []Draft, i int, d Diagnostic) ([]Draft, bool) {
		return append(drafts[:i], drafts[i+1:]...), true
	}},
	RuleTextInvalidUTF8: {"Mend the text", mendText},

	RuleDeflateRSV1OnControl:      {"Clear RSV1", clearFlag(RSV1)},
	RuleDeflateRSV1OnContinuation: {"Clear RSV1", clearFlag(RSV1)},
	RuleDeflateDataInvalid:        {"Compress the payload", compressPayload},
	RuleDeflateTailKept:           {"Remove 00 00 ff ff", setTail(false, tailOff)},
	RuleDeflateTailMissing: {"Add the byte 00", changeBytes(func(b []byte, _ Diagnostic) []byte {
		return append(b, 0)
	})},
	RuleDeflateBFINALPaddingNonzero: {"Clear the bits", changeBytes(clearBits)},
	RuleDeflateFragmentTailRemoved: {"Put 00 00 ff ff back", setTail(true, func(b []byte, _ Diagnostic) []byte {
		return append(b, messageTail...)
	})},
	RuleDeflateClientContextKept:    {"Compress it anew", compressAnew},
	RuleDeflateServerContextKept:    {"Compress it anew", compressAnew},
	RuleDeflateClientWindowExceeded: {"Compress it anew", compressAnew},
	RuleDeflateServerWindowExceeded: {"Compress it anew", compressAnew},

	RuleCloseFrameMissing: {"Add a Close frame", func(drafts []Draft, i int, d Diagnostic) ([]Draft, bool) {
		closing := Draft{Flags: FIN.WithOpcode(OpcodeClose), Payload: Payload{CodeGiven: true, Code: StatusNormalClosure}}
		if d.other == uint64(RoleClient) {
			closing.Flags |= MASK
		}
		return append(drafts, closing), true
	}},
}

// realLength makes the declared length the payload's own, in the shortest form.
func realLength(d *Draft) {
	d.LengthGiven, d.Length, d.Form = false, 0, LengthShortest
}

// maskAsWritten makes the draft write the key that MASK announces and mask its
// payload with that, so that a receiver reads the payload that the draft says. It
// reports whether there was anything to change.
func maskAsWritten(d *Draft) bool {
	keyMissing := d.Key == KeyAbsent && d.Flags.Has(MASK)
	if !keyMissing && !d.XORGiven {
		return false
	}
	if keyMissing {
		d.Key = KeyCaller
	}
	d.XORGiven, d.XOR = false, 0
	return true
}

// mendText makes the message what a receiver would show: where bytes cannot
// stand in UTF-8 it has U+FFFD. With a wrong key, the right one is used first.
// The fault may have begun in an earlier fragment, so the message is mended from
// its first frame on; a character belongs to the fragment where it begins.
func mendText(drafts []Draft, i int, d Diagnostic) ([]Draft, bool) {
	if drafts[i].Raw {
		return nil, false
	}
	if maskAsWritten(&drafts[i]) {
		return drafts, true
	}
	switch {
	case d.compressed:
		return mendCompressedText(drafts, i)
	case drafts[i].Payload.deflated:
		drafts[i].Payload = drafts[i].Payload.Inflate()
		return drafts, true
	}
	fragments := fragmentsUpTo(drafts, i, d)
	if !badText(drafts, fragments) {
		return nil, false
	}
	var text []byte
	var starts []int
	for _, at := range fragments {
		starts = append(starts, len(text))
		text = drafts[at].Payload.AppendTo(text)
	}
	mended := make([][]byte, len(fragments))
	part := 0
	for offset, r := range string(text) {
		for part+1 < len(starts) && offset >= starts[part+1] {
			part++
		}
		mended[part] = utf8.AppendRune(mended[part], r)
	}
	for part, at := range fragments {
		d := &drafts[at]
		if string(mended[part]) == string(d.Payload.AppendTo(nil)) {
			continue
		}
		d.Payload = Payload{Data: string(mended[part])}
		if d.LengthGiven {
			realLength(d)
		}
	}
	return drafts, true
}

// fragmentsUpTo returns the indices of the drafts that carry the message of the
// diagnostic, up to draft i. No draft before the message is looked at: it may be
// long, and every bad message behind it would look at it again.
func fragmentsUpTo(drafts []Draft, i int, d Diagnostic) (fragments []int) {
	first, offset := 0, 0
	for first < i && offset < d.message {
		offset += drafts[first].Len()
		first++
	}
	for at := first; at <= i; at++ {
		if d := drafts[at]; !d.Raw && !d.Flags.Opcode().IsControl() {
			fragments = append(fragments, at)
		}
	}
	return fragments
}

// badText reports whether the payloads of the drafts together are no valid
// UTF-8. If they are valid, they are not what the receiver reads, and changing
// them would not help. It is asked at every keystroke, so nothing is copied but
// what is repeated.
func badText(drafts []Draft, fragments []int) bool {
	var text UTF8
	var piece [4096]byte
	for _, at := range fragments {
		p := drafts[at].Payload
		if p.CodeGiven || p.deflated || p.Form == PayloadRepeat {
			if text.Feed(p.AppendTo(nil)) >= 0 {
				return true
			}
			continue
		}
		for data := p.Data; len(data) > 0; {
			n := copy(piece[:], data)
			if text.Feed(piece[:n]) >= 0 {
				return true
			}
			data = data[n:]
		}
	}
	return !text.Complete()
}

// Mend returns the drafts with one diagnostic mended, as their own copy, or
// false when there is no action for it or none that takes it away. Frames that
// lose their masking key to it wait for one from the caller.
func Mend(drafts []Draft, options Options, diagnostic Diagnostic) ([]Draft, bool) {
	if diagnostic.Rule >= firstHandshakeRule || mends[diagnostic.Rule].apply == nil {
		return nil, false
	}
	action := mends[diagnostic.Rule]
	at := draftAt(drafts, diagnostic.start)
	if at < 0 && diagnostic.Rule != RuleCloseFrameMissing {
		return nil, false
	}
	diagnostic.options = &options
	if diagnostic.Rule == RuleCloseFrameMissing {
		diagnostic.other = uint64(options.Sender)
	}
	mended, ok := action.apply(append([]Draft(nil), drafts...), at, diagnostic)
	if !ok {
		return nil, false
	}
	return mended, true
}

// MendTitle returns what the action for the diagnostic is called, or "" when
// there is none.
func MendTitle(drafts []Draft, options Options, diagnostic Diagnostic) string {
	if diagnostic.Rule >= firstHandshakeRule {
		return ""
	}
	action := mends[diagnostic.Rule]
	at := draftAt(drafts, diagnostic.start)
	switch {
	case diagnostic.Rule == RuleCloseFrameMissing:
	case at < 0 || action.apply == nil:
		return ""
	case drafts[at].Raw && diagnostic.Rule != RuleCloseDataAfterClose:
		return ""
	}
	switch diagnostic.Rule {
	case RuleFrameOpcodeReserved:
		if diagnostic.opcode.IsControl() {
			return "Make it a ping"
		}
	case RuleTextInvalidUTF8:
		switch draft := drafts[at]; {
		case draft.Key == KeyAbsent && draft.Flags.Has(MASK):
			return "Write a masking key"
		case draft.XORGiven:
			return "Mask with the key written"
		case diagnostic.compressed:
			return deflateMendTitle(draft, diagnostic.Rule, action.title)
		case draft.Payload.deflated:
			return "Send it uncompressed"
		}
		if !badText(drafts, fragmentsUpTo(drafts, at, diagnostic)) {
			return ""
		}
		return "Replace the bad bytes"
	}
	if diagnostic.Rule >= firstDeflateRule {
		return deflateMendTitle(drafts[at], diagnostic.Rule, action.title)
	}
	return action.title
}

// draftAt returns the index of the draft that begins at the byte, or -1. Where a
// lying length made the receiver begin a frame elsewhere, no single draft is to
// blame for what it read there.
func draftAt(drafts []Draft, start int) int {
	offset := 0
	for i := range drafts {
		if offset == start && drafts[i].Len() > 0 {
			return i
		}
		offset += drafts[i].Len()
	}
	return -1
}
