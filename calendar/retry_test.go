// SPDX-License-Identifier: 0BSD

package calendar

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestRetries(t *testing.T) {
	limit := readFile(t, "errors/403-userRateLimitExceeded.json")
	for _, test := range []struct {
		name     string
		status   int
		header   string
		body     string
		attempts int
		fails    int // how many such answers come before a good one
		requests int
		waits    string // the shortest allowed waits, in seconds
	}{
		{"503 once", 503, "", "", 0, 1, 2, "0"},
		{"503 three times", 503, "", "", 0, 3, 4, "0 0 0"},
		{"503 for ever", 503, "", "", 0, 99, 4, "0 0 0"},
		{"two attempts", 503, "", "", 2, 99, 2, "0"},
		{"one attempt", 503, "", "", 1, 99, 1, ""},
		{"negative attempts", 503, "", "", -1, 99, 4, "0 0 0"},
		{"429 with seconds", 429, "7", "", 0, 1, 2, "7"},
		{"503 with a date", 503, "Mon, 23 Nov 2026 12:00:09 GMT", "", 0, 1, 2, "9"},
		{"an hour is capped", 429, "3600", "", 0, 1, 2, "60"},
		{"403 that means 429", 403, "", limit, 0, 2, 3, "0 0"},
		{"403 that means 403", 403, "7", readFile(t, "errors/403-forbidden.json"), 0, 1, 1, ""},
		{"403 quota of the day", 403, "", readFile(t, "errors/403-quotaExceeded.json"), 0, 1, 1, ""},
		{"408", 408, "", "", 0, 1, 2, "0"},
		{"500", 500, "", "", 0, 1, 2, "0"},
		{"502", 502, "", "", 0, 1, 2, "0"},
		{"504", 504, "", "", 0, 1, 2, "0"},
		{"400", 400, "", "", 0, 1, 1, ""},
		{"404", 404, "", "", 0, 1, 1, ""},
		{"410", 410, "", "", 0, 1, 1, ""},
		{"501", 501, "", "", 0, 1, 1, ""},
		{"204", 204, "", "", 0, 1, 1, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, s := serve(t, failing(test.fails, test.status, test.header, test.body))
			asked, waits := 0, []string{}
			c.Token = func(context.Context) (string, error) { asked++; return token, nil }
			c.MaxAttempts = test.attempts
			c.Now = func() time.Time { return time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC) }
			c.Sleep = func(_ context.Context, d time.Duration) error {
				wait := fmt.Sprint(int(d / time.Second))
				if test.header == "" { // a random wait
					checkWait(t, len(waits)+1, d)
					wait = "0"
				}
				waits = append(waits, wait)
				return nil
			}
			_, err := collect(c, context.Background(), Query{})
			if s.count() != test.requests || asked != test.requests {
				t.Errorf("%d requests, %d tokens", s.count(), asked)
			}
			if strings.Join(waits, " ") != test.waits {
				t.Errorf("waits %v", waits)
			}
			if ok := test.fails < test.requests; (err == nil) != ok {
				t.Fatalf("error %v", err)
			}
			if err != nil && fault(t, err).StatusCode != test.status {
				t.Errorf("error %v", err)
			}
		})
	}
}

// failing answers the first requests with an error, and then with an empty
// list.
func failing(fails, status int, retryAfter, body string) handler {
	return func(w http.ResponseWriter, r *http.Request, n int) {
		if n >= fails {
			fmt.Fprint(w, `{"kind":"calendar#events"}`)
			return
		}
		if retryAfter != "" {
			w.Header().Set("Retry-After", retryAfter)
			w.Header().Set("Date", "Mon, 23 Nov 2026 12:00:00 GMT")
		}
		text(status, body)(w, r, n)
	}
}

// checkWait fails unless d can be the random wait after the nth failure.
func checkWait(t *testing.T, n int, d time.Duration) {
	t.Helper()
	if most := time.Second << (n - 1); d <= 0 || d > most {
		t.Errorf("wait %d is %v", n, d)
	}
}

// A wait that wouldn't end before the deadline doesn't begin: the real error is
// returned at once.
func TestNoWaitBeyondTheDeadline(t *testing.T) {
	c, s := serve(t, func(w http.ResponseWriter, r *http.Request, n int) {
		w.Header().Set("Retry-After", "30")
		w.WriteHeader(http.StatusServiceUnavailable)
	})
	c.Sleep = nil
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	start := time.Now()
	_, err := collect(c, ctx, Query{})
	took := time.Since(start)
	e := fault(t, err)
	if e.StatusCode != 503 || e.RetryAfter != 30*time.Second || s.count() != 1 {
		t.Errorf("%v, %d requests", e, s.count())
	}
	if took > 10*time.Second {
		t.Errorf("it took %v", took)
	}
}

