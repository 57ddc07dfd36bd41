package cli

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// Whoever signals once wants an end in good order, whoever signals twice does not
// want to wait for it.

// oneSignal is the time in which several signals are one: timeout(1) sends its own
// to the program and then to the whole group, so that it comes twice. Nobody
// changes his mind as fast.
const oneSignal = 250 * time.Millisecond

// untilSignal returns a context that ends with the first interrupt or SIGTERM. A
// while later a second one has its usual effect.
func untilSignal() (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		defer signal.Stop(signals)
		select {
		case <-signals:
		case <-ctx.Done():
			return
		}
		cancel()
		time.Sleep(oneSignal) // what comes meanwhile is dropped with the channel
	}()
	return ctx, cancel
}
