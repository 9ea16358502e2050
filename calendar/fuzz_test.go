// SPDX-License-Identifier: 0BSD

package calendar

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"math/big"
	"net/http"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
	"time"
	"unicode"
)

// client is a Client whose server always sends the same answer, to a single
// attempt.
func client(token string, send func() *http.Response) *Client {
	c := through(func(*http.Request) (*http.Response, error) { return send(), nil })
	c.Token = always(token)
	c.MaxAttempts = 1
	return c
}

// A page is either decoded as encoding/json decodes the whole of it, or
// refused, whether its JSON is kept or not, and in whatever pieces it arrives.
// The stream refuses one more thing: a member that appears twice.
func FuzzPage(f *testing.F) {
	for _, v := range readVectors(f).Pages {
		f.Add(v.body(f))
	}
	f.Add(pageText(0, 3, 9))
	f.Add(" " + pageText(0, 1, 1) + "\n")
	const head = `{"kind":"calendar#events",`
	for _, body := range []string{
		"", "<html>", `{}"s`,
		head,
		head + `"items":[{}]} x`,
		head + `"items":[{}]`,
		head + `"items":[{"id":"a","ID":"b","id":"c","x":[{}],"summary":"\ud800"}],` +
			`"x":{"a":[1,{}]},"nextPageToken":null}`,
		head + `"Items":7,"nextPageToken":"2","Kind":null,"etag":"\u0000"}`,
		head + `"a":1,"\u0061":2}`,
		head + `"nextSyncToken":1}`,
		head + "\"items\" : [ {\"id\":\"a\"} ,\n\t{ \"id\" : \"b\" }\r\n,{}  ] }",
		head + `"defaultReminders":[{"method":"popup","minutes":10}]}`,
		`{"items":[{"sequence":1e2}],"kind":"calendar#calendarList"}`,
	} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		opened := strings.Count(body, "[") + strings.Count(body, "{")
		if len(body) > 60<<10 || opened > 9000 || strings.Count(body, ",") > 900 {
			return // bounds of this package and of encoding/json, which other tests reach
		}
		checkPage(t, body, false, false)
		checkPage(t, body, true, false)
		checkPage(t, body, true, true)
	})
}

// checkPage compares how a page is decoded with what readWhole makes of it.
// slow lets it arrive byte by byte.
func checkPage(t *testing.T, body string, keep, slow bool) {
	c := client(token, func() *http.Response {
		a := answer(http.StatusOK, body)
		if slow {
			a.Body = io.NopCloser(iotest.OneByteReader(a.Body))
		}
		return a
	})
	got, gotErr := c.EventsPage(context.Background(), "you@gmail.com", Query{KeepRaw: keep}, "")
	want, raw, err := readWhole(body)
	if (gotErr == nil) != (err == nil) || (got == nil) == (gotErr == nil) {
		t.Fatalf("%q: %v, but encoding/json: %v", body, gotErr, err)
	}
	if err != nil {
		if e := fault(t, gotErr); e.Temporary() && !brokeOff(body) {
			t.Errorf("%q isn't one that broke off: %v", body, e)
		}
		return
	}
	for i, event := range got.Items {
		if keep && !bytes.Equal(event.Raw, raw[i]) || !keep && event.Raw != nil {
			t.Errorf("event %d is kept as %q", i, event.Raw)
		}
		event.Raw = nil
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%q is read as %+v, by encoding/json as %+v", body, got, want)
	}
}

// brokeOff reports whether body may be the beginning of something valid: its
// error is at its end, or in text that follows a page.
func brokeOff(body string) bool {
	var syntax *json.SyntaxError
	if !errors.As(json.Unmarshal([]byte(body), new(any)), &syntax) {
		return false
	}
	follows := strings.HasSuffix(syntax.Error(), "after top-level value")
	return syntax.Offset >= int64(len(body)) || follows
}

