// SPDX-License-Identifier: 0BSD

package calendar

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestEventMembers(t *testing.T) {
	body := readFile(t, "events.json")
	c, _ := serve(t, text(200, body))
	p, err := c.EventsPage(context.Background(), "you@gmail.com", Query{KeepRaw: true}, "")
	if err != nil {
		t.Fatal(err)
	}
	// Raw has all that was sent, and Page and Event are what encoding/json
	// makes of the whole answer.
	var want Page
	if err := json.Unmarshal([]byte(body), &want); err != nil {
		t.Fatal(err)
	}
	for i, e := range p.Items {
		raw := string(e.Raw)
		if !json.Valid(e.Raw) || !strings.Contains(body, raw) || !strings.Contains(raw, e.ID) {
			t.Errorf("raw: %s", raw)
		}
		want.Items[i].Raw = e.Raw
	}
	if !reflect.DeepEqual(p, &want) {
		t.Errorf("got %+v", p)
	}
	one, two, three := p.Items[0], p.Items[1], p.Items[2]
	if one.Description != "Description #1 한글 포함" || !one.Creator.Self {
		t.Errorf("%+v", one)
	}
	if two.Attendees[0].Comment != "on my way" || two.Attendees[0].AdditionalGuests != 1 ||
		!two.Attendees[2].Resource || two.Organizer.ID != "117" ||
		two.Reminders.Overrides[0] != (Reminder{"popup", 10}) || two.Sequence != 2 {
		t.Errorf("%+v", two)
	}
	if three.Status != "cancelled" || three.Start != (EventDateTime{}) {
		t.Errorf("%+v", three)
	}
	if p.TimeZone != "Asia/Seoul" || p.NextSyncToken == "" {
		t.Errorf("%+v", p)
	}
}

func TestConferencesAndProperties(t *testing.T) {
	c, _ := serve(t, text(200, `{"kind":"calendar#events","items":[{
		"endTimeUnspecified":true,"attendeesOmitted":true,"attendees":[{"self":true}],
		"extendedProperties":{"private":{"a":"1"},"shared":{"b":"2"}},
		"conferenceData":{
			"entryPoints":[{"entryPointType":"phone","uri":"tel:+1-555-0100","label":"+1 555-0100",
				"pin":"1","accessCode":"2","meetingCode":"3","passcode":"4","password":"5",
				"regionCode":"US"}],
			"conferenceSolution":{"key":{"type":"hangoutsMeet"},"name":"Google Meet"}}}]}`))
	p, err := c.EventsPage(context.Background(), "you@gmail.com", Query{}, "")
	if err != nil {
		t.Fatal(err)
	}
	want := Event{
		EndTimeUnspecified: true,
		AttendeesOmitted:   true,
		Attendees:          []Attendee{{Person: Person{Self: true}}},
		ExtendedProperties: ExtendedProperties{
			Private: map[string]string{"a": "1"},
			Shared:  map[string]string{"b": "2"},
		},
		ConferenceData: ConferenceData{
			EntryPoints: []EntryPoint{{
				EntryPointType: "phone", URI: "tel:+1-555-0100", Label: "+1 555-0100",
				PIN: "1", AccessCode: "2", MeetingCode: "3", Passcode: "4", Password: "5",
				RegionCode: "US",
			}},
			ConferenceSolution: ConferenceSolution{Name: "Google Meet"},
		},
	}
	if !reflect.DeepEqual(*p.Items[0], want) {
		t.Errorf("%+v", p.Items[0])
	}
}

// Where the clocks skip midnight, the day starts at one.
func TestEventTimeWithoutMidnight(t *testing.T) {
	santiago, err := time.LoadLocation("America/Santiago")
	if err != nil {
		t.Skip("not run: no time zone data on this machine")
	}
	at, allDay, err := EventDateTime{Date: "2027-09-05"}.Time(santiago)
	if err != nil || !allDay || at.Format(time.RFC3339) != "2027-09-05T01:00:00-03:00" {
		t.Errorf("%v, %v, %v", at, allDay, err)
	}
}

