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
	RuleDeflateDataInvalid - firstDeflateRule: {
		"deflate-data-invalid", "7692/6.1; 7692/7.2.2", LevelMust, PartyBoth, StatusInvalidPayloadData, 0,
		"The payload data of a message with RSV1 is DEFLATE data once 00 00 ff ff is put back.",
		"The RFC names no action; receivers fail with 1007, some with 1002, or drop TCP.",
		"In byte %v of the compressed data: found %i, expected %j.",
	},
	RuleDeflateTailKept - firstDeflateRule: {
		"deflate-tail-kept", "7692/7.2.1; 7692/6.1", LevelMust, PartyBoth, StatusNone, 0,
		"The 00 00 ff ff that compressed data ends with is removed from the last fragment.",
		"The RFC names no action; most receivers accept this message and stumble over the next one.",
		"The data ends with 00 00 ff ff, which should have been removed.",
	},
	RuleDeflateTailMissing - firstDeflateRule: {
		"deflate-tail-missing", "7692/7.2.1; 7692/6.1", LevelMust, PartyBoth, StatusNone, 0,
		"Compressed data ends with an empty stored block, of which a message keeps the first bits.",
		"The RFC names no action; most receivers accept it, some fail.",
		"With 00 00 ff ff put back, the data does not end with an empty stored block.",
	},
	RuleDeflateBFINALPaddingNonzero - firstDeflateRule: {
		"deflate-bfinal-padding-nonzero", "7692/7.2.1", LevelMust, PartyBoth, StatusNone, 0,
		"Behind a block with BFINAL, the bits up to the next byte are 0.",
		"Receivers skip them.",
		"The %w bits behind the block with BFINAL have the value %v.",
	},
	RuleDeflateFragmentTailRemoved - firstDeflateRule: {
		"deflate-fragment-tail-removed", "7692/7.2.1", LevelMustNot, PartyBoth, StatusInvalidPayloadData, 0,
		"Only the last fragment loses its 00 00 ff ff; in front of the others the data just goes on.",
		"The RFC names no action; receivers cannot inflate what follows and fail with 1007 or 1002.",
		"The fragment ends where 00 00 ff ff has to follow, and the next one goes on without it.",
	},
	RuleDeflateClientContextKept - firstDeflateRule: {
		"deflate-client-context-kept", "7692/7.2.1", LevelMust, PartyClient, StatusInvalidPayloadData, 0,
		"With client_no_context_takeover agreed on, each message of the client begins with an empty window.",
		"The RFC names no action; a server that has given its window up fails with 1007 or 1002.",
		"A match reaches %w bytes back, and the message has only %v so far: it begins in one before.",
	},
	RuleDeflateServerContextKept - firstDeflateRule: {
		"deflate-server-context-kept", "7692/7.2.1", LevelMust, PartyServer, StatusInvalidPayloadData, 0,
		"With server_no_context_takeover agreed on, each message of the server begins with an empty window.",
		"The RFC names no action; a client that has given its window up fails with 1007 or 1002.",
		"A match reaches %w bytes back, and the message has only %v so far: it begins in one before.",
	},
	RuleDeflateClientWindowExceeded - firstDeflateRule: {
		"deflate-client-window-exceeded", "7692/7.2.1; 7692/7.2.2", LevelMustNot, PartyClient, StatusInvalidPayloadData, 0,
		"The client's matches stay within the window that client_max_window_bits agreed on.",
		"The RFC names no action; a server with a window of that size fails with 1007 or 1002, others notice nothing.",
		"A match reaches %w bytes back; the window agreed on has %v.",
	},
	RuleDeflateServerWindowExceeded - firstDeflateRule: {
		"deflate-server-window-exceeded", "7692/7.2.1", LevelMustNot, PartyServer, StatusInvalidPayloadData, 0,
		"The server's matches stay within the window that server_max_window_bits agreed on.",
		"The RFC names no action; a client with a window of that size fails with 1007 or 1002, others notice nothing.",
		"A match reaches %w bytes back; the window agreed on has %v.",
	},
}
