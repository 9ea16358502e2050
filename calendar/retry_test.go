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
		fails    int // answers of that kind before a good one
		requests int
		waits    string // least wait asked for, seconds
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
		{"408", 408, "", "", 0, 1, 2, "0"}, {"500", 500, "", "", 0, 1, 2, "0"}, {"502", 502, "", "", 0, 1, 2, "0"}, {"504", 504, "", "", 0, 1, 2, "0"},
		{"400", 400, "", "", 0, 1, 1, ""}, {"404", 404, "", "", 0, 1, 1, ""}, {"410", 410, "", "", 0, 1, 1, ""}, {"501", 501, "", "", 0, 1, 1, ""}, {"204", 204, "", "", 0, 1, 1, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, s := serve(t, func(w http.ResponseWriter, r *http.Request, n int) {
				if n < test.fails {
					if test.header != "" {
						w.Header().Set("Retry-After", test.header)
						w.Header().Set("Date", "Mon, 23 Nov 2026 12:00:00 GMT")
					}
					text(test.status, test.body)(w, r, n)
					return
				}
				fmt.Fprint(w, `{"kind":"calendar#events"}`)
			})
			asked, waits := 0, []string{}
			c.Token = func(context.Context) (string, error) { asked++; return token, nil }
			c.MaxAttempts = test.attempts
			c.Now = func() time.Time { return time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC) }
			c.Sleep = func(_ context.Context, d time.Duration) error {
				least := int(d / time.Second)
				if most := 1 << len(waits); test.header == "" && (d <= 0 || d > time.Duration(most)*time.Second) {
					t.Errorf("wait %d is %v", len(waits), d)
				} else if test.header == "" {
					least = 0
				}
				waits = append(waits, fmt.Sprint(least))
				return nil
			}
			_, err := collect(c, context.Background(), Query{})
			if s.count() != test.requests || asked != test.requests || strings.Join(waits, " ") != test.waits {
				t.Errorf("%d requests, %d tokens, waits %v", s.count(), asked, waits)
			}
			if ok := test.fails < test.requests; (err == nil) != ok {
				t.Errorf("error %v", err)
			} else if !ok && fault(t, err).StatusCode != test.status {
				t.Errorf("error %v", err)
			}
		})
	}
}

// A wait that would pass the deadline is not begun: the real error comes at once.
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
	if e := fault(t, err); e.StatusCode != http.StatusServiceUnavailable || e.RetryAfter != 30*time.Second || s.count() != 1 || time.Since(start) > 10*time.Second {
		t.Errorf("%v after %v", e, time.Since(start))
	}
}

// Wherever a read hangs, its context ends it.
func TestContextEndsEverything(t *testing.T) {
	hang := func(w http.ResponseWriter, r *http.Request) {
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}
	for name, handler := range map[string]func(http.ResponseWriter, *http.Request, int){
		"before headers": func(w http.ResponseWriter, r *http.Request, n int) { <-r.Context().Done() },
		"no body":        func(w http.ResponseWriter, r *http.Request, n int) { hang(w, r) },
		"in the body": func(w http.ResponseWriter, r *http.Request, n int) {
			fmt.Fprint(w, `{"kind":"calendar#events","nextPageToken":"2","items":[{`)
			hang(w, r)
		},
		"in an error's body": func(w http.ResponseWriter, r *http.Request, n int) {
			w.WriteHeader(http.StatusNotFound)
			fmt.Fprint(w, `{"error":`)
			hang(w, r)
		},
		"between tries": func(w http.ResponseWriter, r *http.Request, n int) {
			w.Header().Set("Retry-After", "60")
			w.WriteHeader(http.StatusServiceUnavailable)
		},
		"for a token": nil,
	} {
		for _, cause := range []error{context.DeadlineExceeded, context.Canceled} {
			t.Run(name+" "+cause.Error(), func(t *testing.T) {
				c, s := serve(t, handler)
				c.Sleep = nil
				if handler == nil {
					c.Token = func(ctx context.Context) (string, error) { <-ctx.Done(); return "", ctx.Err() }
				}
				ctx, cancel := context.WithCancel(context.Background())
				if cause == context.DeadlineExceeded && name != "between tries" { // that returns at once; see above
					ctx, cancel = context.WithTimeout(ctx, 200*time.Millisecond)
				} else {
					cause = context.Canceled
					time.AfterFunc(200*time.Millisecond, cancel)
				}
				defer cancel()
				start := time.Now()
				ids, err := collect(c, ctx, Query{})
				if took := time.Since(start); took > 500*time.Millisecond {
					t.Errorf("took %v", took)
				}
				if e := fault(t, err); !errors.Is(err, cause) || e.Temporary() || len(ids) != 0 || s.count() > 2 {
					t.Errorf("%v, %d events, %d requests", err, len(ids), s.count())
				}
			})
		}
	}
}

