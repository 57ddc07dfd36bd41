package protocol

import "strings"

// The response's rules (RFC 6455, sections 4.1, 4.2.2, 4.4 and 11; RFC 7692,
// section 7), for which the request has to be known.

var responsePresence = presences{
	headUpgrade:    {RuleHandshakeResponseUpgradeMissing, 0, 0},
	headConnection: {RuleHandshakeResponseConnectionMissing, RuleHandshakeResponseConnectionNotUpgrade, 0},
	headAccept:     {RuleHandshakeAcceptMissing, 0, RuleHandshakeAcceptRepeated},
	headProtocol:   {0, 0, RuleHandshakeResponseProtocolRepeated},
}

// CheckHandshake appends a diagnostic for every rule that the response breaks.
// Those of the request are CheckRequest's. Where the request is nil, what takes a
// request to see is not judged. A nil response says that TCP ended before the
// server sent any byte, which is wrong where the request breaks a rule; while the
// response is merely still to come, there is nothing to judge and nobody calls.
// Responses that are Interim come before the one to judge.
func CheckHandshake(dst []Diagnostic, request, response *Head) []Diagnostic {
	var asked headJudge
	if request != nil {
		asked = newHeadJudge(request, nil)
		asked.request()
	}
	if asked.has(RuleHandshakeRequestMissing) {
		asked.h = nil // it has not offered or asked for anything
	}
	if response == nil {
		j := headJudge{h: &Head{}, dst: dst}
		if broken, found := asked.worst(RuleHandshakeVersionNot13); found {
			j.add(RuleHandshakeErrorWithoutStatus, HeadText{}).text = broken.String()
		}
		return j.dst
	}
	j := newHeadJudge(response, dst)
	j.response(&asked)
	return j.sorted()
}

// worst returns the first rule found for which a request gets an HTTP error; if
// there is no other, the one about the version.
func (j *headJudge) worst(version RuleID) (worst RuleID, found bool) {
	for id := firstHandshakeRule; id < ruleCount; id++ {
		if j.has(id) && id.Rule().HTTPStatus != 0 {
			if id != version {
				return id, true
			}
			found = true
		}
	}
	return version, found
}

// earlyData returns the diagnostic for what a client has sent behind its request,
// from start to end of its stream, before the response came.
func earlyData(start, end int) Diagnostic {
	return Diagnostic{Rule: RuleHandshakeClientEarlyData, Frame: -1, Span: byteSpan(start, end), value: uint64(end - start)}
}

func (j *headJudge) response(asked *headJudge) {
	h := j.h
	if h.line.Value == "" && !(h.Ended && h.Raw != "") {
		return
	}
	j.wellFormed(RuleHandshakeResponseMalformed)
	for i := range h.Fields {
		if f := &h.Fields[i]; f.name() == headVersion {
			j.versions(f.Value)
		}
	}
	if !h.lineEnded {
		return
	}
	if h.StatusNumber() != 101 {
		j.refusal(asked)
		return
	}
	j.checkPresence(&responsePresence)
	j.accepts(asked)
	for i := range h.Fields {
		f := &h.Fields[i]
		if f.name() == headUpgrade && !sameWord(f.Value.Value, "websocket") {
			j.add(RuleHandshakeResponseUpgradeNotWebsocket, f.Value)
		}
	}
	j.subprotocol(asked)
	j.extensions(asked)
}

// versions judges the list of versions that a server can speak.
func (j *headJudge) versions(value HeadText) {
	rest := value.Value
	for {
		element, after, more := strings.Cut(rest, ",")
		element = strings.Trim(element, " \t")
		if _, ok := versionNumber(element); !ok {
			j.add(RuleHandshakeResponseVersionMalformed, value).text = element
		}
		if !more {
			return
		}
		rest = after
	}
}

// refusal judges a response with another status than 101.
func (j *headJudge) refusal(asked *headJudge) {
	h := j.h
	status := h.StatusNumber()
	_, accepts := h.Value(headNames[headAccept])
	// An error, a redirection or a question for a password is HTTP's own answer; a
	// server that says "fine" or shows that it has read the key means to accept.
	if status >= 200 && (status < 300 || accepts) {
		j.add(RuleHandshakeStatusNot101, h.Status)
	}
	if j.whole() && asked.has(RuleHandshakeVersionNot13) && h.first(headVersion) == nil {
		// A 400 may be about something else that the request breaks.
		other, _ := asked.worst(RuleHandshakeVersionNot13)
		if status == 426 || status == 400 && other == RuleHandshakeVersionNot13 {
			j.add(RuleHandshakeVersionListMissing, h.Status)
		}
	}
}

// accepts judges that the server has accepted, and what it proves it with.
func (j *headJudge) accepts(asked *headJudge) {
	h := j.h
	if asked.has(RuleHandshakeVersionNot13) {
		j.add(RuleHandshakeVersionMismatchAccepted, h.Status).text, _ = asked.h.Value(headNames[headVersion])
	}
	if id, found := asked.worst(RuleHandshakeVersionNot13); found && id != RuleHandshakeVersionNot13 {
		j.add(RuleHandshakeBadRequestAccepted, h.Status).text = id.String()
	}
	if asked.h == nil {
		return
	}
	key, ok := asked.h.Value(headNames[headKey])
	accept := h.first(headAccept)
	if !ok || accept == nil {
		return
	}
	if want := ComputeAccept(key).Accept; accept.Value.Value != want {
		j.add(RuleHandshakeAcceptMismatch, accept.Value).wanted = want
	}
}

// subprotocol judges the one that the server has picked.
func (j *headJudge) subprotocol(asked *headJudge) {
	offered := asked.h.subprotocols(nil)
	for i := range j.h.Fields {
		f := &j.h.Fields[i]
		if f.name() != headProtocol {
			continue
		}
		picked := f.Value.Value
		if !isToken(picked) {
			j.add(RuleHandshakeResponseProtocolInvalid, f.Value)
			continue
		}
		known := asked.h == nil || asked.has(RuleHandshakeProtocolInvalid)
		for _, p := range offered {
			known = known || p.Value == picked
		}
		if !known {
			j.add(RuleHandshakeProtocolNotOffered, f.Value)
		}
	}
}

// extensions judges those that the server has accepted. Where offers cannot be
// read, nobody knows whether they were among them.
func (j *headJudge) extensions(asked *headJudge) {
	list := j.checkExtensions()
	if asked.h == nil || asked.has(RuleHandshakeExtensionParamNotToken) || asked.has(RuleHandshakeExtensionsMalformed) {
		for _, e := range list {
			if e.Name == DeflateExtension {
				_, wrong := readDeflateParams(e, true)
				j.deflateWrong(wrong)
			}
		}
		return
	}
	offers := asked.h.extensions(nil)
	_, _, wrong := readDeflateResponse(offers, list)
	j.deflateWrong(wrong)
	for _, e := range list[:min(len(list), listLimit)] {
		known := e.Name == DeflateExtension
		for _, offer := range offers {
			known = known || offer.Name == e.Name
		}
		if !known {
			j.add(RuleHandshakeExtensionNotOffered, j.h.text(e.Start, e.End)).text = e.Name
		}
	}
}
