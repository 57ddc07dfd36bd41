//go:build !linux

package endpoint

import "net"

// Where there is no poller, every connection has a waiter.

type polled struct{}

type pollers struct{}

func (*pollers) start(*Endpoint) {}

func (*pollers) stop() {}

func (c *Conn) poll(net.Conn) bool { return false }

// The rest is never called: link.go asks first whether there is a waiter.

func (c *Conn) startPolled([]byte) {}

func (c *Conn) serve() {}

func (c *Conn) writePolled(_, _ []byte) (int, error) { return 0, net.ErrClosed }

func (c *Conn) closeSendingPolled() error { return net.ErrClosed }

func (c *Conn) cutPolled() {}

func (c *Conn) closePolled() error { return net.ErrClosed }

func (c *Conn) socketPolled() socket { return socket{fd: -1} }
