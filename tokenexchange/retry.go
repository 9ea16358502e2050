// SPDX-License-Identifier: 0BSD

package tokenexchange

import (
	"context"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"
)

const (
	firstWait = time.Second      // upper bound of the first wait; doubles with each attempt
	maxWait   = 32 * time.Second // upper bound of any wait that the server did not ask for
	maxAsked  = time.Minute      // longest Retry-After that is waited for
)

// Temporary reports whether the same request may succeed later. It is what
// [Client.Exchange] tries again.
func (e *Error) Temporary() bool {
	switch e.StatusCode {
	case http.StatusRequestTimeout, http.StatusTooManyRequests, http.StatusInternalServerError,
		http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return e.network
}

// pause waits before the next attempt and reports whether there is to be one. It
// does not begin a wait that ctx would cut short.
func (c *Client) pause(ctx context.Context, attempt int, failed *Error) bool {
	d := backoff(attempt)
	if asked := min(failed.RetryAfter, maxAsked); asked > d {
		d = asked
	}
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < d {
		return false
	}
	sleep := c.Sleep
	if sleep == nil {
		sleep = sleepTimer
	}
	err := sleep(ctx, d)
	if err != nil {
		failed.ended(err)
	}
	return err == nil
}

// backoff is the n-th wait, n counted from 1: "full jitter", so that many clients
// that failed together do not come back together.
// https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
func backoff(n int) time.Duration {
	bound := maxWait
	if n < 6 {
		bound = firstWait << (n - 1)
	}
	return time.Duration(rand.Int64N(int64(bound))) + 1
}

func sleepTimer(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// retryAfter reads the header in both its forms (RFC 9110, section 10.2.3). A date
// is measured against the server's own, where it sent one: this clock may be wrong.
func retryAfter(value string, serverDate, now time.Time) time.Duration {
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	date, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	if !serverDate.IsZero() {
		now = serverDate
	}
	return max(0, date.Sub(now))
}

func timeNow(now func() time.Time) time.Time {
	if now != nil {
		return now()
	}
	return time.Now()
}
