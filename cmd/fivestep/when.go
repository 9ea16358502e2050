// SPDX-License-Identifier: 0BSD

package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"example.com/fivestep/calendar"
)

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
	}
	if days, ok := parseDays(s); ok {
		return dayFrom(now, days)
	}
	if at, err := beginning(s, loc); err == nil {
		return at, nil
	}
	if at, err := time.Parse(time.RFC3339, s); err == nil {
		return at, nil
	}
	return time.Time{}, fmt.Errorf("%q is not a time: write today, now, +7d, -7d, "+
		"2026-11-22 or 2026-11-22T15:04:05+09:00", s)
}

// parseDays reads +7d or -7d.
func parseDays(s string) (days int, ok bool) {
	const most = 100_000 // about 270 years
	number, found := strings.CutSuffix(s, "d")
	if !found || s[0] != '+' && s[0] != '-' {
		return 0, false
	}
	days, err := strconv.Atoi(number)
	return days, err == nil && days > -most && days < most
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
