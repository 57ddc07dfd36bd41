package endpoint

import (
	"net"
	"testing"

	"golang.org/x/sys/unix"

	"framecraft/protocol"
)

// Urgent data of TCP (RFC 9293, section 3.8.5) cuts a read short although more has
// come. What lies behind it is read all the same; the urgent byte itself belongs to
// no frame.
func TestUrgentData(t *testing.T) {
	entered, release := make(chan struct{}), make(chan struct{})
	kind := Echo(1 << 20)
	kind.Quick = false
	kind.Message = func(c *Conn, m protocol.Event) {
		if string(m.Payload) == "wait" {
			close(entered)
			<-release
		}
		c.Send(m.Opcode, m.Payload)
	}
	s := startServer(t, DefaultLimits(), kind, nil)
	p := s.dial(t)
	p.Send(`text "wait"`)
	<-entered
	frame := p.Encode(`text "behind it"`)[0]
	p.Write(frame[:4])
	raw, err := p.TCP.(*net.TCPConn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	onSocket := func(do func(fd int) error) {
		t.Helper()
		controlErr := raw.Control(func(fd uintptr) { err = do(int(fd)) })
		if controlErr != nil || err != nil {
			t.Fatal(controlErr, err)
		}
	}
	onSocket(func(fd int) error { return unix.Sendto(fd, []byte{'!'}, unix.MSG_OOB, nil) })
	p.Write(frame[4:])
	waitFor(t, "all has come", func() bool {
		var under int
		onSocket(func(fd int) (err error) {
			under, err = unix.IoctlGetInt(fd, unix.SIOCOUTQ)
			return err
		})
		return under == 0
	})
	close(release)
	p.Expect("text \"wait\"\ntext \"behind it\"")
}
