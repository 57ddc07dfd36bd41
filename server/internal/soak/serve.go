package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"

	"framecraft/server/internal/cli"
)

// The server that is soaked is this program again, in a process of its own: the
// command line's own serve, beside which somebody answers questions on the
// standard input. Each line of it asks one:
//
//	count   how many goroutines there are
//	rest    the same, when memory that nobody uses has been given back, and the
//	        bytes of heap that are still in use
//
// The answer is a line of two numbers: goroutines and bytes, 0 where not asked for.

// servesVariable in the environment makes this program the server.
const servesVariable = "FRAMECRAFT_SOAK_SERVES"

// serve is the whole life of the server's process.
func serve() int {
	go answer(os.Stdin, os.Stdout)
	return cli.Run(os.Args[1:], &cli.Process{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Lookup: os.LookupEnv})
}

func answer(questions io.Reader, answers io.Writer) {
	for lines := bufio.NewScanner(questions); lines.Scan(); {
		heap := uint64(0)
		if lines.Text() == "rest" {
			// What pools let go of is held through one collection more.
			runtime.GC()
			runtime.GC()
			debug.FreeOSMemory()
			var stats runtime.MemStats
			runtime.ReadMemStats(&stats)
			heap = stats.HeapAlloc
		}
		fmt.Fprintln(answers, runtime.NumGoroutine(), heap)
	}
	os.Exit(1) // whoever asked is gone
}
