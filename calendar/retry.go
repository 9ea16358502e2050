// SPDX-License-Identifier: 0BSD

package calendar

import (
	"context"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"
)

// backoff is how long to wait after the given attempt (from 1) has failed: a
// random time up to 1, 2, 4 ... 32 s, so that clients that failed together do not
// come back together, or what the server asked for if that is longer, up to 60 s.
func backoff(attempt int, asked time.Duration) time.Duration {
	most := min(32*time.Second, time.Second<<min(attempt-1, 10))
	return max(1+rand.N(most), min(asked, 60*time.Second))
}

// retryAfter reads a Retry-After header, seconds or a date (RFC 9110 section
// 10.2.3). What it cannot read, and a date gone by, is 0.
func (c *Client) retryAfter(value string) time.Duration {
	if seconds, err := strconv.ParseUint(value, 10, 32); err == nil {
		return time.Duration(seconds) * time.Second
	}
	date, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	now := time.Now
	if c.Now != nil {
		now = c.Now
	}
	return max(0, date.Sub(now()))
}

func (c *Client) sleep(ctx context.Context, d time.Duration) error {
	if c.Sleep != nil {
		return c.Sleep(ctx, d)
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
