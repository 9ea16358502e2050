// SPDX-License-Identifier: 0BSD

package main

import (
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"example.com/fivestep/calendar"
)

// FuzzParseWhen checks that a time means the same when it is written in full,
// and that the error for anything that isn't a time is one printable line.
func FuzzParseWhen(f *testing.F) {
	for _, s := range []string{
		"", "now", "today", "+7d", "-15d", "+0d", "--1d", "+99999999d",
		"2026-11-22", "0000-01-01", "2027-09-05", "2020-07-08T00:00:00-05:00",
		"9999-12-31T23:59:59.999999999Z", "2020-07-08T24:00:00Z", "2020-07-08 00:00:00Z",
		"tomorrow\n\x1b[2J", "tomorrow", "yesterday", "+1w", "-12h", "+00000012h",
		"2026-11-22T15:04", "2026-11-22T15:04:05", "2027-09-05T00:30",
	} {
		f.Add(s)
	}
	santiago, err := time.LoadLocation("America/Santiago")
	if err != nil {
		santiago = time.FixedZone("", -4*3600) // no time zone data on this machine
	}
	now := time.Date(2027, 9, 4, 23, 30, 0, 5, time.UTC) // near a day that begins at one
	f.Fuzz(func(t *testing.T, s string) {
		for _, loc := range []*time.Location{time.UTC, seoul, santiago} {
			got, err := parseWhen(s, now, loc)
			if err != nil {
				if !got.IsZero() || printable(err.Error()) != err.Error() {
					t.Errorf("%q: %v, %q", s, got, err)
				}
				continue
			}
			// Old offsets have seconds, which RFC 3339 can't express.
			_, offset := got.Zone()
			again, err := parseWhen(got.Format(time.RFC3339Nano), now, loc)
			if s != "" && offset%60 == 0 && (err != nil || !again.Equal(got)) {
				t.Errorf("%q is %v, and that is %v, %v", s, got, again, err)
			}
			_, notDate := time.Parse(time.DateOnly, s)
			_, unit := parseOffset(s)
			day := unit == "d" || unit == "w" || notDate == nil
			before := got.Add(-time.Hour - 1).In(loc)
			if day && before.YearDay() == got.YearDay() {
				t.Errorf("%q is not the beginning of a day: %v", s, got)
			}
		}
	})
}

// FuzzLine checks that any event is one line, without characters that move the
// cursor or change the direction of writing.
func FuzzLine(f *testing.F) {
	f.Add("e", "confirmed", "Design review", "Room 4",
		"2023-11-16T10:00:00+09:00", "2023-11-16T11:30:00+09:00")
	f.Add("e", "tentative", "👩\u200d💻 \u202e\u2066\u200f\u061c", "한글\u2028\x85",
		"2023-11-15", "2023-11-18")
	f.Add("a\x1b[2J\r\n", "cancelled", "", "", "", "")
	f.Add("\xff", "\n", "\t\u00ad\u0301", "\ue000\U000e0001", "9999-12-31", "0000-01-01T00:00:00Z")
	f.Fuzz(func(t *testing.T, id, status, summary, location, start, end string) {
		when := func(s string) calendar.EventDateTime {
			if strings.Contains(s, "T") {
				return calendar.EventDateTime{DateTime: s}
			}
			return calendar.EventDateTime{Date: s}
		}
		event := calendar.Event{
			ID:       id,
			Status:   status,
			Summary:  summary,
			Location: location,
			Start:    when(start),
			End:      when(end),
		}
		got := lineIn(seoul, &event)
		bad := func(r rune) bool {
			joiner := r == '\u200c' || r == '\u200d'
			return unicode.IsControl(r) ||
				unicode.In(r, unicode.Bidi_Control, unicode.Zl, unicode.Zp) ||
				unicode.Is(unicode.Cf, r) && !joiner
		}
		withoutFlags := regionFlags.ReplaceAllString(got, "")
		if strings.ContainsFunc(withoutFlags, bad) || !utf8.ValidString(got) {
			t.Errorf("%q", got)
		}
		if shown := clean(summary); clean(shown) != shown || !strings.Contains(got, shown) {
			t.Errorf("%q becomes %q", summary, got)
		}
	})
}

// regionFlags finds the flags that regionFlag finds.
var regionFlags = regexp.MustCompile(
	`\x{1F3F4}[\x{E0030}-\x{E0039}\x{E0061}-\x{E007A}]{1,6}\x{E007F}`)

// FuzzGuess checks that no key file, however it was changed, makes the tool
// panic or show what is in private_key.
func FuzzGuess(f *testing.F) {
	for _, text := range []string{
		`{"private_key":"SECRETSECRETSECRET"}`,
		`{"a":{"b":{"c":{"private_key":"SECRETSECRETSECRET"}}}}`,
		`{"type":"service_account","private_key":"\"-----BEGIN SECRETSECRETSECRET"}`,
		`'{"private_key":"SECRETSECRETSECRET"}'`,
		"A={\"private_key\":\"SECRETSECRETSECRET\"};",
		"kind: Secret\ndata:\n  key.json: eyJwcml2YXRlX2tleSI6IlNFQ1JFVFNFQ1JFVFNFQ1JFVCJ9\n",
		`{"private_key":"$SECRETSECRETSECRET"}`,
		"``", `"`, "'", "b'", "{", "[", "%7B", "eyJ", "\ufeff{}", "null",
	} {
		f.Add(text)
	}
	w := newWorld(f)
	f.Fuzz(func(t *testing.T, text string) {
		_, stderr, status := w.run(text, "key", "-")
		if status != exitDone && status != exitFailed || strings.Contains(stderr, "SECRETSECRET") {
			t.Errorf("%d %s", status, stderr)
		}
	})
}
