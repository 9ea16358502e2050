// SPDX-License-Identifier: 0BSD

package walkthrough

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"example.com/fivestep/calendar"
)

// Printable makes untrusted text safe to show. Control characters could
// overwrite other text on a terminal, or reverse the direction of the text
// after them.
func Printable(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsPrint(r):
			return r
		case unicode.IsSpace(r):
			return ' '
		}
		return utf8.RuneError
	}, text)
}

// noDay is as wide as "Mon 2006-01-02".
const noDay = "              "

// EventTime returns the day of an event and its hours, as an agenda shows them.
func EventTime(e *calendar.Event) (day, hours string) {
	start, allDay, startErr := e.Start.Time(nil)
	end, _, endErr := e.End.Time(nil)
	if startErr != nil || endErr != nil { // the calendar sent no time, or an invalid one
		return noDay, "?"
	}
	day = start.Format("Mon " + time.DateOnly)
	end = end.In(start.Location())
	lastMoment := end.Add(-time.Nanosecond) // the end is exclusive
	days := int(end.Sub(start).Hours() / 24)
	switch {
	case allDay && days == 1:
		return day, "all day"
	case allDay:
		return day, fmt.Sprintf("%d days", days)
	case start.Format(time.DateOnly) != lastMoment.Format(time.DateOnly):
		return day, start.Format("15:04 ...   -07:00")
	}
	return day, start.Format("15:04") + "-" + end.Format("15:04 -07:00")
}
