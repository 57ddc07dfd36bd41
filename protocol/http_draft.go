package protocol

// HeadDraft is a request or a response as somebody wants it on the wire. Nothing
// is repaired: AppendTo writes what it is told. A scenario begins with one of the
// two legal ones and changes it word by word and field by field.
type HeadDraft struct {
	// Words are the start line: method, target and version of a request, version,
	// status and reason of a response. An empty one is left out with its space.
	Words  [3]string
	Fields []FieldDraft
}

// FieldDraft is a field of a HeadDraft. Without a name the value is all of its line.
type FieldDraft struct{ Name, Value string }

// DefaultRequest returns a legal request (RFC 6455, section 4.1). The host has its
// port with it; the key is what Sec-WebSocket-Key says, 16 bytes in base64.
func DefaultRequest(host, target, key string) HeadDraft {
	return HeadDraft{[3]string{"GET", target, "HTTP/1.1"}, []FieldDraft{
		{headHost.String(), host},
		{headUpgrade.String(), "websocket"},
		{headConnection.String(), "Upgrade"},
		{headKey.String(), key},
		{headVersion.String(), "13"},
	}}
}

// DefaultResponse returns the response that accepts the key (section 4.2.2).
func DefaultResponse(key string) HeadDraft {
	return HeadDraft{[3]string{"HTTP/1.1", "101", "Switching Protocols"}, []FieldDraft{
		{headUpgrade.String(), "websocket"},
		{headConnection.String(), "Upgrade"},
		{headAccept.String(), ComputeAccept(key).Accept},
	}}
}

// Set gives a field its value, in the place where it stands. Further fields of
// the name go; where there is none, it is added.
func (d *HeadDraft) Set(name, value string) {
	for i := range d.Fields {
		if sameWord(d.Fields[i].Name, name) {
			rest := HeadDraft{Fields: d.Fields[i+1:]}
			rest.Remove(name)
			d.Fields = append(append(d.Fields[:i:i], FieldDraft{name, value}), rest.Fields...)
			return
		}
	}
	d.Add(name, value)
}

// Add puts a field behind the others, whether there is one of the name or not.
func (d *HeadDraft) Add(name, value string) {
	d.Fields = append(d.Fields[:len(d.Fields):len(d.Fields)], FieldDraft{name, value})
}

// Remove takes away all fields of the name.
func (d *HeadDraft) Remove(name string) {
	var kept []FieldDraft
	for _, f := range d.Fields {
		if !sameWord(f.Name, name) {
			kept = append(kept, f)
		}
	}
	d.Fields = kept
}

// AppendTo appends the bytes of the head.
func (d HeadDraft) AppendTo(dst []byte) []byte {
	for i, word := range d.Words {
		if i > 0 && word != "" {
			dst = append(dst, ' ')
		}
		dst = append(dst, word...)
	}
	dst = append(dst, "\r\n"...)
	for _, f := range d.Fields {
		if f.Name != "" {
			dst = append(append(dst, f.Name...), ": "...)
		}
		dst = append(dst, f.Value...)
		dst = append(dst, "\r\n"...)
	}
	return append(dst, "\r\n"...)
}
