package protocol

import "strconv"

// Agreeing on permessage-deflate (RFC 7692, sections 5 and 7.1). A client lists
// what it could live with, best first; a server picks one offer and answers with
// the parameters that count. There are four of them, two for each direction:
//
//	                          in an offer              in a response
//	server_no_context_takeover  the server has to        the server does
//	client_no_context_takeover  a hint: the client will  the client has to
//	server_max_window_bits=N    the server has to        the server does
//	client_max_window_bits[=N]  the client can be asked  the client has to
//
// An offer that is wrong in any parameter is declined, and the next one looked
// at; a response that is wrong fails the connection. Both are judged with the
// same eyes: only what may be missing, and what the other side said before,
// differ. N is a decimal number from 8 to 15 without leading zeros; in quotes it
// is the same number (RFC 6455, section 9.1).

// DeflateExtension is the registered name of the extension.
const DeflateExtension = "permessage-deflate"

// The parameters' names.
const (
	paramServerNoTakeover = "server_no_context_takeover"
	paramClientNoTakeover = "client_no_context_takeover"
	paramServerWindow     = "server_max_window_bits"
	paramClientWindow     = "client_max_window_bits"
)

// The window sizes that can be agreed: 256 bytes to 32 KiB.
const (
	MinWindowBits = 8
	MaxWindowBits = 15
)

// DeflateParams are the parameters of an offer or of an agreement. The zero value
// is permessage-deflate without parameters.
type DeflateParams struct {
	ServerNoContextTakeover bool
	ClientNoContextTakeover bool
	// ServerMaxWindowBits and ClientMaxWindowBits are 8 to 15, or 0 where no
	// number is written, which counts as 15.
	ServerMaxWindowBits int
	ClientMaxWindowBits int
	// ClientMaxWindowBitsOffered: the parameter is there, with or without number.
	ClientMaxWindowBitsOffered bool
}

// WindowBits returns the size of the window that the sender compresses with.
func (p DeflateParams) WindowBits(sender Role) int {
	n := p.ClientMaxWindowBits
	if sender == RoleServer {
		n = p.ServerMaxWindowBits
	}
	return windowBits(n)
}

// NoContextTakeover reports whether each of the sender's messages begins with an
// empty window.
func (p DeflateParams) NoContextTakeover(sender Role) bool {
	if sender == RoleServer {
		return p.ServerNoContextTakeover
	}
	return p.ClientNoContextTakeover
}

// windowBits reads 0 as 15.
func windowBits(n int) int {
	if n == 0 {
		return MaxWindowBits
	}
	return n
}

// AppendTo appends the parameters with the extension's name, as an element of
// the field's value.
func (p DeflateParams) AppendTo(dst []byte) []byte {
	dst = append(dst, DeflateExtension...)
	if p.ServerNoContextTakeover {
		dst = append(dst, "; "+paramServerNoTakeover...)
	}
	if p.ClientNoContextTakeover {
		dst = append(dst, "; "+paramClientNoTakeover...)
	}
	if p.ServerMaxWindowBits != 0 {
		dst = append(dst, "; "+paramServerWindow+"="...)
		dst = strconv.AppendInt(dst, int64(p.ServerMaxWindowBits), 10)
	}
	if p.ClientMaxWindowBits != 0 {
		dst = append(dst, "; "+paramClientWindow+"="...)
		dst = strconv.AppendInt(dst, int64(p.ClientMaxWindowBits), 10)
	} else if p.ClientMaxWindowBitsOffered {
		dst = append(dst, "; "+paramClientWindow...)
	}
	return dst
}

// DeflateError is what makes an offer one to decline, or a response one to fail
// the connection for.
type DeflateError struct {
	// Rule is the one that is broken, like RuleDeflateResponseServerWindowLarger.
	Rule RuleID
	// Found is what stands there, Expected what could have.
	Found, Expected string
	// Start and End are the bytes of the field's value.
	Start, End int
}

// Error returns the whole sentence.
func (e *DeflateError) Error() string {
	return e.Rule.String() + ": found " + e.Found + ", expected " + e.Expected
}

// wrongResponse returns what is wrong with a response as a whole; without found,
// that is the response itself.
//
//go:noinline
func wrongResponse(rule RuleID, response Extension, found, expected string) *DeflateError {
	if found == "" {
		found = strconv.Quote(string(response.AppendTo(nil)))
	}
	return &DeflateError{rule, found, expected, response.Start, response.End}
}

