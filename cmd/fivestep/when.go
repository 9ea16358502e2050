// SPDX-License-Identifier: 0BSD

package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"example.com/fivestep/calendar"
)

// ownZone is the value of -tz that means the calendar's own time zone.
const ownZone = "calendar"

// location returns the time zone of -from, -to and the output. For ownZone,
// which only Google knows, that's UTC for now.
func (t *tool) location(f *flags) (*time.Location, error) {
	switch f.tz {
	case "":
		return t.localZone(), nil
	case ownZone:
		return time.UTC, nil
	}
	loc, err := loadZone(f.tz)
	if err != nil {
		return nil, fmt.Errorf("-tz: %v", err)
	}
	return loc, nil
}

// localZone returns this machine's time zone. If the variable TZ names a zone
// that Go can't load, Go takes UTC and says nothing.
func (t *tool) localZone() *time.Location {
	name := strings.TrimPrefix(t.getenv("TZ"), ":") // POSIX allows the colon
	if name == "" || name == "UTC" || t.local.String() != "UTC" {
		return t.local
	}
	loc, err := loadZone(name) // unlike time.Local, this looks into ZONEINFO
	if err != nil {
		t.say("fivestep: warning: days and times are in UTC, because of the variable TZ: %v", err)
		return time.UTC
	}
	return loc
}

// loadZone loads a zone by its IANA name. The error says how to make it known.
func loadZone(name string) (*time.Location, error) {
	loc, err := time.LoadLocation(name)
	switch {
	case err == nil && name != "" && name != "Local":
		return loc, nil
	case !haveZones():
		return nil, fmt.Errorf("this machine has no time zones, so %.40q isn't known: "+
			"install tzdata, set ZONEINFO to a copy of Go's lib/time/zoneinfo.zip, "+
			"or build fivestep with -tags timetzdata", name)
	}
	return nil, fmt.Errorf("there is no time zone %.40q: "+
		"use an IANA name such as Europe/Berlin", name)
}

// haveZones reports whether this machine, or this program, has a database of
// time zones.
func haveZones() bool {
	_, err := time.LoadLocation("Europe/Berlin")
	return err == nil
}

// zoneOf asks Google for the time zone of a calendar. Any list of events has
// it; the calendar's own data would need a wider scope.
func zoneOf(ctx context.Context, client *calendar.Client, id string) (*time.Location, error) {
	page, err := client.EventsPage(ctx, id, calendar.Query{MaxResults: 1, Fields: "id"}, "")
	if err != nil {
		return nil, err
	}
	loc, err := loadZone(page.TimeZone)
	if err != nil {
		return nil, &stepError{
			step: 5,
			err:  err,
			why:  "Google says that this is the calendar's own time zone.",
			hint: "Follow the message, or give another zone with -tz.",
		}
	}
	return loc, nil
}

// parseWhen reads a time as -from and -to take it. A day means its beginning in
// loc.
func parseWhen(s string, now time.Time, loc *time.Location) (time.Time, error) {
	now = now.In(loc)
	switch s {
	case "":
		return time.Time{}, nil
	case "now":
		return now, nil
	case "today":
		return dayFrom(now, 0)
	case "tomorrow":
		return dayFrom(now, 1)
	case "yesterday":
		return dayFrom(now, -1)
	}
	switch number, unit := parseOffset(s); unit {
	case "h":
		return now.Add(time.Duration(number) * time.Hour), nil
	case "d":
		return dayFrom(now, number)
	case "w":
		return dayFrom(now, 7*number)
	}
	if at, err := beginning(s, loc); err == nil {
		return at, nil
	}
	if at, err := time.Parse(time.RFC3339, s); err == nil {
		return at, nil
	}
	if at, layout := parseLocal(s, loc); layout != "" {
		if at.Format(layout) != s {
			return time.Time{}, fmt.Errorf("%q doesn't exist in %s: the clocks go forward", s, loc)
		}
		return at, nil
	}
	return time.Time{}, fmt.Errorf("%q is not a time: write today, tomorrow, now, +7d, +1w, "+
		"+12h, 2026-11-22, 2026-11-22T15:04 or 2026-11-22T15:04:05+09:00", s)
}

// parseOffset reads +7d, -1w or +12h. If s is something else, unit is "".
func parseOffset(s string) (number int, unit string) {
	const most = 100_000 // days are about 270 years
	if len(s) < len("+1d") || s[0] != '+' && s[0] != '-' {
		return 0, ""
	}
	end := len(s) - 1
	number, err := strconv.Atoi(s[:end])
	if err != nil || number <= -most || number >= most {
		return 0, ""
	}
	return number, s[end:]
}

// parseLocal reads a time of day without an offset. It returns the layout that
// fits, or "". If the clocks show the time twice, it's either of the two.
func parseLocal(s string, loc *time.Location) (at time.Time, layout string) {
	for _, layout := range []string{"2006-01-02T15:04", "2006-01-02T15:04:05"} {
		if at, err := time.ParseInLocation(layout, s, loc); err == nil {
			return at, layout
		}
	}
	return time.Time{}, ""
}

// dayFrom returns the beginning of the day that is so many days after today.
func dayFrom(now time.Time, days int) (time.Time, error) {
	day := time.Date(now.Year(), now.Month(), now.Day()+days, 0, 0, 0, 0, time.UTC)
	return beginning(day.Format(time.DateOnly), now.Location())
}

// beginning returns the first moment of a date in loc, with the offset that is
// in force there on that day.
func beginning(date string, loc *time.Location) (time.Time, error) {
	at, _, err := calendar.EventDateTime{Date: date}.Time(loc)
	return at, err
}
