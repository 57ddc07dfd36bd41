// Package system is what the process and the kernel say about themselves: open
// descriptors and their limits, memory, threads, ports, sockets.
//
// In reading order:
//
//	fact.go      a number that may be unknown
//	facts.go     Process and Kernel, and the Reader that asks for them
//	parse.go     the texts of /proc, as pure functions over bytes
//	dirents.go   the entries of a folder, counted
//	limits*.go   the limit of descriptors, and raising it
//	read_*.go    asking, one file a system
//	others*.go   other processes, and what the kernel has allocated
//
// What a system does not tell is unknown and never 0: a reader of the numbers
// must be able to tell an idle server from a silent kernel.
//
// To add a fact: a field in facts.go, its parser in parse.go with rows in the test
// that cuts every input at every byte, and the reading in read_linux.go; the
// other systems then leave it unknown until somebody finds out where they keep it.
//
// Asking is cheap enough for once a second. Two things are not what one would
// write first. Open descriptors are counted by the kernel, since Linux 6.2 in one
// call (the size of /proc/self/fd); listing 20,000 of them instead takes
// milliseconds, so where that has to be done it is done rarely. The heap's
// numbers come from runtime/metrics, which unlike runtime.ReadMemStats does not
// stop the world.
package system
