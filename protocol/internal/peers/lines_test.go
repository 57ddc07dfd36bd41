package peers

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"time"
)

// lineReader reads lines, each within a time.
type lineReader struct {
	lines chan string
	err   error
}

func newLineReader(r io.Reader) *lineReader {
	l := &lineReader{lines: make(chan string)}
	go func() {
		defer close(l.lines)
		scanner := bufio.NewScanner(r)
		scanner.Buffer(nil, 64<<20)
		for scanner.Scan() {
			l.lines <- scanner.Text()
		}
		l.err = scanner.Err()
	}()
	return l
}

func (l *lineReader) next(limit time.Duration) (string, error) {
	select {
	case line, ok := <-l.lines:
		if !ok {
			return "", fmt.Errorf("it has ended: %w", cmp.Or(l.err, io.EOF))
		}
		return line, nil
	case <-time.After(limit):
		return "", fmt.Errorf("no answer in %v", limit)
	}
}
