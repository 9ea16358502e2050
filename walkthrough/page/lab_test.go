// SPDX-License-Identifier: 0BSD

package page

import (
	"context"
	"html"
	"strings"
	"testing"

	"example.com/fivestep/walkthrough/lab"
)

// Nothing separates the old text from the new one: a gap would look like a
// space in the bytes. A color behind the old text tells them apart.
func TestWasAndIs(t *testing.T) {
	s := newTestServer(t)
	for name, want := range map[string]string{
		"aud":  "https://<del>oauth2.googleapis.com/token</del><ins>www.googleapis.com/calendar/v3</ins>&#34;",
		"flip": "<del>B</del><ins>F</ins>",
	} {
		if page := get(s, "/lab?break="+name).Body.String(); !strings.Contains(page, want) {
			t.Errorf("%s: no %s", name, want)
		}
	}
	const rule = ".wire del { color: var(--soft); background: var(--hover); " +
		"text-decoration: line-through; border-radius: 2px; margin-right: 1px; }"
	if !strings.Contains(style, rule) {
		t.Error("the old text looks as if a space followed it")
	}
}

// words returns the text of a page, with single spaces.
func words(page string) string {
	text := html.UnescapeString(htmlTag.ReplaceAllString(page, " "))
	return strings.Join(strings.Fields(text), " ")
}

// What the fake says about a request is on the page, and where it says nothing,
// there's no room for it.
func TestWhy(t *testing.T) {
	s := newTestServer(t)
	for _, b := range lab.Breakages() {
		r, err := lab.Break(context.Background(), b.Name)
		if err != nil {
			t.Fatal(err)
		}
		page := get(s, "/lab?break="+b.Name).Body.String()
		if strings.Contains(page, "<dd></dd>") {
			t.Errorf("%s: an empty reason", b.Name)
		}
		if has := strings.Contains(page, `class="why"`); has != (r.Verdict.Wrong != "") {
			t.Errorf("%s: the page has a reason: %v", b.Name, has)
		}
		unspaced := func(text string) string { return strings.Join(strings.Fields(text), "") }
		for _, text := range []string{r.Verdict.Wrong, r.Verdict.Fix} {
			if !strings.Contains(unspaced(words(page)), unspaced(text)) {
				t.Errorf("%s: the page doesn't say %s", b.Name, text)
			}
		}
	}
}

func TestLabList(t *testing.T) {
	page := get(newTestServer(t), "/lab").Body.String()
	const step4 = "4 The access token " + lab.NothingToBreak + " 5 The calendar"
	for _, text := range []string{page, string(fileOf(t))} {
		if !strings.Contains(words(text), step4) {
			t.Error("the list of breakages has no step 4")
		}
	}
	for _, g := range lab.Grades() {
		if !strings.Contains(html.UnescapeString(page), "<b>"+g.Letter+"</b> "+g.Meaning) {
			t.Errorf("the page does not say what %s means", g.Letter)
		}
	}
}
