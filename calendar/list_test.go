// SPDX-License-Identifier: 0BSD

package calendar

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

func TestEventsAllPages(t *testing.T) {
	for _, n := range []int{0, 1, 2499, 2500, 2501, 7500} {
		c, s := serve(t, pages(n, 0, nil))
		var sync string
		ids, err := collect(c, context.Background(), Query{NextSyncToken: &sync})
		if err != nil {
			t.Fatal(err)
		}
		checkAll(t, ids, n)
		if want := max(1, (n+2499)/2500); s.count() != want || sync != "sync" {
			t.Errorf("%d events: %d requests, want %d; sync token %q", n, s.count(), want, sync)
		}
	}
}

// Ranging twice over the same iterator lists everything twice.
func TestEventsTwice(t *testing.T) {
	c, s := serve(t, pages(30, 0, nil))
	events := c.Events(context.Background(), "you@gmail.com", Query{MaxResults: 10})
	for range 2 {
		n := 0
		for _, err := range events {
			if err != nil {
				t.Fatal(err)
			}
			n++
		}
		if n != 30 {
			t.Errorf("%d events", n)
		}
	}
	if s.count() != 6 {
		t.Errorf("%d requests", s.count())
	}
}

func TestLimit(t *testing.T) {
	for _, test := range []struct {
		n, short       int // how many events there are, and how many each page lacks
		limit, max     int // Query.Limit and Query.MaxResults
		size           string
		want, requests int
		complete       bool
	}{
		{n: 9000, limit: 1, size: "1", want: 1, requests: 1},
		{n: 9000, limit: 2500, size: "2500", want: 2500, requests: 1},
		{n: 9000, limit: 3000, size: "1500", want: 3000, requests: 2},
		{n: 9000, limit: 2501, size: "1251", want: 2501, requests: 2},
		{n: 9000, limit: 25, max: 10, size: "9", want: 25, requests: 3},
		{n: 9000, limit: 5, max: 10, size: "5", want: 5, requests: 1},
		{n: 9000, max: 9999, limit: 5000, size: "2500", want: 5000, requests: 2},
		// The page is too short, so another one is needed.
		{n: 9000, limit: 10, short: 4, size: "10", want: 10, requests: 2},
		// The limit is the end of the list.
		{n: 30, limit: 30, max: 10, size: "10", want: 30, requests: 3, complete: true},
		{n: 29, limit: 30, max: 10, size: "10", want: 29, requests: 3, complete: true},
		{n: 3, limit: 100, size: "100", want: 3, requests: 1, complete: true},
	} {
		t.Run(fmt.Sprintf("%d of %d", test.limit, test.n), func(t *testing.T) {
			c, s := serve(t, pages(test.n, test.short, nil))
			sync := "unset"
			q := Query{Limit: test.limit, MaxResults: test.max, NextSyncToken: &sync}
			ids, err := collect(c, context.Background(), q)
			if err != nil {
				t.Fatal(err)
			}
			checkAll(t, ids, test.want)
			if s.count() != test.requests {
				t.Errorf("%d requests, want %d", s.count(), test.requests)
			}
			for i := range s.count() {
				if size := s.request(i).FormValue("maxResults"); size != test.size {
					t.Errorf("maxResults %s, want %s", size, test.size)
				}
			}
			if (sync == "sync") != test.complete {
				t.Errorf("sync token %q", sync)
			}
		})
	}
}

// The limit holds even if a server sends more events than it was asked for.
func TestLimitAgainstGenerousServer(t *testing.T) {
	c, s := serve(t, text(200, pageText(0, 50, 50)))
	sync := "unset"
	ids, err := collect(c, context.Background(), Query{Limit: 20, NextSyncToken: &sync})
	if err != nil || s.count() != 1 || sync != "unset" {
		t.Errorf("%v, %d requests, sync token %q", err, s.count(), sync)
	}
	checkAll(t, ids, 20)
}

// The second page is asked for while the first is still on its way, and the
// third not before the second is wanted.
func TestReadAhead(t *testing.T) {
	asked := make(chan bool)
	c, s := serve(t, func(w http.ResponseWriter, r *http.Request, n int) {
		if n == 1 {
			close(asked)
		}
		if n == 0 {
			body := pageText(0, 2, 8)
			cut := strings.Index(body, `"items"`)
			_, _ = w.Write([]byte(body[:cut]))
			w.(http.Flusher).Flush()
			select { // the items follow only when the next page has been asked for
			case <-asked:
			case <-r.Context().Done():
			}
			_, _ = w.Write([]byte(body[cut:]))
			return
		}
		pages(8, 0, nil)(w, r, n)
	})
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	i := 0
	for _, err := range c.Events(ctx, "you@gmail.com", Query{MaxResults: 2}) {
		if err != nil {
			t.Fatal(err)
		}
		if page := i/2 + 1; s.count() > page+1 {
			t.Errorf("at event %d, of page %d, %d pages were asked for", i, page, s.count())
		}
		i++
	}
	if i != 8 || s.count() != 4 {
		t.Errorf("%d events, %d requests", i, s.count())
	}
}

