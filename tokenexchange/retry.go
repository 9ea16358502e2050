// SPDX-License-Identifier: 0BSD

package tokenexchange

import (
	"cmp"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"
)

// Temporary reports whether the same request may succeed later. If so,
// [Client.Exchange] sends it again.
func (e *Error) Temporary() bool {
	switch e.StatusCode {
	case http.StatusRequestTimeout, // 408
		http.StatusTooManyRequests,     // 429
		http.StatusInternalServerError, // 500
		http.StatusBadGateway,          // 502
		http.StatusServiceUnavailable,  // 503
		http.StatusGatewayTimeout:      // 504
		return true
	}
	return e.network
}

const (
	// The longest wait after a first failure, and how often it doubles with the
	// next ones: up to 32 seconds.
	firstWait = time.Second
	doublings = 5

	// maxRetryAfter bounds what a server may ask for, so that it can't make a
	// program hang.
	maxRetryAfter = time.Minute
)

// wait returns how long to wait after the n-th failure in a row, counted from
// 1: a random time of up to 1, 2, 4 ... 32 seconds, or what the server asked
// for if that is longer. The time is random ("full jitter") so that clients
// that failed together don't try again together.
// https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
func wait(n int, asked time.Duration) time.Duration {
	most := firstWait << min(n-1, doublings)
	random := 1 + rand.N(most)
	return max(random, min(asked, maxRetryAfter))
}

// retryAfter reads both forms of the header: a number of seconds, and a date
// (RFC 9110, section 10.2.3). A date is compared with the server's own date, if
// it sent one, because this machine's clock may be wrong.
func retryAfter(value string, serverDate, now time.Time) time.Duration {
	if date, err := http.ParseTime(value); err == nil {
		return max(0, date.Sub(cmp.Or(serverDate, now)))
	}
	// ParseUint returns 0 for what isn't a number, and the largest number that
	// fits for one that doesn't fit. Both will do here.
	const bits = 31
	seconds, _ := strconv.ParseUint(value, 10, bits)
	return time.Duration(seconds) * time.Second
}
