package protocol

import "testing"

func TestStatusCode(t *testing.T) {
	tests := []struct {
		code   StatusCode
		name   string
		onWire bool
	}{
		{0, "never used", false},
		{999, "never used", false},
		{1000, "Normal Closure", true},
		{1001, "Going Away", true},
		{1002, "Protocol error", true},
		{1003, "Unsupported Data", true},
		{1004, "Reserved", false},
		{1005, "No Status Rcvd", false},
		{1006, "Abnormal Closure", false},
		{1007, "Invalid frame payload data", true},
		{1008, "Policy Violation", true},
		{1009, "Message Too Big", true},
		{1010, "Mandatory Ext.", true},
		{1011, "Internal Error", true},
		{1012, "Service Restart", true},
		{1013, "Try Again Later", true},
		{1014, "Bad Gateway", true},
		{1015, "TLS handshake", false},
		{1016, "unassigned", false},
		{2999, "unassigned", false},
		{3000, "registered use", true},
		{3999, "registered use", true},
		{4000, "private use", true},
		{4999, "private use", true},
		{5000, "outside all ranges", false},
		{65535, "outside all ranges", false},
	}
	for _, test := range tests {
		if test.code.Name() != test.name || test.code.OnWire() != test.onWire {
			t.Errorf("%d is %q, on the wire %v; expected %q, %v", test.code, test.code.Name(), test.code.OnWire(), test.name, test.onWire)
		}
	}
}

// Every code has one row, and a Close frame with it is judged by that row.
func TestEveryStatusCode(t *testing.T) {
	next := 0
	for _, row := range statusRanges {
		if int(row.First) != next || row.Last < row.First {
			t.Fatalf("the row of %d follows the code %d", row.First, next-1)
		}
		next = int(row.Last) + 1
	}
	if next != 1<<16 {
		t.Fatalf("the last code is %d", next-1)
	}
	for code := range 1 << 16 {
		frame := Draft{Flags: FIN.WithOpcode(OpcodeClose), Payload: Payload{CodeGiven: true, Code: StatusCode(code), Data: "why"}}
		r := Inspect(frame.AppendTo(nil, 0), Options{Sender: RoleServer})
		fails := r.Verdict.Outcome == OutcomeFails
		if fails == StatusCode(code).OnWire() {
			t.Fatalf("%d: on the wire %v, but the verdict is %v", code, StatusCode(code).OnWire(), r.Verdict.Outcome)
		}
	}
}

func TestOpcode(t *testing.T) {
	names := []string{
		"continuation", "text", "binary", "opcode 3", "opcode 4", "opcode 5", "opcode 6", "opcode 7",
		"close", "ping", "pong", "opcode 11", "opcode 12", "opcode 13", "opcode 14", "opcode 15",
	}
	for value, name := range names {
		o := Opcode(value)
		if o.String() != name || o.IsControl() != (value > 7) || o.IsReserved() != (name[:2] == "op") {
			t.Errorf("%d is %s, control %v, reserved %v", value, o, o.IsControl(), o.IsReserved())
		}
	}
}
