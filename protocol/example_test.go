package protocol_test

import (
	"fmt"

	"framecraft/protocol"
)

func ExampleParseHeader() {
	src := []byte{0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58}
	header, n, err := protocol.ParseHeader(src)
	if err != nil {
		fmt.Println(err)
		return
	}
	payload := src[n:][:header.PayloadLength]
	protocol.Mask(payload, header.MaskingKey, 0)
	fmt.Println(header.Opcode(), header.Has(protocol.FIN), header.MaskingKey)
	fmt.Printf("%s\n", payload)
	// Output:
	// text true 37fa213d
	// Hello
}

func ExampleHeader_AppendTo() {
	header := protocol.Header{
		Flags:         protocol.FIN.WithOpcode(protocol.OpcodeBinary),
		PayloadLength: 256,
	}
	fmt.Printf("% x\n", header.AppendTo(nil))
	header.Form = protocol.Length64 // legal or not, it is written
	fmt.Printf("% x\n", header.AppendTo(nil))
	// Output:
	// 82 7e 01 00
	// 82 7f 00 00 00 00 00 00 01 00
}

func ExampleHeader_Check() {
	header, _, _ := protocol.ParseHeader([]byte{0xc3, 0x7e, 0x00, 0x05})
	for _, diagnostic := range header.Check(nil, protocol.RoleServer) {
		fmt.Println(diagnostic.Rule, diagnostic.Found())
	}
	// Output:
	// frame-rsv1-unnegotiated RSV1 is 1, and no extension was agreed on that gives it a meaning.
	// frame-opcode-reserved The opcode is 3, which is reserved.
	// frame-length-not-minimal The payload length 5 stands in 16 bits. It fits in 7.
}

func ExampleMask() {
	// Data can be unmasked as it arrives, piece by piece.
	payload := []byte{0x7f, 0x9f, 0x4d, 0x51, 0x58}
	protocol.Mask(payload[:2], 0x37fa213d, 0)
	protocol.Mask(payload[2:], 0x37fa213d, 2)
	fmt.Printf("%s\n", payload)
	// Output: Hello
}

func ExampleUTF8() {
	var text protocol.UTF8
	fmt.Println(text.Feed([]byte{'a', 0xe2, 0x82}), text.Complete()) // the euro sign, cut
	fmt.Println(text.Feed([]byte{0xac}), text.Complete())
	fmt.Println(text.Feed([]byte{'b', 0xff}), text.Complete())
	// Output:
	// -1 false
	// -1 true
	// 1 false
}

func ExampleStatusCode() {
	for _, code := range []protocol.StatusCode{1000, 1006, 4000} {
		fmt.Println(uint16(code), code.Name(), code.OnWire())
	}
	// Output:
	// 1000 Normal Closure true
	// 1006 Abnormal Closure false
	// 4000 private use true
}

func ExampleParseClose() {
	said := protocol.ParseClose([]byte("\x03\xe8bye"))
	fmt.Printf("%d %s\n", said.Code, said.Reason)
	// Output: 1000 bye
}

func ExampleInspect() {
	report := protocol.Inspect([]byte("\xc1\x05Hello"), protocol.Options{Sender: protocol.RoleServer})
	fmt.Println(report.Verdict.Outcome, report.Verdict.StatusCode)
	for _, field := range report.Frames[0].Fields {
		fmt.Println(field.Span.Bit, field.Span.Bits, field.Name)
	}
	// Output:
	// fails 1002
	// 0 1 FIN
	// 1 1 RSV1
	// 2 1 RSV2
	// 3 1 RSV3
	// 4 4 opcode
	// 8 1 MASK
	// 9 7 payload length
	// 16 40 payload data
}

func ExampleMend() {
	drafts, _ := protocol.ParseNotation(`text rsv1 nomask "Hello"`)
	options := protocol.Options{Sender: protocol.RoleServer}
	broken := protocol.Inspect(drafts[0].AppendTo(nil, 0), options).Diagnostics[0]
	fmt.Println(protocol.MendTitle(drafts, options, broken))
	if mended, ok := protocol.Mend(drafts, options, broken); ok {
		fmt.Printf("%s\n", protocol.AppendNotation(nil, mended))
	}
	// Output:
	// Clear RSV1
	// text nomask "Hello"
}

