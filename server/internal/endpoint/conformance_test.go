package endpoint

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"framecraft/protocol"
)

// The cases of a well-known conformance suite by their numbers: categories 1 to 7
// here, 9 and 10 in conformance_load_test.go, 12 and 13 in
// conformance_deflate_test.go. What each puts on the wire is written in the notation; every
// one is held to the best verdict there is, so "fail" means the Close frame with
// that code and the end of TCP, never just a dropped connection.
//
// A script is lines:
//
//	text "Hello"      sent; consecutive lines go out in the manner of the case
//	< text "Hello"    what the server must answer next
//	| 1s              a pause, in which the server may not answer
//	close             the client closes with 1000, the server answers cleanly
//	fail 1002         the server fails the connection, nothing before or after
//	closed 1000       the server answers a Close frame in the script, cleanly

// conformanceCase is one case of categories 2 to 7.
type conformanceCase struct {
	id string
	// manner is how the frames of consecutive lines are written: "" together,
	// "frames" one by one, "chop" byte by byte.
	manner string
	script string
}

// pause stands for the suite's pauses of a second: long enough for a server to
// react, short enough for a test.
const pause = 60 * time.Millisecond

func (c conformanceCase) run(t *testing.T, s *testServer) {
	p := s.dial(t)
	var waiting []string
	flush := func() {
		t.Helper()
		frames := p.Encode(strings.Join(waiting, "\n"))
		waiting = nil
		if c.manner == "frames" {
			for _, f := range frames {
				p.Write(f)
			}
			return
		}
		p.Write(bytes.Join(frames, nil))
	}
	if c.manner == "chop" {
		p.Chop(1)
	}
	for line := range strings.Lines(c.script) {
		line = strings.TrimSpace(line)
		word, rest, _ := strings.Cut(line, " ")
		switch word {
		case "":
			continue
		case "<":
			flush()
			p.Expect(rest)
		case "|":
			flush()
			p.ExpectNothing(pause)
		case "close":
			if rest != "" {
				waiting = append(waiting, line)
				continue
			}
			flush()
			p.CloseClean()
		case "fail", "closed":
			flush()
			var codes []protocol.StatusCode
			for word := range strings.FieldsSeq(rest) {
				var code protocol.StatusCode
				fmt.Sscan(word, &code)
				codes = append(codes, code)
			}
			p.ExpectClose(codes...)
		default:
			waiting = append(waiting, line)
		}
	}
}

// conformanceServer has the echo endpoint's limits.
func conformanceServer(t testing.TB) *testServer {
	return startServer(t, DefaultLimits(), Echo(16<<20), nil)
}

func runConformance(t *testing.T, cases []conformanceCase) {
	s := conformanceServer(t)
	for _, c := range cases {
		t.Run(c.id, func(t *testing.T) {
			t.Parallel()
			c.run(t, s)
		})
	}
}

func TestConformance1Framing(t *testing.T) { eachLink(t, testConformance1Framing) }

func testConformance1Framing(t *testing.T) {
	s := conformanceServer(t)
	for kind, opcode := range []protocol.Opcode{protocol.OpcodeText, protocol.OpcodeBinary} {
		octet := []byte{'*', 0xfe}[kind]
		for i, size := range []int{0, 125, 126, 127, 128, 65535, 65536, 65536} {
			t.Run(fmt.Sprintf("1.%d.%d", kind+1, i+1), func(t *testing.T) {
				t.Parallel()
				p := s.dial(t)
				if i == 7 {
					p.Chop(997)
				}
				p.Send(fmt.Sprintf("%v repeat(%02x,%d)", opcode, octet, size))
				p.ExpectFrame(opcode, bytes.Repeat([]byte{octet}, size))
				p.CloseClean()
			})
		}
	}
}

func TestConformance2PingPong(t *testing.T) { eachLink(t, testConformance2PingPong) }

