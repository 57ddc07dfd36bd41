package endpoint

import (
	"net/http"

	"framecraft/protocol"
)

// permessage-deflate (RFC 7692): what is agreed on in the handshake, and what a
// connection has to remember because of it.
//
// A window that outlives its message is memory that an idle connection holds: up
// to 32 KiB in each direction, ten times all the rest of it. Therefore, unless the
// address asks for something else, every offer is answered with both
// server_no_context_takeover and client_no_context_takeover. Both may stand in the
// answer to any offer, whether the offer has them or not: the first is a promise
// of the server's own (section 7.1.1.1), the second one that every client has to
// keep (section 7.1.1.2). Every message then stands for itself, and between two
// messages a connection holds as much as one without compression. The price is
// paid by small messages that resemble each other. Whoever wants the window kept,
// to test that or to save bytes, says so: deflate=takeover. It is kept then, up to
// the size agreed on.
//
// Window sizes decline no offer, since the server compresses within any of 8 to 15
// bits. The offered server_max_window_bits comes back as it is; without it the
// answer would say 15 (section 7.1.2.1). The answer has client_max_window_bits
// only if the offer has (section 7.1.2.2), and then with the number that the
// client gave; by itself the server asks for none, since it inflates all windows
// at the same cost.
//
// A client that may send compressed messages may also send others, and so may the
// server: it compresses every message, however short, and takes the result if it
// is smaller. Only a long one that its sender's compressor could not shrink goes
// back without another try.

// byMessage is what the server agrees to unless it is told otherwise.
var byMessage = protocol.DeflateAccept{ServerNoContextTakeover: true, ClientNoContextTakeover: true}

// deflating is what was agreed on. Connections without context takeover share it.
type deflating struct {
	inflate protocol.InflateConfig // the client's direction; without Limit
	window  int                    // in bits, of the server's direction
	// received and sent are the windows that outlive a message; nil without
	// context takeover.
	received, sent *history
}

// shared has the agreements without context takeover by their windows.
var shared = func() (all [protocol.MaxWindowBits + 1][protocol.MaxWindowBits + 1]deflating) {
	for server := protocol.MinWindowBits; server <= protocol.MaxWindowBits; server++ {
		for client := protocol.MinWindowBits; client <= protocol.MaxWindowBits; client++ {
			all[server][client] = deflating{
				inflate: protocol.InflateConfig{WindowBits: client, NoContextTakeover: true},
				window:  server,
			}
		}
	}
	return all
}()

// newDeflating returns the agreement for a connection.
func newDeflating(p protocol.DeflateParams) *deflating {
	server, client := p.WindowBits(protocol.RoleServer), p.WindowBits(protocol.RoleClient)
	d := &shared[server][client]
	if p.ServerNoContextTakeover && p.ClientNoContextTakeover {
		return d
	}
	own := *d
	own.inflate.NoContextTakeover = p.ClientNoContextTakeover
	if !p.ClientNoContextTakeover {
		own.received = &history{bits: client}
	}
	if !p.ServerNoContextTakeover {
		own.sent = &history{bits: server}
	}
	return &own
}

// history is the end of what the messages of one direction inflate to.
type history struct {
	bits int
	last []byte
}

// add takes note of a compressed message. The memory grows with what has passed,
// up to the window.
func (h *history) add(message []byte) {
	if h == nil {
		return
	}
	size := 1 << h.bits
	if len(message) >= size {
		h.last = append(h.last[:0], message[len(message)-size:]...)
		return
	}
	if over := len(h.last) + len(message) - size; over > 0 {
		h.last = h.last[:copy(h.last, h.last[over:])]
	}
	if n := len(h.last) + len(message); n > cap(h.last) {
		h.last = append(make([]byte, 0, min(2*n, size)), h.last...)
	}
	h.last = append(h.last, message...)
}

// holds is how much memory it takes.
func (h *history) holds() int {
	if h == nil {
		return 0
	}
	return cap(h.last)
}

// bytes are what the next message can refer to.
func (h *history) bytes() []byte {
	if h == nil {
		return nil
	}
	return h.last
}

// answerDeflate chooses among the offers of a request that Check has passed. The
// answer is the element for Sec-WebSocket-Extensions.
func (k *Kind) answerDeflate(r *http.Request) (agreed *deflating, answer string) {
	if k.Deflate == nil {
		return nil, ""
	}
	var offers []protocol.Extension
	for _, line := range r.Header["Sec-Websocket-Extensions"] {
		list, err := protocol.ParseExtensions(line)
		if err != nil {
			return nil, "" // Check has refused it
		}
		offers = append(offers, list...)
	}
	params, answer, ok := protocol.NegotiateDeflate(offers, *k.Deflate)
	if !ok {
		return nil, ""
	}
	return newDeflating(params), answer
}
