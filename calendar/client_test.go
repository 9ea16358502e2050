// SPDX-License-Identifier: 0BSD

package calendar

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
)

// A redirect to another host is refused, whatever Client.HTTP would do, and
// that host gets no request.
func TestRedirectCarriesNoBearer(t *testing.T) {
	var heard atomic.Int32
	thief := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		heard.Add(1)
	}))
	defer thief.Close()
	jar, _ := cookiejar.New(nil)
	for _, status := range []int{301, 302, 303, 307, 308} {
		c, s := serve(t, func(w http.ResponseWriter, r *http.Request, n int) {
			http.SetCookie(w, &http.Cookie{Name: "a", Value: "b"})
			w.Header().Set("Location", thief.URL+"/take?"+token)
			w.WriteHeader(status)
		})
		followed := false
		c.HTTP.Jar = jar
		c.HTTP.CheckRedirect = func(*http.Request, []*http.Request) error {
			followed = true
			return nil
		}
		_, err := collect(c, context.Background(), Query{})
		e := fault(t, err)
		host := strings.TrimPrefix(thief.URL, "http://")
		if e.StatusCode != status || e.Temporary() || !strings.Contains(e.Error(), host) {
			t.Errorf("%d: %v", status, e)
		}
		if followed || s.count() != 1 {
			t.Errorf("%d: followed %v, %d requests", status, followed, s.count())
		}
		if c.HTTP.Timeout != 0 {
			t.Error("the caller's client was changed")
		}
	}
	c, _ := serve(t, text(http.StatusNotModified, ""))
	_, err := collect(c, context.Background(), Query{})
	if fault(t, err).StatusCode != http.StatusNotModified {
		t.Error(err)
	}
	if heard.Load() != 0 {
		t.Errorf("the other host was asked %d times", heard.Load())
	}
}

func TestBaseURL(t *testing.T) {
	for _, bad := range []string{
		"http://www.googleapis.com/calendar/v3", "http://127.0.0.2", "http://[::2]",
		"http://localhost.example.com", "http://notlocalhost",
		"ftp://localhost", "//localhost", "localhost:80", "https://", "https:///x",
		"https://user@localhost", "https://localhost/#f", "https://localhost/?q",
		"https://localhost/#", "https://a b", "\x7f",
	} {
		c := &Client{BaseURL: bad, Token: func(context.Context) (string, error) {
			t.Error("Token was called")
			return token, nil
		}}
		_, err := c.Calendar(context.Background(), "primary")
		if e := fault(t, err); !strings.Contains(e.Error(), "the base URL must") || e.Temporary() {
			t.Errorf("%q: %v", bad, e)
		}
	}
	for _, good := range []string{
		"", "https://example.com/calendar/v3/", "http://localhost:1", "http://127.0.0.1",
		"http://[::1]:8085/calendar/v3",
	} {
		c := through(func(r *http.Request) (*http.Response, error) {
			if strings.Contains(r.URL.Path, "//") {
				t.Errorf("path %s", r.URL.Path)
			}
			return answer(200, `{"kind":"calendar#calendar","id":"x"}`), nil
		})
		c.BaseURL = good
		if v, err := c.Calendar(context.Background(), "primary"); err != nil || v.ID != "x" {
			t.Errorf("%q: %v", good, err)
		}
	}
}

func TestUserAgent(t *testing.T) {
	for in, want := range map[string]string{
		"":          "fivestep-calendar (gzip)",
		"mine/1":    "mine/1 (gzip)",
		"mine gzip": "mine gzip",
	} {
		c, s := serve(t, text(200, `{"kind":"calendar#events"}`))
		c.UserAgent = in
		_, err := collect(c, context.Background(), Query{})
		if err != nil || s.request(0).UserAgent() != want {
			t.Errorf("%q: %q %v", in, s.request(0).UserAgent(), err)
		}
		if s.request(0).Header.Get("Accept-Encoding") != "gzip" {
			t.Error("no gzip was asked for")
		}
	}
	c, s := serve(t, nil)
	c.UserAgent = "two\r\nlines"
	_, err := collect(c, context.Background(), Query{})
	if fault(t, err); err == nil || s.count() != 0 {
		t.Error(err)
	}
}

// A token that no header can carry is never sent, and never quoted.
func TestBadTokens(t *testing.T) {
	inner := errors.New("inner 100%") // % might be an escape, in a server's text
	const unsendable = "access token: empty, or with a character that a header can't carry"
	for name, test := range map[string]struct {
		token func(context.Context) (string, error)
		want  string
	}{
		"none":     {nil, "Client.Token is not set"},
		"empty":    {always(""), unsendable},
		"newline":  {always(token + "\n"), unsendable},
		"header":   {always(token + "\r\nX: y"), unsendable},
		"space":    {always("Bearer " + token), unsendable},
		"Korean":   {always(token + "한"), unsendable},
		"no UTF-8": {always(token + "\xff"), unsendable},
		"error":    {failingWith(inner), "access token: inner"},
	} {
		t.Run(name, func(t *testing.T) {
			c, s := serve(t, text(200, `{}`))
			c.Token = test.token
			_, err := collect(c, context.Background(), Query{})
			e := fault(t, err)
			if !strings.Contains(e.Error(), test.want) || e.Temporary() || s.count() != 0 {
				t.Errorf("%v", e)
			}
			if name == "error" && !errors.Is(err, inner) {
				t.Errorf("the inner error is lost: %v", err)
			}
		})
	}
}

