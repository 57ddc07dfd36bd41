package presets

import p "framecraft/protocol"

// responses are played as the server. The built-in client is strict: it drops
// the connection.
func responses() []Preset {
	var all []Preset
	for _, r := range brokenResponses {
		all = append(all, Preset{r.rules[0].String(), r.title, groupResponse, r.rules, targetClient, "role server\n" + r.scenario + "expect end\n", "", r.text})
	}
	return all
}

var brokenResponses = []struct {
	title    string
	rules    rules
	scenario string
	text     string
}{
	{"200 OK", rules{p.RuleHandshakeStatusNot101}, "handshake HTTP/1.1 200 OK\n", "Only 101 opens a WebSocket."},
	{"A field without a colon in the response", rules{p.RuleHandshakeResponseMalformed}, "handshake\n  also \"Bad Header\"\n", "A response is HTTP too."},
	{"A response without Upgrade", rules{p.RuleHandshakeResponseUpgradeMissing}, "handshake\n  without Upgrade\n", "101 says to what it switches."},
	{"A response that upgrades to h2c", rules{p.RuleHandshakeResponseUpgradeNotWebsocket}, "handshake\n  with Upgrade: h2c\n", "Not what the client asked for."},
	{"A response without Connection", rules{p.RuleHandshakeResponseConnectionMissing}, "handshake\n  without Connection\n", "Proxies strip it; then Upgrade counts for nothing."},
	{"A response that closes", rules{p.RuleHandshakeResponseConnectionNotUpgrade}, "handshake\n  with Connection: close\n", "Connection has to list Upgrade."},
	{"No Accept", rules{p.RuleHandshakeAcceptMissing}, "handshake\n  without Sec-WebSocket-Accept\n", "The server proves nothing."},
	{"A wrong Accept", rules{p.RuleHandshakeAcceptMismatch}, "handshake\n  with Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\n", "The RFC's own example, copied: it fits one key in 2^128. Choose the response to see the steps."},
	{"Two Accepts", rules{p.RuleHandshakeAcceptRepeated}, "handshake\n  also Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\n", "The second one may come from a cache in between."},
	{"An extension that was not offered", rules{p.RuleHandshakeExtensionNotOffered}, "handshake\n  with Sec-WebSocket-Extensions: permessage-deflate\n", "The server chooses among what the client offers, and this client offers none."},
	{"A subprotocol that was not offered", rules{p.RuleHandshakeProtocolNotOffered}, "handshake\n  with Sec-WebSocket-Protocol: mqtt\n", "The same of subprotocols."},
	{"The subprotocol field twice", rules{p.RuleHandshakeResponseProtocolRepeated, p.RuleHandshakeProtocolNotOffered}, "handshake\n  also Sec-WebSocket-Protocol: chat\n  also Sec-WebSocket-Protocol: chat\n", "A response names one, once."},
}
