package protocol

import "strings"

// The request's rules (RFC 6455, sections 4.1, 4.2.1, 4.3 and 11).

var requestPresence = presences{
	headHost:       {RuleHandshakeHostMissing, 0, RuleHandshakeHostInvalid},
	headUpgrade:    {RuleHandshakeUpgradeMissing, RuleHandshakeUpgradeNotWebsocket, 0},
	headConnection: {RuleHandshakeConnectionMissing, RuleHandshakeConnectionNotUpgrade, 0},
	headKey:        {RuleHandshakeKeyMissing, 0, RuleHandshakeKeyRepeated},
	headVersion:    {RuleHandshakeVersionMissing, 0, RuleHandshakeVersionRepeated},
}

// CheckRequest appends a diagnostic for every rule that the request breaks by
// itself. Of a head that is not complete, only what has come is judged, and
// nothing is missing from it yet; with Ended set it is malformed.
//
// What breaks handshake-client-early-data stands behind the head; whoever knows
// the times finds that.
func (h *Head) CheckRequest(dst []Diagnostic) []Diagnostic {
	j := newHeadJudge(h, dst)
	j.request()
	return j.sorted()
}

func (j *headJudge) request() {
	h := j.h
	if h.line.Value == "" && !(h.Ended && h.Raw != "") {
		return // nothing has come that could be judged
	}
	if !h.looksLikeRequest() {
		d := j.add(RuleHandshakeRequestMissing, h.line)
		d.text = h.Raw
		return
	}
	j.wellFormed(RuleHandshakeRequestMalformed)
	if h.lineEnded {
		j.requestLine()
	}
	j.checkPresence(&requestPresence)
	for i := range h.Fields {
		f := &h.Fields[i]
		var broken RuleID
		found := false
		switch f.name() {
		case headHost:
			broken, found = CheckHost(f.Value.Value)
		case headKey:
			j.key(f.Value)
		case headVersion:
			broken, found = CheckVersion(f.Value.Value)
		case headOrigin:
			broken, found = CheckOrigin(f.Value.Value)
		}
		if found {
			j.add(broken, f.Value)
		}
	}
	offered := h.subprotocols(func(f *HeadField, err *HeadFieldError) { j.grammar(RuleHandshakeProtocolInvalid, f, err) })
	for i, p := range offered[:min(len(offered), listLimit)] {
		for _, earlier := range offered[:i] {
			if earlier.Value == p.Value {
				j.add(RuleHandshakeProtocolDuplicate, p)
				break
			}
		}
	}
	extensions := j.checkExtensions()
	for _, e := range extensions {
		if e.Name == DeflateExtension {
			_, wrong := readDeflateParams(e, false)
			j.deflateWrong(wrong)
		}
	}
}

// looksLikeRequest tells a request, however wrong, from something else: a frame
// or a TLS record begins with a byte that no line of text does.
func (h *Head) looksLikeRequest() bool {
	for i := range len(h.line.Value) {
		c := h.line.Value[i]
		if !isExtensionBlank(c) {
			return c > ' ' && c < 0x7f
		}
	}
	return true
}

// requestLine judges method, target and version, each by itself.
func (j *headJudge) requestLine() {
	h := j.h
	if h.Method.Value != "GET" {
		j.add(RuleHandshakeMethodNotGet, h.Method)
	}
	if v := h.Version.Value; httpVersionOK(v) && v[5:] < "1.1" {
		j.add(RuleHandshakeHTTPVersionTooLow, h.Version)
	}
	target := h.Target
	if target.Value == "" {
		return
	}
	if i := strings.IndexByte(target.Value, '#'); i >= 0 {
		j.add(RuleHandshakeURIHashUnescaped, h.text(target.Start+i, target.Start+i+1)).text = target.Value
	}
	if !targetOK(target.Value) {
		j.add(RuleHandshakeTargetInvalid, target)
	}
	if i := notURI(target.Value); i >= 0 {
		d := j.add(RuleHandshakeURINotPercentEncoded, h.text(target.Start+i, target.Start+i+1))
		d.value = uint64(target.Value[i])
	}
}

