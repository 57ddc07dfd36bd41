package protocol

import (
	"strconv"
	"unicode/utf8"
)

// A conversation as JSON (Conversation in static/protocol.d.ts). A long one has
// ten thousand rows, so a row has only the members that its kind needs.

// previewBytes is how much of a payload a row shows.
const previewBytes = 32

// AppendJSON appends the conversation as one JSON object.
func (c *Conversation) AppendJSON(dst []byte) []byte {
	w := jsonWriter{append(dst, '{')}
	w.name("request")
	w.head(c.Request, c.Request)
	w.name("response")
	w.head(c.Response, c.Request)
	w.name("accepted").bool(c.Agreed.Accepted)
	w.name("deflate")
	if c.Agreed.DeflateAgreed {
		w.string(string(c.Agreed.Deflate.AppendTo(nil)))
	} else {
		w.null()
	}
	w.name("subprotocol")
	if c.Agreed.Subprotocol != "" {
		w.string(c.Agreed.Subprotocol)
	} else {
		w.null()
	}
	w.name("clientLength").int(len(c.Sent[RoleClient]))
	w.name("serverLength").int(len(c.Sent[RoleServer]))
	w.time("duration", c.Duration)
	w.name("rows").begin('[')
	for i := range c.Rows {
		w.row(&c.Rows[i], c)
	}
	w.end(']')
	w.name("rowCount").int(c.RowCount)
	w.name("diagnostics").begin('[')
	for _, d := range c.Diagnostics {
		w.diagnostic(d.Diagnostic, "row", d.Row)
		w.name("side").string(d.Side.String())
		w.end('}')
	}
	w.end(']')
	w.name("diagnosticCount").int(c.DiagnosticCount)
	w.end('}')
	return w.b
}

// head writes a head in answer to the request.
func (w *jsonWriter) head(h, request *Head) {
	if h == nil {
		w.null()
		return
	}
	w.comma()
	w.b = h.AppendJSON(w.b, request)
}

// time writes nanoseconds as milliseconds.
func (w *jsonWriter) time(name string, n int64) {
	w.name(name)
	w.b = appendDecimal(w.b, n, 1e6)
}

var rowKinds = [...]string{RowHead: "head", RowFrame: "frame", RowBytes: "bytes"}

func (w *jsonWriter) row(r *Row, c *Conversation) {
	w.begin('{')
	if e := r.Entry; e != nil {
		w.name("kind").string(e.Kind.String())
		if e.Kind.sided() {
			w.name("side").string(r.Side.String())
		}
		w.time("at", r.At)
		if e.Note != "" {
			w.name("note").string(e.Note)
		}
		if e.Kind == EntryExpect {
			w.name("line").int(e.Line)
			w.name("met").bool(e.Met)
		}
	} else {
		w.name("kind").string(rowKinds[r.Kind])
		w.name("side").string(r.Side.String())
		w.time("at", r.At)
		w.time("until", r.Until)
		w.name("start").int(r.Start)
		w.name("end").int(r.End)
		switch r.Kind {
		case RowHead:
			w.name("complete").bool(r.Complete)
			w.name("note").string(r.head.line.Value)
		case RowFrame:
			w.name("complete").bool(r.Complete)
			w.frameRow(r, c)
		}
	}
	if r.Diagnostics > 0 {
		w.name("diagnostics").int(r.Diagnostics)
	}
	w.end('}')
}

func (w *jsonWriter) frameRow(r *Row, c *Conversation) {
	h := r.Header
	w.name("fin").bit(h.Has(FIN))
	w.name("rsv1").bit(h.Has(RSV1))
	w.name("opcode").int(int(h.Opcode()))
	w.name("opcodeName").string(h.Opcode().String())
	w.name("mask").bitOrNull(h.Has(MASK), r.HeaderLength >= 2)
	w.name("payloadLength")
	if !r.HeaderComplete {
		w.null()
		return
	}
	w.decimal(h.PayloadLength)
	payload := c.Sent[r.Side][r.Start+r.HeaderLength : r.End]
	var room [previewBytes + utf8.UTFMax]byte
	preview := room[:copy(room[:], payload)]
	if h.Has(MASK) {
		Mask(preview, h.MaskingKey, 0)
	}
	var line [4*len(room) + 16]byte
	compressed := c.Agreed.DeflateAgreed && h.Has(RSV1)
	w.name("preview").string(string(appendPreview(line[:0], preview, len(payload), h.Opcode(), compressed)))
	if m := r.inflated; m != nil {
		shown := appendPreview(nil, m.Preview[:min(len(m.Preview), len(room))], m.InflatedLength, m.Opcode, false)
		w.name("inflated").string(string(shown))
	}
}

// appendPreview appends the beginning of a payload as the notation has it, "…"
// behind it where it goes on. It is a text where it is meant to be one or reads as
// one.
func appendPreview(dst, data []byte, length int, opcode Opcode, compressed bool) []byte {
	if opcode == OpcodeClose && length >= 2 {
		dst = strconv.AppendUint(dst, uint64(data[0])<<8|uint64(data[1]), 10)
		if data, length = data[2:], length-2; length == 0 {
			return dst
		}
		dst = append(dst, ' ')
	}
	if len(data) > previewBytes {
		data = data[:previewBytes]
		if utf8.Valid(trimPartialRune(data)) {
			data = trimPartialRune(data)
		}
	}
	text := opcode == OpcodeText
	if !text {
		text = utf8.Valid(data)
		for _, b := range data {
			text = text && b >= ' ' && b != 0x7f
		}
	}
	if text && !compressed {
		dst = appendQuoted(dst, string(data))
	} else {
		dst = appendHexDigits(append(dst, "hex:"...), string(data))
	}
	if len(data) < length {
		dst = append(dst, "…"...)
	}
	return dst
}
