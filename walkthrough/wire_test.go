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
	"strconv"
	"strings"
	"testing"
	"time"

	"example.com/fivestep/jwt"
	"example.com/fivestep/walkthrough/fakegoogle"
)

// What is shown as requests is what the fake received.
func TestShownRequests(t *testing.T) {
	google := fakegoogle.New()
	_, text := lesson(t, google)
	received := google.Requests()
	numbers, hosts := []string{"3", "5a"}, []string{"oauth2.googleapis.com", "www.googleapis.com"}
	if len(received) != len(numbers) {
		t.Fatalf("the fake received %d requests", len(received))
	}
	for i, number := range numbers {
		got, err := http.ReadRequest(bufio.NewReader(strings.NewReader(shown(t, text, number) + "\n")))
		if err != nil {
			t.Fatalf("%s: %v", number, err)
		}
		body, err := io.ReadAll(got.Body)
		if err != nil {
			t.Fatalf("%s: %v", number, err)
		}
		want := received[i]
		if got.Method != want.Method || got.RequestURI != want.Path || got.Proto != want.Proto || got.Host != want.Host || want.Host != hosts[i] {
			t.Errorf("%s: %s %s %s %s, but received: %+v", number, got.Method, got.RequestURI, got.Proto, got.Host, want)
		}
		if !bytes.Equal(body, want.Body) {
			t.Errorf("%s: the body is not what was received", number)
		}
		if bearer := want.Header.Get("Authorization"); bearer != "" {
			mask := Part{Bytes: []byte(bearer)}
			withhold(&mask, strings.TrimPrefix(bearer, "Bearer "))
			want.Header.Set("Authorization", string(mask.Bytes))
		}
		for name := range want.Header {
			if len(want.Header) != len(got.Header) || got.Header.Get(name) != want.Header.Get(name) {
				t.Errorf("%s: %s: %q, but received: %q", number, name, got.Header, want.Header)
			}
		}
	}
}

// What is recorded of the answer is what the client made events of.
func TestRecordedAnswer(t *testing.T) {
	trace, text := lesson(t, fakegoogle.New())
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
	if len(page.Items) != len(trace.Events) || len(page.Items) < 3 || page.NextPageToken != "" || bytes.Contains(body, []byte("nextSyncToken")) {
		t.Fatalf("%d items, %d events, next page %q, or a sync token", len(page.Items), len(trace.Events), page.NextPageToken)
	}
	korean := false
	for i, event := range trace.Events {
		if event.ID != page.Items[i].ID {
			t.Errorf("event %d is %q, not %q", i, event.ID, page.Items[i].ID)
		}
		if !strings.Contains(text, "  "+event.Summary+"\n") {
			t.Errorf("the agenda has no %q", event.Summary)
		}
		korean = korean || columns(event.Summary) > len([]rune(event.Summary))
	}
	if !korean {
		t.Error("no event has a Korean title")
	}
}

// What the text shows of a part are its bytes, but for two that it cuts short.
func TestShownParts(t *testing.T) {
	trace, text := lesson(t, fakegoogle.New())
	for _, step := range trace.Steps {
		for i, part := range step.Parts {
			number := strconv.Itoa(step.Number)
			if len(step.Parts) > 1 {
				number += string(rune('a' + i))
			}
			got, want := shown(t, text, number), strings.ReplaceAll(string(part.Bytes), "\r\n", "\n")
			if part.Kind == JSON || part.Kind == HTTP {
				want = strings.TrimSuffix(want, "\n")
			}
			switch {
			case part.Kind == Binary || part.Name == "assertion":
				continue
			case part.Name == "events-response":
				begin, rest, cut := strings.Cut(got, "[... ")
				if !cut || !strings.HasPrefix(want, begin) || !strings.HasSuffix(rest, "]}") {
					t.Errorf("%s: %s", part.Name, got)
				}
			case got != want:
				t.Errorf("%s:\n%s\nis not\n%s", part.Name, got, want)
			}
		}
	}
}

// The JWT in the request that is shown holds the header and the claims that are
// shown, and is the signing input and the signature that are shown.
func TestShownJWT(t *testing.T) {
	_, text := lesson(t, fakegoogle.New())
	_, assertion, ok := strings.Cut(shown(t, text, "3"), "&assertion=")
	if !ok {
		t.Fatal("no assertion is shown")
	}
	header, claims, err := jwt.Decode(assertion)
	if err != nil {
		t.Fatal(err)
	}
	if want := shown(t, text, "2a"); string(header) != want {
		t.Errorf("header %s, but shown: %s", header, want)
	}
	if want := shown(t, text, "2b"); string(claims) != want {
		t.Errorf("claims %s, but shown: %s", claims, want)
	}
	if want := shown(t, text, "2c") + "." + shown(t, text, "2e"); assertion != want {
		t.Errorf("assertion %s, but shown: %s", assertion, want)
	}
	if digest := shown(t, text, "2d"); !strings.HasSuffix(shown(t, text, "2g"), "\ndigest   "+digest) {
		t.Error("the signature does not open to the digest")
	}
}

// Without the sharing of step 1, the same request is answered 404.
func TestNotShared(t *testing.T) {
	google := fakegoogle.New()
	lesson(t, google)
	requests := google.Requests()
	last := requests[len(requests)-1]
	key, err := jwt.ParseKeyFile(testKeyFile())
	if err != nil {
		t.Fatal(err)
	}
	for i, role := range []string{"reader", ""} {
		google.Share(calendarID, key.ClientEmail, role)
		req := httptest.NewRequest(last.Method, last.Path, nil)
		req.Header = last.Header
		answer := httptest.NewRecorder()
		google.ServeHTTP(answer, req)
		if want := []int{200, 404}[i]; answer.Code != want {
			t.Errorf("role %q: %d, not %d", role, answer.Code, want)
		}
	}
}

// A connection that is used again makes a second exchange, and a closed wire
// leaves no goroutine behind.
func TestWire(t *testing.T) {
	before := runtime.NumGoroutine()
	w := newWire(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "hello "+r.URL.Path) }))
	client := &http.Client{Transport: w.transport}
	for _, path := range []string{"/a", "/b"} {
		resp, err := client.Get("https://example.com" + path)
		if err != nil {
			t.Fatal(err)
		}
		io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
	}
	w.close()
	all := w.recorded()
	if len(all) != 2 {
		t.Fatalf("%d exchanges", len(all))
	}
	for i, e := range all {
		path := []string{"/a", "/b"}[i]
		if e.address != "example.com:443" || !strings.HasPrefix(string(e.sent), "GET "+path+" HTTP/1.1\r\n") || !strings.HasSuffix(string(e.received), "\r\n\r\nhello "+path) {
			t.Errorf("exchange %d: %s %q %q", i, e.address, e.sent, e.received)
		}
	}
	if _, err := client.Get("http://example.com/"); err == nil {
		t.Error("a closed wire was used")
	}
	for deadline := time.Now().Add(10 * time.Second); runtime.NumGoroutine() > before; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d goroutines, and %d before", runtime.NumGoroutine(), before)
		}
	}
}
