package endpoint

import "framecraft/protocol"

// Echo returns the kind that sends every message back and lets nothing pass that
// a rule with a status code forbids. It takes permessage-deflate.
func Echo(maxMessage int) Kind {
	return Kind{
		Name:     "echo",
		Protocol: protocol.Config{Role: protocol.RoleServer, Fatal: protocol.Strict(), MaxMessage: maxMessage},
		Deflate:  &byMessage,
		Quick:    true,
		Message:  func(c *Conn, m protocol.Event) { c.Send(m.Opcode, m.Payload) },
	}
}
