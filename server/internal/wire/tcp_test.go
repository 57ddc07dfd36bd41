package wire

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"math/big"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"framecraft/server/internal/testpeer"
)

// bothEnds returns a connection and its other end.
func bothEnds(t testing.TB) (*conn, *net.TCPConn) {
	t.Helper()
	near, far, err := pair(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { near.Close(); far.Close() })
	far.SetDeadline(time.Now().Add(10 * time.Second))
	return newConn(near), far
}

func TestEndIsHalf(t *testing.T) {
	c, far := bothEnds(t)
	c.stream.Write([]byte("ping"))
	if err := c.end(); err != nil {
		t.Fatal(err)
	}
	if b, err := io.ReadAll(far); err != nil || string(b) != "ping" {
		t.Errorf("found %q, %v, expected the bytes and the end", b, err)
	}
	far.Write([]byte("pong"))
	far.CloseWrite()
	if b, err := io.ReadAll(c.stream); err != nil || string(b) != "pong" {
		t.Errorf("found %q, %v, expected that the other half goes on", b, err)
	}
}

func TestReset(t *testing.T) {
	c, far := bothEnds(t)
	if err := c.reset(); err != nil {
		t.Fatal(err)
	}
	_, err := far.Read(make([]byte, 1))
	if !errors.Is(err, syscall.ECONNRESET) || endingOf(err) != endingReset {
		t.Errorf("found %v, expected RST", err)
	}
}

func TestAddressesOfBothFamilies(t *testing.T) {
	for _, address := range []string{"127.0.0.1:0", "[::1]:0"} {
		listener, err := net.Listen("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		defer listener.Close()
		dialer := &Dialer{Anywhere: true}
		c, err := dialer.dial(context.Background(), mustTarget(t, "ws://"+listener.Addr().String()))
		if err != nil {
			t.Fatal(err)
		}
		defer c.close()
		if _, to, _ := strings.Cut(c.addresses(), " "); to != listener.Addr().String() {
			t.Errorf("found %q, expected the address %v behind a blank", c.addresses(), listener.Addr())
		}
	}
}

// testCertificate is self-signed, for localhost and both loopback addresses.
func testCertificate(t testing.TB) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: "localhost"},
		NotAfter:     time.Now().Add(time.Hour),
		DNSNames:     []string{"localhost"},
		IPAddresses:  []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// tlsServer answers each connection by sending back what it reads.
func tlsServer(t testing.TB) string {
	t.Helper()
	config := &tls.Config{Certificates: []tls.Certificate{testCertificate(t)}}
	listener, err := tls.Listen("tcp", "127.0.0.1:0", config)
	if err != nil {
		t.Fatal(err)
	}
	testpeer.Accept(t, listener, testpeer.Echo)
	return listener.Addr().String()
}

func TestTLS(t *testing.T) {
	address := tlsServer(t)
	plain, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Close()
	go func() {
		c, err := plain.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		c.Read(make([]byte, 4096))
		c.Write([]byte("HTTP/1.1 400 Bad Request\r\n\r\n"))
	}()
	for _, c := range []struct {
		target   string
		insecure bool
		want     string // of the failure
	}{
		{"wss://" + address, true, ""},
		{"wss://" + address, false, "the certificate is not trusted: x509: "},
		{"wss://" + plain.Addr().String(), true, "the answer is no TLS"},
	} {
		target := mustTarget(t, c.target)
		dialer := &Dialer{Anywhere: true, Insecure: c.insecure}
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		end, err := dialer.dial(ctx, target)
		if err != nil {
			t.Fatal(err)
		}
		defer end.close()
		err = dialer.secure(ctx, end, target)
		if c.want != "" {
			if err == nil || !strings.HasPrefix(describe(err), c.want) {
				t.Errorf("%s: found %v, expected %q", c.target, err, c.want)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		end.stream.Write([]byte("Hello"))
		if err := end.end(); err != nil {
			t.Fatal(err)
		}
		if b, err := io.ReadAll(end.stream); err != nil || string(b) != "Hello" {
			t.Errorf("found %q, %v, expected the decrypted bytes and the end", b, err)
		}
	}
}

func TestDescribe(t *testing.T) {
	for want, err := range map[string]error{
		"connection refused":               &net.OpError{Op: "dial", Addr: &net.TCPAddr{IP: net.IPv4(10, 0, 0, 1)}, Err: syscall.ECONNREFUSED},
		"no such host":                     &net.DNSError{Name: "x", Server: "10.0.0.1", IsNotFound: true},
		"the name could not be looked up":  &net.DNSError{Name: "x", Server: "10.0.0.1", IsTemporary: true},
		"time-out":                         context.DeadlineExceeded,
		"the answer is no TLS":             tls.RecordHeaderError{Msg: "first record does not look like a TLS handshake"},
		"the connection ended":             io.ErrUnexpectedEOF,
		"tls: something or other is wrong": errors.New("tls: something or other is wrong"),
	} {
		if got := describe(err); got != want {
			t.Errorf("%v: found %q, expected %q", err, got, want)
		}
	}
}

// Both ends of a built-in connection are found again, whoever else connects to
// the listener in between.
func TestPairs(t *testing.T) {
	for range 20 {
		c, far := bothEnds(t)
		payload := []byte(c.tcp.LocalAddr().String())
		c.stream.Write(payload)
		got := make([]byte, len(payload))
		if _, err := io.ReadFull(far, got); err != nil || !bytes.Equal(got, payload) {
			t.Fatalf("found %q, %v, expected %q", got, err, payload)
		}
	}
}
