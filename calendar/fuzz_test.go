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

// client is one whose server always sends the same.
func client(token string, send func() *http.Response) *Client {
	return &Client{
		Token:       func(context.Context) (string, error) { return token, nil },
		HTTP:        &http.Client{Transport: roundTripper(func(*http.Request) (*http.Response, error) { return send(), nil })},
		BaseURL:     "http://localhost",
		MaxAttempts: 1,
	}
}

// A page is read as encoding/json reads the whole of it, or refused, whether its JSON
// is kept or not, and in whatever pieces it arrives. There is one more thing that the
// stream refuses: a member that stands there twice.
func FuzzPage(f *testing.F) {
	f.Add(readFile(f, "events.json"))
	f.Add(pageText(0, 3, 9))
	f.Add(" " + pageText(0, 1, 1) + "\n")
	const head = `{"kind":"calendar#events",`
	for _, body := range []string{"", "{}", "null", "[]", "<html>", head, head + `"items":[]}`, head + `"items":[]}{}`, head + `"items":[{}]} x`, head + `"items":[{}]`,
		`{}"s`, head + `"items":null}`, head + `"items":{}}`, head + `"items":[{},null]}`, head + `"items":[7]}`, head + `"items":[{"start":{"dateTime":3}}]}`,
		head + `"items":[{"id":"a","ID":"b","id":"c","x":[{}],"summary":"\ud800"}],"x":{"a":[1,{}]},"nextPageToken":null}`, head + `"items":[{},]}`, head + `"items":[]]`,
		head + `"Items":7,"nextPageToken":"2","Kind":null,"etag":"\u0000"}`, head + `"items":[],"items":[]}`, head + `"a":1,"\u0061":2}`, head + `"nextSyncToken":1}`,
		head + "\"items\" : [ {\"id\":\"a\"} ,\n\t{ \"id\" : \"b\" }\r\n,{}  ] }", `{"items":[{"sequence":1e2}],"kind":"calendar#calendarList"}`, head + `"defaultReminders":[{"method":"popup","minutes":10}]}`} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		if len(body) > 60<<10 || strings.Count(body, "[")+strings.Count(body, "{") > 9000 || strings.Count(body, ",") > 900 {
			return // bounds of this package and of encoding/json, which tests of their own reach
		}
		want, raw, err := readWhole(body)
		for way := range 3 {
			keep := way > 0
			c := client(token, func() *http.Response {
				a := answer(http.StatusOK, body)
				if way == 2 {
					a.Body = io.NopCloser(iotest.OneByteReader(a.Body))
				}
				return a
			})
			got, gotErr := c.EventsPage(context.Background(), "you@gmail.com", Query{KeepRaw: keep}, "")
			if (gotErr == nil) != (err == nil) || (got == nil) == (gotErr == nil) {
				t.Fatalf("%q: %v, but encoding/json: %v", body, gotErr, err)
			}
			if err != nil {
				e := fault(t, gotErr)
				// Only what is right up to its end broke off; what stands behind a page may, too.
				if syntax := (*json.SyntaxError)(nil); e.Temporary() && (!errors.As(json.Unmarshal([]byte(body), new(any)), &syntax) ||
					syntax.Offset < int64(len(body)) && !strings.HasSuffix(syntax.Error(), "after top-level value")) {
					t.Errorf("%q is not one that broke off: %v", body, e)
				}
				continue
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
	})
}