// What is no JSON is an error as soon as it shows, though the rest of it hangs.
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
	c := &Client{BaseURL: "http://localhost", Token: func(context.Context) (string, error) { return token, nil }}
	early := deadlineOnly{context.Background(), time.Now()}
	c.HTTP = &http.Client{Transport: roundTripper(func(*http.Request) (*http.Response, error) { return nil, errors.New("i/o timeout") })}
	_, err := c.Calendar(early, "x")
	if e := fault(t, err); !errors.Is(e, context.DeadlineExceeded) {
		t.Error(err)
	}
}

// deadlineOnly is a context at its deadline that does not know it yet.
type deadlineOnly struct {
	context.Context
	at time.Time
}

func (d deadlineOnly) Deadline() (time.Time, bool) { return d.at, true }

// The client gives up by itself where the caller set no limit.
func TestTimeoutOfTheClient(t *testing.T) {
	c, s := serve(t, func(w http.ResponseWriter, r *http.Request, n int) { <-r.Context().Done() })
	c.HTTP.Timeout = 50 * time.Millisecond
	_, err := collect(c, context.Background(), Query{})
	if e := fault(t, err); !e.Temporary() || e.StatusCode != 0 || s.count() != 4 {
		t.Errorf("%v, %d requests", err, s.count())
	}
}

// A client without a limit of its own gets one of 30 seconds, and stays as it is.
func TestDefaultTimeout(t *testing.T) {
	left := time.Duration(0)
	own := &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
		if deadline, limited := r.Context().Deadline(); limited {
			left = time.Until(deadline)
		}
		return answer(200, `{"kind":"calendar#calendar"}`), nil
	})}
	c := &Client{BaseURL: "http://localhost", HTTP: own, Token: func(context.Context) (string, error) { return token, nil }}
	if _, err := c.Calendar(context.Background(), "x"); err != nil || left <= 0 || left > 30*time.Second || own.Timeout != 0 {
		t.Errorf("%v left of it, %v", left, err)
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

// The timer of the zero Client really waits, and goes on.
func TestSleepOfItsOwn(t *testing.T) {
	start := time.Now()
	if err := sleep(context.Background(), 10*time.Millisecond); err != nil || time.Since(start) < 10*time.Millisecond {
		t.Errorf("%v after %v", err, time.Since(start))
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	for in, want := range map[string]time.Duration{
		"": 0, "0": 0, "7": 7 * time.Second, "-1": 0, "1.5": 0, "soon": 0, "99999999999": 2147483647 * time.Second, "2147483647": 2147483647 * time.Second,
		"Mon, 23 Nov 2026 12:00:30 GMT": 30 * time.Second, "Mon, 23 Nov 2026 11:59:59 GMT": 0,
		"Monday, 23-Nov-26 12:00:01 GMT": time.Second, "Mon Nov 23 12:00:02 2026": 2 * time.Second,
	} {
		if got := retryAfter(in, now); got != want {
			t.Errorf("%q: %v, want %v", in, got, want)
		}
	}
}

// A date is measured against the server's own, else the caller's clock, else this one.
func TestRetryAfterDate(t *testing.T) {
	soon := time.Now().Add(time.Hour)
	for _, test := range []struct {
		sent        string
		now         func() time.Time
		least, most time.Duration
	}{
		{soon.Add(-30 * time.Second).UTC().Format(http.TimeFormat), nil, 30 * time.Second, 30 * time.Second},
		{"", func() time.Time { return soon.Truncate(time.Second).Add(-20 * time.Second) }, 20 * time.Second, 20 * time.Second},
		{"", nil, 59 * time.Minute, time.Hour},
	} {
		c := &Client{BaseURL: "http://localhost", Token: func(context.Context) (string, error) { return token, nil }, Now: test.now, MaxAttempts: 1}
		c.HTTP = &http.Client{Transport: roundTripper(func(*http.Request) (*http.Response, error) {
			a := answer(http.StatusServiceUnavailable, "")
			a.Header.Set("Retry-After", soon.UTC().Format(http.TimeFormat))
			a.Header.Set("Date", test.sent)
			return a, nil
		})}
		_, err := c.Calendar(context.Background(), "primary")
		if e := fault(t, err); e.RetryAfter < test.least || e.RetryAfter > test.most {
			t.Errorf("%q: %v", test.sent, e.RetryAfter)
		}
	}
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
