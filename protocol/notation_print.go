package protocol

import (
	"slices"
	"strconv"
	"unicode/utf8"
)

// Printing a draft. There is one canonical line for each draft: words in a fixed
// order, nothing said that is so anyway, and reading it gives the draft back.

// AppendNotation appends the drafts as lines with a newline between two of them.
func AppendNotation(dst []byte, drafts []Draft) []byte {
	for i, d := range drafts {
		if i > 0 {
			dst = append(dst, '\n')
		}
		dst = d.AppendNotation(dst)
	}
	return dst
}

// AppendNotation appends the draft as one line, without a newline.
func (d Draft) AppendNotation(dst []byte) []byte {
	dst = d.AppendNotationHead(dst)
	if d.Raw {
		dst = d.appendRawPayload(dst)
	} else {
		dst = d.Payload.appendNotation(dst)
	}
	return appendComment(dst, d.Comment)
}

// AppendNotationHead appends the words in front of the payload, with the space
// behind them if a payload follows.
func (d Draft) AppendNotationHead(dst []byte) []byte {
	if d.Raw {
		dst = append(dst, "bytes"...)
		if d.Payload.CodeGiven || d.Payload.deflated || d.Payload.Form != PayloadHex || d.Payload.Data != "" {
			dst = append(dst, ' ')
		}
		return dst
	}
	dst = appendOpcodeWord(dst, d.Flags.Opcode())
	if !d.Flags.Has(FIN) {
		dst = append(dst, " nofin"...)
	}
	if d.Flags.Has(RSV1) {
		dst = append(dst, " rsv1"...)
	}
	if d.Flags.Has(RSV2) {
		dst = append(dst, " rsv2"...)
	}
	if d.Flags.Has(RSV3) {
		dst = append(dst, " rsv3"...)
	}
	dst = d.appendKeyWords(dst)
	switch d.Form {
	case Length7:
		dst = append(dst, " len7"...)
	case Length16:
		dst = append(dst, " len16"...)
	case Length64:
		dst = append(dst, " len64"...)
	}
	if d.LengthGiven {
		dst = strconv.AppendUint(append(dst, " len="...), d.Length, 10)
	}
	if d.Cut > 0 {
		dst = strconv.AppendUint(append(dst, " cut="...), d.Cut, 10)
	}
	if d.Payload.CodeGiven {
		dst = strconv.AppendUint(append(dst, ' '), uint64(d.Payload.Code), 10)
	}
	if d.Payload.Form != PayloadText || d.Payload.Data != "" || d.Payload.deflated {
		dst = append(dst, ' ')
	}
	return dst
}

func appendOpcodeWord(dst []byte, o Opcode) []byte {
	switch {
	case !o.IsReserved():
		return append(dst, o.String()...)
	case o < 10:
		return append(append(dst, "opcode="...), '0'+byte(o))
	}
	return append(append(dst, "opcode=0x"...), hexDigits[o&0xf])
}

// appendKeyWords appends MASK and the two keys. MASK 1 with a key from the
// caller is the default and says nothing.
func (d Draft) appendKeyWords(dst []byte) []byte {
	masked := d.Flags.Has(MASK)
	if !masked {
		dst = append(dst, " nomask"...)
	}
	switch {
	case d.Key == KeyGiven && masked:
		dst = d.MaskingKey.AppendHex(append(dst, " mask="...))
	case d.Key == KeyGiven:
		dst = d.MaskingKey.AppendHex(append(dst, " key="...))
	case d.Key == KeyAbsent:
		dst = append(dst, " nokey"...)
	}
	if d.XORGiven {
		dst = d.XOR.AppendHex(append(dst, " xor="...))
	}
	return dst
}

// appendNotation appends the payload without its status code. An empty text is
// the payload of a line that says nothing about one.
func (p Payload) appendNotation(dst []byte) []byte {
	switch {
	case p.deflated:
		return p.appendDeflated(dst)
	case p.Form == PayloadHex:
		return appendHexDigits(append(dst, "hex:"...), p.Data)
	case p.Form == PayloadRepeat:
		dst = appendHexDigits(append(dst, "repeat("...), p.Data)
		dst = strconv.AppendUint(append(dst, ','), p.Count, 10)
		return append(dst, ')')
	case p.Data == "":
		return dst
	}
	return appendQuoted(dst, p.Data)
}

