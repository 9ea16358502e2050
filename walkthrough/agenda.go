// SPDX-License-Identifier: 0BSD

package walkthrough

import (
	"fmt"
	"strings"
	"time"

	"example.com/fivestep/calendar"
)

// agenda prints the events in columns, as wide as the widest entry of each; a
// title that does not fit is cut.
func (p *page) agenda(events []*calendar.Event) {
	type row struct{ day, hours, title string }
	var rows []row
	hours := 0
	for _, e := range events {
		day, span := when(e)
		rows = append(rows, row{day, span, printable(e.Summary)})
		hours = max(hours, columns(span))
	}
	for _, r := range rows {
		left := fmt.Sprintf("%s%s  %s%s  ", textIndent, r.day, r.hours, strings.Repeat(" ", hours-columns(r.hours)))
		p.line(left + p.paint(bold, shorten(r.title, pageColumns-columns(left))))
	}
}

// when says on which day an event is, and from when to when.
func when(e *calendar.Event) (day, hours string) {
	start, allDay, err := e.Start.Time(nil)
	end, _, err2 := e.End.Time(nil)
	if err != nil || err2 != nil { // the calendar sent none, or no time
		return strings.Repeat(" ", len("Mon ")+len(time.DateOnly)), "?"
	}
	day = start.Format("Mon " + time.DateOnly)
	lastDay := end.Add(-time.Nanosecond) // the end is exclusive
	switch days := int(end.Sub(start).Hours() / 24); {
	case allDay && days == 1:
		return day, "all day"
	case allDay:
		return day, fmt.Sprintf("%d days", days)
	case start.Format(time.DateOnly) != lastDay.In(start.Location()).Format(time.DateOnly):
		return day, start.Format("15:04 ...   -07:00")
	}
	return day, start.Format("15:04") + "-" + end.In(start.Location()).Format("15:04 -07:00")
}

func shorten(text string, width int) string {
	if columns(text) <= width {
		return text
	}
	used := 0
	for i, r := range text {
		if used += runeColumns(r); used > width-1 {
			return text[:i] + "…"
		}
	}
	return text
}
