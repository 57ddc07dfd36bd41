package endpoint

import (
	"math/bits"
	"sync"
)

// Buffers belong to whoever has something to do at the moment. They are pooled
// by powers of two; a pool lets go of what nobody asked for in a while.

const (
	// readBufferSize is what one read takes at most. Frames that arrived together
	// are read together, and their answers leave together. A message of 128 KiB in
	// one piece costs a fifth less than in two or three; only who has just read
	// holds a buffer.
	readBufferSize = 256 << 10

	smallestClass = 12 // 4 KiB
	largestClass  = 25 // 32 MiB
	// freshClass is the largest class that is allocated on demand: 64 KiB. Larger
	// buffers come to be only by the growth of a message that really arrived, so
	// a length that a peer claims costs nothing.
	freshClass = 16
)

var readBuffers = sync.Pool{New: func() any { return new([readBufferSize]byte) }}

func putReadBuffer(b []byte) {
	if cap(b) == readBufferSize {
		readBuffers.Put((*[readBufferSize]byte)(b[:readBufferSize]))
	}
}

// classes hold buffers of at least 2^i bytes, in boxes, since putting a slice
// itself into a pool would allocate. Empty boxes are kept too.
var (
	classes [largestClass + 1]sync.Pool
	boxes   = sync.Pool{New: func() any { return new([]byte) }}
)

// getBuffer returns an empty buffer. It has room for n bytes up to 64 KiB; for
// more it is one that lies ready, or has 64 KiB.
func getBuffer(n int) []byte {
	class := max(smallestClass, bits.Len(uint(max(n, 1)-1)))
	if class > freshClass {
		for i := class; i <= largestClass; i++ {
			if b := takeBuffer(i); b != nil {
				return b
			}
		}
		// One of the class below was made by growing and may well be large enough.
		if b := takeBuffer(class - 1); b != nil {
			return b
		}
		class = freshClass
	}
	if b := takeBuffer(class); b != nil {
		return b
	}
	return make([]byte, 0, 1<<class)
}

func takeBuffer(class int) []byte {
	box, _ := classes[class].Get().(*[]byte)
	if box == nil {
		return nil
	}
	b := *box
	*box = nil
	boxes.Put(box)
	return b
}

// putBuffer gives a buffer back, whoever made it.
func putBuffer(b []byte) {
	class := bits.Len(uint(cap(b))) - 1
	if class < smallestClass {
		return
	}
	box := boxes.Get().(*[]byte)
	*box = b[:0]
	classes[min(class, largestClass)].Put(box)
}
