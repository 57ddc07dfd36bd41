//go:build js && wasm

// Command wasm is the page's half of Framecraft: package protocol behind a few
// functions that JavaScript calls.
//
// The boundary. A call through syscall/js costs about ten microseconds, a call
// of a //go:wasmexport function about ten nanoseconds, so everything crosses
// as numbers and as bytes in linear memory. JavaScript asks `input` for room,
// writes the arguments there one behind the other, and calls a function with
// their lengths. The function answers with the address of a table of ten
// little-endian 32-bit words: address and length of the five sections of a
// workbench. They stay as they are until the next call.
//
// What JavaScript has to know: calls before go.run throw; memory growth
// detaches every view of the memory; address 0 says that the call failed and
// nothing was answered. What this file has to hold: no export waits for
// anything, since a goroutine that parks inside an export leaves the runtime
// in pieces, and no export lets a panic through.
package main

//lint:file-ignore U1000 staticcheck does not know go:wasmexport and takes all of this for unused

import (
	"unsafe"
)

// maxInput is the most room that one call gets: a long way over the notation
// of the longest payloads, and under what would exhaust a browser's memory.
const maxInput = 64 << 20

var (
	arguments []byte
	bench     workbench
	table     [10]uint32
)

func main() {
	// The exports outlive main only while the program does.
	select {}
}

// input makes room for n bytes of arguments and returns where it is. Address 0:
// n is out of range.
//
//go:wasmexport input
func input(n int32) unsafe.Pointer {
	if n < 0 || n > maxInput {
		return nil
	}
	if int(n) > cap(arguments) || arguments == nil {
		arguments = make([]byte, max(int(n), 4096))
	}
	arguments = arguments[:n]
	return unsafe.Pointer(unsafe.SliceData(arguments))
}

//go:wasmexport read
func read(docLen, deflateLen, seed, flags int32) unsafe.Pointer {
	return answer(func() bool {
		if options, ok := bench.options(flags, argument(docLen, deflateLen)); ok {
			bench.read(argument(0, docLen), uint32(seed), options)
		}
		return true
	})
}

//go:wasmexport edit
func edit(docLen, opLen, deflateLen, seed, flags int32) unsafe.Pointer {
	return answer(func() bool {
		if options, ok := bench.options(flags, argument(docLen+opLen, deflateLen)); ok {
			bench.edit(argument(0, docLen), argument(docLen, opLen), uint32(seed), options)
		}
		return true
	})
}

//go:wasmexport paste
func paste(textLen, deflateLen, seed, flags int32) unsafe.Pointer {
	return answer(func() bool {
		if options, ok := bench.options(flags, argument(textLen, deflateLen)); ok {
			bench.paste(argument(0, textLen), uint32(seed), options)
		}
		return true
	})
}

//go:wasmexport recover
func recoverDrafts(bytesLen, deflateLen, seed, flags int32) unsafe.Pointer {
	return answer(func() bool {
		if options, ok := bench.options(flags, argument(bytesLen, deflateLen)); ok {
			bench.recover(arguments[:bytesLen], uint32(seed), options)
		}
		return true
	})
}

//go:wasmexport deflate
func deflate(bytesLen, deflateLen, at, flags int32) unsafe.Pointer {
	return answer(func() bool {
		if options, ok := bench.options(flags, argument(bytesLen, deflateLen)); ok {
			bench.deflate(arguments[:bytesLen], int(at), options)
		}
		return true
	})
}

//go:wasmexport literal
func literal(idLen, bytesLen int32) unsafe.Pointer {
	return answer(func() bool {
		return bench.literal(argument(0, idLen), arguments[idLen:][:bytesLen])
	})
}

//go:wasmexport catalog
func catalog() unsafe.Pointer {
	return answer(func() bool {
		bench.catalog()
		return true
	})
}

//go:wasmexport scenario
func scenario(textLen int32) unsafe.Pointer {
	return answer(func() bool {
		bench.scenario(argument(0, textLen))
		return true
	})
}

//go:wasmexport transcript
func transcript(textLen int32) unsafe.Pointer {
	return answer(func() bool {
		bench.transcript(argument(0, textLen))
		return true
	})
}

// answer makes a call and fills the table from the workbench. A call that
// panics, as one does whose lengths exceed the input, answers address 0.
func answer(call func() bool) (at unsafe.Pointer) {
	defer func() {
		if cause := recover(); cause != nil {
			report(cause)
			at = nil
		}
	}()
	if !call() {
		return nil
	}
	// The order is part of the agreement with JavaScript.
	sections := [5][]byte{bench.view, bench.report, bench.doc, bench.wire, bench.unmasked}
	for i, section := range sections {
		table[2*i] = uint32(uintptr(unsafe.Pointer(unsafe.SliceData(section))))
		table[2*i+1] = uint32(len(section))
	}
	return unsafe.Pointer(&table)
}

// report writes what a call died of to the console, for whoever looks into it.
func report(cause any) {
	switch cause := cause.(type) {
	case error:
		println("protocol.wasm: a call failed:", cause.Error())
	case string:
		println("protocol.wasm: a call failed:", cause)
	default:
		println("protocol.wasm: a call failed")
	}
}

// argument returns an argument without copying it. Nothing keeps it beyond the
// call, and the input is not written to before the next one.
func argument(from, n int32) string {
	b := arguments[from:][:n]
	return unsafe.String(unsafe.SliceData(b), len(b))
}
