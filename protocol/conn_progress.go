package protocol

// Fragments returns how many frames of the message under way have begun, the
// first included; after a whole message it still says how many that one had.
// A caller that keeps a deadline for every frame sees by it, together with the
// events, whether the frame under way is still the one of a moment ago.
func (c *Conn) Fragments() int { return c.frames }
