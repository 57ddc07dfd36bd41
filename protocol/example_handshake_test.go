package protocol_test

import (
	"fmt"

	"framecraft/protocol"
)

func ExampleParseRequestHead() {
	src := []byte("GET /chat HTTP/1.1\r\nHost : server.example.com\n\r\n\x81\x00")
	head, n, err := protocol.ParseRequestHead(src)
	fmt.Println(n, err)
	fmt.Println(head.Method.Value, head.Target.Value, head.Target.Start, head.Target.End)
	for _, field := range head.Fields {
		fmt.Println(field.Name.Value, field.Value.Value)
	}
	fmt.Println(string(head.AppendTo(nil)) == string(src[:n]))
	// Output:
	// 48 <nil>
	// GET /chat 4 9
	// Host server.example.com
	// true
}

func ExampleHead_CheckRequest() {
	draft := protocol.DefaultRequest("server.example.com", "/chat", "AAAA")
	draft.Words[0] = "POST"
	draft.Set("Connection", "keep-alive")
	draft.Remove("Sec-WebSocket-Version")
	request, _, _ := protocol.ParseRequestHead(draft.AppendTo(nil))
	for _, diagnostic := range request.CheckRequest(nil) {
		fmt.Println(diagnostic.Rule.Rule().HTTPStatus, diagnostic.Found())
	}
	// Output:
	// 405 The method is "POST".
	// 400 Connection is "keep-alive", which does not name upgrade.
	// 400 Sec-WebSocket-Key is "AAAA", which stands for 3 bytes.
	// 426 There is no Sec-WebSocket-Version.
}

func ExampleCheckHandshake() {
	const key = "dGhlIHNhbXBsZSBub25jZQ=="
	asking := protocol.DefaultRequest("server.example.com", "/chat", key)
	answering := protocol.DefaultResponse(key)
	answering.Add("Sec-WebSocket-Protocol", "mqtt")
	request, _, _ := protocol.ParseRequestHead(asking.AppendTo(nil))
	response, _, _ := protocol.ParseResponseHead(answering.AppendTo(nil))
	for _, diagnostic := range protocol.CheckHandshake(nil, request, response) {
		fmt.Println(diagnostic.Rule, diagnostic.Found())
	}
	// Output: handshake-protocol-not-offered The response has the subprotocol "mqtt", which was not offered.
}

func ExampleReadHandshake() {
	const key = "dGhlIHNhbXBsZSBub25jZQ=="
	answering := protocol.DefaultResponse(key)
	answering.Add("Sec-WebSocket-Extensions", "permessage-deflate; server_max_window_bits=10")
	response, _, _ := protocol.ParseResponseHead(answering.AppendTo(nil))
	agreed := protocol.ReadHandshake(nil, response)
	fmt.Println(agreed.Accepted, agreed.DeflateAgreed, agreed.Deflate.WindowBits(protocol.RoleServer))
	// Output: true true 10
}

func ExampleComputeAccept() {
	steps := protocol.ComputeAccept("dGhlIHNhbXBsZSBub25jZQ==")
	fmt.Println(steps.Joined)
	fmt.Printf("%x\n", steps.SHA1)
	fmt.Println(steps.Accept)
	// Output:
	// dGhlIHNhbXBsZSBub25jZQ==258EAFA5-E914-47DA-95CA-C5AB0DC85B11
	// b37a4f2cc0624f1690f64606cf385945b2bec4ea
	// s3pPLMBiTxaQ9kYGzzhZRbK+xOo=
}

func ExampleDefaultRequest() {
	draft := protocol.DefaultRequest("server.example.com", "/chat", "dGhlIHNhbXBsZSBub25jZQ==")
	draft.Set("upgrade", "h2c")
	draft.Add("Sec-WebSocket-Protocol", "chat")
	draft.Remove("Connection")
	fmt.Printf("%q\n", draft.AppendTo(nil)[:50])
	// Output: "GET /chat HTTP/1.1\r\nHost: server.example.com\r\nupgr"
}

func ExampleParseSubprotocols() {
	list, err := protocol.ParseSubprotocols("chat, superchat")
	fmt.Println(list, err)
	_, err = protocol.ParseSubprotocols("chat superchat")
	fmt.Println(err)
	// Output:
	// [{chat 0 4} {superchat 6 15}] <nil>
	// byte 5 of the subprotocols: found "s", expected ","
}
