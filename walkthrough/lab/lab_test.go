// SPDX-License-Identifier: 0BSD

package lab

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"example.com/fivestep/walkthrough"
)

var update = flag.Bool("update", false, "rewrite testdata/lab.txt")

// labResult runs a breakage.
func labResult(t *testing.T, name string) *Result {
	t.Helper()
	r, err := Break(context.Background(), name)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return r
}

// testdata/lab.txt has the result of each breakage, for people to read. The
// changed parts are those that the fake received, and the answers those that it
// sent.
func TestLab(t *testing.T) {
	good := goodParts(t)
	var b strings.Builder
	for _, breakage := range Breakages() {
		r := labResult(t, breakage.Name)
		checkResult(t, r, good)
		describe(t, &b, r)
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
		t.Errorf("the lab differs from %s; go test -update rewrites it", name)
	}
}

// describe writes the entry for a result in lab.txt.
func describe(t *testing.T, w io.Writer, r *Result) {
	fmt.Fprintf(w, "%s: %s\n", r.Name, r.Title)
	for _, c := range r.Changed {
		for _, at := range c.Ranges {
			now := string(c.Bytes[at.Start:at.End])
			fmt.Fprintf(w, "  changed %s: %q, was %q\n", c.Name, short(now), short(at.Was))
		}
	}
	if r.Refused != "" {
		fmt.Fprintf(w, "  refused %s\n", r.Refused)
	}
	if r.Answer != nil {
		status, body := readAnswer(t, r)
		fmt.Fprintf(w, "  answer  %s, %d times, grade %s: %s\n",
			status, r.Attempts, r.Grade, r.Source)
		fmt.Fprintf(w, "          %s\n", short(strings.Join(strings.Fields(body), " ")))
	}
	for _, c := range r.Checks {
		if c.State == Caught {
			fmt.Fprintf(w, "  check   %s\n", c.Name)
		}
	}
	if r.Verdict.Wrong != "" {
		fmt.Fprintf(w, "  wrong   %s\n", r.Verdict.Wrong)
	}
	if r.Verdict.Fix != "" {
		fmt.Fprintf(w, "  fix     %s\n", r.Verdict.Fix)
	}
	for _, line := range r.Says {
		fmt.Fprintf(w, "  %s\n", line)
	}
	if r.Failed == 0 {
		fmt.Fprintf(w, "  %d events\n", len(r.Events))
	}
}

func readAnswer(t *testing.T, r *Result) (status, body string) {
	resp, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(r.Answer.Bytes)), nil)
	if err != nil {
		t.Fatalf("%s: %v", r.Name, err)
	}
	data, err := io.ReadAll(resp.Body)
	// A mask is shorter than the secret, so a masked body ends early.
	if err != nil && !strings.Contains(string(data), "withheld") {
		t.Errorf("%s: %v", r.Name, err)
	}
	return resp.Status, string(data)
}

// short leaves out the middle of a long text.
func short(text string) string {
	if len(text) > 200 {
		return fmt.Sprintf("%s [%d bytes] %s", text[:150], len(text)-180, text[len(text)-30:])
	}
	return text
}

