//go:build !linux

package main

import "os/exec"

func pin() string { return "not pinned to cores, which is done on Linux only" }

func startPinned(command *exec.Cmd) error { return command.Start() }
