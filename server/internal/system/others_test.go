package system

import (
	"encoding/binary"
	"net"
	"net/netip"
	"os"
	"runtime"
	"slices"
	"testing"
)

const (
	meminfo  = "MemTotal:       24684092 kB\nMemFree:        21826960 kB\nMemAvailable:   24045996 kB\nSlab:             101234 kB\n"
	slabinfo = "slabinfo - version: 2.1\n# name            <active_objs> <num_objs> <objsize> <objperslab> <pagesperslab> : tunables <limit> : slabdata <active_slabs>\n" +
		"TCP                  101    130   2368   13    8 : tunables    0    0    0 : slabdata     10     10      0\n" +
		"filp                2275   2310    192   21    1 : tunables    0    0    0 : slabdata    110    110      0\n"
	limits = "Limit                     Soft Limit           Hard Limit           Units     \n" +
		"Max processes             unlimited            unlimited            processes \n" +
		"Max open files            20000                1048576              files     \n"
	// Two that listen on 8080, one of another port, one connection of 8080.
	tcpTable = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n" +
		"   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1111 1 0000000000000000 100 0 0 10 0\n" +
		"   1: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 2222 1 0000000000000000 100 0 0 10 0\n" +
		"   2: 0100007F:1F91 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 3333 1 0000000000000000 100 0 0 10 0\n" +
		"   3: 0100007F:1F90 0200007F:8001 01 00000000:00000000 00:00000000 00000000     0        0 4444 1 0000000000000000 100 0 0 10 0\n"
)

func init() {
	texts = append(texts, []struct {
		name  string
		text  string
		parse func([]byte) [2]Fact
		want  [2]Fact
	}{
		{"meminfo", meminfo, func(b []byte) [2]Fact { slab, available := parseMeminfo(b); return [2]Fact{slab, available} },
			[2]Fact{Known(101234), Known(24045996)}},
		{"limits", limits, func(b []byte) [2]Fact { soft, hard := parseLimits(b); return [2]Fact{soft, hard} },
			[2]Fact{Known(20000), Known(1048576)}},
		{"no limit", "Max open files            unlimited            unlimited            files     \n",
			func(b []byte) [2]Fact { soft, hard := parseLimits(b); return [2]Fact{soft, hard} },
			[2]Fact{Known(int64(1<<63 - 1)), Known(int64(1<<63 - 1))}},
		{"the last cache of slabinfo", slabinfo, func(b []byte) (found [2]Fact) {
			for _, c := range parseSlabinfo(b, 4096) {
				if c.Name == "filp" {
					found = [2]Fact{Known(c.Objects), Known(c.Bytes)}
				}
			}
			return found
		}, [2]Fact{Known(2310), Known(110 * 4096)}},
		{"listeners", tcpTable, func(b []byte) (found [2]Fact) {
			for i, inode := range parseListeners(nil, b, netip.MustParseAddrPort("127.0.0.1:8080"), binary.LittleEndian) {
				found[i] = Known(len(inode) * int(inode[0]))
			}
			return found
		}, [2]Fact{Known(4 * int('1')), Known(4 * int('2'))}},
	}...)
}

func TestParseSlabinfo(t *testing.T) {
	want := []SlabCache{{"TCP", 130, 10 * 8 * 4096}, {"filp", 2310, 110 * 4096}}
	if got := parseSlabinfo([]byte(slabinfo), 4096); !slices.Equal(got, want) {
		t.Errorf("found %v, expected %v", got, want)
	}
	for _, text := range []string{"", "\n", " : slabdata \n", "# : slabdata 1 1\n", "a b c : slabdata x\n"} {
		if got := parseSlabinfo([]byte(text), 4096); len(got) != 0 {
			t.Errorf("%q: found %v", text, got)
		}
	}
}

func TestParseListeners(t *testing.T) {
	for at, want := range map[string][]string{
		"127.0.0.1:8080": {"1111", "2222"}, "127.0.0.1:8081": {"3333"}, "127.0.0.1:32769": nil, "127.0.0.1:505": nil,
		"127.0.0.2:8080": nil, "[::1]:8080": nil, "[::ffff:127.0.0.1]:8081": {"3333"},
	} {
		if got := parseListeners(nil, []byte(tcpTable), netip.MustParseAddrPort(at), binary.LittleEndian); !slices.Equal(got, want) {
			t.Errorf("%s: found %v, expected %v", at, got, want)
		}
	}
}

