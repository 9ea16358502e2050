// SPDX-License-Identifier: 0BSD

package tokenexchange

import (
	"cmp"
	"context"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// Temporary reports whether the same request may succeed later. It is what
// [Client.Exchange] tries again.
func (e *Error) Temporary() bool {
	return e.network || slices.Contains([]int{408, 429, 500, 502, 503, 504}, e.StatusCode)
}

// wait is how long to wait after the n-th failure in a row, n counted from 1: a
// random time up to 1, 2, 4 ... 32 seconds ("full jitter", so that clients that
// failed together do not come back together), or what the server asked for, up to
// a minute, if that is longer.
// https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
func wait(n int, asked time.Duration) time.Duration {
	return max(1+rand.N(time.Second<<min(n-1, 5)), min(asked, time.Minute))
}

func (c *Client) sleep(ctx context.Context, d time.Duration) error {
	if c.Sleep != nil {
		return c.Sleep(ctx, d)
	}
	timer, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	<-timer.Done()
	return ctx.Err() // none if it was the timer that ended
}

// retryAfter reads the header in both its forms (RFC 9110, section 10.2.3). A date
// is measured against the server's own, where it sent one: this clock may be wrong.
func retryAfter(value string, serverDate, now time.Time) time.Duration {
	seconds, _ := strconv.ParseUint(value, 10, 31) // 0 if it is no number, the most if it is a larger one
	if date, err := http.ParseTime(value); err == nil {
		return max(0, date.Sub(cmp.Or(serverDate, now)))
	}
	return time.Duration(seconds) * time.Second
}

func timeNow(now func() time.Time) time.Time {
	if now != nil {
		return now()
	}
	return time.Now()
}