func ExampleConn() {
	server := protocol.NewConn(protocol.Config{
		Role:       protocol.RoleServer,
		Fatal:      protocol.Strict(),
		MaxMessage: 1 << 20,
	})
	drafts, _ := protocol.ParseNotation("ping \"x\"\ntext \"Hello\"\nclose 1000")
	var in []byte
	for _, draft := range drafts {
		in = draft.AppendTo(in, 0x37fa213d)
	}
	for len(in) > 0 {
		event, n := server.Receive(in, 0)
		in = in[n:]
		switch event.Kind {
		case protocol.EventMessage:
			fmt.Printf("%s %s\n", event.Opcode, event.Payload)
			server.Send(event.Opcode, event.Payload, 0)
		case protocol.EventClose:
			fmt.Println("close", event.Code)
		}
	}
	fmt.Printf("% x\n", server.TakeOutput(nil))
	// Output:
	// text Hello
	// close 1000
	// 8a 01 78 81 05 48 65 6c 6c 6f 88 02 03 e8
}

func ExampleRuleSet() {
	lenient := protocol.Strict().Without(protocol.RuleFrameLengthNotMinimal)
	fmt.Println(lenient.Has(protocol.RuleFrameLengthNotMinimal), lenient.Has(protocol.RuleFrameOpcodeReserved))
	// Output: false true
}

func ExamplePayload_Deflate() {
	drafts, _ := protocol.ParseNotation("text nomask rsv1 deflate(\"Hello\",fixed)")
	fmt.Printf("% x\n", drafts[0].AppendTo(nil, 0))
	drafts[0].Payload = protocol.Payload{Data: "Goodbye"}.Deflate(protocol.Deflation{Block: protocol.ChooseStored})
	fmt.Printf("%s\n", drafts[0].AppendNotation(nil))
	// Output:
	// c1 07 f2 48 cd c9 c9 07 00
	// text rsv1 nomask deflate("Goodbye",stored)
}

func ExampleParseDeflateAgreement() {
	options := protocol.Options{Sender: protocol.RoleServer}
	options.Deflate, options.DeflateAgreed, _ = protocol.ParseDeflateAgreement("permessage-deflate; server_no_context_takeover")
	// RFC 7692, section 7.2.3.2: the second Hello is a match into the first.
	report := protocol.Inspect([]byte("\xc1\x07\xf2\x48\xcd\xc9\xc9\x07\x00"+"\xc1\x05\xf2\x00\x11\x00\x00"), options)
	for _, message := range report.Messages {
		fmt.Printf("%d bytes inflate to %d: %s\n", message.Length, message.InflatedLength, message.Preview)
	}
	for _, d := range report.Diagnostics {
		fmt.Println(d.Rule, d.Found())
	}
	// Output:
	// 7 bytes inflate to 5: Hello
	// 5 bytes inflate to 5: Hello
	// deflate-server-context-kept A match reaches 5 bytes back, and the message has only 1 so far: it begins in one before.
}

func ExampleInspectDeflate() {
	options := protocol.Options{Sender: protocol.RoleServer, DeflateAgreed: true}
	// RFC 7692, section 7.2.3.1.
	m := protocol.InspectDeflate([]byte("\xc1\x07\xf2\x48\xcd\xc9\xc9\x07\x00"), 0, options)
	for _, s := range m.Symbols {
		fmt.Println(s.At.Bit, s.At.Bits, protocol.SymbolKindNames[s.Kind], s.Value)
	}
	// Output:
	// 0 3 header 2
	// 3 8 literal 72
	// 11 8 literal 101
	// 19 8 literal 108
	// 27 8 literal 108
	// 35 8 literal 111
	// 43 7 end 0
	// 50 3 header 0
	// 53 3 padding 0
	// 56 32 length 0
	// 88 0 end 0
}
