package wire

import (
	"time"

	"framecraft/protocol"
)

// Recording. Entries stand in the order of their times. A write is stamped when
// it begins and recorded when it has ended, since only then it is known how much
// of it went out; what the peer answered meanwhile is held back for so long, so
// that no answer stands in front of its question.

// recorder gathers the entries of one play. Its owner has a mutex.
type recorder struct {
	limits  *Limits
	start   time.Time
	entries []protocol.Entry
	bytes   int
	sink    func(protocol.Entry)

	writing bool
	held    []protocol.Entry
}

// now is the time of an entry.
func (r *recorder) now() int64 { return int64(time.Since(r.start)) }

// add records an entry. Bytes beyond the limit are cut off; the error says that
// the limit is reached.
func (r *recorder) add(e protocol.Entry) (err error) {
	switch {
	case e.Kind != protocol.EntryBytes:
	case len(r.entries)+len(r.held) >= r.limits.Entries:
		return r.limits.entriesOver()
	default:
		if room := r.limits.Bytes - r.bytes; len(e.Data) > room {
			e.Data, err = e.Data[:room], r.limits.bytesOver()
		}
		if len(e.Data) == 0 {
			return err
		}
		r.bytes += len(e.Data)
	}
	if r.writing {
		r.held = append(r.held, e)
	} else {
		r.put(e)
	}
	return err
}

func (r *recorder) put(e protocol.Entry) {
	r.entries = append(r.entries, e)
	r.sink(e)
}

// beginWrite holds back what comes from now on.
func (r *recorder) beginWrite() { r.writing = true }

// endWrite records what was written, and then what was held back.
func (r *recorder) endWrite(e protocol.Entry) (err error) {
	r.writing = false
	held := r.held
	r.held = nil
	if len(e.Data) > 0 {
		err = r.add(e)
	}
	for _, e := range held {
		r.put(e)
	}
	return err
}
