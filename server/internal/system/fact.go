package system

import (
	"fmt"
	"strconv"
)

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

// UnmarshalJSON reads what MarshalJSON returns.
func (f *Fact) UnmarshalJSON(text []byte) error {
	*f = Fact{}
	if string(text) == "null" {
		return nil
	}
	n, err := strconv.ParseInt(string(text), 10, 64)
	if err != nil {
		return fmt.Errorf("system: a fact that is neither a whole number nor null: %w", err)
	}
	*f = Known(n)
	return nil
}

// times scales a fact, for what the kernel counts in pages.
func (f Fact) times(factor int) Fact {
	f.Value *= int64(factor)
	return f
}
