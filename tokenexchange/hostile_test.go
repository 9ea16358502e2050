// SPDX-License-Identifier: 0BSD

package tokenexchange

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

const goodAnswer = `{"access_token":"ya29.c.good","expires_in":3599,"token_type":"Bearer"}`

// serve runs a token endpoint and counts its requests.
func serve(t *testing.T, handler http.HandlerFunc) (url string, hits *atomic.Int64) {
	t.Helper()
	hits = new(atomic.Int64)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		hits.Add(1)
		handler(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL + "/token", hits
}

// recorder takes the place of the timer between attempts.
type recorder struct{ waits []time.Duration }

func (r *recorder) sleep(_ context.Context, d time.Duration) error {
	r.waits = append(r.waits, d)
	return nil
}

// hang doesn't answer, and returns when the client is gone.
func hang(_ http.ResponseWriter, r *http.Request) {
	io.Copy(io.Discard, r.Body) // so that the server notices when the client leaves
	<-r.Context().Done()
}

// wrap inserts sep after every n characters.
func wrap(text string, n int, sep string) string {
	var lines []string
	for ; len(text) > n; text = text[n:] {
		lines = append(lines, text[:n])
	}
	return strings.Join(append(lines, text), sep)
}

// percent encodes every character as %XX.
func percent(text string) string { return escape(text, "%%%02X") }

// escape writes every character in the format.
func escape(text, format string) string {
	var out strings.Builder
	for _, c := range []byte(text) {
		fmt.Fprintf(&out, format, c)
	}
	return out.String()
}

// Each row names a defect seen in a client library, which must not occur here.
// Every server is hostile: it knows the assertion and tries to spread it.
func TestHostile(t *testing.T) {
	assertion := testAssertion(t)
	elsewhere, leaked := serve(t, func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, goodAnswer)
	})
	status := func(code int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(code)
			io.WriteString(w, body)
		}
	}
	redirect := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, elsewhere, code) }
	}
	raw := func(answer string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			conn, _, err := w.(http.Hijacker).Hijack()
			if err == nil {
				io.WriteString(conn, answer)
				conn.Close()
			}
		}
	}
	echo := func(text string) http.HandlerFunc {
		body, err := json.Marshal(map[string]string{"error": "invalid_grant", "error_description": text})
		if err != nil {
			t.Fatal(err)
		}
		return status(400, string(body))
	}
	const quoted = "400 invalid_grant: [withheld: it quotes a secret]"
	for _, test := range []struct {
		name     string
		handler  http.HandlerFunc
		requests int64
		code     string // of the Error
		contains string // in its text
	}{
		{"a 200 without access_token is taken for a success", status(200, `{}`), 1, "", "no access_token"},
		{"a 200 with an error is taken for a success", status(200, `{"error":"invalid_grant"}`), 1, "invalid_grant", "200 invalid_grant"},
		{"a misspelled scope gives an empty token", status(200, `{"id_token":"`+assertion+`"}`), 1, "", "an id_token and no access_token"},
		{"code and description stay empty", status(400, `{"error":"invalid_grant","error_description":"Invalid JWT Signature."}`), 1, "invalid_grant", "400 invalid_grant: Invalid JWT Signature."},
		{"Error panics when there is no response", raw(""), 4, "", "no answer"},
		{"half an answer is an answer", raw("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"), 4, "", "200: the answer broke off"},
		{"the description echoes the assertion", status(400, `{"error":"invalid_grant","error_description":"Invalid signature for token: `+assertion+`"}`), 1, "invalid_grant", "Invalid signature for token: [withheld]"},
		{"the assertion is wrapped at 40", echo(wrap(assertion, 40, "\r\n")), 1, "invalid_grant", quoted},
		{"the assertion is wrapped at 60", echo(wrap(assertion, 60, " ")), 1, "invalid_grant", quoted},
		{"the assertion has commas", echo(wrap(assertion, 63, ",")), 1, "invalid_grant", quoted},
		{"the assertion has soft hyphens", echo(wrap(assertion, 5, "\u00ad")), 1, "invalid_grant", quoted},
		{"each character is spaced", echo(wrap(assertion, 1, " ")), 1, "invalid_grant", quoted},
		{"the assertion has %30 for 0", echo(strings.ReplaceAll(assertion, "0", "%30")), 1, "invalid_grant", "400 invalid_grant: [withheld]"},
		{"the assertion is percent-encoded", echo(wrap(percent(assertion), 30, " ")), 1, "invalid_grant", "400 invalid_grant: [withheld] [withheld]"},
		{"the assertion is in hex", echo(fmt.Sprintf("%x", assertion)), 1, "invalid_grant", "400 invalid_grant: [withheld]"},
		{"the assertion is in base64 again", echo(base64.StdEncoding.EncodeToString([]byte(assertion))), 1, "invalid_grant", "400 invalid_grant: [withheld]"},
		{"some of it is escaped, and all is wrapped", echo(wrap(strings.NewReplacer("0", "%30", "c", "%63").Replace(assertion), 20, " ")), 1, "invalid_grant", quoted},
		{"all of it is escaped, and wrapped in escapes", echo(wrap(percent(assertion), 13, " ")), 1, "invalid_grant", "400 invalid_grant: [withheld]"},
		{"it is escaped as in JSON", echo(wrap(escape(assertion, `\u%04x`), 48, " ")), 1, "invalid_grant", "400 invalid_grant: [withheld] [withheld]"},
		{"it is escaped as in HTML", echo(wrap(escape(assertion, "&#%d;"), 48, " ")), 1, "invalid_grant", "400 invalid_grant: [withheld] [withheld]"},
		{"it is in capitals", echo(wrap(strings.ToUpper(assertion), 40, " ")), 1, "invalid_grant", quoted},
		{"it is in UTF-16", echo(wrap(assertion, 1, "\x00")), 1, "invalid_grant", quoted},
		{"the code has one half, the description the other", status(400, `{"error":"`+assertion[:30]+`","error_description":"`+assertion[30:60]+`"}`), 1, "[withheld: it quotes a secret]", "400 [withheld: it quotes a secret]: [withheld: it quotes a secret]"},
		{"the token type has it, with soft hyphens", status(200, `{"access_token":"x","token_type":"`+wrap(assertion, 5, "\u00ad")+`"}`), 1, "", "token_type is [withheld] not Bearer"},
		{"the type of the answer has it", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", wrap(assertion, 20, " "))
			w.WriteHeader(400)
		}, 1, "", "400: [withheld: it quotes a secret]"},
		{"the host of a redirect has it", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", "https://"+strings.ReplaceAll(wrap(assertion[:200], 20, "."), "_", "-")+"/")
			w.WriteHeader(307)
		}, 1, "", "307: a redirect to [withheld] which is not followed"},
		{"only the end of the assertion", echo("100% wrong: " + assertion[len(assertion)-40:]), 1, "invalid_grant", quoted},
		{"the error code echoes the assertion", status(400, `{"error":"`+assertion+`"}`), 1, "[withheld]", "400 [withheld]"},
		{"the status line echoes the assertion", raw("HTTP/1.1 " + assertion + "\r\n\r\n"), 4, "", "no answer"},
		{"a malformed answer echoes the assertion", raw(assertion + "\r\n\r\n"), 4, "", "no answer"},
		{"a malformed header echoes the assertion", raw("HTTP/1.1 200 OK\r\n" + assertion + "\r\n\r\n"), 4, "", "no answer"},
		{"a malformed Location echoes the assertion", raw("HTTP/1.1 302 Found\r\nLocation: http://%zz" + assertion + "\r\n\r\n"), 4, "", "no answer"},
		{"an unlimited error body is read", func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(400)
			for block := []byte(strings.Repeat("x", 1<<16)); ; {
				if _, err := w.Write(block); err != nil {
					return
				}
			}
		}, 1, "", "larger than 1 MiB"},
		{"the error has a whole HTML page", status(404, "<html>"+strings.Repeat("<p>login", 1000)), 1, "", `404: 8006 bytes of type "text/html; charset=utf-8", not JSON`},
		{"the assertion follows a 302", redirect(302), 1, "", `302: a redirect to "127.0.0.1:`},
		{"the assertion is posted again on a 307", redirect(307), 1, "", `307: a redirect to "127.0.0.1:`},
		{"the assertion is posted again on a 308", redirect(308), 1, "", `308: a redirect to "127.0.0.1:`},
		{"408 is not tried again", status(408, ``), 4, "", "408"},
		{"429 is not tried again", status(429, ``), 4, "", "429"},
		{"500 is not tried again", status(500, `{"error":"internal_failure"}`), 4, "internal_failure", "500"},
		{"502 is not tried again", status(502, `<html>`), 4, "", "502"},
		{"503 is not tried again", status(503, ``), 4, "", "503"},
		{"504 is not tried again", status(504, ``), 4, "", "504"},
		{"400 is tried again", status(400, `{"error":"invalid_grant"}`), 1, "invalid_grant", "400"},
		{"401 is tried again", status(401, `{"error":"unauthorized_client"}`), 1, "unauthorized_client", "401"},
		{"403 is tried again", status(403, `{"error":"access_denied"}`), 1, "access_denied", "403"},
		{"501 is tried again", status(501, ``), 1, "", "501"},
	} {
		t.Run(test.name, func(t *testing.T) {
			url, hits := serve(t, test.handler)
			jar, err := cookiejar.New(nil)
			if err != nil {
				t.Fatal(err)
			}
			// The caller's client follows redirects; ours must not.
			own := &http.Client{
				Jar:           jar,
				CheckRedirect: func(*http.Request, []*http.Request) error { return nil },
			}
			rec := new(recorder)
			client := &Client{HTTP: own, Sleep: rec.sleep}
			token, err := client.Exchange(context.Background(), url, assertion)
			var e *Error
			if token != nil || !errors.As(err, &e) {
				t.Fatalf("%v, %v", token, err)
			}
			if e.Code != test.code || !strings.Contains(e.Error(), test.contains) {
				t.Errorf("code %q, error %q; want %q, %q", e.Code, e, test.code, test.contains)
			}
			n := hits.Load()
			if n != test.requests || len(rec.waits) != int(n)-1 || leaked.Load() != 0 {
				t.Errorf("%d requests, waits %v, %d elsewhere", n, rec.waits, leaked.Load())
			}
			if own.Timeout != 0 {
				t.Error("the caller's client was changed")
			}
			for err := error(e); err != nil; err = errors.Unwrap(err) {
				for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
					text := fmt.Sprintf(verb, err) + e.Advice()
					if strings.Contains(text, assertion[200:240]) ||
						strings.Contains(text, "<p>login<p>") {
						t.Errorf("%s shows what it must not: %s", verb, text)
					}
				}
			}
		})
	}
}

