package endpoint

import (
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"

	"framecraft/protocol"
	"framecraft/server/internal/testpeer"
)

// Category 6: UTF-8 in text messages.

// The word of category 6.6 and the surrogate that spoils it in 6.3.
const (
	greekWord = "κόσμε"
	mixedText = "Grüße, κόσμε – ✓ 𝄞"
	spoiled   = greekWord + "\xed\xa0\x80edited"
)

// octets are a text in fragments of one octet each.
func octets(text string) string {
	var lines strings.Builder
	word := "text"
	for i := range len(text) {
		fin := " nofin"
		if i == len(text)-1 {
			fin = ""
		}
		fmt.Fprintf(&lines, "%s%s hex:%02x\n", word, fin, text[i])
		word = "continuation"
	}
	return lines.String()
}

func TestConformance6Fragments(t *testing.T) {
	echo := func(text string) string { return fmt.Sprintf("< text hex:%x\nclose", text) }
	runConformance(t, []conformanceCase{
		{"6.1.1", "", "text\n< text\nclose"},
		{"6.1.2", "", "text nofin\ncontinuation nofin\ncontinuation\n< text\nclose"},
		{"6.1.3", "", "text nofin\ncontinuation nofin \"middle\"\ncontinuation\n< text \"middle\"\nclose"},
		{"6.2.1", "", fmt.Sprintf("text hex:%x\n", mixedText) + echo(mixedText)},
		{"6.2.2", "", fmt.Sprintf("text nofin hex:%x\ncontinuation hex:%x\n", mixedText[:10], mixedText[10:]) + echo(mixedText)},
		{"6.2.3", "", octets(mixedText) + echo(mixedText)},
		{"6.2.4", "", octets(greekWord) + echo(greekWord)},
		{"6.3.1", "", fmt.Sprintf("text hex:%x\nfail 1007", spoiled)},
		{"6.3.2", "", octets(spoiled) + "fail 1007"},
	})
}

// In 6.4 a text goes bad before it is complete, and the server must say so at
// once: not in the first pause, when all is well, and before the end comes.
func TestConformance6FailFast(t *testing.T) {
	s := conformanceServer(t)
	for _, c := range []struct {
		id     string
		frames bool // three fragments; otherwise one frame in three writes
		pieces [3]string
	}{
		{"6.4.1", true, [3]string{greekWord, "\xf4\x90\x80\x80", "edited"}},
		{"6.4.2", true, [3]string{greekWord + "\xf4", "\x90", "\x80\x80edited"}},
		{"6.4.3", false, [3]string{greekWord, "\xf4\x90\x80\x80", "edited"}},
		{"6.4.4", false, [3]string{greekWord + "\xf4", "\x90", "\x80\x80edited"}},
	} {
		t.Run(c.id, func(t *testing.T) {
			t.Parallel()
			p := s.dial(t)
			var writes [][]byte
			if c.frames {
				writes = p.Encode(fmt.Sprintf("text nofin hex:%x\ncontinuation nofin hex:%x\ncontinuation hex:%x",
					c.pieces[0], c.pieces[1], c.pieces[2]))
			} else {
				whole := p.Encode(fmt.Sprintf("text hex:%x", strings.Join(c.pieces[:], "")))[0]
				second := len(whole) - len(c.pieces[2]) - len(c.pieces[1])
				third := len(whole) - len(c.pieces[2])
				writes = [][]byte{whole[:second], whole[second:third], whole[third:]}
			}
			p.Write(writes[0])
			p.ExpectNothing(pause)
			p.Write(writes[1])
			p.ExpectClose(protocol.StatusInvalidPayloadData)
		})
	}
}

func TestConformance6Sequences(t *testing.T) {
	s := conformanceServer(t)
	for _, group := range utf8Groups() {
		for i, payload := range group.payloads {
			t.Run(fmt.Sprintf("6.%d.%d", group.number, i+1), func(t *testing.T) {
				t.Parallel()
				valid := !strings.HasPrefix(payload, "!")
				bytes, err := hex.DecodeString(strings.TrimPrefix(payload, "!"))
				if err != nil {
					t.Fatal(err)
				}
				p := s.dial(t)
				p.Send(fmt.Sprintf("text hex:%x", bytes))
				if !valid {
					p.ExpectClose(protocol.StatusInvalidPayloadData)
					return
				}
				p.ExpectFrame(protocol.OpcodeText, bytes)
				p.CloseClean()
			})
		}
	}
}

type utf8Group struct {
	number int
	// payloads in hex; a ! in front says that it is no valid UTF-8.
	payloads []string
}

