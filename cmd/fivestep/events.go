// SPDX-License-Identifier: 0BSD

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"example.com/fivestep/calendar"
	"example.com/fivestep/jwt"
)

var eventsCommand = command{
	name:  "events",
	short: "print a calendar's events, from today on",
	help: `
  fivestep events -key key.json you@gmail.com                 from today on
  fivestep events -key key.json -from 2026-11-01 -to +7d you@gmail.com
  fivestep events -key key.json -json you@gmail.com | jq -r .summary
  fivestep events -key key.json -json -sync state.json you@gmail.com
  fivestep jwt -key key.json | fivestep token | fivestep events you@gmail.com

Step 5: prints the events of a calendar that is shared with the service account,
by start time. Repeating events are printed one by one. Without -key, it reads
an access token from standard input. You find a calendar's ID in its settings,
under "Integrate calendar"; your own calendar's ID is your email address.

-from and -to take today, now, +7d (days from today), 2026-11-22 or
2026-11-22T15:04:05+09:00. A day means its midnight, in the time zone of -tz.

-sync prints all events the first time, and after that only those that changed;
a deleted event has the status cancelled. FILE is replaced after all output has
been written: if a run is cut off, the next one prints the same changes again.
If Google no longer knows the changes, all events are printed again, and a line
on standard error says so. A repeating event is printed once, as a series.
`,
	define: func(f *flags) {
		f.accountFlags(jwt.DefaultScope, orPiped)
		f.calendarAPI()
		f.set.StringVar(&f.from, "from", "today",
			"print events that end after this `time`; '' for no limit")
		f.set.StringVar(&f.to, "to", "", "print events that start before this `time`")
		f.set.StringVar(&f.q, "q", "",
			"print events with these `words` in title, description, place or people")
		f.set.IntVar(&f.max, "max", 0, "print at most `N` events; 0 means no limit")
		f.set.StringVar(&f.tz, "tz", "",
			"time `zone` of -from, -to and the output, such as Asia/Seoul\n"+
				"(default the local zone)")
		f.set.BoolVar(&f.json, "json", false,
			"print each event as a line of JSON, with everything Google sent")
		f.set.StringVar(&f.syncFile, "sync", "",
			"print only what changed since `FILE` was written, and replace it")
	},
	run: runEvents,
}

func runEvents(ctx context.Context, t *tool, f *flags, args []string) error {
	if len(args) != 1 || args[0] == "" {
		return usageError{"events takes one calendar ID, such as you@gmail.com"}
	}
	f.calendar = args[0]
	loc, err := t.location(f)
	if err != nil {
		return usageError{err.Error()}
	}
	q, err := t.query(f, loc)
	if err != nil {
		return usageError{err.Error()}
	}
	client, err := t.calendarClient(ctx, f)
	if err != nil {
		return err
	}
	list := func(q calendar.Query) (count int, err error) { return t.print(ctx, client, f, q, loc) }
	var count int
	if f.syncFile == "" {
		count, err = list(q)
	} else {
		count, err = t.printChanges(f, q, list)
	}
	if err != nil {
		return err
	}
	if count == 0 {
		t.explainNone(f)
	}
	return nil
}

// location returns the time zone of -from, -to and the output.
func (t *tool) location(f *flags) (*time.Location, error) {
	if f.tz == "" {
		return t.local, nil
	}
	loc, err := time.LoadLocation(f.tz)
	if err != nil || f.tz == "Local" {
		return nil, fmt.Errorf("-tz: there is no time zone %.60q", f.tz)
	}
	return loc, nil
}

// query turns the flags into a question for Google.
func (t *tool) query(f *flags, loc *time.Location) (q calendar.Query, err error) {
	if f.max < 0 {
		return q, errors.New("-max is negative")
	}
	q = calendar.Query{Limit: f.max, KeepRaw: f.json, TimeZone: f.tz}
	if !f.json {
		q.Fields = tableFields
	}
	if f.syncFile != "" {
		for _, name := range []string{"from", "to", "q", "max"} {
			if f.given(name) {
				return q, fmt.Errorf("-%s doesn't go with -sync: "+
					"changes are those of the whole calendar", name)
			}
		}
		return q, nil
	}
	q.SingleEvents, q.OrderBy, q.Search = true, "startTime", f.q
	now := t.now()
	if q.TimeMin, err = parseWhen(f.from, now, loc); err != nil {
		return q, fmt.Errorf("-from: %v", err)
	}
	if q.TimeMax, err = parseWhen(f.to, now, loc); err != nil {
		return q, fmt.Errorf("-to: %v", err)
	}
	// Both are sent as whole seconds.
	bounded := !q.TimeMin.IsZero() && !q.TimeMax.IsZero()
	if bounded && q.TimeMax.Unix() <= q.TimeMin.Unix() {
		return q, fmt.Errorf("-to (%s) is not after -from (%s)",
			q.TimeMax.Format(time.RFC3339), q.TimeMin.Format(time.RFC3339))
	}
	return q, nil
}

// print writes the events and returns how many there were. If it returns
// without an error, all of them have been written to standard output.
func (t *tool) print(
	ctx context.Context, client *calendar.Client, f *flags, q calendar.Query, loc *time.Location,
) (count int, err error) {
	out := &lines{to: t.stdout}
	progress := t.progress()
	defer func() {
		progress(-1)
		if flushErr := out.flush(); err == nil {
			err = flushErr
		}
	}()
	for event, err := range client.Events(ctx, f.calendar, q) {
		if err != nil {
			return count, err
		}
		text, err := f.format(event, loc)
		if err != nil {
			return count, err
		}
		if err := out.print(text); err != nil {
			return count, err
		}
		count++
		progress(count)
	}
	return count, nil
}

// format returns an event as a line of JSON or text.
func (f *flags) format(event *calendar.Event, loc *time.Location) ([]byte, error) {
	if !f.json {
		return []byte(line(event, loc)), nil
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, event.Raw); err != nil {
		return nil, err
	}
	// JSON is UTF-8, even if a server sends something else (RFC 8259, section
	// 8.1).
	return bytes.ToValidUTF8(compact.Bytes(), []byte("\uFFFD")), nil
}

// explainNone says why there may be no events, where silence would look like a
// failure.
func (t *tool) explainNone(f *flags) {
	if f.calendar != "primary" || f.sub != "" {
		if isTerminal(t.stdout) {
			t.say("fivestep: no events")
		}
		return
	}
	account := "the account"
	if f.account != nil {
		account = f.account.ClientEmail
	}
	t.explain(5, "no events in primary",
		"It is the service account's own calendar, and empty until the account writes to it.",
		"Give the ID of a calendar that is shared with "+account+
			"; for a person's own calendar, that's the email address.")
}
