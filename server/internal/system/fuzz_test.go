package system

import (
	"encoding/binary"
	"net/netip"
	"testing"
)

// Whatever the kernel writes: facts or none, and no panic.
func FuzzParse(f *testing.F) {
	for _, text := range []string{
		"4711 (a (b) c) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26",
		"1 2 3 4", "32768\t60999\n", "TCP: inuse 5 orphan 0 tw 0 alloc 6 mem 2\n", "MemTotal: 1 kB\nSlab: 5 kB\n",
		"slabinfo - version: 2.1\n# name\nTCP 1 2 3 4 5\n", "Max open files 1024 unlimited files\n", "99999999999999999999999", "-1", "",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		parseStat(text)
		parseStatm(text)
		parsePortRange(text)
		parseFileNr(text)
		parseSockstat(text, "TCP")
		parseMeminfo(text)
		parseSlabinfo(text, 4096)
		parseLimits(text)
		parseListeners([]string{string(text), "1"}, text, netip.AddrPortFrom(netip.IPv4Unspecified(), 80), binary.LittleEndian)
		n, rest := parseNumber(text)
		if len(rest) > len(text) {
			t.Errorf("a number leaves %d bytes of %d", len(rest), len(text))
		}
		written, err := n.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		var again Fact
		if err := again.UnmarshalJSON(written); err != nil || again != n {
			t.Errorf("%s reads as %v, %v, expected %v", written, again, err, n)
		}
	})
}
