package main

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"syscall"
	"unsafe"
)

// The contenders run on one core and this process on another, so that what the
// clients cost is not in the contenders' way. A process inherits the cores of the
// thread that starts it, and Go's runtime sets itself up for as many.

type cores [16]uint64

func affinity(trap uintptr, thread int, set *cores) error {
	_, _, errno := syscall.RawSyscall(trap, uintptr(thread), unsafe.Sizeof(*set), uintptr(unsafe.Pointer(set)))
	if errno != 0 {
		return errno
	}
	return nil
}

var servers, clients cores

// pin splits the cores and moves this process to its own. It returns a sentence
// for the table.
func pin() string {
	var all cores
	if err := affinity(syscall.SYS_SCHED_GETAFFINITY, 0, &all); err != nil {
		return "not pinned to cores: " + err.Error()
	}
	var found []int
	for core := range len(all) * 64 {
		if all[core/64]>>(core%64)&1 != 0 {
			found = append(found, core)
		}
	}
	if len(found) < 2 {
		return "one core for all of them, so no rate means much"
	}
	servers[found[0]/64] = 1 << (found[0] % 64)
	clients[found[1]/64] = 1 << (found[1] % 64)
	tasks, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return "not pinned to cores: " + err.Error()
	}
	for _, task := range tasks {
		if thread, err := strconv.Atoi(task.Name()); err == nil {
			// A thread that has just ended needs none.
			_ = affinity(syscall.SYS_SCHED_SETAFFINITY, thread, &clients)
		}
	}
	runtime.GOMAXPROCS(1)
	return fmt.Sprintf("contenders on core %d, the client on core %d", found[0], found[1])
}

// startPinned starts a command on the contenders' core.
func startPinned(command *exec.Cmd) error {
	if servers == (cores{}) {
		return command.Start()
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := affinity(syscall.SYS_SCHED_SETAFFINITY, 0, &servers); err != nil {
		return err
	}
	defer affinity(syscall.SYS_SCHED_SETAFFINITY, 0, &clients)
	return command.Start()
}
