package endpoint

import (
	"time"

	"framecraft/server/internal/bucket"
)

// How fast a peer may send. Too many messages or pings end the connection with 1008.
// Too many bytes only make us read slower, which TCP passes on to the sender.

// Rate is how fast a peer may send; 0 is no limit.
type Rate struct {
	MessagesASecond, MessageBurst int
	PingsASecond, PingBurst       int
	BytesASecond, ByteBurst       int
}

// rates are the buckets of one connection. Without them everything may come.
type rates struct{ messages, pings, bytes bucket.Bucket }

// over takes n and returns for how long that is too much; 0 or less if it is not.
func over(b *bucket.Bucket, n int, now time.Duration, aSecond, burst int) time.Duration {
	if aSecond == 0 {
		return 0
	}
	return b.Take(n, now, bucket.Rate{Tokens: aSecond, Per: time.Second, Burst: burst})
}

// message and ping report whether one more may come.
func (r *rates) message(rate *Rate, now time.Duration) bool {
	return r == nil || over(&r.messages, 1, now, rate.MessagesASecond, rate.MessageBurst) <= 0
}

func (r *rates) ping(rate *Rate, now time.Duration) bool {
	return r == nil || over(&r.pings, 1, now, rate.PingsASecond, rate.PingBurst) <= 0
}

// received returns how long to wait before reading on.
func (r *rates) received(rate *Rate, n int, now time.Duration) time.Duration {
	if r == nil {
		return 0
	}
	return over(&r.bytes, n, now, rate.BytesASecond, rate.ByteBurst)
}
