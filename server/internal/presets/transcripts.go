package presets

import (
	"strconv"
	"strings"

	p "framecraft/protocol"
)

// Transcripts of conversations that take two to go wrong, or a peer that the
// built-in ones are not. They are read, not played.

const (
	exampleHost = "server.example.com"
	exampleKey  = "dGhlIHNhbXBsZSBub25jZQ=="
	extensions  = "Sec-WebSocket-Extensions"
)

var heard = []struct {
	title string
	rules rules
	// offer and answer are the values of Sec-WebSocket-Extensions; "" is none.
	offer, answer string
	// status replaces the response's start line, change edits both heads.
	status string
	change func(request, response *p.HeadDraft)
	then   string // entries behind the handshake, without their times
	group  string
	text   string
}{
	{"A bad request accepted", rules{p.RuleHandshakeMethodNotGet, p.RuleHandshakeBadRequestAccepted}, "", "", "", func(request, _ *p.HeadDraft) { request.Words[0] = "POST" }, "", groupResponse,
		"The client is wrong, and so is the server that lets it in."},
	{"An unknown version accepted", rules{p.RuleHandshakeVersionNot13, p.RuleHandshakeVersionMismatchAccepted}, "", "", "", func(request, _ *p.HeadDraft) { request.Set("Sec-WebSocket-Version", "25") }, "", groupResponse,
		"Of a version that it does not speak a server can promise nothing."},
	{"426 without a list of versions", rules{p.RuleHandshakeVersionNot13, p.RuleHandshakeVersionListMissing}, "", "", "426 Upgrade Required", func(request, _ *p.HeadDraft) { request.Set("Sec-WebSocket-Version", "25") }, "", groupResponse,
		"The client cannot know what to try instead."},
	{"A version called 13.0", rules{p.RuleHandshakeVersionNot13, p.RuleHandshakeResponseVersionMalformed}, "", "", "426 Upgrade Required", func(request, response *p.HeadDraft) {
		request.Set("Sec-WebSocket-Version", "25")
		response.Set("Sec-WebSocket-Version", "13.0")
	}, "", groupResponse, "Versions are whole numbers."},
	{"Two subprotocols in one response", rules{p.RuleHandshakeResponseProtocolInvalid}, "", "", "", func(request, response *p.HeadDraft) {
		request.Set("Sec-WebSocket-Protocol", "chat, superchat")
		response.Set("Sec-WebSocket-Protocol", "chat, superchat")
	}, "", groupResponse, "A list is for the client; the server names one."},
	{"No answer to a bad request", rules{p.RuleHandshakeHostMissing, p.RuleHandshakeErrorWithoutStatus}, "", "", "-", func(request, _ *p.HeadDraft) { request.Remove("Host") }, "server end", groupResponse,
		"The server hangs up instead of saying what is wrong."},
	{"Compression agreed twice", rules{p.RuleDeflateRSV1Conflict}, "permessage-deflate", "permessage-deflate, permessage-deflate", "", nil, "", groupDeflate,
		"Two extensions would both give RSV1 a meaning."},
	{"A bad offer accepted", rules{p.RuleDeflateOfferParamUnknown, p.RuleDeflateBadOfferAccepted}, "permessage-deflate; x", "permessage-deflate", "", nil, "", groupDeflate,
		"What a server does not understand it declines."},
	{"An unknown parameter in the response", rules{p.RuleDeflateResponseParamUnknown}, "permessage-deflate", "permessage-deflate; x", "", nil, "", groupDeflate,
		"The client fails the connection."},
	{"A window without a value in the response", rules{p.RuleDeflateResponseParamValueInvalid}, "permessage-deflate", "permessage-deflate; server_max_window_bits", "", nil, "", groupDeflate,
		"In an offer it may go without, in a response it may not."},
	{"The response says it twice", rules{p.RuleDeflateResponseParamDuplicate}, "permessage-deflate", "permessage-deflate; server_no_context_takeover; server_no_context_takeover", "", nil, "", groupDeflate,
		"Every parameter once."},
	{"A wish not granted and not declined", rules{p.RuleDeflateResponseTakeoverMissing}, "permessage-deflate; server_no_context_takeover", "permessage-deflate", "", nil, "", groupDeflate,
		"The server takes the offer without what the offer asked of it."},
	{"A larger window than was asked for", rules{p.RuleDeflateResponseServerWindowLarger}, "permessage-deflate; server_max_window_bits=10", "permessage-deflate", "", nil, "", groupDeflate,
		"Without the parameter the window is 32,768 bytes."},
	{"A window for a client that cannot", rules{p.RuleDeflateResponseClientWindowUnoffered}, "permessage-deflate", "permessage-deflate; client_max_window_bits=10", "", nil, "", groupDeflate,
		"Only a client that offers the parameter can limit its window."},
	{"A server keeps its context", rules{p.RuleDeflateServerContextKept}, "permessage-deflate; server_no_context_takeover", "permessage-deflate; server_no_context_takeover", "", nil,
		"server bytes c1 07 f2 48 cd c9 c9 07 00\nserver bytes c1 05 f2 00 11 00 00", groupDeflate, "It had promised to forget. The second message refers to the first."},
	{"A server's match beyond its window", rules{p.RuleDeflateServerWindowExceeded}, "permessage-deflate; server_max_window_bits=10", "permessage-deflate; server_max_window_bits=10", "", nil,
		"server bytes c1 0c 4a 1c 05 a3 60 14 8c 02 60 01 00 00", groupDeflate, "1,024 bytes were agreed on; look at the last match."},
	{"The client ends TCP first", rules{p.RuleCloseClientTCPFirst}, "", "", "", nil,
		"server bytes 88 00\nclient bytes 88 80 37 fa 21 3d\nclient end\nserver end", groupSequence, "The server should: whoever ends TCP first keeps its port busy for a while."},
	{"Failed without a Close frame", rules{p.RuleFrameOpcodeReserved, p.RuleCloseFailWithoutFrame}, "", "", "", nil,
		"server bytes 83 00\nclient end", groupSequence, "The client has every reason to go, and should say it."},
	{"Read on after failing", rules{p.RuleFrameOpcodeReserved, p.RuleCloseFailKeepsReading}, "", "", "", nil,
		"server bytes 83 00 89 00\nclient bytes 8a 80 37 fa 21 3d", groupSequence, "The ping behind the broken frame is answered as if nothing had happened."},
}

