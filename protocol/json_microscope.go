package protocol

// A Microscope as JSON (Microscope in static/protocol.d.ts). Symbols are arrays of
// numbers: twenty thousand objects would be two megabytes.

var inflateEndNames = [...]string{"complete", "tail-kept", "tail-missing"}

// inflateReasonNames are the words for InflateReason.
var inflateReasonNames = [...]string{
	"block-reserved", "stored-length", "counts", "code-over", "code-incomplete", "repeat", "no-end",
	"symbol", "distance-symbol", "distance", "window", "forgotten", "limit", "unfinished",
}

// AppendJSON appends the microscope as one JSON object.
func (m *Microscope) AppendJSON(dst []byte) []byte {
	w := jsonWriter{append(dst, '{')}
	w.name("message")
	w.message(&m.Message)
	w.name("end")
	if m.Message.Complete && m.Message.Inflated {
		w.string(inflateEndNames[m.End])
	} else {
		w.null()
	}
	w.name("error")
	if e := m.Error; e != nil {
		w.begin('{')
		w.name("reason").string(inflateReasonNames[e.Reason])
		w.span(e.At)
		w.name("found").string(e.Found)
		w.name("expected").string(e.Expected)
		w.end('}')
	} else {
		w.null()
	}
	w.name("window").int(len(m.Window))
	w.name("output").int(len(m.Output))
	w.name("reach").int(m.Reach)
	w.name("fragments").begin('[')
	for _, f := range m.Fragments {
		w.begin('{')
		w.name("frame").int(f.Frame)
		w.name("start").int(f.Start)
		w.name("from").int(f.From)
		w.name("length").int(f.Length)
		w.end('}')
	}
	w.end(']')
	w.name("fragmentCount").int(m.FragmentCount)
	w.name("blocks").begin('[')
	for i := range m.Blocks {
		w.block(&m.Blocks[i])
	}
	w.end(']')
	w.name("blockCount").int(m.BlockCount)
	w.name("kinds").begin('[')
	for _, name := range SymbolKindNames {
		w.string(name)
	}
	w.end(']')
	w.name("symbols").begin('[')
	for i := range m.Symbols {
		w.symbol(&m.Symbols[i])
	}
	w.end(']')
	w.name("symbolCount").int(m.SymbolCount)
	w.name("literals").int(m.Literals)
	w.name("matches").int(m.Matches)
	w.name("copied").int(m.Copied)
	w.end('}')
	return w.b
}

func (w *jsonWriter) span(at Span) {
	w.name("bit").uint(at.Bit)
	w.name("bits").uint(at.Bits)
}

func (w *jsonWriter) block(b *DeflateBlock) {
	w.begin('{')
	w.span(b.At)
	w.name("type").string(b.Type.String())
	w.name("final").bool(b.Final)
	w.name("first").int(b.First)
	w.name("count").int(b.Count)
	w.name("out").uint(b.Out)
	w.name("codes")
	if b.Litlen == nil {
		w.null()
	} else {
		w.begin('{')
		w.span(b.CodesAt)
		w.name("precode").lengths(b.Precode)
		w.name("litlen").lengths(b.Litlen)
		w.name("dist").lengths(b.Dist)
		w.end('}')
	}
	w.end('}')
}

// lengths writes code lengths, a hex digit each.
func (w *jsonWriter) lengths(lengths []uint8) {
	w.comma()
	w.b = append(w.b, '"')
	for _, n := range lengths {
		w.b = append(w.b, hexDigits[n&0xf])
	}
	w.b = append(w.b, '"')
}

func (w *jsonWriter) symbol(s *DeflateSymbol) {
	w.begin('[')
	w.uint(s.At.Bit)
	w.uint(s.At.Bits)
	w.int(int(s.Kind))
	w.int(s.Value)
	w.uint(s.Out)
	if s.Kind == SymbolMatch {
		w.int(s.Distance)
		flags := 0
		for i, on := range [...]bool{s.BeyondWindow, s.PreviousMessage, s.Forgotten} {
			if on {
				flags |= 1 << i
			}
		}
		w.int(flags)
	}
	w.end(']')
}