// targetOK reports whether the target is a path, or an absolute URI with a host.
func targetOK(target string) bool {
	if target[0] == '/' {
		return true
	}
	scheme, rest, _ := strings.Cut(target, "://")
	if !sameWord(scheme, "http") && !sameWord(scheme, "https") {
		return false
	}
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		rest = rest[:i]
	}
	return hostOK(rest)
}

// notURI returns the first byte that a URI cannot have (RFC 3986, section 2), or
// -1. A # is judged elsewhere; a % has two hex digits behind it.
func notURI(s string) int {
	const others = "-._~:/?#[]@!$&'()*+,;="
	for i := range len(s) {
		switch c := s[i]; {
		case isAlphanumeric(c) || strings.IndexByte(others, c) >= 0:
		case c == '%' && isPercentEncoded(s[i:]):
		default:
			return i
		}
	}
	return -1
}

func isAlphanumeric(c byte) bool { return isDigit(c) || 'a' <= lowerByte(c) && lowerByte(c) <= 'z' }

// isPercentEncoded reports whether the text begins with % and two hex digits.
func isPercentEncoded(s string) bool {
	if len(s) < 3 {
		return false
	}
	_, ok1 := hexDigit(s[1])
	_, ok2 := hexDigit(s[2])
	return ok1 && ok2
}

// hostOK reports whether the text is a host with or without a port (RFC 3986,
// sections 3.2.2 and 3.2.3).
func hostOK(s string) bool {
	const others = "-._~!$&'()*+,;="
	host, port, hasPort := s, "", false
	if strings.HasPrefix(s, "[") {
		end := strings.IndexByte(s, ']')
		if end < 0 {
			return false
		}
		host, s = s[1:end], s[end+1:]
		if s != "" && s[0] != ':' {
			return false
		}
		if hasPort = s != ""; hasPort {
			port = s[1:]
		}
		for i := range len(host) {
			if c := host[i]; !isAlphanumeric(c) && c != ':' && c != '.' {
				return false
			}
		}
		if strings.IndexByte(host, ':') < 0 {
			return false
		}
	} else {
		host, port, hasPort = strings.Cut(s, ":")
		for i := range len(host) {
			if c := host[i]; !isAlphanumeric(c) && strings.IndexByte(others, c) < 0 && !(c == '%' && isPercentEncoded(host[i:])) {
				return false
			}
		}
	}
	return host != "" && (!hasPort || portOK(port))
}

// portOK reports whether the text is a port, 0 to 65535.
func portOK(s string) bool {
	n := 0
	for i := range len(s) {
		if n = n*10 + int(s[i]-'0'); !isDigit(s[i]) || n > 65535 {
			return false
		}
	}
	return s != ""
}

// key judges a value of Sec-WebSocket-Key.
func (j *headJudge) key(value HeadText) {
	length, canonical, ok := readKey(value.Value)
	if !ok {
		j.add(RuleHandshakeKeyNotBase64, value)
		return
	}
	if length != 16 {
		j.add(RuleHandshakeKeyNot16Bytes, value).value = uint64(length)
	}
	if !canonical {
		j.add(RuleHandshakeKeyNoncanonical, value)
	}
}

// versionNumber reads a version (RFC 6455, section 4.3).
//
//go:noinline
func versionNumber(s string) (n int, ok bool) {
	if s == "" || len(s) > 3 || s[0] == '0' && s != "0" {
		return 0, false
	}
	for i := range len(s) {
		if !isDigit(s[i]) {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, n <= 255
}

// originOK reports whether the text is the ASCII form of one origin (RFC 6454,
// sections 6.2 and 7.1). A host may be empty in its grammar, and is for programs
// that load their page from a file; the schemes of the web need one.
func originOK(s string) bool {
	if s == "null" || s == "file://" {
		return true
	}
	scheme, host, ok := strings.Cut(s, "://")
	for i := range len(scheme) {
		c := scheme[i]
		if !isAlphanumeric(c) && (i == 0 || c != '+' && c != '-' && c != '.') || i == 0 && isDigit(c) {
			return false
		}
	}
	return ok && scheme != "" && hostOK(host)
}
