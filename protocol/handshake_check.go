package protocol

import "strings"

// Judging heads: what both kinds have in common is here, the request's own rules
// are in handshake_request.go, the response's in handshake_response.go.
//
// Every rule that is broken is found, not only the first, in the order of RuleID.
// A rule that is broken in many places is listed for the first few of them.

// headJudge gathers the diagnostics of one head.
type headJudge struct {
	h     *Head
	dst   []Diagnostic
	from  int
	count [ruleCount]uint8
	// unused takes what is more than a rule is listed for.
	unused Diagnostic

	// The rule that a head which is not HTTP breaks, and the faults found so far, a
	// bit each.
	malformed RuleID
	faults    uint8

	// What the fields say: how many there are of a name, and whether one of them
	// names websocket or upgrade.
	fields [headNameCount]int
	named  [headNameCount]bool
}

// newHeadJudge returns the judge of a head. The last field of one that is not
// complete may still go on, in its line or the next, so that nobody looks at it.
func newHeadJudge(h *Head, dst []Diagnostic) headJudge {
	if n := len(h.Fields); !h.Complete && n > 0 && n == h.FieldCount {
		settled := *h
		settled.Fields, settled.FieldCount = h.Fields[:n-1], n-1
		h = &settled
	}
	return headJudge{h: h, dst: dst, from: len(dst)}
}

// sameRuleLimit is for how many places in a head a rule is listed.
const sameRuleLimit = 8

// listLimit is how many elements of a list are compared with those of another,
// which takes the product of their numbers.
const listLimit = 500

// add lists a rule at a place; the caller says more about it.
//
//go:noinline
func (j *headJudge) add(id RuleID, at HeadText) *Diagnostic {
	if j.count[id] == sameRuleLimit {
		return &j.unused
	}
	j.count[id]++
	start := j.h.Start
	j.dst = append(j.dst, Diagnostic{Rule: id, Frame: -1, Span: byteSpan(start+at.Start, start+at.End), text: at.Value})
	return &j.dst[len(j.dst)-1]
}

// sorted returns the diagnostics in the order of RuleID.
func (j *headJudge) sorted() []Diagnostic {
	list := j.dst[j.from:]
	for i := range list {
		for k := i; k > 0 && list[k].Rule < list[k-1].Rule; k-- {
			list[k], list[k-1] = list[k-1], list[k]
		}
	}
	return j.dst
}

// has reports whether the rule was found broken.
func (j *headJudge) has(id RuleID) bool { return j.count[id] > 0 }

// whole: no field is still to come or left out.
func (j *headJudge) whole() bool { return j.h.Complete && j.h.FieldCount == len(j.h.Fields) }

// behind returns the place behind the last field, where a missing one could be.
func (j *headJudge) behind() HeadText {
	at := j.h.line.End
	if n := len(j.h.Fields); n > 0 {
		at = j.h.Fields[n-1].End
	}
	return HeadText{Start: at, End: at}
}

// What can be wrong with a head as HTTP (RFC 9112, sections 2 to 5), the other
// value of a diagnostic about it.
const (
	headFaultLine = iota
	headFaultNoColon
	headFaultName
	headFaultValue
	headFaultFold
	headFaultLF
	headFaultEnd

	headFaultCount
)

var headFaults = [headFaultCount]string{
	"The first line is %t; expected %j.",
	"The line %t has no colon.",
	"The name of a field is %t, which is no token.",
	"The value of a field has the byte %x, which no field may have.",
	"The value of %t is folded over lines.",
	"A line ends with LF alone; expected CR LF.",
	"The stream ends inside the head, after %t.",
}

// fault lists one of these, at the first place that has it.
//
//go:noinline
func (j *headJudge) fault(kind int, at HeadText) *Diagnostic {
	if j.faults>>kind&1 != 0 {
		return &j.unused
	}
	j.faults |= 1 << kind
	d := j.add(j.malformed, at)
	d.other = uint64(kind)
	return d
}

// wellFormed judges the head as HTTP, each fault at the first place that has it.
func (j *headJudge) wellFormed(rule RuleID) {
	h := j.h
	j.malformed = rule
	if h.lineEnded && !h.startLineOK() {
		d := j.fault(headFaultLine, h.line)
		d.wanted = "a version, a status of three digits and a reason, with single spaces between"
		if h.Request {
			d.wanted = "a method, a target and a version, with single spaces between"
		}
	}
	for i := range h.Fields {
		f := &h.Fields[i]
		line := h.Raw[f.Start:f.End]
		colon := strings.IndexByte(line, ':')
		if colon < 0 {
			j.fault(headFaultNoColon, h.trimmed(f.Start, f.End-len(lineEnd(line))))
			continue
		}
		if name := h.text(f.Start, f.Start+colon); !isToken(name.Value) {
			j.fault(headFaultName, name)
		}
		for at := f.Value.Start; at < f.Value.End; at++ {
			// A line end inside is a fold, which is another fault.
			switch c := h.Raw[at]; {
			case c == '\n':
			case c == '\r' && h.Raw[at+1] == '\n':
			case c < ' ' && c != '\t' || c == 0x7f:
				j.fault(headFaultValue, h.text(at, at+1)).value = uint64(c)
			}
		}
		if strings.IndexByte(line, '\n') < len(line)-1 {
			j.fault(headFaultFold, h.text(f.Start, f.End)).text = f.Name.Value
		}
	}
	if at := bareLF(h.Raw); at >= 0 {
		j.fault(headFaultLF, h.text(at, at+1))
	}
	if h.Ended && !h.Complete {
		n := len(h.Raw)
		j.fault(headFaultEnd, h.text(n, n)).text = h.Raw[max(0, n-shownText):]
	}
}

