// SPDX-License-Identifier: 0BSD

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
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
  fivestep events -key key.json you@gmail.com team@example.com
  fivestep events -key key.json -json you@gmail.com | jq -r .summary
  fivestep events -key key.json -json -sync state.json you@gmail.com
  fivestep jwt -key key.json | fivestep token | fivestep events you@gmail.com

Step 5: prints the events of a calendar that is shared with the service account,
by start time. Repeating events are printed one by one. Without -key, it reads
an access token from standard input. You find a calendar's ID in its settings,
under "Integrate calendar"; your own calendar's ID is your email address. The
events of up to 50 calendars are merged, and a column has the calendar's ID.

-from and -to take now, +12h (hours from now), today, tomorrow, yesterday, +7d,
+1w (days or weeks from today), 2026-11-22, 2026-11-22T15:04 or
2026-11-22T15:04:05+09:00. A day means its midnight. Days and times without an
offset are in the time zone of -tz, and so is the output.

22:00-06:00+1 ends on the next day. A tag says what isn't a plain appointment:
[declined] and [unanswered] are the owner's answers, [free] doesn't block time.
For programs, -json has everything. This makes four columns, with tabs:

  jq -r '[.start.date // .start.dateTime, .end.date // .end.dateTime,
    .status, .summary] | @tsv'

With several calendars, each line of JSON begins with a member calendarId. If
events are so large that the pages of several calendars don't fit into memory,
list fewer calendars at once.

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
		f.set.Var(&f.types, "type",
			"print events of this `type` (repeatable): default, birthday,\n"+
				"focusTime, fromGmail, outOfOffice or workingLocation")
		f.set.IntVar(&f.max, "max", 0, "print at most `N` events; 0 means no limit")
		f.set.StringVar(&f.tz, "tz", "",
			"time `zone` of -from, -to and the output, such as Asia/Seoul, or\n"+
				"calendar for the calendar's own (default the local zone)")
		f.set.BoolVar(&f.json, "json", false,
			"print each event as a line of JSON, with everything Google sent")
		f.set.StringVar(&f.syncFile, "sync", "",
			"print only what changed since `FILE` was written, and replace it")
	},
	run: runEvents,
}

// eventTypes are those that Google lists.
// https://developers.google.com/workspace/calendar/api/guides/event-types
var eventTypes = []string{
	"default", "birthday", "focusTime", "fromGmail", "outOfOffice", "workingLocation",
}

