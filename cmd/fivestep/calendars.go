// SPDX-License-Identifier: 0BSD

package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"

	"example.com/fivestep/calendar"
)

// calendarListScope allows reading the list of calendars and nothing else.
const calendarListScope = "https://www.googleapis.com/auth/calendar.calendarlist.readonly"

var calendarsCommand = command{
	name:  "calendars",
	short: "print the calendars on the account's list",
	help: `
  fivestep calendars -key key.json
  fivestep calendars -key key.json -sub you@example.com  a Workspace user's list

Prints access role, time zone, ID and title. A calendar that you share with a
service account isn't added to this list, but fivestep events can read it by its
ID.
`,
	define: func(f *flags) {
		f.accountFlags(calendarListScope, orPiped)
		f.calendarAPI()
		f.set.BoolVar(&f.json, "json", false, "print each calendar as a line of JSON")
	},
	run: runCalendars,
}

func runCalendars(ctx context.Context, t *tool, f *flags, args []string) error {
	if len(args) > 0 {
		return usageError{"calendars takes no arguments"}
	}
	client, err := t.calendarClient(ctx, f)
	if err != nil {
		return err
	}
	out := &lines{to: t.stdout}
	defer out.flush() // if the list breaks off, print the part before the error
	count := 0
	for c, err := range client.CalendarList(ctx) {
		if err != nil {
			return err
		}
		count++
		text, err := f.formatCalendar(c)
		if err != nil {
			return err
		}
		if err := out.print(text); err != nil {
			return err
		}
	}
	if count == 0 && f.sub == "" {
		t.say("fivestep: the list is empty, as it usually is for a service account. " +
			"Use the ID of a calendar that is shared with it")
	}
	return out.flush()
}

func (f *flags) formatCalendar(c *calendar.CalendarListEntry) ([]byte, error) {
	if f.json {
		text, err := json.Marshal(c)
		return escaped(text), err
	}
	title := cmp.Or(clean(c.SummaryOverride), clean(c.Summary), "(no title)")
	return fmt.Appendf(nil, "%-14s  %-20s  %s  %s",
		printable(c.AccessRole), cmp.Or(printable(c.TimeZone), "-"), printable(c.ID), title), nil
}
