// SPDX-License-Identifier: 0BSD

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
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

Step 5: reads the events of a calendar that was shared with the service account,
repeated events one by one, in the order of their starts. Without -key it takes an
access token from standard input. A calendar's id stands in its settings, under
"Integrate calendar"; of a person's own calendar it is the e-mail address.

-from and -to take today, now, +7d (days from today), 2026-11-22 or
2026-11-22T15:04:05+09:00. A day is its midnight, in the zone of -tz.

-sync prints all events the first time, and only what has changed (deleted events
as cancelled) after that. FILE is replaced once all output has been handed over:
cut off before that, the next run prints it again. When Google no longer knows the
changes, all events are printed anew, and a line on standard error says so. Events
that repeat are printed once, as a series.
`,
	define: func(f *flags) {
		f.accountFlags(jwt.DefaultScope)
		f.calendarAPI()
		f.set.StringVar(&f.from, "from", "today", "events that end after this `time`; '' for no bound")
		f.set.StringVar(&f.to, "to", "", "events that start before this `time`")
		f.set.StringVar(&f.q, "q", "", "events with these `words` in title, description, place or people")
		f.set.IntVar(&f.max, "max", 0, "print `N` events at most; 0 is no limit")
		f.set.StringVar(&f.tz, "tz", "", "time `zone` of -from, -to and the output, as Asia/Seoul (default this machine's)")
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
	if strings.HasPrefix(f.calendar, "ya29.") || strings.HasPrefix(f.calendar, "eyJ") {
		return usageError{"a token or an assertion stands where the calendar's id belongs"}
	}
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
			return &stepError{5, err, "The file of -sync says where the last listing of one calendar ended.", "Name another file, or remove this one to begin anew."}
		}
		q.SyncToken = state.SyncToken
		q.NextSyncToken = &state.SyncToken
	}
	count, err := t.print(ctx, client, f, q, loc)
	if errors.Is(err, calendar.ErrFullSyncRequired) && f.syncFile != "" {
		fmt.Fprintf(t.stderr, "fivestep: Google no longer knows the changes since %s was written: here are all events, so forget what you stored before\n", f.syncFile)
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
		fmt.Fprintln(t.stderr, "fivestep: no events: primary is the service account's own calendar; give the id of the one that was shared with it")
	case isTerminal(t.stdout):
		fmt.Fprintln(t.stderr, "fivestep: no events") // else silence would look like a failure
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
	if q.TimeMin, err = parseWhen(f.from, t.now(), loc); err != nil {
		return q, nil, fmt.Errorf("-from: %v", err)
	}
	if q.TimeMax, err = parseWhen(f.to, t.now(), loc); err != nil {
		return q, nil, fmt.Errorf("-to: %v", err)
	}
	if !q.TimeMin.IsZero() && !q.TimeMax.IsZero() && !q.TimeMax.After(q.TimeMin) {
		return q, nil, fmt.Errorf("-to (%s) is not after -from (%s)", q.TimeMax.Format(time.RFC3339), q.TimeMin.Format(time.RFC3339))
	}
	return q, loc, nil
}

// print writes the events and returns how many. It has flushed them when it
// returns without an error.
func (t *tool) print(ctx context.Context, client *calendar.Client, f *flags, q calendar.Query, loc *time.Location) (count int, err error) {
	out := bufio.NewWriter(t.stdout)
	progress := t.progress()
	defer func() {
		progress(-1)
		if flushErr := out.Flush(); err == nil {
			err = flushErr
		}
	}()
	for e, err := range client.Events(ctx, f.calendar, q) {
		if err != nil {
			return count, err
		}
		if f.json {
			var compact bytes.Buffer
			if err := json.Compact(&compact, e.Raw); err != nil {
				return count, err
			}
			compact.WriteByte('\n')
			_, err = compact.WriteTo(out)
		} else {
			_, err = fmt.Fprintln(out, line(e, loc))
		}
		if err != nil {
			return count, err
		}
		count++
		progress(count)
	}
	return count, nil
}

// progress shows the count of a long listing on standard error if that is a
// terminal and the events go elsewhere; -1 wipes it.
func (t *tool) progress() func(count int) {
	if !isTerminal(t.stderr) || isTerminal(t.stdout) {
		return func(int) {}
	}
	shown := false
	return func(count int) {
		if count > 0 && count%1000 == 0 {
			fmt.Fprintf(t.stderr, "\r%d events", count)
			shown = true
		} else if count < 0 && shown {
			fmt.Fprint(t.stderr, "\r\x1b[K")
		}
	}
}

func isTerminal(w any) bool {
	file, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
