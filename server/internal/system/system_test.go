package system

import (
	"encoding/json"
	"os"
	"runtime"
	"slices"
	"testing"
	"time"
)

func TestFactJSON(t *testing.T) {
	facts := []Fact{Known(0), {}, Known(uint64(1 << 62)), Known(-1)}
	text, err := json.Marshal(facts)
	if want := "[0,null,4611686018427387904,-1]"; err != nil || string(text) != want {
		t.Errorf("found %s, %v, expected %s", text, err, want)
	}
	again := []Fact{{}, Known(7), {}, {}}
	if err := json.Unmarshal(text, &again); err != nil || !slices.Equal(again, facts) {
		t.Errorf("read %v, %v, expected %v", again, err, facts)
	}
	for _, text := range []string{`"1"`, `1.5`, `{}`, `true`, `99999999999999999999`} {
		if err := json.Unmarshal([]byte(text), &again[0]); err == nil {
			t.Errorf("%s was read as %v", text, again[0])
		}
	}
}

func TestProcess(t *testing.T) {
	r := NewReader()
	p := r.Process()
	if p.PID != os.Getpid() {
		t.Errorf("found the process %d, expected %d", p.PID, os.Getpid())
	}
	within := func(name string, f Fact, low, high int64) {
		t.Helper()
		if !f.Known || f.Value < low || f.Value > high {
			t.Errorf("%s is %v, expected %d to %d", name, f, low, high)
		}
	}
	within("heap", p.Heap, 10_000, 1<<30)
	within("stacks", p.Stacks, 2048, 1<<30)
	within("goroutines", p.Goroutines, int64(runtime.NumGoroutine()), int64(runtime.NumGoroutine()+2))
	within("threads", p.Threads, 2, 1000)
	if runtime.GOOS == "linux" {
		within("resident", p.Resident, 1<<20, 1<<30)
		within("resident by pid", ResidentBytes(os.Getpid()), p.Resident.Value/2, p.Resident.Value*2)
		within("descriptors", p.Descriptors, 3, p.SoftLimit.Value)
		within("soft limit", p.SoftLimit, 3, p.HardLimit.Value)
	}
	if got := ResidentBytes(-1); got.Known {
		t.Errorf("no process at all has %v resident", got)
	}
}

func TestKernel(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Log("what other systems tell is their own affair")
		return
	}
	k := NewReader().Kernel()
	if low, high := PortRange(); low != k.PortLow || high != k.PortHigh || !low.Known || low.Value >= high.Value || high.Value > 65535 {
		t.Errorf("ports %v to %v and %v to %v", low, high, k.PortLow, k.PortHigh)
	}
	if !k.FileMax.Known || !k.FilesOpen.Known || k.FilesOpen.Value > k.FileMax.Value {
		t.Errorf("%v files open of %v", k.FilesOpen, k.FileMax)
	}
	if !k.Sockets.Known || !k.SocketMemory.Known || k.SocketMemory.Value%int64(os.Getpagesize()) != 0 {
		t.Errorf("%v sockets with %v bytes", k.Sockets, k.SocketMemory)
	}
}

// A count is used again until a hundred times what it took has passed.
func TestDescriptorsAreCountedRarely(t *testing.T) {
	now := time.Unix(0, 0)
	clock := func() time.Time { return now }
	counts := 0
	count := func() Fact {
		counts++
		now = now.Add(30 * time.Millisecond)
		return Known(counts)
	}
	var d descriptorCount
	for _, step := range []struct {
		passes time.Duration
		want   int64
	}{{0, 1}, {0, 1}, {2999 * time.Millisecond, 1}, {time.Millisecond, 2}, {time.Second, 2}, {2 * time.Second, 3}} {
		now = now.Add(step.passes)
		if got := d.get(clock, count); got != Known(step.want) {
			t.Errorf("after %v more: %v, expected %d", step.passes, got, step.want)
		}
	}
	// What failed is tried again.
	d = descriptorCount{}
	d.get(clock, func() Fact { return Fact{} })
	if got := d.get(clock, func() Fact { return Known(9) }); got != Known(9) {
		t.Errorf("after a failure: %v, expected 9", got)
	}
}

func TestRaiseDescriptorLimit(t *testing.T) {
	soft, hard := DescriptorLimits()
	if !soft.Known {
		t.Log("this system has no such limit")
		return
	}
	if got, err := RaiseDescriptorLimit(int(soft.Value)); err != nil || got != soft {
		t.Errorf("as many as there may be: %v, %v, expected %v", got, err, soft)
	}
	// Below the hard limit everybody may go up and down.
	if err := setDescriptorLimits(soft.Value-1, hard.Value); err != nil {
		t.Fatal(err)
	}
	if got, err := RaiseDescriptorLimit(int(soft.Value)); err != nil || got != soft {
		t.Errorf("as many as before: %v, %v, expected %v", got, err, soft)
	}
}
