// SPDX-License-Identifier: 0BSD

package calendar

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httputil"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// The golden file has the bytes that a Client sends to Google if only its Token
// is set.
func TestRequestBytes(t *testing.T) {
	ctx := context.Background()
	var sent bytes.Buffer
	c := &Client{Token: always("ya29.c.example")}
	c.HTTP = &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
		dump, err := httputil.DumpRequestOut(r, true)
		dump = bytes.ReplaceAll(dump, []byte("\r\n"), []byte("\n"))
		fmt.Fprintf(&sent, "%s to %s\n%s", r.URL.Scheme, r.URL.Host, dump)
		return answer(200, readFile(t, "events.json")), err
	})}
	seoul := time.FixedZone("KST", 9*3600)
	q := Query{TimeMin: time.Date(2020, 7, 8, 0, 0, 0, 0, seoul)}
	if _, err := c.EventsPage(ctx, "you@gmail.com", q, ""); err != nil {
		t.Fatal(err)
	}
	const holidays = "ko.south_korea#holiday@group.v.calendar.google.com"
	_, _ = c.EventsPage(ctx, holidays, Query{Fields: "id,summary", Limit: 10}, "next")
	_, _ = c.Event(ctx, "a/b", "..x")
	_, _ = c.Calendar(ctx, "primary")
	for range c.CalendarList(ctx) {
	}
	golden(t, "requests.golden", sent.String())
}

// Every query parameter of events.list can be sent, under Google's name.
func TestQueryParameters(t *testing.T) {
	var discovery struct {
		Parameters []string `json:"events.list"`
	}
	if err := json.Unmarshal([]byte(readFile(t, "discovery.json")), &discovery); err != nil {
		t.Fatal(err)
	}
	when := time.Date(2026, 11, 22, 23, 59, 59, 999, time.FixedZone("", -7*3600))
	all := []Query{
		{
			TimeMin:                 when,
			TimeMax:                 when.Add(time.Second),
			UpdatedMin:              when.UTC(),
			SingleEvents:            true,
			ShowDeleted:             true,
			ShowHiddenInvitations:   true,
			AlwaysIncludeEmail:      true,
			OrderBy:                 "startTime",
			Search:                  "a&b",
			ICalUID:                 "x@google.com",
			TimeZone:                "Asia/Seoul",
			EventTypes:              []string{"default", "birthday"},
			PrivateExtendedProperty: []string{"a=1", "b=2"},
			SharedExtendedProperty:  []string{"c=3"},
			MaxResults:              7,
			MaxAttendees:            3,
			Fields:                  "id",
		},
		{SyncToken: "CPDAlvWDx70CEPDAlvWDx70CGAU=", KeepRaw: true},
	}
	c, s := serve(t, text(200, `{"kind":"calendar#events"}`))
	seen := map[string]bool{}
	var query strings.Builder
	for i, q := range all {
		if _, err := c.EventsPage(context.Background(), "you@gmail.com", q, "page"); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(&query, s.request(i).URL.RawQuery)
		for name := range s.request(i).URL.Query() {
			seen[name] = true
		}
	}
	golden(t, "query.golden", query.String())
	for _, name := range discovery.Parameters {
		if !seen[name] {
			t.Errorf("%s can't be sent", name)
		}
	}
	if len(discovery.Parameters) != 18 || len(seen) != 18+len([]string{"fields", "prettyPrint"}) {
		t.Errorf("%d parameters in discovery, %d sent", len(discovery.Parameters), len(seen))
	}
}

func TestQueryRefused(t *testing.T) {
	noon := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	for name, test := range map[string]struct {
		q    Query
		want string
	}{
		"sync and iCalUID":    {Query{SyncToken: "s", ICalUID: "x"}, "combined with iCalUID"},
		"sync and orderBy":    {Query{SyncToken: "s", OrderBy: "updated"}, "combined with orderBy"},
		"sync and private":    {Query{SyncToken: "s", PrivateExtendedProperty: []string{"a=b"}}, "combined with privateExtendedProperty"},
		"sync and q":          {Query{SyncToken: "s", Search: "x"}, "combined with q"},
		"sync and shared":     {Query{SyncToken: "s", SharedExtendedProperty: []string{"a=b"}}, "combined with sharedExtendedProperty"},
		"sync and timeMin":    {Query{SyncToken: "s", TimeMin: noon}, "combined with timeMin"},
		"sync and timeMax":    {Query{SyncToken: "s", TimeMax: noon}, "combined with timeMax"},
		"sync and updatedMin": {Query{SyncToken: "s", UpdatedMin: noon}, "combined with updatedMin"},
		"empty range":         {Query{TimeMin: noon, TimeMax: noon}, "timeMax must be later"},
		"within a second":     {Query{TimeMin: noon, TimeMax: noon.Add(999 * time.Millisecond)}, "timeMax must be later"},
		"order of series":     {Query{OrderBy: "startTime"}, "singleEvents"},
		"negative page":       {Query{MaxResults: -1}, "negative"},
		"negative attendees":  {Query{MaxAttendees: -1}, "negative"},
		"negative limit":      {Query{Limit: -1}, "negative"},
	} {
		t.Run(name, func(t *testing.T) {
			c, s := serve(t, text(200, `{"kind":"calendar#events"}`))
			_, err := collect(c, context.Background(), test.q)
			e := fault(t, err)
			if !strings.Contains(e.Error(), test.want) || e.Temporary() || e.StatusCode != 0 {
				t.Errorf("error %v, want %q", e, test.want)
			}
			if s.count() != 0 {
				t.Error("a request was sent")
			}
		})
	}
}

