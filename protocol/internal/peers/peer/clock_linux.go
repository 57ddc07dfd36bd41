package peer

import (
	"syscall"
	"time"
	"unsafe"
)

// processTime is the CPU time that the process has had. It stands still while
// somebody else has the core.
func processTime() time.Duration {
	const ofProcess = 2 // CLOCK_PROCESS_CPUTIME_ID
	var t syscall.Timespec
	_, _, errno := syscall.RawSyscall(syscall.SYS_CLOCK_GETTIME, ofProcess, uintptr(unsafe.Pointer(&t)), 0)
	if errno != 0 {
		return time.Since(begun)
	}
	return time.Duration(t.Nano())
}