// A transport needn't say which request it answers. What it answers is cleaned
// nevertheless.
func TestAnswerWithoutRequest(t *testing.T) {
	assertion := testAssertion(t)
	own := transport(func(*http.Request) (*http.Response, error) {
		return respond(400, "", `{"error":"no `+wrap(assertion, 40, " ")+`"}`), nil
	})
	c := &Client{HTTP: &http.Client{Transport: own}}
	_, err := c.Exchange(context.Background(), googleTokenURL, assertion)
	if err == nil || err.Error() != "tokenexchange: 400 [withheld: it quotes a secret]" {
		t.Error(err)
	}
}

func TestRetryThenSuccess(t *testing.T) {
	first := true
	url, hits := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || !strings.HasSuffix(string(body), "&assertion=a.b.c") {
			t.Errorf("the request has %q, %v", body, err)
		}
		if first {
			first = false
			w.Header().Set("Retry-After", "17")
			w.WriteHeader(503)
			return
		}
		io.WriteString(w, goodAnswer)
	})
	rec := new(recorder)
	client := &Client{Sleep: rec.sleep, Now: func() time.Time { return epoch }}
	token, err := client.Exchange(context.Background(), url, "a.b.c")
	if err != nil || token.AccessToken != "ya29.c.good" ||
		!token.Expiry.Equal(epoch.Add(3599*time.Second)) {
		t.Errorf("%v, %v", token, err)
	}
	if hits.Load() != 2 || len(rec.waits) != 1 || rec.waits[0] != 17*time.Second {
		t.Errorf("%d requests, waits %v", hits.Load(), rec.waits)
	}
}

