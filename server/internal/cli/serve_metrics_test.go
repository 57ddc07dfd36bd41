package cli

import "testing"

func TestLoopbackHost(t *testing.T) {
	for host, want := range map[string]bool{
		"127.0.0.1:9090": true, "127.0.0.1": true, "127.8.0.1:1": true, "[::1]:9090": true, "localhost:9090": true, "localhost": true,
		// A page can be served under any name that leads to 127.0.0.1.
		"metrics.example:9090": false, "localhost.example": false, "192.0.2.1:9090": false, "": false, "0.0.0.0:9090": false,
	} {
		if got := loopbackHost(host); got != want {
			t.Errorf("%q: found %v, expected %v", host, got, want)
		}
	}
}
