// SPDX-License-Identifier: 0BSD

package fakegoogle_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/fivestep/walkthrough/fakegoogle"
)

var calendarB = fakegoogle.Calendar{ID: "b@example.com", TimeZone: "America/New_York"}

// addQueryEvents adds an event for each rule that a query follows. The calendar
// is in Seoul's time zone, UTC+9.
func (w *world) addQueryEvents() {
	w.t.Helper()
	days := func(from, to string) string {
		return `"start":{"date":"` + from + `"},"end":{"date":"` + to + `"}`
	}
	halfHour := func(hour string) string {
		return `"start":{"dateTime":"` + hour + `:00:00+09:00"},` +
			`"end":{"dateTime":"` + hour + `:30:00+09:00"}`
	}
	w.addEvent(`{"id":"day","summary":"All day",
		"extendedProperties":{"private":{"a":"1","b":"2"},"shared":{"a":"9"}},` +
		days("2023-11-15", "2023-11-16") + `}`)
	// In Seoul, this starts at midnight of the 16th.
	w.addEvent(`{"id":"talk","summary":"Talk","description":"about gophers",
		"location":"Room 4","iCalUID":"talk@example.com",
		"organizer":{"email":"lee@example.com","displayName":"Lee"},
		"attendees":[{"email":"you@gmail.com","self":true},
			{"email":"kim@example.com","displayName":"김하나"}],
		"start":{"dateTime":"2023-11-15T10:00:00-05:00"},
		"end":{"dateTime":"2023-11-15T11:00:00-05:00"}}`)
	w.addEvent(
		`{"id":"week","summary":"Weekly","recurrence":["RRULE:FREQ=WEEKLY"],`+
			halfHour("2023-11-06T09")+`}`,
		`{`+halfHour("2023-11-06T09")+`}`,
		`{`+halfHour("2023-11-13T09")+`}`,
		`{"summary":"Weekly, late",
			"originalStartTime":{"dateTime":"2023-11-20T09:00:00+09:00"},`+
			halfHour("2023-11-20T14")+`}`,
		`{"status":"cancelled",
			"originalStartTime":{"dateTime":"2023-11-27T09:00:00+09:00"}}`)
	w.addEvent(
		`{"id":"yearly","summary":"Birthday","eventType":"birthday",
			"recurrence":["RRULE:FREQ=YEARLY"],`+days("2022-12-01", "2022-12-02")+`}`,
		`{`+days("2022-12-01", "2022-12-02")+`}`,
		`{`+days("2023-12-01", "2023-12-02")+`}`)
	w.addEvent(`{"id":"desk","summary":"Office","eventType":"workingLocation",
		"visibility":"private",
		"workingLocationProperties":{"type":"officeLocation","officeLocation":{"label":"Tower"}},` +
		days("2023-11-17", "2023-11-18") + `}`)
	w.addEvent(`{"id":"gone","summary":"Gone",` + days("2023-11-18", "2023-11-19") + `}`)
	w.addEvent(`{"id":"old","summary":"Old","updated":"2023-11-01T00:00:00.500Z",` +
		days("2023-11-02", "2023-11-03") + `}`)
	w.deleteEvent("gone")
}

// instanceNames replaces short names by the IDs of instances.
var instanceNames = strings.NewReplacer(
	"w1", "week_20231106T000000Z",
	"w2", "week_20231113T000000Z",
	"w3", "week_20231120T000000Z",
	"w4", "week_20231127T000000Z",
	"y1", "yearly_20221201",
	"y2", "yearly_20231201",
)

