//go:build !unix

package system

import "errors"

func descriptorLimits() (soft, hard Fact) { return Fact{}, Fact{} }

func setDescriptorLimits(int64, int64) error { return errors.ErrUnsupported }
