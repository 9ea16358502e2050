// SPDX-License-Identifier: 0BSD

package fakegoogle_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"testing"
)

// The grammar of fields, on one event and on the list.
func TestFields(t *testing.T) {
	w := newWorld(t)
	if err := w.AddEvent(mine, `{"id":"e","summary":"E","start":{"date":"2023-11-15"},"end":{"date":"2023-11-16"},"x":{"y":1,"z":[2]},
		"attendees":[{"email":"a","self":true},{"email":"b","comment":"c"}],"extendedProperties":{"private":{"k":"v"}}}`); err != nil {
		t.Fatal(err)
	}
	token := w.token("calendar.readonly")
	const one, list = events + "/e?prettyPrint=false&fields=", events + "?prettyPrint=false&fields="
	for path, want := range map[string]string{
		one + "id":                               `{"id":"e"}`,
		one + "summary,id":                       `{"id":"e","summary":"E"}`, // in the order of the answer
		one + "id,location":                      `{"id":"e"}`,
		one + "location":                         `{}`,
		one + "start/*,end(*)":                   `{"start":{"date":"2023-11-15"},"end":{"date":"2023-11-16"}}`,
		one + "start/date,end":                   `{"start":{"date":"2023-11-15"},"end":{"date":"2023-11-16"}}`,
		one + "attendees(email)":                 `{"attendees":[{"email":"a"},{"email":"b"}]}`,
		one + "attendees/comment":                `{"attendees":[{},{"comment":"c"}]}`,
		one + "attendees(email,self),id":         `{"id":"e","attendees":[{"email":"a","self":true},{"email":"b"}]}`,
		one + "attendees,attendees/email":        `{"attendees":[{"email":"a","self":true},{"email":"b","comment":"c"}]}`,
		one + "attendees/email,attendees":        `{"attendees":[{"email":"a","self":true},{"email":"b","comment":"c"}]}`,
		one + "start/date,start/dateTime":        `{"start":{"date":"2023-11-15"}}`,
		one + "extendedProperties/private/k":     `{"extendedProperties":{"private":{"k":"v"}}}`,
		one + "extendedProperties(private(*))":   `{"extendedProperties":{"private":{"k":"v"}}}`,
		one + "*/date":                           `{"creator":{},"organizer":{},"start":{"date":"2023-11-15"},"end":{"date":"2023-11-16"},"attendees":[{},{}],"extendedProperties":{},"reminders":{},"x":{}}`,
		one + "*/z/a":                            `{"creator":{},"organizer":{},"start":{},"end":{},"attendees":[{},{}],"extendedProperties":{},"reminders":{},"x":{"z":[]}}`, // 2 has no a
		list + "kind,items/id":                   `{"kind":"calendar#events","items":[{"id":"e"}]}`,
		list + "items(id,start/date),accessRole": `{"accessRole":"reader","items":[{"id":"e","start":{"date":"2023-11-15"}}]}`,
		list + "kind":                            `{"kind":"calendar#events"}`,
		list + "items(attendees(email))":         `{"items":[{"attendees":[{"email":"a"},{"email":"b"}]}]}`,
		list + "*(id)":                           `{"defaultReminders":[],"items":[{"id":"e"}]}`,
		"calendars/" + mine + "?prettyPrint=false&fields=id,conferenceProperties(allowedConferenceSolutionTypes)": `{"id":"you@gmail.com","conferenceProperties":{"allowedConferenceSolutionTypes":["hangoutsMeet"]}}`,
		"users/me/calendarList?prettyPrint=false&fields=kind,items(id)":                                           `{"kind":"calendar#calendarList","items":[]}`,
	} {
		r := w.get(token, path)
		if got := strings.TrimSuffix(r.body, "\n"); got != want {
			t.Errorf("%s\n got %s\nwant %s", path, got, want)
		}
	}
	whole := w.get(token, events)
	for _, path := range []string{events + "?fields=*", events + "?fields=kind,*"} {
		if r := w.get(token, path); r.body != whole.body {
			t.Errorf("%s: %s", path, r.body)
		}
	}
	if r := w.get(token, events+"?fields=items/*"); !strings.HasPrefix(r.body, "{\n \"items\": [\n  {\n   \"kind\": \"calendar#event\",") || !strings.Contains(r.body, "   \"x\": {\n    \"y\": 1,") {
		t.Errorf("items/*: %s", r.body)
	}
	for fields, want := range map[string]string{
		"pagetoken": "pagetoken", "kind,": "", ",kind": "", "items(": "", "items()": "", "items(id": "", "items(id))": ")", "items(id)x": "x", "items/": "", "/kind": "",
		"items(title)": "title", "items/id/x": "x", "kind/x": "x", "items(id)/etag": "/etag", "kind/*": "*", "items(x(y))": "x",
		strings.Repeat("*(", 30) + "*": "*", "items(conferenceData" + strings.Repeat("/a", 30) + ")": "a",
	} {
		r := w.get(token, events+"?fields="+fields)
		if r.StatusCode != 400 || !strings.Contains(r.body, `"message": "Invalid field selection `+want+`"`) {
			t.Errorf("fields=%s: %s %s", fields, r.Status, r.body)
		}
	}
}

