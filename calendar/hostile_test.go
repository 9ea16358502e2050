// SPDX-License-Identifier: 0BSD

package calendar

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestNetworkFailures(t *testing.T) {
	c, s := serve(t, func(http.ResponseWriter, *http.Request, int) { panic(http.ErrAbortHandler) })
	_, err := collect(c, context.Background(), Query{})
	if e := fault(t, err); !e.Temporary() || e.StatusCode != 0 || s.count() < 4 || e.Page != 1 {
		t.Errorf("reset: %v, %d requests", err, s.count())
	}
	s.Close()
	_, err = collect(c, context.Background(), Query{})
	e := fault(t, err)
	if !e.Temporary() || !errors.As(err, new(*net.OpError)) {
		t.Errorf("refused: %v", err)
	}
	out := e.Error()
	if !strings.Contains(out, "GET "+s.URL+": ") || strings.Contains(out, "maxResults") {
		t.Errorf("refused: %s", out)
	}
}

func zipped(body string) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write([]byte(body))
	_ = z.Close()
	return b.Bytes()
}

func TestGzip(t *testing.T) {
	whole := zipped(pageText(0, 1000, 1000))
	for name, test := range map[string]struct {
		body []byte
		ok   bool
	}{
		"whole":        {whole, true},
		"cut":          {whole[:len(whole)/2], false},
		"no checksum":  {whole[:len(whole)-8], false},
		"not gzip":     {[]byte(pageText(0, 1, 1)), false},
		"bad checksum": {append(bytes.Clone(whole[:len(whole)-8]), make([]byte, 8)...), false},
	} {
		t.Run(name, func(t *testing.T) {
			c, s := serve(t, func(w http.ResponseWriter, r *http.Request, n int) {
				w.Header().Set("Content-Encoding", "gzip")
				_, _ = w.Write(test.body)
			})
			ids, err := collect(c, context.Background(), Query{})
			if test.ok {
				checkAll(t, ids, 1000)
				return
			}
			e := fault(t, err)
			if !e.Temporary() || e.StatusCode != 200 || len(ids) != 0 || s.count() != 4 {
				t.Errorf("%v, %d events, %d requests", err, len(ids), s.count())
			}
		})
	}
}

// forever is a body that never ends.
type forever struct {
	text string
	at   int
}

func (f *forever) Read(p []byte) (int, error) {
	n := copy(p, f.text[f.at:])
	f.at = (f.at + n) % len(f.text)
	return n, nil
}

func TestHugeBodies(t *testing.T) {
	for name, test := range map[string]struct {
		status int
		head   string
		body   io.Reader
		want   string
	}{
		"page of empty events": {200, `{"kind":"calendar#events","items":[{}`, &forever{text: `,{"x":"` + strings.Repeat("y", 100_000) + `"}`}, "larger than 32768 KiB"},
		"events of nothing":    {200, `{"kind":"calendar#events","items":[{}`, &forever{text: `,{}`}, "items: number 2501: more than the 2500 that Google sends in a page"},
		"title without end":    {200, `{"kind":"calendar#events","items":[{"summary":"`, &forever{text: "a b "}, "items: number 1: ...a value is larger than 384 KiB"},
		"guests of nothing":    {200, `{"kind":"calendar#events","items":[{}`, &forever{text: `,{"attendees":[{}` + strings.Repeat(`,{}`, 2000) + `]}`}, "items: ...larger than 32768 KiB, as text or in memory"},
		"members of nothing":   {200, `{"kind":"calendar#events"`, new(members), "larger than 32768 KiB, as text or in memory"},
		"space without end":    {200, `{"kind":"calendar#events",`, &forever{text: strings.Repeat(" ", 5000)}, "more than 64 KiB of white space"},
		"endless HTML":         {200, "<html><title>Sign in</title>", &forever{text: "<p>"}, `200: unusable answer of type "text/html": invalid character '<'`},
		"error of HTML":        {404, "<html><title>Oh</title>", &forever{text: "<p>"}, `404: no reason in the 65536 bytes read, of type "text/html"`},
		"error of JSON":        {404, `{"error":{"message":"`, &forever{text: "a b "}, `404: no reason in the 65536 bytes read, of type "text/html"`},
	} {
		t.Run(name, func(t *testing.T) {
			sent, read := 0, new(counter)
			c := through(func(*http.Request) (*http.Response, error) {
				sent++
				a := answer(test.status, "")
				a.Header.Set("Content-Type", "text/html")
				body := io.MultiReader(strings.NewReader(test.head), test.body)
				a.Body = io.NopCloser(io.TeeReader(body, read))
				return a, nil
			})
			_, err := collect(c, context.Background(), Query{})
			e := fault(t, err)
			if !hasText(e.Error(), test.want) || e.Temporary() {
				t.Errorf("%.300v", err)
			}
			if sent != 1 || *read > 33<<20 {
				t.Errorf("%d requests, %d bytes read", sent, *read)
			}
		})
	}
}