// readWhole decodes a page whose text is there as a whole. Names of members are
// compared letter by letter, as JSON has it, and encoding/json doesn't for
// structs.
func readWhole(body string) (p *Page, raw []json.RawMessage, err error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal([]byte(body), &members); err != nil {
		return nil, nil, err
	}
	if n := topLevel(body); members == nil || n != len(members) {
		return nil, nil, errors.New("not an object, or with a member twice")
	}
	known := map[string]json.RawMessage{}
	for name, value := range members {
		field := func(f reflect.StructField) bool { return f.Tag.Get("json") == name }
		isField := slices.ContainsFunc(reflect.VisibleFields(reflect.TypeFor[Page]()), field)
		if name == "kind" || isField && name != "items" {
			known[name] = value
		}
	}
	exact, err := json.Marshal(known)
	if err != nil {
		return nil, nil, err
	}
	var page struct {
		Kind string
		Page
	}
	if err := json.Unmarshal(exact, &page); err != nil {
		return nil, nil, err
	}
	if page.Kind != "calendar#events" {
		return nil, nil, errors.New("another kind")
	}
	if items := members["items"]; items != nil {
		if err := json.Unmarshal(items, &raw); err != nil || raw == nil {
			return nil, nil, errors.New("items is not a list")
		}
	}
	for _, item := range raw {
		var event *Event
		if err := json.Unmarshal(item, &event); err != nil || event == nil {
			return nil, nil, errors.New("an item is not an event")
		}
		page.Page.Items = append(page.Page.Items, event)
	}
	return &page.Page, raw, nil
}

// topLevel counts the members of the outermost object in valid JSON: the colons
// that are in that object and not in a string.
func topLevel(body string) (n int) {
	depth, quoted := 0, false
	for i := 0; i < len(body); i++ {
		switch c := body[i]; {
		case c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			depth--
		case c == ':' && depth == 1:
			n++
		}
	}
	return n
}

// Whatever is sent instead of a page, and whatever token is in it, the error is
// one printable line and the advice is two, without the token, and the error
// means what the status means.
func FuzzError(f *testing.F) {
	files, err := os.ReadDir("testdata/errors")
	if err != nil || len(files) == 0 {
		f.Fatal(files, err)
	}
	for i, file := range files {
		status, err := strconv.Atoi(file.Name()[:3])
		if err != nil {
			f.Fatal(err)
		}
		f.Add(status, "application/json", "", readFile(f, "errors/"+file.Name()), uint16(i*37))
	}
	f.Add(302, "", "https://login.example.com/?x", "", uint16(10))
	f.Add(307, "", "//%zz\x00", "", uint16(0))
	f.Add(403, "", "", `{"error":{`+
		`"errors":{"reason":"rateLimitExceeded"},"message":["x"]}}`, uint16(35))
	f.Add(403, "", "", `{"error":{`+
		`"errors":[{"reason":"userRateLimitExceeded"},{"reason":"forbidden"}],`+
		`"details":[{"links":[]},{"links":[{"url":"https://x/"}]}]}}`, uint16(0))
	f.Add(410, "\x1b[31m\u202e", "", `{"error":{"errors":[{`+
		`"reason":"fullSyncRequired\u0000\u202e",`+
		`"message":"`+strings.Repeat(`한글\n`, 300)+`"}]}}`, uint16(70))
	f.Fuzz(func(t *testing.T, status int, contentType, location, body string, at uint16) {
		if status == http.StatusOK {
			return // a page; see FuzzPage
		}
		secret := []string{token, "short+/Canary"}[at%2]
		with := func(text string) string {
			n := int(at) % (len(text) + 1)
			return text[:n] + secret + text[n:]
		}
		readError(t, secret, refusal{status, with(contentType), location, with(body)})
		if location != "" {
			readError(t, secret, refusal{status, contentType, with(location), body})
		}
		// Sent again, in Google's form, it's the same error.
		e := readError(t, token, refusal{status, contentType, location, body})
		if e.StatusCode == 0 || e.Message+e.Reason == "" || isCut(e) {
			return
		}
		again := readError(t, token, refusal{status: status, body: inGooglesForm(t, e)})
		if *again != *e {
			t.Errorf("%+v is read as %+v", e, again)
		}
	})
}

// refusal is an answer that isn't a 200.
type refusal struct {
	status                      int
	contentType, location, body string
}

// readError returns the error that an answer becomes, and checks it.
func readError(t *testing.T, token string, r refusal) *Error {
	c := client(token, func() *http.Response {
		a := answer(r.status, r.body)
		a.Header = http.Header{"Content-Type": {r.contentType}, "Location": {r.location}}
		return a
	})
	_, err := c.EventsPage(context.Background(), "you@gmail.com", Query{}, "")
	e := fault(t, err)
	for _, text := range append(fields(e), e.Error()) {
		if strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
			t.Errorf("isn't printable: %q", text)
		}
	}
	if e.StatusCode == 0 && r.status/100 == 3 && e.Temporary() {
		return e // net/http couldn't read Location, and returned no answer at all
	}
	if e.StatusCode != r.status || e.Err != nil {
		t.Errorf("%v", e)
	}
	limits := []string{"rateLimitExceeded", "userRateLimitExceeded"}
	limited := r.status == 403 && slices.Contains(limits, e.Reason)
	passing := slices.Contains([]int{408, 429, 500, 502, 503, 504}, r.status)
	if e.Temporary() != (limited || passing) {
		t.Errorf("%v: temporary %v", e, e.Temporary())
	}
	forgotten := []string{"fullSyncRequired", "updatedMinTooLongAgo"}
	full := r.status == 410 && slices.Contains(forgotten, e.Reason)
	if errors.Is(e, ErrFullSyncRequired) != full {
		t.Errorf("%v: full sync %v", e, !full)
	}
	return e
}

