// SPDX-License-Identifier: 0BSD

package main

import (
	"strings"
	"testing"
	"time"
)

// TestUnknownZone checks that hours aren't in UTC without a word. If Go can't
// load the zone in TZ, time.Local is UTC.
func TestUnknownZone(t *testing.T) {
	zone(t, "Asia/Seoul")
	const warning = "fivestep: warning: days and times are in UTC, because of the variable TZ: "
	for name, want := range map[string]string{
		"":              "",
		":":             "",
		"UTC":           "",
		"Asia/Seuol":    warning + `there is no time zone "Asia/Seuol"`,
		":Asia/Seuol":   warning + `there is no time zone "Asia/Seuol"`,
		"KST-9":         warning + `there is no time zone "KST-9"`,
		"/no/such/file": warning + `there is no time zone "/no/such/file"`,
		"Local":         warning + `there is no time zone "Local"`,
		"../Seoul":      warning + `there is no time zone "../Seoul"`,
	} {
		w := newWorld(t)
		w.tool.local = time.UTC
		w.env["TZ"] = name
		stdout, stderr, status := w.events(you)
		if status != 0 || !strings.HasPrefix(stderr, want) || (stderr == "") != (want == "") {
			t.Errorf("TZ=%s: %d %s", name, status, stderr)
		}
		if !strings.Contains(stdout, "00:00-01:00    주간 회의") {
			t.Errorf("TZ=%s: %s", name, stdout)
		}
		// -tz says what to use instead, and so does a zone that is known.
		if _, stderr, _ := w.events("-tz", "Asia/Seoul", you); stderr != "" {
			t.Errorf("TZ=%s with -tz: %s", name, stderr)
		}
	}
	w := newWorld(t)
	w.tool.local = time.UTC
	w.env["TZ"] = "Asia/Seoul" // Go found it only where ZONEINFO says
	stdout, stderr, _ := w.events(you)
	if stderr != "" || !strings.Contains(stdout, "09:00-10:00    주간 회의") {
		t.Errorf("%s%s", stderr, stdout)
	}
}

// TestZoneOfTheCalendar checks that -tz calendar asks for the zone, and takes
// it for the table and for -from.
func TestZoneOfTheCalendar(t *testing.T) {
	zone(t, "Asia/Seoul")
	w := newWorld(t)
	w.tool.local = time.UTC
	stdout, stderr, status := w.events("-tz", "calendar", "-from", "2023-11-15", you)
	if status != 0 || stderr != "" || !strings.Contains(stdout, "09:00-10:00    주간 회의") {
		t.Errorf("%d %s%s", status, stderr, stdout)
	}
	requests := w.Requests()
	last := requests[len(requests)-1].Path
	if !strings.Contains(last, "timeMin=2023-11-15T00%3A00%3A00%2B09%3A00") ||
		strings.Contains(last, "&timeZone=") {
		t.Error(last)
	}
	w.answer(`{"kind":"calendar#events","timeZone":"Mars/Olympus","items":[]}`)
	_, stderr, status = w.events("-tz", "calendar", you)
	if status != exitFailed || !strings.Contains(stderr, `there is no time zone "Mars/Olympus"`) {
		t.Errorf("%d %s", status, stderr)
	}
	for want, args := range map[string][]string{
		"-tz calendar takes one calendar ID": {"-tz", "calendar", you, "b@example.com"},
		"-tz is empty":                       {"-tz", "", you},
		`"tomorow" is not a time`:            {"-tz", "calendar", "-from", "tomorow", you},
	} {
		if _, stderr, status := w.events(args...); status != exitUsage || !strings.Contains(stderr, want) {
			t.Errorf("%q: %d %s", args, status, stderr)
		}
	}
}

// TestLocalTimes checks times of day around a clock change.
func TestLocalTimes(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	for s, want := range map[string]string{
		"2026-03-29T01:59": "2026-03-29T01:59:00+01:00",
		"2026-03-29T03:00": "2026-03-29T03:00:00+02:00",
		"2026-10-25T03:00": "2026-10-25T03:00:00+01:00",
	} {
		got, err := parseWhen(s, epoch, berlin)
		if err != nil || got.Format(time.RFC3339) != want {
			t.Errorf("%s: %v, %v", s, got, err)
		}
	}
	_, err := parseWhen("2026-03-29T02:30", epoch, berlin)
	if err == nil || !strings.Contains(err.Error(), "the clocks go forward") {
		t.Error(err)
	}
}

// TestNoEventsSaysWhere checks that the message about no events has the range.
func TestNoEventsSaysWhere(t *testing.T) {
	w := newWorld(t)
	for want, args := range map[string][]string{
		" from 2023-11-15 00:00 +09:00 on":                             nil,
		" from 2023-11-15 00:00 +09:00 until 2023-11-16 00:00 +09:00":  {"-to", "tomorrow"},
		" until 2023-11-16 00:00 +09:00 with \"a b\"":                  {"-from", "", "-to", "+1d", "-q", "a b"},
		" from 2023-11-15 07:13 +09:00 on of type birthday or default": {"-from", "now", "-type", "birthday", "-type", "default"},
		"": {"-from", ""},
	} {
		f := newFlags(eventsCommand)
		if _, err := f.parse(append(args, you)); err != nil {
			t.Fatal(err)
		}
		q, err := w.tool.query(f, seoul)
		if got := searched(f, q); err != nil || got != want {
			t.Errorf("%q: %q, %v", args, got, err)
		}
	}
}

// TestTypes checks that -type is sent, and that a slip is seen here.
func TestTypes(t *testing.T) {
	w := newWorld(t)
	if err := w.AddEvent(you, `{"id":"home","summary":"Home","eventType":"workingLocation",`+
		`"start":{"date":"2023-11-15"},"end":{"date":"2023-11-16"}}`); err != nil {
		t.Fatal(err)
	}
	stdout, stderr, status := w.events("-type", "workingLocation", "-type", "focusTime", you)
	const want = "2023-11-15 Wed  all day        Home  [working location]\n"
	if status != 0 || stderr != "" || stdout != want {
		t.Errorf("%d %s%s", status, stderr, stdout)
	}
	_, stderr, status = w.events("-type", "focustime", you)
	if status != exitUsage || !strings.Contains(stderr, "did you mean focusTime?") {
		t.Errorf("%d %s", status, stderr)
	}
	// A calendar of other types has another state.
	w.ClearFaults()
	w.events("-sync", "DIR/types", "-type", "default", you)
	_, stderr, status = w.events("-sync", "DIR/types", you)
	if status != exitFailed || !strings.Contains(stderr, `type "default"`) {
		t.Errorf("%d %s", status, stderr)
	}
}
