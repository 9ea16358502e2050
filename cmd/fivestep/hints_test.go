// SPDX-License-Identifier: 0BSD

package main

import (
	"strings"
	"testing"
)

// TestNotFoundHints checks that the hint after a 404 goes by what was given as
// the ID.
func TestNotFoundHints(t *testing.T) {
	const (
		group  = "abc@group.calendar.google.com"
		inCID  = "YWJjQGdyb3VwLmNhbGVuZGFyLmdvb2dsZS5jb20" // base64 of group
		google = "https://calendar.google.com" + "/calendar/"
	)
	for id, want := range map[string]string{
		"Team calendar":                      "an ID contains an @, so that may be the calendar's title",
		"Équipe":                             "an ID contains an @",
		"abc%40group.calendar.google.com":    `give it as "` + group + `"`,
		inCID:                                `give it as "` + group + `"`,
		google + "u/0?cid=" + inCID:          `give it as "` + group + `"`,
		google + "u/0/r?cid=" + inCID + "==": `give it as "` + group + `"`,
		google + "ical/abc%40group.calendar.google.com/public/basic.ics": `give it as "` + group + `"`,
		google + "embed?src=abc%40group.calendar.google.com&ctz=Europe%2FBerlin": `give it as "` +
			group + `"`,
		"calendar.google.com/calendar/embed?src=abc%2540group.calendar.google.com": `give it as "` +
			group + `"`,
		"webcal://example.com/basic.ics": "that's an address, not an ID",
		"de.german%23holiday%40group.v.calendar.google.com": "give it as " +
			`"de.german#holiday@group.v.calendar.google.com"`,
		"ko.south_korea#holiday@group.v.calendar.google.com": "one of Google's own calendars",
		"x@import.calendar.google.com":                       "a calendar from an address on the web",
		"c_188abc@resource.calendar.google.com":              "a room or a device",
		group:                                                "share " + group + " with reader@fivestep-lesson",
		"someone@gmail.com":                                  "share someone@gmail.com with reader@fivestep-lesson",
		"colleague@example.com":                              "with domain-wide delegation: -sub colleague@example.com",
	} {
		w := newWorld(t)
		_, stderr, status := w.events("-from", "", id)
		if status != exitFailed || !strings.Contains(stderr, want) {
			t.Errorf("%s: %d %s", id, status, stderr)
		}
		shared := strings.Contains(stderr, "hint: share ")
		if canBeShared := id == group || id == "someone@gmail.com" || id == "colleague@example.com"; shared != canBeShared {
			t.Errorf("%s: %s", id, stderr)
		}
		if !strings.HasPrefix(id, "coll") && strings.Contains(stderr, "-sub "+id) {
			t.Errorf("%s: %s", id, stderr)
		}
	}
	w := newWorld(t)
	for _, id := range []string{" you@gmail.com", "you@gmail.com\n", "\u00a0you@gmail.com"} {
		_, stderr, status := w.events(id)
		if status != exitUsage || !strings.Contains(stderr, "has spaces around it") {
			t.Errorf("%q: %d %s", id, status, stderr)
		}
	}
}

// TestQuotaHints checks that the project's console is named only for the
// project's limits.
func TestQuotaHints(t *testing.T) {
	const console = "quotas?project=fivestep-lesson"
	for reason, project := range map[string]bool{
		"quotaExceeded":         false,
		"dailyLimitExceeded":    true,
		"rateLimitExceeded":     true,
		"userRateLimitExceeded": false,
	} {
		w := newWorld(t)
		w.AddFault(fault(t, "events:"+reason))
		_, stderr, status := w.events(you)
		if status != exitTemporary || strings.Contains(stderr, console) != project {
			t.Errorf("%s: %d %s", reason, status, stderr)
		}
	}
}

// TestSuggestions checks that a slip in a name is answered with the name, and
// that anything else isn't.
func TestSuggestions(t *testing.T) {
	w := newWorld(t)
	for args, want := range map[string]string{
		"evnts":                "did you mean events?",
		"Events":               "did you mean events?",
		"calendar":             "did you mean calendars?",
		"tokne":                "did you mean token?",
		"jtw":                  "did you mean jwt?",
		"events -form today":   "did you mean -from?",
		"events --zone UTC":    "",
		"events -tzz UTC":      "did you mean -tz?",
		"events -timeuot 3s":   "did you mean -timeout?",
		"token -jsno":          "did you mean -json?",
		"list":                 "",
		"x":                    "",
		"calendars -calendars": "",
	} {
		_, stderr, status := w.run("", strings.Fields(args)...)
		asks := strings.Contains(stderr, "did you mean")
		if status != exitUsage || !strings.Contains(stderr, want) || asks != (want != "") {
			t.Errorf("%s: %d %s", args, status, stderr)
		}
	}
}

func TestVersion(t *testing.T) {
	w := newWorld(t)
	for _, name := range []string{"-version", "--version", "version"} {
		stdout, stderr, status := w.run("", name)
		if status != 0 || stderr != "" || !strings.HasPrefix(stdout, "fivestep ") ||
			!strings.Contains(stdout, ", go1.") || strings.Count(stdout, "\n") != 1 {
			t.Errorf("%s: %d %s%s", name, status, stderr, stdout)
		}
	}
}
