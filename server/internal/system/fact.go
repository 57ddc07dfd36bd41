package system

import "strconv"

// Fact is a number, unless the system does not tell it. The zero Fact is unknown.
type Fact struct {
	Value int64
	Known bool
}

// Known returns the fact of a number.
func Known[N int | int64 | uint64](n N) Fact { return Fact{int64(n), true} }

// MarshalJSON returns the number, or null for what is unknown.
func (f Fact) MarshalJSON() ([]byte, error) {
	if !f.Known {
		return []byte("null"), nil
	}
	return strconv.AppendInt(nil, f.Value, 10), nil
}

// times scales a fact, for what the kernel counts in pages.
func (f Fact) times(factor int) Fact {
	f.Value *= int64(factor)
	return f
}
