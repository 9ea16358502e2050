// SPDX-License-Identifier: 0BSD

package main

import (
	"fmt"
	"time"

	"example.com/fivestep/calendar"
)

// tableFields asks Google for what a line of the table shows, and no more.
const tableFields = "id,status,summary,location,start(date,dateTime),end(date,dateTime),recurrence"

// line formats an event for people:
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
	start, allDay, err := e.Start.Time(time.UTC) // a date is the same day in every zone
	if err != nil {
		return "----------" // a deleted event may have no times
	}
	if !allDay {
		start = start.In(loc)
	}
	return start.Format("2006-01-02 Mon")
}

// hours formats the time of day or, for an all-day event of several days, its
// last day. Google's end is exclusive.
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

// daysBetween counts midnights, even if the clocks changed in between.
func daysBetween(start, end time.Time) int {
	day := func(t time.Time) time.Time {
		return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
	}
	return int(day(end).Sub(day(start)).Hours() / 24)
}
