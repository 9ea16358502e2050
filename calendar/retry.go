// SPDX-License-Identifier: 0BSD

package calendar

import (
	"context"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"
)

const (
	// defaultAttempts outlasts a hiccup of a few seconds, no more. If Google is
	// down for longer than that, you want to know.
	defaultAttempts = 4

	// maxDoublings stops the growth of the random waits at 32 seconds.
	maxDoublings = 5

	// maxRetryAfter caps the wait that a server asks for. Otherwise a single
	// answer could stop a program for hours.
	maxRetryAfter = time.Minute
)

// wait returns how long to wait after the nth failure in a row: a random time
// of up to 1, 2, 4 ... 32 seconds, or what the server asked for if that's
// longer. The whole time is random ("full jitter"). Otherwise all clients that
// failed at the same moment would try again at the same moment.
func wait(n int, asked time.Duration) time.Duration {
	most := time.Second << min(n-1, maxDoublings)
	return max(1+rand.N(most), min(asked, maxRetryAfter))
}

// sleep waits for d, or until ctx ends, and then returns ctx's error.
func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
	return ctx.Err()
}

// retryAfter returns how long the Retry-After header asks to wait. Its value is
// a number of seconds or a date; for anything else it returns 0.
// RFC 9110, section 10.2.3
func retryAfter(value string, now time.Time) time.Duration {
	if date, err := http.ParseTime(value); err == nil {
		return max(0, date.Sub(now))
	}
	// On an error this is 0 or, if value is a larger number than 31 bits hold,
	// the largest that they hold. Either is right.
	seconds, _ := strconv.ParseUint(value, 10, 31)
	return time.Duration(seconds) * time.Second
}

// endsWithin reports whether ctx has a deadline, and d won't be over before it.
func endsWithin(ctx context.Context, d time.Duration) bool {
	deadline, limited := ctx.Deadline()
	return limited && time.Until(deadline) < d
}
