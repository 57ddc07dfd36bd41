//go:build !linux

package peer

import "time"

// processTime is the time of the clock on the wall, which will do on a machine
// with nothing else to do.
func processTime() time.Duration { return time.Since(begun) }
