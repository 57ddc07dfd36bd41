package protocol

import "strconv"

// An agreement on permessage-deflate as text: the element that a server's response
// has for it, such as "permessage-deflate; client_max_window_bits=10". No text is
// no agreement.

// ParseDeflateAgreement reads an agreement. Its error is a *HeadFieldError or a
// *DeflateError.
func ParseDeflateAgreement(text string) (p DeflateParams, agreed bool, err error) {
	if text == "" {
		return DeflateParams{}, false, nil
	}
	list, err := ParseExtensions(text)
	if err != nil {
		return DeflateParams{}, false, err
	}
	e := list[0]
	if e.Name != DeflateExtension || len(list) > 1 {
		return DeflateParams{}, false, &HeadFieldError{Of: "extensions", Offset: e.Start, Found: strconv.Quote(text), Expected: DeflateExtension + " and its parameters"}
	}
	p, wrong := readDeflateParams(e, true)
	if len(wrong) > 0 {
		return DeflateParams{}, false, wrong[0]
	}
	return p, true, nil
}
