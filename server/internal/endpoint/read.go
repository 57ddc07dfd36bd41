package endpoint

// plainBufferSize is the buffer of a connection that cannot wait without one.
const plainBufferSize = 4 << 10

// readPlain waits in an ordinary Read, with a buffer of its own. It is for
// connections whose descriptor is out of reach.
func (c *Conn) readPlain() bool {
	buffer := make([]byte, plainBufferSize)
	n, err := c.tcp.Read(buffer)
	c.in = buffer[:n]
	return n > 0 && err == nil
}