func runEvents(ctx context.Context, t *tool, f *flags, args []string) error {
	if err := f.checkEvents(args); err != nil {
		return usageError{err.Error()}
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
	if f.tz == ownZone {
		if loc, err = zoneOf(ctx, client, f.calendar); err != nil {
			return err
		}
		if q, err = t.query(f, loc); err != nil {
			return usageError{err.Error()}
		}
	}
	client = sharing(client, len(args))
	q.MaxResults = maxResults / len(args)
	tables := newTables(ctx, client, args, loc)
	list := func(q calendar.Query) (count int, err error) {
		return t.print(f.listAll(ctx, client, args, tables, q), f.max)
	}
	var count int
	if f.syncFile == "" {
		count, err = list(q)
	} else {
		count, err = t.printChanges(f, q, list)
	}
	if err != nil {
		var failed *listError
		if errors.As(err, &failed) {
			f.calendar, f.calendars = failed.calendar, len(args)
		}
		return err
	}
	t.explainHidden(f, args, tables)
	if count == 0 {
		t.explainNone(f, args, q)
	}
	return nil
}

// maxResults is the most events that Google sends in a page.
const maxResults = 2500

// checkEvents checks the arguments, and the flags that need no more than a
// look.
func (f *flags) checkEvents(ids []string) error {
	switch {
	case len(ids) == 0 || slices.Contains(ids, ""):
		return errors.New("events takes the ID of a calendar, such as you@gmail.com")
	case len(ids) > maxCalendars:
		return fmt.Errorf("events takes at most %d calendars at once", maxCalendars)
	case len(ids) > 1 && f.given("sync"):
		return errors.New("-sync takes one calendar ID: use a file for each calendar")
	case len(ids) > 1 && f.tz == ownZone:
		return errors.New("-tz calendar takes one calendar ID: calendars may differ in their zones")
	case f.given("sync") && f.syncFile == "":
		return errors.New("-sync is empty: give the name of a file")
	case f.given("tz") && f.tz == "":
		return errors.New("-tz is empty: give the name of a time zone, or leave it out")
	case f.max < 0:
		return errors.New("-max is negative")
	}
	for i, id := range ids {
		if strings.TrimSpace(id) != id {
			return fmt.Errorf("the calendar ID %q has spaces around it", id)
		}
		if slices.Contains(ids[:i], id) {
			return fmt.Errorf("the calendar ID %q is there twice", id)
		}
	}
	for _, name := range f.types {
		if !slices.Contains(eventTypes, name) {
			return fmt.Errorf("-type: there is no type %.30q%s", name, suggest(name, eventTypes))
		}
	}
	return nil
}

// query turns the flags into a query.
func (t *tool) query(f *flags, loc *time.Location) (q calendar.Query, err error) {
	// The table needs the text of events, too: see workplace.
	q = calendar.Query{Limit: f.max, EventTypes: f.types, KeepRaw: true}
	if f.tz != ownZone {
		q.TimeZone = f.tz
	}
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
	if !f.json {
		q.MaxAttendees = 1 // the table shows only the owner's answer
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

// listError says which of several calendars an error is about.
type listError struct {
	calendar string
	error
}

func (e *listError) Unwrap() error { return e.error }

// listAll lists the events of all calendars, in order.
func (f *flags) listAll(
	ctx context.Context, client *calendar.Client, ids []string, tables []*table, q calendar.Query,
) iter.Seq2[entry, error] {
	var lists []iter.Seq2[entry, error]
	for i, id := range ids {
		lists = append(lists, f.list(client.Events(ctx, id, q), id, tables[i]))
	}
	return merge(lists)
}

// list formats the events of a calendar. Lines of a table, and events of
// several calendars, are put in order.
func (f *flags) list(
	events iter.Seq2[*calendar.Event, error], id string, t *table,
) iter.Seq2[entry, error] {
	entries := func(yield func(entry, error) bool) {
		var last entry
		for event, err := range events {
			if err == nil {
				last, err = f.entry(event, id, t, last)
			}
			if err != nil {
				yield(entry{}, &listError{id, err})
				return
			}
			if !yield(last, nil) {
				return
			}
		}
	}
	if f.syncFile != "" || f.json && t.name == "" {
		return entries // in Google's order
	}
	return ascending(entries, t.calendars)
}

// entry formats an event. The last entry tells where an event without a time
// belongs.
func (f *flags) entry(e *calendar.Event, id string, t *table, last entry) (entry, error) {
	text, err := f.format(e, id, t)
	if err != nil {
		return entry{}, err
	}
	next := entry{at: last.at, text: text, exact: last.exact}
	if at, allDay, err := e.Start.Time(t.loc); err == nil {
		next.at = at
		if !allDay && f.tz != "" && f.tz != ownZone {
			next.exact = false // Google answers in that zone, whatever the calendar's is
		} else if !allDay {
			_, theirs := at.Zone()
			_, ours := at.In(t.loc).Zone()
			next.exact = theirs == ours
		}
	}
	return next, nil
}

// format returns an event as a line of JSON or text.
func (f *flags) format(e *calendar.Event, id string, t *table) ([]byte, error) {
	if !f.json {
		return []byte(t.line(e)), nil
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, e.Raw); err != nil {
		return nil, err
	}
	// JSON is UTF-8, even if a server sends something else (RFC 8259, section
	// 8.1).
	text := escaped(bytes.ToValidUTF8(compact.Bytes(), []byte("\uFFFD")))
	if t.name == "" || bytes.Equal(text, []byte("{}")) {
		return text, nil
	}
	quoted, err := json.Marshal(id)
	if err != nil {
		return nil, err
	}
	return slices.Concat([]byte(`{"calendarId":`), quoted, []byte(","), text[1:]), nil
}

// print writes the entries, at most most of them unless it's 0, and returns how
// many there were. If it returns without an error, all of them have been
// written to standard output.
func (t *tool) print(entries iter.Seq2[entry, error], most int) (count int, err error) {
	out := &lines{to: t.stdout}
	progress := t.progress()
	defer func() {
		progress(-1)
		if flushErr := out.flush(); err == nil {
			err = flushErr
		}
	}()
	for e, err := range entries {
		if err != nil {
			return count, err
		}
		if err := out.print(e.text); err != nil {
			return count, err
		}
		count++
		progress(count)
		if count == most {
			break
		}
	}
	return count, nil
}
