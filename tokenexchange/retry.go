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
	case 408, 429, 500, 502, 503, 504:
		return true
	}
	return e.network
}

const (
	// maxDoublings stops the growth of the random waits at 32 seconds.
	maxDoublings = 5

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
	most := time.Second << min(n-1, maxDoublings)
	return max(1+rand.N(most), min(asked, maxRetryAfter))
}

// retryAfter reads both forms of the header: a number of seconds, and a date
// (RFC 9110, section 10.2.3). A date is compared with the server's own date, if
// it sent one, because this machine's clock may be wrong.
func retryAfter(value string, serverDate, now time.Time) time.Duration {
	if date, err := http.ParseTime(value); err == nil {
		return max(0, date.Sub(cmp.Or(serverDate, now)))
	}
	// ParseUint returns 0 for what isn't a number, and the largest number that
	// 31 bits hold for one that doesn't fit. Both will do here.
	seconds, _ := strconv.ParseUint(value, 10, 31)
	return time.Duration(seconds) * time.Second
}
