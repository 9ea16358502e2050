// SPDX-License-Identifier: 0BSD

package walkthrough

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"example.com/fivestep/walkthrough/fakegoogle"
)

// labResult runs a breakage.
func labResult(t *testing.T, name string) *Result {
	t.Helper()
	r, err := Break(context.Background(), name)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return r
}

// What each breakage comes to: testdata/lab.txt, to be read by people. Of the
// lines, what changed is what the fake received, and the answer is what it sent.
func TestLab(t *testing.T) {
	good := map[string]string{}
	for _, name := range []string{"key-file", "header", "claims", "token-request", "events-request"} {
		good[name] = string(goodPart(t, name).Bytes)
	}
	var b strings.Builder
	for _, breakage := range Breakages() {
		r := labResult(t, breakage.Name)
		checkResult(t, r, good)
		fmt.Fprintf(&b, "%s: %s\n", r.Name, r.Title)
		for _, c := range r.Changed {
			for _, at := range c.Ranges {
				fmt.Fprintf(&b, "  changed %s: %q, was %q\n", c.Name, short(string(c.Bytes[at.Start:at.End])), short(at.Was))
			}
		}
		if r.Refused != "" {
			fmt.Fprintf(&b, "  refused %s\n", r.Refused)
		}
		if r.Answer != nil {
			resp, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(r.Answer.Bytes)), nil)
			if err != nil {
				t.Fatalf("%s: %v", r.Name, err)
			}
			body, err := io.ReadAll(resp.Body)
			if err != nil && !strings.Contains(string(body), "withheld") { // a mask is shorter than what it masks
				t.Errorf("%s: %v", r.Name, err)
			}
			fmt.Fprintf(&b, "  answer  %s, %d times, grade %s: %s\n", resp.Status, r.Attempts, r.Grade, r.Source)
			fmt.Fprintf(&b, "          %s\n", short(strings.Join(strings.Fields(string(body)), " ")))
		}
		for _, c := range r.Checks {
			if c.State == Caught {
				fmt.Fprintf(&b, "  check   %s\n", c.Name)
			}
		}
		for _, line := range r.Says {
			fmt.Fprintf(&b, "  %s\n", line)
		}
		if r.Failed == 0 {
			fmt.Fprintf(&b, "  %d events\n", len(r.Events))
		}
	}
	const name = "testdata/lab.txt"
	if *update {
		if err := os.WriteFile(name, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("the lab is not %s; go test -update writes it anew", name)
	}
}

func short(text string) string {
	if len(text) > 200 {
		return fmt.Sprintf("%s [%d bytes] %s", text[:150], len(text)-180, text[len(text)-30:])
	}
	return text
}

