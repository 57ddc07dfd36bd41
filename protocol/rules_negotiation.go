package protocol

// The rules of permessage-deflate (RFC 7692) about offers and responses.

var negotiationRules = [ruleCount - firstNegotiationRule]Rule{}
