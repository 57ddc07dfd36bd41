package protocol

import (
	"errors"
	"fmt"
	"testing"
)

func mustExtensions(t *testing.T, value string) []Extension {
	t.Helper()
	if value == "" {
		return nil
	}
	list, err := ParseExtensions(value)
	if err != nil {
		t.Fatalf("%q: %v", value, err)
	}
	return list
}

func TestDeflateOffers(t *testing.T) {
	const unknown, invalid, twice = "deflate-offer-param-unknown", "deflate-offer-param-value-invalid", "deflate-offer-param-duplicate"
	tests := []struct {
		params string
		rule   string
		want   DeflateParams
	}{
		{"", "", DeflateParams{}},
		{"; server_no_context_takeover; client_no_context_takeover", "",
			DeflateParams{ServerNoContextTakeover: true, ClientNoContextTakeover: true}},
		{"; client_max_window_bits", "", DeflateParams{ClientMaxWindowBitsOffered: true}},
		{"; client_max_window_bits=9; server_max_window_bits=15", "",
			DeflateParams{ClientMaxWindowBitsOffered: true, ClientMaxWindowBits: 9, ServerMaxWindowBits: 15}},
		{`; server_max_window_bits="10"`, "", DeflateParams{ServerMaxWindowBits: 10}},
		{"; x", unknown, DeflateParams{}},
		{"; Server_max_window_bits=10", unknown, DeflateParams{}},
		{"; server_max_window_bits", invalid, DeflateParams{}},
		{"; server_max_window_bits=7", invalid, DeflateParams{}},
		{"; server_max_window_bits=16", invalid, DeflateParams{}},
		{"; server_max_window_bits=08", invalid, DeflateParams{}},
		{`; server_max_window_bits="08"`, invalid, DeflateParams{}},
		{"; server_max_window_bits=+8", invalid, DeflateParams{}},
		{"; server_max_window_bits=x", invalid, DeflateParams{}},
		{"; server_max_window_bits=1O", invalid, DeflateParams{}},
		{"; client_max_window_bits=100", invalid, DeflateParams{}},
		{"; server_no_context_takeover=1", invalid, DeflateParams{}},
		{`; client_no_context_takeover="true"`, invalid, DeflateParams{}},
		{"; client_max_window_bits; client_max_window_bits", twice, DeflateParams{}},
		{"; server_no_context_takeover; server_no_context_takeover", twice, DeflateParams{}},
		{"; server_max_window_bits=9; server_max_window_bits=9", twice, DeflateParams{}},
	}
	for _, test := range tests {
		offers := mustExtensions(t, DeflateExtension+test.params)
		got, err := ParseDeflateOffer(offers[0])
		var typed *DeflateError
		if errors.As(err, &typed) != (test.rule != "") || typed != nil && typed.Rule.String() != test.rule || got != test.want {
			t.Errorf("%q: got %+v, %v, expected %+v, %q", test.params, got, err, test.want, test.rule)
		}
		_, _, ok := NegotiateDeflate(offers, DeflateAccept{})
		if ok != (test.rule == "") {
			t.Errorf("%q: accepted is %v", test.params, ok)
		}
		if typed == nil {
			continue
		}
		// A server that takes it all the same breaks a rule of its own.
		_, _, err = ReadDeflateResponse(offers, mustExtensions(t, DeflateExtension))
		if !errors.As(err, &typed) || typed.Rule != RuleDeflateBadOfferAccepted {
			t.Errorf("%q accepted all the same: %v", test.params, err)
		}
	}
}

