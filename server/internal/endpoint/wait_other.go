//go:build !unix

package endpoint

func (w *waiter) initRead() {}

func (w *waiter) read() bool { return w.readPlain() }
