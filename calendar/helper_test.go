// SPDX-License-Identifier: 0BSD

package calendar

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
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

// token looks like Google's: it has more than 64 characters and ends with dots.
var token = "ya29.c.c0AYnqXlirroDATCanary" + strings.Repeat("x", 100) + "......"

// server is a Calendar API that answers as a test says, and keeps the requests.
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

// handler answers a request. n is how many requests came before it.
type handler func(w http.ResponseWriter, r *http.Request, n int)

// serve starts a server, and makes a client for it that never really sleeps
// between attempts. When the test ends, no goroutine of this package and no
// connection may be left.
func serve(t testing.TB, answer handler) (*Client, *server) {
	t.Helper()
	s := &server{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		n := len(s.requests)
		s.requests = append(s.requests, r.Clone(context.Background()))
		s.mu.Unlock()
		answer(w, r, n)
	}))
	transport := &http.Transport{}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		s.Close()
		buf := make([]byte, 1<<20)
		for try := 0; ; try++ { // a goroutine that has finished takes a moment to disappear
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
		Token:   always(token),
		HTTP:    &http.Client{Transport: transport},
		BaseURL: s.URL,
		Sleep:   func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	}, s
}

// always returns a Client.Token that always returns the same token.
func always(token string) func(context.Context) (string, error) {
	return func(context.Context) (string, error) { return token, nil }
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// through returns a client without a server: send answers its requests.
func through(send roundTripper) *Client {
	return &Client{
		Token:   always(token),
		HTTP:    &http.Client{Transport: send},
		BaseURL: "http://localhost",
	}
}

// answer returns a response, for use with through.
func answer(status int, body string) *http.Response {
	return &http.Response{
		StatusCode: status,
		Header:     http.Header{},
		Body:       io.NopCloser(strings.NewReader(body)),
	}
}

// text returns a handler that always sends the same answer.
func text(status int, body string) handler {
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

// fault returns the *Error in err, and checks what must be true of every one of
// them: one line of text, two lines of advice, and no token under any verb.
func fault(t testing.TB, err error) *Error {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("%T %v, want *Error", err, err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
		for chain := err; chain != nil; chain = errors.Unwrap(chain) {
			out := fmt.Sprintf(verb, chain)
			if strings.Contains(out, "Canary") || strings.Contains(out, "43616e617279") {
				t.Errorf("the token is in %s of %T: %s", verb, chain, out)
			}
		}
	}
	out := e.Error()
	if !strings.HasPrefix(out, "calendar: ") || len(out) > 1300 {
		t.Errorf("error text: %q", out)
	}
	if strings.ContainsAny(out, "\r\n") {
		t.Errorf("more than one line: %q", out)
	}
	why, hint, _ := strings.Cut(e.Advice(), "\n")
	if why == "" || hint == "" || strings.Contains(hint, "\n") {
		t.Errorf("advice: %q", e.Advice())
	}
	return e
}

// hasText reports whether text contains want, in which "..." is any text. The
// texts of encoding/json aren't ours, and differ between its versions.
func hasText(text, want string) bool {
	for _, part := range strings.Split(want, "...") {
		_, rest, found := strings.Cut(text, part)
		if !found {
			return false
		}
		text = rest
	}
	return true
}

// collect ranges over all events, and returns their IDs and the error.
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

// pages serves n events in pages as large as the client asks for. Page tokens
// are the number of the page's first event. short makes each page that much
// smaller. before, if not nil, may answer a request itself, and then returns
// true.
func pages(n, short int, before func(http.ResponseWriter, *http.Request, int) bool) handler {
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

// pageText is the page with the events from first to last-1, out of n.
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
