// SPDX-License-Identifier: 0BSD

package walkthrough

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
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
			mask.hide(strings.TrimPrefix(bearer, "Bearer "), 11)
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
	if len(page.Items) != len(trace.Events) || len(page.Items) != len(part.Fields) || len(page.Items) < 3 || page.NextPageToken != "" {
		t.Fatalf("%d items, %d events, %d fields, next page %q", len(page.Items), len(trace.Events), len(part.Fields), page.NextPageToken)
	}
	korean := false
	for i, event := range trace.Events {
		if f := part.Fields[i]; event.ID != page.Items[i].ID || !json.Valid(part.Bytes[f.Start:f.End]) {
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
	if digest := shown(t, text, "2d"); !strings.HasSuffix(shown(t, text, "2f"), "\ndigest   "+digest) {
		t.Error("the signature does not open to the digest")
	}
}

// openssl makes the signature that is shown, out of the signing input that is
// shown, opens it to the block that is shown, and hashes to the digest.
func TestOpenSSL(t *testing.T) {
	if _, err := exec.LookPath("openssl"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("openssl is required in CI")
		}
		t.Skip("not run: openssl is not installed")
	}
	_, text := lesson(t, fakegoogle.New())
	dir := t.TempDir()
	write := func(name, content string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	openssl := func(args ...string) []byte {
		cmd := exec.Command("openssl", args...)
		cmd.Dir = dir
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("openssl %s: %v", args, err)
		}
		return out
	}
	pem := "-----BEGIN PRIVATE KEY-----\n" + strings.ReplaceAll(privateKey(t), `\n`, "\n") + "\n-----END PRIVATE KEY-----\n"
	write("key.pem", pem)
	write("input", shown(t, text, "2c"))
	signature := openssl("dgst", "-sha256", "-sign", "key.pem", "input")
	if got, want := base64.RawURLEncoding.EncodeToString(signature), shown(t, text, "2e"); got != want {
		t.Errorf("openssl signs %s, but shown: %s", got, want)
	}
	write("signature", string(signature))
	block := openssl("pkeyutl", "-verifyrecover", "-inkey", "key.pem", "-in", "signature", "-pkeyopt", "rsa_padding_mode:none")
	trace, _ := lesson(t, fakegoogle.New())
	if part, err := trace.Part("block"); err != nil || !bytes.Equal(part.Bytes, block) {
		t.Errorf("openssl opens the signature to %x (%v)", block, err)
	}
	digest := strings.Fields(string(openssl("dgst", "-sha256", "-r", "input")))[0]
	if want := shown(t, text, "2d"); digest != want {
		t.Errorf("openssl's digest is %s, but shown: %s", digest, want)
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
