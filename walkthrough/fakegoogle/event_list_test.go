// SPDX-License-Identifier: 0BSD

package fakegoogle_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"testing"
)

const fieldsEvent = `{"id":"e","summary":"E",
	"start":{"date":"2023-11-15"},"end":{"date":"2023-11-16"},
	"x":{"y":1,"z":[2]},
	"attendees":[{"email":"a","self":true},{"email":"b","comment":"c"}],
	"extendedProperties":{"private":{"k":"v"}}}`

// getFields gets some fields of a path, on one line.
func (w *world) getFields(token, path, fields string) string {
	w.t.Helper()
	r := w.get(token, path+"?prettyPrint=false&fields="+fields)
	return strings.TrimSuffix(r.body, "\n")
}

// The grammar of fields, for an event.
func TestFields(t *testing.T) {
	w := newWorld(t)
	w.addEvent(fieldsEvent)
	token := w.token("calendar.readonly")
	const (
		bothDates    = `{"start":{"date":"2023-11-15"},"end":{"date":"2023-11-16"}}`
		allAttendees = `{"attendees":[{"email":"a","self":true},{"email":"b","comment":"c"}]}`
	)
	for fields, want := range map[string]string{
		"id":                `{"id":"e"}`,
		"summary,id":        `{"id":"e","summary":"E"}`, // in the response's order
		"id,location":       `{"id":"e"}`,
		"location":          `{}`,
		"start/*,end(*)":    bothDates,
		"start/date,end":    bothDates,
		"attendees(email)":  `{"attendees":[{"email":"a"},{"email":"b"}]}`,
		"attendees/comment": `{"attendees":[{},{"comment":"c"}]}`,
		"attendees(email,self),id": `{"id":"e",` +
			`"attendees":[{"email":"a","self":true},{"email":"b"}]}`,
		"attendees,attendees/email":      allAttendees,
		"attendees/email,attendees":      allAttendees,
		"start/date,start/dateTime":      `{"start":{"date":"2023-11-15"}}`,
		"extendedProperties/private/k":   `{"extendedProperties":{"private":{"k":"v"}}}`,
		"extendedProperties(private(*))": `{"extendedProperties":{"private":{"k":"v"}}}`,
		"*/date": `{"creator":{},"organizer":{},"start":{"date":"2023-11-15"},` +
			`"end":{"date":"2023-11-16"},"attendees":[{},{}],` +
			`"extendedProperties":{},"reminders":{},"x":{}}`,
		"*/z/a": `{"creator":{},"organizer":{},"start":{},"end":{},"attendees":[{},{}],` +
			`"extendedProperties":{},"reminders":{},"x":{"z":[]}}`, // 2 has no a
	} {
		if got := w.getFields(token, eventsPath+"/e", fields); got != want {
			t.Errorf("event, %s\n got %s\nwant %s", fields, got, want)
		}
	}
}

// The grammar of fields, for lists and for a calendar.
func TestFieldsOfCollections(t *testing.T) {
	w := newWorld(t)
	w.addEvent(fieldsEvent)
	token := w.token("calendar.readonly")
	const conference = `"conferenceProperties":` +
		`{"allowedConferenceSolutionTypes":["hangoutsMeet"]}`
	for _, c := range []struct{ path, fields, want string }{
		{eventsPath, "kind", `{"kind":"calendar#events"}`},
		{eventsPath, "kind,items/id", `{"kind":"calendar#events","items":[{"id":"e"}]}`},
		{eventsPath, "items(attendees(email))",
			`{"items":[{"attendees":[{"email":"a"},{"email":"b"}]}]}`},
		{eventsPath, "*(id)", `{"defaultReminders":[],"items":[{"id":"e"}]}`},
		{eventsPath, "items(id,start/date),accessRole",
			`{"accessRole":"reader","items":[{"id":"e","start":{"date":"2023-11-15"}}]}`},
		{calendarPath, "id,conferenceProperties(allowedConferenceSolutionTypes)",
			`{"id":"you@gmail.com",` + conference + `}`},
		{listPath, "kind,items(id)", `{"kind":"calendar#calendarList","items":[]}`},
	} {
		if got := w.getFields(token, c.path, c.fields); got != c.want {
			t.Errorf("%s, %s\n got %s\nwant %s", c.path, c.fields, got, c.want)
		}
	}
}

