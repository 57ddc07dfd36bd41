package wire

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
)

// Dialling: from a target to a TCP connection. No proxy of the environment is
// asked, nothing is tried a second time, and no answer leads anywhere else:
// whatever comes back is only recorded.

// Dialer connects to targets.
type Dialer struct {
	// Guard says what may be reached besides the built-in targets.
	Guard *Guard
	// Anywhere lets everything be reached, for a person at a machine of their own.
	Anywhere bool
	// Insecure takes any certificate.
	Insecure bool
	// BuiltIn is the endpoint behind the target echo; nil is none.
	BuiltIn *BuiltIn

	resolver *net.Resolver // nil is the system's
}

// Admit reports whether the target may be tried; the error is for whoever asked.
func (d *Dialer) Admit(t Target) error {
	if t.Kind == TargetEcho && d.BuiltIn == nil {
		return errors.New("there is no built-in endpoint here, expected ws:// or wss://")
	}
	if d.Anywhere {
		return nil
	}
	return d.Guard.Admit(t)
}

// dial connects by TCP. The error is a *ForbiddenError when nothing was sent to
// the address because it is not allowed.
func (d *Dialer) dial(ctx context.Context, t Target) (*conn, error) {
	if err := d.Admit(t); err != nil {
		return nil, err
	}
	if t.Kind == TargetEcho {
		return d.BuiltIn.dial(ctx)
	}
	dialer := net.Dialer{Resolver: d.resolver}
	if !d.Anywhere {
		dialer.ControlContext = d.Guard.control(t)
	}
	tcp, err := dialer.DialContext(ctx, "tcp", t.Address())
	if err != nil {
		if forbidden := (*ForbiddenError)(nil); errors.As(err, &forbidden) {
			return nil, forbidden
		}
		return nil, err
	}
	return newConn(tcp.(*net.TCPConn)), nil
}

// secure puts TLS on a connection.
func (d *Dialer) secure(ctx context.Context, c *conn, t Target) error {
	session := tls.Client(c.tcp, &tls.Config{
		ServerName:         t.Host,
		InsecureSkipVerify: d.Insecure,
		NextProtos:         []string{"http/1.1"},
	})
	if err := session.HandshakeContext(ctx); err != nil {
		return err
	}
	c.stream = session
	return nil
}

// describe says in a few words what became of a connection. Addresses stay out:
// the error of a dial names what a name led to.
func describe(err error) string {
	var unknownName *net.DNSError
	var certificate *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var code syscall.Errno
	// The error of the operation names addresses; the one inside says what happened.
	var operation *net.OpError
	if errors.As(err, &operation) {
		err = operation.Err
	}
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded):
		return "time-out"
	case errors.As(err, &unknownName) && unknownName.IsNotFound:
		return "no such host"
	case errors.As(err, &unknownName):
		return "the name could not be looked up"
	case errors.As(err, &certificate):
		return fmt.Sprintf("the certificate is not trusted: %v", certificate.Err)
	case errors.As(err, &record):
		return "the answer is no TLS"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "the connection ended"
	case errors.As(err, &code):
		return code.Error()
	}
	return err.Error()
}
