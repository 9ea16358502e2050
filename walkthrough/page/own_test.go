// SPDX-License-Identifier: 0BSD

package page

import (
	"context"
	"errors"
	"html"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"example.com/fivestep/walkthrough/lab"
)

// If nothing was sent, none of Google's checks caught it. Each field of the
// form, and each value, has a label.
func TestOwnNotSent(t *testing.T) {
	s := newTestServer(t)
	text := func(target string) string { return words(get(s, target).Body.String()) }
	for target, says := range map[string]string{
		"/own?calendar=": "Which check caught it No check of Google's: " +
			"package calendar refused it before anything of it was sent. " +
			"The token endpoint, step 3 passed",
		"/lab?break=escaped-twice": "Which check caught it No check of Google's: " +
			"package jwt refused it before anything of it was sent. The key was deleted",
		"/own?calendar=primary": "What the fake noticed Wrong \"primary\" is the service account's own",
		"/own?calendar=you@gmial.com": "Why the fake refused it Wrong no calendar has the ID " +
			"\" you@gmial.com \" Fix the account can read \" you@gmail.com \"",
		"/own?claims=hello": "the claims not JSON, 5 bytes",
		"/own?claims={}":    "the claims JSON, 2 bytes",
		"/own":              "Header JSON, but sent as you type it",
		"/own?":             "Claims JSON, but sent as you type it",
		"/own?clock=":       "Calendar its id, such as you@gmail.com",
	} {
		if page := text(target); !strings.Contains(page, says) {
			t.Errorf("%s does not say %q: %s", target, says, page)
		}
	}
	if strings.Contains(text("/own"), "the fake noticed") {
		t.Error("the page finds fault with a run that succeeds")
	}
	if strings.Contains(text("/own?calendar="), "The Calendar API, step 5") {
		t.Error("the page shows checks that were never reached")
	}
}

// If a URL's query can't be parsed, the page says so and doesn't show the
// default.
func TestOwnBrokenAddress(t *testing.T) {
	body := get(newTestServer(t), "/own?claims=%7B%7D;clock=1700000000").Body.String()
	const says = "<b>The address</b> cannot be read: " +
		"a part of it was cut off, or changed on its way.</p>"
	if !strings.Contains(body, says) || strings.Contains(body, "It works") {
		t.Error("a broken address is run")
	}
}

var (
	ownForm  = regexp.MustCompile(`(?s)<form.*</form>`)
	ownField = regexp.MustCompile(
		`(?s)<textarea [^>]*>\n(.*?)</textarea>|<input [^>]* value="([^"]*)"`)
)

// Whatever someone types becomes a URL to share. It is either sent or refused
// by name, and the page shows it unchanged, except for characters that a
// browser wouldn't treat as text.
func FuzzOwn(f *testing.F) {
	s := newTestServer(f)
	e := lab.DefaultExperiment()
	f.Add(e.Header, e.Claims, e.Clock, e.Calendar)
	f.Add(`{"alg":"RS256","alg":"none"}`, `{"iss":null,"iat":1e999,"exp":-0}`, "1700000000", "..")
	f.Add("\xff", "{{{{", "2023-11-14T22:13:20Z", "a/b?c#d%e\x00\n")
	f.Add("[]", `{"iss":"reader@fivestep-lesson.iam.gserviceaccount.com","sub":"`+"\u202e"+`"}`,
		"4102444800", "primary")
	f.Add("</textarea><script>alert(1)</script>", "\x00\r\n\r", "-1", "#\"'>")
	f.Add(e.Header, strings.Replace(e.Claims, "reader@", "<b onclick=x>&lt;@", 1),
		e.Clock, `"><img src=x>`)
	f.Add(e.Header, e.Claims, e.Clock, "<b>+`</b>&amp;@x")
	f.Add(e.Header, strings.Replace(e.Claims, "readonly", "everything", 1), " "+e.Clock, e.Calendar)
	f.Add("", "", "", "")
	// Google doesn't know this calendar, so the hint names it.
	f.Add(e.Header, e.Claims, e.Clock, "you@gma\xff\u202el.com")
	f.Fuzz(func(t *testing.T, header, claims, clock, calendar string) {
		typed := lab.Experiment{Header: header, Claims: claims, Clock: clock, Calendar: calendar}
		e := checkAddress(t, typed)
		content := &resultPage{site: s.site}
		r, err := e.Run(context.Background())
		var bad *lab.FieldError
		switch {
		case errors.As(err, &bad):
			content.BadField, content.Problem = bad.Field, bad.Problem
		case err != nil:
			t.Fatal(err)
		default:
			checkOwnResult(t, r)
			content = newResultPage(s.site, r)
		}
		content.Own = e
		body, err := s.page("own", "Your own", "own", content)
		if err != nil {
			t.Fatal(err)
		}
		checkOwnPage(t, string(body), e)
		// Marking links and names in prose keeps all of its words.
		for _, text := range []string{e.Header, e.Claims, e.Calendar} {
			marked := string(rich(text))
			checkHTML(t, marked)
			if html.UnescapeString(htmlTag.ReplaceAllString(marked, "")) != text {
				t.Errorf("%q becomes %q", text, marked)
			}
		}
	})
}

