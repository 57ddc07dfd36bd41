package protocol

// The value of a Sec-WebSocket-Protocol field (RFC 6455, sections 4.3 and 11.3.4)
// lists subprotocols: in a request those that the client can speak, best first,
// in a response the one that the server has picked.
//
//	Sec-WebSocket-Protocol-Client = 1#token
//	Sec-WebSocket-Protocol-Server = token
//
// As with extensions, blanks may stand around an element and elements may be
// empty as long as one is not. Names are compared with their case.

// ParseSubprotocols reads the value of a Sec-WebSocket-Protocol field and returns
// the names with their bytes of the value. Its error is a *HeadFieldError.
func ParseSubprotocols(value string) ([]HeadText, error) {
	list, err := readSubprotocols(value)
	if err != nil {
		return nil, err
	}
	return list, nil
}

func readSubprotocols(value string) (list []HeadText, err *HeadFieldError) {
	const name = "the name of a subprotocol"
	r := headFieldReader{s: value, of: "subprotocols"}
	for {
		r.skipBlanks()
		if r.at < len(r.s) && r.s[r.at] != ',' {
			start := r.at
			word, err := r.token(name)
			if err != nil {
				return nil, err
			}
			list = append(list, HeadText{word, start, r.at})
			r.skipBlanks()
		}
		if r.at == len(r.s) {
			break
		}
		if r.s[r.at] != ',' {
			return nil, r.expected(`","`)
		}
		r.at++
	}
	if list == nil {
		return nil, r.expected(name)
	}
	return list, nil
}
