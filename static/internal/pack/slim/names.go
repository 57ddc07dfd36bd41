package main

import (
	"bytes"
	"errors"
)

// The names of the runtime's own functions. A stack trace leaves out frames of
// functions whose name begins with "runtime." and that are not exported, and the
// runtime tells its own goroutines by that beginning; so for these the beginning
// is name enough. All other names stay. Measured on protocol.wasm: 9,000 bytes of
// brotli.

const runtimePrefix = "runtime."

// dropNames gives all functions of the runtime that nobody asks for by name the
// name "runtime.".
func dropNames(memory []byte) error { return inTables(memory, (*pcTables).dropNames) }

func (t *pcTables) dropNames() error {
	name := func(record int) []byte {
		rest := t.names[t.at(record+funcName):]
		return rest[:bytes.IndexByte(rest, 0)]
	}
	needed := map[uint32]bool{}
	var dropped []int
	for _, record := range t.records {
		if t.header[record+funcID] == 0 && isOwnName(name(record)) {
			dropped = append(dropped, record)
		} else {
			needed[t.at(record+funcName)] = true
		}
	}
	if len(dropped) == 0 {
		return errors.New("expected names of the runtime's functions, found none")
	}
	shared := t.at(dropped[0] + funcName)
	for _, record := range dropped {
		at := t.at(record + funcName)
		if own := name(record); !needed[at] || at == shared {
			clear(own[min(len(own), len(runtimePrefix)):])
			if at != shared {
				clear(own)
			}
		}
		t.put(record+funcName, shared)
	}
	return nil
}

// isOwnName reports whether a name belongs to a function of the runtime that is
// not exported: runtime.f, runtime.(*t).f, runtime.T.f in that order.
func isOwnName(name []byte) bool {
	rest, ok := bytes.CutPrefix(name, []byte(runtimePrefix))
	if !ok {
		return false
	}
	isUpper := func(b []byte) bool { return len(b) > 0 && 'A' <= b[0] && b[0] <= 'Z' }
	dot := bytes.LastIndexByte(rest, '.')
	receiver := bytes.TrimPrefix(rest[:max(dot, 0)], []byte("(*"))
	return !isUpper(rest[dot+1:]) || len(receiver) > 0 && !isUpper(receiver)
}