func testConformance2PingPong(t *testing.T) {
	var ten strings.Builder
	for i := range 10 {
		fmt.Fprintf(&ten, "ping \"payload-%d\"\n", i)
	}
	tenPongs := strings.ReplaceAll(ten.String(), "ping", "< pong")
	runConformance(t, []conformanceCase{
		{"2.1", "", "ping\n< pong\nclose"},
		{"2.2", "", "ping \"are you there?\"\n< pong \"are you there?\"\nclose"},
		{"2.3", "", "ping hex:00fffefdfcfb00ff\n< pong hex:00fffefdfcfb00ff\nclose"},
		{"2.4", "", "ping repeat(fe,125)\n< pong repeat(fe,125)\nclose"},
		{"2.5", "", "ping repeat(fe,126)\nfail 1002"},
		{"2.6", "chop", "ping repeat(fe,125)\n< pong repeat(fe,125)\nclose"},
		{"2.7", "", "pong\nclose 1000\nclosed 1000"},
		{"2.8", "", "pong \"unasked\"\nclose 1000\nclosed 1000"},
		{"2.9", "", "pong \"unasked\"\nping \"asked\"\n< pong \"asked\"\nclose"},
		{"2.10", "", ten.String() + tenPongs + "close"},
		{"2.11", "chop", ten.String() + tenPongs + "close"},
	})
}

func TestConformance3ReservedBits(t *testing.T) { eachLink(t, testConformance3ReservedBits) }

func testConformance3ReservedBits(t *testing.T) {
	good := "text \"good\"\n"
	ping := "ping\n< text \"good\"\nfail 1002"
	runConformance(t, []conformanceCase{
		{"3.1", "", "text rsv3 \"x\"\nfail 1002"},
		{"3.2", "", good + "text rsv2 \"x\"\n" + ping},
		{"3.3", "frames", good + "text rsv2 rsv3 \"x\"\n" + ping},
		{"3.4", "chop", good + "text rsv1 \"x\"\n" + ping},
		{"3.5", "", "binary rsv1 rsv3 hex:00ff\nfail 1002"},
		{"3.6", "", "binary rsv1 rsv2 hex:00ff\nfail 1002"},
		{"3.7", "", "close rsv1 rsv2 rsv3 1000\nfail 1002"},
	})
}

func TestConformance4Opcodes(t *testing.T) { eachLink(t, testConformance4Opcodes) }

func testConformance4Opcodes(t *testing.T) {
	good := "text \"good\"\n"
	ping := "ping\n< text \"good\"\nfail 1002"
	runConformance(t, []conformanceCase{
		{"4.1.1", "", "opcode=3\nfail 1002"},
		{"4.1.2", "", "opcode=4 \"payload\"\nfail 1002"},
		{"4.1.3", "", good + "opcode=5\n" + ping},
		{"4.1.4", "", good + "opcode=6 \"payload\"\n" + ping},
		{"4.1.5", "chop", good + "opcode=7 \"payload\"\n" + ping},
		{"4.2.1", "", "opcode=11\nfail 1002"},
		{"4.2.2", "", "opcode=12 \"payload\"\nfail 1002"},
		{"4.2.3", "", good + "opcode=13\n" + ping},
		{"4.2.4", "", good + "opcode=14 \"payload\"\n" + ping},
		{"4.2.5", "chop", good + "opcode=15 \"payload\"\n" + ping},
	})
}

func TestConformance5Fragmentation(t *testing.T) { eachLink(t, testConformance5Fragmentation) }

