// SPDX-License-Identifier: 0BSD

package walkthrough

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// fakeGoogleSource returns the fake Google's source, which contains all of its
// answers. Strings that were split over several lines are joined.
func fakeGoogleSource(t *testing.T) (text string) {
	t.Helper()
	files, err := filepath.Glob("fakegoogle/*.go")
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		text += string(data)
	}
	fold := regexp.MustCompile(`" \+\s+"`)
	return fold.ReplaceAllString(text, "")
}

// Every note is complete and written in sentences. The fake Google gives every
// answer that a note quotes.
func TestNotes(t *testing.T) {
	all, err := parseNotes(notesText)
	if err != nil {
		t.Fatal(err)
	}
	google := fakeGoogleSource(t)
	quoted := regexp.MustCompile(`"([^"]+)"`)
	answer := regexp.MustCompile(`\b[1-5]\d\d ([a-zA-Z_]+)[,.:]`)
	for name, n := range all {
		texts := map[string]string{"what": n.What, "why": n.Why, "breaks": n.Breaks}
		for what, text := range texts {
			isSentence := strings.HasSuffix(text, ".") || strings.HasSuffix(text, `."`)
			if !isSentence || strings.Contains(text, "  ") || len(text) > 520 {
				t.Errorf("[%s] %s: %q", name, what, text)
			}
		}
		if len(n.What) > 170 {
			t.Errorf("[%s] what: %d bytes", name, len(n.What))
		}
		isRFC := strings.HasPrefix(n.Link.Text, "RFC")
		linksRFC := strings.HasPrefix(n.Link.URL, "https://www.rfc-editor.org/rfc/rfc")
		if n.Name == "" || !strings.HasPrefix(n.Link.URL, "https://") || isRFC != linksRFC {
			t.Errorf("[%s] %q, %q", name, n.Name, n.Link)
		}
		for _, m := range quoted.FindAllStringSubmatch(n.Breaks, -1) {
			isSentence := strings.ToUpper(m[1][:1]) == m[1][:1]
			if isSentence && !strings.Contains(google, m[1]) {
				t.Errorf("[%s] the fake Google never says %q", name, m[1])
			}
		}
		for _, m := range answer.FindAllStringSubmatch(n.Breaks, -1) {
			if !strings.Contains(google, `"`+m[1]+`"`) {
				t.Errorf("[%s] the fake Google never answers %s", name, m[0])
			}
		}
	}
}

// RFCs are always linked in the same way, and each page in the list is used.
func TestLinks(t *testing.T) {
	for text, want := range map[string]string{
		"RFC 7519, section 4.1.1":  "https://www.rfc-editor.org/rfc/rfc7519#section-4.1.1",
		"RFC 8017, appendix A.1.2": "https://www.rfc-editor.org/rfc/rfc8017#appendix-A.1.2",
		"RFC 7519":                 "",
		"Google, x":                "https://example.com",
		"nothing":                  "",
	} {
		pages := map[string]string{"Google, x": "https://example.com"}
		if got := findLink(text, pages); got.URL != want {
			t.Errorf("%s: %s", text, got.URL)
		}
	}
	head, _, _ := strings.Cut(notesText, "\n# ")
	for _, line := range strings.Split(head, "\n") {
		name, _, isPage := strings.Cut(line, " = ")
		if isPage && !strings.Contains(notesText, "\nsee: "+name+"\n") {
			t.Errorf("no note links to %s", name)
		}
	}
}

func TestParseNotes(t *testing.T) {
	for text, want := range map[string]string{
		"[a b]\nwhat: x\n\n[a b]\n": "line 4: a second note on a b",
		"[a b]\nwhere: x\n":         "line 2: neither",
		"[a b]\nwhat\n":             "line 2: neither",
		"[a b]\nsee: RFC 1\n":       "line 2: neither an RFC",
	} {
		if _, err := parseNotes(text); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
	for name, want := range map[string]string{
		"* event.start":             "start",
		"x date header":             "Date",
		"* www-authenticate header": "WWW-Authenticate",
		"* other header":            "other header",
		"a b c":                     "b c",
	} {
		if got := shortName(name); got != want {
			t.Errorf("%s is called %s", name, got)
		}
	}
}
