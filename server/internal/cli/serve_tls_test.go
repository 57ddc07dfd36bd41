package cli

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"framecraft/server/internal/testpeer"
)

// writePair writes a certificate for names and its key, and returns the files.
func writePair(t *testing.T, dir string, serial int64, until time.Time, names ...string) (certFile, keyFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(serial), DNSNames: names,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: until}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	certFile, keyFile = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for name, block := range map[string]*pem.Block{
		certFile: {Type: "CERTIFICATE", Bytes: der}, keyFile: {Type: "PRIVATE KEY", Bytes: keyDER},
	} {
		if err := os.WriteFile(name, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return certFile, keyFile
}

// tomorrow is until when a certificate is good that nobody looks at closely.
func tomorrow() time.Time { return time.Now().Add(24 * time.Hour) }

// serial shakes hands and returns the number of the certificate that it is shown.
func serial(t *testing.T, address string) int64 {
	t.Helper()
	c, err := tls.Dial("tcp", address, &tls.Config{InsecureSkipVerify: true})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	return c.ConnectionState().PeerCertificates[0].SerialNumber.Int64()
}

// serveHandshakes shakes hands with whoever connects.
func serveHandshakes(t *testing.T, listener net.Listener) {
	testpeer.Accept(t, listener, func(c net.Conn) {
		// Whoever cannot shake hands finds out on the other side.
		_ = c.(*tls.Conn).Handshake()
		c.Read(make([]byte, 1))
	})
}

func TestCertificateIsReadAgain(t *testing.T) {
	dir := t.TempDir()
	var flags tlsFlags
	flags.TLSCert, flags.TLSKey = writePair(t, dir, 1, tomorrow(), "a.test")
	plain, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	certificate, err := flags.loadCertificate(slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	listener := certificate.listen(plain)
	serveHandshakes(t, listener)
	address := listener.Addr().String()
	var passed time.Duration
	certificate.now = func() time.Time { return time.Now().Add(passed) }
	// The clock of the test moves the time of the files along, which may be coarse.
	renew := func(number int64) {
		writePair(t, dir, number, tomorrow(), "a.test")
		for _, name := range []string{flags.TLSCert, flags.TLSKey} {
			at := time.Now().Add(time.Duration(number) * time.Minute)
			if err := os.Chtimes(name, at, at); err != nil {
				t.Fatal(err)
			}
		}
	}
	expect := func(number int64, what string) {
		t.Helper()
		if got := serial(t, address); got != number {
			t.Errorf("%s: found certificate %d, expected %d", what, got, number)
		}
	}
	expect(1, "at first")
	renew(2)
	expect(1, "before it is time to look")
	passed += certificateEvery
	expect(2, "renewed")

	// Half of a pair is of no use, and neither is a file that has gone.
	good, err := os.ReadFile(flags.TLSKey)
	if err != nil {
		t.Fatal(err)
	}
	renew(3)
	newKey, err := os.ReadFile(flags.TLSKey)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(flags.TLSKey, good, 0o600); err != nil {
		t.Fatal(err)
	}
	passed += certificateEvery
	expect(2, "a key that does not fit")
	certificate.mu.Lock()
	text := log.String()
	certificate.mu.Unlock()
	if !strings.Contains(text, "private key does not match public key") {
		t.Errorf("the log does not say so: %s", text)
	}
	if err := os.Remove(flags.TLSKey); err != nil {
		t.Fatal(err)
	}
	passed += certificateEvery
	expect(2, "without a key file")
	if err := os.WriteFile(flags.TLSKey, newKey, 0o600); err != nil {
		t.Fatal(err)
	}
	passed += certificateEvery
	expect(3, "whole again")
}

// A file that cannot be read, because it is somebody else's for example, is read as
// soon as it can be, though its time and its size stay the same.
func TestCertificateIsReadOnceItCanBe(t *testing.T) {
	dir := t.TempDir()
	c := &certificate{log: slog.New(slog.DiscardHandler), now: time.Now}
	c.certFile, c.keyFile = writePair(t, dir, 1, tomorrow(), "a.test")
	if err := c.load(); err != nil {
		t.Fatal(err)
	}
	writePair(t, dir, 2, tomorrow(), "a.test")
	later := time.Now().Add(time.Minute) // the clock of the files may be coarse
	if err := os.Chtimes(c.certFile, later, later); err != nil {
		t.Fatal(err)
	}
	stamps, err := c.stampsNow()
	if err != nil {
		t.Fatal(err)
	}
	away := c.keyFile + ".away"
	if err := os.Rename(c.keyFile, away); err != nil {
		t.Fatal(err)
	}
	if c.read(stamps) == nil {
		t.Fatal("read a key that is not there")
	}
	if err := os.Rename(away, c.keyFile); err != nil {
		t.Fatal(err)
	}
	c.reload()
	if got := c.pair.Leaf.SerialNumber.Int64(); got != 2 {
		t.Errorf("found certificate %d, expected 2", got)
	}
}

func TestTLSIsModern(t *testing.T) {
	var flags tlsFlags
	flags.TLSCert, flags.TLSKey = writePair(t, t.TempDir(), 1, tomorrow(), "a.test")
	plain, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := flags.loadCertificate(slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	listener := certificate.listen(plain)
	serveHandshakes(t, listener)
	for _, c := range []struct {
		what      string
		config    *tls.Config
		protocol  string
		handshake bool
	}{
		{"TLS 1.1", &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}, "", false},
		{"TLS 1.2", &tls.Config{MaxVersion: tls.VersionTLS12}, "", true},
		{"TLS 1.3", &tls.Config{MinVersion: tls.VersionTLS13}, "", true},
		{"h2 and http/1.1", &tls.Config{NextProtos: []string{"h2", "http/1.1"}}, "http/1.1", true},
		{"h2 alone", &tls.Config{NextProtos: []string{"h2"}}, "", false},
	} {
		c.config.InsecureSkipVerify = true
		conn, err := tls.Dial("tcp", listener.Addr().String(), c.config)
		if (err == nil) != c.handshake {
			t.Errorf("%s: %v, expected a handshake: %v", c.what, err, c.handshake)
		}
		if err == nil {
			if got := conn.ConnectionState().NegotiatedProtocol; got != c.protocol {
				t.Errorf("%s: found the protocol %q, expected %q", c.what, got, c.protocol)
			}
			conn.Close()
		}
	}
}

func TestCertificateIsJudged(t *testing.T) {
	for _, c := range []struct {
		until   time.Time
		origins string
		want    []string
	}{
		{tomorrow(), "https://a.test", nil},
		{tomorrow(), "https://a.test https://c.test:8443", []string{"does not suit an origin", "https://c.test:8443"}},
		{time.Now().Add(-time.Minute), "https://a.test", []string{"not valid now"}},
	} {
		var log bytes.Buffer
		p := &certificate{log: slog.New(slog.NewTextHandler(&log, nil)), now: time.Now}
		p.certFile, p.keyFile = writePair(t, t.TempDir(), 1, c.until, "a.test", "b.test")
		if err := p.load(); err != nil {
			t.Fatal(err)
		}
		p.judge(strings.Fields(c.origins))
		for _, want := range c.want {
			if !strings.Contains(log.String(), want) {
				t.Errorf("%s: the log is %q, expected %q", c.origins, log.String(), want)
			}
		}
		if len(c.want) == 0 && log.Len() > 0 {
			t.Errorf("%s: found %q, expected no complaint", c.origins, log.String())
		}
	}
}

func TestKeyFileIsNotForEverybody(t *testing.T) {
	p := &certificate{log: slog.New(slog.DiscardHandler), now: time.Now}
	p.certFile, p.keyFile = writePair(t, t.TempDir(), 1, tomorrow(), "a.test")
	for mode, good := range map[os.FileMode]bool{0o600: true, 0o640: true, 0o644: false, 0o604: false} {
		if err := os.Chmod(p.keyFile, mode); err != nil {
			t.Fatal(err)
		}
		if err := p.load(); (err == nil) != good {
			t.Errorf("mode %04o: %v, expected it to be taken: %v", mode, err, good)
		}
	}
}