var errNoMore = errors.New("no more")

// failingWith returns a Client.Token that always fails.
func failingWith(err error) func(context.Context) (string, error) {
	return func(context.Context) (string, error) { return "", err }
}

// fromList returns a Client.Token that returns one token after the other, and
// the last one from then on. "!" is an error.
func fromList(tokens ...string) func(context.Context) (string, error) {
	calls := 0
	return func(context.Context) (string, error) {
		token := tokens[min(calls, len(tokens)-1)]
		calls++
		if token == "!" {
			return "", errNoMore
		}
		return token, nil
	}
}

// bearers returns the tokens that s was sent.
func (s *server) bearers() (tokens []string) {
	for i := range s.count() {
		header := s.request(i).Header.Get("Authorization")
		tokens = append(tokens, strings.TrimPrefix(header, "Bearer "))
	}
	return tokens
}

// A token that Google refuses is replaced once, if there's another one.
func TestUnauthorized(t *testing.T) {
	for _, test := range []struct {
		name   string
		tokens []string // what Token returns in turn; see fromList
		good   string   // the token that the server accepts
		sent   string   // the tokens that it gets
		fails  func(*testing.T, *Error)
	}{
		{"fresh token", []string{"1st", "2nd"}, "2nd", "1st 2nd", nil},
		{"same token", []string{"1st"}, "2nd", "1st", isRefused},
		{"no new token", []string{"1st", "!"}, "2nd", "1st", hasNoToken},
		{"unsendable new token", []string{"1st", "2nd\n"}, "2nd", "1st", hasNoToken},
		{"refused again", []string{"1st", "2nd", "3rd"}, "3rd", "1st 2nd", isRefused},
	} {
		t.Run(test.name, func(t *testing.T) {
			var invalid []string
			c, s := serve(t, onlyFor(t, "Bearer "+test.good))
			c.MaxAttempts = 1 // a new token doesn't count
			c.Token = fromList(test.tokens...)
			c.Invalidate = func(token string) { invalid = append(invalid, token) }
			_, err := collect(c, context.Background(), Query{})
			if sent := strings.Join(s.bearers(), " "); sent != test.sent {
				t.Errorf("sent %q", sent)
			}
			if strings.Join(invalid, " ") != "1st" {
				t.Errorf("invalidated %q", invalid)
			}
			if (err == nil) != (test.fails == nil) {
				t.Fatalf("error %v", err)
			}
			if err != nil {
				test.fails(t, fault(t, err))
			}
			if wanted := slices.Contains(test.tokens, "!"); errors.Is(err, errNoMore) != wanted {
				t.Errorf("error %v, Token's own %v", err, wanted)
			}
		})
	}
}

// onlyFor serves an empty list to requests with that Authorization header.
func onlyFor(t *testing.T, authorization string) handler {
	return func(w http.ResponseWriter, r *http.Request, n int) {
		if r.Header.Get("Authorization") != authorization {
			text(401, readFile(t, "errors/401-authError.json"))(w, r, n)
			return
		}
		fmt.Fprint(w, `{"kind":"calendar#events"}`)
	}
}

func isRefused(t *testing.T, e *Error) {
	if e.StatusCode != 401 || e.Reason != "authError" {
		t.Errorf("error %v", e)
	}
}

// hasNoToken checks that the caller learns why there's no other token.
func hasNoToken(t *testing.T, e *Error) {
	if e.StatusCode != 0 || !strings.Contains(e.Error(), "access token: ") {
		t.Errorf("error %v", e)
	}
}

// Each page of a long list may need a new token.
func TestTokenExpiresBetweenPages(t *testing.T) {
	var age atomic.Int32
	c, _ := serve(t, pages(60, 0, func(w http.ResponseWriter, r *http.Request, n int) bool {
		if r.Header.Get("Authorization") != fmt.Sprintf("Bearer t%d", n/2) {
			text(401, readFile(t, "errors/401-authError.json"))(w, r, n)
			return true
		}
		return false
	}))
	c.Token = func(context.Context) (string, error) { return fmt.Sprintf("t%d", age.Load()), nil }
	c.Invalidate = func(string) { age.Add(1) }
	ids, err := collect(c, context.Background(), Query{MaxResults: 10})
	if err != nil || age.Load() == 0 {
		t.Fatal(err, age.Load())
	}
	checkAll(t, ids, 60)
}
