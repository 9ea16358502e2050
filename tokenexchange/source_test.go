// SPDX-License-Identifier: 0BSD

package tokenexchange

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// clock is a time that a test can set.
type clock struct{ ns atomic.Int64 }

func newClock() *clock {
	c := new(clock)
	c.ns.Store(epoch.UnixNano())
	return c
}
func (c *clock) now() time.Time          { return time.Unix(0, c.ns.Load()) }
func (c *clock) advance(d time.Duration) { c.ns.Add(int64(d)) }

// fetcher is a Fetch that a test controls: each run waits for an answer.
type fetcher struct {
	clock   *clock
	started chan struct{}
	answer  chan any // a lifetime, or an error
	runs    atomic.Int64
	running atomic.Int64
}

func newFetcher(c *clock) *fetcher {
	return &fetcher{clock: c, started: make(chan struct{}, 100), answer: make(chan any, 100)}
}

func (f *fetcher) fetch(ctx context.Context) (*Token, error) {
	if f.running.Add(1) != 1 {
		panic("two fetches at once")
	}
	defer f.running.Add(-1)
	n := f.runs.Add(1)
	f.started <- struct{}{}
	select {
	case a := <-f.answer:
		if err, ok := a.(error); ok {
			return nil, err
		}
		token := &Token{AccessToken: fmt.Sprintf("token-%d", n), TokenType: "Bearer"}
		if d := a.(time.Duration); d > 0 {
			token.Expiry = f.clock.now().Add(d)
		}
		return token, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// settled waits until no fetch is running.
func (s *Source) settled() {
	for {
		s.mu.Lock()
		f := s.running
		s.mu.Unlock()
		if f == nil {
			return
		}
		<-f.done
	}
}

// fetching reports whether a fetch is running. It's certain, unlike the count of
// a fetcher's runs: a fetch's goroutine may not have begun yet.
func (s *Source) fetching() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.running != nil
}

func get(t *testing.T, s *Source) string {
	t.Helper()
	token, err := s.AccessToken(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestSourceLife(t *testing.T) {
	c := newClock()
	f := newFetcher(c)
	s := &Source{Fetch: f.fetch, Now: c.now}

	f.answer <- time.Hour
	if got := get(t, s); got != "token-1" {
		t.Fatal(got)
	}
	c.advance(time.Hour - 226*time.Second)
	if got := get(t, s); got != "token-1" || s.fetching() {
		t.Errorf("before the last 225 s: %s, fetching: %v", got, s.fetching())
	}

	// In the last 225 seconds: the old token at once, and one refresh.
	c.advance(time.Second)
	<-f.started
	for range 10 {
		if got := get(t, s); got != "token-1" {
			t.Errorf("during the refresh: %s", got)
		}
	}
	<-f.started
	if f.runs.Load() != 2 {
		t.Errorf("%d runs", f.runs.Load())
	}

	// The refresh fails. There will be another one later, not on every call.
	f.answer <- errors.New("down")
	s.settled()
	for range 10 {
		get(t, s)
	}
	if s.fetching() || f.runs.Load() != 2 {
		t.Errorf("right after a failure: fetching: %v, %d runs", s.fetching(), f.runs.Load())
	}
	c.advance(time.Second) // the bound of the first wait
	get(t, s)
	<-f.started
	f.answer <- time.Hour
	s.settled()
	if got := get(t, s); got != "token-3" || s.failures != 0 {
		t.Errorf("after the refresh: %s, %d failures in a row", got, s.failures)
	}

	// Expired: the caller gets the error, and the next call tries again at
	// once.
	c.advance(time.Hour)
	down := errors.New("still down")
	f.answer <- down
	if _, err := s.Token(context.Background()); !errors.Is(err, down) {
		t.Errorf("expired, fetch fails: %v", err)
	}
	f.answer <- time.Hour
	if got := get(t, s); got != "token-5" {
		t.Errorf("after the failure: %s", got)
	}
}

// A token that lives shorter than EarlyExpiry isn't replaced on every call.
func TestSourceShortLife(t *testing.T) {
	c := newClock()
	f := newFetcher(c)
	s := &Source{Fetch: f.fetch, Now: c.now}
	f.answer <- 100 * time.Second
	get(t, s)
	c.advance(49 * time.Second)
	get(t, s)
	if s.fetching() {
		t.Error("a fetch in the first half of its life")
	}
	c.advance(2 * time.Second)
	f.answer <- time.Hour
	if got := get(t, s); got != "token-1" {
		t.Error(got)
	}
	s.settled()
	if got := get(t, s); got != "token-2" {
		t.Error(got)
	}
}

// A token without an expiry is used once and never kept.
func TestSourceNoExpiry(t *testing.T) {
	c := newClock()
	f := newFetcher(c)
	s := &Source{Fetch: f.fetch, Now: c.now}
	for n := 1; n <= 3; n++ {
		f.answer <- time.Duration(0)
		if got := get(t, s); got != fmt.Sprintf("token-%d", n) {
			t.Errorf("call %d: %s", n, got)
		}
	}
}

// Nor does it take the place of a token that still lives.
func TestSourceKeepsTheOldToken(t *testing.T) {
	_, f, s := refreshing(t, time.Hour-time.Second)
	f.answer <- time.Duration(0)
	s.settled()
	if k := s.current.Load(); k == nil || k.token.AccessToken != "token-1" {
		t.Errorf("%+v is kept", k)
	}
}

func TestSourceInvalidate(t *testing.T) {
	c := newClock()
	f := newFetcher(c)
	s := &Source{Fetch: f.fetch, Now: c.now, EarlyExpiry: time.Minute}
	s.Invalidate("nothing there yet")
	f.answer <- time.Hour
	get(t, s)
	s.Invalidate("another token")
	if got := get(t, s); got != "token-1" {
		t.Error(got)
	}
	s.Invalidate("token-1")
	f.answer <- time.Hour
	if got := get(t, s); got != "token-2" {
		t.Error(got)
	}
}

// A token that has expired when it arrives is an error, and isn't kept: setting
// the clock back doesn't make it good, nor does a caller that looked at it
// earlier.
func TestSourceFetchesExpired(t *testing.T) {
	c := newClock()
	s := &Source{Now: c.now, Fetch: func(context.Context) (*Token, error) {
		return &Token{AccessToken: "old", Expiry: epoch.Add(-10 * time.Minute)}, nil
	}}
	for range 2 {
		token, err := s.Token(context.Background())
		if token != nil || err == nil ||
			!strings.HasSuffix(err.Error(), "or one that has expired") {
			t.Errorf("%v, %v", token, err)
		}
		s.settled()
		c.advance(-4 * time.Minute)
	}
	token, err := s.fetchOrWait(context.Background(), epoch.Add(-11*time.Minute))
	if token != nil || err == nil {
		t.Errorf("%v, %v", token, err)
	}
}

// Callers that find the token about to expire, but wait for the lock until
// another has fetched the next one, get that one.
func TestSourceFetchedMeanwhile(t *testing.T) {
	c := newClock()
	f := newFetcher(c)
	s := &Source{Fetch: f.fetch, Now: c.now}
	f.answer <- time.Hour
	get(t, s)
	token, err := s.fetchOrWait(context.Background(), c.now())
	if err != nil || token.AccessToken != "token-1" || f.runs.Load() != 1 {
		t.Errorf("%v, %v, %d runs", token, err, f.runs.Load())
	}
}

// refreshing returns a source whose token-1, which lives for an hour, has the
// given age, and which has started to fetch another.
func refreshing(t *testing.T, age time.Duration) (*clock, *fetcher, *Source) {
	t.Helper()
	c := newClock()
	f := newFetcher(c)
	s := &Source{Fetch: f.fetch, Now: c.now}
	f.answer <- time.Hour
	get(t, s)
	<-f.started
	c.advance(age)
	get(t, s)
	<-f.started
	return c, f, s
}

// If a token is refused while the next one is being fetched, it's never
// returned again, whether that fetch succeeds or fails.
func TestSourceInvalidateWhileRefreshed(t *testing.T) {
	for _, answer := range []any{time.Hour, errors.New("down")} {
		_, f, s := refreshing(t, time.Hour-time.Second)
		s.Invalidate("token-1")
		f.answer <- answer
		f.answer <- time.Hour
		s.settled()
		if got := get(t, s); got == "token-1" {
			t.Errorf("the refused token, after %v", answer)
		}
	}
}

// The wait after a failed refresh ends with the token, at the latest.
func TestSourceFailsBeforeExpiry(t *testing.T) {
	c, f, s := refreshing(t, time.Hour-1)
	f.answer <- errors.New("down")
	s.settled()
	if got := get(t, s); got != "token-1" || f.runs.Load() != 2 {
		t.Errorf("a nanosecond before: %s, %d runs", got, f.runs.Load())
	}
	c.advance(1)
	f.answer <- time.Hour
	if got := get(t, s); got != "token-3" {
		t.Errorf("at its expiry: %s", got)
	}
}

// Ten callers of a failing endpoint share one round of attempts, and its error.
func TestSourceSharesOneRound(t *testing.T) {
	const callers = 10
	arrived := make(chan struct{})
	url, hits := serve(t, func(w http.ResponseWriter, r *http.Request) {
		<-arrived // until all are waiting
		w.WriteHeader(503)
	})
	client := &Client{Sleep: new(recorder).sleep}
	s := &Source{Fetch: func(ctx context.Context) (*Token, error) {
		return client.Exchange(ctx, url, "a.b.c")
	}}
	errs := make(chan error, callers)
	var entered sync.WaitGroup
	entered.Add(callers)
	for range callers {
		go func() {
			_, err := s.Token(signal{context.Background(), entered.Done})
			errs <- err
		}()
	}
	entered.Wait()
	close(arrived)
	first := <-errs
	var e *Error
	if !errors.As(first, &e) || e.StatusCode != 503 {
		t.Errorf("%v", first)
	}
	for range callers - 1 {
		if err := <-errs; err != first {
			t.Errorf("another error: %v", err)
		}
	}
	if hits.Load() != 4 {
		t.Errorf("%d requests, not one round of 4", hits.Load())
	}
}

// signal is a context that calls waiting when someone starts to wait for it.
type signal struct {
	context.Context
	waiting func()
}

func (s signal) Done() <-chan struct{} { s.waiting(); return nil }

// A caller's context ends its own wait, not the fetch or the wait of others.
func TestSourceCallerLeaves(t *testing.T) {
	c := newClock()
	f := newFetcher(c)
	s := &Source{Fetch: f.fetch, Now: c.now}
	ctx, cancel := context.WithCancel(context.Background())
	stays := make(chan string)
	go func() {
		<-f.started
		go func() {
			token, _ := s.AccessToken(context.Background())
			stays <- token
		}()
		cancel()
	}()
	start := time.Now()
	_, err := s.AccessToken(ctx)
	var e *Error
	if !errors.Is(err, context.Canceled) || !errors.As(err, &e) {
		t.Errorf("%v", err)
	}
	if elapsed := time.Since(start); elapsed > 300*time.Millisecond {
		t.Errorf("left after %v", elapsed)
	}
	f.answer <- time.Hour
	if got := <-stays; got != "token-1" || f.runs.Load() != 1 {
		t.Errorf("%q, %d runs", got, f.runs.Load())
	}
}

// The shared fetch has its own time limit, and Fetch may fail in odd ways.
func TestSourceOddFetches(t *testing.T) {
	s := &Source{Fetch: newFetcher(newClock()).fetch, FetchTimeout: time.Millisecond}
	if _, err := s.Token(context.Background()); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a fetch that hangs: %v", err)
	}
	nothing := func(context.Context) (*Token, error) { return nil, nil }
	empty := func(context.Context) (*Token, error) {
		return &Token{Expiry: time.Now().Add(time.Hour)}, nil
	}
	exits := func(context.Context) (*Token, error) {
		runtime.Goexit()
		return nil, nil
	}
	for _, test := range []struct {
		fetch func(context.Context) (*Token, error)
		want  string
	}{
		{nothing, "tokenexchange: Fetch returned no token, or one that has expired"},
		{empty, "tokenexchange: Fetch returned no token, or one that has expired"},
		{exits, "tokenexchange: Fetch ended without a result"},
	} {
		s := &Source{Fetch: test.fetch}
		token, err := s.Token(context.Background())
		if token != nil || err == nil || err.Error() != test.want {
			t.Errorf("%v, %v; want %s", token, err, test.want)
		}
	}
	odd := &Source{EarlyExpiry: -time.Hour, Fetch: func(context.Context) (*Token, error) {
		return &Token{AccessToken: "a", Expiry: time.Now().Add(time.Hour)}, nil
	}}
	_, err := odd.Token(context.Background())
	if k := odd.current.Load(); err != nil || k.refresh.After(k.expiry) {
		t.Errorf("EarlyExpiry below 0: %v", err)
	}
	both := &Source{Fetch: func(context.Context) (*Token, error) {
		return &Token{AccessToken: "a"}, io.EOF
	}}
	if token, err := both.Token(context.Background()); token != nil || err != io.EOF {
		t.Errorf("a token beside an error: %v, %v", token, err)
	}
}

// Many goroutines, past the expiry: there are never two fetches at once (the
// fetcher would panic), and never an expired token.
func TestSourceRace(t *testing.T) {
	c := newClock()
	f := newFetcher(c)
	s := &Source{Fetch: f.fetch, Now: c.now}
	done := make(chan struct{})
	go func() {
		for {
			select {
			case f.answer <- time.Hour:
			case <-f.started:
			case <-done:
				return
			}
		}
	}()
	var callers sync.WaitGroup
	for range 20 {
		callers.Add(1)
		go func() {
			defer callers.Done()
			for range 200 {
				asked := c.now()
				token, err := s.Token(context.Background())
				if err != nil || !token.Expiry.After(asked) {
					t.Errorf("%v, %v", token, err)
				}
				c.advance(time.Second)
			}
		}()
	}
	callers.Wait()
	s.settled()
	close(done)
}
