// SPDX-License-Identifier: 0BSD

package main

import (
	"fmt"
	"strings"
	"time"
	"unicode"

	"example.com/fivestep/calendar"
)

// tableFields is what a line of the table shows, and so what is asked for.
const tableFields = "id,status,summary,location,start(date,dateTime),end(date,dateTime),recurrence"

// line is an event as people read it:
//
//	2026-11-23 Mon  10:00-11:00  Title  (place)
func line(e *calendar.Event, loc *time.Location) string {
	title := printable(e.Summary)
	switch {
	case e.Status == "cancelled" && title == "":
		title = "id " + printable(e.ID)
	case title == "":
		title = "(no title)"
	}
	if e.Location != "" {
		title += "  (" + printable(e.Location) + ")"
	}
	if len(e.Recurrence) > 0 {
		title += "  [repeats]"
	}
	if e.Status == "cancelled" || e.Status == "tentative" {
		title += "  [" + e.Status + "]"
	}
	return fmt.Sprintf("%-14s  %-13s  %s", startDay(e, loc), hours(e, loc), title)
}

func startDay(e *calendar.Event, loc *time.Location) string {
	start, allDay, err := e.Start.Time(time.UTC) // a date is that day everywhere
	if err != nil {
		return "----------" // a deleted event may have no times
	}
	if !allDay {
		start = start.In(loc)
	}
	return start.Format("2006-01-02 Mon")
}

// hours is the time of day, or for an all-day event its last day if that is not
// its first: Google's end is exclusive.
func hours(e *calendar.Event, loc *time.Location) string {
	start, allDay, err := e.Start.Time(time.UTC)
	if err != nil {
		return ""
	}
	end, _, err := e.End.Time(time.UTC)
	switch {
	case err != nil && allDay:
		return "all day"
	case err != nil:
		return start.In(loc).Format("15:04")
	case allDay:
		if last := end.AddDate(0, 0, -1); last.After(start) {
			return "to " + last.Format("01-02 Mon")
		}
		return "all day"
	}
	start, end = start.In(loc), end.In(loc)
	text := start.Format("15:04") + "-" + end.Format("15:04")
	if days := daysBetween(start, end); days > 0 {
		text += fmt.Sprintf("+%d", days)
	}
	return text
}

// daysBetween counts midnights, whatever the clocks did in between.
func daysBetween(start, end time.Time) int {
	day := func(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC) }
	return int(day(end).Sub(day(start)).Hours() / 24)
}

// printable makes other people's text fit for a terminal: what does not print,
// such as escape sequences and marks that turn the direction of writing, is
// shown as a replacement character; line breaks and tabs become blanks.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsPrint(r) || r == '\u200c' || r == '\u200d': // joiners, of emoji and of Persian
			return r
		case unicode.IsSpace(r):
			return ' '
		}
		return unicode.ReplacementChar
	}, s)
}
