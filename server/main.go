// Command server is Framecraft's one program. Without a command it serves the
// page, the page's own WebSockets at /socket and /play, a strict echo endpoint
// for any client at /echo, and /healthz; inspect and craft work on frames in a
// terminal, and play plays scenarios.
//
// This file hands over what the process has; internal/cli reads the arguments.
package main

import (
	"os"

	"framecraft/server/internal/cli"
)

func main() {
	os.Exit(cli.Run(os.Args[1:], &cli.Process{
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Lookup: os.LookupEnv,
	}))
}
