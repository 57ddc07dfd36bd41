package protocol

// What a request and its response say (RFC 6455, section 4) stands in a few
// fields, of which either side reads the ones of the other:
//
//	request                    response
//	Host
//	Upgrade: websocket         Upgrade: websocket
//	Connection: Upgrade        Connection: Upgrade
//	Sec-WebSocket-Key          Sec-WebSocket-Accept      handshake_accept.go
//	Sec-WebSocket-Version: 13  Sec-WebSocket-Version     in an error only
//	Sec-WebSocket-Protocol     Sec-WebSocket-Protocol    subprotocol.go
//	Sec-WebSocket-Extensions   Sec-WebSocket-Extensions  extension.go
//	Origin
//
// handshake_check.go judges them.

// headName is a field that the handshake knows.
type headName uint8

const (
	headHost headName = iota
	headUpgrade
	headConnection
	headKey
	headVersion
	headAccept
	headProtocol
	headExtensions
	headOrigin

	headNameCount
)

var headNames = [headNameCount]string{"Host", "Upgrade", "Connection", "Sec-WebSocket-Key", "Sec-WebSocket-Version",
	"Sec-WebSocket-Accept", "Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions", "Origin"}

// String returns the name as RFC 6455 writes it.
func (n headName) String() string { return headNames[n] }

// name returns which field it is, headNameCount for any other.
//
//go:noinline
func (f *HeadField) name() (n headName) {
	for n < headNameCount && !sameWord(headNames[n], f.Name.Value) {
		n++
	}
	return n
}

// Handshake is what a request and its response have agreed on.
type Handshake struct {
	// Accepted: the status is 101. Nothing else is agreed on without it.
	Accepted bool
	// DeflateAgreed: the response accepts permessage-deflate, with the parameters
	// in Deflate.
	DeflateAgreed bool
	Deflate       DeflateParams
	// Subprotocol is the one that the response picks, "" for none.
	Subprotocol string
}

// ReadHandshake reads what was agreed on. Like all reading it refuses nothing:
// what the response says counts, whether the request has offered it or not and
// whatever rules it breaks, since that is what the server will go by. Either head
// may be nil.
func ReadHandshake(request, response *Head) (agreed Handshake) {
	if response == nil || response.StatusNumber() != 101 {
		return agreed
	}
	agreed.Accepted = true
	agreed.Deflate, agreed.DeflateAgreed, _ = readDeflateResponse(request.extensions(nil), response.extensions(nil))
	agreed.Subprotocol, _ = response.Value(headNames[headProtocol])
	return agreed
}

// extensions returns what all fields for it list, with places counted in the
// head. What cannot be read is left out and handed to complain.
func (h *Head) extensions(complain func(f *HeadField, notToken, malformed *HeadFieldError)) (all []Extension) {
	if h == nil {
		return nil
	}
	for i := range h.Fields {
		f := &h.Fields[i]
		if f.name() != headExtensions {
			continue
		}
		list, notToken, malformed := readExtensions(f.Value.Value)
		if notToken != nil || malformed != nil {
			if complain != nil {
				complain(f, notToken, malformed)
			}
			continue
		}
		for _, e := range list {
			e.Start, e.End = f.Value.place(e.Start, e.End)
			for i := range e.Params {
				p := &e.Params[i]
				p.Start, p.End = f.Value.place(p.Start, p.End)
			}
			all = append(all, e)
		}
	}
	return all
}

// place returns where in the head a piece of the text stands: the whole text if
// that was folded over lines.
func (t HeadText) place(start, end int) (int, int) {
	if len(t.Value) != t.End-t.Start {
		return t.Start, t.End
	}
	return t.Start + start, t.Start + end
}

// subprotocols is extensions for Sec-WebSocket-Protocol.
func (h *Head) subprotocols(complain func(f *HeadField, err *HeadFieldError)) (all []HeadText) {
	if h == nil {
		return nil
	}
	for i := range h.Fields {
		f := &h.Fields[i]
		if f.name() != headProtocol {
			continue
		}
		list, err := readSubprotocols(f.Value.Value)
		if err != nil && complain != nil {
			complain(f, err)
		}
		for _, p := range list {
			p.Start, p.End = f.Value.place(p.Start, p.End)
			all = append(all, p)
		}
	}
	return all
}
