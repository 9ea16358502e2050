// SPDX-License-Identifier: 0BSD

package fakegoogle_test

import (
	"bufio"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strings"
	"testing"

	"example.com/fivestep/walkthrough/fakegoogle"
)

// postAssertion sends an assertion to the token endpoint without a network.
func (w *world) postAssertion(assertion string) *httptest.ResponseRecorder {
	form := url.Values{
		"grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"},
		"assertion":  {assertion},
	}
	r := httptest.NewRequest("POST", tokenURL, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	rec := httptest.NewRecorder()
	w.ServeHTTP(rec, r)
	return rec
}

// liveHeap returns the size of the heap without garbage, in MiB.
func liveHeap() int {
	runtime.GC()
	runtime.GC() // empties what sync.Pool still holds
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc >> 20)
}

// manyLines returns header lines of about size bytes in all.
func manyLines(size int, line func(i int) string) string {
	var b strings.Builder
	for i := 0; b.Len() < size; i++ {
		b.WriteString(line(i))
	}
	return b.String()
}

// However large requests are, and of whatever they consist, the server
// remembers little of them. Unbounded, each kind here but the last would take
// more than the limit.
func TestMemoryOfLargeRequests(t *testing.T) {
	const (
		kib   = 1 << 10
		count = 600
		limit = 28 // MiB: 16 of requests, and room for the estimate to be wrong
	)
	distinct := manyLines(60*kib, func(i int) string { return fmt.Sprintf("a%x:\r\n", i) })
	values := manyLines(60*kib, func(int) string { return "a:\r\n" })
	long := strings.Repeat("x", 60*kib)
	larger := strings.Repeat(long, 3)
	raw := func(target, header, body string) string {
		return fmt.Sprintf("POST %s HTTP/1.1\r\nHost: localhost\r\n%sContent-Length: %d\r\n\r\n%s",
			target, header, len(body), body)
	}
	for name, c := range map[string]struct {
		request string
		count   int
	}{
		"a body":              {raw("/token", "", long), count},
		"a body over limit":   {raw("/token", "", larger), count},
		"a header":            {raw("/token", "A: "+long+"\r\n", ""), count},
		"a header over limit": {raw("/token", "A: "+larger+"\r\n", ""), count / 2},
		"many header lines":   {raw("/token", distinct, ""), count / 10},
		"many values":         {raw("/token", values, ""), count / 5},
		"a target":            {raw("/"+long, "", ""), count},
		"a target over limit": {raw("/"+larger, "", ""), count / 2},
		"a method":            {strings.Repeat("M", 60*kib) + raw("/", "", "")[4:], count},
		"an ordinary request": {raw("/token", "A: b\r\n", "c"), 10_500},
	} {
		s := fakegoogle.New()
		before := liveHeap()
		for range c.count {
			r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(c.request)))
			if err != nil {
				t.Fatal(name, err)
			}
			s.ServeHTTP(discard{}, r)
		}
		grown := liveHeap() - before
		if grown > limit {
			t.Errorf("%s: the heap has grown by %d MiB", name, grown)
		}
		requests := s.Requests()
		if len(requests) < 8 {
			t.Errorf("%s: only %d requests are remembered", name, len(requests))
		}
		if name == "an ordinary request" && len(requests) < 8000 {
			t.Errorf("%s: only %d requests are remembered", name, len(requests))
		}
	}
}

// discard is a response that nobody reads.
type discard struct{}

func (discard) Header() http.Header         { return http.Header{} }
func (discard) Write(p []byte) (int, error) { return len(p), nil }
func (discard) WriteHeader(int)             {}

// A token takes little memory, even if the assertion names a scope a thousand
// times.
func TestMemoryOfTokens(t *testing.T) {
	const limit = 28 // MiB, with the requests
	w := newWorld(t)
	scopes := strings.Repeat(scopePrefix+"calendar.events.readonly ", 700)
	assertion := w.sign(w.claims().with("scope", scopes))
	before := liveHeap()
	for range 350 {
		if got := w.postAssertion(assertion); got.Code != 200 {
			t.Fatalf("%d %s", got.Code, got.Body)
		}
	}
	if grown := liveHeap() - before; grown > limit {
		t.Errorf("the heap has grown by %d MiB", grown)
	}
	w.Requests() // the server is still in use: it wasn't collected
}

// What is too large is refused in the words of Google's front end, at every
// address.
func TestTooLarge(t *testing.T) {
	w := newWorld(t)
	const limit = 64 << 10
	token := w.token("calendar.readonly")
	post := func(size int) string {
		return w.post("/token", "text/plain", strings.Repeat("x", size)).body
	}
	half := strings.Repeat("x", limit/2)
	get := func(target, header string) string {
		return w.get(token, target, "X-Long", header).body
	}
	g := newGolden(t, "toolarge.txt")
	g.addReply("body", w.post("/token", "text/plain", strings.Repeat("x", limit+1)))
	g.addReply("header", w.get(token, eventsPath, "X-Long", strings.Repeat("x", limit)))
	g.addReply("URL", w.get(token, eventsPath+"?q="+strings.Repeat("x", limit)))
	g.compare()

	const tooLarge = "Your client issued a request that was too large."
	for name, c := range map[string]struct {
		body    string
		refused bool
	}{
		"the largest body":   {post(limit), false},
		"the next":           {post(limit + 1), true},
		"1 MiB":              {post(1 << 20), true},
		"a large header":     {get(eventsPath, strings.Repeat("x", limit-4096)), false},
		"a larger one":       {get(eventsPath, strings.Repeat("x", limit)), true},
		"a URL and a header": {get(eventsPath+"?q="+half, half), true},
		"an ordinary search": {get(eventsPath+"?q="+strings.Repeat("x", 8000), ""), false},
	} {
		if refused := strings.Contains(c.body, tooLarge); refused != c.refused {
			t.Errorf("%s: %.300s", name, c.body)
		}
	}
	for _, r := range w.Requests() {
		if len(r.Body) > limit {
			t.Errorf("%d bytes of a body are remembered", len(r.Body))
		}
	}
	// A handler around the server may set a lower limit.
	rec := httptest.NewRecorder()
	r := httptest.NewRequest("POST", "/token", strings.NewReader("too long"))
	http.MaxBytesHandler(w.Server, 3).ServeHTTP(rec, r)
	if rec.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("a lower limit: %d", rec.Code)
	}
	w.setFaults("events:503")
	if body := get(eventsPath, strings.Repeat("x", limit)); !strings.Contains(body, "503") {
		t.Errorf("a fault replaces this response, too: %.300s", body)
	}
}
