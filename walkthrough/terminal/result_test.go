// SPDX-License-Identifier: 0BSD

package terminal

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"example.com/fivestep/walkthrough/fakegoogle"
	"example.com/fivestep/walkthrough/lab"
)

// labResult runs a breakage.
func labResult(t *testing.T, name string) *lab.Result {
	t.Helper()
	r, err := lab.Break(context.Background(), name)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return r
}

// resultText returns the text of a result, after checking what must be true of
// any.
func resultText(t *testing.T, r *lab.Result) string {
	t.Helper()
	var plain, colored strings.Builder
	if err := WriteResult(&plain, r, false); err != nil {
		t.Fatal(err)
	}
	if err := WriteResult(&colored, r, true); err != nil {
		t.Fatal(err)
	}
	if escapes.ReplaceAllString(colored.String(), "") != plain.String() {
		t.Errorf("%s: the colored text says something else", r.Name)
	}
	if !utf8.ValidString(plain.String()) {
		t.Errorf("%s: the text is not UTF-8", r.Name)
	}
	checkLines(t, r.Name, plain.String())
	text := joined(plain.String())
	if regexp.MustCompile(`ya29\.c\.c0AS[A-Za-z0-9]`).MatchString(text) {
		t.Errorf("%s: an access token is shown", r.Name)
	}
	key := privateKey(t)
	for i := 8; i+24 <= len(key); i += 8 {
		if strings.Contains(text, key[i:i+24]) {
			t.Fatalf("%s: the private key is shown, near its character %d", r.Name, i)
		}
	}
	return text
}

func TestResults(t *testing.T) {
	for _, b := range lab.Breakages() {
		text := resultText(t, labResult(t, b.Name))
		if strings.Contains(text, "Your own") || !strings.Contains(text, b.Title) {
			t.Errorf("%s has no title", b.Name)
		}
	}
}

// If nothing was sent, the text says which package refused it.
func TestUnsent(t *testing.T) {
	e := lab.DefaultExperiment()
	e.Calendar = ""
	r, err := e.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	const want = "Which check caught it  No check of Google's: package calendar refused it"
	if text := resultText(t, r); !strings.Contains(text, want) {
		t.Errorf("the text does not say who refused: %s", text)
	}
}

// The text has the fake's reason, for a refusal and for what was accepted.
func TestWhy(t *testing.T) {
	for name, want := range map[string]string{
		"plus":    "Why the fake refused it  wrong: timeMin is",
		"primary": `What the fake noticed  wrong: "primary" is the service account's own calendar`,
	} {
		if text := resultText(t, labResult(t, name)); !strings.Contains(text, want) {
			t.Errorf("%s: no reason in %s", name, text)
		}
	}
	e := lab.DefaultExperiment()
	r, err := e.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if text := resultText(t, r); strings.Contains(text, "the fake noticed") {
		t.Errorf("a run that succeeds is at fault: %s", text)
	}
}

// Sharing a calendar is described in the same words everywhere: those of the
// tool's hint.
func TestSharing(t *testing.T) {
	const click = "calendar.google.com > Settings > the calendar > Shared with > Add people"
	_, text := lessonText(t, fakegoogle.New())
	text = strings.Join(strings.Fields(text), " ")
	r := labResult(t, "not-shared")
	if !strings.Contains(r.Cure, click) || !strings.Contains(strings.Join(r.Says, " "), click) {
		t.Errorf("%s\n%s", r.Cure, r.Says)
	}
	if !strings.Contains(text, click) || strings.Contains(text, "Share with") {
		t.Error("the lesson has another name for the click")
	}
}

func TestWriteBreakages(t *testing.T) {
	var b strings.Builder
	if err := WriteBreakages(&b, false); err != nil {
		t.Fatal(err)
	}
	list := b.String()
	checkLines(t, "-list", list)
	for _, b := range lab.Breakages() {
		name, title := "     "+b.Name+" ", "  "+b.Title+"\n"
		if !strings.Contains(list, name) || !strings.Contains(list, title) {
			t.Errorf("%s is not in the list", b.Name)
		}
	}
	step4 := "4 The access token " + lab.NothingToBreak + " 5 The calendar"
	if !strings.Contains(strings.Join(strings.Fields(list), " "), step4) {
		t.Error("the list has no step 4")
	}
	for _, g := range lab.Grades() {
		if !strings.Contains(list, "   "+g.Letter+"  "+g.Meaning[:20]) {
			t.Errorf("the list does not say what %s means", g.Letter)
		}
	}
}

// Whatever someone types, its result can be shown, and shows no secret.
func FuzzResult(f *testing.F) {
	e := lab.DefaultExperiment()
	f.Add(e.Header, e.Claims, e.Clock, e.Calendar)
	f.Add(`{"alg":"RS256","alg":"none"}`, `{"iss":null,"iat":1e999,"exp":-0}`, "1700000000", "..")
	f.Add("\xff", "{{{{", "2023-11-14T22:13:20Z", "a/b?c#d%e\x00\n")
	f.Add("[]", `{"iss":"reader@fivestep-lesson.iam.gserviceaccount.com","sub":"`+"\u202e"+`"}`,
		"4102444800", "primary")
	f.Add(e.Header, strings.Replace(e.Claims, "readonly", "everything", 1), " "+e.Clock, e.Calendar)
	f.Add("", "", "", "")
	f.Add("null", "hello", e.Clock, e.Calendar)
	f.Add(`{"alg":"HS256"}`, "{}", e.Clock, "")
	f.Add("</textarea><script>alert(1)</script>", "\x00\r\n\r", "-1", "#\"'>")
	f.Add(e.Header, strings.Replace(e.Claims, "reader@", "<b onclick=x>&lt;@", 1),
		e.Clock, `"><img src=x>`)
	f.Add(e.Header, e.Claims, e.Clock, "<b>+`</b>&amp;@x")
	f.Add(e.Header, e.Claims, e.Clock, "en.usa#holiday@group.v.calendar.google.com")
	// Google doesn't know this calendar, so the hint names it.
	f.Add(e.Header, e.Claims, e.Clock, "you@gma\xff\u202el.com")
	f.Add(e.Header, strings.ReplaceAll(e.Claims, ",", ",\r\n  "), e.Clock, e.Calendar)
	f.Fuzz(func(t *testing.T, header, claims, clock, calendar string) {
		e := lab.Experiment{Header: header, Claims: claims, Clock: clock, Calendar: calendar}
		r, err := e.Run(context.Background())
		var bad *lab.FieldError
		if errors.As(err, &bad) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		resultText(t, r)
	})
}
