// SPDX-License-Identifier: 0BSD

package tokenexchange

import (
	"cmp"
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// Source hands one token to many callers and gets the next before it expires. Set
// Fetch and use it from any number of goroutines; do not copy it.
type Source struct {
	// Fetch gets a new token, usually by signing a fresh assertion and calling
	// [Client.Exchange]. It runs in a goroutine of its own, never twice at once, and
	// must return when its context ends: that is FetchTimeout after the start, and
	// does not hang on any one caller.
	Fetch func(context.Context) (*Token, error)

	EarlyExpiry  time.Duration    // how long before its expiry a token is replaced; 0: 225 seconds, as Google's own clients do
	FetchTimeout time.Duration    // 0: two minutes
	Now          func() time.Time // nil: time.Now

	current  atomic.Pointer[kept] // read by all, written by who holds mu
	mu       sync.Mutex           // guards what follows, too
	running  *fetch               // nil when there is none
	failures int                  // in a row
}

// kept is a token with the times that decide over it: until refresh, all that a call
// of Token needs is to read it, also while its successor is being fetched.
type kept struct {
	token           *Token
	refresh, expiry time.Time
}

// fetch is one run of Fetch, shared by all who wait for it: done, then the rest.
type fetch struct {
	done  chan struct{}
	token *Token
	err   error
}

// Token returns a token that has not expired. While the kept one is good it
// returns at once, and shortly before the expiry it starts a refresh behind. After
// it, all callers wait for one fetch, each no longer than its own ctx, and share
// its error: what Fetch returned, or an *[Error] around that of ctx. The token is
// shared, too: do not change it.
func (s *Source) Token(ctx context.Context) (*Token, error) {
	now := timeNow(s.Now)
	if k := s.current.Load(); k != nil && now.Before(k.refresh) {
		return k.token, nil
	}
	return s.fetchOrWait(ctx, now)
}

// AccessToken returns the access token alone, as an Authorization header wants it.
func (s *Source) AccessToken(ctx context.Context) (string, error) {
	t, err := s.Token(ctx)
	if err != nil {
		return "", err
	}
	return t.AccessToken, nil
}

// Invalidate drops the kept token if it is this one: an API has refused it before
// its time.
func (s *Source) Invalidate(accessToken string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if k := s.current.Load(); k != nil && k.token.AccessToken == accessToken {
		s.current.Store(nil)
	}
}

func (s *Source) fetchOrWait(ctx context.Context, now time.Time) (*Token, error) {
	s.mu.Lock()
	k, f := s.current.Load(), s.running
	if f == nil && (k == nil || !now.Before(k.refresh)) { // else another caller was here before
		f = &fetch{done: make(chan struct{})}
		s.running = f
		go s.run(context.WithoutCancel(ctx), f)
		if k != nil {
			s.current.Store(&kept{k.token, k.expiry, k.expiry}) // one refresh is enough
		}
	}
	s.mu.Unlock()
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

func (s *Source) run(ctx context.Context, f *fetch) {
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(s.FetchTimeout, 2*time.Minute))
	defer cancel()
	defer s.finish(f)                                       // also when Fetch ends its goroutine
	f.err = &Error{Problem: "Fetch ended without a result"} // stays only then
	f.token, f.err = s.Fetch(ctx)
}

func (s *Source) finish(f *fetch) {
	now := timeNow(s.Now)
	if f.err != nil {
		f.token = nil
	} else if f.token == nil || f.token.AccessToken == "" || !f.token.Expiry.IsZero() && !now.Before(f.token.Expiry) {
		f.token, f.err = nil, &Error{Problem: "Fetch returned no token, or one that has expired"}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	defer close(f.done)
	s.running = nil
	if f.err != nil || f.token.Expiry.IsZero() {
		s.failures++
		if k := s.current.Load(); k != nil {
			again := k.expiry.Add(min(0, now.Add(wait(s.failures, 0)).Sub(k.expiry))) // not behind the expiry
			s.current.Store(&kept{k.token, again, k.expiry})
		}
		return
	}
	// Not in the first half of its life: a token that lives shorter would else be
	// replaced at every call.
	early := min(cmp.Or(max(s.EarlyExpiry, 0), 225*time.Second), f.token.Expiry.Sub(now)/2)
	s.failures = 0
	s.current.Store(&kept{f.token, f.token.Expiry.Add(-early), f.token.Expiry})
}
