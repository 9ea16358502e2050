// SPDX-License-Identifier: 0BSD

package walkthrough

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"example.com/fivestep/jwt"
	"example.com/fivestep/walkthrough/fakegoogle"
)

// The recorded response is the one from which the client made the events.
func TestRecordedAnswer(t *testing.T) {
	trace := lesson(t, fakegoogle.New())
	part, err := trace.Part("events-response")
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(part.Bytes)), nil)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil || int64(len(body)) != resp.ContentLength {
		t.Fatalf("%d bytes, %v", len(body), err)
	}
	var page struct {
		NextPageToken string `json:"nextPageToken"`
		Items         []struct {
			ID string `json:"id"`
		} `json:"items"`
	}
	if err := json.Unmarshal(body, &page); err != nil {
		t.Fatal(err)
	}
	if page.NextPageToken != "" || bytes.Contains(body, []byte("nextSyncToken")) {
		t.Fatalf("next page %q, or a sync token", page.NextPageToken)
	}
	if len(page.Items) != len(trace.Events) || len(page.Items) < 3 {
		t.Fatalf("%d items, %d events", len(page.Items), len(trace.Events))
	}
	for i, event := range trace.Events {
		if event.ID != page.Items[i].ID {
			t.Errorf("event %d is %q, not %q", i, event.ID, page.Items[i].ID)
		}
	}
}

// Without the sharing of step 1, the answer to the same request is 404.
func TestNotShared(t *testing.T) {
	google := fakegoogle.New()
	lesson(t, google)
	requests := google.Requests()
	last := requests[len(requests)-1]
	key, err := jwt.ParseKeyFile(KeyFile())
	if err != nil {
		t.Fatal(err)
	}
	for i, role := range []string{"reader", ""} {
		google.Share(CalendarID, key.ClientEmail, role)
		req := httptest.NewRequest(last.Method, last.Path, nil)
		req.Header = last.Header
		answer := httptest.NewRecorder()
		google.ServeHTTP(answer, req)
		if want := []int{200, 404}[i]; answer.Code != want {
			t.Errorf("role %q: %d, not %d", role, answer.Code, want)
		}
	}
}

// A reused connection makes a second exchange, and a closed wire leaves no
// goroutine behind.
func TestWire(t *testing.T) {
	before := runtime.NumGoroutine()
	hello := func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "hello "+r.URL.Path) }
	w := NewWire(http.HandlerFunc(hello))
	client := &http.Client{Transport: w.Transport()}
	for _, path := range []string{"/a", "/b"} {
		resp, err := client.Get("https://example.com" + path)
		if err != nil {
			t.Fatal(err)
		}
		io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
	}
	w.Close()
	all := w.exchanges()
	if len(all) != 2 || w.Exchanges() != 2 {
		t.Fatalf("%d exchanges", len(all))
	}
	for i, e := range all {
		path := []string{"/a", "/b"}[i]
		if e.address != "example.com:443" ||
			!strings.HasPrefix(string(e.sent), "GET "+path+" HTTP/1.1\r\n") ||
			!strings.HasSuffix(string(e.received), "\r\n\r\nhello "+path) {
			t.Errorf("exchange %d: %s %q %q", i, e.address, e.sent, e.received)
		}
	}
	if _, err := client.Get("http://example.com/"); err == nil {
		t.Error("a closed wire was used")
	}
	deadline := time.Now().Add(10 * time.Second)
	for ; runtime.NumGoroutine() > before; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d goroutines, and %d before", runtime.NumGoroutine(), before)
		}
	}
}
