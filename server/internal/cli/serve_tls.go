package cli

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/url"
	"os"
	"runtime"
	"sync"
	"time"
)

// TLS by the server itself. The certificate and its key are read again when the
// files change, without a restart: whoever renews certificates replaces files and
// knows nothing of us. While they cannot be read, or do not fit each other because
// only one of them is new, the old pair goes on.
//
// The only protocol is HTTP/1.1: in HTTP/2 an upgrade does not exist.

// tlsFlags are part of serve's.
type tlsFlags struct {
	TLSCert string `name:"tls-cert" placeholder:"FILE" help:"Speak TLS with this certificate and those that it was issued by, as PEM. It is read again when the file changes."`
	TLSKey  string `name:"tls-key" placeholder:"FILE" help:"Its private key, as PEM, which not everybody may be able to read."`
}

func (f *tlsFlags) tls() bool { return f.TLSCert != "" && f.TLSKey != "" }

// scheme is that of the page's address.
func (f *tlsFlags) scheme() string {
	if f.tls() {
		return "https"
	}
	return "http"
}

func (f *tlsFlags) check() error {
	switch {
	case f.TLSCert == "" && f.TLSKey != "":
		return errors.New("found --tls-key without --tls-cert, expected both or neither")
	case f.TLSCert != "" && f.TLSKey == "":
		return errors.New("found --tls-cert without --tls-key, expected both or neither")
	}
	return nil
}

// loadCertificate reads the files, which are to be of use before anybody is let in.
func (f *tlsFlags) loadCertificate(log *slog.Logger) (*certificate, error) {
	c := &certificate{certFile: f.TLSCert, keyFile: f.TLSKey, log: log, now: time.Now}
	return c, c.load()
}

// certificateEvery is how often the files are looked at, at most: only when
// somebody knocks.
const certificateEvery = 10 * time.Second

// certificate is a pair of files and what was last read from them.
type certificate struct {
	certFile, keyFile string
	log               *slog.Logger
	now               func() time.Time

	mu     sync.Mutex
	pair   *tls.Certificate
	stamps [2]fileStamp // of the files that pair was read from, or the last bad ones
	looked time.Time
}

// fileStamp tells one state of a file from the next.
type fileStamp struct {
	changed time.Time
	size    int64
}

// current returns the pair to use now.
func (c *certificate) current() *tls.Certificate {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := c.now(); now.Sub(c.looked) >= certificateEvery {
		c.looked = now
		c.reload()
	}
	return c.pair
}

// reload reads the files if they have changed.
func (c *certificate) reload() {
	stamps, err := c.stampsNow()
	if err == nil && stamps == c.stamps {
		return
	}
	if err == nil {
		err = c.read(stamps)
	}
	if err != nil {
		c.log.Error("the certificate on disk is of no use; the one before goes on", "error", err)
		return
	}
	c.log.Info("certificate read again", "expires", c.pair.Leaf.NotAfter)
}

// load reads the files for the first time.
func (c *certificate) load() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	stamps, err := c.stampsNow()
	if err == nil {
		err = c.read(stamps)
	}
	c.looked = c.now()
	return err
}

func (c *certificate) stampsNow() (stamps [2]fileStamp, err error) {
	for i, name := range [...]string{c.certFile, c.keyFile} {
		info, err := os.Stat(name)
		if err != nil {
			return stamps, fmt.Errorf("TLS: %w", err)
		}
		// Windows has no such bits and says 0666 of every file.
		if mode := info.Mode().Perm(); i == 1 && mode&0o007 != 0 && runtime.GOOS != "windows" {
			return stamps, fmt.Errorf("TLS: %s has mode %04o, expected 0600 or 0640: everybody on this machine could read the key", name, mode)
		}
		stamps[i] = fileStamp{info.ModTime(), info.Size()}
	}
	return stamps, nil
}

// read reads the files. Ones that are of no use are not read a second time, but for
// those that could not be read at all: who may read a file changes neither its time
// nor its size.
func (c *certificate) read(stamps [2]fileStamp) error {
	pair, err := tls.LoadX509KeyPair(c.certFile, c.keyFile)
	if !errors.As(err, new(*fs.PathError)) {
		c.stamps = stamps
	}
	if err != nil {
		return fmt.Errorf("TLS: %s and %s: %w", c.certFile, c.keyFile, err)
	}
	c.pair = &pair
	return nil
}

// listen makes a listener speak TLS.
func (c *certificate) listen(listener net.Listener) net.Listener {
	return tls.NewListener(listener, &tls.Config{
		MinVersion:     tls.VersionTLS12,
		NextProtos:     []string{"http/1.1"},
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return c.current(), nil },
	})
}

// expires is when browsers stop to take the certificate.
func (c *certificate) expires() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.pair.Leaf.NotAfter
}

// judge warns of what a browser would not take.
func (c *certificate) judge(origins []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	leaf := c.pair.Leaf
	if now := c.now(); now.After(leaf.NotAfter) || now.Before(leaf.NotBefore) {
		c.log.Warn("the certificate is not valid now", "from", leaf.NotBefore, "until", leaf.NotAfter)
	}
	for _, origin := range origins {
		if u, err := url.Parse(origin); err == nil {
			if err := leaf.VerifyHostname(u.Hostname()); err != nil {
				c.log.Warn("the certificate does not suit an origin", "origin", origin, "error", err)
			}
		}
	}
}