func TestWait(t *testing.T) {
	for n, bound := range map[int]time.Duration{
		1:    time.Second,
		2:    2 * time.Second,
		5:    16 * time.Second,
		6:    32 * time.Second,
		1000: 32 * time.Second,
	} {
		smallest, largest := bound, time.Duration(0)
		for range 1000 {
			d := wait(n, 0)
			smallest, largest = min(smallest, d), max(largest, d)
		}
		// Full jitter: anything up to the bound.
		if smallest <= 0 || smallest > bound/10 || largest > bound || largest < bound/10*9 {
			t.Errorf("wait %d is between %v and %v, bound %v", n, smallest, largest, bound)
		}
	}
}

func TestRetryAfter(t *testing.T) {
	for _, test := range []struct {
		value      string
		serverDate time.Time
		want       time.Duration
	}{
		{"", time.Time{}, 0},
		{"soon", time.Time{}, 0},
		{"-3", time.Time{}, 0},
		{"120", time.Time{}, 2 * time.Minute},
		{"99999999999999999999", time.Time{}, (1<<31 - 1) * time.Second},
		{"soon", time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC), 0},
		{"Tue, 14 Nov 2023 22:14:20 GMT", time.Time{}, time.Minute},
		{"Tue, 14 Nov 2023 22:14:20 GMT", epoch.Add(50 * time.Second), 10 * time.Second},
		{"Tue, 14 Nov 2023 22:14:20 GMT", epoch.Add(time.Hour), 0},
	} {
		if got := retryAfter(test.value, test.serverDate, epoch); got != test.want {
			t.Errorf("%q: %v, want %v", test.value, got, test.want)
		}
	}
	// Up to a minute, the wait is never shorter than asked.
	if got := wait(1, time.Hour); got != time.Minute {
		t.Errorf("an hour is asked for: %v", got)
	}
	if got := wait(1, 17*time.Second); got != 17*time.Second {
		t.Errorf("17 s are asked for: %v", got)
	}
}

