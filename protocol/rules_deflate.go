package protocol

// The rules of permessage-deflate (RFC 7692) that a frame header or payload data
// breaks. Those of its negotiation are in rules_negotiation.go.

var deflateRules = [firstHandshakeRule - firstDeflateRule]Rule{
	RuleDeflateRSV1OnControl - firstDeflateRule: {
		"deflate-rsv1-on-control", "7692/6.1", LevelMustNot, PartyBoth, StatusProtocolError, 0,
		"Control frames are never compressed: their RSV1 stays 0 although permessage-deflate is agreed on.",
		"The receiver fails the connection with 1002; several libraries let it pass.",
		"RSV1 is 1 in a %o frame, which cannot be compressed.",
	},
	RuleDeflateRSV1OnContinuation - firstDeflateRule: {
		"deflate-rsv1-on-continuation", "7692/6.1", LevelMustNot, PartyBoth, StatusProtocolError, 0,
		"The first frame alone says whether its message is compressed: RSV1 stays 0 on all that continue it.",
		"The receiver fails the connection with 1002; several libraries let it pass.",
		"RSV1 is 1 in a continuation frame; only the first frame of a message may have it.",
	},
}