// readWhole reads a page that is there as a whole. The names of members are taken
// letter by letter, as everywhere in JSON but in encoding/json's structs.
func readWhole(body string) (p *Page, raw []json.RawMessage, err error) {
	var members, known = map[string]json.RawMessage{}, map[string]json.RawMessage{}
	if err := json.Unmarshal([]byte(body), &members); err != nil {
		return nil, nil, err
	}
	if n := topLevel(body); members == nil || n != len(members) {
		return nil, nil, errors.New("not an object, or with a member twice")
	}
	for name, value := range members {
		field := func(f reflect.StructField) bool { return f.Tag.Get("json") == name }
		if name == "kind" || slices.ContainsFunc(reflect.VisibleFields(reflect.TypeFor[Page]()), field) && name != "items" {
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

// topLevel counts the colons of valid JSON that are in the outermost object and in no
// string: its members.
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

// Whatever is sent instead of a page, with whatever token in it: one line that prints
// and two of advice without the token, and what the status means is what the error says.
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
	f.Add(410, "\x1b[31m\u202e", "", `{"error":{"errors":[{"reason":"fullSyncRequired\u0000\u202e","message":"`+strings.Repeat(`한글\n`, 300)+`"}]}}`, uint16(70))
	f.Add(403, "", "", `{"error":{"errors":{"reason":"rateLimitExceeded"},"message":["x"]}}`, uint16(35))
	f.Add(403, "", "", `{"error":{"errors":[{"reason":"userRateLimitExceeded"},{"reason":"forbidden"}],"details":[{"links":[]},{"links":[{"url":"https://x/"}]}]}}`, uint16(0))
	f.Fuzz(func(t *testing.T, status int, contentType, location, body string, at uint16) {
		if status == http.StatusOK {
			return // a page; see FuzzPage
		}
		read := func(contentType, location, body, token string) *Error {
			_, err := client(token, func() *http.Response {
				a := answer(status, body)
				a.Header = http.Header{"Content-Type": {contentType}, "Location": {location}}
				return a
			}).EventsPage(context.Background(), "you@gmail.com", Query{}, "")
			e := fault(t, err)
			for _, text := range []string{e.Error(), e.Reason, e.Message, e.Domain, e.Location, e.HelpURL} {
				if strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
					t.Errorf("does not print: %q", text)
				}
			}
			if e.StatusCode == 0 && status/100 == 3 && e.Temporary() {
				return e // net/http could not read Location, and gave no answer at all
			}
			limited := status == 403 && (e.Reason == "rateLimitExceeded" || e.Reason == "userRateLimitExceeded")
			full := status == 410 && (e.Reason == "fullSyncRequired" || e.Reason == "updatedMinTooLongAgo")
			if e.StatusCode != status || e.Err != nil || e.Temporary() != (limited || slices.Contains([]int{408, 429, 500, 502, 503, 504}, status)) || errors.Is(e, ErrFullSyncRequired) != full {
				t.Errorf("%v: temporary %v, full sync %v", e, e.Temporary(), errors.Is(e, ErrFullSyncRequired))
			}
			return e
		}
		secret := []string{token, "short+/Canary"}[at%2]
		with := func(text string) string { n := int(at) % (len(text) + 1); return text[:n] + secret + text[n:] }
		read(with(contentType), location, with(body), secret)
		if location != "" {
			read(contentType, with(location), body, secret)
		}
		// Said again, in Google's form, it is the same error.
		e := read(contentType, location, body, token)
		if len(e.Message) > 400 || len(e.Reason) > 400 || len(e.Domain) > 400 || len(e.Location) > 400 || len(e.HelpURL) > 400 {
			return // cut off
		}
		again, err := json.Marshal(map[string]any{"error": map[string]any{
			"message": e.Message, "errors": []any{map[string]any{"reason": e.Reason, "domain": e.Domain, "location": e.Location}},
			"details": []any{map[string]any{"links": []any{map[string]any{"url": e.HelpURL}}}}}})
		if err != nil {
			t.Fatal(err)
		}
		if same := read("", "", string(again), token); e.StatusCode != 0 && e.Message+e.Reason != "" && *same != *e {
			t.Errorf("%+v is read as %+v", e, same)
		}
	})
}

// Retry-After is a number of seconds, or a date to be measured against the server's
// own, and anything else is nothing. The wait is never longer than a minute.
func FuzzRetryAfter(f *testing.F) {
	f.Add("120", "")
	f.Add("0", "x")
	f.Add("2147483647", "Tue, 14 Nov 2023 22:13:20 GMT")
	f.Add("2147483648", "")
	f.Add("2147483648x", "")
	f.Add("-1", "Tuesday, 14-Nov-23 22:13:20 GMT")
	f.Add("+1", "Tue Nov 14 22:13:20 2023")
	f.Add("1.5", "Tuesday, 14-Nov-23 22:13:20 PST") // not of HTTP, but net/http reads it
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
		var want time.Duration
		if moment, err := http.ParseTime(value); err == nil {
			want = max(0, moment.Sub(server))
		} else if rest := strings.TrimLeft(value, "0123456789"); rest != value {
			const most = 1<<31 - 1
			if n, _ := new(big.Int).SetString(strings.TrimSuffix(value, rest), 10); n.Cmp(big.NewInt(most)) > 0 {
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
		// A number is the same when it is written anew.
		if n := want / time.Second; want%time.Second == 0 && n < 1<<31 && retryAfter(strconv.Itoa(int(n)), now) != want {
			t.Errorf("%d seconds are %v", n, retryAfter(strconv.Itoa(int(n)), now))
		}
	})
}
