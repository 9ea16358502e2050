// SPDX-License-Identifier: 0BSD

package tokenexchange

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// A thousand goroutines share one Source. Their token has expired, and the
// endpoint first hangs, then fails, then works. It never gets two requests at
// once, and nobody waits longer than their own context allows.
func TestSourceUnderLoad(t *testing.T) {
	const callers = 1000
	// The endpoint works again from this request on: after the first token, and
	// three rounds of four requests that fail.
	const goodAgain = 14
	var requests, inFlight atomic.Int64
	var overlap atomic.Bool
	answer := make(chan struct{})
	url, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if inFlight.Add(1) > 1 {
			overlap.Store(true)
		}
		defer inFlight.Add(-1)
		if n := requests.Add(1); n > 1 && n < goodAgain {
			<-answer
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		io.WriteString(w, goodAnswer)
	})
	c := newClock()
	client := &Client{Now: c.now, Sleep: new(recorder).sleep}
	s := &Source{Now: c.now, Fetch: func(ctx context.Context) (*Token, error) {
		return client.Exchange(ctx, url, "a.b.c")
	}}
	get(t, s)
	c.advance(2 * time.Hour)

	// The endpoint hangs. Half of the callers wait some milliseconds, and
	// leave.
	var leave, stay sync.WaitGroup
	shared := make(chan error, callers/2)
	leave.Add(callers / 2)
	stay.Add(callers / 2)
	for i := range callers {
		go func() {
			if i%2 == 0 {
				_, err := s.Token(signal{context.Background(), stay.Done})
				shared <- err
				return
			}
			defer leave.Done()
			patience := time.Duration(i%20) * time.Millisecond
			ctx, cancel := context.WithTimeout(context.Background(), patience)
			defer cancel()
			token, err := s.Token(ctx)
			var e *Error
			if token != nil || !errors.As(err, &e) || !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("no time: %v, %v", token, err)
			}
		}()
	}
	left := make(chan struct{})
	go func() {
		leave.Wait()
		stay.Wait()
		close(left)
	}()
	select {
	case <-left: // though there was no answer
	case <-time.After(time.Minute):
		t.Error("callers wait longer than their context allows")
	}
	close(answer)

	// The others had no limit. They share the result of one round of attempts.
	first := <-shared
	var e *Error
	if !errors.As(first, &e) || e.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("%v", first)
	}
	for range callers/2 - 1 {
		if err := <-shared; err != first {
			t.Errorf("another error: %v", err)
		}
	}
	if n := requests.Load(); n != 1+4 {
		t.Errorf("%d requests, not the first and one round of 4", n)
	}

	// Now all of them try until they have a token.
	var served sync.WaitGroup
	tokens := make(chan *Token, callers)
	for i := range callers {
		served.Add(1)
		go func() {
			defer served.Done()
			for {
				patience := time.Duration(20+i%200) * time.Millisecond
				ctx, cancel := context.WithTimeout(context.Background(), patience)
				token, err := s.Token(ctx)
				outOfTime := ctx.Err() != nil && errors.Is(err, context.DeadlineExceeded)
				cancel()
				if err == nil {
					tokens <- token
					return
				}
				var e *Error
				known := errors.As(err, &e) &&
					(outOfTime || e.StatusCode == http.StatusServiceUnavailable)
				if !known {
					t.Errorf("%v", err)
					return
				}
			}
		}()
	}
	served.Wait()
	token := get(t, s)
	for range len(tokens) {
		if got := <-tokens; got.AccessToken != token || !got.Expiry.After(c.now()) {
			t.Errorf("another token, or an expired one: %v", got)
		}
	}
	if requests.Load() != goodAgain || overlap.Load() {
		t.Errorf("%d requests, not %d; two at once: %v", requests.Load(), goodAgain, overlap.Load())
	}
}