// members is a body of members without end, each with another name.
type members int

func (m *members) Read(p []byte) (int, error) {
	*m++
	return copy(p, fmt.Sprintf(`,"%x":0`, int(*m))), nil
}

// counter counts what is written to it.
type counter int

func (c *counter) Write(p []byte) (int, error) { *c += counter(len(p)); return len(p), nil }

// If a server or a transport echoes the token, it still isn't in the error.
func TestTokenIsNowhere(t *testing.T) {
	echo := func(status int, format string) roundTripper {
		return func(r *http.Request) (*http.Response, error) {
			token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
			return answer(status, fmt.Sprintf(format, token)), nil
		}
	}
	for name, transport := range map[string]roundTripper{
		"message": echo(403, `{"error":{"message":"no %[1]s","status":"%[1]s","errors":[{"reason":"r%[1]s","domain":"%[1]s","location":"%[1]s"}],"details":[{"links":[{"url":"https://x/%[1]s"}]}]}}`),
		"flat":    echo(400, `{"error":"%[1]s","error_description":"%[1]s"}`),
		"escaped": func(r *http.Request) (*http.Response, error) {
			return echo(403, `{"error":{"message":"%s"}}`)(escaped(r))
		},
		"type": func(r *http.Request) (*http.Response, error) {
			a := answer(200, "")
			a.Header.Set("Content-Type", r.Header.Get("Authorization"))
			return a, nil
		},
		"HTML":     echo(502, `<html><title>%s</title></html>`),
		"text":     echo(500, `Authorization: Bearer %s`),
		"200 text": echo(200, `your token is %s`),
		"200 name": echo(200, `{"%[1]s":1,"%[1]s":2}`),
		"200 kind": echo(200, `{"kind":"%s"}`),
		"200 cut":  echo(200, `{"kind":"%s`),
		"transport": func(r *http.Request) (*http.Response, error) {
			return nil, fmt.Errorf("cannot send %v", r.Header)
		},
		"body": func(r *http.Request) (*http.Response, error) {
			a := answer(200, "")
			a.Body = io.NopCloser(errorReader{fmt.Errorf("%v", r.Header)})
			return a, nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := through(transport)
			c.MaxAttempts = 1
			for _, token := range []string{token, "short+/Canary"} {
				c.Token = always(token)
				_, err1 := collect(c, context.Background(), Query{})
				_, err2 := c.Calendar(context.Background(), "primary")
				for _, err := range []error{err1, err2} {
					if all := logged(fault(t, err), c); strings.Contains(all, "Canary") {
						t.Errorf("%s", all)
					}
				}
			}
		})
	}
}

