// SPDX-License-Identifier: 0BSD

package terminal

import (
	"fmt"
	"strings"

	"example.com/fivestep/calendar"
	"example.com/fivestep/walkthrough"
)

// agenda shows events in columns, each as wide as its widest entry. A title
// that is too long is shortened.
func (s *screen) agenda(events []*calendar.Event) {
	type row struct{ day, hours, title string }
	var rows []row
	width := 0
	for _, e := range events {
		day, hours := walkthrough.EventTime(e)
		rows = append(rows, row{day, hours, walkthrough.Printable(e.Summary)})
		width = max(width, columns(hours))
	}
	for _, r := range rows {
		gap := strings.Repeat(" ", width-columns(r.hours))
		left := fmt.Sprintf("%s%s  %s%s  ", indent, r.day, r.hours, gap)
		s.line(left + s.paint(bold, shorten(r.title, lineColumns-columns(left))))
	}
}
