package protocol

// The rules of the opening handshake, the request's before the response's.

var handshakeRules = [firstNegotiationRule - firstHandshakeRule]Rule{}
