package endpoint

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"

	"framecraft/protocol"
	"framecraft/server/internal/logs"
)

// net/http smooths requests out: it takes lines that end with LF alone, joins
// folded values, and forgets the Host beside a target that is a whole URI. What
// reads differently to a proxy in front of us is how requests are smuggled, so
// the bytes are looked at as they came.
//
// Serve puts a recorder between net/http and each connection. It keeps what has
// been read until a handler has had its request, so that between two requests, and
// once the connection is taken over, there is nothing of it: whoever is idle costs
// nothing, and hijack gives back the connection that was accepted.
//
// Where a head ends is only known because no request here has a body: one that has
// is refused, and the connection ends with it. Then a connection is one head
// behind the other, and the first that no handler has had is the request's own.

// headsKept is the most bytes of heads that are kept. net/http takes at most 12
// KiB of one and reads 4 KiB ahead.
const headsKept = 32 << 10

// Serve is server.Serve for handlers that use Check or CheckHead. It wraps the
// server's handler, so it is called once.
func Serve(server *http.Server, listener net.Listener) error {
	next := server.Handler
	server.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := headConnOf(r)
		c.begin()
		defer c.done()
		next.ServeHTTP(w, r)
	})
	// Otherwise OPTIONS * would be answered without a handler that counts it.
	server.DisableGeneralOptionsHandler = true
	server.ConnContext = func(ctx context.Context, c net.Conn) context.Context {
		return context.WithValue(ctx, headKey{}, c)
	}
	return server.Serve(headListener{listener, server})
}

// CheckHead judges the lines of any request, whether it is a handshake or not; nil
// means that they are as HTTP has them. Without Serve there is nothing to judge.
func CheckHead(r *http.Request) *Refusal {
	if c := headConnOf(r); c != nil && c.fault != "" {
		return badRequest("%s", c.fault)
	}
	return nil
}

// checkAsItCame judges a handshake by its bytes.
func checkAsItCame(r *http.Request) *Refusal {
	c := headConnOf(r)
	if c == nil {
		return nil
	}
	head := c.parse()
	if head == nil || head.Method.Value != r.Method || head.Target.Value != r.RequestURI {
		return badRequest("the request cannot be told from what is around it")
	}
	for _, d := range head.CheckRequest(nil) {
		if d.Rule.Rule().HTTPStatus != 0 {
			return breaks("the request", d.Rule)
		}
	}
	return nil
}

type headKey struct{}

func headConnOf(r *http.Request) *headConn {
	c, _ := r.Context().Value(headKey{}).(*headConn)
	return c
}

// headListener has its connections recorded.
type headListener struct {
	net.Listener
	server *http.Server // whose they become
}

func (l headListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &headConn{Conn: c, server: l.server}, nil
}

// headConn is a recorded connection. While a handler runs, net/http reads on in
// another goroutine.
type headConn struct {
	net.Conn
	server *http.Server
	// fault is what is wrong with the lines of the head in hand.
	fault string

	mu sync.Mutex
	// seen begins with the head in hand; nil when nothing has come.
	seen []byte
	head int // its length, 0 for none
	// over: nothing is recorded any more.
	over bool
}

func (c *headConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if n > 0 {
		c.note(b[:n])
	}
	if err != nil {
		c.endHandshake(err)
	}
	return n, err
}

// endHandshake does what net/http would do about a handshake of TLS that has
// failed, if it saw that this is TLS.
func (c *headConn) endHandshake(err error) {
	secure, ok := c.Conn.(*tls.Conn)
	if !ok || secure.ConnectionState().HandshakeComplete {
		return
	}
	if errors.Is(err, net.ErrClosed) {
		return // this side did that, and knows why
	}
	c.answerPlainHTTP(err)
	if log := c.server.ErrorLog; log != nil {
		log.Printf("http: TLS handshake error from %v: %s", c.RemoteAddr(), logs.Unplaced(err))
	}
}

// answerPlainHTTP tells who speaks HTTP where TLS is spoken.
func (c *headConn) answerPlainHTTP(err error) {
	var record tls.RecordHeaderError
	if !errors.As(err, &record) || record.Conn == nil {
		return
	}
	switch string(record.RecordHeader[:]) {
	case "GET /", "HEAD ", "POST ", "PUT /", "OPTIO":
		// An error means that the client has gone; there is nobody to tell.
		_, _ = io.WriteString(record.Conn, "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nfound HTTP, expected TLS\n")
	}
}

// CloseWrite is what net/http ends its last answer with.
func (c *headConn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

func (c *headConn) note(b []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.over:
		return
	case len(c.seen)+len(b) > headsKept:
		c.forget()
		return
	case c.seen == nil:
		c.seen = getBuffer(0)
	}
	c.seen = append(c.seen, b...)
}

// forget ends the recording.
func (c *headConn) forget() {
	c.over = true
	putBuffer(c.seen)
	c.seen, c.head = nil, 0
}

// giveBack ends the recording and returns the connection that was accepted.
func (c *headConn) giveBack() net.Conn {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.forget()
	return c.Conn
}

// begin takes the next head in hand. Without Serve there is no connection.
func (c *headConn) begin() {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.head == 0 {
		c.head, c.fault = scanHead(c.seen)
	}
}

// done lets go of the head in hand, and of the buffer if nothing is behind it.
func (c *headConn) done() {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	rest := c.seen[c.head:]
	if len(rest) == 0 {
		putBuffer(c.seen)
		c.seen = nil
	} else {
		c.seen = c.seen[:copy(c.seen, rest)]
	}
	c.head, c.fault = 0, ""
}

// parse returns the head in hand, nil for none.
func (c *headConn) parse() *protocol.Head {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.head == 0 {
		return nil
	}
	head, _, err := protocol.ParseRequestHead(c.seen[:c.head])
	if err != nil {
		return nil
	}
	return head
}

// scanHead returns the length of the head that the bytes begin with, 0 if its end
// has not come, and what is wrong with its lines.
func scanHead(src []byte) (n int, fault string) {
	started := false
	for {
		i := bytes.IndexByte(src[n:], '\n')
		if i < 0 {
			return 0, ""
		}
		line := src[n : n+i]
		n += i + 1
		if i == 0 || line[i-1] != '\r' {
			fault = "found a line that ends with LF alone, expected CR LF"
		} else {
			line = line[:i-1]
		}
		switch {
		case len(line) == 0 && started:
			return n, fault
		case started && (line[0] == ' ' || line[0] == '\t'):
			fault = "found a field that is folded over lines, expected one line"
		}
		started = started || len(line) > 0
	}
}
