package cli

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// Whoever signals once wants an end in good order, whoever signals twice does not
// want to wait for it.

// untilSignal returns a context that ends with the first interrupt or SIGTERM. When
// anybody can see that it has ended, a second one already has its usual effect.
func untilSignal() (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		select {
		case <-signals:
		case <-ctx.Done():
		}
		signal.Stop(signals)
		if len(signals) > 0 {
			// It came before that, and is sent again to have its effect.
			if self, err := os.FindProcess(os.Getpid()); err == nil {
				_ = self.Signal(<-signals) // where that cannot be done, one has to wait
			}
		}
		cancel()
	}()
	return ctx, cancel
}
