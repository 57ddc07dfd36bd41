package protocol

// A message grows with the bytes that arrive, since the length that its sender
// claims means nothing yet. If append alone made the room, it would grow large
// buffers by a quarter and leave four times the result behind; doubling leaves
// less than twice as much, and no room is made for what a limit forbids.

// appendDoubling appends a piece to dst, behind which at most left bytes may come.
func appendDoubling(dst, piece []byte, left uint64) []byte {
	if need := len(dst) + len(piece); need > cap(dst) {
		room := need + int(min(uint64(cap(dst)), left))
		dst = append(make([]byte, 0, room), dst...)
	}
	return append(dst, piece...)
}
