package protocol

// Span is a run of bits, counted from the first bit of the bytes that were
// inspected. Bit 0 is the most significant bit of the first byte, as in the
// RFC's diagrams.
type Span struct {
	// Bit is the first bit of the run.
	Bit uint64
	// Bits is its length.
	Bits uint64
}

// End returns the first bit after the run.
func (s Span) End() uint64 { return s.Bit + s.Bits }

// byteSpan returns the span of the bytes from start to end.
func byteSpan(start, end int) Span {
	return Span{uint64(start) * 8, uint64(end-start) * 8}
}
