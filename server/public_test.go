package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"math/big"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"framecraft/protocol"
	"framecraft/server/internal/testpeer"
)

// The program on the open network, as --public starts it.

// certificateFor writes a certificate and its key, and returns what trusts it.
func certificateFor(t *testing.T, name string) (certFile, keyFile string, pool *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{name}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	certPEM := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	dir := t.TempDir()
	certFile, keyFile = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for name, text := range map[string][]byte{
		certFile: certPEM, keyFile: pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER}),
	} {
		if err := os.WriteFile(name, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	pool = x509.NewCertPool()
	pool.AppendCertsFromPEM(certPEM)
	return certFile, keyFile, pool
}

func TestPublicWithTLS(t *testing.T) {
	certFile, keyFile, pool := certificateFor(t, "frames.test")
	home := t.TempDir()
	p := start(t, home, "--public", "--max-connections", "100", "--tls-cert", certFile, "--tls-key", keyFile,
		"--origin", "https://frames.test", "--keys", filepath.Join(home, "keys"))
	if line, err := p.log.ReadString('\n'); err != nil || !strings.Contains(line, `msg=public tls_by="the server"`) {
		t.Errorf("found %q, %v, expected a line that says what is on", line, err)
	}
	config := &tls.Config{ServerName: "frames.test", RootCAs: pool}
	browser := &http.Transport{TLSClientConfig: config.Clone(), ForceAttemptHTTP2: true}
	defer browser.CloseIdleConnections()
	answer, err := (&http.Client{Transport: browser}).Get("https://" + p.address + "/")
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != 200 || answer.ProtoMajor != 1 || answer.Header.Get("Strict-Transport-Security") == "" {
		t.Errorf("the page: %s %d %v, expected 200 by HTTP/1.1, with Strict-Transport-Security", answer.Proto, answer.StatusCode, answer.Header)
	}
	cookie, attributes, _ := strings.Cut(answer.Header.Get("Set-Cookie"), ";")
	if !strings.HasPrefix(cookie, "__Host-") || !strings.Contains(attributes, "; Secure") {
		t.Errorf("the cookie's name and attributes: %.20s, %s, expected __Host- and Secure", cookie, attributes)
	}

	dial := func(target string, lines ...string) *testpeer.Peer {
		t.Helper()
		c, err := tls.Dial("tcp", p.address, config)
		if err != nil {
			t.Fatal(err)
		}
		peer := testpeer.On(t, c)
		peer.Write([]byte(testpeer.Request("frames.test", target, lines...)))
		peer.ExpectUpgraded()
		return peer
	}
	socket := dial("/socket", "Origin: https://frames.test", "Cookie: "+cookie)
	socket.Send("binary hex:8180")
	if f, err := socket.Next(testpeer.Patience); err != nil || !strings.HasPrefix(string(f.Payload), `{"carrier":{"fin":1,`) {
		t.Errorf("found %v, %v, expected a reading", f, err)
	}
	echo := dial("/echo")
	large := strings.Repeat("framecraft", 50_000)
	echo.RoundTrip(protocol.OpcodeText, echo.AppendFrame(nil, protocol.FIN.WithOpcode(protocol.OpcodeText), []byte(large)), []byte(large))
	// The closing handshake is whole, down to the end of TLS.
	echo.CloseClean()
	echo.TCP.Close()

	if err := p.command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	socket.ExpectCloseFrame(protocol.StatusGoingAway)
	socket.Send("close 1001")
	socket.ExpectEnd(testpeer.Patience)
	socket.TCP.Close()
	rest, err := io.ReadAll(p.log)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.command.Wait(); err != nil {
		t.Errorf("%v after SIGTERM, expected exit 0; the log:\n%s", err, rest)
	}
}
