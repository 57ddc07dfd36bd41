package system

import "encoding/binary"

// countEntries counts the entries of a folder in what getdents64(2) returned. An
// entry has its length at offset 16, in two bytes.
func countEntries(entries []byte) (n int) {
	const lengthAt, nameAt = 16, 19
	for len(entries) >= nameAt {
		length := int(binary.NativeEndian.Uint16(entries[lengthAt:]))
		if length < nameAt || length > len(entries) {
			break
		}
		entries = entries[length:]
		n++
	}
	return n
}