// lineEnd returns the CR LF or LF at the end of the line.
func lineEnd(line string) string {
	if strings.HasSuffix(line, "\r\n") {
		return "\r\n"
	}
	return "\n"
}

// bareLF returns the first LF without a CR before it, or -1.
func bareLF(s string) int {
	for i := range len(s) {
		if s[i] == '\n' && (i == 0 || s[i-1] != '\r') {
			return i
		}
	}
	return -1
}

// isToken reports whether the text is a token: not empty, and nothing but bytes
// of tokens.
//
//go:noinline
func isToken(s string) bool {
	for i := range len(s) {
		if !isTokenByte(s[i]) {
			return false
		}
	}
	return s != ""
}

// startLineOK judges the start line (RFC 9112, sections 3 and 4): its parts, and
// single spaces between them.
func (h *Head) startLineOK() bool {
	line := h.line.Value
	if !httpVersionOK(h.Version.Value) {
		return false
	}
	if h.Request {
		return isToken(h.Method.Value) && h.Target.Value != "" && strings.IndexByte(h.Target.Value, ' ') < 0 &&
			line == h.Method.Value+" "+h.Target.Value+" "+h.Version.Value
	}
	for i := range len(h.Reason.Value) {
		if c := h.Reason.Value[i]; c < ' ' && c != '\t' || c == 0x7f {
			return false
		}
	}
	// The reason may be empty and have blanks around it, the space in front of it
	// stands there all the same.
	return h.StatusNumber() >= 100 && strings.HasPrefix(line, h.Version.Value+" "+h.Status.Value+" ")
}

// httpVersionOK reports whether the text is HTTP/ and two digits with a dot.
func httpVersionOK(s string) bool {
	return len(s) == 8 && s[:5] == "HTTP/" && isDigit(s[5]) && s[6] == '.' && isDigit(s[7])
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// names reports whether a list has the word as a whole element, in any case:
// websocket/1 and xupgrade name something else.
func names(list, word string) bool {
	for {
		element, rest, more := strings.Cut(list, ",")
		if sameWord(strings.Trim(element, " \t"), word) {
			return true
		}
		if !more {
			return false
		}
		list = rest
	}
}

// presence has what is wrong with a field that is missing, that does not name
// what it should, or that stands there again; 0 where that is no fault.
type presence struct{ missing, unnamed, repeated RuleID }

// presences has it for the fields up to Sec-WebSocket-Protocol.
type presences [headProtocol + 1]presence

// checkPresence counts the fields and judges what their number says.
func (j *headJudge) checkPresence(rules *presences) {
	for i := range j.h.Fields {
		f := &j.h.Fields[i]
		n := f.name()
		if n == headNameCount {
			continue
		}
		j.fields[n]++
		switch n {
		case headUpgrade:
			j.named[n] = j.named[n] || names(f.Value.Value, "websocket")
		case headConnection:
			j.named[n] = j.named[n] || names(f.Value.Value, "upgrade")
		}
		if int(n) < len(rules) && j.fields[n] > 1 && rules[n].repeated != 0 {
			j.add(rules[n].repeated, f.Value).other = 1
		}
	}
	if !j.whole() {
		return
	}
	for n, rule := range rules {
		name := headName(n)
		switch {
		case j.fields[n] == 0 && rule.missing != 0:
			j.add(rule.missing, j.behind())
		case j.fields[n] > 0 && !j.named[n] && rule.unnamed != 0:
			j.add(rule.unnamed, j.h.first(name).Value)
		}
	}
}

// first returns the first field of the name, or nil.
func (h *Head) first(n headName) *HeadField {
	for i := range h.Fields {
		if h.Fields[i].name() == n {
			return &h.Fields[i]
		}
	}
	return nil
}

// checkExtensions judges the grammar and the names, and returns what can be read.
func (j *headJudge) checkExtensions() []Extension {
	list := j.h.extensions(func(f *HeadField, notToken, malformed *HeadFieldError) {
		j.grammar(RuleHandshakeExtensionParamNotToken, f, notToken)
		j.grammar(RuleHandshakeExtensionsMalformed, f, malformed)
	})
	for _, e := range list {
		if e.Name != DeflateExtension && e.Name != "bbf-usp-protocol" {
			j.add(RuleHandshakeExtensionUnregistered, j.h.text(e.Start, e.End)).text = e.Name
		}
		if e.Name != DeflateExtension {
			continue
		}
		for _, p := range e.Params {
			if bits, ok := parseWindowBits(p); ok && bits < 10 && (p.Name == paramServerWindow || p.Name == paramClientWindow) {
				j.add(RuleDeflateWindowBelow1024, j.h.text(p.Start, p.End)).value = 1 << bits
			}
		}
	}
	return list
}

// grammar lists a rule for the place where a value leaves its grammar, if it does.
//
//go:noinline
func (j *headJudge) grammar(rule RuleID, f *HeadField, err *HeadFieldError) {
	if err == nil {
		return
	}
	start, end := f.Value.place(err.Offset, min(err.Offset+1, len(f.Value.Value)))
	d := j.add(rule, HeadText{err.Found, start, end})
	d.value, d.wanted = uint64(err.Offset), err.Expected
}

// deflateWrong lists what is wrong with an offer or a response.
func (j *headJudge) deflateWrong(wrong []*DeflateError) {
	for _, e := range wrong {
		d := j.add(e.Rule, j.h.text(e.Start, e.End))
		d.wanted = e.Expected
		if RuleDeflateResponseTakeoverMissing <= e.Rule && e.Rule <= RuleDeflateResponseClientWindowUnoffered {
			d.text = e.Found
		}
	}
}
