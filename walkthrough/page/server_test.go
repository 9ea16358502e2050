// SPDX-License-Identifier: 0BSD

package page

import (
	"context"
	"html"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"testing"

	"example.com/fivestep/walkthrough"
	"example.com/fivestep/walkthrough/lab"
)

func newTestServer(t testing.TB) *Server {
	t.Helper()
	s, err := NewServer(context.Background(), walkthrough.DefaultBase)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func get(h http.Handler, target string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", target, nil)
	r.Host = "127.0.0.1:8080"
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestPages(t *testing.T) {
	s := newTestServer(t)
	targets := []string{
		"/", "/?open=all", "/lab", "/write", "/own", "/style.css", "/icon.svg",
		"/own?" + lab.DefaultExperiment().Values().Encode(),
	}
	for _, b := range lab.Breakages() {
		targets = append(targets, "/lab?break="+b.Name)
	}
	for _, target := range targets {
		w := get(s, target)
		h := w.Header()
		if w.Code != 200 ||
			h.Get("Content-Security-Policy") != contentPolicy ||
			h.Get("X-Content-Type-Options") != "nosniff" ||
			h.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%s: %d %v", target, w.Code, h)
		}
		body := w.Body.String()
		if len(body) > 300_000 {
			t.Errorf("%s has %d bytes", target, len(body))
		}
		for _, not := range []string{
			"<script", "javascript:", " style=", "ZgotmplZ", "<no value>",
			`-----BEGIN PRIVATE KEY-----\nMIIEvQIBADAN`,
		} {
			if strings.Contains(body, not) {
				t.Errorf("%s has %q", target, not)
			}
		}
		again := get(s, target, "If-None-Match", h.Get("ETag"))
		if again.Code != http.StatusNotModified || again.Body.Len() > 0 {
			t.Errorf("%s a second time: %d", target, again.Code)
		}
	}
	all := get(s, "/?open=all").Body.String()
	if n := strings.Count(all, "<details"); n < 50 || n != strings.Count(all, " open>") {
		t.Errorf("%d details, and not all open", n)
	}
}

func TestForeignHost(t *testing.T) {
	s := newTestServer(t)
	for host, code := range map[string]int{
		"127.0.0.1:8080":        200,
		"localhost:8080":        200,
		"localhost":             200,
		"[::1]:8080":            200,
		"::1":                   200,
		"192.168.1.2:80":        200,
		"example.com":           421,
		"example.com:8080":      421,
		"localhost.example.com": 421,
		"127.0.0.1.example.com": 421,
		"":                      421,
		"oauth2.googleapis.com": 421,
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Host = host
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code != code {
			t.Errorf("Host %q: %d", host, w.Code)
		}
	}
}

// An address that doesn't exist has a page in the design of the others.
func TestNotFound(t *testing.T) {
	s := newTestServer(t)
	for target, says := range map[string]string{
		"/lab?break=nope": `There is no breakage "nope"; Break it names them.`,
		"/lab?break=<b>":  `There is no breakage "<b>"`,
		"/nope":           "Neither the page nor the fake Google has such an address.",
		"/tokens":         "Neither",
		"/lab/":           "Neither",
	} {
		w := get(s, target)
		body := w.Body.String()
		checkHTML(t, body)
		if w.Code != 404 || w.Header().Get("Content-Security-Policy") != contentPolicy {
			t.Errorf("%s: %d %v", target, w.Code, w.Header())
		}
		if !strings.Contains(html.UnescapeString(body), says) ||
			!strings.Contains(body, `<a href="/">The lesson</a> is there`) {
			t.Errorf("%s: %s", target, body)
		}
	}
}

// A path below one of Google's gets the fake Google's answer.
func TestGooglesAnswers(t *testing.T) {
	s := newTestServer(t)
	for _, target := range []string{
		"/calendar/v3/nope", "/token/nope", "/o/oauth2/auth", "/robot",
	} {
		w := get(s, target)
		if w.Code != 404 || !strings.Contains(w.Body.String(), "Error 404 (Not Found)!!1") {
			t.Errorf("%s is not Google's: %d %s", target, w.Code, w.Body)
		}
	}
	if w := get(s, "/calendar/v3/calendars/you@gmail.com/events"); w.Code != 401 {
		t.Errorf("the fake Google without a token: %d", w.Code)
	}
}

func TestOtherAnswers(t *testing.T) {
	s := newTestServer(t)
	w := get(s, "/own?clock=tomorrow")
	if w.Code != 200 || !strings.Contains(w.Body.String(), `aria-invalid="true"`) {
		t.Errorf("a clock that isn't one: %d", w.Code)
	}
	post := httptest.NewRequest("POST", "/own", strings.NewReader("claims={}"))
	post.Host = "localhost"
	w = httptest.NewRecorder()
	if s.ServeHTTP(w, post); w.Code != 405 || w.Header().Get("Allow") != "GET, HEAD" {
		t.Errorf("POST /own: %d", w.Code)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	left := httptest.NewRequest("GET", "/lab?break="+lab.Breakages()[0].Name, nil).WithContext(ctx)
	left.Host = "localhost"
	w = httptest.NewRecorder()
	if s.ServeHTTP(w, left); w.Code != 500 {
		t.Errorf("a visitor who left: %d", w.Code)
	}
	if _, err := NewServer(ctx, walkthrough.DefaultBase); err == nil {
		t.Error("a server from a run that was canceled")
	}
}

// Every answer has the policy: pages, errors, and the answers of the fake.
func TestPolicy(t *testing.T) {
	s := newTestServer(t)
	canceled, cancel := context.WithCancel(context.Background())
	cancel()
	large := strings.Repeat("a", maxGoogleBody+1)
	for _, c := range []struct {
		code                       int
		method, host, target, body string
	}{
		{200, "GET", "localhost", "/", ""},
		{200, "HEAD", "localhost", "/", ""},
		{200, "GET", "localhost", "/lab", ""},
		{200, "GET", "localhost", "/write", ""},
		{200, "GET", "localhost", "/own?clock=tomorrow", ""},
		{200, "GET", "localhost", "/style.css", ""},
		{200, "GET", "localhost", "/icon.svg", ""},
		{404, "GET", "localhost", "/nope", ""},
		{404, "GET", "localhost", "/lab?break=nope", ""},
		{405, "POST", "localhost", "/", ""},
		{421, "GET", "example.com", "/", ""},
		{421, "POST", "example.com", "/token", ""},
		{404, "GET", "localhost", "/token", ""},
		{404, "GET", "localhost", "/token/<b>", ""},
		{404, "GET", "localhost", "/robot/x", ""},
		{404, "GET", "localhost", "/o/oauth2/auth", ""},
		{404, "GET", "localhost", "/oauth2/v4/<b>", ""},
		{404, "GET", "localhost", "/calendar/v3/<b>", ""},
		{405, "POST", "localhost", "/calendar/v3/calendars/primary", ""},
		{401, "GET", "localhost", "/calendar/v3/calendars/primary", ""},
		{400, "POST", "localhost", "/token", "x"},
		{413, "POST", "localhost", "/token", large},
		{414, "GET", "localhost", "/calendar/" + strings.Repeat(large, 5), ""},
		{500, "GET", "localhost", "/lab?break=" + lab.Breakages()[0].Name, "canceled"},
	} {
		r := httptest.NewRequest(c.method, c.target, strings.NewReader(c.body))
		r.Host = c.host
		if c.body == "canceled" {
			r = r.WithContext(canceled)
		}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		h := w.Result().Header
		if w.Code != c.code ||
			!slices.Equal(h.Values("Content-Security-Policy"), []string{contentPolicy}) ||
			!slices.Equal(h.Values("X-Content-Type-Options"), []string{"nosniff"}) {
			t.Errorf("%s %.40s at %s: %d %v", c.method, c.target, c.host, w.Code, h)
		}
	}
}

// However many large requests come, the server remembers little of them.
func TestServerMemory(t *testing.T) {
	s := newTestServer(t)
	const limit = 28 << 20
	before := liveHeap()
	for range 2000 { // unbounded, they would take more than 90 MiB
		form := strings.Repeat("a", maxGoogleBody)
		r := httptest.NewRequest("POST", "/token", strings.NewReader(form))
		r.Host = "localhost"
		r.Header.Set("X-Long", strings.Repeat("x", 32<<10))
		s.ServeHTTP(httptest.NewRecorder(), r)
	}
	if grown := liveHeap() - before; grown > limit {
		t.Errorf("the heap has grown by %d bytes", grown)
	}
	if n := len(s.fake.Requests()); n < 100 {
		t.Errorf("only %d requests are remembered", n)
	}
}

// liveHeap returns the size of the heap without garbage, in bytes.
func liveHeap() int {
	runtime.GC()
	runtime.GC() // empties what sync.Pool still holds
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}

func BenchmarkPages(b *testing.B) {
	s := newTestServer(b)
	for _, target := range []string{
		"/", "/lab", "/lab?break=" + lab.Breakages()[0].Name,
		"/own?" + lab.DefaultExperiment().Values().Encode(),
		"/own?claims=" + strings.Repeat("%7B%22", 2000), // the longest allowed
	} {
		b.Run(strings.ReplaceAll(target[:min(len(target), 24)], "/", "."), func(b *testing.B) {
			for range b.N {
				get(s, target)
			}
		})
	}
}

// The fake Google behind the page gets paths unchanged, and no more bytes than
// a client needs to send, because it remembers them.
func TestGoogleBehindThePage(t *testing.T) {
	s := newTestServer(t)
	for target, code := range map[string]int{
		"/calendar/v3/calendars//events":   404,
		"/calendar/v3/calendars/../events": 401,
		"//token":                          404,
	} {
		if w := get(s, target); w.Code != code {
			t.Errorf("%s: %d", target, w.Code)
		}
	}
	form := "assertion=" + strings.Repeat("a", 1<<20)
	r := httptest.NewRequest("POST", "/token", strings.NewReader(form))
	r.Host = "127.0.0.1:8080"
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	requests := s.fake.Requests()
	if last := requests[len(requests)-1]; w.Code != 413 || len(last.Body) > 16<<10 {
		t.Errorf("1 MiB: %d, %d bytes are kept", w.Code, len(last.Body))
	}
	for _, target := range []string{"/", "/own?header=x"} {
		r := httptest.NewRequest("POST", target, nil)
		r.Host = "127.0.0.1:8080"
		w := httptest.NewRecorder()
		if s.ServeHTTP(w, r); w.Code != 405 || w.Header().Get("Allow") != "GET, HEAD" {
			t.Errorf("POST %s: %d", target, w.Code)
		}
	}
}
