// SPDX-License-Identifier: 0BSD

package fakegoogle_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/fivestep/walkthrough/fakegoogle"
)

var calendarB = fakegoogle.Calendar{ID: "b@example.com", TimeZone: "America/New_York"}

// addAll fills the calendar with one event for each rule. It is in Seoul's time, UTC+9.
func (w *world) addAll() {
	w.t.Helper()
	day := func(date, next string) string {
		return `"start":{"date":"` + date + `"},"end":{"date":"` + next + `"}`
	}
	hour := func(at string) string {
		return `"start":{"dateTime":"` + at + `:00:00+09:00"},"end":{"dateTime":"` + at + `:30:00+09:00"}`
	}
	for _, e := range [][]string{
		{`{"id":"day","summary":"All day","extendedProperties":{"private":{"a":"1","b":"2"},"shared":{"a":"9"}},` + day("2023-11-15", "2023-11-16") + `}`},
		{`{"id":"talk","summary":"Talk","description":"about gophers","location":"Room 4","iCalUID":"talk@example.com","organizer":{"email":"lee@example.com","displayName":"Lee"},` +
			`"attendees":[{"email":"you@gmail.com","self":true},{"email":"kim@example.com","displayName":"김하나"}],` +
			`"start":{"dateTime":"2023-11-15T10:00:00-05:00"},"end":{"dateTime":"2023-11-15T11:00:00-05:00"}}`}, // 16th, 00:00 in Seoul
		{`{"id":"week","summary":"Weekly","recurrence":["RRULE:FREQ=WEEKLY"],` + hour("2023-11-06T09") + `}`,
			`{` + hour("2023-11-06T09") + `}`,
			`{` + hour("2023-11-13T09") + `}`,
			`{"summary":"Weekly, late","originalStartTime":{"dateTime":"2023-11-20T09:00:00+09:00"},` + hour("2023-11-20T14") + `}`,
			`{"status":"cancelled","originalStartTime":{"dateTime":"2023-11-27T09:00:00+09:00"}}`},
		{`{"id":"yearly","summary":"Birthday","eventType":"birthday","recurrence":["RRULE:FREQ=YEARLY"],` + day("2022-12-01", "2022-12-02") + `}`,
			`{` + day("2022-12-01", "2022-12-02") + `}`, `{` + day("2023-12-01", "2023-12-02") + `}`},
		{`{"id":"desk","summary":"Office","eventType":"workingLocation","visibility":"private","workingLocationProperties":{"type":"officeLocation","officeLocation":{"label":"Tower"}},` + day("2023-11-17", "2023-11-18") + `}`},
		{`{"id":"gone","summary":"Gone",` + day("2023-11-18", "2023-11-19") + `}`},
		{`{"id":"old","summary":"Old","updated":"2023-11-01T00:00:00.500Z",` + day("2023-11-02", "2023-11-03") + `}`},
	} {
		if err := w.AddEvent(mine, e[0], e[1:]...); err != nil {
			w.t.Fatal(err)
		}
	}
	if err := w.DeleteEvent(mine, "gone"); err != nil {
		w.t.Fatal(err)
	}
}

