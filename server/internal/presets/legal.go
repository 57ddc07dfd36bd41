package presets

// Conversations that break nothing.
var legal = []Preset{
	{"hello", "Shake hands, say hello, close", groupLegal, nil, targetEcho,
		"handshake\nexpect status 101\n\ntext \"Hello\"\nexpect text \"Hello\"\n\nclose 1000 \"bye\"\nexpect close 1000\nexpect end\n", "",
		"The whole life of a connection: two heads, a message each way, the closing handshake, the end of TCP by the server."},
	{"fragments", "A message in three frames, a ping between them", groupLegal, nil, targetEcho,
		"handshake\nexpect status 101\n\ntext nofin \"Hel\"\nping \"still there?\"\ncontinuation nofin \"lo, \"\ncontinuation \"world\"\nexpect pong \"still there?\"\nexpect text \"Hello, world\"\n\nclose 1000\nexpect close 1000\nexpect end\n", "",
		"The pong comes before the message is whole: control frames are answered at once."},
	{"chopped", "One byte a TCP segment", groupLegal, nil, targetEcho,
		"handshake\nexpect status 101\n\nchop 1\ntext \"Frames do not care where TCP cuts them.\"\nexpect message\n\nclose 1000\nexpect close 1000\nexpect end\n", "",
		"Choose the arrow of the long text: its first and its last byte came at different times."},
	{"compressed", "A compressed message", groupLegal, nil, targetEcho,
		offersDeflate + "text rsv1 deflate(\"Frames, bit by bit. Frames, bit by bit. Frames, bit by bit.\")\nexpect text \"Frames, bit by bit. Frames, bit by bit. Frames, bit by bit.\"\n\nclose 1000\nexpect close 1000\nexpect end\n", "",
		"Choose the text of either side: the repetition costs a few bits."},
	{"window-10", "A window of 1,024 bytes", groupLegal, nil, "echo?deflate=client_max_window_bits=10",
		"handshake\n  with Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\nexpect status 101\n\nbinary rsv1 deflate(repeat(00ff,2000),window=10)\nexpect binary\n\nclose 1000\nexpect close 1000\nexpect end\n", "",
		"The server asked for a small window, so no match of the client reaches further back than 1,024 bytes."},
	{"subprotocol", "A subprotocol", groupLegal, nil, "echo?subprotocol=chat",
		"handshake\n  with Sec-WebSocket-Protocol: superchat, chat\nexpect status 101\n\nclose 1000\nexpect close 1000\nexpect end\n", "",
		"Of the names that the client offers the server takes one that it speaks."},
	{"closes-first", "The server closes first", groupLegal, nil, "echo?close=1001&after=1",
		"handshake\nexpect status 101\n\ntext \"one is enough\"\nexpect text \"one is enough\"\nexpect close 1001\nclose 1001\nexpect end\n", "",
		"The answer to a Close frame is a Close frame; then the server ends TCP."},
	{"be-a-server", "Be the server", groupLegal, nil, targetClient,
		"role server\nhandshake\n\nexpect text\ntext nomask \"Hello, client\"\nclose nomask 1000 \"that was all\"\nexpect close 1000\nend\n", "",
		"The built-in client connects, sends its messages, and is closed by you. A server's frames are not masked."},
}
