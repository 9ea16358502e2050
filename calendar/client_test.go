// SPDX-License-Identifier: 0BSD

package calendar

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
)

// A redirect to another host is refused, with whatever client, and the host it
// names hears nothing.
func TestRedirectCarriesNoBearer(t *testing.T) {
	var heard atomic.Int32
	thief := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { heard.Add(1) }))
	defer thief.Close()
	jar, _ := cookiejar.New(nil)
	for _, status := range []int{http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect} {
		c, s := serve(t, func(w http.ResponseWriter, r *http.Request, n int) {
			http.SetCookie(w, &http.Cookie{Name: "a", Value: "b"})
			w.Header().Set("Location", thief.URL+"/take?"+token)
			w.WriteHeader(status)
		})
		followed := false
		c.HTTP.Jar = jar
		c.HTTP.CheckRedirect = func(*http.Request, []*http.Request) error { followed = true; return nil }
		_, err := collect(c, context.Background(), Query{})
		e := fault(t, err)
		if e.StatusCode != status || e.Temporary() || !strings.Contains(e.Error(), strings.TrimPrefix(thief.URL, "http://")) || followed || s.count() != 1 {
			t.Errorf("%d: %v, %d requests", status, e, s.count())
		}
		if c.HTTP.Timeout != 0 {
			t.Error("the caller's client was changed")
		}
	}
	c, _ := serve(t, text(http.StatusNotModified, ""))
	if _, err := collect(c, context.Background(), Query{}); fault(t, err).StatusCode != http.StatusNotModified {
		t.Error(err)
	}
	if heard.Load() != 0 {
		t.Errorf("the other host was asked %d times", heard.Load())
	}
}

func TestBaseURL(t *testing.T) {
	for _, bad := range []string{"http://www.googleapis.com/calendar/v3", "http://127.0.0.2", "http://localhost.example.com", "http://notlocalhost", "ftp://localhost", "//localhost",
		"localhost:80", "https://", "https:///x", "https://user@localhost", "https://localhost/#f", "https://localhost/?q", "https://localhost/#", "https://a b", "\x7f", "http://[::2]"} {
		c := &Client{BaseURL: bad, Token: func(context.Context) (string, error) { t.Error("Token was called"); return token, nil }}
		_, err := c.Calendar(context.Background(), "primary")
		if e := fault(t, err); !strings.Contains(e.Error(), "the base URL must") || e.Temporary() {
			t.Errorf("%q: %v", bad, e)
		}
	}
	for _, good := range []string{"", "https://example.com/calendar/v3/", "http://localhost:1", "http://127.0.0.1", "http://[::1]:8085/calendar/v3"} {
		c := &Client{BaseURL: good, Token: func(context.Context) (string, error) { return token, nil }}
		c.HTTP = &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
			if strings.Contains(r.URL.Path, "//") {
				t.Errorf("path %s", r.URL.Path)
			}
			return answer(200, `{"kind":"calendar#calendar","id":"x"}`), nil
		})}
		if v, err := c.Calendar(context.Background(), "primary"); err != nil || v.ID != "x" {
			t.Errorf("%q: %v", good, err)
		}
	}
}

func TestUserAgent(t *testing.T) {
	for in, want := range map[string]string{"": "fivestep-calendar (gzip)", "mine/1": "mine/1 (gzip)", "mine gzip": "mine gzip"} {
		c, s := serve(t, text(200, `{"kind":"calendar#events"}`))
		c.UserAgent = in
		if _, err := collect(c, context.Background(), Query{}); err != nil || s.request(0).UserAgent() != want {
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

// A token that no header can hold is never sent, and never quoted.
func TestBadTokens(t *testing.T) {
	inner := errors.New("inner")
	for name, test := range map[string]struct {
		token func(context.Context) (string, error)
		want  string
	}{
		"none":     {nil, "Client.Token is not set"},
		"empty":    {func(context.Context) (string, error) { return "", nil }, "access token: empty, or with"},
		"newline":  {func(context.Context) (string, error) { return token + "\n", nil }, "access token: empty, or with"},
		"header":   {func(context.Context) (string, error) { return token + "\r\nX: y", nil }, "access token: empty, or with"},
		"blank":    {func(context.Context) (string, error) { return "Bearer " + token, nil }, "access token: empty, or with"},
		"Korean":   {func(context.Context) (string, error) { return token + "한", nil }, "access token: empty, or with"},
		"no UTF-8": {func(context.Context) (string, error) { return token + "\xff", nil }, "access token: empty, or with"},
		"error":    {func(context.Context) (string, error) { return "", inner }, "access token: inner"},
	} {
		t.Run(name, func(t *testing.T) {
			c, s := serve(t, text(200, `{}`))
			c.Token = test.token
			_, err := collect(c, context.Background(), Query{})
			if e := fault(t, err); !strings.Contains(e.Error(), test.want) || e.Temporary() || s.count() != 0 {
				t.Errorf("%v", e)
			}
			if name == "error" && !errors.Is(err, inner) {
				t.Errorf("the inner error is lost: %v", err)
			}
		})
	}
}

var errNoMore = errors.New("no more")

func TestUnauthorized(t *testing.T) {
	for _, test := range []struct {
		name    string
		tokens  []string // what Token returns in turn; "!" is an error, the last one stays
		good    string   // what the server takes
		want    string   // the Authorization headers seen
		invalid string
	}{
		{"fresh token", []string{"1st", "2nd"}, "2nd", "1st 2nd", "1st"},
		{"same token", []string{"1st"}, "2nd", "1st", "1st"},
		{"no new token", []string{"1st", "!"}, "2nd", "1st", "1st"},
		{"unfit new token", []string{"1st", "2nd\n"}, "2nd", "1st", "1st"},
		{"refused again", []string{"1st", "2nd", "3rd"}, "3rd", "1st 2nd", "1st"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var seen, invalid []string
			calls := 0
			c, s := serve(t, func(w http.ResponseWriter, r *http.Request, n int) {
				if r.Header.Get("Authorization") != "Bearer "+test.good {
					text(401, readFile(t, "errors/401-authError.json"))(w, r, n)
					return
				}
				fmt.Fprint(w, `{"kind":"calendar#events"}`)
			})
			c.MaxAttempts = 1 // a new token is not one of them
			c.Token = func(context.Context) (string, error) {
				token := test.tokens[min(calls, len(test.tokens)-1)]
				calls++
				if token == "!" {
					return "", errNoMore
				}
				return token, nil
			}
			c.Invalidate = func(token string) { invalid = append(invalid, token) }
			_, err := collect(c, context.Background(), Query{})
			for i := range s.count() {
				seen = append(seen, strings.TrimPrefix(s.request(i).Header.Get("Authorization"), "Bearer "))
			}
			if strings.Join(seen, " ") != test.want || strings.Join(invalid, " ") != test.invalid {
				t.Errorf("sent %q, invalidated %q", seen, invalid)
			}
			if ok := strings.HasSuffix(test.want, test.good); (err == nil) != ok {
				t.Errorf("error %v", err)
			} else if failed := len(test.tokens) > 1 && (test.tokens[1] == "!" || test.tokens[1] == "2nd\n"); failed {
				// Why there is no other token is what the caller must hear.
				if fault(t, err).StatusCode != 0 || !strings.Contains(err.Error(), "access token: ") || test.tokens[1] == "!" && !errors.Is(err, errNoMore) {
					t.Errorf("error %v", err)
				}
			} else if !ok && (fault(t, err).StatusCode != 401 || fault(t, err).Reason != "authError") {
				t.Errorf("error %v", err)
			}
		})
	}
}

// Each page of a long list may need a token of its own.
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