// readDeflateParams reads the parameters of one element and appends everything
// that is wrong with them.
func readDeflateParams(e Extension, response bool) (p DeflateParams, wrong []*DeflateError) {
	// The rules for a parameter by itself stand in the same order in both.
	var toResponse RuleID
	if response {
		toResponse = RuleDeflateResponseParamUnknown - RuleDeflateOfferParamUnknown
	}
	var seen [4]bool
	for _, param := range e.Params {
		index, valid, expected := 0, !param.HasValue, "no value"
		bits := 0
		switch param.Name {
		case paramServerNoTakeover:
			p.ServerNoContextTakeover = true
		case paramClientNoTakeover:
			index, p.ClientNoContextTakeover = 1, true
		case paramServerWindow, paramClientWindow:
			index, expected = 2, "a number from 8 to 15"
			bits, valid = parseWindowBits(param)
			if param.Name == paramServerWindow {
				p.ServerMaxWindowBits = bits
				break
			}
			index, p.ClientMaxWindowBitsOffered = 3, true
			p.ClientMaxWindowBits = bits
			if !response && !param.HasValue {
				valid = true
			}
		default:
			wrong = append(wrong, param.wrong(RuleDeflateOfferParamUnknown+toResponse, "one of the four parameters of permessage-deflate"))
			continue
		}
		if !valid {
			wrong = append(wrong, param.wrong(RuleDeflateOfferParamValueInvalid+toResponse, expected))
		}
		if seen[index] {
			wrong = append(wrong, param.wrong(RuleDeflateOfferParamDuplicate+toResponse, "each parameter once"))
		}
		seen[index] = true
	}
	return p, wrong
}

// wrong returns an error about the parameter. Inlined at every use it would take
// ten kilobytes of the module.
//
//go:noinline
func (p Param) wrong(rule RuleID, expected string) *DeflateError {
	return &DeflateError{rule, strconv.Quote(string(p.AppendTo(nil))), expected, p.Start, p.End}
}

// parseWindowBits reads 8 to 15. The value 08 is none: Section 7.1.2 rules out
// leading zeros.
func parseWindowBits(p Param) (int, bool) {
	switch v := p.Value; {
	case len(v) == 1 && (v == "8" || v == "9"):
		return int(v[0] - '0'), true
	case len(v) == 2 && v[0] == '1' && '0' <= v[1] && v[1] <= '5':
		return 10 + int(v[1]-'0'), true
	}
	return 0, false
}

// ParseDeflateOffer reads one offer. Its error is a *DeflateError: the offer has
// to be declined.
func ParseDeflateOffer(offer Extension) (DeflateParams, error) {
	p, wrong := readDeflateParams(offer, false)
	if len(wrong) > 0 {
		return DeflateParams{}, wrong[0]
	}
	return p, nil
}

// DeflateAccept is what a server wants and can do.
type DeflateAccept struct {
	// ServerNoContextTakeover and ClientNoContextTakeover are put into every
	// response, offered or not.
	ServerNoContextTakeover bool
	ClientNoContextTakeover bool
	// ServerMaxWindowBits is the largest window that the server compresses with,
	// and ServerMinWindowBits the smallest: an offer that asks for less is
	// declined. 0 is 15 and 8.
	ServerMaxWindowBits int
	ServerMinWindowBits int
	// ClientMaxWindowBits is what a client is asked for that can be asked. 0 asks
	// for nothing.
	ClientMaxWindowBits int
}

// NegotiateDeflate is the server's part: it looks at the offers for
// permessage-deflate in the order of the client's preference, takes the first
// that it can keep, and returns what is agreed and the element of the response.
func NegotiateDeflate(offers []Extension, accept DeflateAccept) (agreed DeflateParams, response string, ok bool) {
	for _, e := range offers {
		if e.Name != DeflateExtension {
			continue
		}
		offer, err := ParseDeflateOffer(e)
		if err != nil || windowBits(offer.ServerMaxWindowBits) < accept.ServerMinWindowBits {
			continue
		}
		agreed = agreeDeflate(offer, accept)
		return agreed, string(agreed.AppendTo(nil)), true
	}
	return DeflateParams{}, "", false
}

