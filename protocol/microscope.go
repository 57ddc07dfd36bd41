package protocol

// The microscope: one compressed message of a stream with every block, code, literal
// and match in view. It is the inspector's own reading of the message, written down
// as it goes, so it knows the window that the messages before have left, and the
// bits of a piece are those that a diagnostic about it points at.
//
// A megabyte can hold eight million symbols. What is listed is bounded, and the
// counts go on.

// What a Microscope lists at most.
const (
	MicroscopeSymbols   = 20000
	MicroscopeBlocks    = 500
	MicroscopeFragments = 500
	// MicroscopeOutput is how many bytes of what came out are kept.
	MicroscopeOutput = 1 << 20
)

// Microscope is what InspectDeflate found.
type Microscope struct {
	// Message is the message as Inspect lists it; End is how it ended if it is
	// complete and could be inflated.
	Message Message
	End     InflateEnd
	// Error is where it could not be inflated, or nil.
	Error *InflateError
	// Data is the compressed data, unmasked and joined; the spans count its bits like
	// an InflateVisitor's. Fragments are where its frames had it.
	Data          []byte
	Fragments     []DataFragment
	FragmentCount int
	// Window is what the messages before have left for it to refer to, at most 32 KiB;
	// Output is what came out.
	Window, Output []byte
	// Reach is the size of the window agreed on, in bytes.
	Reach int

	Blocks     []DeflateBlock
	BlockCount int
	// Symbols are all pieces of the data in their order, at most MicroscopeSymbols.
	Symbols     []DeflateSymbol
	SymbolCount int
	// Literals and Matches count these symbols, and Copied the bytes of the matches.
	Literals, Matches, Copied int

	// end is the bit behind the last symbol.
	end uint64
}

// DataFragment is where one frame has Length bytes of the data, from byte From of
// the data on and byte Start of the stream.
type DataFragment struct{ Frame, Start, From, Length int }

// DeflateBlock is one block.
type DeflateBlock struct {
	// At is all of it, as far as it has come.
	At    Span
	Type  BlockType
	Final bool
	// First is its first symbol, and Count how many it has, by the count of all.
	First, Count int
	// Out is where its output begins.
	Out uint64
	// Codes are the code lengths of a dynamic block, and CodesAt their bits.
	CodesAt               Span
	Precode, Litlen, Dist []uint8
}

// SymbolKind says what a piece of the data is.
type SymbolKind uint8

const (
	SymbolLiteral SymbolKind = iota
	SymbolMatch
	// SymbolStored is a run of a stored block's data.
	SymbolStored
	// SymbolEnd is the end of a block; a stored one has no bits for it.
	SymbolEnd
	// SymbolPadding goes to the next byte.
	SymbolPadding
	// SymbolLength is LEN and NLEN of a stored block.
	SymbolLength
	// SymbolHeader is BFINAL and BTYPE of a block.
	SymbolHeader
	// SymbolCodes are the code lengths of a dynamic block.
	SymbolCodes
)

// SymbolKindNames are the words for SymbolKind.
var SymbolKindNames = [...]string{"literal", "match", "stored", "end", "padding", "length", "header", "codes"}

// DeflateSymbol is one piece of the data.
type DeflateSymbol struct {
	At   Span
	Kind SymbolKind
	// Value is the literal, the padding's bits, the length of a match or a stored run,
	// LEN, or the three bits of a header.
	Value int
	// Distance is that of a match.
	Distance int
	// What a match reaches: beyond the window agreed on, into a
	// message before, into one that should be forgotten.
	BeyondWindow, PreviousMessage, Forgotten bool
	// Out is where its output begins.
	Out uint64
}

// InspectDeflate reads src, the bytes of one direction from the first frame on, and
// returns the compressed message whose first frame begins at the byte; nil when none
// does.
func InspectDeflate(src []byte, at int, options Options) *Microscope {
	in := newInspector(src, options)
	in.keep = at
	in.inflation.lens = &Microscope{Reach: 1 << options.Deflate.WindowBits(options.Sender)}
	in.run()
	if !in.over {
		return nil
	}
	lens := in.inflation.lens
	lens.endBlock()
	lens.Output = in.kept[:min(len(in.kept), MicroscopeOutput)]
	return lens
}

// fragment takes note of the payload data of a frame.
func (m *Microscope) fragment(in *inspector, f *Frame, payload, from int) {
	if f.End == payload {
		return
	}
	if m.FragmentCount++; len(m.Fragments) < MicroscopeFragments {
		m.Fragments = append(m.Fragments, DataFragment{f.Index, payload, from, f.End - payload})
	}
	in.unmasked(f, func(_ int, piece []byte) bool {
		m.Data = append(m.Data, piece...)
		return true
	})
}

// open takes note of the window in front of the message.
func (m *Microscope) open(w *inflateWindow) {
	m.Window = append([]byte(nil), w.buf[max(0, w.pos-maxWindow):w.pos]...)
}

// symbol lists one piece of the data.
func (m *Microscope) symbol(at Span, kind SymbolKind, value int, out uint64) *DeflateSymbol {
	m.SymbolCount++
	m.end = at.Bit + at.Bits
	if len(m.Symbols) == MicroscopeSymbols {
		return nil
	}
	m.Symbols = append(m.Symbols, DeflateSymbol{At: at, Kind: kind, Value: value, Out: out})
	return &m.Symbols[len(m.Symbols)-1]
}

// endBlock completes the block under way, if it is listed.
func (m *Microscope) endBlock() {
	if m.BlockCount > 0 && m.BlockCount == len(m.Blocks) {
		b := &m.Blocks[len(m.Blocks)-1]
		b.Count = m.SymbolCount - b.First
		b.At.Bits = m.end - b.At.Bit
	}
}

func (m *Microscope) block(at Span, kind BlockType, final bool, out uint64) {
	m.endBlock()
	if m.BlockCount++; len(m.Blocks) < MicroscopeBlocks {
		m.Blocks = append(m.Blocks, DeflateBlock{At: at, Type: kind, Final: final, First: m.SymbolCount, Out: out})
	}
	value := int(kind) << 1
	if final {
		value |= 1
	}
	m.symbol(at, SymbolHeader, value, out)
}

func (m *Microscope) codes(at Span, precode, litlen, dist []uint8, out uint64) {
	if m.BlockCount == len(m.Blocks) {
		b := &m.Blocks[len(m.Blocks)-1]
		b.CodesAt = at
		all := append(append(append([]uint8(nil), precode...), litlen...), dist...)
		b.Precode, all = all[:len(precode)], all[len(precode):]
		b.Litlen, b.Dist = all[:len(litlen)], all[len(litlen):]
	}
	m.symbol(at, SymbolCodes, 0, out)
}

func (m *Microscope) match(at Span, match InflateMatch, out uint64) {
	m.Matches++
	m.Copied += match.Length
	if s := m.symbol(at, SymbolMatch, match.Length, out); s != nil {
		s.Distance = match.Distance
		s.BeyondWindow, s.PreviousMessage, s.Forgotten = match.BeyondWindow, match.PreviousMessage, match.Forgotten
	}
}
