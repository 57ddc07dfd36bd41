//go:build unix

package cli

import (
	"net"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

func TestCheckShared(t *testing.T) {
	defer func(was func(int) error) { setReuseport = was }(setReuseport)
	for _, c := range []struct {
		able bool
		serveCommand
		want string
	}{
		{true, serveCommand{shareFlags: shareFlags{Processes: 1}}, ""},
		{true, serveCommand{shareFlags: shareFlags{Processes: 256, Reuseport: true}}, ""},
		{true, serveCommand{shareFlags: shareFlags{Processes: 0}}, "--processes is 0, expected 1 to 256"},
		{true, serveCommand{shareFlags: shareFlags{Processes: 257}}, "--processes is 257, expected 1 to 256"},
		{true, serveCommand{shareFlags: shareFlags{Processes: 2}, metricsFlags: metricsFlags{Metrics: ":1"}}, "found --metrics with --processes"},
		{true, serveCommand{shareFlags: shareFlags{Processes: 1, Reuseport: true}, metricsFlags: metricsFlags{Metrics: ":1"}}, ""},
		{false, serveCommand{shareFlags: shareFlags{Processes: 1}}, ""},
		{false, serveCommand{shareFlags: shareFlags{Processes: 2}}, "this system does not divide the connections of a port"},
		{false, serveCommand{shareFlags: shareFlags{Processes: 1, Reuseport: true}}, "this system does not divide the connections of a port"},
	} {
		setReuseport = nil
		if c.able {
			setReuseport = func(int) error { return nil }
		}
		err := c.checkShared()
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: found %v, expected %q", c.shareFlags, err, c.want)
		}
	}
}

func TestInherited(t *testing.T) {
	with := func(value string) func(string) (string, bool) {
		return func(name string) (string, bool) { return value, name == serverVariable }
	}
	if l, err := inherited(func(string) (string, bool) { return "", false }); l != nil || err != nil {
		t.Errorf("without the variable: found %v, %v", l, err)
	}
	for _, value := range []string{"", "-1", "x", "99999", "9999"} {
		if l, err := inherited(with(value)); err == nil {
			t.Errorf("%q: found %v, expected an error", value, l.Addr())
		}
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	file, err := listener.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	// It closes what it is given.
	l, err := inherited(with(strconv.Itoa(duplicate(t, file))))
	if err != nil || l.Addr().String() != listener.Addr().String() {
		t.Fatalf("found %v, %v, expected %v", l, err, listener.Addr())
	}
	l.Close()
}

// duplicate returns a descriptor that nothing here closes.
func duplicate(t *testing.T, file *os.File) int {
	t.Helper()
	defer file.Close()
	fd, err := syscall.Dup(int(file.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	return fd
}
