// SPDX-License-Identifier: 0BSD

package tokenexchange

import (
	"cmp"
	"context"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// defaultEarlyExpiry is how early Google's own clients replace a token.
	defaultEarlyExpiry = 225 * time.Second

	// defaultFetchTimeout has room for a few attempts and the waits between
	// them.
	defaultFetchTimeout = 2 * time.Minute
)

// Source keeps one token for many callers, and gets the next one before it
// expires. Set Fetch, and use the Source from any number of goroutines. Don't
// copy it.
type Source struct {
	// Fetch gets a new token, usually by signing a fresh assertion and calling
	// [Client.Exchange]. It runs in its own goroutine, and never twice at once.
	// It must return when its context ends, which is FetchTimeout after the
	// fetch began. No caller's context can cancel it.
	Fetch func(context.Context) (*Token, error)

	// EarlyExpiry is how long before its expiry a token is replaced. 0 means
	// 225 seconds, as in Google's own clients.
	EarlyExpiry time.Duration

	// FetchTimeout bounds each fetch. 0 means two minutes.
	FetchTimeout time.Duration

	// Now returns the current time. nil means time.Now.
	Now func() time.Time

	current  atomic.Pointer[kept] // read without mu, written with mu held
	mu       sync.Mutex           // also guards the fields below
	running  *fetch               // nil if no fetch is running
	failures int                  // in a row
}

// kept is a token with its two times. Until refresh, Token does nothing but
// return it. From then until expiry, Token still returns it, while a fetch for
// the next one runs.
type kept struct {
	token           *Token
	refresh, expiry time.Time
}

// fetch is one run of Fetch, shared by everyone who waits for it. token and err
// are set when done is closed.
type fetch struct {
	done  chan struct{}
	token *Token
	err   error
}

// Token returns a token that hasn't expired. If there is one, it returns at
// once, and shortly before the expiry it also starts a fetch for the next one.
// If there is none, all callers wait for one fetch and share its result: its
// token, or the error that Fetch returned. No caller waits longer than its own
// ctx allows; it then gets an *[Error] that wraps the error of ctx.
//
// The token is shared: don't change it.
func (s *Source) Token(ctx context.Context) (*Token, error) {
	now := timeNow(s.Now)
	// The common case: one atomic load, no lock and no allocation.
	if k := s.current.Load(); k != nil && now.Before(k.refresh) {
		return k.token, nil
	}
	return s.fetchOrWait(ctx, now)
}

// AccessToken returns only the access token, for an Authorization header.
func (s *Source) AccessToken(ctx context.Context) (string, error) {
	t, err := s.Token(ctx)
	if err != nil {
		return "", err
	}
	return t.AccessToken, nil
}

// Invalidate drops the given token if it's the one that s keeps. Call it when
// an API refuses a token before its time.
func (s *Source) Invalidate(accessToken string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if k := s.current.Load(); k != nil && k.token.AccessToken == accessToken {
		s.current.Store(nil)
	}
}

// fetchOrWait is for a token that is missing, expired, or about to expire.
func (s *Source) fetchOrWait(ctx context.Context, now time.Time) (*Token, error) {
	k, f := s.startFetch(ctx, now)
	if k != nil && now.Before(k.expiry) {
		return k.token, nil
	}
	select {
	case <-f.done:
		return f.token, f.err
	case <-ctx.Done():
		return nil, &Error{Problem: "no token yet", Err: ctx.Err()}
	}
}

// startFetch returns the kept token, and the fetch for the next one. It starts
// one if there is a need for it and none is running. f is nil only if k is
// good.
func (s *Source) startFetch(ctx context.Context, now time.Time) (k *kept, f *fetch) {
	s.mu.Lock()
	defer s.mu.Unlock()
	k, f = s.current.Load(), s.running
	if f != nil {
		return k, f
	}
	if k != nil && now.Before(k.refresh) {
		return k, nil // another caller's fetch has ended in the meantime
	}
	f = &fetch{done: make(chan struct{})}
	s.running = f
	go s.run(context.WithoutCancel(ctx), f)
	if k != nil {
		// One fetch is enough: until the expiry, don't come here again.
		s.current.Store(&kept{k.token, k.expiry, k.expiry})
	}
	return k, f
}

// run calls Fetch and passes on what it returns.
func (s *Source) run(ctx context.Context, f *fetch) {
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(s.FetchTimeout, defaultFetchTimeout))
	defer cancel()
	defer s.finish(f)
	// This error stays only if Fetch ends its goroutine, with runtime.Goexit.
	f.err = &Error{Problem: "Fetch ended without a result"}
	f.token, f.err = s.Fetch(ctx)
}

// finish ends a fetch: it decides what to keep, and wakes those who wait.
func (s *Source) finish(f *fetch) {
	now := timeNow(s.Now)
	if f.err == nil && !good(f.token, now) {
		f.err = &Error{Problem: "Fetch returned no token, or one that has expired"}
	}
	if f.err != nil {
		f.token = nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	defer close(f.done)
	s.running = nil
	if f.err != nil || f.token.Expiry.IsZero() {
		s.failures++
		s.postpone(now)
		return
	}
	s.failures = 0
	s.keep(f.token, now)
}

// good reports whether Fetch returned a token that can be used. A token without
// an expiry can be used once, by those who wait for it now.
func good(t *Token, now time.Time) bool {
	if t == nil || t.AccessToken == "" {
		return false
	}
	return t.Expiry.IsZero() || now.Before(t.Expiry)
}

// keep keeps a token, and plans its refresh: early, but never before half its
// lifetime is over. Otherwise a short-lived token would be replaced on every
// call. s.mu is held.
func (s *Source) keep(t *Token, now time.Time) {
	early := cmp.Or(max(0, s.EarlyExpiry), defaultEarlyExpiry)
	early = min(early, t.Expiry.Sub(now)/2)
	s.current.Store(&kept{t, t.Expiry.Add(-early), t.Expiry})
}

// postpone plans the next refresh after one that failed: after a pause, but no
// later than the expiry. s.mu is held.
func (s *Source) postpone(now time.Time) {
	k := s.current.Load()
	if k == nil {
		return
	}
	// Round drops the monotonic clock, which stops while a machine sleeps.
	refresh := now.Round(0).Add(wait(s.failures, 0))
	if refresh.After(k.expiry) {
		refresh = k.expiry
	}
	s.current.Store(&kept{k.token, refresh, k.expiry})
}