func TestNegotiateDeflate(t *testing.T) {
	both9 := "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=9; client_max_window_bits=9"
	tests := []struct {
		offers string
		accept DeflateAccept
		want   string
	}{
		{"", DeflateAccept{}, ""},
		{"x-webkit-deflate-frame", DeflateAccept{}, ""},
		{"permessage-deflate", DeflateAccept{}, "permessage-deflate"},
		{"permessage-deflate; client_max_window_bits", DeflateAccept{}, "permessage-deflate"},
		{"permessage-deflate; client_max_window_bits=12", DeflateAccept{}, "permessage-deflate; client_max_window_bits=12"},
		{"permessage-deflate; client_max_window_bits", DeflateAccept{ClientMaxWindowBits: 15}, "permessage-deflate; client_max_window_bits=15"},
		{"permessage-deflate; client_max_window_bits=8", DeflateAccept{ClientMaxWindowBits: 9}, "permessage-deflate; client_max_window_bits=8"},
		{"permessage-deflate", DeflateAccept{ClientMaxWindowBits: 9}, "permessage-deflate"},
		{"permessage-deflate; server_max_window_bits=15", DeflateAccept{}, "permessage-deflate; server_max_window_bits=15"},
		{"permessage-deflate; server_max_window_bits=12", DeflateAccept{ServerMaxWindowBits: 10}, "permessage-deflate; server_max_window_bits=10"},
		{"permessage-deflate", DeflateAccept{ServerMaxWindowBits: 10}, "permessage-deflate; server_max_window_bits=10"},
		{"permessage-deflate; server_max_window_bits=8", DeflateAccept{ServerMinWindowBits: 9}, ""},
		{"permessage-deflate; server_max_window_bits=8, permessage-deflate", DeflateAccept{ServerMinWindowBits: 9}, "permessage-deflate"},
		{"permessage-deflate; x, foo, permessage-deflate; server_no_context_takeover", DeflateAccept{}, "permessage-deflate; server_no_context_takeover"},
		{"permessage-deflate", DeflateAccept{ServerNoContextTakeover: true, ClientNoContextTakeover: true},
			"permessage-deflate; server_no_context_takeover; client_no_context_takeover"},
		{both9 + ", permessage-deflate; server_no_context_takeover, permessage-deflate", DeflateAccept{}, both9},
		{both9 + ", permessage-deflate; server_no_context_takeover, permessage-deflate", DeflateAccept{ServerMinWindowBits: 10},
			"permessage-deflate; server_no_context_takeover"},
	}
	for _, test := range tests {
		offers := mustExtensions(t, test.offers)
		agreed, response, ok := NegotiateDeflate(offers, test.accept)
		if response != test.want || ok != (test.want != "") {
			t.Errorf("%q: answered %q, expected %q", test.offers, response, test.want)
			continue
		}
		got, agreedByClient, err := ReadDeflateResponse(offers, mustExtensions(t, response))
		if err != nil || agreedByClient != ok || got != agreed {
			t.Errorf("%q: the client reads %+v, %v, expected %+v", response, got, err, agreed)
		}
	}
}

func TestDeflateResponses(t *testing.T) {
	const p = "permessage-deflate"
	tests := []struct{ offers, response, rule string }{
		{p, "", ""},
		{p, p, ""},
		{p, "foo, " + p, ""},
		{p, p + "; server_max_window_bits=8; server_no_context_takeover; client_no_context_takeover", ""},
		{p + "; client_max_window_bits=9", p + "; client_max_window_bits=12", ""},
		{p + "; client_max_window_bits", p + `; client_max_window_bits="12"`, ""},
		{p + "; server_max_window_bits=10, " + p, p, ""},
		{p, p + ", " + p, "deflate-rsv1-conflict"},
		{"", p, "handshake-extension-not-offered"},
		{"foo", p, "handshake-extension-not-offered"},
		{p + "; x", p, "deflate-bad-offer-accepted"},
		{p, p + "; x", "deflate-response-param-unknown"},
		{p, p + "; server_max_window_bits", "deflate-response-param-value-invalid"},
		{p + "; client_max_window_bits", p + "; client_max_window_bits", "deflate-response-param-value-invalid"},
		{p, p + "; server_max_window_bits=16", "deflate-response-param-value-invalid"},
		{p, p + "; server_no_context_takeover; server_no_context_takeover", "deflate-response-param-duplicate"},
		{p + "; server_no_context_takeover", p, "deflate-response-takeover-missing"},
		{p + "; server_max_window_bits=10", p, "deflate-response-server-window-larger"},
		{p + "; server_max_window_bits=10", p + "; server_max_window_bits=11", "deflate-response-server-window-larger"},
		{p, p + "; client_max_window_bits=10", "deflate-response-client-window-unoffered"},
	}
	for _, test := range tests {
		_, ok, err := ReadDeflateResponse(mustExtensions(t, test.offers), mustExtensions(t, test.response))
		rule := ""
		var typed *DeflateError
		if errors.As(err, &typed) {
			rule = typed.Rule.String()
		}
		if rule != test.rule || ok != (rule == "" && test.response != "") {
			t.Errorf("%q answered with %q: %v, %v, expected %q", test.offers, test.response, ok, err, test.rule)
		}
	}
}

func ExampleNegotiateDeflate() {
	offers, err := ParseExtensions("permessage-deflate; server_max_window_bits=16, permessage-deflate; client_max_window_bits")
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = ParseDeflateOffer(offers[0])
	fmt.Println(err)
	agreed, response, _ := NegotiateDeflate(offers, DeflateAccept{ClientMaxWindowBits: 10})
	fmt.Println(response)
	fmt.Println(agreed.WindowBits(RoleClient), agreed.WindowBits(RoleServer))
	// Output:
	// deflate-offer-param-value-invalid: found "server_max_window_bits=16", expected a number from 8 to 15
	// permessage-deflate; client_max_window_bits=10
	// 10 15
}
