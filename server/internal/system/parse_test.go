package system

import (
	"encoding/binary"
	"fmt"
	"testing"
)

// texts are what the kernel writes, with what is to be read from them.
var texts = []struct {
	name  string
	text  string
	parse func([]byte) [2]Fact
	want  [2]Fact
}{
	{"stat", "30103 (framecraft) R 30098 30098 25620 0 -1 4194560 108 0 0 0 0 0 0 0 20 0 11 0 1098075 3133440 380 18446744073709551615 1 2 3\n",
		stat, [2]Fact{Known(11), Known(380)}},
	{"stat of a name with everything in it", "7 (a) R 1 (2 3) S 1 7 7 0 -1 4194560 108 0 0 0 0 0 0 0 20 0 2 0 1098075 3133440 4 18446744073709551615\n",
		stat, [2]Fact{Known(2), Known(4)}},
	{"statm", "765 424 396 5 0 123 0\n",
		func(b []byte) [2]Fact { return [2]Fact{parseStatm(b)} }, [2]Fact{Known(424)}},
	{"port range", "32768\t60999\n",
		func(b []byte) [2]Fact { low, high := parsePortRange(b); return [2]Fact{low, high} }, [2]Fact{Known(32768), Known(60999)}},
	{"file-nr", "782\t0\t2466177\n",
		func(b []byte) [2]Fact { open, limit := parseFileNr(b); return [2]Fact{open, limit} }, [2]Fact{Known(782), Known(2466177)}},
	{"file-nr without a limit", "1\t0\t9223372036854775807\n",
		func(b []byte) [2]Fact { open, limit := parseFileNr(b); return [2]Fact{open, limit} }, [2]Fact{Known(1), Known(int64(1<<63 - 1))}},
	{"sockstat", "sockets: used 17\nTCP: inuse 1700 orphan 0 tw 5 alloc 1701 mem 303\nUDP: inuse 9 mem 8\n",
		sockstat("TCP"), [2]Fact{Known(1700), Known(303)}},
	{"sockstat6", "TCP6: inuse 12\nUDP6: inuse 1\n",
		sockstat("TCP6"), [2]Fact{Known(12)}},
}

func stat(b []byte) [2]Fact { threads, pages := parseStat(b); return [2]Fact{threads, pages} }

func sockstat(protocol string) func([]byte) [2]Fact {
	return func(b []byte) [2]Fact { inUse, pages := parseSockstat(b, protocol); return [2]Fact{inUse, pages} }
}

// A text that was cut gives the right number or none.
func TestParsersCutAtEveryByte(t *testing.T) {
	for _, c := range texts {
		if got := c.parse([]byte(c.text)); got != c.want {
			t.Errorf("%s: found %v, expected %v", c.name, got, c.want)
		}
		for n := range len(c.text) {
			for i, got := range c.parse([]byte(c.text[:n])) {
				if got.Known && got != c.want[i] {
					t.Errorf("%s, the first %d bytes: found %v, expected %v or nothing", c.name, n, got, c.want[i])
				}
			}
		}
	}
}

func TestParsersOnOtherTexts(t *testing.T) {
	for _, text := range []string{
		"", "\n", " ", "-1 -1 -1\n", "x y z\n", "1x 2x 3x\n", "()", ")", "99999999999999999999 99999999999999999999 99999999999999999999\n",
		"TCP: inuse\n", "TCP: inuse x mem y\n", "TCP6:\n", "UDP: inuse 1 mem 2\n",
	} {
		for _, c := range texts {
			if got := c.parse([]byte(text)); got != ([2]Fact{}) {
				t.Errorf("%s of %q: found %v, expected nothing", c.name, text, got)
			}
		}
	}
}

func TestParseNumberAtItsBoundaries(t *testing.T) {
	for text, want := range map[string]Fact{
		"0 ": Known(0), "0": {}, "00012\n": Known(12), "9223372036854775807\n": Known(int64(1<<63 - 1)),
		"9223372036854775808\n": {}, "10000000000000000000\n": {}, "12,": {},
	} {
		if got, _ := parseNumber([]byte(text)); got != want {
			t.Errorf("%q: found %v, expected %v", text, got, want)
		}
	}
}

// entry is one of getdents64: inode, offset, length, type, name.
func entry(name string, room int) []byte {
	b := make([]byte, 19+len(name)+room)
	binary.NativeEndian.PutUint16(b[16:], uint16(len(b)))
	copy(b[19:], name)
	return b
}

func TestCountEntriesCutAtEveryByte(t *testing.T) {
	var all []byte
	var ends []int
	for i := range 5 {
		all = append(all, entry(fmt.Sprint(i), i)...)
		ends = append(ends, len(all))
	}
	for n := range len(all) + 1 {
		want := 0
		for want < len(ends) && ends[want] <= n {
			want++
		}
		if got := countEntries(all[:n]); got != want {
			t.Errorf("the first %d bytes: %d entries, expected %d", n, got, want)
		}
	}
	// A length that leads nowhere ends the count.
	for _, length := range []uint16{0, 1, 18, 1 << 15} {
		b := append(entry("a", 0), entry("b", 0)...)
		binary.NativeEndian.PutUint16(b[len(b)/2+16:], length)
		if got := countEntries(b); got != 1 {
			t.Errorf("a length of %d: %d entries, expected 1", length, got)
		}
	}
}