func TestRules(t *testing.T) {
	w := newWorld(t)
	w.addAll()
	token := w.token("calendar.readonly")
	const w1, w2, w3, w4, y1, y2 = "week_20231106T000000Z", "week_20231113T000000Z", "week_20231120T000000Z", "week_20231127T000000Z", "yearly_20221201", "yearly_20231201"
	join := func(ids ...string) string { return strings.Join(ids, " ") }
	for _, c := range []struct{ query, want string }{
		// Without singleEvents: series, their exceptions, and cancelled instances.
		{"", join("day", "talk", "week", w3, w4, "yearly", "desk", "old")},
		{"showDeleted=true", join("day", "talk", "week", w3, w4, "yearly", "desk", "gone", "old")},
		{"singleEvents=true", join("day", "talk", w1, w2, w3, y1, y2, "desk", "old")},
		{"singleEvents=true&showDeleted=true", join("day", "talk", w1, w2, w3, w4, y1, y2, "desk", "gone", "old")},
		{"singleEvents=true&orderBy=startTime", join(y1, "old", w1, w2, "day", "talk", "desk", w3, y2)},
		{"singleEvents=true&orderBy=updated", join("old", "day", "talk", w1, w2, w3, y1, y2, "desk")},
		// Both bounds are exclusive: timeMin of the end, timeMax of the start. A date begins at midnight in Seoul.
		{"singleEvents=true&timeMin=2023-11-15T15:00:00Z&timeMax=2023-11-16T15:00:00Z", "talk"},
		{"singleEvents=true&timeMin=2023-11-15T14:59:59Z&timeMax=2023-11-16T15:00:00Z", "day talk"},
		{"singleEvents=true&timeMin=2023-11-15T15:00:00Z&timeMax=2023-11-16T15:00:01Z", "talk desk"},
		{"singleEvents=true&timeMin=2023-11-15T15:00:00.999Z&timeMax=2023-11-16T15:00:00.999Z", "talk"}, // fractions do not count
		{"singleEvents=true&timeMin=2023-11-16T00:00:00%2B0900&timeMax=2023-11-17T00:00:00%2B09:00", "talk"},
		{"singleEvents=true&timeMin=2023-11-15T15:30:00-0000&timeMax=2023-11-15T16:00:00Z", "talk"},
		{"timeMin=2023-11-16T01:00:00%2B09:00", join("week", w3, w4, "yearly", "desk")}, // a series with an instance there
		{"timeMax=2022-12-31T00:00:00Z", "yearly"},
		// updatedMin brings deleted events, too.
		{"updatedMin=2023-11-02T00:00:00Z", join("day", "talk", "week", w3, w4, "yearly", "desk", "gone")},
		{"updatedMin=2023-11-02T00:00:00Z&showDeleted=false&singleEvents=true", join("day", "talk", w1, w2, w3, w4, y1, y2, "desk", "gone")},
		// q looks into titles, descriptions, places and people; each word must be there.
		{"q=GOPHERS", "talk"}, {"q=room+talk", "talk"}, {"q=room+weekly", ""}, {"q=김하나", "talk"}, {"q=kim@example.com", "talk"},
		{"q=lee", "talk"}, {"q=tower", "desk"}, {"q=weekly&singleEvents=true", join(w1, w2, w3)}, {"q=late", w3},
		{"iCalUID=talk@example.com", "talk"}, {"iCalUID=day@google.com", "day"},
		{"iCalUID=week@google.com&singleEvents=true", join(w1, w2, w3)},
		{"eventTypes=birthday", "yearly"}, {"eventTypes=birthday&eventTypes=workingLocation", "yearly desk"}, {"eventTypes=fromGmail", ""},
		{"privateExtendedProperty=a%3D1", "day"}, {"privateExtendedProperty=a%3D1&privateExtendedProperty=b%3D2", "day"},
		{"privateExtendedProperty=a%3D1&privateExtendedProperty=b%3D3", ""}, {"privateExtendedProperty=a%3D9", ""},
		{"sharedExtendedProperty=a%3D9", "day"}, {"sharedExtendedProperty=c%3D", ""},
		{"maxResults=2500&showHiddenInvitations=true&alwaysIncludeEmail=true&alt=json&quotaUser=x&key=y&unknown=z", join("day", "talk", "week", w3, w4, "yearly", "desk", "old")},
	} {
		if got := strings.Join(w.all(token, events+"?"+c.query), " "); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.query, got, c.want)
		}
	}
}