// Wherever the loop stops, by break or by Limit, at most one page more has been
// asked for, and nothing is asked for afterwards.
func TestStopAsksForNoMore(t *testing.T) {
	for stop := 1; stop <= 40; stop += 3 {
		needed := (stop + 9) / 10
		seen, sent := stopAt(t, stop, Query{MaxResults: 10})
		if seen != stop || sent > needed+1 {
			t.Errorf("break at event %d: %d events, %d requests", stop, seen, sent)
		}
		seen, sent = stopAt(t, stop, Query{MaxResults: 10, Limit: stop})
		if seen != stop || sent > needed {
			t.Errorf("limit of %d: %d events, %d requests", stop, seen, sent)
		}
	}
}

// stopAt leaves the loop at an event, and returns how many events it has seen
// and how many requests were sent. No more can follow: all goroutines have
// ended.
func stopAt(t *testing.T, stop int, q Query) (seen, sent int) {
	c, _ := serve(t, pages(100, 0, nil))
	var mu sync.Mutex
	transport := c.HTTP.Transport
	c.HTTP = &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
		mu.Lock()
		sent++
		mu.Unlock()
		return transport.RoundTrip(r)
	})}
	for _, err := range c.Events(context.Background(), "you@gmail.com", q) {
		if err != nil {
			t.Fatal(err)
		}
		if seen++; seen == stop {
			break
		}
	}
	return seen, sent
}

// closeTeller tells when a body is closed. The client does that when it has
// decoded the page.
type closeTeller struct {
	io.ReadCloser
	closed chan bool
}

func (c closeTeller) Close() error {
	close(c.closed)
	return c.ReadCloser.Close()
}

// While the consumer uses page 1, page 2 is decoded to its end, and page 3
// isn't asked for. When page 3 is in use, nothing of page 1 is left in memory.
func TestTwoPagesInMemory(t *testing.T) {
	c, s := serve(t, pages(40, 0, nil))
	transport, decoded := c.HTTP.Transport, make(chan bool)
	c.HTTP = &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
		resp, err := transport.RoundTrip(r)
		if err == nil && r.FormValue("pageToken") == "10" {
			resp.Body = closeTeller{resp.Body, decoded}
		}
		return resp, err
	})}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	n, freed := 0, make(chan bool)
	for event, err := range c.Events(ctx, "you@gmail.com", Query{MaxResults: 10}) {
		if err != nil {
			t.Fatal(err)
		}
		switch n++; n {
		case 1:
			runtime.SetFinalizer(event, func(*Event) { close(freed) })
		case 5:
			select {
			case <-decoded:
			case <-ctx.Done():
				t.Fatal("page 2 isn't decoded while page 1 is in use")
			}
			time.Sleep(20 * time.Millisecond) // time for a request that shouldn't be sent
			if s.count() != 2 {
				t.Errorf("%d pages were asked for while page 1 is in use", s.count())
			}
		case 25:
			collectUntil(ctx, t, freed)
		}
	}
	if n != 40 || s.count() != 4 {
		t.Errorf("%d events, %d requests", n, s.count())
	}
}

// collectUntil collects garbage until freed is closed.
func collectUntil(ctx context.Context, t *testing.T, freed chan bool) {
	t.Helper()
	for {
		runtime.GC()
		select {
		case <-freed:
			return
		case <-ctx.Done():
			t.Fatal("page 1 is in memory while page 3 is in use")
		case <-time.After(time.Millisecond):
		}
	}
}

// Leaving the loop stops the request for the next page. serve checks that no
// goroutine is left.
func TestBreak(t *testing.T) {
	stopped := make(chan bool, 1)
	c, s := serve(t, pages(100, 0, func(w http.ResponseWriter, r *http.Request, n int) bool {
		if n == 1 {
			_, _ = w.Write([]byte(`{"kind":`))
			w.(http.Flusher).Flush()
			<-r.Context().Done() // until the connection is closed
			stopped <- true
		}
		return n == 1
	}))
	sync, seen := "unset", 0
	q := Query{MaxResults: 10, NextSyncToken: &sync}
	for _, err := range c.Events(context.Background(), "you@gmail.com", q) {
		if err != nil {
			t.Fatal(err)
		}
		if seen++; seen == 10 {
			break
		}
	}
	if s.count() == 2 {
		<-stopped
	}
	if sync != "unset" || s.count() > 2 {
		t.Errorf("sync token %q, %d requests", sync, s.count())
	}
}