// An offset with seconds, which RFC 3339 doesn't have, doesn't change the
// instant.
func TestOffsetWithSeconds(t *testing.T) {
	old := time.Date(1900, 1, 1, 0, 0, 0, 0, time.FixedZone("LMT", 8*3600+27*60+52))
	if got := rfc3339(old); got != "1899-12-31T15:32:08Z" {
		t.Errorf("%s", got)
	}
}

// fieldsOf returns the JSON names of a struct's fields.
func fieldsOf(t reflect.Type) (names []string) {
	for i := range t.NumField() {
		f := t.Field(i)
		if name := f.Tag.Get("json"); name != "" && name != "-" {
			names = append(names, name)
		} else if f.Anonymous {
			names = append(names, fieldsOf(f.Type)...)
		}
	}
	slices.Sort(names)
	return names
}

func sorted(list string, add ...string) []string {
	names := append(strings.Split(list, ","), add...)
	slices.Sort(names)
	return names
}

// The field lists ask for exactly what the structs hold, and the structs hold
// only what Google has. Parts of an event, such as attendees, are asked for
// whole, because their structs have all of Google's members.
func TestFieldsEqualStructs(t *testing.T) {
	var discovery struct{ Schemas map[string][]string }
	if err := json.Unmarshal([]byte(readFile(t, "discovery.json")), &discovery); err != nil {
		t.Fatal(err)
	}
	schema := discovery.Schemas
	event := fieldsOf(reflect.TypeFor[Event]())
	page := fieldsOf(reflect.TypeFor[Page]())
	// Of a conference, a part is asked for.
	const conference = "conferenceData(entryPoints(entryPointType,uri,label)," +
		"conferenceSolution(name))"
	asked := strings.Replace(eventFields, conference, "conferenceData", 1)
	if got := sorted(asked); !slices.Equal(got, event) {
		t.Errorf("asked for %v, Event has %v", got, event)
	}
	if len(event) != 28 || len(schema["Event"]) != 44 { // as Event's comment says
		t.Errorf("Event has %d of Google's %d members", len(event), len(schema["Event"]))
	}
	wanted := sorted(strings.Join(page, ","), "kind")
	if got := sorted(pageFields); !slices.Equal(got, wanted) {
		t.Errorf("asked for %v, Page and kind are %v", got, wanted)
	}
	head, items, _ := strings.Cut(strings.TrimSuffix(entryFields, ")"), "items(")
	entry := fieldsOf(reflect.TypeFor[CalendarListEntry]())
	if got := sorted(items); !slices.Equal(got, entry) || head != "kind,nextPageToken," {
		t.Errorf("asked for %v, CalendarListEntry has %v", got, entry)
	}
	for name, fields := range map[string][]string{
		"Event":             event,
		"Events":            page,
		"CalendarListEntry": entry,
		"Calendar":          fieldsOf(reflect.TypeFor[Calendar]()),

		"ConferenceData":     fieldsOf(reflect.TypeFor[ConferenceData]()),
		"ConferenceSolution": fieldsOf(reflect.TypeFor[ConferenceSolution]()),
		"EntryPoint":         fieldsOf(reflect.TypeFor[EntryPoint]()),
	} {
		for _, field := range fields {
			if !slices.Contains(schema[name], field) {
				t.Errorf("Google's %s has no %s", name, field)
			}
		}
	}
	for name, typ := range map[string]reflect.Type{
		"EventAttendee":   reflect.TypeFor[Attendee](),
		"EventDateTime":   reflect.TypeFor[EventDateTime](),
		"EventReminder":   reflect.TypeFor[Reminder](),
		"Event.reminders": reflect.TypeFor[Reminders](),
		"Event.creator":   reflect.TypeFor[Person](),
		"Event.organizer": reflect.TypeFor[Person](),

		"Event.extendedProperties": reflect.TypeFor[ExtendedProperties](),
	} {
		all := slices.DeleteFunc(schema[name], func(field string) bool {
			return field == "asyncOperation" // how a guest was invited
		})
		if got := fieldsOf(typ); !slices.Equal(got, all) {
			t.Errorf("%v has %v, Google's %s has %v", typ, got, name, all)
		}
	}
}
