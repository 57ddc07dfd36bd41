package cli

import (
	"fmt"

	"framecraft/server/internal/web"
)

// What the Live workbench may make the server do: open connections to itself.

// liveFlags are part of serve's.
type liveFlags struct {
	// OpenLimit is nil where it was not given.
	OpenLimit *int `placeholder:"N" help:"Connections that pages may let the server open to itself, in all, to watch them on Live; 0 is none. With --public, TLS, --reuseport or --processes there are none (default: ${open_limit})."`
}

// openLimit is how many may be opened.
func (f *liveFlags) openLimit() int {
	if f.OpenLimit == nil {
		return web.DefaultOpenLimit
	}
	return *f.OpenLimit
}

// checkLive refuses a number that nothing would come of.
func (c *serveCommand) checkLive() error {
	if c.OpenLimit == nil || *c.OpenLimit == 0 {
		return nil
	}
	if *c.OpenLimit < 0 {
		return fmt.Errorf("--open-limit is %d, expected 0 or more", *c.OpenLimit)
	}
	why := c.notOpening()
	if why == "" && c.shared() {
		why = "the system would hand the connections to any of the processes that share the port (--reuseport, --processes)"
	}
	if why != "" {
		return fmt.Errorf("--open-limit is %d, expected 0 or no such flag: %s", *c.OpenLimit, why)
	}
	return nil
}

// notOpening says why nothing may be opened, whatever the limit; it is empty where
// something may. Of processes that share a port package opener knows itself.
func (c *serveCommand) notOpening() string {
	switch {
	case c.Public:
		return "a server on the open network opens none (serve --public)"
	case c.tls():
		return "this server speaks TLS, and it takes one without to open connections to itself"
	}
	return ""
}