// eventQueries are queries and the events that they select.
var eventQueries = []struct{ query, want string }{
	// Without singleEvents there are recurring events, their exceptions, and
	// their cancelled instances.
	{"", "day talk week w3 w4 yearly desk old"},
	{"showDeleted=true", "day talk week w3 w4 yearly desk gone old"},
	{"singleEvents=true", "day talk w1 w2 w3 y1 y2 desk old"},
	{"singleEvents=true&showDeleted=true", "day talk w1 w2 w3 w4 y1 y2 desk gone old"},
	{"singleEvents=true&orderBy=startTime", "y1 old w1 w2 day talk desk w3 y2"},
	{"singleEvents=true&orderBy=updated", "old day talk w1 w2 w3 y1 y2 desk"},
	{"maxResults=2500&showHiddenInvitations=true&alwaysIncludeEmail=true" +
		"&alt=json&quotaUser=x&key=y&unknown=z", "day talk week w3 w4 yearly desk old"},

	// Both bounds are exclusive: timeMin bounds the end, timeMax the start.
	// A date begins at midnight in Seoul.
	{"singleEvents=true&timeMin=2023-11-15T15:00:00Z&timeMax=2023-11-16T15:00:00Z", "talk"},
	{"singleEvents=true&timeMin=2023-11-15T14:59:59Z&timeMax=2023-11-16T15:00:00Z", "day talk"},
	{"singleEvents=true&timeMin=2023-11-15T15:00:00Z&timeMax=2023-11-16T15:00:01Z", "talk desk"},
	{"singleEvents=true&timeMin=2023-11-16T00:00:00%2B0900" +
		"&timeMax=2023-11-17T00:00:00%2B09:00", "talk"},
	{"singleEvents=true&timeMin=2023-11-15T15:30:00-0000" +
		"&timeMax=2023-11-15T16:00:00Z", "talk"},
	// Fractions don't count.
	{"singleEvents=true&timeMin=2023-11-15T15:00:00.999Z" +
		"&timeMax=2023-11-16T15:00:00.999Z", "talk"},
	// A recurring event counts if it has an instance in the range.
	{"timeMin=2023-11-16T01:00:00%2B09:00", "week w3 w4 yearly desk"},
	{"timeMax=2022-12-31T00:00:00Z", "yearly"},

	// updatedMin includes deleted events.
	{"updatedMin=2023-11-02T00:00:00Z", "day talk week w3 w4 yearly desk gone"},
	{"updatedMin=2023-11-02T00:00:00Z&showDeleted=false&singleEvents=true",
		"day talk w1 w2 w3 w4 y1 y2 desk gone"},

	// q searches titles, descriptions, places and people. Every word must
	// be there.
	{"q=GOPHERS", "talk"},
	{"q=room+talk", "talk"},
	{"q=room+weekly", ""},
	{"q=김하나", "talk"},
	{"q=kim@example.com", "talk"},
	{"q=lee", "talk"},
	{"q=tower", "desk"},
	{"q=weekly&singleEvents=true", "w1 w2 w3"},
	{"q=late", "w3"},

	{"iCalUID=talk@example.com", "talk"},
	{"iCalUID=day@google.com", "day"},
	{"iCalUID=week@google.com&singleEvents=true", "w1 w2 w3"},

	{"eventTypes=birthday", "yearly"},
	{"eventTypes=birthday&eventTypes=workingLocation", "yearly desk"},
	{"eventTypes=fromGmail", ""},

	{"privateExtendedProperty=a%3D1", "day"},
	{"privateExtendedProperty=a%3D1&privateExtendedProperty=b%3D2", "day"},
	{"privateExtendedProperty=a%3D1&privateExtendedProperty=b%3D3", ""},
	{"privateExtendedProperty=a%3D9", ""},
	{"sharedExtendedProperty=a%3D9", "day"},
	{"sharedExtendedProperty=c%3D", ""},
}

func TestEventQuery(t *testing.T) {
	w := newWorld(t)
	w.addQueryEvents()
	token := w.token("calendar.readonly")
	for _, c := range eventQueries {
		got := strings.Join(w.allIDs(token, eventsPath+"?"+c.query), " ")
		if want := instanceNames.Replace(c.want); got != want {
			t.Errorf("%s:\n got %s\nwant %s", c.query, got, want)
		}
	}
}

// Only an instance that differs from its recurring event is an exception. The
// list without singleEvents shows exceptions.
func TestExceptions(t *testing.T) {
	const at = `"start":{"date":"2023-11-15"},"end":{"date":"2023-11-16"}`
	const original = `"originalStartTime":{"date":"2023-11-15"}`
	const moved = `"start":{"date":"2023-11-14"},"end":{"date":"2023-11-16"}`
	for instance, want := range map[string]string{
		`{"id":"i",` + at + `}`:                        "m",
		`{"id":"i","location":"Room 4",` + at + `}`:    "m i",
		`{"id":"i","originalStartTime":{},` + at + `}`: "m i",
		`{"id":"i",` + moved + `,` + original + `}`:    "m i",
	} {
		w := newWorld(t)
		w.addEvent(`{"id":"m","recurrence":["R"],`+at+`}`, instance)
		got := strings.Join(w.allIDs(w.token("calendar.readonly"), eventsPath), " ")
		if got != want {
			t.Errorf("%s: %s, want %s", instance, got, want)
		}
	}
	// Without its recurring event, only the start can differ.
	w := newWorld(t)
	w.addEvent(`{"id":"i","recurringEventId":"m","summary":"x",` + original + `,` + at + `}`)
	if got := w.allIDs(w.token("calendar.readonly"), eventsPath); len(got) != 0 {
		t.Errorf("no recurring event: %q", got)
	}
}

