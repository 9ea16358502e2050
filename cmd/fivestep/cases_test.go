// SPDX-License-Identifier: 0BSD

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.com/fivestep/calendar"
	"example.com/fivestep/walkthrough/fakegoogle"
)

// zone loads a time zone, or skips the test if this machine has none.
func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Skip("not run: no time zone data on this machine")
	}
	return loc
}

// answer makes every list of events be this text.
func (w *world) answer(text string) {
	w.AddFault(fakegoogle.Fault{Place: "events", Kind: "body", Value: text})
}

// TestCases shows the table of answers that are easily misread, for someone in
// Berlin. Most come from public bug reports and recorded answers.
func TestCases(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	files, err := filepath.Glob("testdata/events/*.json")
	if err != nil || len(files) < 10 {
		t.Fatal(files, err)
	}
	var all strings.Builder
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		w := newWorld(t)
		w.tool.local = berlin
		w.answer(string(text))
		stdout, stderr, status := w.events("-from", "", you)
		if status != 0 {
			t.Errorf("%s: %d %s", path, status, stderr)
		}
		all.WriteString(filepath.Base(path) + "\n" + stdout + stderr + "\n")
		for _, l := range strings.Split(strings.TrimSuffix(stdout, "\n"), "\n") {
			if !strings.HasPrefix(l[29:], "  ") || l[31] == ' ' {
				t.Errorf("%s: out of column: %q", path, l)
			}
		}
	}
	golden(t, "cases.txt", all.String())
}

// TestRoleIsAskedOnce checks that the account's role, which says whether titles
// are hidden, costs one request, and only if a title is missing.
func TestRoleIsAskedOnce(t *testing.T) {
	w := newWorld(t)
	w.Share(you, w.account.Email, "freeBusyReader")
	before := len(w.Requests())
	stdout, stderr, status := w.events(you)
	const want = "fivestep: you@gmail.com hides all titles from " +
		"reader@fivestep-lesson.iam.gserviceaccount.com: " +
		"ask its owner to choose \"See all event details\" in its sharing settings\n"
	if status != 0 || stderr != want || strings.Count(stdout, " busy") != 6 {
		t.Errorf("%d %s%s", status, stderr, stdout)
	}
	if n := len(w.Requests()) - before; n != 3 { // a token, the list, the role
		t.Errorf("%d requests", n)
	}
	w.Share(you, w.account.Email, "reader")
	before = len(w.Requests())
	w.events(you)
	if n := len(w.Requests()) - before; n != 2 {
		t.Errorf("%d requests", n)
	}
}

// TestSeriesAreBounded checks that a list of endless series doesn't fill
// memory.
func TestSeriesAreBounded(t *testing.T) {
	w := newWorld(t)
	var items []string
	for i := range 2500 {
		items = append(items, `{"id":"`+strings.Repeat("i", i)+`","summary":"A","recurrence":["x"]}`)
	}
	w.answer(page("events", items...))
	if _, stderr, status := w.events("-sync", "DIR/state", you); status != 0 {
		t.Fatal(stderr)
	}
	table := table{loc: seoul, calendars: 1, series: make(map[string]string)}
	for i := range 3 * maxSeries {
		e := eventOfSeries(strings.Repeat("i", i))
		table.line(&e)
	}
	if n := len(table.series); n > maxSeries {
		t.Errorf("%d titles", n)
	}
}

func eventOfSeries(id string) calendar.Event {
	return calendar.Event{ID: id, Summary: "A", Recurrence: []string{"RRULE:FREQ=DAILY"}}
}
