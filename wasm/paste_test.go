package main

import (
	"encoding/hex"
	"strings"
	"testing"

	"framecraft/protocol"
)

func TestPaste(t *testing.T) {
	const wire = "818537fa213d7f9f4d5158"
	for _, test := range []struct{ name, text, recognised, want string }{
		{"notation", hello, "notation", wire},
		{"notation with comments", "# a greeting\r\n\r\n  " + hello + "   # so it is\r\n", "notation", wire},
		{"a word that is base64 too", "ping", "notation", "8980" + maskingKey(1, 0).String()},
		{"hex", wire, "hex", wire},
		{"hex with spaces", "81 85 37 fa 21 3d 7f 9f 4d 51 58\n", "hex", wire},
		{"hex with colons", "81:85:37:FA:21:3D:7F:9F:4D:51:58", "hex", wire},
		{"hex with 0x", "0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58", "hex", wire},
		{"escapes", `\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58`, "escaped string", wire},
		{"base64", "gYU3+iE9f59NUVg=", "base64", wire},
		{"hexdump", "00000000  81 85 37 fa 21 3d 7f 9f  4d 51 58                 |..7.!=..MQX|\n0000000b\n", "hexdump", wire},
		{"wireshark", "0000   81 85 37 fa 21 3d 7f 9f 4d 51 58                  ..7.!=..MQX\n", "wireshark", wire},
		{"bytes that are no frame", "81", "hex", "81"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var w workbench
			w.paste(test.text, 1, protocol.Options{})
			v := viewOf(t, &w)
			if v.Error != nil {
				t.Fatalf("found the error %q", v.Error.Message)
			}
			if v.Recognised != test.recognised {
				t.Errorf("taken for %q, expected %q", v.Recognised, test.recognised)
			}
			if got := hex.EncodeToString(w.wire); got != test.want {
				t.Errorf("found %s, expected %s", got, test.want)
			}
		})
	}
}

// The error is that of the style which the text was most likely meant in.
func TestPasteRefuses(t *testing.T) {
	for _, test := range []struct {
		name, text, expected string
		line, column         int
	}{
		{"nothing", " \n\t", "notation, hex, a hex dump or base64", 0, 0},
		{"notation with a fault", "text nofim", "nofin", 1, 6},
		{"notation with a fault in its second line", "ping\nplong 81", "ping", 2, 1},
		{"hex with a fault", "81 8x", "bytes in hex", 1, 5},
		{"hex with a fault, indented", "\n  81 8", "hex digits", 2, 6},
		{"too much", "binary repeat(00,16777217)", "at most 16777216 bytes", 1, 8},
	} {
		t.Run(test.name, func(t *testing.T) {
			var w workbench
			w.paste(test.text, 1, protocol.Options{})
			v := viewOf(t, &w)
			if v.Error == nil {
				t.Fatalf("found no error but %q:\n%s", v.Recognised, w.doc)
			}
			if !strings.Contains(v.Error.Expected, test.expected) {
				t.Errorf("expected %q to contain %q", v.Error.Expected, test.expected)
			}
			if v.Error.Line != test.line || v.Error.Column != test.column {
				t.Errorf("at line %d, column %d; expected %d, %d", v.Error.Line, v.Error.Column, test.line, test.column)
			}
		})
	}
}
