package presets

import p "framecraft/protocol"

// sequences break what only both directions together show.
var sequences = []Preset{
	{"close-not-answered", "Close is not answered", groupSequence, rules{p.RuleCloseNotAnswered}, "echo?close=1001&after=1",
		"handshake\nexpect status 101\n\ntext \"one\"\nexpect message\nexpect close 1001\nend\n", "", "The server closes, the client leaves without a word."},
	{"sequence-pong-missing", "A ping without a pong", groupSequence, rules{p.RuleSequencePongMissing}, targetClient,
		"role server\nhandshake\npong off\nexpect ping\nexpect binary\nclose nomask 1000\nexpect close 1000\nend\n", "", "Here you are the server; the built-in client pings, and hears nothing."},
	{"sequence-pong-payload-mismatch", "A pong with another payload", groupSequence, rules{p.RuleSequencePongPayloadMismatch}, targetClient,
		"role server\nhandshake\npong off\nexpect ping\npong nomask \"something else\"\nclose nomask 1000\nexpect close 1000\nend\n", "", "A pong repeats what the ping said."},
	{"close-frame-missing", "TCP ends without Close", groupSequence, rules{p.RuleCloseFrameMissing}, targetEcho,
		"handshake\nexpect status 101\n\ntext \"and gone\"\nexpect message\nend\n", "", "Programs report this as 1006."},
	{"reset", "TCP broken off", groupSequence, rules{p.RuleCloseFrameMissing}, targetEcho,
		"handshake\nexpect status 101\n\ntext \"and gone\"\nexpect message\nreset\n", "", "RST: what was under way is lost, and the other side finds out when it writes."},
}
