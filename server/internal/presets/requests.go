package presets

import p "framecraft/protocol"

// requests are handshakes of a client that break a rule each. What the server
// makes of it is part of the picture: most get a status and the end of TCP.
func requests() []Preset {
	var all []Preset
	for _, r := range brokenRequests {
		all = append(all, Preset{r.rules[0].String(), r.title, groupRequest, r.rules, targetEcho, r.scenario, "", r.text})
	}
	return all
}

var brokenRequests = []struct {
	title    string
	rules    rules
	scenario string
	text     string
}{
	{"A hash in the target", rules{p.RuleHandshakeURIHashUnescaped}, "handshake /echo#top\nexpect status 400\nexpect end\n", "A fragment never travels; a hash that belongs to the path is written %23."},
	{"No request at all", rules{p.RuleHandshakeRequestMissing}, "text \"Hello\"\n", "A frame where a request belongs: the server takes it for the beginning of an HTTP head."},
	{"A field without a colon", rules{p.RuleHandshakeRequestMalformed}, "handshake\n  also \"Bad Header\"\nexpect end\n", "Every line of a head is a name, a colon and a value."},
	{"POST", rules{p.RuleHandshakeMethodNotGet}, "handshake POST\nexpect status 405\nexpect end\n", "The method of the opening handshake is GET."},
	{"HTTP/1.0", rules{p.RuleHandshakeHTTPVersionTooLow}, "handshake GET /echo HTTP/1.0\nexpect status 400 or 426 or 505\nexpect end\n", "Upgrade came with HTTP/1.1."},
	{"A target without a slash", rules{p.RuleHandshakeTargetInvalid}, "handshake GET echo HTTP/1.1\nexpect end\n", "The request target begins with a slash, or is a whole URI."},
	{"No Host", rules{p.RuleHandshakeHostMissing}, "handshake\n  without Host\n" + expectsRefusal, "HTTP/1.1 wants to know which host is meant."},
	{"A URI for a Host", rules{p.RuleHandshakeHostInvalid}, "handshake\n  with Host: http://framecraft.invalid\nexpect end\n", "Host is a name or an address with a port, and nothing else."},
	{"No Upgrade", rules{p.RuleHandshakeUpgradeMissing}, "handshake\n  without Upgrade\n" + expectsRefusal, "Without Upgrade it is a request like any other."},
	{"Upgrade to h2c", rules{p.RuleHandshakeUpgradeNotWebsocket}, "handshake\n  with Upgrade: h2c\n" + expectsRefusal, "The way to smuggle HTTP/2 past a proxy that only looks for the word Upgrade."},
	{"No Connection", rules{p.RuleHandshakeConnectionMissing}, "handshake\n  without Connection\n" + expectsRefusal, "Upgrade counts only where Connection names it."},
	{"Connection: close", rules{p.RuleHandshakeConnectionNotUpgrade}, "handshake\n  with Connection: close\n" + expectsRefusal, "Connection has to list the token Upgrade, whole and in any case."},
	{"No key", rules{p.RuleHandshakeKeyMissing}, "handshake\n  without Sec-WebSocket-Key\n" + expectsRefusal, "Without a key there is nothing that the server could prove."},
	{"A key that is no base64", rules{p.RuleHandshakeKeyNotBase64}, "handshake\n  with Sec-WebSocket-Key: !\n" + expectsRefusal, "The key is 24 characters of base64."},
	{"A key of three bytes", rules{p.RuleHandshakeKeyNot16Bytes}, "handshake\n  with Sec-WebSocket-Key: AAAA\n" + expectsRefusal, "Base64 all right, but it has to stand for 16 bytes."},
	{"A key with stray bits", rules{p.RuleHandshakeKeyNoncanonical}, "handshake\n  with Sec-WebSocket-Key: AQIDBAUGBwgJCgsMDQ4PEC==\n", "The last letter has bits that stand for nothing. Servers take it; the RFC's erratum 3150 does not."},
	{"Two keys", rules{p.RuleHandshakeKeyRepeated}, "handshake\n  also Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\n" + expectsRefusal, "Which one should the server prove?"},
	{"An Origin with a path", rules{p.RuleHandshakeOriginMalformed}, "handshake\n  with Origin: http://example.com/\nexpect status 400 or 403\nexpect end\n", "An origin is scheme, host and port: not even a slash behind them."},
	{"No version", rules{p.RuleHandshakeVersionMissing}, "handshake\n  without Sec-WebSocket-Version\n" + expectsRefusal, "As the drafts before 2010 did it."},
	{"Version 013", rules{p.RuleHandshakeVersionMalformed}, "handshake\n  with Sec-WebSocket-Version: 013\n" + expectsRefusal, "A number without leading zeros."},
	{"Version 8", rules{p.RuleHandshakeVersionNot13}, "handshake\n  with Sec-WebSocket-Version: 8\nexpect status 426\nexpect end\n", "The answer names the versions that the server speaks."},
	{"Two versions", rules{p.RuleHandshakeVersionRepeated}, "handshake\n  also Sec-WebSocket-Version: 13\n" + expectsRefusal, "Once, even if both say the same."},
	{"A subprotocol with a slash", rules{p.RuleHandshakeProtocolInvalid}, "handshake\n  with Sec-WebSocket-Protocol: a/b\nexpect status 400\nexpect end\n", "Each name is a token of HTTP."},
	{"A subprotocol offered twice", rules{p.RuleHandshakeProtocolDuplicate}, "handshake\n  with Sec-WebSocket-Protocol: chat, chat\nexpect status 400\nexpect end\n", "Every name once."},
	{"A frame before the response", rules{p.RuleHandshakeClientEarlyData}, "handshake\ntext \"too early\"\nexpect status 101\nexpect message\n", "The client waits for the response. Here it is quicker than the server."},
	{"An extension's quoted value", rules{p.RuleHandshakeExtensionParamNotToken}, "handshake\n  with Sec-WebSocket-Extensions: permessage-deflate; x=\"b c\"\n" + expectsRefusal, "Between the quotes there has to be a token as well."},
	{"Extensions of nothing but separators", rules{p.RuleHandshakeExtensionsMalformed}, "handshake\n  with Sec-WebSocket-Extensions: ;\n" + expectsRefusal, "An early parser of a widely used library ran off the end of this."},
	{"An extension that nobody registered", rules{p.RuleHandshakeExtensionUnregistered}, "handshake\n  with Sec-WebSocket-Extensions: foo\nexpect status 101\n", "The server declines what it does not know; the names are IANA's to give."},
	{"A host beyond ASCII", rules{p.RuleHandshakeURIHostNotASCII}, "handshake\n  with Host: ü.example\nexpect end\n", "On the wire a host name is ASCII; other letters travel as xn--."},
	{"A target beyond ASCII", rules{p.RuleHandshakeURINotPercentEncoded}, "handshake GET /echo?ä HTTP/1.1\nexpect status 400\nexpect end\n", "Other letters are percent-encoded."},
	{"An offer with an unknown parameter", rules{p.RuleDeflateOfferParamUnknown}, "handshake\n  with Sec-WebSocket-Extensions: permessage-deflate; x\nexpect status 101\n", "The server declines the whole offer."},
	{"An offer with a window of 7 bits", rules{p.RuleDeflateOfferParamValueInvalid}, "handshake\n  with Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=7\nexpect status 101\n", "8 to 15, without leading zeros."},
	{"An offer that says it twice", rules{p.RuleDeflateOfferParamDuplicate}, "handshake\n  with Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits; client_max_window_bits\nexpect status 101\n", "Every parameter once."},
	{"A window below 1,024 bytes", rules{p.RuleDeflateWindowBelow1024}, "handshake\n  with Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=9\nexpect status 101\n", "Legal to ask for, and advised against: some compressors cannot."},
}
