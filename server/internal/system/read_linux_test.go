package system

import (
	"math"
	"os"
	"testing"
)

// open opens so many descriptors.
func open(t testing.TB, n int) {
	t.Helper()
	for range n {
		f, err := os.Open("/dev/null")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.Close() })
	}
}

// The two ways to count agree, and see every descriptor that is opened. The list
// does not fit into the room at once.
func TestDescriptorsAreCounted(t *testing.T) {
	room := make([]byte, 4096)
	before := descriptorsByList(room)
	open(t, 500)
	if after := descriptorsByList(room); !before.Known || after.Value != before.Value+500 {
		t.Errorf("found %v, expected %v and 500", after, before)
	}
	if now := Descriptors(); now.Value != before.Value+500 {
		t.Errorf("counted %v, expected %v and 500", now, before)
	}
	if size := descriptorsBySize(); size.Known && size.Value != before.Value+500 {
		t.Errorf("the folder's size is %v, expected %v and 500", size, before)
	}
}

// A limit beyond what the kernel allows is an error that says how far it went.
func TestRaiseDescriptorLimitTooFar(t *testing.T) {
	soft, hard := DescriptorLimits()
	if err := setDescriptorLimits(soft.Value-1, hard.Value); err != nil {
		t.Fatal(err)
	}
	got, err := RaiseDescriptorLimit(math.MaxInt)
	if err == nil || got != hard {
		t.Errorf("found %v, %v, expected %v and an error", got, err, hard)
	}
	if err := setDescriptorLimits(soft.Value, hard.Value); err != nil {
		t.Fatal(err)
	}
}

// What one reading costs with 19,000 descriptors open, and what it would cost to
// list them.
func BenchmarkReading(b *testing.B) {
	soft, _ := DescriptorLimits()
	open(b, int(min(19_000, soft.Value-100)))
	r := NewReader()
	b.Run("process", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			r.Process()
		}
	})
	b.Run("kernel", func(b *testing.B) {
		for b.Loop() {
			r.Kernel()
		}
	})
	b.Run("descriptors by list", func(b *testing.B) {
		for b.Loop() {
			descriptorsByList(r.room)
		}
	})
}
