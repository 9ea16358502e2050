// SPDX-License-Identifier: 0BSD

package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
)

// calendarListScope reads the list of calendars and nothing else.
const calendarListScope = "https://www.googleapis.com/auth/calendar.calendarlist.readonly"

var calendarsCommand = command{
	name:  "calendars",
	short: "print the calendars on the account's list",
	help: `
  fivestep calendars -key key.json
  fivestep calendars -key key.json -sub you@example.com  a Workspace user's list

Prints access role, id and title. A calendar that was shared with a service
account does not appear here by itself; fivestep events reads it by its id all
the same.
`,
	define: func(f *flags) {
		f.accountFlags(calendarListScope, orPiped)
		f.calendarAPI()
		f.set.BoolVar(&f.json, "json", false, "print each calendar as JSON on a line")
	},
	run: func(ctx context.Context, t *tool, f *flags, args []string) error {
		if len(args) > 0 {
			return usageError{"calendars takes no arguments"}
		}
		client, err := t.calendarClient(ctx, f, calendarListScope)
		if err != nil {
			return err
		}
		out := &lines{to: t.stdout}
		defer out.flush() // what was read before an error is printed
		count := 0
		for c, err := range client.CalendarList(ctx) {
			if err != nil {
				return err
			}
			count++
			text := fmt.Appendf(nil, "%-14s  %s  %s", printable(c.AccessRole), printable(c.ID), printable(cmp.Or(c.SummaryOverride, c.Summary)))
			if f.json {
				if text, err = json.Marshal(c); err != nil {
					return err
				}
			}
			if err := out.print(text); err != nil {
				return err
			}
		}
		if count == 0 && f.sub == "" {
			t.say("fivestep: the list is empty, as a service account's usually is: a calendar shared with it is read by its id")
		}
		return out.flush()
	},
}
