// SPDX-License-Identifier: 0BSD

package page

import (
	"bytes"
	"encoding/json"
	"html"
	"os"
	"regexp"
	"strings"
	"testing"

	"example.com/fivestep/walkthrough"
	"example.com/fivestep/walkthrough/lab"
)

func newTestWritePage(t *testing.T) *writePage {
	t.Helper()
	p, err := newWritePage(serverSite(walkthrough.DefaultBase), lesson(t))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// minimal.txt is the program.
func TestMinimal(t *testing.T) {
	const name = "minimal.txt"
	program, err := os.ReadFile("../../cmd/minimal/main.go")
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(name, program, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(name)
	if err != nil || !bytes.Equal(kept, program) {
		t.Errorf("%s isn't a copy of cmd/minimal/main.go (%v); go test -update makes one", name, err)
	}
}

// The program's claims are in another order than the lesson's, as the page
// says: it makes them as a map.
func TestMinimalSortsClaims(t *testing.T) {
	claims := partText(t, lesson(t), "claims")
	var members map[string]any
	if err := json.Unmarshal([]byte(claims), &members); err != nil {
		t.Fatal(err)
	}
	sorted, err := json.Marshal(members)
	if err != nil || !bytes.HasPrefix(sorted, []byte(`{"aud":`)) || string(sorted) == claims {
		t.Errorf("%s, %v", sorted, err)
	}
	if !strings.Contains(minimalProgram, "claims := map[string]any{") {
		t.Error("the program has no map of claims")
	}
}

// textOf returns what a browser shows of HTML, without line breaks.
func textOf(page string) string {
	text := regexp.MustCompile(`<[^>]*>`).ReplaceAllString(page, "")
	return strings.NewReplacer("\n", "", "\r", "").Replace(html.UnescapeString(text))
}

// The page shows the lesson's bytes, the programs, and each mistake.
func TestWrite(t *testing.T) {
	page := get(newTestServer(t), "/write").Body.String()
	checkHTML(t, page)
	text := textOf(page)
	trace := lesson(t)
	printed := strings.ReplaceAll(newTestWritePage(t).Printed(), "\n", "")
	for _, must := range []string{
		partText(t, trace, "header"),
		partText(t, trace, "claims"),
		partText(t, trace, "assertion"),
		"a444581891daaeb18f1536c2e1c80ff5a3b1781d8c9279beb4d8280e12e1a257", // openssl's, too
		"the modulus begins with b0f9e81943a7ae98",
		"its 714 characters",
		"This one has 1024 characters",
		"POST /token HTTP/1.1Host: oauth2.googleapis.com",
		"[... 1013 more characters withheld]",
		"&timeMin=2023-11-15T00%3A00%3A00%2B09%3A00 HTTP/1.1",
		"2023-11-18T12:00:00+09:00 팀 점심",
		printed,
		"one screen of 100 lines",
		"The same in 60 lines of bash",
		strings.ReplaceAll(minimalProgram, "\n", ""),
		strings.ReplaceAll(flowScript, "\n", ""),
	} {
		if !strings.Contains(text, must) {
			t.Errorf("the page has no %q", must)
		}
	}
	for _, stage := range newTestWritePage(t).Stages {
		for _, m := range stage.Mistakes {
			for _, mistake := range m.All {
				if !strings.Contains(text, mistake.Text) {
					t.Errorf("the page has no %q", mistake.Text)
				}
			}
		}
	}
	for _, m := range regexp.MustCompile(`/lab\?break=([^"]*)`).FindAllStringSubmatch(page, -1) {
		if _, ok := lab.Find(m[1]); !ok {
			t.Errorf("the lab has no %s", m[1])
		}
	}
}

// The page has a table of the trials that a program fails only if there are any.
func TestFailedTrials(t *testing.T) {
	if got := failedTrials(""); got != nil {
		t.Errorf("of nothing: %v", got)
	}
	p := newTestWritePage(t)
	p.MinimalFails, p.FlowFails = nil, nil
	all, err := parseTemplates()
	if err != nil {
		t.Fatal(err)
	}
	without, err := fragment(all, "write", p)
	if err != nil || strings.Contains(string(without), "<table") {
		t.Errorf("a table of nothing (%v)", err)
	}
	p.MinimalFails = failedTrials("two-pages\tlists every page\tcalendar/list.go\n")
	with, err := fragment(all, "write", p)
	if err != nil || !strings.Contains(textOf(string(with)), "two-pageslists every pagecalendar/list.go") {
		t.Errorf("no table (%v)", err)
	}
}

// A line of mistakes.txt that can't be read is an error.
func TestMistakesFile(t *testing.T) {
	for _, text := range []string{
		"x\n\n[6 aud] 400\na = b", "x\n\n[2 aud 400\na = b", "x\n\n[aud] 400\na = b",
		"x\n\n[2 aud] 400\na",
	} {
		if err := newTestWritePage(t).addMistakes(text); err == nil {
			t.Errorf("%q is no error", text)
		}
	}
}