// A deleted series goes with its instances.
func TestDeleteEvent(t *testing.T) {
	w := newWorld(t)
	w.addAll()
	token := w.token("calendar.readonly")
	sync := w.page(token, events).NextSyncToken
	if err := w.DeleteEvent(mine, "week"); err != nil {
		t.Fatal(err)
	}
	if got := w.all(token, events+"?singleEvents=true"); slices.ContainsFunc(got, func(id string) bool { return strings.HasPrefix(id, "week") }) {
		t.Errorf("instances are left: %q", got)
	}
	p := w.page(token, events+"?syncToken="+url.QueryEscape(sync))
	if !slices.Equal(p.ids(), []string{"week", "week_20231120T000000Z", "week_20231127T000000Z"}) || p.Items[0].Status != "cancelled" || p.Items[1].RecurringEventID != "week" {
		t.Errorf("sync: %+v", p)
	}
	// One instance, deleted by itself, is an exception.
	if err := w.DeleteEvent(mine, "yearly_20231201"); err != nil {
		t.Fatal(err)
	}
	if p := w.page(token, events+"?syncToken="+url.QueryEscape(p.NextSyncToken)); !slices.Equal(p.ids(), []string{"yearly_20231201"}) {
		t.Errorf("sync: %+v", p)
	}
	want := ` "id": "yearly_20231201",` + "\n" + ` "status": "cancelled",` + "\n" + ` "recurringEventId": "yearly",` + "\n" +
		` "originalStartTime": {` + "\n" + `  "date": "2023-12-01"` + "\n" + ` }` + "\n}\n"
	if r := w.get(token, events+"/yearly_20231201"); !strings.HasSuffix(r.body, want) {
		t.Errorf("deleted instance: %s", r.body)
	}
	for _, err := range []error{w.DeleteEvent(mine, "x"), w.DeleteEvent("x", "day")} {
		if err == nil || !strings.HasPrefix(err.Error(), "fakegoogle: no event") {
			t.Error(err)
		}
	}
}

func TestBadEvents(t *testing.T) {
	w := newWorld(t)
	for text, want := range map[string]string{
		``:           "unexpected end of JSON input",
		`[]`:         "not a JSON object",
		`{}{`:        "invalid character",
		`{"id":"x"}`: `event "x": start: neither a date nor a dateTime`,
		`{"start":{"date":"2023-02-30"},"end":{"date":"2023-03-01"}}`:                    "start: parsing time",
		`{"start":{"date":"2023-02-03"},"end":{"dateTime":"2023-03-01T10:00:00"}}`:       "end: neither",
		`{"start":{"date":"2023-02-03"},"end":{"dateTime":"2023-03-01T10:00:00+25:00"}}`: "end: neither",
	} {
		if err := w.AddEvent(mine, text); err == nil || !strings.HasPrefix(err.Error(), "fakegoogle: ") || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
	const good = `{"id":"x","start":{"date":"2023-02-03"},"end":{"date":"2023-02-04"}}`
	if err := w.AddEvent(mine, good, `{`); err == nil {
		t.Error("a bad instance was taken")
	}
	if err := w.AddEvent("x", good); err == nil || err.Error() != `fakegoogle: no calendar "x"` {
		t.Error(err)
	}
}

// Times come in the calendar's zone, or in the one that is asked for.
func TestTimeZone(t *testing.T) {
	w := newWorld(t)
	w.addAll()
	token := w.token("calendar.readonly")
	for query, want := range map[string]string{
		"":                           "2023-11-16T00:00:00+09:00",
		"?timeZone=UTC":              "2023-11-15T15:00:00Z",
		"?timeZone=America/New_York": "2023-11-15T10:00:00-05:00",
		"?timeZone=Asia/Kolkata":     "2023-11-15T20:30:00+05:30",
	} {
		if r := w.get(token, events+"/talk"+query); !strings.Contains(r.body, `"dateTime": "`+want+`"`) {
			t.Errorf("%s: %s", query, r.body)
		}
		if r := w.get(token, events+query); !strings.Contains(r.body, `"dateTime": "`+want+`"`) {
			t.Errorf("list %s: no %s", query, want)
		}
	}
	if r := w.get(token, events+"?timeZone=Asia/Kolkata"); !strings.Contains(r.body, ` "timeZone": "Asia/Kolkata",`) || !strings.Contains(r.body, `"date": "2023-11-15"`) {
		t.Errorf("Asia/Kolkata: %s", r.body)
	}
	if now := w.Now(); !now.Equal(time.Unix(1700000000, 0)) {
		t.Errorf("the clock moved: %v", now)
	}
}
