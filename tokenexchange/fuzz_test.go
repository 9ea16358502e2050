// SPDX-License-Identifier: 0BSD

package tokenexchange

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
	"time"
	"unicode"
)

// canary looks like an access token. It's inserted into every answer.
var canary = "ya29.c.c0AYnqXlirroDATCanary" + strings.Repeat("-_Zz09", 10) + "......"

// longest returns the length of the longest run of characters that may be a
// token.
func longest(text string) (most int) {
	const others = "_.=-"
	run := 0
	for _, c := range []byte(text) {
		letter := 'a' <= c|32 && c|32 <= 'z'
		digit := '0' <= c && c <= '9'
		if letter || digit || strings.IndexByte(others, c) >= 0 {
			run++
		} else {
			run = 0
		}
		most = max(most, run)
	}
	return most
}

// insert returns text with the canary in it.
func insert(text string, at uint16) string {
	n := int(at) % (len(text) + 1)
	return text[:n] + canary + text[n:]
}

// An answer is a token or an error, never both. The error is fit for a log,
// whatever the server sent. The token is fit for a header, and is the same if
// the server sends it again.
func FuzzParseResponse(f *testing.F) {
	for i, v := range readVectors(f).Answers {
		const contentType = "application/json; charset=utf-8"
		f.Add(v.Status, contentType, v.Headers["Location"], v.body(), uint16(i*31), i%8 == 0)
	}
	for _, body := range []string{
		`{"access_token":"a","token_type":"Bearer","expires_in":"3599"}`,
		`{"ACCESS_TOKEN":"a.b~","token_type":"bEaReR","expires_in":1e9,"scope":"a b"}`,
		`{"access_token":"a","token_type":"Bearer","expires_in":0.9}`,
		`{"access_token":"a b","token_type":"Bearer"}`,
		`{"access_token":"a","token_type":"mac"}`,
		`{"access_token":["a"]}`,
		`{"error":"a\u202e\n\u0000","error_description":"` + strings.Repeat("word ", 150) + `"}`,
		`[1]`, `null`, "", "<!DOCTYPE html>", "\xff",
	} {
		f.Add(200, "text/html", "", body, uint16(40), false)
		f.Add(400, "x\"\\\u2028", "https://example.com/", body, uint16(0), true)
	}
	f.Add(307, "", "https://login.example.com/a?b", "", uint16(0), false)
	f.Fuzz(func(t *testing.T, status int, contentType, location, body string,
		at uint16, broken bool) {
		// First unchanged, then with a canary in each place that a server can
		// fill.
		parseAnswer(t, status, contentType, location, body, broken)
		parseAnswer(t, status, insert(contentType, at), location, insert(body, at), broken)
		parseAnswer(t, status, contentType, insert(location, at), body, broken)
	})
}

func parseAnswer(t *testing.T, status int, contentType, location, body string, broken bool) {
	var reader io.Reader = strings.NewReader(body)
	if broken { // net/http quotes what it got
		reader = io.MultiReader(reader, iotest.ErrReader(fmt.Errorf("malformed chunk %q", body)))
	}
	resp := &http.Response{
		StatusCode: status,
		Header:     http.Header{"Content-Type": {contentType}, "Location": {location}},
		Body:       io.NopCloser(reader),
	}
	token, err := ParseResponse(resp, epoch)
	if (token == nil) == (err == nil) {
		t.Fatalf("%v and %v", token, err)
	}
	if err != nil {
		var e *Error
		if !errors.As(err, &e) || e.StatusCode != status || !e.LocalDate.Equal(epoch) {
			t.Fatalf("%#v", err)
		}
		checkError(t, e)
		passing := slices.Contains([]int{408, 429, 500, 502, 503, 504}, status)
		if e.Temporary() != (broken || passing) {
			t.Errorf("temporary: %v of %v", e.Temporary(), e)
		}
		return
	}
	unfit := func(r rune) bool { return r < '!' || r > '~' }
	if status != http.StatusOK || broken || !strings.EqualFold(token.TokenType, "bearer") ||
		token.AccessToken == "" || strings.ContainsFunc(token.AccessToken, unfit) {
		t.Errorf("accepted: %d %q", status, body)
	}
	lifetime := token.Expiry.Sub(epoch)
	odd := lifetime < time.Second || lifetime > 24*time.Hour || lifetime%time.Second != 0
	if !token.Expiry.IsZero() && odd {
		t.Errorf("it lives for %v: %q", lifetime, body)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
		if text := fmt.Sprintf(verb, token); text != token.String() || len(text) > 100 {
			t.Errorf("%s prints %q", verb, text)
		}
	}
	// A token that is accepted can be sent,
	req := httptest.NewRequest("GET", "/", nil)
	req.Header.Set("Authorization", "Bearer "+token.AccessToken)
	if err := req.Write(io.Discard); err != nil {
		t.Error(err)
	}
	// and is the same token if a server sends it again.
	answer := map[string]any{
		"access_token": token.AccessToken,
		"token_type":   token.TokenType,
		"scope":        token.Scope,
	}
	if !token.Expiry.IsZero() {
		answer["expires_in"] = int(lifetime / time.Second)
	}
	again, err := json.Marshal(answer)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body = io.NopCloser(bytes.NewReader(again))
	if same, err := ParseResponse(resp, epoch); err != nil || *same != *token {
		t.Errorf("%v, %v after %v", same, err, token)
	}
}

