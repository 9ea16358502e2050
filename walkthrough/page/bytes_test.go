// SPDX-License-Identifier: 0BSD

package page

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"example.com/fivestep/walkthrough"
)

// lesson runs the five steps.
func lesson(t testing.TB) *walkthrough.Trace {
	t.Helper()
	trace, err := walkthrough.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return trace
}

// shownBytes returns the text that the page shows for a part, and the text it
// should show: the part, without spaces, line breaks and characters that a
// browser can't show.
func shownBytes(part *walkthrough.Part) (shown, want string) {
	squeeze := func(s string) string { return strings.Join(strings.Fields(s), "") }
	for _, row := range rowsOf(part, false).rows {
		shown += row.text()
	}
	want = string(part.Bytes)
	if part.Kind == walkthrough.Binary {
		want = fmt.Sprintf("%x", part.Bytes)
	}
	return squeeze(shown), squeeze(walkthrough.Printable(want))
}

func TestRowsAreTheBytes(t *testing.T) {
	for _, step := range lesson(t).Steps {
		for i := range step.Parts {
			part := &step.Parts[i]
			if shown, want := shownBytes(part); shown != want {
				t.Errorf("%s: the page shows\n%s\nof\n%s", part.Name, shown, want)
			}
		}
	}
}

// Whatever the bytes are, the page shows all of them.
func FuzzRows(f *testing.F) {
	for _, step := range lesson(f).Steps {
		for _, part := range step.Parts {
			f.Add(part.Name, string(part.Kind), part.Bytes)
		}
	}
	twoLists := "HTTP/1.1 200 OK\r\nContent-Type: json\r\n\r\n" +
		`{"items":[{"a":1},[]],"items":[]}`
	f.Add("events-response", string(walkthrough.HTTP), []byte(twoLists))
	f.Add("claims", string(walkthrough.JSON), []byte(`{"":1,"punctuation":2,"a":3}`))
	f.Fuzz(func(t *testing.T, name, kind string, data []byte) {
		part := walkthrough.Part{Name: name, Kind: walkthrough.Kind(kind), Bytes: data}
		part.Explain()
		for _, f := range part.Fields {
			if !utf8.RuneStart(data[f.Start]) {
				return // the halves of a character, in two fields, can't be shown
			}
		}
		if shown, want := shownBytes(&part); shown != want {
			t.Errorf("the page shows\n%s\nof\n%s", shown, want)
		}
	})
}

// A field's name is where the field begins, and every separator is named.
func TestLabels(t *testing.T) {
	trace := lesson(t)
	for name, want := range map[string]string{
		"header":         "{ , }",
		"claims":         "{ , }",
		"key-file":       "{ LF blanks , }|private_key, the base64 of private_key, ",
		"events-request": "blank|?|&",
	} {
		part, err := trace.Part(name)
		if err != nil {
			t.Fatal(err)
		}
		rows := rowsOf(part, false)
		var between, labels []string
		for _, r := range rows.separators {
			between = append(between, r.Label)
		}
		for _, r := range rows.rows {
			if strings.Contains(r.text(), "PRIVATE KEY") || r.Class == walkthrough.Secret {
				labels = append(labels, r.Label)
			}
		}
		got := strings.Join(between, "|")
		if name == "key-file" {
			got += "|" + strings.Join(labels, ", ")
		}
		if got != want {
			t.Errorf("%s: %q, not %q", name, got, want)
		}
	}
}