// fields are the texts in e that a server can write.
func fields(e *Error) []string {
	return []string{e.Reason, e.Message, e.Domain, e.Location, e.HelpURL}
}

// isCut reports whether some text in e may have been cut off.
func isCut(e *Error) bool {
	return slices.ContainsFunc(fields(e), func(text string) bool { return len(text) > 400 })
}

// inGooglesForm returns the body with which Google would send e.
func inGooglesForm(t *testing.T, e *Error) string {
	type object map[string]any
	body, err := json.Marshal(object{"error": object{
		"message": e.Message,
		"errors":  []any{object{"reason": e.Reason, "domain": e.Domain, "location": e.Location}},
		"details": []any{object{"links": []any{object{"url": e.HelpURL}}}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// Retry-After is a number of seconds, or a date to compare with the server's
// own. Anything else is ignored. The wait is never longer than a minute.
func FuzzRetryAfter(f *testing.F) {
	f.Add("120", "")
	f.Add("0", "x")
	f.Add("2147483647", "Tue, 14 Nov 2023 22:13:20 GMT")
	f.Add("2147483648", "")
	f.Add("2147483648x", "")
	f.Add("-1", "Tuesday, 14-Nov-23 22:13:20 GMT")
	f.Add("+1", "Tue Nov 14 22:13:20 2023")
	f.Add("1.5", "Tuesday, 14-Nov-23 22:13:20 PST") // HTTP has only GMT, but net/http reads it
	f.Add("Tue, 14 Nov 2023 22:15:20 GMT", "Tue, 14 Nov 2023 22:13:20 GMT")
	f.Add("Tue, 14 Nov 2023 22:13:20 GMT", "Tue, 14 Nov 2023 22:15:20 GMT")
	f.Add("Fri, 31 Dec 9999 23:59:59 GMT", "Mon, 01 Jan 0001 00:00:00 GMT")
	f.Fuzz(func(t *testing.T, value, date string) {
		now := time.Unix(1700000000, 0)
		c := client(token, func() *http.Response {
			a := answer(http.StatusServiceUnavailable, "")
			a.Header = http.Header{"Retry-After": {value}, "Date": {date}}
			return a
		})
		c.Now = func() time.Time { return now }
		_, err := c.Calendar(context.Background(), "you@gmail.com")
		e := fault(t, err)
		server, _ := http.ParseTime(date)
		if !e.ServerDate.Equal(server) || e.ServerDate.Location() != time.UTC {
			t.Errorf("Date %q is %v", date, e.ServerDate)
		}
		if server.IsZero() {
			server = now
		}
		want := wantedWait(value, server)
		if e.RetryAfter != want || want < 0 {
			t.Errorf("Retry-After %q, Date %q: %v, not %v", value, date, e.RetryAfter, want)
		}
		if d := wait(1, e.RetryAfter); d <= 0 || d > time.Minute || d < min(want, time.Minute) {
			t.Errorf("Retry-After %q: waits %v", value, d)
		}
		// Written as a number again, it's the same.
		if n := want / time.Second; want%time.Second == 0 && n < 1<<31 {
			if again := retryAfter(strconv.Itoa(int(n)), now); again != want {
				t.Errorf("%d seconds are %v", n, again)
			}
		}
	})
}

// wantedWait reads Retry-After with arbitrary precision.
func wantedWait(value string, now time.Time) time.Duration {
	const most = 1<<31 - 1
	if at, err := http.ParseTime(value); err == nil {
		return max(0, at.Sub(now))
	}
	rest := strings.TrimLeft(value, "0123456789")
	digits := strings.TrimSuffix(value, rest)
	n, _ := new(big.Int).SetString("0"+digits, 10)
	switch {
	case n.Cmp(big.NewInt(most)) > 0:
		return most * time.Second // whatever follows
	case rest == "":
		return time.Duration(n.Int64()) * time.Second
	}
	return 0
}
