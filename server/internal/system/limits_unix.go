//go:build unix

package system

import (
	"fmt"
	"math"
	"syscall"
)

// limitNumber is the type of a limit, which is signed on some systems.
type limitNumber interface{ ~int64 | ~uint64 }

// descriptorLimits takes "no limit" for the largest number.
func descriptorLimits() (soft, hard Fact) {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return Fact{}, Fact{}
	}
	return limitFact(limit.Cur), limitFact(limit.Max)
}

func limitFact[N limitNumber](n N) Fact {
	if n < 0 || uint64(n) > math.MaxInt64 {
		return Known(int64(math.MaxInt64))
	}
	return Known(int64(n))
}

func setDescriptorLimits(soft, hard int64) error {
	var limit syscall.Rlimit
	setLimit(&limit.Cur, soft)
	setLimit(&limit.Max, hard)
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return fmt.Errorf("system: raising the limit of descriptors to %d: %w", soft, err)
	}
	return nil
}

func setLimit[N limitNumber](to *N, n int64) { *to = N(n) }
