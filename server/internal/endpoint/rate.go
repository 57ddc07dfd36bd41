package endpoint

import "time"

// Rates are buckets that fill with time: a peer may save up a burst and no more.
// Too many messages or pings end the connection with 1008. Too many bytes only
// make us read slower, which TCP passes on to the sender.

// Rate is how fast a peer may send; 0 is no limit.
type Rate struct {
	MessagesASecond, MessageBurst int
	PingsASecond, PingBurst       int
	BytesASecond, ByteBurst       int
}

// bucket holds what is left, in units of one second's worth divided by the rate:
// as the time that it would take to fill it. One number then holds both the
// level and its time: the bucket is empty at that moment and fills from it.
type bucket struct {
	emptyAt time.Duration
}

// take removes n and returns how far the bucket is overdrawn, as the time until
// it is not. Now is on any clock that only goes forward.
func (b *bucket) take(n int, now time.Duration, rate, burst int) time.Duration {
	full := time.Duration(burst) * time.Second / time.Duration(rate)
	b.emptyAt = max(b.emptyAt, now-full) + time.Duration(n)*time.Second/time.Duration(rate)
	return b.emptyAt - now
}

// rates are the buckets of one connection.
type rates struct{ messages, pings, bytes bucket }

func newRates() *rates {
	const longAgo = -1 << 62
	return &rates{bucket{longAgo}, bucket{longAgo}, bucket{longAgo}}
}

// message and ping report whether one more may come; without rates it may.
func (r *rates) message(rate *Rate, now time.Duration) bool {
	return r == nil || rate.MessagesASecond == 0 || r.messages.take(1, now, rate.MessagesASecond, rate.MessageBurst) <= 0
}

func (r *rates) ping(rate *Rate, now time.Duration) bool {
	return r == nil || rate.PingsASecond == 0 || r.pings.take(1, now, rate.PingsASecond, rate.PingBurst) <= 0
}

// received returns how long to wait before reading on.
func (r *rates) received(rate *Rate, n int, now time.Duration) time.Duration {
	if r == nil || rate.BytesASecond == 0 {
		return 0
	}
	return r.bytes.take(n, now, rate.BytesASecond, rate.ByteBurst)
}
