//go:build !unix

package endpoint

func (c *Conn) initRead() {}

func (c *Conn) read() bool { return c.readPlain() }