// The table has an address as numbers in the machine's order.
func TestListensFor(t *testing.T) {
	for local, order := range map[string]binary.ByteOrder{
		"0100007F:0050": binary.LittleEndian, "0000000000000000FFFF00000100007F:0050": binary.LittleEndian,
		"7F000001:0050": binary.BigEndian, "00000000000000000000FFFF7F000001:0050": binary.BigEndian,
	} {
		for _, other := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
			if got := listensFor([]byte(local), netip.MustParseAddrPort("127.0.0.1:80"), other); got != (other == order) {
				t.Errorf("%s in %v: found %v", local, other, got)
			}
		}
	}
	for _, c := range []struct {
		local, at string
		want      bool
	}{
		{"0100007F:0050", "127.0.0.1:80", true},
		{"0100007F:0050", "127.0.0.1:81", false},
		{"00000000:0050", "127.0.0.1:80", true},
		{"00000000000000000000000001000000:0050", "[::1]:80", true},
		{"00000000000000000000000000000000:0050", "[::1]:80", true},
		{"00000000000000000000000000000000:0050", "127.0.0.1:80", true}, // both families, unless it is told otherwise
		{"0000000000000000FFFF00000100007F:0050", "127.0.0.1:80", true},
		{"00000000000000000000000001000000:0050", "127.0.0.1:80", false},
		{"0100007F", "127.0.0.1:80", false},
		{"0100:0050", "127.0.0.1:80", false},
		{"0100007X:0050", "127.0.0.1:80", false},
		{"", "127.0.0.1:80", false},
	} {
		if got := listensFor([]byte(c.local), netip.MustParseAddrPort(c.at), binary.LittleEndian); got != c.want {
			t.Errorf("%s for %s: found %v", c.local, c.at, got)
		}
	}
}

// A pipe's inode may end with the digits of a socket's.
func TestSocketInode(t *testing.T) {
	for link, want := range map[string]string{"socket:[345]": "345", "pipe:[12345]": "", "/dev/null/345]": "", "": ""} {
		if got, is := socketInode(link); is != (want != "") || is && got != want {
			t.Errorf("%s: found %q, %v", link, got, is)
		}
	}
}

func TestListeners(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Log("only Linux tells")
		return
	}
	for _, address := range []string{"127.0.0.1:0", "[::1]:0"} {
		listener, err := net.Listen("tcp", address)
		if err != nil {
			t.Log(err) // no IPv6 here
			continue
		}
		at := listener.Addr().(*net.TCPAddr).AddrPort()
		if got := Listeners(at); !slices.Contains(got, os.Getpid()) {
			t.Errorf("%v: found the processes %v, expected %d among them", listener.Addr(), got, os.Getpid())
		}
		listener.Close()
		if got := Listeners(at); slices.Contains(got, os.Getpid()) {
			t.Errorf("%v, closed: found the processes %v", listener.Addr(), got)
		}
	}
}

func TestOther(t *testing.T) {
	o, self := Other(os.Getpid()), NewReader().Process()
	if runtime.GOOS != "linux" {
		t.Log("only Linux tells")
		return
	}
	if o.PID != self.PID || o.SoftLimit != self.SoftLimit || o.HardLimit != self.HardLimit ||
		!o.Resident.Known || o.Descriptors.Value < 3 || o.Descriptors.Value > self.Descriptors.Value+20 {
		t.Errorf("found %+v, expected as in %+v", o, self)
	}
	if o := Other(1 << 30); o.Resident.Known || o.Descriptors.Known || o.SoftLimit.Known {
		t.Errorf("found %+v of a process that is not there", o)
	}
	if k := AskKernelMemory(); !k.Slab.Known || k.Slab.Value < 1<<20 || k.Available.Value < 1<<20 {
		t.Errorf("found %+v", k)
	}
}