// gzip only for a client that takes it and says "gzip" in its name as well.
func TestGzip(t *testing.T) {
	w := newWorld(t)
	token := w.token("calendar.readonly")
	w.client.Transport = &http.Transport{DisableCompression: true}
	want := w.get(token, events).body
	for _, c := range []struct {
		accept, agent string
		zipped        bool
	}{
		{"gzip", "my program (gzip)", true}, {"deflate, gzip;q=0.5", "gzip", true}, {"gzip;q=1", "x gzip", true},
		{"gzip", "Go-http-client/1.1", false}, {"", "my program (gzip)", false}, {"br", "gzip", false}, {"gzip;q=0", "gzip", false}, {"gzip; q=0.000", "gzip", false},
	} {
		r := w.get(token, events, "Accept-Encoding", c.accept, "User-Agent", c.agent)
		if zipped := r.Header.Get("Content-Encoding") == "gzip"; zipped != c.zipped {
			t.Errorf("%+v: Content-Encoding %q", c, r.Header.Get("Content-Encoding"))
		}
		body := r.body
		if c.zipped {
			z, err := gzip.NewReader(strings.NewReader(r.body))
			if err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(z)
			if body = string(text); err != nil || r.TransferEncoding == nil || r.ContentLength >= 0 {
				t.Errorf("%+v: %v, length %d", c, err, r.ContentLength)
			}
		}
		if body != want {
			t.Errorf("%+v: %s", c, body)
		}
	}
}

// A conditional request: 304 until something changes.
func TestIfNoneMatch(t *testing.T) {
	w := newWorld(t)
	w.addHours(1)
	token := w.token("calendar.readonly")
	b := &book{t: t, name: "not-modified.txt"}
	for _, path := range []string{events, events + "/h000"} {
		r := w.get(token, path)
		if r.Header.Get("ETag") != "" {
			t.Errorf("ETag %s", r.Header.Get("ETag"))
		}
		_, rest, _ := strings.Cut(r.body, `"etag": "\"`)
		etag := `"` + rest[:strings.Index(rest, `\"`)] + `"`
		same := w.get(token, path, "If-None-Match", `"x", `+etag)
		b.add(path, dump(same))
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
	b.compare()
}

// What is seen of an event depends on the role and on the scope.
func TestRoles(t *testing.T) {
	w := newWorld(t)
	if err := w.AddEvent(mine, `{"id":"secret","summary":"S1","visibility":"private","start":{"date":"2023-11-15"},"end":{"date":"2023-11-16"}}`); err != nil {
		t.Fatal(err)
	}
	if err := w.AddEvent(mine, `{"id":"open","summary":"S2","attendees":[{"email":"a"}],"start":{"dateTime":"2023-11-15T10:00:00Z"},"end":{"dateTime":"2023-11-15T11:00:00Z"}}`); err != nil {
		t.Fatal(err)
	}
	all, narrow := w.token("calendar.readonly"), w.token("calendar.events.freebusy")
	b := &book{t: t, name: "free-busy.txt"}
	for role, want := range map[string]string{"freeBusyReader": "", "reader": "S2", "writer": "S1S2", "owner": "S1S2"} {
		w.Share(mine, reader, role)
		r := w.get(all, events)
		got := ""
		for _, title := range []string{"S1", "S2"} {
			if strings.Contains(r.body, `"summary": "`+title+`"`) {
				got += title
			}
		}
		if got != want || !strings.Contains(r.body, `"accessRole": "`+role+`"`) {
			t.Errorf("%s sees %q: %s", role, got, r.body)
		}
		if r := w.get(narrow, events); strings.Contains(r.body, "S2") || !strings.Contains(r.body, `"accessRole": "freeBusyReader"`) {
			t.Errorf("free/busy scope, %s: %s", role, r.body)
		}
	}
	w.Share(mine, reader, "freeBusyReader")
	b.add("events", w.get(all, events+"?fields=accessRole,items").body)
	b.add("event", w.get(all, events+"/open").body)
	b.compare()
	w.Share(mine, reader, "none")
	if r := w.get(all, events); r.StatusCode != 404 {
		t.Errorf("role none: %s", r.Status)
	}
}

func TestMaxAttendees(t *testing.T) {
	w := newWorld(t)
	if err := w.AddEvent(mine, `{"id":"e","attendees":[{"email":"a"},{"email":"you@gmail.com","self":true}],"start":{"date":"2023-11-15"},"end":{"date":"2023-11-16"}}`); err != nil {
		t.Fatal(err)
	}
	token := w.token("calendar.readonly")
	const few, all = `{"attendees":[{"email":"you@gmail.com","self":true}],"attendeesOmitted":true}`, `{"attendees":[{"email":"a"},{"email":"you@gmail.com","self":true}]}`
	for n, want := range map[string]string{"1": few, "2": all, "3": all} {
		query := "?prettyPrint=false&maxAttendees=" + n
		if r := w.get(token, events+"/e"+query+"&fields=attendees,attendeesOmitted"); r.body != want+"\n" {
			t.Errorf("%s: %s", n, r.body)
		}
		if r := w.get(token, events+query+"&fields=items(attendees,attendeesOmitted)"); r.body != `{"items":[`+want+"]}\n" {
			t.Errorf("list, %s: %s", n, r.body)
		}
	}
}