// A mask doesn't change how the response is laid out.
func TestFieldsLayout(t *testing.T) {
	w := newWorld(t)
	w.addEvent(fieldsEvent)
	token := w.token("calendar.readonly")
	whole := w.get(token, eventsPath)
	for _, fields := range []string{"*", "kind,*"} {
		if r := w.get(token, eventsPath+"?fields="+fields); r.body != whole.body {
			t.Errorf("%s: %s", fields, r.body)
		}
	}
	const begin = "{\n \"items\": [\n  {\n   \"kind\": \"calendar#event\","
	const inside = "   \"x\": {\n    \"y\": 1,"
	r := w.get(token, eventsPath+"?fields=items/*")
	if !strings.HasPrefix(r.body, begin) || !strings.Contains(r.body, inside) {
		t.Errorf("items/*: %s", r.body)
	}
}

func TestBadFields(t *testing.T) {
	w := newWorld(t)
	token := w.token("calendar.readonly")
	for fields, want := range map[string]string{
		"pagetoken":      "pagetoken",
		"kind,":          "",
		",kind":          "",
		"items(":         "",
		"items()":        "",
		"items(id":       "",
		"items(id))":     ")",
		"items(id)x":     "x",
		"items/":         "",
		"/kind":          "",
		"items(title)":   "title",
		"items/id/x":     "x",
		"kind/x":         "x",
		"items(id)/etag": "/etag",
		"kind/*":         "*",
		"items(x(y))":    "x",

		strings.Repeat("*(", 30) + "*":                          "*",
		"items(conferenceData" + strings.Repeat("/a", 30) + ")": "a",
	} {
		message := `"message": "Invalid field selection ` + want + `"`
		r := w.get(token, eventsPath+"?fields="+fields)
		if r.StatusCode != 400 || !strings.Contains(r.body, message) {
			t.Errorf("fields=%s: %s %s", fields, r.Status, r.body)
		}
	}
}

// A client gets gzip only if it accepts gzip and has "gzip" in its User-Agent.
func TestGzip(t *testing.T) {
	w := newWorld(t)
	token := w.token("calendar.readonly")
	w.client.Transport = &http.Transport{DisableCompression: true}
	want := w.get(token, eventsPath).body
	for _, c := range []struct {
		accept, agent string
		compressed    bool
	}{
		{"gzip", "my program (gzip)", true},
		{"deflate, gzip;q=0.5", "gzip", true},
		{"gzip;q=1", "x gzip", true},
		{"gzip", "Go-http-client/1.1", false},
		{"", "my program (gzip)", false},
		{"br", "gzip", false},
		{"gzip;q=0", "gzip", false},
		{"gzip; q=0.000", "gzip", false},
	} {
		r := w.get(token, eventsPath, "Accept-Encoding", c.accept, "User-Agent", c.agent)
		encoding := r.Header.Get("Content-Encoding")
		if (encoding == "gzip") != c.compressed {
			t.Errorf("%+v: Content-Encoding %q", c, encoding)
		}
		body := r.body
		if c.compressed {
			body = decompress(t, body)
			if r.TransferEncoding == nil || r.ContentLength >= 0 {
				t.Errorf("%+v: length %d", c, r.ContentLength)
			}
		}
		if body != want {
			t.Errorf("%+v: %s", c, body)
		}
	}
}

func decompress(t *testing.T, data string) string {
	t.Helper()
	z, err := gzip.NewReader(strings.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		t.Error(err)
	}
	return string(text)
}