// The breakages that the lesson promises are there, under good names, with texts.
func TestBreakages(t *testing.T) {
	promised := `clock-ahead clock-behind exp-far wrong-key flip alg-none padded not-a-jwt iss iat-missing aud empty-scope
		misspelt-scope comma-scopes sub grant-type truncated expired small-scope not-shared api-disabled no-offset
		empty-range order page-token stale-sync rate-403 rate-429 503`
	for _, name := range strings.Fields(promised) {
		if _, ok := FindBreakage(name); !ok {
			t.Errorf("there is no breakage %s", name)
		}
	}
	seen, step := map[string]bool{}, 0
	for _, b := range Breakages() {
		if !regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`).MatchString(b.Name) || seen[b.Name] || b.Step < step || b.Step > 5 {
			t.Errorf("%s: name or place", b.Name)
		}
		seen[b.Name], step = true, b.Step
		for _, text := range []string{b.Title, b.Change, b.Cause, b.Cure} {
			if text == "" || text != printable(text) || strings.Contains(text, "  ") {
				t.Errorf("%s: text %q", b.Name, text)
			}
		}
		for _, text := range []string{b.Change, b.Cause, b.Cure} {
			if !strings.HasSuffix(text, ".") {
				t.Errorf("%s: not a sentence: %q", b.Name, text)
			}
		}
	}
	if _, err := Break(context.Background(), "nothing"); err == nil {
		t.Error("a breakage that does not exist was run")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Break(ctx, "aud"); !errors.Is(err, context.Canceled) {
		t.Errorf("error: %v", err)
	}
}

// checkResult sees to what holds for every result; good are the parts of the run
// that succeeds.
func checkResult(t *testing.T, r *Result, good map[string]string) {
	t.Helper()
	caught, reached := 0, true
	for _, c := range r.Checks {
		if c.State == Caught {
			caught++
		}
		if c.State == Passed && !reached {
			t.Errorf("%s: %q was passed after a check that failed", r.Name, c.Name)
		}
		reached = reached && c.State == Passed
	}
	if want := r.Failed >= 3; caught > 1 || want != (caught == 1) || (r.Failed == 1 || r.Failed == 2) != (len(r.Checks) == 0) {
		t.Errorf("%s fails in step %d, and %d checks caught it", r.Name, r.Failed, caught)
	}
	if (r.Answer == nil) != (r.Attempts == 0) || r.Answer != nil && (Attested(r.Grade) == "" || r.Source == "") {
		t.Errorf("%s: %d attempts, grade %q, source %q", r.Name, r.Attempts, r.Grade, r.Source)
	}
	if regexp.MustCompile(`\b[VDCFR]\b`).MatchString(r.Source) {
		t.Errorf("%s: nothing explains the letter in %s", r.Name, r.Source)
	}
	if (r.Failed > 0) != (len(r.Says) > 2) || r.Failed > 0 && len(r.Missed) != 5-r.Failed || r.Failed > 0 && len(r.Events) > 0 {
		t.Errorf("%s: step %d failed, %d missed, %q", r.Name, r.Failed, len(r.Missed), r.Says)
	}
	for _, c := range r.Changed {
		at, was := 0, ""
		for _, d := range c.Ranges {
			if d.Start < at || d.End < d.Start || d.End > len(c.Bytes) || d.Start == d.End && d.Was == "" {
				t.Fatalf("%s: %s: range %+v", r.Name, c.Name, d)
			}
			was += string(c.Bytes[at:d.Start]) + d.Was
			at = d.End
		}
		was += string(c.Bytes[at:])
		if was != good[c.Name] {
			t.Errorf("%s: without the changes %s is not as in a run that succeeds: %s", r.Name, c.Name, was)
		}
	}
	if text := labText(t, r); strings.Contains(text, "Your own") {
		t.Errorf("%s has no title", r.Name)
	}
}

// goodPart is a part of the run that succeeds.
func goodPart(t *testing.T, name string) Part {
	t.Helper()
	a, err := lessonAttempt()
	if err != nil {
		t.Fatal(err)
	}
	a.run(context.Background())
	for _, p := range a.parts {
		if p.Name == name {
			return p
		}
	}
	t.Fatalf("there is no part %s", name)
	return Part{}
}

// labText is the text of a result, looked over.
func labText(t *testing.T, r *Result) string {
	t.Helper()
	var plain, coloured strings.Builder
	if err := r.WriteText(&plain, false); err != nil {
		t.Fatal(err)
	}
	if err := r.WriteText(&coloured, true); err != nil {
		t.Fatal(err)
	}
	if regexp.MustCompile("\x1b\\[[0-9]+m").ReplaceAllString(coloured.String(), "") != plain.String() {
		t.Errorf("%s: the coloured text says something else", r.Name)
	}
	for _, line := range strings.Split(plain.String(), "\n") {
		if columns(line) > 78 || line != strings.TrimRight(line, " ") || line != printable(line) {
			t.Errorf("%s: %d columns, or what a line should not have: %q", r.Name, columns(line), line)
		}
	}
	text := regexp.MustCompile(`\n *┆ |\n`).ReplaceAllString(plain.String(), "")
	if regexp.MustCompile(`ya29\.c\.c0AS[A-Za-z0-9]`).MatchString(text) {
		t.Errorf("%s: an access token is shown", r.Name)
	}
	key := privateKey(t)
	for i := 8; i+24 <= len(key); i += 8 {
		if strings.Contains(text, key[i:i+24]) {
			t.Fatalf("%s: the private key is shown around its %dth character", r.Name, i)
		}
	}
	return text
}

// With nothing changed, the lab sends what the lesson shows.
func TestLabIsTheLesson(t *testing.T) {
	trace, _ := lesson(t, fakegoogle.New())
	for _, name := range []string{"key-file", "header", "claims", "token-request", "token-response", "events-request", "events-response"} {
		part, err := trace.Part(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := goodPart(t, name); !bytes.Equal(got.Bytes, part.Bytes) || got.Kind != part.Kind || got.Title != part.Title {
			t.Errorf("%s: %s\nbut in the lesson: %s", name, got.Bytes, part.Bytes)
		}
	}
	for i, step := range trace.Steps {
		if step.Title != stepTitles[i] {
			t.Errorf("step %d is %q", i+1, step.Title)
		}
	}
}

// What the lab says that the tool says is what the tool was seen to say.
func TestLabSaysWhatTheToolSays(t *testing.T) {
	for name, seen := range map[string]string{
		"clock-ahead": "clock-ten-minutes-ahead", "clock-behind": "clock-two-hours-behind", "not-shared": "not-shared", "key-deleted": "key-revoked",
		"misspelt-scope": "misspelt-scope", "sub": "sub-without-delegation", "aud": "wrong-aud", "small-scope": "scope-too-small",
		"rate-429": "rate-limit", "token-503": "server-down", "escaped-twice": "literal-n",
	} {
		golden, err := os.ReadFile("../cmd/fivestep/testdata/errors/" + seen + ".txt")
		if err != nil {
			t.Error(err)
			continue
		}
		for _, line := range labResult(t, name).Says {
			if !strings.Contains(string(golden), "! "+line+"\n") {
				t.Errorf("%s: the tool does not say %q:\n%s", name, line, golden)
			}
		}
	}
}

// The click that shares a calendar has one name, that of the tool's hint.
func TestSharing(t *testing.T) {
	const click = "calendar.google.com > Settings > the calendar > Shared with > Add people"
	_, text := lesson(t, fakegoogle.New())
	text = strings.Join(strings.Fields(text), " ")
	r := labResult(t, "not-shared")
	if !strings.Contains(r.Cure, click) || !strings.Contains(strings.Join(r.Says, " "), click) ||
		!strings.Contains(text, click) || strings.Contains(text, "Share with") {
		t.Errorf("%s\n%s", r.Cure, r.Says)
	}
}

func TestWriteBreakages(t *testing.T) {
	var b strings.Builder
	if err := WriteBreakages(&b, false); err != nil {
		t.Fatal(err)
	}
	for _, breakage := range Breakages() {
		if !strings.Contains(b.String(), "     "+breakage.Name+" ") || !strings.Contains(b.String(), "  "+breakage.Title+"\n") {
			t.Errorf("%s is not in the list", breakage.Name)
		}
	}
	page := html.UnescapeString(get(newTestServer(t), "/lab").Body.String())
	for _, text := range []string{page, b.String(), string(fileOf(t))} {
		words := strings.Join(strings.Fields(htmlTag.ReplaceAllString(text, " ")), " ")
		if !strings.Contains(words, "4 The access token Nothing of its own to break: what goes wrong in steps 1 to 3 shows up here. 5 The calendar") {
			t.Error("a list of what can be broken has no step 4")
		}
	}
	for _, g := range grades {
		if !strings.Contains(b.String(), "   "+g.Letter+"  "+g.Meaning[:20]) || !strings.Contains(page, "<b>"+g.Letter+"</b> "+g.Meaning) {
			t.Errorf("nothing says what %s means", g.Letter)
		}
	}
	if WriteBreakages(full{}, false) == nil || labResult(t, "aud").WriteText(full{}, false) == nil {
		t.Error("a failing writer was not noticed")
	}
}