// hangs are answers that hang, each at another point.
var hangs = map[string]handler{
	"before headers": func(_ http.ResponseWriter, r *http.Request, _ int) { <-r.Context().Done() },
	"no body":        func(w http.ResponseWriter, r *http.Request, _ int) { hang(w, r) },
	"in the body": func(w http.ResponseWriter, r *http.Request, _ int) {
		fmt.Fprint(w, `{"kind":"calendar#events","nextPageToken":"2","items":[{`)
		hang(w, r)
	},
	"in an error's body": func(w http.ResponseWriter, r *http.Request, _ int) {
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprint(w, `{"error":`)
		hang(w, r)
	},
	"between attempts": func(w http.ResponseWriter, _ *http.Request, _ int) {
		w.Header().Set("Retry-After", "60")
		w.WriteHeader(http.StatusServiceUnavailable)
	},
	"for a token": nil, // no request is sent
}

// hang sends what has been written so far, and then nothing.
func hang(w http.ResponseWriter, r *http.Request) {
	w.(http.Flusher).Flush()
	<-r.Context().Done()
}

// Wherever a read hangs, its context ends it.
func TestContextEndsEverything(t *testing.T) {
	const soon = 200 * time.Millisecond
	for name, answer := range hangs {
		t.Run(name+", canceled", func(t *testing.T) {
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			time.AfterFunc(soon, cancel)
			checkEnds(t, ctx, answer, context.Canceled)
		})
		if name == "between attempts" {
			continue // with a deadline it returns at once: see TestNoWaitBeyondTheDeadline
		}
		t.Run(name+", too late", func(t *testing.T) {
			ctx, cancel := context.WithTimeout(context.Background(), soon)
			defer cancel()
			checkEnds(t, ctx, answer, context.DeadlineExceeded)
		})
	}
}

// checkEnds fails unless a list from a server that hangs ends soon, because of
// its context.
func checkEnds(t *testing.T, ctx context.Context, answer handler, cause error) {
	t.Helper()
	c, s := serve(t, answer)
	c.Sleep = nil
	if answer == nil {
		c.Token = func(ctx context.Context) (string, error) {
			<-ctx.Done()
			return "", ctx.Err()
		}
	}
	start := time.Now()
	ids, err := collect(c, ctx, Query{})
	if took := time.Since(start); took > 500*time.Millisecond {
		t.Errorf("it took %v", took)
	}
	e := fault(t, err)
	if !errors.Is(err, cause) || e.Temporary() || len(ids) != 0 || s.count() > 2 {
		t.Errorf("%v, %d events, %d requests", err, len(ids), s.count())
	}
}

