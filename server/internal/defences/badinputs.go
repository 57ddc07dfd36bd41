package defences

// BadInput is one way in which implementations have been broken. Its number is
// its place in BadInputs, counted from 1.
type BadInput struct {
	// Seen is where: an advisory, or the project with its issue or pull request;
	// "" for what an RFC asks for anyway.
	Seen string
	// Input is what somebody sends, Answer what becomes of it here.
	Input, Answer string
}

// BadInputs are the rows. Besides its answer each one leaves memory, goroutines
// and descriptors as they were, and the next connection is served.
var BadInputs = []BadInput{
	{"CVE-2020-27813, CVE-2026-27889, CVE-2026-43678, CVE-2020-13935", "a length with its top bit set", "1002; lengths are never signed"},
	{"noPoll 84, CVE-2026-1528", "a length of all ones, as a client's frame and as a server's", "1002"},
	{"gobwas 223, GHSA-8h6x-h86x-75wh", "a claim of 16 GiB", "1009, and no byte is allocated for it"},
	{"", "2 bytes in the 16-bit and in the 64-bit form of the length", "1002"},
	{"CVE-2026-54466", "the framing of an old draft", "no handshake but version 13's; as a frame it is never complete"},
	{"nats-server 8029", "a header that stops in the middle", "1008 when the frame's time is over"},
	{"CVE-2026-48779", "131,001 fragments of one byte", "bytes count, fragments cost nothing"},
	{"CVE-2026-12151, ws 2329", "empty fragments without end", "1008 when the message's time is over, and no memory until then"},
	{"CVE-2014-0193", "a text that goes on without end", "1009 at the limit"},
	{"tetsuo-pulse 3473", "a continuation of nothing", "1002"},
	{"", "a new data frame inside a message", "1002"},
	{"", "a control frame in fragments", "1002"},
	{"", "a control frame of 126 bytes", "1002"},
	{"CVE-2016-10544, CVE-2018-1000518, CVE-2026-27571, CVE-2026-1526, CVE-2021-21419", "a message that inflates a thousandfold", "1009 at the limit of what comes out"},
	{"CVE-2026-2229, Tomcat PR 1019", "server_max_window_bits that is 16, empty, x or 08", "8 to 15 in plain digits, anything else is declined"},
	{"CVE-2026-29035", "compressed data that ends where its buffer does", "nothing is written behind it"},
	{"nats-server 8029", "RSV1 or RSV2 without an extension", "1002"},
	{"", "RSV1 on a control frame or a continuation", "1002"},
	{"", "a reserved opcode", "1002"},
	{"coder PR 291", "two pongs for one ping", "the second is as good as none"},
	{"openai-java 1013", "pings without end from who reads nothing", "no answers pile up, and the write deadline ends it"},
	{"GHSA-2mhh-w6q8-5hxw, CVE-2026-45736", "pings and Close frames whose answers could show old memory", "the answer is what came, to the byte"},
	{"Bun 33691", "a Close frame with one byte", "1002"},
	{"", "a status code that may not be sent", "1002"},
	{"", "a reason that is not UTF-8", "1007"},
	{"Bun 30778", "a reason of 124 bytes that we are told to send", "cut to 123 or fewer, between two characters"},
	{"CVE-2024-23672, CVE-2022-25762", "half a closing handshake, and sending during it", "cut when its time is over; nothing is sent behind a Close frame"},
	{"facil.io 169", "an unmasked frame, and a good one behind it", "1002, and the good one is not delivered"},
	{"", "a text that is not UTF-8", "1007"},
	{"CVE-2021-32640", "a subprotocol with thousands of blanks in it", "refused in one pass, without a regular expression"},
	{"CVE-2020-7662, CVE-2020-7663", "a quoted extension parameter that never ends", "400 in one pass"},
	{"ws 3.3.1", "extensions called constructor, and a list of separators", "unknown names are declined, what is no list is 400"},
	{"CVE-2024-37890, CVE-2026-65624", "2,000 header lines", "431"},
	{"CVE-2023-43669", "a header of 20 MB in small writes", "cut at the limit of bytes, read once"},
	{"slow loris", "a header of one byte after another", "cut when the header's time is over"},
	{"seasocks 131, LibVNC 510", "a handshake without Version, Key or Upgrade", "400 or 426"},
	{"several", "two Keys, one that is not base64, one of 15 bytes", "400"},
	{"several", "Connection: xupgrade, Upgrade: websocket/1", "400 and 426: whole tokens count"},
	{"CVE-2026-59898", "Version 7 without Upgrade and Connection", "426, which names 13"},
	{"smuggling through a refused upgrade", "a refused handshake with a request right behind it", "Connection: close, and one answer"},
	{"CVE-2026-58055, CVE-2022-41721", "a handshake with a body that is a frame, by its length or in chunks", "400"},
	{"h2c smuggling", "Upgrade: h2c, the preface of HTTP/2", "426 and 505: GET by HTTP/1.1 alone"},
	{"CVE-2025-24010", "a foreign Origin, null, http://a:b", "403 and 400: the list is exact"},
	{"CVE-2021-33197, Envoy 44525", "Connection: Upgrade, X-Forwarded-For", "fields of one hop are not trusted"},
	{"CVE-2026-1527", "CR and LF in a subprotocol that somebody typed", "a line and a header only where raw bytes are asked for"},
	{"CVE-2026-42498", "an answer of 302 that leads to another host", "recorded, never followed"},
	{"coder 205, 330, 429; Jetty 2991", "Close from both sides at once; an error in a callback", "no goroutine and no descriptor stays"},
	{"CVE-2025-69199, CVE-2026-53522, CVE-2026-34824", "very many connections of one visitor", "429 at the limit of the session and of the address"},
}
