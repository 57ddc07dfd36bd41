package faults

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"time"

	"framecraft/server/internal/testpeer"
)

// through connects to an echo server by a proxy.
func through(t *testing.T, up, down Flow) (*Proxy, *net.TCPConn) {
	t.Helper()
	p, err := Listen(testpeer.Listen(t, testpeer.Echo).String())
	if err != nil {
		t.Fatal(err)
	}
	p.Set(up, down)
	t.Cleanup(func() { p.Close() })
	client, err := net.Dial("tcp", p.Address())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	client.SetDeadline(time.Now().Add(10 * time.Second))
	return p, client.(*net.TCPConn)
}

func TestProxyPasses(t *testing.T) {
	payload := bytes.Repeat([]byte("0123456789"), 100_000)
	for _, flow := range []Flow{{}, {Piece: 1000, Seed: 7}, {Latency: 20 * time.Millisecond}} {
		p, client := through(t, flow, flow)
		begin := time.Now()
		go func() {
			client.Write(payload)
			client.CloseWrite()
		}()
		got, err := io.ReadAll(client)
		if err != nil || !bytes.Equal(got, payload) {
			t.Errorf("%+v: %d bytes, %v, expected %d", flow, len(got), err, len(payload))
		}
		if took := time.Since(begin); took < 2*flow.Latency {
			t.Errorf("%+v: there and back took %v", flow, took)
		}
		client.Close()
		for deadline := time.Now().Add(5 * time.Second); p.Links() > 0; time.Sleep(time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("%+v: the link is still there", flow)
			}
		}
	}
}

func TestProxyEnds(t *testing.T) {
	for _, c := range []struct {
		end  End
		want error
	}{{Reset, syscall.ECONNRESET}, {Fail, syscall.ECONNRESET}, {HalfClose, io.EOF}, {BlackHole, os.ErrDeadlineExceeded}} {
		p, client := through(t, Flow{}, Flow{After: 3, End: c.end})
		client.Write([]byte("12345"))
		room := make([]byte, 3)
		if _, err := io.ReadFull(client, room); err != nil && c.end != Reset && c.end != Fail {
			t.Errorf("%v: found %v in front of the end", c.end, err)
		}
		client.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
		if n, err := client.Read(room); n != 0 || !errors.Is(err, c.want) {
			t.Errorf("%v: found %d bytes, %v, expected %v", c.end, n, err, c.want)
		}
		if c.end != BlackHole {
			continue
		}
		// What the black hole has held up is not lost.
		p.Set(Flow{}, Flow{})
		client.SetReadDeadline(time.Now().Add(10 * time.Second))
		if _, err := io.ReadFull(client, room[:2]); err != nil || string(room[:2]) != "45" {
			t.Errorf("behind the black hole: %q, %v", room[:2], err)
		}
	}
}

// Nobody is told of an end that falls into a black hole.
func TestBlackHoleHidesEnds(t *testing.T) {
	p, client := through(t, Lost(), Flow{})
	client.Write([]byte("12345"))
	abort(client)
	time.Sleep(50 * time.Millisecond)
	if p.Links() != 1 {
		t.Error("the link has ended with the client")
	}
	p.Set(Flow{}, Flow{})
	for deadline := time.Now().Add(5 * time.Second); p.Links() > 0; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the link is still there behind the black hole")
		}
	}
}

func TestCutAndAim(t *testing.T) {
	p, client := through(t, Flow{}, Flow{})
	client.Write([]byte("1"))
	room := make([]byte, 1)
	if _, err := io.ReadFull(client, room); err != nil {
		t.Fatal(err)
	}
	p.Cut()
	if _, err := client.Read(room); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("found %v behind the cut, expected a reset", err)
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	free.Close()
	p.Aim(free.Addr().String())
	again, err := net.Dial("tcp", p.Address())
	if err == nil { // the reset may come even earlier
		defer again.Close()
		again.SetDeadline(time.Now().Add(10 * time.Second))
		_, err = again.Read(room)
	}
	if !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("found %v where the target is away, expected a reset", err)
	}
}
