// SPDX-License-Identifier: 0BSD

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/fivestep/walkthrough/fakegoogle"
)

// TestSeveralCalendars shows the table of two calendars.
func TestSeveralCalendars(t *testing.T) {
	const team = "team@group.calendar.google.com"
	w := newWorld(t)
	w.AddCalendar(fakegoogle.Calendar{ID: team, Summary: "Team", TimeZone: "America/New_York"})
	w.Share(team, w.account.Email, "freeBusyReader")
	for i, start := range []string{"2023-11-15T08:30:00+09:00", "2023-11-15T09:00:00+09:00",
		"2023-11-30T09:00:00+09:00"} {
		event := fmt.Sprintf(`{"id":"team%d","summary":"Team %[1]d",`+
			`"start":{"dateTime":%q},"end":{"dateTime":%[2]q}}`, i, start)
		if err := w.AddEvent(team, event); err != nil {
			t.Fatal(err)
		}
	}
	args := []string{"events", "-key", "KEY", "-api", "API", you, team}
	all := w.transcript("", args...)
	if n := len(w.Requests()); n != 4 { // a token, two lists, and a role
		t.Errorf("%d requests", n)
	}
	all += w.transcript("", append(args, "-max", "4")...) +
		w.transcript("", append(args, "nobody@example.com")...) +
		w.transcript("", append(args, you)...) +
		w.transcript("", append(args, "-sync", "DIR/state")...)
	golden(t, "several.txt", all)

	stdout, stderr, status := w.run("", append(args, "-json")...)
	if status != 0 || stderr != "" || strings.Count(stdout, "\n") != 9 {
		t.Fatalf("%d %s%s", status, stderr, stdout)
	}
	for i, line := range strings.Split(strings.TrimSpace(stdout), "\n") {
		var event struct{ CalendarID, ID string }
		if err := json.Unmarshal([]byte(line), &event); err != nil {
			t.Fatal(err)
		}
		want := you
		if strings.HasPrefix(event.ID, "team") {
			want = team
		}
		if event.CalendarID != want || !strings.HasPrefix(line, `{"calendarId":`) {
			t.Errorf("line %d: %s", i+1, line)
		}
	}
}

// TestPagesOfSeveral checks that each calendar has one chain of requests, and
// that together the pages are no larger than those of one calendar.
func TestPagesOfSeveral(t *testing.T) {
	w := newWorld(t)
	w.addMany(2000)
	const other = "other@example.com"
	w.AddCalendar(fakegoogle.Calendar{ID: other, Summary: "Other"})
	w.Share(other, w.account.Email, "reader")
	before := len(w.Requests())
	stdout, stderr, status := w.events(you, other)
	if status != 0 || stderr != "" || strings.Count(stdout, "\n") != 2006 {
		t.Errorf("%d %s%d lines", status, stderr, strings.Count(stdout, "\n"))
	}
	var pages []string
	for _, r := range w.Requests()[before:] {
		if strings.Contains(r.Path, "/events?") {
			pages = append(pages, r.Path)
			if !strings.Contains(r.Path, "maxResults=1250&") {
				t.Error(r.Path)
			}
		}
	}
	if len(pages) != 3 {
		t.Errorf("%d pages", len(pages))
	}
}

func entriesOf(exact bool, days ...string) iter.Seq2[entry, error] {
	return func(yield func(entry, error) bool) {
		for _, day := range days {
			at, err := time.Parse("2006-01-02T15", day)
			if !yield(entry{at: at, text: []byte(day), exact: exact}, err) {
				return
			}
		}
	}
}

func collect(entries iter.Seq2[entry, error]) (days []string, err error) {
	for e, err := range entries {
		if err != nil {
			return days, err
		}
		days = append(days, string(e.text))
	}
	return days, nil
}

// TestAscending checks that lines are put in order, wait no longer than they
// have to, and get out before an error.
func TestAscending(t *testing.T) {
	mixed := []string{"2026-03-02T00", "2026-03-01T16", "2026-03-03T00", "2026-03-02T20",
		"2026-03-04T00", "2026-03-03T22"}
	got, err := collect(ascending(entriesOf(false, mixed...)))
	want := slices.Sorted(slices.Values(mixed))
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%q, %v", got, err)
	}
	got, err = collect(ascending(entriesOf(false, append(mixed, "broken")...)))
	if err == nil || !slices.Equal(got, want) {
		t.Errorf("%q, %v", got, err)
	}
	for range ascending(entriesOf(true, mixed...)) { // a loop that's left
		break
	}

	arrived, printed := 0, 0
	endless := func(exact bool) iter.Seq2[entry, error] {
		return func(yield func(entry, error) bool) {
			for ; arrived < 20_000; arrived++ {
				at := epoch.Add(time.Duration(arrived) * time.Minute)
				if !yield(entry{at: at, text: []byte("line"), exact: exact}, nil) {
					return
				}
			}
		}
	}
	for exact, most := range map[bool]int{true: 1, false: 26*60 + 2} {
		arrived, printed = 0, 0
		for range ascending(endless(exact)) {
			printed++
			if waiting := arrived - printed; waiting > most {
				t.Fatalf("exact %v: %d wait after %d", exact, waiting, arrived)
			}
		}
	}
	// All at the same time, or very long: memory stays bounded.
	for _, text := range []string{"x", strings.Repeat("x", 100_000)} {
		arrived, printed = 0, 0
		same := func(yield func(entry, error) bool) {
			for ; arrived < 3*maxWaiting && yield(entry{at: epoch, text: []byte(text)}, nil); arrived++ {
			}
		}
		for range ascending(same) {
			printed++
			waiting := arrived - printed
			if waiting > maxWaiting || (waiting-1)*len(text) > maxWaitingBytes {
				t.Fatalf("%d wait", waiting)
			}
		}
	}
}

// TestMerge checks the order of a merge, and that it stops its lists.
func TestMerge(t *testing.T) {
	stopped := 0
	list := func(days ...string) iter.Seq2[entry, error] {
		return func(yield func(entry, error) bool) {
			defer func() { stopped++ }()
			entriesOf(true, days...)(yield)
		}
	}
	lists := func() []iter.Seq2[entry, error] {
		return []iter.Seq2[entry, error]{
			list("2026-01-01T00", "2026-01-03T00", "2026-01-05T00"),
			list(),
			list("2026-01-02T00", "2026-01-03T00"),
		}
	}
	got, err := collect(merge(lists()))
	if err != nil || !slices.IsSorted(got) || len(got) != 5 || stopped != 3 {
		t.Errorf("%q, %v, %d stopped", got, err, stopped)
	}
	stopped = 0
	for range merge(lists()) {
		break
	}
	if stopped != 3 {
		t.Errorf("%d stopped", stopped)
	}
	stopped = 0
	got, err = collect(merge(append(lists(), list("2026-01-02T00", "broken"))))
	if err == nil || len(got) != 3 || stopped != 4 {
		t.Errorf("%q, %v, %d stopped", got, err, stopped)
	}
	failure := errors.New("failed")
	failing := func(yield func(entry, error) bool) { yield(entry{}, failure) }
	if _, err := collect(merge(append(lists(), failing))); !errors.Is(err, failure) {
		t.Error(err)
	}
}