// A deadline of 200 ms is kept, give or take 300 ms, wherever the time goes.
func TestContextIsHonored(t *testing.T) {
	slowBody := func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		io.WriteString(w, `{"access_token":`)
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}
	busy := func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(503) }
	hour := func(ctx context.Context, _ time.Duration) error {
		return new(Client).sleep(ctx, time.Hour)
	}
	for _, test := range []struct {
		name    string
		handler http.HandlerFunc
		cancel  bool
		sleep   func(context.Context, time.Duration) error
		want    error
	}{
		{"before the headers, deadline", hang, false, nil, context.DeadlineExceeded},
		{"before the headers, canceled", hang, true, nil, context.Canceled},
		{"in the body, deadline", slowBody, false, nil, context.DeadlineExceeded},
		{"in the body, canceled", slowBody, true, nil, context.Canceled},
		{"between attempts, canceled", busy, true, hour, context.Canceled},
	} {
		t.Run(test.name, func(t *testing.T) {
			url, _ := serve(t, test.handler)
			ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
			if test.cancel {
				ctx, cancel = context.WithCancel(context.Background())
				time.AfterFunc(200*time.Millisecond, cancel)
			}
			defer cancel()
			start := time.Now()
			token, err := (&Client{Sleep: test.sleep}).Exchange(ctx, url, "a.b.c")
			if elapsed := time.Since(start); elapsed > 5*time.Second { // an attempt may take 30
				t.Errorf("returned after %v", elapsed)
			}
			var e *Error
			if token != nil || !errors.Is(err, test.want) || !errors.As(err, &e) || e.Temporary() {
				t.Errorf("%v, %v", token, err)
			}
			if test.cancel && !strings.HasPrefix(e.Advice(), "The caller canceled the exchange.") {
				t.Errorf("advice %q", e.Advice())
			}
		})
	}
}

// late is a context whose deadline has passed, but whose timer hasn't noticed.
type late struct{ context.Context }

