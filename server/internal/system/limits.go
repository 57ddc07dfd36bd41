package system

import "fmt"

// DescriptorLimits returns how many descriptors this process may have open, and
// how far it may raise that by itself (getrlimit, RLIMIT_NOFILE). The Go runtime
// raises the first to the second when a program starts.
func DescriptorLimits() (soft, hard Fact) { return descriptorLimits() }

// RaiseDescriptorLimit asks for so many descriptors and returns what this process
// may have open afterwards. It raises the hard limit too, which only a privileged
// process may do; the error is why there are fewer than asked for.
func RaiseDescriptorLimit(want int) (soft Fact, err error) {
	soft, hard := descriptorLimits()
	if !soft.Known || soft.Value >= int64(want) {
		return soft, nil
	}
	err = setDescriptorLimits(int64(want), max(int64(want), hard.Value))
	if err != nil && soft.Value < hard.Value {
		// As far as anybody may.
		_ = setDescriptorLimits(hard.Value, hard.Value)
	}
	soft, hard = descriptorLimits()
	if soft.Value < int64(want) && err == nil {
		err = fmt.Errorf("system: the limit is %d descriptors (hard limit %d), expected %d", soft.Value, hard.Value, want)
	}
	return soft, err
}

// PortRange returns the first and the last ephemeral port.
func PortRange() (low, high Fact) {
	k := NewReader().Kernel()
	return k.PortLow, k.PortHigh
}

// ResidentBytes returns the resident size of any process.
func ResidentBytes(pid int) Fact { return residentBytes(pid) }
