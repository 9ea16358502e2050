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

Step 5: reads the events of a calendar that was shared with the service
account, repeated events one by one, in the order of their starts. Without -key
it takes an access token from standard input. A calendar's id stands in its
settings, under "Integrate calendar"; of a person's own calendar it is the
e-mail address.

-from and -to take today, now, +7d (days from today), 2026-11-22 or
2026-11-22T15:04:05+09:00. A day is its midnight, in the zone of -tz.

-sync prints all events the first time, and only what has changed (deleted
events as cancelled) after that. FILE is replaced once all output has been
handed over: cut off before that, the next run prints it again. When Google no
longer knows the changes, all events are printed anew, and a line on standard
error says so. Events that repeat are printed once, as a series.
`,
	define: func(f *flags) {
		f.accountFlags(jwt.DefaultScope, orPiped)
		f.calendarAPI()
		f.set.StringVar(&f.from, "from", "today", "events that end after this `time`; '' for no bound")
		f.set.StringVar(&f.to, "to", "", "events that start before this `time`")
		f.set.StringVar(&f.q, "q", "", "events with these `words` in title, description, place or people")
		f.set.IntVar(&f.max, "max", 0, "print `N` events at most; 0 is no limit")
		f.set.StringVar(&f.tz, "tz", "", "`zone` of -from, -to and the output, as Asia/Seoul (default the local one)")
		f.set.BoolVar(&f.json, "json", false, "print each event as JSON on a line, with all that Google sent")
		f.set.StringVar(&f.syncFile, "sync", "", "print only what has changed since `FILE` was written, and write it anew")
	},
	run: runEvents,
}

func runEvents(ctx context.Context, t *tool, f *flags, args []string) error {
	if len(args) != 1 || args[0] == "" {
		return usageError{"events takes one calendar id, such as you@gmail.com"}
	}
	f.calendar = args[0]
	q, loc, err := t.query(f)
	if err != nil {
		return usageError{err.Error()}
	}
	client, err := t.calendarClient(ctx, f, jwt.DefaultScope)
	if err != nil {
		return err
	}
	var state syncState
	if f.syncFile != "" {
		state = syncState{API: f.api, Calendar: f.calendar, Subject: f.sub, TimeZone: f.tz}
		if f.account != nil {
			state.Account = f.account.ClientEmail
		}
		if state, err = readSync(f.syncFile, state); err != nil {
			return &stepError{5, err, "The file of -sync says where the last listing of one calendar ended.", "Name another file; this one stays as it is."}
		}
		q.SyncToken = state.SyncToken
		q.NextSyncToken = &state.SyncToken
	}
	count, err := t.print(ctx, client, f, q, loc)
	if errors.Is(err, calendar.ErrFullSyncRequired) && f.syncFile != "" {
		t.say("fivestep: Google no longer knows the changes since %s was written: here are all events, so forget what you stored before", f.syncFile)
		q.SyncToken = ""
		count, err = t.print(ctx, client, f, q, loc)
	}
	if err != nil {
		return err
	}
	if f.syncFile != "" {
		if state.SyncToken == "" {
			return &stepError{5, errors.New("no sync token came: " + f.syncFile + " is not written"), "Google gives none for some queries.", "Leave -sync out, or try again."}
		}
		if err := state.write(f.syncFile); err != nil {
			return &stepError{5, err, "The events were printed, but where they end could not be noted.", "Make the folder writable; the next run prints the events again."}
		}
	}
	switch {
	case count > 0:
	case f.calendar == "primary" && f.sub == "":
		account := "the account"
		if f.account != nil {
			account = f.account.ClientEmail
		}
		t.explain(5, "no events in primary", "It is the service account's own calendar, and empty until the account writes to it.\n"+
			"Give the id of the calendar that is shared with "+account+"; of a person's own it is the e-mail address.")
	case isTerminal(t.stdout):
		t.say("fivestep: no events") // else silence would look like a failure
	}
	return nil
}

// query turns the flags into what is asked of Google.
func (t *tool) query(f *flags) (q calendar.Query, loc *time.Location, err error) {
	loc = t.local
	if f.tz != "" {
		if loc, err = time.LoadLocation(f.tz); err != nil || f.tz == "Local" {
			return q, nil, fmt.Errorf("-tz: no time zone %.60q is known here", f.tz)
		}
	}
	if f.max < 0 {
		return q, nil, errors.New("-max is negative")
	}
	q = calendar.Query{Limit: f.max, KeepRaw: f.json, TimeZone: f.tz}
	if !f.json {
		q.Fields = tableFields
	}
	if f.syncFile != "" {
		for _, name := range []string{"from", "to", "q", "max"} {
			if f.given(name) {
				return q, nil, fmt.Errorf("-%s cannot go with -sync: changes are those of the whole calendar", name)
			}
		}
		return q, loc, nil
	}
	q.SingleEvents, q.OrderBy, q.Search = true, "startTime", f.q
	now := t.now()
	if q.TimeMin, err = parseWhen(f.from, now, loc); err != nil {
		return q, nil, fmt.Errorf("-from: %v", err)
	}
	if q.TimeMax, err = parseWhen(f.to, now, loc); err != nil {
		return q, nil, fmt.Errorf("-to: %v", err)
	}
	if !q.TimeMin.IsZero() && !q.TimeMax.IsZero() && q.TimeMax.Unix() <= q.TimeMin.Unix() { // whole seconds are sent
		return q, nil, fmt.Errorf("-to (%s) is not after -from (%s)", q.TimeMax.Format(time.RFC3339), q.TimeMin.Format(time.RFC3339))
	}
	return q, loc, nil
}

// print writes the events and returns how many. It has handed them over when it
// returns without an error.
func (t *tool) print(ctx context.Context, client *calendar.Client, f *flags, q calendar.Query, loc *time.Location) (count int, err error) {
	out := &lines{to: t.stdout}
	progress := t.progress()
	defer func() {
		progress(-1)
		if flushErr := out.flush(); err == nil {
			err = flushErr
		}
	}()
	for e, err := range client.Events(ctx, f.calendar, q) {
		if err != nil {
			return count, err
		}
		var text []byte
		if f.json {
			var compact bytes.Buffer
			err = json.Compact(&compact, e.Raw)
			text = bytes.ToValidUTF8(compact.Bytes(), []byte("\uFFFD")) // RFC 8259, section 8.1
		} else {
			text = []byte(line(e, loc))
		}
		if err == nil {
			err = out.print(text)
		}
		if err != nil {
			return count, err
		}
		count++
		progress(count)
	}
	return count, nil
}