func TestEventTime(t *testing.T) {
	seoul := time.FixedZone("KST", 9*3600)
	for _, test := range []struct {
		in     EventDateTime
		loc    *time.Location
		want   string
		allDay bool
	}{
		{EventDateTime{Date: "2020-07-08"}, nil, "2020-07-08T00:00:00Z", true},
		{EventDateTime{Date: "2020-07-08"}, seoul, "2020-07-08T00:00:00+09:00", true},
		{
			EventDateTime{DateTime: "2025-01-30T10:00:00+09:00", TimeZone: "Asia/Seoul"}, nil,
			"2025-01-30T10:00:00+09:00", false,
		},
		{EventDateTime{DateTime: "2025-01-30T01:00:00Z"}, seoul, "2025-01-30T01:00:00Z", false},
	} {
		at, allDay, err := test.in.Time(test.loc)
		if err != nil || at.Format(time.RFC3339) != test.want || allDay != test.allDay {
			t.Errorf("%+v: %v %v %v", test.in, at, allDay, err)
		}
	}
	for _, bad := range []EventDateTime{
		{}, {Date: "2020-13-01"}, {DateTime: "2025-01-30T10:00:00"}, {DateTime: "soon"},
	} {
		at, allDay, err := bad.Time(nil)
		if err == nil || !strings.HasPrefix(err.Error(), "calendar: ") || !at.IsZero() || allDay {
			t.Errorf("%+v: %v %v %v", bad, at, allDay, err)
		}
	}
}

func TestOneResource(t *testing.T) {
	c, s := serve(t, func(w http.ResponseWriter, r *http.Request, n int) {
		switch r.URL.EscapedPath() {
		case "/calendars/a%2Fb%23c/events/e%3F1":
			fmt.Fprint(w, " "+`{"kind":"calendar#event","id":"e?1","colorId":"3"}`+"\n")
		case "/calendars/you@gmail.com":
			fmt.Fprint(w, `{"kind":"calendar#calendar","id":"you@gmail.com",`+
				`"timeZone":"Asia/Seoul"}`)
		default:
			http.NotFound(w, r)
		}
	})
	e, err := c.Event(context.Background(), "a/b#c", "e?1")
	const raw = `{"kind":"calendar#event","id":"e?1","colorId":"3"}`
	if err != nil || e.ID != "e?1" || string(e.Raw) != raw {
		t.Errorf("%+v %v", e, err)
	}
	cal, err := c.Calendar(context.Background(), "you@gmail.com")
	if err != nil || cal.TimeZone != "Asia/Seoul" {
		t.Errorf("%+v %v", cal, err)
	}
	cal, err = c.Calendar(context.Background(), "other")
	if e := fault(t, err); cal != nil || e.StatusCode != 404 || e.Op != `calendar "other"` {
		t.Errorf("%v %v", cal, err)
	}
	if s.count() != 3 {
		t.Errorf("%d requests", s.count())
	}
}

func TestOneResourceMalformed(t *testing.T) {
	for body, want := range map[string]string{
		`{"kind":"calendar#events"}`:          `its kind is "calendar#events"`,
		`{}`:                                  `its kind is ""`,
		`{"kind":"calendar#event"} {}`:        "more text",
		`{"kind":"calendar#event"} x`:         "invalid character",
		`{"kind":7}`:                          "field .Kind of type string",
		`{"kind":"calendar#event","start":1}`: "field Event.start of type",
		`{"kind":"calendar#event"`:            "broke off",
	} {
		c, _ := serve(t, text(200, body))
		e, err := c.Event(context.Background(), "a", "b")
		got := strings.ToLower(fault(t, err).Error())
		if e != nil || !strings.Contains(got, strings.ToLower(want)) {
			t.Errorf("%s: %v %v", body, e, err)
		}
	}
}

func TestCalendarList(t *testing.T) {
	c, s := serve(t, func(w http.ResponseWriter, r *http.Request, n int) {
		if r.FormValue("pageToken") == "" {
			fmt.Fprint(w, `{"kind":"calendar#calendarList","nextPageToken":"2",`+
				`"items":[{"id":"a","accessRole":"owner","primary":true}]}`)
		} else {
			fmt.Fprint(w, `{"kind":"calendar#calendarList",`+
				`"items":[{"id":"b","summaryOverride":"mine"}]}`)
		}
	})
	var got []CalendarListEntry
	for entry, err := range c.CalendarList(context.Background()) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, *entry)
	}
	want := []CalendarListEntry{
		{Calendar: Calendar{ID: "a"}, AccessRole: "owner", Primary: true},
		{Calendar: Calendar{ID: "b"}, SummaryOverride: "mine"},
	}
	if !reflect.DeepEqual(got, want) || s.request(0).URL.Path != "/users/me/calendarList" {
		t.Errorf("%+v", got)
	}
	// A list of events isn't a list of calendars.
	c, _ = serve(t, text(200, `{"kind":"calendar#events","items":[]}`))
	for entry, err := range c.CalendarList(context.Background()) {
		if e := fault(t, err); entry != nil || e.Page != 1 || errors.Is(err, ErrFullSyncRequired) {
			t.Errorf("%v %v", entry, err)
		}
	}
}