func (late) Deadline() (time.Time, bool) { return time.Now().Add(-time.Second), true }

// A dialer may notice the deadline before the context does.
func TestDeadlineBeforeContext(t *testing.T) {
	timeout := transport(func(*http.Request) (*http.Response, error) {
		return nil, errors.New("i/o timeout")
	})
	c := &Client{HTTP: &http.Client{Transport: timeout}}
	_, err := c.Exchange(late{context.Background()}, "https://host/token", "a.b.c")
	var e *Error
	if !errors.As(err, &e) || !errors.Is(err, context.DeadlineExceeded) || e.Temporary() {
		t.Errorf("%v", err)
	}
}

// A client without a timeout gets 30 seconds, and isn't changed.
func TestDefaultTimeout(t *testing.T) {
	left := time.Duration(0)
	own := &http.Client{Transport: transport(func(r *http.Request) (*http.Response, error) {
		if deadline, limited := r.Context().Deadline(); limited {
			left = time.Until(deadline)
		}
		return nil, errors.New("seen enough")
	})}
	c := &Client{HTTP: own, MaxAttempts: 1}
	_, err := c.Exchange(context.Background(), "https://host/token", "a.b.c")
	if err == nil || left <= 0 || left > 30*time.Second || own.Timeout != 0 {
		t.Errorf("%v left of it, %v", left, err)
	}
}

// A wait that the deadline would cut short doesn't start: the error is the
// server's.
func TestNoWaitPastDeadline(t *testing.T) {
	url, hits := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Retry-After", "30")
		w.WriteHeader(503)
	})
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	rec := new(recorder)
	_, err := (&Client{Sleep: rec.sleep}).Exchange(ctx, url, "a.b.c")
	var e *Error
	if !errors.As(err, &e) || e.StatusCode != 503 || !e.Temporary() ||
		errors.Is(err, context.DeadlineExceeded) || e.RetryAfter != 30*time.Second {
		t.Errorf("%v", err)
	}
	if hits.Load() != 1 || len(rec.waits) != 0 {
		t.Errorf("%d requests, waits %v", hits.Load(), rec.waits)
	}
}

func TestNoNetwork(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listener.Close() // now nobody listens there
	url := "http://" + listener.Addr().String() + "/token"
	rec := new(recorder)
	client := &Client{Sleep: rec.sleep, MaxAttempts: 2}
	_, err = client.Exchange(context.Background(), url, "a.b.c")
	var e *Error
	var operation *net.OpError
	if !errors.As(err, &e) || !errors.As(err, &operation) || !e.Temporary() ||
		e.StatusCode != 0 || len(rec.waits) != 1 {
		t.Errorf("%v, waits %v", err, rec.waits)
	}
	const lost = "No complete answer came: the connection failed or broke off."
	if !strings.HasPrefix(e.Advice(), lost) {
		t.Error(e.Advice())
	}
	// One attempt timed out: it's worth another, and the advice says why.
	slow, hits := serve(t, hang)
	client.HTTP = &http.Client{Timeout: 20 * time.Millisecond}
	_, err = client.Exchange(context.Background(), slow, "a.b.c")
	if !errors.As(err, &e) || !e.Temporary() || hits.Load() != 2 ||
		!strings.HasPrefix(e.Advice(), "No answer came in the time allowed.") {
		t.Errorf("%v, %d requests", err, hits.Load())
	}
}

// net/http doesn't log what a server sends after its answer: here, the half
// that Content-Length doesn't count.
func TestNothingIsLogged(t *testing.T) {
	var logged bytes.Buffer
	log.SetOutput(&logged)
	defer log.SetOutput(os.Stderr)
	left := make(chan struct{})
	url, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		defer close(left)
		io.Copy(io.Discard, r.Body)
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}%s", goodAnswer)
		io.Copy(io.Discard, conn) // until the client closes it; it would have logged by then
	})
	if _, err := new(Client).Exchange(context.Background(), url, testAssertion(t)); err == nil {
		t.Error("a token from half an answer")
	}
	<-left
	if logged.Len() > 0 {
		t.Errorf("%s", &logged)
	}
}

