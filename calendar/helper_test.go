// SPDX-License-Identifier: 0BSD

package calendar

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "rewrite the golden files in testdata")

// token looks like Google's: it ends in dots, and is longer than 64 letters.
var token = "ya29.c.c0AYnqXlirroDATCanary" + strings.Repeat("x", 100) + "......"

// server is a Calendar that answers as the test says, and keeps what was asked.
type server struct {
	*httptest.Server
	mu       sync.Mutex
	requests []*http.Request
}

func (s *server) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.requests)
}

func (s *server) request(i int) *http.Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests[i]
}

// serve starts a server whose handler is told how many requests came before,
// and a client of it that never really sleeps between tries. At the end of the
// test, no goroutine of this package and no connection may be left.
func serve(t testing.TB, handler func(w http.ResponseWriter, r *http.Request, n int)) (*Client, *server) {
	t.Helper()
	s := &server{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		n := len(s.requests)
		s.requests = append(s.requests, r.Clone(context.Background()))
		s.mu.Unlock()
		handler(w, r, n)
	}))
	transport := &http.Transport{}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		s.Close()
		buf := make([]byte, 1<<20)
		for try := 0; ; try++ { // a goroutine that is done takes a moment to be gone
			stacks := string(buf[:runtime.Stack(buf, true)])
			if !strings.Contains(stacks, ".(*reading[") {
				break
			} else if try == 10000 {
				t.Errorf("a goroutine is left:\n%s", stacks)
				break
			}
			runtime.Gosched()
		}
	})
	return &Client{
		Token:   func(context.Context) (string, error) { return token, nil },
		HTTP:    &http.Client{Transport: transport},
		BaseURL: s.URL,
		Sleep:   func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	}, s
}

// text makes a handler that always sends the same answer.
func text(status int, body string) func(http.ResponseWriter, *http.Request, int) {
	return func(w http.ResponseWriter, _ *http.Request, _ int) {
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

func readFile(t testing.TB, name string) string {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile("testdata/"+name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want := readFile(t, name); got != want {
		t.Errorf("%s differs; got:\n%s", name, got)
	}
}

// fault gives the *Error in err, and checks what holds for each of them: one
// line, advice in two, and no token under any verb.
func fault(t testing.TB, err error) *Error {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("%T %v, want *Error", err, err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
		for chain := err; chain != nil; chain = errors.Unwrap(chain) {
			if out := fmt.Sprintf(verb, chain); strings.Contains(out, "Canary") || strings.Contains(out, "43616e617279") {
				t.Errorf("the token is in %s of %T: %s", verb, chain, out)
			}
		}
	}
	if out := e.Error(); !strings.HasPrefix(out, "calendar: ") || strings.ContainsAny(out, "\r\n") || len(out) > 1300 {
		t.Errorf("error text: %q", out)
	}
	why, hint, _ := strings.Cut(e.Advice(), "\n")
	if why == "" || hint == "" || strings.Contains(hint, "\n") {
		t.Errorf("advice: %q", e.Advice())
	}
	return e
}

// collect ranges over all events and gives their ids, and the error.
func collect(c *Client, ctx context.Context, q Query) (ids []string, err error) {
	for event, e := range c.Events(ctx, "you@gmail.com", q) {
		if e != nil {
			err = errors.Join(err, e)
			continue
		}
		ids = append(ids, event.ID)
	}
	return ids, err
}

// pages serves n events, in pages as large as asked for, with page tokens that
// are the number of the first event. short makes each page that much smaller.
func pages(n, short int, before func(w http.ResponseWriter, r *http.Request, n int) (done bool)) func(http.ResponseWriter, *http.Request, int) {
	return func(w http.ResponseWriter, r *http.Request, count int) {
		if before != nil && before(w, r, count) {
			return
		}
		var first, size int
		fmt.Sscan(r.FormValue("pageToken"), &first)
		fmt.Sscan(r.FormValue("maxResults"), &size)
		fmt.Fprint(w, pageText(first, min(first+size-short, n), n))
	}
}

func pageText(first, last, n int) string {
	var b strings.Builder
	b.WriteString(`{"kind":"calendar#events","summary":"s",`)
	if last < n {
		fmt.Fprintf(&b, `"nextPageToken":"%d",`, last)
	} else {
		b.WriteString(`"nextSyncToken":"sync",`)
	}
	b.WriteString(`"items":[`)
	for i := first; i < last; i++ {
		if i > first {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"id":"e%d","summary":"event"}`, i)
	}
	b.WriteString("]}")
	return b.String()
}

// checkAll fails unless ids are e0 to e(n-1), each once and in order.
func checkAll(t *testing.T, ids []string, n int) {
	t.Helper()
	for i, id := range ids {
		if id != fmt.Sprintf("e%d", i) {
			t.Fatalf("event %d is %s", i, id)
		}
	}
	if len(ids) != n {
		t.Fatalf("%d events, want %d", len(ids), n)
	}
}
