package protocol

// The rules of permessage-deflate (RFC 7692) that a frame header or payload data
// breaks. Those of its negotiation are in rules_negotiation.go.

var deflateRules = [firstHandshakeRule - firstDeflateRule]Rule{}
