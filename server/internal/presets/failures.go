package presets

import p "framecraft/protocol"

// failures are inputs that broke implementations, with their names where they
// have one. Playing one against a server of yours shows whether it holds.
var failures = []Preset{
	{"cve-2020-27813", "A length with its top bit set", groupFailures, rules{p.RuleFrameLengthMSBSet, p.RuleFrameTruncated}, targetEcho,
		"handshake\nexpect status 101\n\nbytes 82 ff 80 00 00 00 00 00 00 01 00 00 00 00 41\nexpect close 1002\nexpect end\n", "",
		"CVE-2020-27813 and others: read as a signed number the length is negative, and the check against the limit passes."},
	{"huge-length", "A length of 16 GiB, and nothing behind it", groupFailures, rules{p.RuleFrameTruncated}, targetEcho,
		"handshake\nexpect status 101\n\nbytes 82 ff 00 00 00 04 00 00 00 00 00 00 00 00\nexpect close 1009\nexpect end\n", "",
		"GHSA-8h6x-h86x-75wh: memory for what a header claims, before a single byte of it is there."},
	{"http-on-websocket", "HTTP on an upgraded socket", groupFailures, rules{p.RuleFrameUnmaskedFromClient, p.RuleFrameRSV1Unnegotiated, p.RuleFrameOpcodeReserved, p.RuleFrameTruncated}, targetEcho,
		"handshake\nexpect status 101\n\nbytes \"GET /echo HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n\"\nexpect close 1002\nexpect end\n", "",
		"A proxy that reuses the connection: the letter G reads as an unmasked frame."},
	{"smuggled-request", "A second request behind a refused upgrade", groupFailures, rules{p.RuleHandshakeVersionNot13, p.RuleHandshakeClientEarlyData}, targetEcho,
		"handshake\n  with Sec-WebSocket-Version: 25\nbytes \"GET /healthz HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n\"\nexpect status 426\nexpect end\n", "",
		"A proxy that takes any upgrade for granted forwards what follows unseen. A refused upgrade has to end the connection."},
	{"connection-xupgrade", "Connection: xupgrade", groupFailures, rules{p.RuleHandshakeConnectionNotUpgrade}, targetEcho,
		"handshake\n  with Connection: xupgrade\n" + expectsRefusal, "", "Servers that look for the word inside of another one."},
	{"hixie", "A handshake of 2010", groupFailures, rules{p.RuleHandshakeKeyMissing, p.RuleHandshakeVersionMissing}, targetEcho,
		"handshake\n  without Sec-WebSocket-Key\n  without Sec-WebSocket-Version\n  with Sec-WebSocket-Key1: 4 @1  46546xW%0l 1 5\n  with Sec-WebSocket-Key2: 12998 5 Y3 1  .P00\n" + expectsRefusal, "",
		"Hixie-76 hid its keys between blanks."},
	{"zip-bomb", "A message that inflates a thousandfold", groupFailures, nil, targetEcho,
		offersDeflate + "binary rsv1 deflate(repeat(00,1000000))\nexpect binary\n", "",
		"CVE-2016-10544 and many after it: 1 kB on the wire, 1 MB in memory. A limit has to count what comes out."},
	{"slow-loris", "A request that never ends", groupFailures, nil, targetEcho,
		"handshake bytes \"GET /echo HTTP/1.1\\r\\nHost: x\\r\\n\"\nwait 2s\nexpect silence 1s\n", "",
		"Slow loris: servers without a deadline for the head keep the connection for ever."},
	{"half-close", "Close, and still listening", groupFailures, rules{p.RuleCloseFrameMissing}, targetEcho,
		"handshake\nexpect status 101\n\ntext \"last words\"\nend\nexpect text \"last words\"\nexpect end\n", "",
		"The client ends its half of TCP and still wants its answer. Some servers drop it."},
}
