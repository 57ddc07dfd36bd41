package main

import (
	"unicode/utf8"

	"framecraft/protocol"
)

// What the page can ask, as plain functions without a line about WebAssembly,
// so that the tests run them on every target.
//
// Every question about drafts takes the same way: some text or bytes become
// drafts, frames without a masking key get one, and `tell` says all that there
// is to say of them. A draft that breaks rules is an answer, not an error; the
// one error is a text or an operation that cannot be read.

// A workbench holds the answer to the latest call, in buffers that the next
// call writes over.
type workbench struct {
	view     []byte // JSON: View of protocol.d.ts, or Catalog
	report   []byte // JSON: Report
	doc      []byte // the notation as the printer writes it, or a literal
	wire     []byte // the crafted bytes
	unmasked []byte // the same with payload data unmasked

	drafts []place
	line   []byte
}

// place is where one draft stands in the answer.
type place struct {
	start, end int // in the wire bytes
	payloadAt  int // in its line of notation, in characters
}

// The bits of flags.
const (
	flagServer = 1 << iota
	flagEnded
)

// options reads how bytes are to be read: flags, and an agreement on
// permessage-deflate. It answers an agreement that cannot be read.
func (w *workbench) options(flags int32, agreement string) (options protocol.Options, ok bool) {
	options.Ended = flags&flagEnded != 0
	if flags&flagServer != 0 {
		options.Sender = protocol.RoleServer
	}
	var err error
	options.Deflate, options.DeflateAgreed, err = protocol.ParseDeflateAgreement(agreement)
	if err != nil {
		w.refuse(err)
		return options, false
	}
	return options, true
}

// read answers what a notation says.
func (w *workbench) read(notation string, seed uint32, options protocol.Options) {
	drafts, err := protocol.ParseNotation(notation)
	if err != nil {
		w.refuse(err)
		return
	}
	fillKeys(drafts, seed)
	w.tell(drafts, -1, "", options)
}

// edit carries out one operation on a notation; edit.go lists them.
func (w *workbench) edit(notation, operation string, seed uint32, options protocol.Options) {
	drafts, err := protocol.ParseNotation(notation)
	if err != nil {
		w.refuse(err)
		return
	}
	// Keys come first: a frame keeps its key when it moves.
	fillKeys(drafts, seed)
	e := editor{drafts: drafts, selected: -1, seed: seed, options: options}
	if err := e.do(operation); err != nil {
		w.refuse(err)
		return
	}
	fillKeys(e.drafts, seed)
	if err := checkSize(e.drafts); err != nil {
		w.refuse(err)
		return
	}
	w.tell(e.drafts, e.selected, "", options)
}

// paste answers what somebody's clipboard holds: notation, or bytes in one of
// the ways to write them down.
func (w *workbench) paste(text string, seed uint32, options protocol.Options) {
	drafts, recognised, err := readPasted(text)
	if err == nil {
		err = checkSize(drafts)
	}
	if err != nil {
		w.refuse(err)
		return
	}
	fillKeys(drafts, seed)
	w.tell(drafts, -1, recognised, options)
}

// recover answers which drafts encode to the bytes.
func (w *workbench) recover(src []byte, seed uint32, options protocol.Options) {
	drafts := protocol.Recover(src)
	if err := checkSize(drafts); err != nil {
		w.refuse(err)
		return
	}
	fillKeys(drafts, seed)
	w.tell(drafts, -1, "", options)
}

// deflate answers what the compressed message looks like whose first frame begins
// at the byte of the stream.
func (w *workbench) deflate(src []byte, at int, options protocol.Options) {
	w.clear()
	m := protocol.InspectDeflate(src, at, options)
	if m == nil {
		w.view = append(w.view, "null"...)
		return
	}
	w.view = m.AppendJSON(w.view)
	w.wire = append(append(w.wire, m.Window...), m.Output...)
	w.unmasked = append(w.unmasked, m.Data...)
}

// literal writes the bytes as a literal of a programming language. It reports
// whether the language is one of protocol.Literals.
func (w *workbench) literal(language string, b []byte) bool {
	w.clear()
	doc, ok := protocol.AppendLiteral(w.doc, language, b)
	if ok {
		w.doc = doc
	}
	return ok
}

// catalog answers everything that the page needs to know about the protocol.
func (w *workbench) catalog() {
	w.clear()
	w.view = protocol.AppendCatalogJSON(w.view)
}

func (w *workbench) clear() {
	w.view, w.report, w.doc = w.view[:0], w.report[:0], w.doc[:0]
	w.wire, w.unmasked = w.wire[:0], w.unmasked[:0]
	w.drafts = w.drafts[:0]
}

// tell fills all sections. The drafts' masking keys are written in already.
func (w *workbench) tell(drafts []protocol.Draft, selected int, recognised string, options protocol.Options) {
	w.clear()
	for i, d := range drafts {
		if i > 0 {
			w.doc = append(w.doc, '\n')
		}
		lineStart, start := len(w.doc), len(w.wire)
		w.doc = d.AppendNotation(w.doc)
		w.wire = d.AppendTo(w.wire, 0)
		w.drafts = append(w.drafts, place{start, len(w.wire), w.payloadAt(d, w.doc[lineStart:])})
	}
	w.unmasked = protocol.AppendUnmasked(w.unmasked, w.wire)

	report := protocol.Inspect(w.wire, options)
	w.report = report.AppendJSON(w.report)
	w.view = appendView(w.view, drafts, w.drafts, report, selected, recognised, options)
}

// payloadAt returns where the payload begins in the draft's line, in
// characters. The head ends with a space exactly when a payload follows.
func (w *workbench) payloadAt(d protocol.Draft, line []byte) int {
	w.line = d.AppendNotationHead(w.line[:0])
	if n := len(w.line); n > 0 && w.line[n-1] == ' ' {
		return utf8.RuneCount(w.line)
	}
	return utf8.RuneCount(line)
}

// refuse answers an error and nothing else.
func (w *workbench) refuse(err error) {
	w.clear()
	w.view = appendErrorView(w.view, errorOf(err))
}

// errorOf returns an error as the page is shown it.
func errorOf(err error) viewError {
	shown := viewError{message: err.Error()}
	inValue := false
	if of, ok := err.(*valueError); ok {
		err, inValue = of.err, true
	}
	switch err := err.(type) {
	case *protocol.NotationError:
		shown.column, shown.width = err.Column, err.Width
		shown.found, shown.expected = err.Found, err.Expected
		if !inValue {
			shown.line = err.Line
		}
	case *opError:
		shown.found, shown.expected = err.found, err.expected
	case *protocol.HeadFieldError:
		shown.found, shown.expected = err.Found, err.Expected
	case *protocol.DeflateError:
		shown.found, shown.expected = err.Found, err.Expected
	}
	return shown
}

// checkSize holds what the drafts say against the bounds of the notation, so
// that whatever is answered can be read again.
func checkSize(drafts []protocol.Draft) error {
	if len(drafts) > protocol.MaxDrafts {
		return tooMuch("drafts", uint64(len(drafts)), protocol.MaxDrafts)
	}
	var total uint64
	for _, d := range drafts {
		n, _ := d.Payload.Size() // one that cannot be said cannot be written either
		total += n
	}
	if total > protocol.MaxDraftPayload {
		return tooMuch("bytes of payload data", total, protocol.MaxDraftPayload)
	}
	return nil
}