// When the loop has ended, nothing of it is still running, even if Token is
// slow to notice that its context has ended.
func TestLoopWaitsForItsGoroutines(t *testing.T) {
	c, _ := serve(t, pages(20, 0, nil))
	var calls atomic.Int32
	var returned atomic.Bool
	c.Token = func(ctx context.Context) (string, error) {
		if calls.Add(1) == 1 {
			return token, nil
		}
		<-ctx.Done()
		time.Sleep(20 * time.Millisecond)
		returned.Store(true)
		return "", ctx.Err()
	}
	for range c.Events(context.Background(), "you@gmail.com", Query{MaxResults: 10}) {
		break
	}
	if !returned.Load() {
		t.Error("the next page is still being read")
	}
}

// A loop that is left at the last event hasn't finished with it, so the sync
// token isn't set. After the loop has returned from it, it is.
func TestSyncTokenAfterLastEvent(t *testing.T) {
	c, _ := serve(t, pages(20, 0, nil))
	for _, leave := range []bool{true, false} {
		sync, seen := "unset", 0
		q := Query{MaxResults: 10, NextSyncToken: &sync}
		for range c.Events(context.Background(), "you@gmail.com", q) {
			if seen++; sync != "unset" {
				t.Fatalf("event %d: sync token %q", seen, sync)
			}
			if seen == 20 && leave {
				break
			}
		}
		if seen != 20 || (sync == "unset") != leave {
			t.Errorf("left at the last event: %v, %d events, sync token %q", leave, seen, sync)
		}
	}
}

func TestCancelBetweenEvents(t *testing.T) {
	c, _ := serve(t, pages(100, 0, nil))
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	sync, n := "unset", 0
	var last error
	q := Query{MaxResults: 50, NextSyncToken: &sync}
	for event, err := range c.Events(ctx, "you@gmail.com", q) {
		if last = err; err != nil {
			if event != nil {
				t.Error("an event and an error")
			}
			continue
		}
		if n++; n == 7 {
			cancel()
		}
	}
	e := fault(t, last)
	if !errors.Is(e, context.Canceled) || e.Page != 1 || e.Temporary() {
		t.Errorf("%v", last)
	}
	if n != 7 || sync != "unset" {
		t.Errorf("%d events, sync token %q", n, sync)
	}
}

// An error in page 7 says so, and comes after all events of the pages before
// it.
func TestErrorNamesThePage(t *testing.T) {
	c, _ := serve(t, pages(100, 0, func(w http.ResponseWriter, r *http.Request, n int) bool {
		if r.FormValue("pageToken") == "60" {
			w.WriteHeader(http.StatusNotFound)
			fmt.Fprint(w, readFile(t, "errors/404-notFound.json"))
			return true
		}
		return false
	}))
	sync := "unset"
	ids, err := collect(c, context.Background(), Query{MaxResults: 10, NextSyncToken: &sync})
	checkAll(t, ids, 60)
	const want = `calendar: events of "you@gmail.com", page 7: 404 notFound: Not Found`
	if e := fault(t, err); e.Page != 7 || e.Error() != want || sync != "unset" {
		t.Errorf("%v, sync token %q", e, sync)
	}
}

func TestPageTokenLoop(t *testing.T) {
	for _, back := range []string{"1", "2"} { // the token of the page before; its own
		c, s := serve(t, func(w http.ResponseWriter, r *http.Request, n int) {
			next := map[string]string{"": "1", "1": "2", "2": back}[r.FormValue("pageToken")]
			if n > 9 {
				next = "" // the loop has been followed
			}
			fmt.Fprintf(w, `{"kind":"calendar#events","nextPageToken":%q,`+
				`"items":[{"id":"e%d"}]}`, next, n)
		})
		ids, err := collect(c, context.Background(), Query{})
		checkAll(t, ids, 3)
		e := fault(t, err)
		if e.Page != 3 || !strings.Contains(e.Error(), "already read") || e.Temporary() {
			t.Errorf("%v", e)
		}
		if s.count() != 3 {
			t.Errorf("%d requests", s.count())
		}
	}
}

// If a complete list has no sync token, the variable doesn't keep an old one.
func TestNoSyncToken(t *testing.T) {
	c, _ := serve(t, text(200, `{"kind":"calendar#events","items":[]}`))
	sync := "old"
	_, err := collect(c, context.Background(), Query{NextSyncToken: &sync})
	if err != nil || sync != "" {
		t.Errorf("%q %v", sync, err)
	}
}