// appendRawPayload appends what follows the word bytes. Here nothing at all is
// the empty hex form, and an empty text has its quotes.
func (d Draft) appendRawPayload(dst []byte) []byte {
	switch p := d.Payload; {
	case p.CodeGiven || p.deflated:
		// Raw bytes have no code and are not compressed; given all the same, these
		// become bytes.
		return appendHexPairs(dst, string(p.AppendTo(nil)))
	case p.Form == PayloadHex:
		return appendHexPairs(dst, p.Data)
	case p.Form == PayloadText:
		return appendQuoted(dst, p.Data)
	default:
		return p.appendNotation(dst)
	}
}

// appendHexDigits appends two digits for each byte.
func appendHexDigits(dst []byte, data string) []byte {
	start := len(dst)
	dst = slices.Grow(dst, 2*len(data))[:start+2*len(data)]
	out := dst[start:]
	for i := 0; i < len(data); i++ {
		c := data[i]
		pair := out[2*i : 2*i+2 : 2*i+2]
		pair[0], pair[1] = hexDigits[c>>4], hexDigits[c&0xf]
	}
	return dst
}

// appendHexPairs appends two digits for each byte and a space between bytes.
func appendHexPairs(dst []byte, data string) []byte {
	if data == "" {
		return dst
	}
	start := len(dst)
	dst = slices.Grow(dst, 3*len(data))[:start+3*len(data)]
	out := dst[start:]
	for i := 0; i < len(data); i++ {
		c := data[i]
		triple := out[3*i : 3*i+3 : 3*i+3]
		triple[0], triple[1], triple[2] = hexDigits[c>>4], hexDigits[c&0xf], ' '
	}
	return dst[:len(dst)-1]
}

// appendQuoted appends a text in double quotes: printable characters as they
// are, everything else as an escape that gives back exactly its bytes.
func appendQuoted(dst []byte, s string) []byte {
	dst = slices.Grow(dst, len(s)+2)
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		size := 1
		if c >= utf8.RuneSelf {
			var r rune
			if r, size = utf8.DecodeRuneInString(s[i:]); size > 1 {
				if !strconv.IsPrint(r) {
					dst = append(append(dst, s[start:i]...), `\u{`...)
					dst = append(strconv.AppendInt(dst, int64(r), 16), '}')
					start = i + size
				}
				i += size
				continue
			}
		} else if c >= ' ' && c != '"' && c != '\\' && c != 0x7f {
			i++
			continue
		}
		dst = append(dst, s[start:i]...)
		i++
		start = i
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, `\n`...)
		case '\r':
			dst = append(dst, `\r`...)
		case '\t':
			dst = append(dst, `\t`...)
		default:
			dst = append(dst, '\\', 'x', hexDigits[c>>4], hexDigits[c&0xf])
		}
	}
	dst = append(dst, s[start:]...)
	return append(dst, '"')
}

// appendComment appends the comment, if there is one.
func appendComment(dst []byte, comment string) []byte {
	if comment = cleanComment(comment); comment == "" {
		return dst
	}
	return append(append(dst, " # "...), comment...)
}

// cleanComment returns the comment as it can stand on a line: what would end the
// line or hide on it is a space. Reading does this as well as printing, so that
// what was read prints as the same draft.
func cleanComment(comment string) string {
	b := []byte(comment)
	for i, c := range b {
		switch {
		case c < ' ' || c == 0x7f:
			b[i] = ' '
		case c == 0xc2 && i+1 < len(b) && 0x80 <= b[i+1] && b[i+1] < 0xa0:
			// U+0080 to U+009F are the control characters beyond ASCII.
			b[i], b[i+1] = ' ', ' '
		}
	}
	return trimBlanks(string(b))
}

func trimBlanks(s string) string {
	for s != "" && isBlank(s[0]) {
		s = s[1:]
	}
	for s != "" && isBlank(s[len(s)-1]) {
		s = s[:len(s)-1]
	}
	return s
}
