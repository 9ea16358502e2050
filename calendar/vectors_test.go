// SPDX-License-Identifier: 0BSD

package calendar

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // for machines without time zones
)

// vectors are the cases in testdata/vectors.json. They are for implementations
// in any language; testdata/README.md explains the members.
type vectors struct {
	Pages []pageVector
	Times []timeVector
	Paths []pathVector
}

type pageVector struct {
	Name string

	// The page: one of these.
	Body   string
	Base64 []byte `json:"body_base64"`
	File   string `json:"body_file"`

	Page   map[string]any // what must be read from it
	Events []any
	Wrong  string // or why it isn't a page
}

type timeVector struct {
	Time    EventDateTime
	Zone    string
	Instant string
	AllDay  bool `json:"all_day"`
	Wrong   string
}

type pathVector struct {
	Method string
	IDs    []string
	Path   string
	Wrong  string
}

func readVectors(t testing.TB) (v vectors) {
	t.Helper()
	dec := json.NewDecoder(strings.NewReader(readFile(t, "vectors.json")))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

func (v pageVector) body(t testing.TB) string {
	switch {
	case v.File != "":
		return readFile(t, v.File)
	case v.Base64 != nil:
		return string(v.Base64)
	}
	return v.Body
}

// A page is read as the vector says, and as encoding/json reads the whole of
// it. Raw has each event as it was sent.
func TestPages(t *testing.T) {
	read := 0
	for _, v := range readVectors(t).Pages {
		if v.Wrong != "" {
			continue // see TestMalformedPage
		}
		read++
		body := v.body(t)
		c, _ := serve(t, text(200, body))
		p, err := c.EventsPage(context.Background(), "you@gmail.com", Query{KeepRaw: true}, "")
		if err != nil {
			t.Fatalf("%s: %v", v.Name, err)
		}
		want, _, err := readWhole(body)
		if err != nil || len(want.Items) != len(p.Items) {
			t.Fatalf("%s: %d events, %v", v.Name, len(p.Items), err)
		}
		for i, e := range p.Items {
			if !json.Valid(e.Raw) || !strings.Contains(body, string(e.Raw)) {
				t.Errorf("%s: raw: %s", v.Name, e.Raw)
			}
			want.Items[i].Raw = e.Raw
		}
		if !reflect.DeepEqual(p, want) {
			t.Errorf("%s: got %+v", v.Name, p)
		}
		if diff := differs(asJSON(t, p.Items), v.Events) + differs(asJSON(t, p), v.Page); diff != "" {
			t.Errorf("%s: %s", v.Name, diff)
		}
	}
	if read < 7 {
		t.Errorf("%d pages", read)
	}
}

// asJSON returns a page or its events as any JSON reader has it.
func asJSON(t *testing.T, v any) (value any) {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &value); err != nil {
		t.Fatal(err)
	}
	return value
}

// differs says where got lacks something of want, or returns "". A want of null
// is no value at all: a zero one, for this package.
func differs(got, want any) string {
	switch want := want.(type) {
	case nil:
		if !isZero(got) {
			return fmt.Sprintf(" is %v", got)
		}
		return ""
	case map[string]any:
		members, _ := got.(map[string]any)
		for name, value := range want {
			if diff := differs(members[name], value); diff != "" {
				return " " + name + diff
			}
		}
		return ""
	case []any:
		list, _ := got.([]any)
		if len(list) != len(want) {
			return fmt.Sprintf(" has %d of %d", len(list), len(want))
		}
		for i := range want {
			if diff := differs(list[i], want[i]); diff != "" {
				return fmt.Sprintf(" %d%s", i, diff)
			}
		}
		return ""
	}
	if got != want {
		return fmt.Sprintf(" is %v, not %v", got, want)
	}
	return ""
}

// isZero reports whether a JSON value is what a zero Go value encodes to.
func isZero(v any) bool {
	switch v := v.(type) {
	case map[string]any:
		for _, member := range v {
			if !isZero(member) {
				return false
			}
		}
		return true
	case []any:
		return len(v) == 0
	}
	return v == nil || v == "" || v == 0.0 || v == false
}

// An event's start is an instant, in a zone if it lasts all day.
func TestEventTime(t *testing.T) {
	vectors := readVectors(t).Times
	if len(vectors) < 13 {
		t.Errorf("%d times", len(vectors))
	}
	for _, v := range vectors {
		zone, err := time.LoadLocation(v.Zone)
		if err != nil {
			t.Fatal(err)
		}
		v.check(t, zone)
		if v.Zone == "UTC" {
			v.check(t, nil)
		}
	}
}

func (v timeVector) check(t *testing.T, loc *time.Location) {
	t.Helper()
	at, allDay, err := v.Time.Time(loc)
	if v.Wrong == "" {
		if err != nil || at.Format(time.RFC3339) != v.Instant || allDay != v.AllDay {
			t.Errorf("%+v: %v %v %v", v.Time, at, allDay, err)
		}
		return
	}
	quoted := map[string]string{
		"missing": "", "date": v.Time.Date, "date-time": v.Time.DateTime,
	}[v.Wrong]
	want := fmt.Sprintf("calendar: start or end of an event: parsing time %q", quoted)
	if err == nil || !strings.HasPrefix(err.Error(), want) || !at.IsZero() || allDay {
		t.Errorf("%+v, %s: %v %v %v", v.Time, v.Wrong, at, allDay, err)
	}
}

