package cli

import "fmt"

// What the Live workbench may make the server do: open connections to itself.

// liveFlags are part of serve's.
type liveFlags struct {
	OpenLimit int `default:"${open_limit}" placeholder:"N" help:"Connections that pages may let the server open to itself, in all, to watch them on Live; 0 is none. With --public there are none."`
}

func (f *liveFlags) check() error {
	if f.OpenLimit < 0 {
		return fmt.Errorf("--open-limit is %d, expected 0 or more", f.OpenLimit)
	}
	return nil
}

// notOpening says why nothing may be opened, whatever the limit; it is empty where
// something may.
func (c *serveCommand) notOpening() string {
	switch {
	case c.Public:
		return "a server on the open network opens none (serve --public)"
	case c.tls():
		return "this server speaks TLS, and it takes one without to open connections to itself"
	}
	return ""
}