func testConformance5Fragmentation(t *testing.T) {
	const (
		two      = "text nofin \"one\"\ncontinuation \"two\"\n"
		withPing = "text nofin \"one\"\nping \"now\"\ncontinuation \"two\"\n< pong \"now\"\n< text \"onetwo\"\nclose"
		strayFin = "continuation \"stray\"\ntext \"whole\"\nfail 1002"
		stray    = "continuation nofin \"stray\"\ntext \"whole\"\nfail 1002"
		five     = "text nofin \"1\"\ncontinuation nofin \"2\"\nping \"a\"\n< pong \"a\"\n|\n" +
			"continuation nofin \"3\"\ncontinuation nofin \"4\"\nping \"b\"\ncontinuation \"5\"\n< pong \"b\"\n< text \"12345\"\nclose"
	)
	runConformance(t, []conformanceCase{
		{"5.1", "", "ping nofin \"x\"\ncontinuation \"y\"\nfail 1002"},
		{"5.2", "", "pong nofin \"x\"\ncontinuation \"y\"\nfail 1002"},
		{"5.3", "", two + "< text \"onetwo\"\nclose"},
		{"5.4", "frames", two + "< text \"onetwo\"\nclose"},
		{"5.5", "chop", two + "< text \"onetwo\"\nclose"},
		{"5.6", "", withPing},
		{"5.7", "frames", withPing},
		{"5.8", "chop", withPing},
		{"5.9", "", strayFin},
		{"5.10", "frames", strayFin},
		{"5.11", "chop", strayFin},
		{"5.12", "", stray},
		{"5.13", "frames", stray},
		{"5.14", "chop", stray},
		{"5.15", "", two + "continuation nofin \"stray\"\ntext \"whole\"\n< text \"onetwo\"\nfail 1002"},
		{"5.16", "", strings.Repeat("continuation nofin \"stray\"\n"+two, 2) + "fail 1002"},
		{"5.17", "", strings.Repeat("continuation \"stray\"\n"+two, 2) + "fail 1002"},
		{"5.18", "", "text nofin \"one\"\ntext \"two\"\nfail 1002"},
		{"5.19", "", five},
		{"5.20", "frames", five},
	})
}

func TestConformance7Closing(t *testing.T) { eachLink(t, testConformance7Closing) }

func testConformance7Closing(t *testing.T) {
	cases := []conformanceCase{
		{"7.1.1", "", "text \"Hello\"\n< text \"Hello\"\nclose"},
		{"7.1.2", "", "close 1000\nclose hex:\nclosed 1000"},
		{"7.1.3", "", "close 1000\nping\nclosed 1000"},
		{"7.1.4", "", "close 1000\ntext \"late\"\nclosed 1000"},
		{"7.1.5", "", "text nofin \"one\"\nclose 1000\ncontinuation \"two\"\nclosed 1000"},
		{"7.1.6", "", "text repeat(2a,262144)\ntext \"small\"\nclose 1000\nping\n" +
			"< text repeat(2a,262144)\n< text \"small\"\nclosed 1000"},
		{"7.3.1", "", "close hex:\nclosed 0 1000"},
		{"7.3.2", "", "close hex:03\nfail 1002"},
		{"7.3.3", "", "close 1000\nclosed 1000"},
		{"7.3.4", "", "close 1000 \"enough\"\nclosed 1000"},
		{"7.3.5", "", "close 1000 repeat(2a,123)\nclosed 1000"},
		{"7.3.6", "", "close 1000 repeat(2a,124)\nfail 1002"},
		{"7.5.1", "", "close 1000 hex:cebae1bdb9cf83cebcceb5eda080656469746564\nfail 1007"},
		// Informational in the suite; a strict endpoint says 1002.
		{"7.13.1", "", "close 5000\nfail 1002"},
		{"7.13.2", "", "close 65535\nfail 1002"},
	}
	for i, code := range []int{1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999} {
		cases = append(cases, conformanceCase{fmt.Sprintf("7.7.%d", i+1), "", fmt.Sprintf("close %d\nclosed %d 1000", code, code)})
	}
	for i, code := range []int{0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999} {
		cases = append(cases, conformanceCase{fmt.Sprintf("7.9.%d", i+1), "", fmt.Sprintf("close %d\nfail 1002", code)})
	}
	runConformance(t, cases)
}