// checkError checks what an error may show: one printable line of bounded
// length, two lines of advice, and nothing that may be a token.
func checkError(t *testing.T, e *Error) {
	t.Helper()
	text := e.Error()
	control := func(r rune) bool { return !unicode.IsPrint(r) }
	if !strings.HasPrefix(text, "tokenexchange: ") || len(text) > 2600 ||
		strings.ContainsFunc(text, control) {
		t.Errorf("error text: %q", text)
	}
	why, fix, ok := strings.Cut(e.Advice(), "\n")
	if !ok || why == "" || fix == "" || strings.Contains(fix, "\n") {
		t.Errorf("advice: %q", e.Advice())
	}
	for _, verb := range []string{"%v", "%#v", "%d"} {
		shown := fmt.Sprintf(verb+" "+verb, e, e.Err)
		// A shortened text ends in three dots, which this package adds.
		run := longest(strings.ReplaceAll(shown, "...", ""))
		if strings.Contains(shown, "Canary") || run >= 64 {
			t.Errorf("%s shows what may be a token: %s", verb, shown)
		}
	}
}

// Retry-After is a number of seconds or a date; anything else counts as none.
// It is never read as negative, and the wait is never longer than a minute.
func FuzzRetryAfter(f *testing.F) {
	f.Add("120", "")
	f.Add("0", "x")
	f.Add("2147483647", "Tue, 14 Nov 2023 22:13:20 GMT")
	f.Add("2147483648", "")
	f.Add("2147483648x", "")
	f.Add("-1", "Tuesday, 14-Nov-23 22:13:20 GMT")
	f.Add("+1", "Tue Nov 14 22:13:20 2023")
	f.Add("1.5", "Tuesday, 14-Nov-23 22:13:20 PST") // not HTTP, but net/http reads it
	f.Add("Tue, 14 Nov 2023 22:15:20 GMT", "Tue, 14 Nov 2023 22:13:20 GMT")
	f.Add("Tue, 14 Nov 2023 22:13:20 GMT", "Tue, 14 Nov 2023 22:15:20 GMT")
	f.Add("Fri, 31 Dec 9999 23:59:59 GMT", "Mon, 01 Jan 0001 00:00:00 GMT")
	f.Fuzz(func(t *testing.T, value, date string) {
		resp := &http.Response{
			StatusCode: 503,
			Header:     http.Header{"Retry-After": {value}, "Date": {date}},
			Body:       http.NoBody,
		}
		_, err := ParseResponse(resp, epoch)
		var e *Error
		if !errors.As(err, &e) {
			t.Fatal(err)
		}
		server, _ := http.ParseTime(date)
		if !e.ServerDate.Equal(server) || e.ServerDate.Location() != time.UTC {
			t.Errorf("Date %q is %v", date, e.ServerDate)
		}
		const century = 100 * 365 * 24 * time.Hour
		offset := e.ClockOffset()
		if server.IsZero() {
			server = epoch
		} else if offset.Abs() < 2*century && // a Duration holds 292 years
			e.ServerDate.Add(offset).Sub(epoch).Abs() > time.Second {
			t.Errorf("the clock is off by %v: Date %q", offset, date)
		}
		var want time.Duration
		if moment, err := http.ParseTime(value); err == nil {
			want = max(0, moment.Sub(server))
		} else if rest := strings.TrimLeft(value, "0123456789"); rest != value {
			const most = 1<<31 - 1
			n, _ := new(big.Int).SetString(strings.TrimSuffix(value, rest), 10)
			if n.Cmp(big.NewInt(most)) > 0 {
				want = most * time.Second // whatever follows
			} else if rest == "" {
				want = time.Duration(n.Int64()) * time.Second
			}
		}
		if e.RetryAfter != want || want < 0 {
			t.Errorf("Retry-After %q, Date %q: %v, not %v", value, date, e.RetryAfter, want)
		}
		if d := wait(1, e.RetryAfter); d <= 0 || d > time.Minute || d < min(want, time.Minute) {
			t.Errorf("Retry-After %q: waits %v", value, d)
		}
		// A number of seconds that is written again reads the same.
		if n := want / time.Second; want%time.Second == 0 && n < 1<<31 {
			if again := retryAfter(strconv.Itoa(int(n)), time.Time{}, epoch); again != want {
				t.Errorf("%d seconds are %v", n, again)
			}
		}
		checkError(t, e)
	})
}
