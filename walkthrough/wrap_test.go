// SPDX-License-Identifier: 0BSD

package walkthrough

import (
	"strings"
	"testing"

	"example.com/fivestep/calendar"
)

func TestColumns(t *testing.T) {
	for text, want := range map[string]int{
		"":          0,
		"│ abc ┆ …": 9,
		"한글":        4,
		"日本 ｱ":      6,
		"e\u0301":   1,
		"🎂":         2,
		"\u200b":    0,
	} {
		if got := columns(text); got != want {
			t.Errorf("columns(%q) = %d, not %d", text, got, want)
		}
	}
}

func TestPrintable(t *testing.T) {
	if got, want := printable("a\x1b[2J\tb\u202e한\u00a0\xff"), "a�[2J b�한 �"; got != want {
		t.Errorf("%q, not %q", got, want)
	}
}

func TestFill(t *testing.T) {
	got := strings.Join(fill("one two\nthree 한글 "+strings.Repeat("x", 12), 10), "|")
	if want := "one two|three 한글|xxxxxxxxxxxx"; got != want {
		t.Errorf("%s, not %s", got, want)
	}
}

func TestCut(t *testing.T) {
	for _, test := range []struct {
		text, fields, want string
	}{
		{"", "", ""},
		{"0123456789", "", "0123456789"},
		{"0123456789a", "", "0123456789|a"},
		{"01234,6789abc", "", "01234,|6789abc"},
		{"0,23456789abc", "", "0,23456789|abc"}, // too early
		{"grant=urn&assertion=ey", "", "grant=urn|&assertion|=ey"},
		{"kind%2Cetag%2Cid", "", "kind%2C|etag%2Cid"},
		{"12345678%3A00", "", "12345678|%3A00"},
		{"123456789%3A00", "", "123456789|%3A00"},
		{"1234567%3A00", "", "1234567%3A|00"},
		{"한글한글한글", "", "한글한글한|글"},
		{"a한글한글한글", "", "a한글한글|한글"},
		{"key: 5678901", "", "key:| 5678901"},
	} {
		part := Part{Bytes: []byte(test.text)}
		start, lines := 0, []string{}
		for _, end := range cut(part.Bytes, 10, part.breaks) {
			lines = append(lines, test.text[start:end])
			start = end
		}
		if got := strings.Join(lines, "|"); got != test.want {
			t.Errorf("%q: %s, not %s", test.text, got, test.want)
		}
	}
}

func TestAgenda(t *testing.T) {
	at := func(start, end, title string) *calendar.Event {
		e := &calendar.Event{Summary: title}
		for text, to := range map[string]*calendar.EventDateTime{start: &e.Start, end: &e.End} {
			if strings.Contains(text, "T") {
				to.DateTime = text
			} else {
				to.Date = text
			}
		}
		return e
	}
	p := new(page)
	p.agenda([]*calendar.Event{
		at("2020-07-08", "2020-07-09", "한글 포함"),
		at("2020-07-08", "2020-07-11", "three"),
		at("2023-11-15T10:00:00+09:00", "2023-11-15T02:30:00Z", strings.Repeat("한", 40)),
		at("2023-11-15T23:00:00-03:30", "2023-11-16T00:00:00-03:30", "until midnight"),
		at("2023-11-15T23:00:00Z", "2023-11-16T02:00:00Z", "over \x1b[31m midnight"),
		at("", "x", "no time"),
	})
	want := `
  Wed 2020-07-08  all day             한글 포함
  Wed 2020-07-08  3 days              three
  Wed 2023-11-15  10:00-11:30 +09:00  ` + strings.Repeat("한", 19) + `…
  Wed 2023-11-15  23:00-00:00 -03:30  until midnight
  Wed 2023-11-15  23:00 ...   +00:00  over �[31m midnight
                  ?                   no time
`
	if got := "\n" + p.String(); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}
