// SPDX-License-Identifier: 0BSD

package calendar

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"
)

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
