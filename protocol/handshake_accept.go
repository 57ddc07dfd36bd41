package protocol

import "encoding/base64"

// Sec-WebSocket-Accept shows that the server has read the request as a WebSocket
// handshake, and not as something that happens to look like HTTP (RFC 6455,
// sections 1.3 and 4.2.2): it takes the key's text as it stands, appends a
// constant that no other protocol uses, and sends the SHA-1 of that in base64.

// AcceptGUID is the constant of section 1.3.
const AcceptGUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

// AcceptSteps are the steps from a key to the value that accepts it.
type AcceptSteps struct {
	// Key is the text of Sec-WebSocket-Key, without the blanks around it. It is not
	// decoded.
	Key string
	// Joined is the key with AcceptGUID behind it.
	Joined string
	// SHA1 is the digest of Joined.
	SHA1 [20]byte
	// Accept is the digest in base64, the value of Sec-WebSocket-Accept.
	Accept string
}

// ComputeAccept takes the steps. Any text has an answer, a key or not.
func ComputeAccept(key string) AcceptSteps {
	s := AcceptSteps{Key: key, Joined: key + AcceptGUID}
	s.SHA1 = sha1Sum(s.Joined)
	s.Accept = base64.StdEncoding.EncodeToString(s.SHA1[:])
	return s
}

// readKey reads a Sec-WebSocket-Key (section 4.3): base64 of some bytes, with its
// padding. The bits that the last letter has too many should be zero; canonical
// says that they are. What the bytes are does not matter to anybody.
func readKey(key string) (length int, canonical, ok bool) {
	letters := key
	for len(letters) > 0 && len(key)-len(letters) < 2 && letters[len(letters)-1] == '=' {
		letters = letters[:len(letters)-1]
	}
	if len(key) == 0 || len(key)%4 != 0 {
		return 0, false, false
	}
	var value byte
	for i := range len(letters) {
		switch c := letters[i]; {
		case 'A' <= c && c <= 'Z':
			value = c - 'A'
		case 'a' <= c && c <= 'z':
			value = c - 'a' + 26
		case '0' <= c && c <= '9':
			value = c - '0' + 52
		case c == '+':
			value = 62
		case c == '/':
			value = 63
		default:
			return 0, false, false
		}
	}
	padding := len(key) - len(letters)
	return len(key)/4*3 - padding, value&(1<<(2*padding)-1) == 0, true
}