func utf8Groups() []utf8Group {
	groups := []utf8Group{
		{5, []string{"68656c6c6f24776f726c64", "68656c6c6fc2a2776f726c64", "68656c6c6fe282ac776f726c64",
			"68656c6c6ff0a4ada2776f726c64", "cebae1bdb9cf83cebcceb5"}},
		{6, []string{"!ce", "ceba", "!cebae1", "!cebae1bd", "cebae1bdb9", "!cebae1bdb9cf", "cebae1bdb9cf83",
			"!cebae1bdb9cf83ce", "cebae1bdb9cf83cebc", "!cebae1bdb9cf83cebcce", "cebae1bdb9cf83cebcceb5"}},
		{7, []string{"00", "c280", "e0a080", "f0908080"}},
		{8, []string{"!f888808080", "!fc8480808080"}},
		{9, []string{"7f", "dfbf", "efbfbf", "f48fbfbf"}},
		{10, []string{"!f7bfbfbf", "!fbbfbfbfbf", "!fdbfbfbfbfbf"}},
		{11, []string{"ed9fbf", "ee8080", "efbfbd", "f48fbfbf", "!f4908080"}},
		{12, []string{"!80", "!bf", "!80bf", "!80bf80", "!80bf80bf", "!80bf80bf80", "!80bf80bf80bf", "!" + run(0x80, 0xbe, "")}},
		{13, []string{"!" + run(0xc0, 0xde, "20"), "!e020e120e220e320e420e520e620e720e820e920ea20eb20ec20ed20ee20",
			"!f020f120f220f320f420f520f620", "!f820f920fa20", "!fc20"}},
		{14, []string{"!c0", "!e080", "!f08080", "!f8808080", "!fc80808080", "!df", "!efbf", "!f7bfbf", "!fbbfbfbf", "!fdbfbfbfbf"}},
		{15, []string{"!c0e080f08080f8808080fc80808080dfefbff7bfbffbbfbfbffdbfbfbfbf"}},
		{16, []string{"!fe", "!ff", "!fefeffff"}},
		{17, []string{"!c0af", "!e080af", "!f08080af", "!f8808080af", "!fc80808080af"}},
		{18, []string{"!c1bf", "!e09fbf", "!f08fbfbf", "!f887bfbfbf", "!fc83bfbfbfbf"}},
		{19, []string{"!c080", "!e08080", "!f0808080", "!f880808080", "!fc8080808080"}},
		{20, []string{"!eda080", "!edadbf", "!edae80", "!edafbf", "!edb080", "!edbe80", "!edbfbf"}},
		{21, []string{"!eda080edb080", "!eda080edbfbf", "!edadbfedb080", "!edadbfedbfbf",
			"!edae80edb080", "!edae80edbfbf", "!edafbfedb080", "!edafbfedbfbf"}},
		{23, []string{"efbfb9", "efbfba", "efbfbb", "efbfbc", "efbfbd", "efbfbe", "efbfbf"}},
	}
	// The last two code points of every plane are noncharacters and valid.
	var noncharacters []string
	for plane := rune(0); plane <= 16; plane++ {
		for _, last := range []rune{0xfffe, 0xffff} {
			noncharacters = append(noncharacters, hex.EncodeToString([]byte(string(plane<<16|last))))
		}
	}
	return append(groups, utf8Group{22, noncharacters})
}

// run is the octets from first to last, each with something behind it.
func run(first, last int, behind string) string {
	var b strings.Builder
	for octet := first; octet <= last; octet++ {
		fmt.Fprintf(&b, "%02x%s", octet, behind)
	}
	return b.String()
}

// A server that fails a connection in mid text must not leave the peer in the
// dark because more of the text is still on its way.
func TestFailureReachesAPeerThatGoesOnWriting(t *testing.T) {
	eachLink(t, testFailureReachesAPeerThatGoesOnWriting)
}

func testFailureReachesAPeerThatGoesOnWriting(t *testing.T) {
	s := conformanceServer(t)
	p := s.dial(t)
	frame := p.Encode("text repeat(ff,4000000)")[0]
	sent := make(chan error)
	go func() {
		p.TCP.SetWriteDeadline(time.Now().Add(testpeer.Patience))
		_, err := p.TCP.Write(frame)
		sent <- err
	}()
	if err := <-sent; err != nil {
		t.Errorf("%v, expected the rest to be read and thrown away", err)
	}
	p.ExpectClose(protocol.StatusInvalidPayloadData)
}