// A server can break up the token that it quotes, or escape it. The token before
// a 401 is a secret, too, and in each later attempt.
func TestTokenInPieces(t *testing.T) {
	every := func(n int, sep string) func(string) string {
		return func(text string) (out string) {
			for i := 0; i < len(text); i += n {
				out += text[i:min(i+n, len(text))] + sep
			}
			return out
		}
	}
	escape := func(format string) func(string) string {
		return func(text string) (out string) {
			for _, c := range []byte(text) {
				out += fmt.Sprintf(format, c)
			}
			return out
		}
	}
	percent := escape("%%%02X")
	for name, change := range map[string]func(string) string{
		"wrapped":         every(60, "\n"),
		"wrapped shorter": every(17, "\r\n\t"),
		"commas":          every(63, ", "),
		"soft hyphens":    every(10, "\u00AD"),
		"spaced":          every(1, " "),
		"dashes":          every(8, "-"),
		"percent":         percent,
		"percent twice":   func(text string) string { return strings.ReplaceAll(percent(text), "%", "%25") },
		"one percent":     func(text string) string { return "100% " + strings.ReplaceAll(text, "0", "%30") },
		"JSON":            escape(`\u%04x`),
		"HTML":            escape("&#%d;"),
		"some, wrapped":   func(text string) string { return every(12, " ")(escape("%%%02x")(text[:6]) + text[6:]) },
		"UTF-16":          every(1, "\x00"),
		"capitals":        strings.ToUpper,
		"its middle":      func(text string) string { return text[5:25] },
	} {
		for _, old := range []string{"old-Canary", "ya29.0a1b2c3d4e5f60718293a4b5c6d7e8f9"} {
			n := 0
			c := through(func(r *http.Request) (*http.Response, error) {
				n++
				status := []int{0, 401, 503, 403}[min(n, 3)]
				text, _ := json.Marshal("a while ago you came with " + change(old))
				return answer(status, fmt.Sprintf(`{"error":{"message":%s}}`, text)), nil
			})
			c.Sleep = func(context.Context, time.Duration) error { return nil }
			c.Token = fromList(old, "new-one")
			if name == "its middle" && len(old) < 25 {
				continue
			}
			_, err := collect(c, context.Background(), Query{})
			const start = `calendar: events of "you@gmail.com", page 1: 403: `
			got := strings.TrimSpace(strings.ReplaceAll(fault(t, err).Error(), " [withheld]", ""))
			whole := got == start+"[withheld: it quotes a secret]"
			words := got == start+"a while ago you came with"
			if !whole && !words || n != 3 {
				t.Errorf("%s: %s, %d requests", name, got, n)
			}
		}
	}
}

// An error that quotes the token keeps what else the server says, above all the
// reason, which programs rely on.
func TestReasonIsKept(t *testing.T) {
	long := strings.Repeat("0a1B", 30)
	for text, want := range map[string]string{
		`{"reason":"notFound","message":"` + long[:40] + `"}`:          "notFound: [withheld: it quotes a secret]",
		`{"reason":"` + long[:30] + `","message":"` + long[30:] + `"}`: "[withheld: it quotes a secret]: [withheld]",
		`{"reason":"` + long + `","message":"Not Found"}`:              "[withheld]: Not Found",
		`{"reason":"notFound","message":"` +
			base64.StdEncoding.EncodeToString([]byte(long)) + `"}`: "notFound: [withheld]",
		`{"reason":"notFound","message":"` + fmt.Sprintf("%x", long) + `"}`: "notFound: [withheld]",
	} {
		c := through(func(r *http.Request) (*http.Response, error) {
			return answer(404, `{"error":{"errors":[`+text+`]}}`), nil
		})
		c.Token = always(long)
		_, err := c.Calendar(context.Background(), "x")
		if got := fault(t, err).Error(); got != `calendar: calendar "x": 404 `+want {
			t.Errorf("%s; want %s", got, want)
		}
	}
}

// logged is what programs may write to a log about e.
func logged(e *Error, c *Client) string {
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Error("x", "err", e, "any", *e, "client", c.BaseURL)
	slog.New(slog.NewTextHandler(&log, nil)).Error("x", "err", e, "why", e.Advice())
	data, _ := json.Marshal(e)
	return log.String() + string(data)
}

// escaped returns r with its token escaped as in a URL.
func escaped(r *http.Request) *http.Request {
	r = r.Clone(r.Context())
	token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	r.Header.Set("Authorization", "Bearer "+url.QueryEscape(token))
	return r
}

// The password of a proxy is a secret too.
func TestProxyPassword(t *testing.T) {
	c := &Client{Token: always(token), MaxAttempts: 1}
	proxy := func(*http.Request) (*url.URL, error) {
		return url.Parse(fmt.Sprintf("http://me:Canary%s@proxy.example", "%zz")) // an error
	}
	c.HTTP = &http.Client{Transport: &http.Transport{Proxy: proxy}}
	_, err := c.Calendar(context.Background(), "primary")
	want := `: GET https://www.googleapis.com: parse [withheld]`
	if !strings.HasSuffix(fault(t, err).Error(), want) {
		t.Errorf("%v; want %s", err, want)
	}
}

type errorReader struct{ err error }

func (r errorReader) Read([]byte) (int, error) { return 0, r.err }
