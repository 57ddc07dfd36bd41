package protocol

import (
	"errors"
	"reflect"
	"strings"
	"testing"
)

func TestParseExtensions(t *testing.T) {
	tests := []struct {
		value string
		// print is what AppendExtensions makes of it; "" is the value itself.
		print string
	}{
		{"foo", ""},
		{"permessage-deflate; client_max_window_bits; server_max_window_bits=10", ""},
		{"permessage-deflate; server_max_window_bits=\"10\"", ""},
		{"a; b=c, a, d; e=\"f\"", ""},
		{"A; B=C", ""},
		{"\ta\t;b = c ,d", "a; b=c, d"},
		{", ,a,, b,", "a, b"},
		{`a; b="\c\d"`, `a; b="cd"`},
		{`a; b="x\y"`, `a; b="xy"`},
	}
	for _, test := range tests {
		list, err := ParseExtensions(test.value)
		if err != nil {
			t.Errorf("%q: %v", test.value, err)
			continue
		}
		want := test.print
		if want == "" {
			want = test.value
		}
		if got := string(AppendExtensions(nil, list)); got != want {
			t.Errorf("%q is printed as %q, expected %q", test.value, got, want)
		}
	}
}

func TestExtensionSpans(t *testing.T) {
	const value = ` a ; b="\c" ;d=e , f`
	list, err := ParseExtensions(value)
	if err != nil {
		t.Fatal(err)
	}
	want := []Extension{
		{"a", []Param{{"b", "c", true, true, 5, 11}, {"d", "e", true, false, 13, 16}}, 1, 16},
		{"f", nil, 19, 20},
	}
	if !reflect.DeepEqual(list, want) {
		t.Errorf("got %+v\nexpected %+v", list, want)
	}
}

func TestExtensionErrors(t *testing.T) {
	tests := []struct{ value, want string }{
		{"", `byte 0 of the extensions: found the end, expected the name of an extension`},
		{" , ,", `byte 4 of the extensions: found the end, expected the name of an extension`},
		{";", `byte 0 of the extensions: found ";", expected the name of an extension`},
		{"a;", `byte 2 of the extensions: found the end, expected the name of a parameter`},
		{"a;,b", `byte 2 of the extensions: found ",", expected the name of a parameter`},
		{"a b", `byte 2 of the extensions: found "b", expected ";" or ","`},
		{"a; b c", `byte 5 of the extensions: found "c", expected "=", ";" or ","`},
		{"a; b=c d", `byte 7 of the extensions: found "d", expected ";" or ","`},
		{"a; b=", `byte 5 of the extensions: found the end, expected a value: a token, or one in quotes`},
		{"a; b==", `byte 5 of the extensions: found "=", expected a value: a token, or one in quotes`},
		{`a; b=""`, `byte 6 of the extensions: found "\"", expected a byte of a token: quotes around nothing are no value`},
		{`a; b="c d"`, `byte 7 of the extensions: found " ", expected a byte of a token, or the closing quote`},
		{`a; b="c d e\`, `byte 7 of the extensions: found " ", expected a byte of a token, or the closing quote`},
		{`a; b="c`, `byte 7 of the extensions: found the end, expected a byte of a token, or the closing quote`},
		{`a; b="c\`, `byte 8 of the extensions: found the end, expected a byte of a token behind the backslash`},
		{`a; b="\""`, `byte 7 of the extensions: found "\"", expected a byte of a token behind the backslash`},
		{"a; \x00", `byte 3 of the extensions: found "\x00", expected the name of a parameter`},
		{"gr\xfcn", `byte 2 of the extensions: found "\xfc", expected ";" or ","`},
	}
	for _, test := range tests {
		_, err := ParseExtensions(test.value)
		var typed *HeadFieldError
		if !errors.As(err, &typed) || err.Error() != test.want {
			t.Errorf("%q: %v\nexpected %s", test.value, err, test.want)
		}
	}
}

// TestExtensionsLong would take minutes if reading looked at anything twice.
func TestExtensionsLong(t *testing.T) {
	for _, piece := range []string{",", "a,", "a;b,", "a ", `\a`, "a; b=c;"} {
		long := strings.Repeat(piece, 1<<20/len(piece))
		ParseExtensions(long)
		ParseExtensions(`a; b="` + long)
	}
}

func FuzzExtensions(f *testing.F) {
	for _, seed := range []string{"permessage-deflate; client_max_window_bits", `a; b="\c", d`, ", a ;b = c,,", ";"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		list, err := ParseExtensions(value)
		if err != nil {
			var typed *HeadFieldError
			if !errors.As(err, &typed) || typed.Offset < 0 || typed.Offset > len(value) || list != nil {
				t.Fatalf("%q: %v", value, err)
			}
			return
		}
		printed := string(AppendExtensions(nil, list))
		again, err := ParseExtensions(printed)
		if err != nil {
			t.Fatalf("%q is printed as %q: %v", value, printed, err)
		}
		if twice := string(AppendExtensions(nil, again)); twice != printed {
			t.Fatalf("%q is printed as %q, then as %q", value, printed, twice)
		}
		end := 0
		for _, e := range list {
			if e.Start < end || !strings.HasPrefix(value[e.Start:e.End], e.Name) {
				t.Fatalf("%q: %+v is not where it says", value, e)
			}
			end = e.End
		}
		// Whatever stands in the list, negotiating answers with something legal.
		agreed, response, ok := NegotiateDeflate(list, DeflateAccept{})
		if !ok {
			return
		}
		reply, err := ParseExtensions(response)
		if err != nil {
			t.Fatal(err)
		}
		got, ok, err := ReadDeflateResponse(list, reply)
		if err != nil || !ok || got != agreed {
			t.Fatalf("%q is answered with %q, read as %+v, %v", value, response, got, err)
		}
	})
}
