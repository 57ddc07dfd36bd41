//go:build !linux

package main

// The clients are made of Linux' system calls.

func runEcho(options) ([]*row, error) {
	warn("echo is measured on Linux only")
	return nil, nil
}

func runIdle(options) ([]*row, error) {
	warn("idle connections are measured on Linux only")
	return nil, nil
}