// via returns a client with the default transport, but through the proxy at the
// given address.
func via(address string) *http.Client {
	own := new(http.Transport)
	own.Proxy = func(*http.Request) (*url.URL, error) { return url.Parse(address) }
	return &http.Client{Transport: own}
}

// proxyThat answers every CONNECT with what the function returns.
func proxyThat(t *testing.T, answer func(*http.Request) string) (address string) {
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if conn, _, err := w.(http.Hijacker).Hijack(); err == nil {
			io.WriteString(conn, answer(r))
			conn.Close()
		}
	}))
	t.Cleanup(proxy.Close)
	return strings.Replace(proxy.URL, "http://", "http://me:Canary-pass@", 1)
}

const googleTokenURL = "https://oauth2.googleapis.com/token"

// A proxy's password is a secret too, in each form that a proxy may echo.
func TestProxyPassword(t *testing.T) {
	rec := new(recorder)
	basic := base64.StdEncoding.EncodeToString([]byte("me:Canary-pass"))
	for _, echo := range []string{
		"Basic " + basic, "basic " + basic, basic, "Canary-pass", "no Canary-pass!", "me:Canary-pass",
		percent(basic), wrap(basic, 3, ","),
	} {
		for _, answer := range []string{
			"HTTP/1.1 407 No " + echo + "\r\n\r\n",
			"HTTP/1.1 " + echo + "\r\n\r\n",
			echo + "\r\n\r\n",
			"HTTP/1.1 200 OK\r\n" + echo + "\r\n\r\n",
		} {
			address := proxyThat(t, func(*http.Request) string { return answer })
			client := &Client{HTTP: via(address), Sleep: rec.sleep}
			_, err := client.Exchange(context.Background(), googleTokenURL, testAssertion(t))
			if err == nil || strings.Contains(err.Error(), "Canary") ||
				strings.Contains(err.Error(), basic) || strings.Contains(err.Error(), basic[:3]+",") ||
				strings.Contains(err.Error(), percent(basic)) {
				t.Errorf("%q: %v", answer, err)
			}
		}
	}
	const want = `/token": parse [withheld]`
	client := &Client{HTTP: via("http://me:Canary%zz@proxy.example"), Sleep: rec.sleep}
	_, err := client.Exchange(context.Background(), googleTokenURL, testAssertion(t))
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%v; want %s", err, want)
	}
	// With another transport, the password is known by its form.
	for _, quoted := range []string{
		"Basic " + basic, "basic " + basic, "Proxy-Authorization:BASIC " + basic,
		"http://me:" + basic + "@proxy.example", // a password as good as any
	} {
		own := transport(func(*http.Request) (*http.Response, error) {
			return nil, errors.New("No " + quoted)
		})
		client := &Client{HTTP: &http.Client{Transport: own}, MaxAttempts: 1}
		_, err := client.Exchange(context.Background(), googleTokenURL, testAssertion(t))
		if err == nil || strings.Contains(err.Error(), basic) {
			t.Error(err)
		}
	}
}

// What a proxy refuses is named as the proxy's answer, and isn't tried again.
func TestProxyRefuses(t *testing.T) {
	for _, test := range []struct {
		status   int
		want     string
		attempts int
	}{
		{407, "407 Proxy Authentication Required", 1},
		{403, "403 Forbidden", 1},
		{405, "405 Method Not Allowed", 1},
		{502, "502 Bad Gateway", 4},
		{503, "503 Service Unavailable", 4},
	} {
		attempts := 0
		address := proxyThat(t, func(*http.Request) string {
			attempts++
			return fmt.Sprintf("HTTP/1.1 %d Whatever\r\n\r\n", test.status)
		})
		own := via(address)
		client := &Client{HTTP: own, Sleep: new(recorder).sleep}
		_, err := client.Exchange(context.Background(), googleTokenURL, "a.b.c")
		_, host, _ := strings.Cut(address, "@")
		want := "tokenexchange: the proxy " + host + " answered " + test.want
		var e *Error
		if !errors.As(err, &e) || e.Error() != want || e.Temporary() != (test.attempts > 1) ||
			attempts != test.attempts || e.URL != googleTokenURL || e.StatusCode != 0 {
			t.Errorf("%d attempts, %v; want %s", attempts, err, want)
		}
		if !strings.HasPrefix(e.Advice(), "The proxy answered, and not Google") {
			t.Error(e.Advice())
		}
	}
}

