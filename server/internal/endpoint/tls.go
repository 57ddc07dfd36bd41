package endpoint

import (
	"crypto/tls"
	"net"
)

// secured is a connection that speaks TLS. What this package asks of a connection
// besides reading and writing is meant for the socket underneath:
//
//   - Close cuts. By then everything has been said, or the peer does not listen; and
//     crypto/tls would wait 5 s for somebody who does not read to take its goodbye.
//   - CloseWrite says the goodbye of TLS and ends the sending side of TCP.
//   - The write buffer is the kernel's.
//
// It has no SyscallConn: whoever read from the descriptor would get records.
type secured struct{ *tls.Conn }

// overTLS returns what to use in the place of a connection.
func overTLS(tcp net.Conn) net.Conn {
	if c, ok := tcp.(*tls.Conn); ok {
		return secured{c}
	}
	return tcp
}

func (s secured) Close() error { return s.NetConn().Close() }

func (s secured) CloseWrite() error {
	if err := s.Conn.CloseWrite(); err != nil {
		return err
	}
	if half, ok := s.NetConn().(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

func (s secured) SetWriteBuffer(bytes int) error {
	if buffered, ok := s.NetConn().(interface{ SetWriteBuffer(int) error }); ok {
		return buffered.SetWriteBuffer(bytes)
	}
	return nil
}