// checkAddress turns an experiment into a URL and back. Only the line breaks of
// forms may change.
func checkAddress(t *testing.T, typed lab.Experiment) lab.Experiment {
	query, err := url.ParseQuery(typed.Values().Encode())
	if err != nil {
		t.Fatal(err)
	}
	e := lab.ParseExperiment(query)
	again := lab.ParseExperiment(e.Values())
	hasBreaks := strings.Contains(typed.Header+typed.Claims+typed.Clock+typed.Calendar, "\r\n")
	if !hasBreaks && (e != typed || again != e) {
		t.Errorf("%+v became %+v, and that %+v", typed, e, again)
	}
	return e
}

func checkOwnResult(t *testing.T, r *lab.Result) {
	t.Helper()
	if r.Failed > 0 && (len(r.Says) == 0 || len(r.Missed) != 5-r.Failed) {
		t.Errorf("step %d fails: %q", r.Failed, r.Says)
	}
	for _, c := range r.Changed {
		at := 0
		for _, d := range c.Ranges {
			if d.Start < at || d.End < d.Start || d.End > len(c.Bytes) {
				t.Errorf("%s: %+v", c.Name, c.Ranges)
			}
			at = d.End
		}
	}
}

// checkOwnPage fails unless the form shows the values as typed, and the rest of
// the page has no token and only visible characters.
func checkOwnPage(t *testing.T, page string, e lab.Experiment) {
	t.Helper()
	checkHTML(t, page)
	var fields []string
	for _, m := range ownField.FindAllStringSubmatch(page, -1) {
		fields = append(fields, html.UnescapeString(m[1]+m[2]))
	}
	got := strings.Join(fields, "|")
	want := strings.Join([]string{e.Header, e.Claims, e.Clock, e.Calendar}, "|")
	if got != strings.ReplaceAll(want, "\x00", "\ufffd") {
		t.Errorf("%q was typed, the form has %q", want, got)
	}
	rest := html.UnescapeString(ownForm.ReplaceAllString(page, ""))
	unprintable := func(r rune) bool { return !unicode.IsPrint(r) && r != '\n' }
	if i := strings.IndexFunc(rest, unprintable); i >= 0 {
		t.Errorf("does not print: %.100q", rest[i:])
	}
	if !utf8.ValidString(rest) {
		t.Errorf("not UTF-8: %.100q", rest[max(0, strings.IndexRune(rest, utf8.RuneError)):])
	}
	if regexp.MustCompile(`ya29\.c\.c0AS[A-Za-z0-9]`).MatchString(rest) {
		t.Error("an access token is shown")
	}
}