func transcripts() []Preset {
	var all []Preset
	for _, h := range heard {
		request := p.DefaultRequest(exampleHost, "/chat", exampleKey)
		response := p.DefaultResponse(exampleKey)
		if h.offer != "" {
			request.Add(extensions, h.offer)
		}
		if h.answer != "" {
			response.Add(extensions, h.answer)
		}
		if h.status != "" && h.status != "-" {
			response = p.HeadDraft{Words: [3]string{"HTTP/1.1", h.status[:3], h.status[4:]}}
			response.Add("Content-Length", "0")
		}
		if h.change != nil {
			h.change(&request, &response)
		}
		t := p.Transcript{Entries: []p.Entry{
			{Kind: p.EntryOpen, Note: "192.0.2.1:50112 192.0.2.80:80"},
			{At: 310_000, Kind: p.EntryBytes, Data: request.AppendTo(nil)},
		}}
		if h.status != "-" {
			t.Entries = append(t.Entries, p.Entry{At: 520_000, From: p.RoleServer, Kind: p.EntryBytes, Data: response.AppendTo(nil)})
		}
		text := string(t.AppendTo(nil))
		for i, line := range strings.Split(h.then, "\n") {
			if line != "" {
				text += strconv.Itoa(i+1) + "ms " + line + "\n"
			}
		}
		// The rule that the client breaks comes first in the conversation; the one that
		// it is about is the answer to it.
		last := len(h.rules) - 1
		about := append(rules{h.rules[last]}, h.rules[:last]...)
		all = append(all, Preset{about[0].String(), h.title, h.group, about, "", "", text, h.text})
	}
	return all
}
