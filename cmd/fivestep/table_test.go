// SPDX-License-Identifier: 0BSD

package main

import (
	"testing"
	"time"

	"example.com/fivestep/calendar"
)

func TestParseWhen(t *testing.T) {
	berlin := time.FixedZone("CET", 3600)
	now := time.Date(2023, 11, 15, 23, 30, 0, 0, berlin)
	for s, want := range map[string]string{
		"now":                       "2023-11-15T23:30:00+01:00",
		"today":                     "2023-11-15T00:00:00+01:00",
		"+7d":                       "2023-11-22T00:00:00+01:00",
		"-15d":                      "2023-10-31T00:00:00+01:00",
		"tomorrow":                  "2023-11-16T00:00:00+01:00",
		"yesterday":                 "2023-11-14T00:00:00+01:00",
		"+1w":                       "2023-11-22T00:00:00+01:00",
		"-2w":                       "2023-11-01T00:00:00+01:00",
		"+12h":                      "2023-11-16T11:30:00+01:00",
		"-1h":                       "2023-11-15T22:30:00+01:00",
		"2026-11-22T15:04":          "2026-11-22T15:04:00+01:00",
		"2026-11-22T15:04:05":       "2026-11-22T15:04:05+01:00",
		"+0d":                       "2023-11-15T00:00:00+01:00",
		"2026-11-22":                "2026-11-22T00:00:00+01:00",
		"2020-07-08T00:00:00-05:00": "2020-07-08T00:00:00-05:00",
		"2020-07-08T00:00:00Z":      "2020-07-08T00:00:00Z",
	} {
		if got, err := parseWhen(s, now, berlin); err != nil || got.Format(time.RFC3339) != want {
			t.Errorf("%s: %s, %v; want %s", s, got, err, want)
		}
	}
	if santiago, err := time.LoadLocation("America/Santiago"); err == nil {
		// That day has no midnight there.
		got, err := parseWhen("2027-09-05", now, santiago)
		if err != nil || got.Format(time.RFC3339) != "2027-09-05T01:00:00-03:00" {
			t.Errorf("%s, %v", got, err)
		}
		event := calendar.Event{
			Summary: "A",
			Start:   calendar.EventDateTime{Date: "2027-09-05"},
			End:     calendar.EventDateTime{Date: "2027-09-06"},
		}
		if got := lineIn(santiago, &event); got != "2027-09-05 Sun  all day        A" {
			t.Error(got)
		}
	}
	for _, s := range []string{
		"Tomorrow", "7d", "+d", "d", "+99999999d", "2026-13-01", "+1m", "+1.5h", "++1d", "+", "h",
		"2026-11-22T24:00", "2026-11-22T15", "2020-07-08T00:00:00-0000", "22.11.2026",
	} {
		if got, err := parseWhen(s, now, berlin); err == nil {
			t.Errorf("%s is taken for %s", s, got)
		}
	}
	if got, err := parseWhen("", now, berlin); err != nil || !got.IsZero() {
		t.Errorf("no bound: %s, %v", got, err)
	}
	// In Seoul it's already the next day.
	got, _ := parseWhen("today", now, seoul)
	if got.Format(time.RFC3339) != "2023-11-16T00:00:00+09:00" {
		t.Error(got)
	}
}

// lineIn formats an event for a reader in loc who sees titles.
func lineIn(loc *time.Location, e *calendar.Event) string {
	role := func() string { return "reader" }
	table := table{loc: loc, role: role, calendars: 1, series: make(map[string]string)}
	return table.line(e)
}

func TestLine(t *testing.T) {
	at := func(s string) calendar.EventDateTime { return calendar.EventDateTime{DateTime: s} }
	on := func(s string) calendar.EventDateTime { return calendar.EventDateTime{Date: s} }
	one, three := on("2023-11-16"), on("2023-11-18") // ends of one day and of three
	first := on("2023-11-15")
	for _, test := range []struct {
		event calendar.Event
		want  string
	}{
		{calendar.Event{Summary: "A", Start: first, End: one}, "2023-11-15 Wed  all day        A"},
		{calendar.Event{Summary: "A", Start: first, End: three}, "2023-11-15 Wed  to 11-17 Fri   A"},
		{calendar.Event{Summary: "A", Start: first}, "2023-11-15 Wed  all day        A"},
		{calendar.Event{
			Summary: "A",
			Start:   at("2023-11-15T10:00:00-05:00"),
			End:     at("2023-11-15T11:00:00-05:00"),
		}, "2023-11-16 Thu  00:00-01:00    A"},
		{calendar.Event{
			Summary: "A",
			Start:   at("2023-11-15T22:00:00+09:00"),
			End:     at("2023-11-17T01:00:00+09:00"),
		}, "2023-11-15 Wed  from 22:00     A  [to 11-17 Fri 01:00]"},
		{calendar.Event{
			Summary: "A",
			Start:   at("2023-11-15T22:00:00+09:00"),
		}, "2023-11-15 Wed  22:00          A"},
		{calendar.Event{
			Start:    first,
			End:      one,
			Location: "Room\u202e 4",
		}, "2023-11-15 Wed  all day        (no title)  (Room\ufffd 4)"},
		{calendar.Event{
			Summary: "👩\u200d💻",
			Start:   first,
			End:     one,
		}, "2023-11-15 Wed  all day        👩\u200d💻"},
		{calendar.Event{
			Summary:  "\u2800\u3164\u200d",
			Location: "\u00ad\n",
			Start:    first,
			End:      one,
		}, "2023-11-15 Wed  all day        (no title)"},
		{calendar.Event{
			// A flag that isn't one could hide text.
			Summary: "A\U0001F3F4\U000E0068\U000E0069 \U000E0041B",
			Start:   first,
			End:     one,
		}, "2023-11-15 Wed  all day        A\U0001F3F4 B"},
		{calendar.Event{
			ID:     "gone",
			Status: "cancelled",
		}, "----------                     id gone  [cancelled]"},
		{calendar.Event{
			Summary:    "한글",
			Status:     "tentative",
			Start:      first,
			End:        one,
			Recurrence: []string{"RRULE:FREQ=WEEKLY"},
		}, "2023-11-15 Wed  all day        한글  [repeats]  [tentative]"},
		{calendar.Event{
			Summary: "a\x1b[2J\r\nb\tc\x7f",
			Start:   first,
			End:     one,
		}, "2023-11-15 Wed  all day        a\ufffd[2J  b c\ufffd"},
	} {
		if got := lineIn(seoul, &test.event); got != test.want {
			t.Errorf("got  %q\nwant %q", got, test.want)
		}
	}
}