// A transport of the caller's isn't changed, and neither is a default that isn't
// net/http's. One with a hook of its own for what a proxy answers is used.
func TestTransportUnchanged(t *testing.T) {
	address := proxyThat(t, func(*http.Request) string {
		return "HTTP/1.1 407 Whatever\r\n\r\n"
	})
	own := &http.Transport{
		Proxy: func(*http.Request) (*url.URL, error) { return url.Parse(address) },
	}
	client := &Client{HTTP: &http.Client{Transport: own}, MaxAttempts: 1}
	_, err := client.Exchange(context.Background(), googleTokenURL, "a.b.c")
	if err == nil || !strings.Contains(err.Error(), "answered 407 Proxy Auth") ||
		client.HTTP.Transport != own || own.OnProxyConnectResponse != nil || own.DisableKeepAlives {
		t.Error(err)
	}
	hook := errors.New("the caller's own words")
	own.OnProxyConnectResponse = func(
		context.Context, *url.URL, *http.Request, *http.Response) error {
		return hook
	}
	_, err = client.Exchange(context.Background(), googleTokenURL, "a.b.c")
	if !errors.Is(err, hook) {
		t.Error(err)
	}
	kept := careful(own).OnProxyConnectResponse
	if err := kept(context.Background(), nil, nil, new(http.Response)); err != hook {
		t.Error(err)
	}
	shared := http.DefaultTransport
	defer func() { http.DefaultTransport = shared }()
	http.DefaultTransport = http.NewFileTransport(http.Dir("."))
	plain := new(http.Client)
	if setTransport(plain, nil); plain.Transport != http.DefaultTransport {
		t.Error("the program's default isn't used")
	}
}

// The way through a proxy that does connect.
func TestProxyConnects(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, goodAnswer)
	}))
	defer server.Close()
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		onward, err := net.Dial("tcp", r.Host)
		if err != nil {
			t.Error(err)
			return
		}
		defer onward.Close()
		io.WriteString(conn, "HTTP/1.1 200 Connection established\r\n\r\n")
		go io.Copy(onward, conn)
		io.Copy(conn, onward)
	}))
	defer proxy.Close()
	own := server.Client()
	own.Transport.(*http.Transport).Proxy = func(*http.Request) (*url.URL, error) {
		return url.Parse(proxy.URL)
	}
	token, err := (&Client{HTTP: own}).Exchange(context.Background(), server.URL, "a.b.c")
	if err != nil || token.AccessToken != "ya29.c.good" {
		t.Errorf("%v, %v", token, err)
	}
}

// The error has the URL that was posted to, and the advice shows it beside
// Google's.
func TestErrorURL(t *testing.T) {
	url, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(404)
		io.WriteString(w, "<html>")
	})
	_, err := new(Client).Exchange(context.Background(), url, "a.b.c")
	var e *Error
	want := "Google's is https://oauth2.googleapis.com/token, and this was sent to " + url + "."
	if !errors.As(err, &e) || e.URL != url || !strings.Contains(e.Advice(), want) {
		t.Errorf("%v: %s", err, e.Advice())
	}
	// A caller of ParseResponse may have made another request.
	resp := respond(404, "", "<html>")
	resp.Request = httptest.NewRequest("POST", "https://me:Canary@host/token", nil)
	resp.Request.GetBody = func() (io.ReadCloser, error) { return nil, errors.New("gone") }
	_, err = ParseResponse(resp, epoch)
	if !errors.As(err, &e) || strings.Contains(e.URL+e.Advice(), "Canary") {
		t.Error(e.URL)
	}
}

// The real timer between attempts.
func TestSleepTimer(t *testing.T) {
	if err := new(Client).sleep(context.Background(), time.Nanosecond); err != nil {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := new(Client).sleep(ctx, time.Hour); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