// Deleting a recurring event deletes its instances.
func TestDeleteEvent(t *testing.T) {
	w := newWorld(t)
	w.addQueryEvents()
	token := w.token("calendar.readonly")
	first := w.page(token, eventsPath)
	w.deleteEvent("week")
	for _, id := range w.allIDs(token, eventsPath+"?singleEvents=true") {
		if strings.HasPrefix(id, "week") {
			t.Errorf("%s is left", id)
		}
	}
	second := w.page(token, syncPath(first))
	want := []string{"week", "week_20231120T000000Z", "week_20231127T000000Z"}
	if !slices.Equal(second.ids(), want) ||
		second.Items[0].Status != "cancelled" ||
		second.Items[1].RecurringEventID != "week" {
		t.Errorf("sync: %+v", second)
	}

	// An instance that is deleted by itself is an exception.
	w.deleteEvent("yearly_20231201")
	third := w.page(token, syncPath(second))
	if !slices.Equal(third.ids(), []string{"yearly_20231201"}) {
		t.Errorf("sync: %+v", third)
	}
	const remains = ` "id": "yearly_20231201",
 "status": "cancelled",
 "recurringEventId": "yearly",
 "originalStartTime": {
  "date": "2023-12-01"
 }
}
`
	r := w.get(token, eventsPath+"/yearly_20231201")
	if !strings.HasSuffix(r.body, remains) {
		t.Errorf("deleted instance: %s", r.body)
	}
	for _, err := range []error{w.DeleteEvent(calendarID, "x"), w.DeleteEvent("x", "day")} {
		if err == nil || !strings.HasPrefix(err.Error(), "fakegoogle: no event") {
			t.Error(err)
		}
	}
}

func TestBadEvents(t *testing.T) {
	w := newWorld(t)
	const start = `"start":{"date":"2023-02-03"}`
	for text, want := range map[string]string{
		``:           "unexpected end of JSON input",
		`[]`:         "not a JSON object",
		`1`:          "not a JSON object",
		`{}{`:        "invalid character",
		`{"id":"x"}`: `event "x": start: neither a date nor a dateTime`,

		`{"start":{"date":"2023-02-30"},"end":{"date":"2023-03-01"}}`:    "start: parsing time",
		`{` + start + `,"end":{"dateTime":"2023-03-01T10:00:00"}}`:       "end: neither",
		`{` + start + `,"end":{"dateTime":"2023-03-01T10:00:00+25:00"}}`: "end: neither",
	} {
		err := w.AddEvent(calendarID, text)
		if err == nil || !strings.HasPrefix(err.Error(), "fakegoogle: ") ||
			!strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
	const good = `{"id":"x",` + start + `,"end":{"date":"2023-02-04"}}`
	if err := w.AddEvent(calendarID, good, `{`); err == nil {
		t.Error("a bad instance was accepted")
	}
	if err := w.AddEvent("x", good); err == nil || err.Error() != `fakegoogle: no calendar "x"` {
		t.Error(err)
	}
}

// Times are in the calendar's time zone, or in the one that the query asks for.
func TestTimeZone(t *testing.T) {
	w := newWorld(t)
	w.addQueryEvents()
	token := w.token("calendar.readonly")
	for query, want := range map[string]string{
		"":                           "2023-11-16T00:00:00+09:00",
		"?timeZone=UTC":              "2023-11-15T15:00:00Z",
		"?timeZone=America/New_York": "2023-11-15T10:00:00-05:00",
		"?timeZone=Asia/Kolkata":     "2023-11-15T20:30:00+05:30",
	} {
		want = `"dateTime": "` + want + `"`
		if r := w.get(token, eventsPath+"/talk"+query); !strings.Contains(r.body, want) {
			t.Errorf("%s: %s", query, r.body)
		}
		if r := w.get(token, eventsPath+query); !strings.Contains(r.body, want) {
			t.Errorf("list %s: no %s", query, want)
		}
	}
	r := w.get(token, eventsPath+"?timeZone=Asia/Kolkata")
	if !strings.Contains(r.body, ` "timeZone": "Asia/Kolkata",`) ||
		!strings.Contains(r.body, `"date": "2023-11-15"`) {
		t.Errorf("Asia/Kolkata: %s", r.body)
	}
	if now := w.Now(); !now.Equal(time.Unix(1700000000, 0)) {
		t.Errorf("the clock moved: %v", now)
	}
}
