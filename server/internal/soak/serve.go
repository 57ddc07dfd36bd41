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
//	rest    the same, when memory that nobody uses has been given back, the bytes
//	        of heap that are still in use, and those that are free all the same
//
// The answer is a line of three numbers, 0 where not asked for. What stays free are
// pages that the runtime does not give back when it is told to, up to 14 MiB so far:
// it comes and goes by more than any leak, and nobody has lost it.

// servesVariable in the environment makes this program the server.
const servesVariable = "FRAMECRAFT_SOAK_SERVES"

// serve is the whole life of the server's process.
func serve() int {
	go answer(os.Stdin, os.Stdout)
	return cli.Run(os.Args[1:], &cli.Process{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Lookup: os.LookupEnv})
}

func answer(questions io.Reader, answers io.Writer) {
	for lines := bufio.NewScanner(questions); lines.Scan(); {
		var heap, free uint64
		if lines.Text() == "rest" {
			// What pools let go of is held through one collection more.
			runtime.GC()
			runtime.GC()
			debug.FreeOSMemory()
			var stats runtime.MemStats
			runtime.ReadMemStats(&stats)
			heap, free = stats.HeapAlloc, stats.HeapIdle-stats.HeapReleased
		}
		fmt.Fprintln(answers, runtime.NumGoroutine(), heap, free)
	}
	os.Exit(1) // whoever asked is gone
}
