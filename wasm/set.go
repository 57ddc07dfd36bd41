package main

import (
	"strconv"
	"strings"

	"framecraft/protocol"
)

// `set I FIELD`: one field of one draft gets the value. The fields do not know
// of each other: clearing MASK leaves the masking key where it stands, and a
// longer payload leaves a declared length alone.

const fieldNames = "fin, rsv1, rsv2, rsv3, opcode, mask, key, xor, form, length, cut, code, text, hex, repeat, deflate or line"

// set carries out `set I FIELD`.
func (e *editor) set(_ string, words []string, value string) error {
	i, err := parseIndex("set", words[0], len(e.drafts))
	if err != nil {
		return err
	}
	field := words[1]
	if field == "line" {
		return e.setLine(i, value)
	}
	d := &e.drafts[i]
	switch field {
	case "text", "hex", "repeat":
		return setPayload(&d.Payload, field, value)
	case "fin", "rsv1", "rsv2", "rsv3", "opcode", "mask", "key", "xor", "form", "length", "cut", "code", "deflate":
		if d.Raw {
			return &opError{field, "raw bytes", "a frame; raw bytes have no fields"}
		}
		return setField(d, field, strings.TrimSpace(value))
	}
	return &opError{"set", quote(field), fieldNames}
}

// setLine puts what the lines say in the draft's place.
func (e *editor) setLine(i int, value string) error {
	lines, err := protocol.ParseNotation(value)
	if err != nil {
		return &valueError{"line", err}
	}
	e.replace(i, 1, lines...)
	return nil
}

// flagNamed returns the flag that a field is; 0 is none.
func flagNamed(field string) protocol.Flags {
	switch field {
	case "fin":
		return protocol.FIN
	case "rsv1":
		return protocol.RSV1
	case "rsv2":
		return protocol.RSV2
	case "rsv3":
		return protocol.RSV3
	case "mask":
		return protocol.MASK
	}
	return 0
}

// formNamed returns the length form with so many bits, written as text.
func formNamed(bits string) (form protocol.LengthForm, ok bool) {
	switch bits {
	case "":
		return protocol.LengthShortest, true
	case "7":
		return protocol.Length7, true
	case "16":
		return protocol.Length16, true
	case "64":
		return protocol.Length64, true
	}
	return 0, false
}

func setField(d *protocol.Draft, field, value string) error {
	switch field {
	case "opcode":
		n, err := parseNumber(field, value, 15)
		if err != nil {
			return err
		}
		d.Flags = d.Flags.WithOpcode(protocol.Opcode(n))
	case "key":
		if value == "" {
			d.Key, d.MaskingKey = protocol.KeyAbsent, 0
			return nil
		}
		key, err := protocol.ParseMaskingKey(value)
		if err != nil {
			return &opError{field, quote(value), "eight hex digits, or nothing for no key"}
		}
		d.Key, d.MaskingKey = protocol.KeyGiven, key
	case "xor":
		if value == "" {
			d.XORGiven, d.XOR = false, 0
			return nil
		}
		key, err := protocol.ParseMaskingKey(value)
		if err != nil {
			return &opError{field, quote(value), "eight hex digits, or nothing for the key that is written"}
		}
		d.XORGiven, d.XOR = true, key
	case "form":
		form, ok := formNamed(value)
		if !ok {
			return &opError{field, quote(value), "7, 16, 64, or nothing for the shortest that fits"}
		}
		d.Form = form
	case "length":
		if value == "" {
			d.LengthGiven, d.Length = false, 0
			return nil
		}
		n, err := parseNumber(field, value, 1<<64-1)
		if err != nil {
			return err
		}
		d.LengthGiven, d.Length = true, n
	case "cut":
		n, err := parseNumber(field, value, 1<<64-1)
		if err != nil {
			return err
		}
		d.Cut = n
	case "deflate":
		if value == "off" {
			d.Payload = d.Payload.Inflate()
			return nil
		}
		how, ok := protocol.ParseDeflation(value)
		if !ok {
			return &opError{field, quote(value), "stored, fixed, dynamic, final, tail and window=8 to 15 with commas between, or off"}
		}
		d.Payload = d.Payload.Deflate(how)
	case "code":
		if value == "" {
			d.Payload.CodeGiven, d.Payload.Code = false, 0
			return nil
		}
		n, err := parseNumber(field, value, 1<<16-1)
		if err != nil {
			return err
		}
		d.Payload.CodeGiven, d.Payload.Code = true, protocol.StatusCode(n)
	default:
		n, err := parseNumber(field, value, 1)
		if err != nil {
			return err
		}
		d.Flags = d.Flags.With(flagNamed(field), n == 1)
	}
	return nil
}

// setPayload replaces the payload data; a status code in front of it stays, and it
// is compressed as it was.
func setPayload(p *protocol.Payload, form, value string) error {
	q := protocol.Payload{CodeGiven: p.CodeGiven, Code: p.Code}
	switch form {
	case "text":
		q.Form, q.Data = protocol.PayloadText, value
	case "hex":
		b, err := parseHex(form, value)
		if err != nil {
			return err
		}
		q.Form, q.Data = protocol.PayloadHex, string(b)
	case "repeat":
		unit, times, ok := strings.Cut(value, ",")
		if !ok {
			return &opError{form, quote(value), "hex digits, a comma and a number"}
		}
		b, err := parseHex(form, unit)
		if err != nil {
			return err
		}
		n, err := parseNumber(form, strings.TrimSpace(times), protocol.MaxDraftPayload)
		if err != nil {
			return err
		}
		q.Form, q.Data, q.Count = protocol.PayloadRepeat, string(b), n
	}
	if how, ok := p.Deflation(); ok {
		q = q.Deflate(how)
	}
	*p = q
	return nil
}

// parseNumber reads a number in decimal, or in hex behind 0x.
func parseNumber(what, value string, most uint64) (uint64, error) {
	digits, base := value, 10
	if len(value) > 2 && (value[:2] == "0x" || value[:2] == "0X") {
		digits, base = value[2:], 16
	}
	n, err := strconv.ParseUint(digits, base, 64)
	if err != nil || n > most {
		expected := "a number from 0 to " + strconv.FormatUint(most, 10)
		if most == 1 {
			expected = "0 or 1"
		}
		return 0, &opError{what, quote(value), expected}
	}
	return n, nil
}

// parseHex reads pairs of hex digits with any white space between the digits.
func parseHex(what, value string) ([]byte, error) {
	b := make([]byte, 0, len(value)/2)
	half, odd := byte(0), false
	for _, r := range value {
		var digit byte
		switch {
		case r == ' ' || r == '\t' || r == '\n' || r == '\r' || r == '\u00a0':
			continue
		case '0' <= r && r <= '9':
			digit = byte(r - '0')
		case 'a' <= r && r <= 'f':
			digit = byte(r-'a') + 10
		case 'A' <= r && r <= 'F':
			digit = byte(r-'A') + 10
		default:
			return nil, &opError{what, quote(string(r)), "hex digits"}
		}
		if odd {
			b = append(b, half|digit)
		}
		half, odd = digit<<4, !odd
	}
	if odd {
		return nil, &opError{what, "half a byte at the end", "two hex digits for every byte"}
	}
	return b, nil
}

// valueError is a value that is no notation. Its line counts within the value.
type valueError struct {
	what string
	err  error
}

func (e *valueError) Error() string { return e.what + ": " + e.err.Error() }

func (e *valueError) Unwrap() error { return e.err }
