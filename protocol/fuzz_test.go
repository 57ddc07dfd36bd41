package protocol

// FuzzLength is the most bytes of an input that fuzz targets look at whose work grows
// with it. Longer ones show more of the same, and fewer of them a second.
const FuzzLength = 1 << 10
