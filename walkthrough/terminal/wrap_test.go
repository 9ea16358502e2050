// SPDX-License-Identifier: 0BSD

package terminal

import (
	"strings"
	"testing"

	"example.com/fivestep/walkthrough"
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

func TestFill(t *testing.T) {
	got := strings.Join(fill("one two\nthree 한글 "+strings.Repeat("x", 12), 10), "|")
	if want := "one two|three 한글|xxxxxxxxxxxx"; got != want {
		t.Errorf("%s, not %s", got, want)
	}
}

func TestCut(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"", ""},
		{"0123456789", "0123456789"},
		{"0123456789a", "0123456789|a"},
		{"01234,6789abc", "01234,|6789abc"},
		{"0,23456789abc", "0,23456789|abc"}, // too early
		{"grant=urn&assertion=ey", "grant=urn|&assertion|=ey"},
		{"kind%2Cetag%2Cid", "kind%2C|etag%2Cid"},
		{"12345678%3A00", "12345678|%3A00"},
		{"123456789%3A00", "123456789|%3A00"},
		{"1234567%3A00", "1234567%3A|00"},
		{"한글한글한글", "한글한글한|글"},
		{"a한글한글한글", "a한글한글|한글"},
		{"key: 5678901", "key:| 5678901"},
	} {
		part := walkthrough.Part{Bytes: []byte(test.text)}
		start, lines := 0, []string{}
		mayBreak := func(i int) bool { return mayBreakBefore(part, i) }
		for _, end := range cut(part.Bytes, 10, mayBreak) {
			lines = append(lines, test.text[start:end])
			start = end
		}
		if got := strings.Join(lines, "|"); got != test.want {
			t.Errorf("%q: %s, not %s", test.text, got, test.want)
		}
	}
}
