// SPDX-License-Identifier: 0BSD

package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"example.com/fivestep/calendar"
)

// parseWhen reads a moment as -from and -to take it. A day is its beginning in
// loc, with the offset that is in force there on that day.
func parseWhen(s string, now time.Time, loc *time.Location) (time.Time, error) {
	now = now.In(loc)
	date := func(d string) (time.Time, error) { // the beginning of that day
		at, _, err := calendar.EventDateTime{Date: d}.Time(loc)
		return at, err
	}
	day := func(plus int) (time.Time, error) {
		return date(time.Date(now.Year(), now.Month(), now.Day()+plus, 0, 0, 0, 0, time.UTC).Format(time.DateOnly))
	}
	switch {
	case s == "":
		return time.Time{}, nil
	case s == "now":
		return now, nil
	case s == "today":
		return day(0)
	case (s[0] == '+' || s[0] == '-') && strings.HasSuffix(s, "d"):
		if days, err := strconv.Atoi(s[:len(s)-1]); err == nil && days > -100000 && days < 100000 {
			return day(days)
		}
	}
	if at, err := date(s); err == nil {
		return at, nil
	}
	if at, err := time.Parse(time.RFC3339, s); err == nil {
		return at, nil
	}
	return time.Time{}, fmt.Errorf("%q is not a time: write today, now, +7d, -7d, 2026-11-22 or 2026-11-22T15:04:05+09:00", s)
}
