package faults

import (
	"net"
	"os"
	"sync/atomic"
	"syscall"
)

// Listener is a listener with faults of its own and of what it accepts.
type Listener struct {
	net.Listener
	// Fail, if any, returns the error of the nth call of Accept, counted from 1.
	// After nil the call goes on.
	Fail func(n int) error
	// Wrap, if any, makes the connection that Accept returns.
	Wrap func(net.Conn) net.Conn

	calls atomic.Int64
}

// Accept waits for the next connection, or fails.
func (l *Listener) Accept() (net.Conn, error) {
	n := int(l.calls.Add(1))
	if l.Fail != nil {
		if err := l.Fail(n); err != nil {
			return nil, err
		}
	}
	conn, err := l.Listener.Accept()
	if err == nil && l.Wrap != nil {
		conn = l.Wrap(conn)
	}
	return conn, err
}

// Calls returns how often Accept was called.
func (l *Listener) Calls() int { return int(l.calls.Load()) }

// AcceptError is the error of an Accept that the system refuses: EMFILE when the
// process has no descriptor left, ENFILE when the system has none. (That a peer has
// gone meanwhile, ECONNABORTED, package net keeps to itself.)
func AcceptError(errno syscall.Errno) error {
	return &net.OpError{Op: "accept", Net: "tcp", Err: os.NewSyscallError("accept4", errno)}
}