// An answer that isn't JSON is an error at once, even if the rest of it hangs.
func TestNoWaitForTheRestOfAPage(t *testing.T) {
	c, s := serve(t, func(w http.ResponseWriter, r *http.Request, n int) {
		fmt.Fprint(w, `<html>`)
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	_, err := collect(c, context.Background(), Query{})
	if e := fault(t, err); e.StatusCode != http.StatusOK || e.Temporary() || s.count() != 1 {
		t.Errorf("%v, %d requests", err, s.count())
	}
}

// The dialer takes its deadline from the context and may notice it first.
func TestDeadlineSeenByTheDialer(t *testing.T) {
	c := through(func(*http.Request) (*http.Response, error) {
		return nil, errors.New("i/o timeout")
	})
	early := deadlineOnly{context.Background(), time.Now()}
	_, err := c.Calendar(early, "x")
	if e := fault(t, err); !errors.Is(e, context.DeadlineExceeded) {
		t.Error(err)
	}
}

// deadlineOnly is a context that has reached its deadline, but hasn't ended
// yet.
type deadlineOnly struct {
	context.Context
	at time.Time
}

func (d deadlineOnly) Deadline() (time.Time, bool) { return d.at, true }

// The timeout of Client.HTTP ends each attempt, even if the context has none.
func TestClientTimeout(t *testing.T) {
	c, s := serve(t, func(w http.ResponseWriter, r *http.Request, n int) { <-r.Context().Done() })
	c.HTTP.Timeout = 50 * time.Millisecond
	_, err := collect(c, context.Background(), Query{})
	if e := fault(t, err); !e.Temporary() || e.StatusCode != 0 || s.count() != 4 {
		t.Errorf("%v, %d requests", err, s.count())
	}
}

// If Client.HTTP has no timeout, each attempt gets 30 seconds. HTTP itself
// isn't changed.
func TestDefaultTimeout(t *testing.T) {
	left := time.Duration(0)
	c := through(func(r *http.Request) (*http.Response, error) {
		if deadline, limited := r.Context().Deadline(); limited {
			left = time.Until(deadline)
		}
		return answer(200, `{"kind":"calendar#calendar"}`), nil
	})
	if _, err := c.Calendar(context.Background(), "x"); err != nil {
		t.Error(err)
	}
	if left <= 0 || left > 30*time.Second || c.HTTP.Timeout != 0 {
		t.Errorf("%v are left; HTTP.Timeout is %v", left, c.HTTP.Timeout)
	}
}

func TestSleepThatFails(t *testing.T) {
	c, s := serve(t, text(http.StatusServiceUnavailable, ""))
	c.Sleep = func(context.Context, time.Duration) error { return context.Canceled }
	_, err := collect(c, context.Background(), Query{})
	if e := fault(t, err); !errors.Is(e, context.Canceled) || s.count() != 1 {
		t.Error(err)
	}
}

// Without Client.Sleep, a timer really waits.
func TestDefaultSleep(t *testing.T) {
	const d = 10 * time.Millisecond
	start := time.Now()
	if err := sleep(context.Background(), d); err != nil || time.Since(start) < d {
		t.Errorf("%v after %v", err, time.Since(start))
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	for in, want := range map[string]time.Duration{
		"": 0, "0": 0, "7": 7 * time.Second, "-1": 0, "1.5": 0, "soon": 0,
		"99999999999":                    2147483647 * time.Second,
		"2147483647":                     2147483647 * time.Second,
		"Mon, 23 Nov 2026 12:00:30 GMT":  30 * time.Second,
		"Mon, 23 Nov 2026 11:59:59 GMT":  0,
		"Monday, 23-Nov-26 12:00:01 GMT": time.Second,
		"Mon Nov 23 12:00:02 2026":       2 * time.Second,
	} {
		if got := retryAfter(in, now); got != want {
			t.Errorf("%q: %v, want %v", in, got, want)
		}
	}
}

// A date in Retry-After is compared with the server's Date; if it sends none,
// with Client.Now; if that isn't set, with this machine's clock.
func TestRetryAfterDate(t *testing.T) {
	soon := time.Now().Add(time.Hour).Truncate(time.Second)
	for _, test := range []struct {
		sent        string
		now         func() time.Time
		least, most time.Duration
	}{
		{inHeader(soon.Add(-30 * time.Second)), nil, 30 * time.Second, 30 * time.Second},
		{"", ago(soon, 20*time.Second), 20 * time.Second, 20 * time.Second},
		{"", nil, 59 * time.Minute, time.Hour},
	} {
		c := through(func(*http.Request) (*http.Response, error) {
			a := answer(http.StatusServiceUnavailable, "")
			a.Header.Set("Retry-After", inHeader(soon))
			a.Header.Set("Date", test.sent)
			return a, nil
		})
		c.Now = test.now
		c.MaxAttempts = 1
		_, err := c.Calendar(context.Background(), "primary")
		if e := fault(t, err); e.RetryAfter < test.least || e.RetryAfter > test.most {
			t.Errorf("%q: %v", test.sent, e.RetryAfter)
		}
	}
}

// inHeader formats t for a header.
func inHeader(t time.Time) string { return t.UTC().Format(http.TimeFormat) }

// ago is a clock that has stopped d before t.
func ago(t time.Time, d time.Duration) func() time.Time {
	return func() time.Time { return t.Add(-d) }
}

func TestWait(t *testing.T) {
	for attempt, most := range []time.Duration{0, 1, 2, 4, 8, 16, 32, 32, 32, 32, 32, 32} {
		if attempt == 0 {
			continue
		}
		different := map[time.Duration]bool{}
		for range 200 {
			d := wait(attempt, 0)
			if d <= 0 || d > most*time.Second {
				t.Fatalf("attempt %d: %v", attempt, d)
			}
			different[d] = true
		}
		if len(different) < 100 {
			t.Errorf("attempt %d: not random", attempt)
		}
	}
	if got := wait(1, 40*time.Second); got != 40*time.Second {
		t.Errorf("Retry-After of 40 s: %v", got)
	}
	if got := wait(1, time.Hour); got != time.Minute {
		t.Errorf("Retry-After of an hour: %v", got)
	}
	if got := wait(1<<30, 0); got <= 0 || got > 32*time.Second {
		t.Errorf("attempt 2^30: %v", got)
	}
}
