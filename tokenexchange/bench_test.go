// SPDX-License-Identifier: 0BSD

package tokenexchange

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// beside runs thing and its floor alternately, so that other load on this
// machine falls on both, and reports the ratio of their fastest tenths. Noise
// only ever slows a run down: on a busy machine, mean and median describe the
// machine.
func beside(b *testing.B, thing, floor func()) {
	var times [2][]time.Duration
	for i := range 2 * b.N {
		which := (i + 1) / 2 % 2 // 0 1 1 0: each goes first equally often
		start := time.Now()
		[]func(){thing, floor}[which]()
		times[which] = append(times[which], time.Since(start))
	}
	slices.Sort(times[0])
	slices.Sort(times[1])
	b.ReportMetric(float64(times[0][b.N/10]), "ns/op")
	b.ReportMetric(float64(times[0][b.N/10])/float64(times[1][b.N/10]), "x-floor")
}

// BenchmarkCachedToken compares Source.Token with an atomic load and time.Now,
// in several goroutines that make 32,000 calls together: with a fresh token,
// and during a refresh, including the call that starts it.
func BenchmarkCachedToken(b *testing.B) {
	var pointer atomic.Pointer[Token]
	pointer.Store(new(Token))
	floor := func() {
		if now := time.Now(); pointer.Load() == nil || now.IsZero() {
			b.Error("nothing there")
		}
	}
	done := make(chan struct{})
	defer close(done)
	for _, refreshing := range []bool{false, true} {
		s := Source{Fetch: func(context.Context) (*Token, error) {
			<-done
			return nil, io.EOF
		}}
		refresh, expiry := time.Now().Add(time.Hour), time.Now().Add(2*time.Hour)
		if refreshing {
			refresh = time.Now()
		}
		s.current.Store(&kept{new(Token), refresh, expiry})
		token := func() {
			if _, err := s.Token(context.Background()); err != nil {
				b.Error(err)
			}
		}
		for _, goroutines := range []int{1, 2, 64} {
			many := func(f func()) func() {
				return func() {
					var wg sync.WaitGroup
					for range goroutines {
						wg.Add(1)
						go func() {
							defer wg.Done()
							for range 32000 / goroutines {
								f()
							}
						}()
					}
					wg.Wait()
				}
			}
			name := fmt.Sprintf("refreshing=%t/goroutines=%d", refreshing, goroutines)
			b.Run(name, func(b *testing.B) {
				beside(b, many(token), many(floor))
				b.ReportMetric(testing.AllocsPerRun(100, token), "allocs")
			})
		}
	}
}

// BenchmarkExchange compares one trade with a POST of the same form, on
// loopback. Both keep their connection, which takes a client of the caller's.
func BenchmarkExchange(b *testing.B) {
	const answer = `{"access_token":"ya29.token","token_type":"Bearer","expires_in":3599}`
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, answer)
	}))
	defer server.Close()
	assertion := testAssertion(b)
	form := url.Values{"grant_type": {grantType}, "assertion": {assertion}}.Encode()
	c := Client{HTTP: &http.Client{Transport: http.DefaultTransport}} // keeps its connection, too
	beside(b, func() {
		if _, err := c.Exchange(context.Background(), server.URL, assertion); err != nil {
			b.Fatal(err)
		}
	}, func() {
		resp, err := http.Post(server.URL, "application/x-www-form-urlencoded",
			strings.NewReader(form))
		if err != nil {
			b.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
	})
}
