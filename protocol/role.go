package protocol

// Role is the side of a connection: only a client masks its frames
// (RFC 6455, section 5.1).
type Role uint8

// The two sides.
const (
	RoleClient Role = iota
	RoleServer
)

// String returns "client" or "server".
func (r Role) String() string {
	if r == RoleServer {
		return "server"
	}
	return "client"
}

// Peer returns the other side.
func (r Role) Peer() Role { return r ^ 1 }
