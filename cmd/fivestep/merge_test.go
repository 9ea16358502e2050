// SPDX-License-Identifier: 0BSD

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
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
	got, err := collect(ascending(entriesOf(false, mixed...), 1))
	want := slices.Sorted(slices.Values(mixed))
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%q, %v", got, err)
	}
	got, err = collect(ascending(entriesOf(false, append(mixed, "broken")...), 1))
	if err == nil || !slices.Equal(got, want) {
		t.Errorf("%q, %v", got, err)
	}
	for range ascending(entriesOf(true, mixed...), 1) { // a loop that's left
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
		for range ascending(endless(exact), 1) {
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
		for range ascending(same, 1) {
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

// TestTurns checks that a turn lasts as long as its context, and that waiting
// ends with a context, too.
func TestTurns(t *testing.T) {
	turns := &turns{free: make(chan bool, 1)}
	first, end := context.WithCancel(context.Background())
	for range 2 { // a second attempt keeps the turn
		if err := turns.wait(first); err != nil {
			t.Fatal(err)
		}
	}
	gone, cancel := context.WithCancel(context.Background())
	cancel()
	if err := turns.wait(gone); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	second := make(chan error)
	go func() { second <- turns.wait(context.Background()) }()
	select {
	case <-second:
		t.Error("two have the only turn")
	default:
	}
	end()
	if err := <-second; err != nil {
		t.Error(err)
	}
}

// TestSharing checks that the calendars of a run never have more than a few
// answers on their way, and that all of them arrive.
func TestSharing(t *testing.T) {
	var now, most atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n := now.Add(1)
		defer now.Add(-1)
		for old := most.Load(); n > old && !most.CompareAndSwap(old, n); old = most.Load() {
		}
		next := `"nextPageToken":"2",`
		if r.FormValue("pageToken") != "" {
			next = ""
		}
		fmt.Fprintf(w, `{"kind":"calendar#events",%s"items":[{"summary":"A"}]}`, next)
	}))
	defer server.Close()
	args := []string{"events", "-api", server.URL}
	for i := range maxCalendars {
		args = append(args, fmt.Sprintf("%d@example.com", i))
	}
	w := newWorld(t)
	stdout, stderr, status := w.run("ya29.c.token", args...)
	if status != exitDone || strings.Count(stdout, "\n") != 2*maxCalendars {
		t.Errorf("%d %s%s", status, stderr, stdout)
	}
	if most.Load() > maxAnswers {
		t.Errorf("%d answers at a time", most.Load())
	}
	_, stderr, status = w.run("ya29.c.token", append(args, "one-more@example.com")...)
	if status != exitUsage || !strings.Contains(stderr, "at most 50 calendars at once") {
		t.Errorf("%d %s", status, stderr)
	}
}

// TestTooLargeForAll checks what is said about a page that is too large if
// there are other calendars.
func TestTooLargeForAll(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		item := `{"summary":"` + strings.Repeat("x", 350_000) + `"}`
		fmt.Fprintf(w, `{"kind":"calendar#events","items":[%s%s]}`, item, strings.Repeat(","+item, 19))
	}))
	defer server.Close()
	w := newWorld(t)
	args := []string{"events", "-api", server.URL, "a@example.com"}
	if _, stderr, status := w.run("ya29.c.token", args...); status != exitDone {
		t.Errorf("alone: %d %s", status, stderr)
	}
	_, stderr, status := w.run("ya29.c.token", append(args, "b@example.com", "c@example.com")...)
	for _, want := range []string{
		`step 5: events of "a@example.com", page 1: 200: `,
		"larger than 10922 KiB, as text or in memory",
		"hint: 3 calendars share the memory that one may take: list fewer at once",
	} {
		if status != exitFailed || !strings.Contains(stderr, want) {
			t.Errorf("%d, without %q: %s", status, want, stderr)
		}
	}
}

// A single value that is too large stays so, however few calendars are listed.
func TestTooLargeValue(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `{"kind":"calendar#events","items":[{"summary":"%s"}]}`,
			strings.Repeat("x", 600_000))
	}))
	defer server.Close()
	_, stderr, status := newWorld(t).run("ya29.c.token",
		"events", "-api", server.URL, "a@example.com", "b@example.com")
	if status != exitFailed || !strings.Contains(stderr, "a value is larger than 384 KiB") ||
		strings.Contains(stderr, "calendars share") {
		t.Errorf("%d %s", status, stderr)
	}
}
