package defences

// Defence is one promise of the server, small enough for one test.
type Defence struct {
	// ID is how tests name it; the word in front of the first hyphen is its
	// subject.
	ID string
	// Promise is what holds when nobody has configured anything.
	Promise string
	// Instead says what is done where the usual defence was decided against; the
	// test holds this then.
	Instead string
}

// Hardening are the limits and defences, by subject.
var Hardening = []Defence{
	// How long anything may take.
	{ID: "time-header", Promise: "a request's header is cut after 5 s"},
	{ID: "time-first-frame", Promise: "who says nothing after the handshake is closed with 1008 after 30 s"},
	{ID: "time-frame", Promise: "a frame that has begun is complete within 10 s, or the connection ends with 1008"},
	{ID: "time-message", Promise: "a message that has begun is complete within 60 s, however many frames it has"},
	{ID: "time-ping", Promise: "a ping goes out every 25 s"},
	{ID: "time-pong", Promise: "a pong that does not come within 10 s ends the connection"},
	{ID: "time-write", Promise: "a write that makes no progress for 10 s ends the connection"},
	{ID: "time-closing", Promise: "who leaves a closing handshake half done is cut after 5 s"},

	// How large anything may be.
	{ID: "size-header-bytes", Promise: "a header of more than 8 KiB is refused with 431; net/http counts 4 KiB more"},
	{ID: "size-header-lines", Promise: "64 header lines are taken, 65 are refused with 431"},
	{ID: "size-socket-message", Promise: "the page's socket takes a message of 1 MiB and no byte more: 1009"},
	{ID: "size-echo-message", Promise: "the echo endpoint takes a message of 16 MiB and no byte more: 1009"},
	{ID: "size-echo-inflated", Promise: "a compressed message inflates to 16 MiB at most on the echo endpoint: 1009"},
	{ID: "size-fragments", Promise: "a message may have any number of fragments; 65,537 pass"},
	{ID: "size-fragment-memory", Promise: "a fragment costs no memory beyond its payload"},
	{ID: "size-output", Promise: "answers of at most 256 KiB are gathered for a peer that does not read",
		Instead: "there is no queue that could overflow and end with 1008: nothing is read while an answer waits to be written, until the write deadline ends the connection"},

	// What a connection may cost.
	{ID: "memory-hijack", Promise: "nothing of what Hijack returns is kept: no pair of bufio buffers lives as long as a connection"},
	{ID: "memory-idle", Promise: "an idle connection has no read buffer of its own, not even a small one: less than 4 KiB of heap and stack",
		Instead: "through TLS, where nobody can wait without a buffer, there is one of 4 KiB"},
	{ID: "memory-used", Promise: "a connection that has worked is as small as before once it is idle again"},
	{ID: "memory-codec", Promise: "compressor and inflater are lent from a pool for one message, and many idle connections share few"},
	{ID: "memory-page", Promise: "the page's sockets agree to no compression, whatever is offered"},

	// Who does not read.
	{ID: "slow-buffer", Promise: "the kernel's write buffer of a socket is set to 64 KiB"},
	{ID: "slow-reader", Promise: "a peer that reads nothing is cut off after few hundred KiB, not after megabytes"},

	// How many of anything.
	{ID: "count-session", Promise: "8 live connections of one session, and the ninth is answered with 429"},
	{ID: "count-address", Promise: "32 live connections of one address, and the next is answered with 429"},
	{ID: "count-address-64", Promise: "an IPv6 address counts by its /64"},
	{ID: "count-handshakes", Promise: "30 handshakes a minute of one address, good or bad"},
	{ID: "count-messages", Promise: "50 messages a second on the page's socket, then 1008"},
	{ID: "count-messages-burst", Promise: "100 messages at once on the page's socket"},
	{ID: "count-bytes", Promise: "1 MiB a second on the page's socket; what is more is read later"},
	{ID: "count-pings", Promise: "5 pings a second on the page's socket, then 1008"},
	{ID: "count-gauge", Promise: "live connections are counted, not requests: a place is free again when its connection ends"},
	{ID: "proxy-address", Promise: "X-Forwarded-For is believed of stated proxies only, from the right"},
	{ID: "proxy-real-ip", Promise: "X-Real-IP and its like are believed of nobody, and chi's RealIP is used nowhere"},

	// Other people's pages.
	{ID: "origin-exact", Promise: "the page's sockets open for the exact origins of the list alone: 403"},
	{ID: "origin-missing", Promise: "no Origin is none of the list: 403"},
	{ID: "origin-port", Promise: "a page on another port of the same host is a foreign one, although SameSite lets its cookie through"},

	// The session cookie.
	{ID: "cookie-json", Promise: "the cookie's content is JSON, not gob"},
	{ID: "cookie-hash-key", Promise: "the hash key has 64 bytes"},
	{ID: "cookie-block-key", Promise: "the block key has 32 bytes"},
	{ID: "cookie-key-lengths", Promise: "a key of another length keeps the server from starting"},
	{ID: "cookie-rotation", Promise: "old keys still read and new ones write; a key without its partner is refused"},
	{ID: "cookie-age", Promise: "a cookie is good for 12 h, whichever pair of keys made it"},
	{ID: "cookie-id", Promise: "the session is 128 random bits, another one for every visitor"},
	{ID: "cookie-content", Promise: "the cookie holds the session's number and nothing else"},
	{ID: "cookie-size", Promise: "an encoded value of more than 4096 bytes is no cookie of ours"},
	{ID: "cookie-tls", Promise: "over TLS: a name with __Host-, Secure, HttpOnly, SameSite=Strict, Path=/"},
	{ID: "cookie-loopback", Promise: "over plain http on loopback: the same without prefix and Secure"},
	{ID: "cookie-environment", Promise: "the keys come from the environment where they stand there"},
	{ID: "cookie-file", Promise: "otherwise from a file of mode 0600, which the first start makes; one that others can read is refused"},
	{ID: "cookie-restart", Promise: "a session outlives a restart"},
	{ID: "cookie-replicas", Promise: "several servers with the same keys read each other's cookies"},

	// What answers carry.
	{ID: "headers-csp", Promise: "the policy allows the page its own files, its own sockets, compiling WASM and nothing else, word for word"},
	{ID: "headers-csp-page", Promise: "the real page runs under it in Chromium without a violation"},
	{ID: "headers-csp-blocks", Promise: "what it forbids is forbidden: strings for markup, inline scripts, foreign hosts"},
	{ID: "headers-coop", Promise: "Cross-Origin-Opener-Policy: same-origin"},
	{ID: "headers-coep", Promise: "Cross-Origin-Embedder-Policy: require-corp"},
	{ID: "headers-nosniff", Promise: "X-Content-Type-Options: nosniff"},
	{ID: "headers-referrer", Promise: "Referrer-Policy: no-referrer"},
	{ID: "headers-everywhere", Promise: "every route has them all: pages, errors, refused upgrades and the 101"},

	// Dialling out for a visitor.
	{ID: "dial-nothing", Promise: "nothing is dialled unless the operator allows it, and nothing is looked up"},
	{ID: "dial-builtin", Promise: "the endpoint here is reached by its name; its address is as forbidden as any other"},
	{ID: "dial-allow", Promise: "an operator allows a host with its port, or a network"},
	{ID: "dial-control", Promise: "what counts is the address that the socket is about to connect to, for every attempt"},
	{ID: "dial-rebinding", Promise: "a name that leads elsewhere at the next lookup is refused there"},
	{ID: "dial-spellings", Promise: "another spelling of an address, IPv4 inside IPv6 included, opens nothing"},
	{ID: "dial-special", Promise: "addresses of a special purpose stay closed, whatever name leads there and however wide the network that is allowed"},
	{ID: "dial-azure", Promise: "168.63.129.16 is one of them"},
	{ID: "dial-proxy", Promise: "no proxy of the environment is asked"},
	{ID: "dial-redirects", Promise: "a redirect is recorded and never followed"},
	{ID: "dial-minute", Promise: "5 dials a minute of one session"},
	{ID: "dial-live", Promise: "2 plays of one session at a time"},
	{ID: "dial-time", Promise: "60 s for one play"},
	{ID: "dial-bytes", Promise: "1 MiB for both sides of one play"},

	// The end of the server.
	{ID: "shutdown-registry", Promise: "connections that net/http has handed over are known, and none is left behind"},
	{ID: "shutdown-503", Promise: "new handshakes are refused with 503 from then on"},
	{ID: "shutdown-1001", Promise: "every connection gets Close 1001, which is 88 02 03 e9"},
	{ID: "shutdown-wait", Promise: "peers have 10 s to answer it"},
	{ID: "shutdown-cut", Promise: "who has not answered by then is cut"},

	// Our own mistakes.
	{ID: "panic-goroutine", Promise: "a panic in whatever serves a connection ends that connection and no other"},
	{ID: "panic-log", Promise: "it leaves a line with the stack, and nothing that the peer has sent"},
	{ID: "panic-every-go", Promise: "every goroutine of the server recovers, or is known not to touch what a visitor sends"},
	{ID: "chi-wrappers", Promise: "on the way to an upgrade nothing wraps the ResponseWriter, times out, compresses or throttles"},
	{ID: "log-slog", Promise: "everything is logged by log/slog, net/http's own lines too"},
	{ID: "log-facts", Promise: "a connection's line has its code, its broken rule, messages and bytes"},
	{ID: "log-payload", Promise: "no payload in any line"},
	{ID: "log-cookie", Promise: "no Cookie in any line"},
	{ID: "log-authorization", Promise: "no Authorization in any line"},
	{ID: "log-subprotocol", Promise: "no subprotocol in any line"},

	// A refused upgrade.
	{ID: "refuse-close", Promise: "it says Connection: close and ends the connection"},
	{ID: "refuse-body", Promise: "no body is read, and nothing behind it is taken for a request"},
	{ID: "refuse-version", Promise: "where the version is wrong it names 13"},

	// What net/http refuses before we see it.
	{ID: "request-host-missing", Promise: "no Host: 400"},
	{ID: "request-host-twice", Promise: "two Hosts: 400"},
	{ID: "request-space-colon", Promise: "a blank in front of a colon: 400"},
	{ID: "request-bare-cr", Promise: "CR without LF inside a value: 400"},
	{ID: "request-nul", Promise: "a byte of 0: 400"},
	{ID: "request-lengths-unequal", Promise: "two Content-Lengths that differ: 400"},

	// What it lets through, and what we make of it.
	{ID: "request-http10", Promise: "HTTP/1.0 gets no upgrade: 505"},
	{ID: "request-post", Promise: "POST gets no upgrade: 405"},
	{ID: "request-bare-lf", Promise: "a line that ends with LF alone: 400"},
	{ID: "request-folded", Promise: "a value folded over two lines: 400"},
	{ID: "request-length-and-chunks", Promise: "Content-Length beside Transfer-Encoding: 400"},
	{ID: "request-absolute", Promise: "a target that is a whole URI is taken, and the Host beside it is judged all the same"},
	{ID: "request-key-twice", Promise: "Sec-WebSocket-Key twice: 400"},

	// What an operator can change.
	{ID: "flags-limits", Promise: "limits that depend on the place have a flag, whose default is the number here"},
}
