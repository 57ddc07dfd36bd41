package main

import "framecraft/protocol"

// Masking keys for frames that name none. This package has no randomness of
// its own: the page draws one seed and the keys follow from it, so that a text
// gives the same bytes at every keystroke.

// keyStep is odd, so the states of different frames differ; it is 2^32 divided
// by the golden ratio, which spreads neighbours far apart.
const keyStep = 0x9e3779b9

// maskingKey returns the key of the frame at an index. The mixer maps the 2^32
// states one to one onto the 2^32 keys: two frames of one text never get the
// same key, and only one of them could get the key 0, which masks nothing. It
// gets the key of a frame that cannot exist instead.
func maskingKey(seed uint32, index int) protocol.MaskingKey {
	key := mix(seed + uint32(index)*keyStep)
	if key == 0 {
		key = mix(seed - keyStep)
	}
	return protocol.MaskingKey(key)
}

// mix lets every bit of x reach every bit of the result; each of its steps can
// be undone, so it is one to one. It is the finalizer of MurmurHash3.
func mix(x uint32) uint32 {
	x ^= x >> 16
	x *= 0x85ebca6b
	x ^= x >> 13
	x *= 0xc2b2ae35
	return x ^ x>>16
}

// fillKeys writes a key into every frame that has MASK and leaves the key to
// the caller. It avoids keys that already stand in the text: those may come
// from the same seed at an index that has moved since.
func fillKeys(drafts []protocol.Draft, seed uint32) {
	var taken map[protocol.MaskingKey]bool
	for i, d := range drafts {
		if d.Raw || d.Key != protocol.KeyCaller || !d.Flags.Has(protocol.MASK) {
			continue
		}
		if taken == nil {
			taken = writtenKeys(drafts)
		}
		drafts[i] = d.WithKey(freshKey(taken, seed, i))
	}
}

// writtenKeys returns the keys that stand in the text.
func writtenKeys(drafts []protocol.Draft) map[protocol.MaskingKey]bool {
	taken := make(map[protocol.MaskingKey]bool, len(drafts))
	for _, d := range drafts {
		if d.Key == protocol.KeyGiven {
			taken[d.MaskingKey] = true
		}
	}
	return taken
}

// freshKey returns the key of the frame at an index that is not taken, and
// takes it. Indexes beyond the last possible frame stand in where one is.
func freshKey(taken map[protocol.MaskingKey]bool, seed uint32, index int) protocol.MaskingKey {
	key := maskingKey(seed, index)
	for taken[key] {
		index += protocol.MaxDrafts
		key = maskingKey(seed, index)
	}
	taken[key] = true
	return key
}
