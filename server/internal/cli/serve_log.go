package cli

import (
	"fmt"
	"io"
	"log/slog"

	"framecraft/server/internal/logs"
)

// logFlags are part of serve's; package logs says what they mean.
type logFlags struct {
	Log        string `default:"text" placeholder:"FORM" help:"Form of the log: text or json."`
	LogAddress string `default:"network" placeholder:"FORM" help:"What the log has of visitors' addresses: network, which is the /24 of IPv4 and the /48 of IPv6, full or none."`
}

func (f *logFlags) check() error {
	if f.Log != "text" && f.Log != "json" {
		return fmt.Errorf("--log is %q, expected text or json", f.Log)
	}
	if _, err := logs.ParseAddresses(f.LogAddress); err != nil {
		return fmt.Errorf("--log-address: %w", err)
	}
	return nil
}

func (f *logFlags) addresses() logs.Addresses {
	addresses, _ := logs.ParseAddresses(f.LogAddress) // check has read it
	return addresses
}

func (f *logFlags) open(w io.Writer, debug bool) *slog.Logger {
	return logs.New(w, logs.Options{JSON: f.Log == "json", Debug: debug})
}