// The breakages that the lesson promises exist, with good names and with texts.
func TestBreakages(t *testing.T) {
	promised := `clock-ahead clock-behind exp-far wrong-key flip alg-none padded not-a-jwt iss
		iat-missing aud empty-scope misspelt-scope comma-scopes sub grant-type truncated expired
		small-scope not-shared api-disabled no-offset empty-range order page-token stale-sync
		rate-403 rate-429 503`
	for _, name := range strings.Fields(promised) {
		if _, ok := Find(name); !ok {
			t.Errorf("there is no breakage %s", name)
		}
	}
	goodName := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	seen, step := map[string]bool{}, 0
	for _, b := range Breakages() {
		if !goodName.MatchString(b.Name) || seen[b.Name] || b.Step < step || b.Step > 5 {
			t.Errorf("%s: name or place", b.Name)
		}
		seen[b.Name], step = true, b.Step
		for _, text := range []string{b.Title, b.Change, b.Cause, b.Cure} {
			if text == "" || text != walkthrough.Printable(text) || strings.Contains(text, "  ") {
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

// checkResult checks what must be true of every breakage. The parts in good are
// those of the successful run.
func checkResult(t *testing.T, r *Result, good map[string]walkthrough.Part) {
	t.Helper()
	checkChecks(t, r)
	if (r.Answer == nil) != (r.Attempts == 0) {
		t.Errorf("%s: %d attempts, answer %v", r.Name, r.Attempts, r.Answer)
	}
	if r.Answer != nil && (Attested(r.Grade) == "" || r.Source == "") {
		t.Errorf("%s: grade %q, source %q", r.Name, r.Grade, r.Source)
	}
	if regexp.MustCompile(`\b[VDCFR]\b`).MatchString(r.Source) {
		t.Errorf("%s: nothing explains the letter in %s", r.Name, r.Source)
	}
	if (r.Failed > 0) != (len(r.Says) > 1) {
		t.Errorf("%s: step %d failed: %q", r.Name, r.Failed, r.Says)
	}
	if r.Failed > 0 && (len(r.Missed) != 5-r.Failed || len(r.Events) > 0) {
		t.Errorf("%s: step %d failed, %d missed", r.Name, r.Failed, len(r.Missed))
	}
	for _, c := range r.Changed {
		if was := undo(t, r, c); was != string(good[c.Name].Bytes) {
			t.Errorf("%s: without the changes %s differs from the successful run: %s",
				r.Name, c.Name, was)
		}
	}
}

// checkChecks fails unless one check caught a failure after step 2, and no
// check after that one was reached.
func checkChecks(t *testing.T, r *Result) {
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
	if caught > 1 || (r.Failed >= 3) != (caught == 1) {
		t.Errorf("%s fails in step %d, and %d checks caught it", r.Name, r.Failed, caught)
	}
	if (r.Failed == 1 || r.Failed == 2) != (len(r.Checks) == 0) {
		t.Errorf("%s fails in step %d, with %d checks", r.Name, r.Failed, len(r.Checks))
	}
}

// undo returns a changed part without its changes.
func undo(t *testing.T, r *Result, c Changed) string {
	at, was := 0, ""
	for _, d := range c.Ranges {
		isOrdered := at <= d.Start && d.Start <= d.End && d.End <= len(c.Bytes)
		if !isOrdered || d.Start == d.End && d.Was == "" {
			t.Fatalf("%s: %s: range %+v", r.Name, c.Name, d)
		}
		was += string(c.Bytes[at:d.Start]) + d.Was
		at = d.End
	}
	return was + string(c.Bytes[at:])
}

// goodParts returns the parts of the successful run, by name.
func goodParts(t *testing.T) map[string]walkthrough.Part {
	t.Helper()
	a, err := newAttempt()
	if err != nil {
		t.Fatal(err)
	}
	a.run(context.Background())
	parts := map[string]walkthrough.Part{}
	for _, p := range a.parts {
		parts[p.Name] = p
	}
	return parts
}

// Without a change, the lab sends what the lesson shows.
func TestLabIsTheLesson(t *testing.T) {
	trace, err := walkthrough.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	good := goodParts(t)
	for _, name := range []string{
		"key-file", "header", "claims",
		"token-request", "token-response", "events-request", "events-response",
	} {
		part, err := trace.Part(name)
		if err != nil {
			t.Fatal(err)
		}
		got := good[name]
		if !bytes.Equal(got.Bytes, part.Bytes) || got.Kind != part.Kind || got.Title != part.Title {
			t.Errorf("%s: %s\nbut in the lesson: %s", name, got.Bytes, part.Bytes)
		}
	}
}

// The lab quotes the tool exactly as the tool's own tests recorded it.
func TestLabSaysWhatTheToolSays(t *testing.T) {
	for name, seen := range map[string]string{
		"clock-ahead":    "clock-ten-minutes-ahead",
		"clock-behind":   "clock-two-hours-behind",
		"not-shared":     "not-shared",
		"key-deleted":    "key-revoked",
		"misspelt-scope": "misspelt-scope",
		"sub":            "sub-without-delegation",
		"aud":            "wrong-aud",
		"small-scope":    "scope-too-small",
		"rate-429":       "rate-limit",
		"token-503":      "server-down",
		"escaped-twice":  "literal-n",
	} {
		golden, err := os.ReadFile("../../cmd/fivestep/testdata/errors/" + seen + ".txt")
		if err != nil {
			t.Error(err)
			continue
		}
		for _, line := range labResult(t, name).Says {
			if !strings.Contains(string(golden), "! "+line+"\n") {
				t.Errorf("%s: the tool does not print %q:\n%s", name, line, golden)
			}
		}
	}
}
