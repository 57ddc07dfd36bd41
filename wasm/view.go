package main

import (
	"strconv"
	"unicode/utf8"

	"framecraft/protocol"
)

// View as JSON, appended by hand: encoding/json would make the module half as
// large again. static/protocol.d.ts describes the shape and shape_test.go holds
// the two against each other.

// maxShown is the most bytes of a payload that the View spells out. The page
// shows no more of it in a form; the notation has it all.
const maxShown = 4096

// viewError is NotationError of protocol.d.ts. Line 0 is an operation's error,
// which stands nowhere in the text.
type viewError struct {
	line, column, width      int
	found, expected, message string
}

func appendErrorView(dst []byte, e viewError) []byte {
	return append(appendError(dst, e), `,"drafts":[],"mends":[],"selected":-1,"recognised":""}`...)
}

// appendError begins a view with its error.
func appendError(dst []byte, e viewError) []byte {
	dst = appendNumber(dst, `{"error":{"line":`, e.line)
	dst = appendNumber(dst, `,"column":`, e.column)
	dst = appendNumber(dst, `,"width":`, e.width)
	dst = appendString(dst, `,"found":`, e.found)
	dst = appendString(dst, `,"expected":`, e.expected)
	dst = appendString(dst, `,"message":`, e.message)
	return append(dst, '}')
}

func appendView(dst []byte, drafts []protocol.Draft, places []place, report *protocol.Report,
	selected int, recognised string, options protocol.Options) []byte {
	dst = append(dst, `{"error":null,"drafts":[`...)
	for i, d := range drafts {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendDraft(dst, d, places[i])
	}
	dst = append(dst, `],"mends":[`...)
	for i, diagnostic := range report.Diagnostics {
		if i > 0 {
			dst = append(dst, ',')
		}
		if title := protocol.MendTitle(drafts, options, diagnostic); title != "" {
			dst = protocol.AppendJSONString(dst, title)
		} else {
			dst = append(dst, "null"...)
		}
	}
	dst = appendNumber(dst, `],"selected":`, selected)
	dst = appendString(dst, `,"recognised":`, recognised)
	return append(dst, '}')
}

func appendDraft(dst []byte, d protocol.Draft, at place) []byte {
	kind := "frame"
	if d.Raw {
		// Nothing but the payload counts; the rest is shown as it is on a page
		// that has not been filled in.
		kind = "bytes"
		d = protocol.Draft{Raw: true, Payload: d.Payload}
	}
	dst = appendString(dst, `{"kind":`, kind)
	dst = appendNumber(dst, `,"start":`, at.start)
	dst = appendNumber(dst, `,"end":`, at.end)
	dst = appendNumber(dst, `,"payloadAt":`, at.payloadAt)
	dst = appendBit(dst, `,"fin":`, d.Flags, protocol.FIN)
	dst = appendBit(dst, `,"rsv1":`, d.Flags, protocol.RSV1)
	dst = appendBit(dst, `,"rsv2":`, d.Flags, protocol.RSV2)
	dst = appendBit(dst, `,"rsv3":`, d.Flags, protocol.RSV3)
	dst = appendNumber(dst, `,"opcode":`, int(d.Flags.Opcode()))
	dst = appendString(dst, `,"opcodeName":`, d.Flags.Opcode().String())
	dst = appendBit(dst, `,"mask":`, d.Flags, protocol.MASK)
	dst = appendKey(dst, `,"key":`, d.KeyWritten(), d.MaskingKey)
	dst = appendKey(dst, `,"xor":`, d.XORGiven, d.XOR)
	dst = appendNumber(dst, `,"form":`, int(d.Form))
	dst = append(dst, `,"length":`...)
	if d.LengthGiven {
		dst = append(dst, '"')
		dst = strconv.AppendUint(dst, d.Length, 10)
		dst = append(dst, '"')
	} else {
		dst = append(dst, "null"...)
	}
	dst = append(dst, `,"cut":`...)
	dst = strconv.AppendUint(dst, d.Cut, 10)
	dst = appendPayload(append(dst, `,"payload":`...), d.Payload)
	return append(dst, '}')
}

func appendPayload(dst []byte, p protocol.Payload) []byte {
	form, count := "text", uint64(1)
	switch p.Form {
	case protocol.PayloadHex:
		form = "hex"
	case protocol.PayloadRepeat:
		form, count = "repeat", p.Count
	}
	dst = appendString(dst, `{"form":`, form)
	dst = append(dst, `,"code":`...)
	if p.CodeGiven {
		dst = strconv.AppendUint(dst, uint64(p.Code), 10)
	} else {
		dst = append(dst, "null"...)
	}
	dst = appendNumber(dst, `,"length":`, p.Len())
	dst = append(dst, `,"value":`...)
	switch {
	case len(p.Data) > maxShown || p.Form == protocol.PayloadText && !utf8.ValidString(p.Data):
		dst = append(dst, "null"...)
	case p.Form == protocol.PayloadText:
		dst = protocol.AppendJSONString(dst, p.Data)
	default:
		dst = append(dst, '"')
		dst = protocol.AppendHex(dst, []byte(p.Data))
		dst = append(dst, '"')
	}
	dst = append(dst, `,"count":`...)
	dst = strconv.AppendUint(dst, count, 10)
	dst = append(dst, `,"deflate":`...)
	how, ok := p.Deflation()
	if !ok {
		return append(dst, "null}"...)
	}
	dst = appendString(dst, `{"block":`, protocol.BlockChoiceNames[how.Block])
	dst = strconv.AppendBool(append(dst, `,"final":`...), how.Final)
	dst = strconv.AppendBool(append(dst, `,"tail":`...), how.Tail)
	if how.WindowBits == 0 {
		return append(dst, `,"window":null}}`...)
	}
	dst = appendNumber(dst, `,"window":`, int(how.WindowBits))
	return append(dst, "}}"...)
}

// The append functions write a member: its name with all punctuation in front
// of the value, then the value. Inlined at every use they would make the module
// 10 KB larger.

//go:noinline
func appendNumber(dst []byte, name string, n int) []byte {
	return strconv.AppendInt(append(dst, name...), int64(n), 10)
}

//go:noinline
func appendString(dst []byte, name, value string) []byte {
	return protocol.AppendJSONString(append(dst, name...), value)
}

//go:noinline
func appendBit(dst []byte, name string, flags, bit protocol.Flags) []byte {
	n := 0
	if flags.Has(bit) {
		n = 1
	}
	return appendNumber(dst, name, n)
}

//go:noinline
func appendKey(dst []byte, name string, present bool, key protocol.MaskingKey) []byte {
	dst = append(dst, name...)
	if !present {
		return append(dst, "null"...)
	}
	dst = append(dst, '"')
	dst = key.AppendHex(dst)
	return append(dst, '"')
}