// agreeDeflate joins what both sides want. A client that names its own window or
// says that it will not keep it is taken at its word, since that lets this side
// hold less.
func agreeDeflate(offer DeflateParams, accept DeflateAccept) DeflateParams {
	p := DeflateParams{
		ServerNoContextTakeover: offer.ServerNoContextTakeover || accept.ServerNoContextTakeover,
		ClientNoContextTakeover: offer.ClientNoContextTakeover || accept.ClientNoContextTakeover,
		ServerMaxWindowBits:     smallerWindow(offer.ServerMaxWindowBits, accept.ServerMaxWindowBits),
	}
	if offer.ClientMaxWindowBitsOffered {
		p.ClientMaxWindowBits = smallerWindow(offer.ClientMaxWindowBits, accept.ClientMaxWindowBits)
		p.ClientMaxWindowBitsOffered = p.ClientMaxWindowBits != 0
	}
	return p
}

// smallerWindow returns the smaller of two windows, 0 being none named.
func smallerWindow(a, b int) int {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}

// ReadDeflateResponse is the client's part: from what it offered and what the
// server's response lists it returns what is agreed, and whether anything is.
// Its error is a *DeflateError: the client has to fail the connection.
//
// A response does not say which offer it is for, so it has to fit one of them.
func ReadDeflateResponse(offers, responses []Extension) (agreed DeflateParams, ok bool, err error) {
	var wrong []*DeflateError
	agreed, ok, wrong = readDeflateResponse(offers, responses)
	if len(wrong) > 0 {
		return DeflateParams{}, false, wrong[0]
	}
	return agreed, ok, nil
}

// readDeflateResponse finds everything that is wrong with a response. What is
// agreed is what the response says, wrong or not; ok says that it is there.
func readDeflateResponse(offers, responses []Extension) (agreed DeflateParams, ok bool, wrong []*DeflateError) {
	var response Extension
	for _, e := range responses {
		switch {
		case e.Name != DeflateExtension:
		case ok:
			wrong = append(wrong, wrongResponse(RuleDeflateRSV1Conflict, e, "it twice",
				"permessage-deflate once: RSV1 has one meaning"))
		default:
			response, ok = e, true
		}
	}
	if !ok {
		return agreed, false, nil
	}
	agreed, params := readDeflateParams(response, true)
	wrong = append(wrong, params...)
	var nearest []*DeflateError
	offered, readable, fits := false, false, false
	for _, e := range offers {
		if e.Name != DeflateExtension {
			continue
		}
		offered = true
		offer, err := ParseDeflateOffer(e)
		if err != nil {
			continue
		}
		misfits := fitResponse(offer, agreed, response)
		if !readable {
			nearest = misfits
		}
		readable = true
		fits = fits || len(misfits) == 0
	}
	switch {
	case !offered:
		wrong = append(wrong, wrongResponse(RuleHandshakeExtensionNotOffered, response, "", "only extensions that were offered"))
	case !readable:
		wrong = append(wrong, wrongResponse(RuleDeflateBadOfferAccepted, response, "", "every offer to be declined"))
	case !fits:
		wrong = append(wrong, nearest...)
	}
	return agreed, true, wrong
}

// fitResponse compares a response with one offer that it may be for.
func fitResponse(offer, says DeflateParams, response Extension) (misfits []*DeflateError) {
	if offer.ServerNoContextTakeover && !says.ServerNoContextTakeover {
		misfits = append(misfits, wrongResponse(RuleDeflateResponseTakeoverMissing, response,
			"no "+paramServerNoTakeover, "it, as offered"))
	}
	if got, most := says.WindowBits(RoleServer), offer.WindowBits(RoleServer); got > most {
		found := paramServerWindow + "=" + strconv.Itoa(got)
		if says.ServerMaxWindowBits == 0 {
			found = "no " + paramServerWindow + ", which is 15"
		}
		misfits = append(misfits, wrongResponse(RuleDeflateResponseServerWindowLarger, response,
			found, "at most "+strconv.Itoa(most)+", as offered"))
	}
	if says.ClientMaxWindowBitsOffered && !offer.ClientMaxWindowBitsOffered {
		misfits = append(misfits, wrongResponse(RuleDeflateResponseClientWindowUnoffered, response,
			paramClientWindow, "none, since the offer has none"))
	}
	return misfits
}
