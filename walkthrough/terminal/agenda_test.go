// SPDX-License-Identifier: 0BSD

package terminal

import (
	"strings"
	"testing"

	"example.com/fivestep/calendar"
)

func TestAgenda(t *testing.T) {
	moment := func(text string) calendar.EventDateTime {
		if strings.Contains(text, "T") {
			return calendar.EventDateTime{DateTime: text}
		}
		return calendar.EventDateTime{Date: text}
	}
	at := func(start, end, title string) *calendar.Event {
		return &calendar.Event{Summary: title, Start: moment(start), End: moment(end)}
	}
	s := new(screen)
	s.agenda([]*calendar.Event{
		at("2020-07-08", "2020-07-09", "한글 포함"),
		at("2020-07-08", "2020-07-11", "three"),
		at("2023-11-15T10:00:00+09:00", "2023-11-15T02:30:00Z", strings.Repeat("한", 40)),
		at("2023-11-15T23:00:00-03:30", "2023-11-16T00:00:00-03:30", "until midnight"),
		at("2023-11-15T23:00:00Z", "2023-11-16T02:00:00Z", "over \x1b[31m midnight"),
		at("", "x", "no time"),
	})
	want := `
  Wed 2020-07-08  all day             한글 포함
  Wed 2020-07-08  3 days              three
  Wed 2023-11-15  10:00-11:30 +09:00  ` + strings.Repeat("한", 19) + `…
  Wed 2023-11-15  23:00-00:00 -03:30  until midnight
  Wed 2023-11-15  23:00 ...   +00:00  over �[31m midnight
                  ?                   no time
`
	if got := "\n" + s.String(); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}
