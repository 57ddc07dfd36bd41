//go:build !linux

package system

func readOther(*OtherProcess) {}

func listeners(uint16) []int { return nil }

func kernelMemory() KernelMemory { return KernelMemory{} }