// A conditional request gets a 304 until something changes.
func TestIfNoneMatch(t *testing.T) {
	w := newWorld(t)
	w.addHours(1)
	token := w.token("calendar.readonly")
	g := newGolden(t, "not-modified.txt")
	for _, path := range []string{eventsPath, eventsPath + "/h000"} {
		r := w.get(token, path)
		if r.Header.Get("ETag") != "" {
			t.Errorf("ETag %s", r.Header.Get("ETag"))
		}
		_, rest, _ := strings.Cut(r.body, `"etag": "\"`)
		hash, _, _ := strings.Cut(rest, `\"`)
		etag := `"` + hash + `"`
		same := w.get(token, path, "If-None-Match", `"x", `+etag)
		g.addReply(path, same)
		if same.StatusCode != 304 {
			t.Errorf("%s: %s", path, same.Status)
		}
		if other := w.get(token, path, "If-None-Match", `"x"`); other.StatusCode != 200 {
			t.Errorf("another etag: %s", other.Status)
		}
		if any := w.get(token, path, "If-None-Match", "*"); any.StatusCode != 304 {
			t.Errorf("*: %s", any.Status)
		}
		w.addHours(1)
		if changed := w.get(token, path, "If-None-Match", etag); changed.StatusCode != 200 {
			t.Errorf("after a change: %s", changed.Status)
		}
		w.Advance(1)
	}
	g.compare()
}

// The role and the scope decide what a client sees of an event.
func TestRoles(t *testing.T) {
	w := newWorld(t)
	w.addEvent(`{"id":"secret","summary":"S1","visibility":"private",
		"start":{"date":"2023-11-15"},"end":{"date":"2023-11-16"}}`)
	w.addEvent(`{"id":"open","summary":"S2","attendees":[{"email":"a"}],
		"start":{"dateTime":"2023-11-15T10:00:00Z"},
		"end":{"dateTime":"2023-11-15T11:00:00Z"}}`)
	token := w.token("calendar.readonly")
	freeBusyToken := w.token("calendar.events.freebusy")
	for role, want := range map[string]string{
		"freeBusyReader": "",
		"reader":         "S2",
		"writer":         "S1S2",
		"owner":          "S1S2",
	} {
		w.Share(calendarID, accountEmail, role)
		r := w.get(token, eventsPath)
		got := ""
		for _, title := range []string{"S1", "S2"} {
			if strings.Contains(r.body, `"summary": "`+title+`"`) {
				got += title
			}
		}
		if got != want || !strings.Contains(r.body, `"accessRole": "`+role+`"`) {
			t.Errorf("%s sees %q: %s", role, got, r.body)
		}
		r = w.get(freeBusyToken, eventsPath)
		if strings.Contains(r.body, "S2") ||
			!strings.Contains(r.body, `"accessRole": "freeBusyReader"`) {
			t.Errorf("free/busy scope, %s: %s", role, r.body)
		}
	}
	g := newGolden(t, "free-busy.txt")
	w.Share(calendarID, accountEmail, "freeBusyReader")
	g.add("events", w.get(token, eventsPath+"?fields=accessRole,items").body)
	g.add("event", w.get(token, eventsPath+"/open").body)
	g.compare()
	w.Share(calendarID, accountEmail, "none")
	if r := w.get(token, eventsPath); r.StatusCode != 404 {
		t.Errorf("role none: %s", r.Status)
	}
}

func TestMaxAttendees(t *testing.T) {
	const (
		self = `{"email":"you@gmail.com","self":true}`
		few  = `{"attendees":[` + self + `],"attendeesOmitted":true}`
		all  = `{"attendees":[{"email":"a"},` + self + `]}`
	)
	w := newWorld(t)
	w.addEvent(`{"id":"e","attendees":[{"email":"a"},` + self + `],
		"start":{"date":"2023-11-15"},"end":{"date":"2023-11-16"}}`)
	token := w.token("calendar.readonly")
	for n, want := range map[string]string{"1": few, "2": all, "3": all} {
		query := "?prettyPrint=false&maxAttendees=" + n + "&fields="
		r := w.get(token, eventsPath+"/e"+query+"attendees,attendeesOmitted")
		if r.body != want+"\n" {
			t.Errorf("%s: %s", n, r.body)
		}
		r = w.get(token, eventsPath+query+"items(attendees,attendeesOmitted)")
		if r.body != `{"items":[`+want+"]}\n" {
			t.Errorf("list, %s: %s", n, r.body)
		}
	}
}