// An ID is one segment of the path, whatever is in the ID.
func TestPaths(t *testing.T) {
	vectors := readVectors(t).Paths
	if len(vectors) < 24 {
		t.Errorf("%d paths", len(vectors))
	}
	for _, v := range vectors {
		path := "" // of the request
		c := through(func(r *http.Request) (*http.Response, error) {
			path = r.URL.EscapedPath()
			return answer(http.StatusNotFound, ""), nil
		})
		e := fault(t, c.callMethod(v.Method, v.IDs))
		refused := strings.Contains(e.Error(), "is not a valid ID")
		if path != v.Path || refused != (v.Wrong == "not-an-id") {
			t.Errorf("%s of %q: path %s, not %s: %v", v.Method, v.IDs, path, v.Path, e)
		}
	}
}

// callMethod calls a method of the API by Google's name.
func (c *Client) callMethod(name string, ids []string) (err error) {
	ctx := context.Background()
	switch name {
	case "events.list":
		_, err = c.EventsPage(ctx, ids[0], Query{}, "")
		for _, listErr := range c.Events(ctx, ids[0], Query{}) {
			if fmt.Sprint(listErr) != fmt.Sprint(err) {
				return fmt.Errorf("EventsPage: %w, Events: %w", err, listErr)
			}
		}
	case "events.get":
		_, err = c.Event(ctx, ids[0], ids[1])
	case "calendars.get":
		_, err = c.Calendar(ctx, ids[0])
	case "calendarList.list":
		for _, listErr := range c.CalendarList(ctx) {
			err = listErr
		}
	}
	return err
}

// pageErrors are the messages for bad pages, by the word that says what is
// wrong and by the vector's name. Those of encoding/json aren't ours.
var pageErrors = map[string]map[string]string{
	"kind": {
		"empty object":   `kind is ""`,
		"error with 200": `kind is ""`,
		"other kind":     `kind is "calendar#calendarList"`,
		"kind null":      `kind is ""`,
	},
	"type": {
		"kind a number":  "kind: json: cannot unmarshal number",
		"item a number":  "items: number 1: json: cannot unmarshal number",
		"date a number":  "start.dateTime of type string",
		"token a number": "nextPageToken: json: cannot unmarshal number",
	},
	"not-an-object": {
		"array":            `unusable answer of type "text/plain; charset=utf-8": [ where { should be`,
		"array of members": "[ where { should be",
		"null":             "<nil> where { should be",
	},
	"not-json": {
		"HTML":   `unusable answer of type "text/html; charset=utf-8": invalid character '<'`,
		"binary": `unusable answer of type "application/x-gzip": invalid character '\x1f'`,
	},
	"more-after-end": {
		"two answers":   "more text after its end",
		"rubbish after": "invalid character 'x'",
	},
	"twice": {
		"items twice":      "items: it appears twice",
		"token twice":      "nextPageToken: it appears twice",
		"sync token twice": "nextSyncToken: it appears twice",
	},
	"items-not-a-list": {
		"items an object": "items: { where [ should be",
		"items null":      "items: <nil> where [ should be",
	},
	"null-item": {"item null": "items: number 2: it is null"},
	"syntax": {
		"no comma":       "items: number 2: ",
		"trailing comma": "items: number 2: ",
		"mixed brackets": "invalid character '}'",
		"mixed ends":     "invalid character ']'",
		"name no string": `unusable answer of type "text/plain; charset=utf-8": `,
	},
}

// Anything that isn't a page of events is an error that says where it's wrong.
// It never becomes an empty list.
func TestMalformedPage(t *testing.T) {
	left := 0
	for _, names := range pageErrors {
		left += len(names)
	}
	for _, v := range readVectors(t).Pages {
		if v.Wrong == "" {
			continue
		}
		left--
		want := pageErrors[v.Wrong][v.Name]
		if want == "" {
			t.Errorf("%s, %s: no message is known", v.Name, v.Wrong)
		}
		checkMalformed(t, v.Name, v.body(t), want)
	}
	if left != 0 {
		t.Errorf("%d more messages than vectors", left)
	}
}

func checkMalformed(t *testing.T, name, body, want string) {
	t.Helper()
	for _, raw := range []bool{false, true} {
		t.Run(name, func(t *testing.T) {
			c, s := serve(t, text(200, body))
			ids, err := collect(c, context.Background(), Query{KeepRaw: raw, Limit: 9})
			e := fault(t, err)
			if !hasText(e.Error(), want) {
				t.Errorf("%v, want %s", e, want)
			}
			if e.Page != 1 || e.StatusCode != 200 || e.Temporary() {
				t.Errorf("page %d, status %d: %v", e.Page, e.StatusCode, e)
			}
			if len(ids) != 0 || s.count() != 1 {
				t.Errorf("%d events, %d requests", len(ids), s.count())
			}
		})
	}
}
