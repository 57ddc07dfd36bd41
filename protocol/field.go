package protocol

// Field names a run of bits of a frame, as RFC 6455, section 5.2 does. The
// fields of a frame tile its bytes: no gap, no overlap, in the order of the wire.
//
// To add a field: add a FieldName, its row in fieldTexts, and let appendFields
// (inspect_fields.go) lay it over its bits.
type Field struct {
	Name FieldName
	Span Span
	// Value of the bits; payload data and reason have none.
	Value uint64
	// Short: the bytes end inside the field.
	Short bool
}

// FieldName says which field it is.
type FieldName uint8

// The fields of a frame. Status code and reason divide the payload data of a
// Close frame.
const (
	FieldFIN FieldName = iota
	FieldRSV1
	FieldRSV2
	FieldRSV3
	FieldOpcode
	FieldMASK
	FieldPayloadLength
	FieldExtendedPayloadLength
	FieldMaskingKey
	FieldPayloadData
	FieldStatusCode
	FieldReason

	fieldCount
)

// String returns the RFC's name.
func (n FieldName) String() string { return fieldTexts[n].Name }

// FieldText explains a field.
type FieldText struct {
	Name string
	// Short fits over a single bit of a diagram.
	Short string
	// Title is the name as a heading.
	Title string
	// Section of RFC 6455 that defines it.
	Section string
	Text    string
}

var fieldTexts = [fieldCount]FieldText{
	FieldFIN: {"FIN", "FIN", "FIN", "5.2",
		"1 when this frame is the last of its message. A message in one frame has it set; so has every control frame."},
	FieldRSV1: {"RSV1", "R1", "RSV1", "5.2",
		"Kept for extensions. permessage-deflate sets it on the first frame of a compressed message; with no extension agreed on it is 0."},
	FieldRSV2: {"RSV2", "R2", "RSV2", "5.2",
		"Kept for extensions. No registered extension uses it, so it is 0."},
	FieldRSV3: {"RSV3", "R3", "RSV3", "5.2",
		"Kept for extensions. No registered extension uses it, so it is 0."},
	FieldOpcode: {"opcode", "opcode", "Opcode", "5.2",
		"Says how to read the payload data. Its first bit tells control frames (8 to 15) from data frames (0 to 7)."},
	FieldMASK: {"MASK", "M", "MASK", "5.2",
		"1 when a masking key follows and the payload data is masked with it. Clients always set it, servers never do."},
	FieldPayloadLength: {"payload length", "length", "Payload length", "5.2",
		"0 to 125 is the length itself. 126 says that the length follows in 16 bits, 127 that it follows in 64."},
	FieldExtendedPayloadLength: {"extended payload length", "extended length", "Extended payload length", "5.2",
		"The length in network byte order, in 16 or 64 bits. It is there only when the length does not fit a shorter form; the top bit of 64 is 0."},
	FieldMaskingKey: {"masking key", "masking key", "Masking key", "5.3",
		"Four bytes that a client draws afresh and unpredictably for every frame. Byte i of the payload data is XORed with byte i mod 4 of the key, which keeps a page from choosing the bytes that proxies see."},
	FieldPayloadData: {"payload data", "payload", "Payload data", "5.2",
		"What the frame carries, as many bytes as the payload length says. With MASK set it stands here masked."},
	FieldStatusCode: {"status code", "status", "Status code", "7.4",
		"The first two bytes of a Close frame's payload data, in network byte order: why the connection closes."},
	FieldReason: {"reason", "reason", "Reason", "7.1.6",
		"The rest of a Close frame's payload data: UTF-8 for the log, at most 123 bytes, not meant for users."},
}

// Fields returns what there is to say of every field, in the order of FieldName.
func Fields() []FieldText { return fieldTexts[:] }
