// SPDX-License-Identifier: 0BSD

package walkthrough

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
)

// The default is the run that succeeds, and the address is its state.
func TestOwn(t *testing.T) {
	o := DefaultOwn()
	if o.Header == "" || o.Claims == "" || ParseOwn(nil) != o || ParseOwn(o.Values()) != o {
		t.Fatalf("%+v", o)
	}
	r, err := o.Run(context.Background())
	if err != nil || r.Failed != 0 || len(r.Events) < 3 || len(r.Changed) != 0 || r.Refused != "" {
		t.Fatalf("%+v, %v", r, err)
	}
	labText(t, r)
	query, err := url.ParseQuery("claims=%7B%0D%0A%7D&calendar=")
	if err != nil {
		t.Fatal(err)
	}
	if got := ParseOwn(query); got.Claims != "{\n}" || got.Calendar != "" || got.Header != o.Header || got.Clock != o.Clock {
		t.Errorf("%+v", got)
	}
}

func TestOwnResults(t *testing.T) {
	claims := func(old, now string) func(*Own) {
		return func(o *Own) { o.Claims = strings.Replace(o.Claims, old, now, 1) }
	}
	for _, test := range []struct {
		name   string
		edit   func(*Own)
		failed int
		says   string
	}{
		{"no JSON", func(o *Own) { o.Claims = "hello" }, 4, "400 invalid_request: Bad Request"},
		{"no header", func(o *Own) { o.Header = "" }, 4, "400 invalid_request: Bad Request"},
		{"null", func(o *Own) { o.Header = "null" }, 4, "400 invalid_request: Bad Request"},
		{"nothing in it", func(o *Own) { o.Claims = "{}" }, 4, "account not found"},
		{"blanks are no matter", func(o *Own) { o.Claims = strings.ReplaceAll(o.Claims, ",", ",\n  ") }, 0, ""},
		{"HS256", func(o *Own) { o.Header = `{"alg":"HS256"}` }, 4, "Invalid JWT Signature."},
		{"no kid", func(o *Own) { o.Header = `{"alg":"RS256"}` }, 0, ""},
		{"later", func(o *Own) { o.Clock = " 1700010000 " }, 4, "short-lived token"},
		{"half an hour later", func(o *Own) { o.Clock = "2023-11-15T07:43:20+09:00" }, 0, ""},
		{"fraction", claims("1699999990", "1699999990.5"), 0, ""},
		{"text", claims("1699999990", `"1699999990"`), 0, ""},
		{"no number", claims("1699999990", "true"), 4, "short-lived token"},
		{"aud as a list", claims(`"https://oauth2.googleapis.com/token"`, `["https://oauth2.googleapis.com/token"]`), 4, "Failed audience check."},
		{"unknown scope", claims("calendar.events.readonly", "calendar.everything"), 4, "an id_token and no access_token"},
		{"other calendar", func(o *Own) { o.Calendar = "somebody@example.com" }, 5, "404 notFound"},
		{"a calendar's id with a #", func(o *Own) { o.Calendar = "en.usa#holiday@group.v.calendar.google.com" }, 5, "404 notFound"},
		{"no calendar", func(o *Own) { o.Calendar = "" }, 5, "is not the id of anything"},
	} {
		o := DefaultOwn()
		test.edit(&o)
		r, err := o.Run(context.Background())
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		if says := strings.Join(r.Says, " "); r.Failed != test.failed || !strings.Contains(says, test.says) || (says == "") != (r.Failed == 0) {
			t.Errorf("%s: step %d fails, %s", test.name, r.Failed, says)
		}
		if (r.Answer == nil) != (test.name == "no calendar") {
			t.Errorf("%s: answer %v", test.name, r.Answer)
		}
		labText(t, r)
	}
}

// What was never sent was caught by no check of Google's, and the labels of the form
// and of what was typed say what it is.
func TestOwnNotSent(t *testing.T) {
	s := newTestServer(t)
	text := func(target string) string {
		page := htmlTag.ReplaceAllString(get(s, target).Body.String(), " ")
		return strings.Join(strings.Fields(html.UnescapeString(page)), " ")
	}
	for target, says := range map[string]string{
		"/own?calendar=":           "Which check caught it No check of Google's: package calendar refused it before anything of it was sent. The token endpoint, step 3 passed",
		"/lab?break=escaped-twice": "Which check caught it No check of Google's: package jwt refused it before anything of it was sent. The key was deleted",
		"/own?claims=hello":        "the claims not JSON, 5 bytes",
		"/own?claims={}":           "the claims JSON, 2 bytes",
		"/own":                     "Header JSON, but sent as you type it",
		"/own?":                    "Claims JSON, but sent as you type it",
		"/own?clock=":              "Calendar its id, such as you@gmail.com",
	} {
		if page := text(target); !strings.Contains(page, says) {
			t.Errorf("%s does not say %q: %s", target, says, page)
		}
	}
	if strings.Contains(text("/own?calendar="), "The Calendar API, step 5") {
		t.Error("checks are shown that nothing came to")
	}
	o := DefaultOwn()
	o.Calendar = ""
	if r, err := o.Run(context.Background()); err != nil || !strings.Contains(labText(t, r), "Which check caught it  No check of Google's: package calendar refused it") {
		t.Errorf("the text does not say who refused: %v", err)
	}
}

func TestOwnErrors(t *testing.T) {
	for _, test := range []struct {
		field string
		edit  func(*Own)
	}{
		{"clock", func(o *Own) { o.Clock = "" }},
		{"clock", func(o *Own) { o.Clock = "yesterday" }},
		{"clock", func(o *Own) { o.Clock = "9223372036854775807" }},
		{"clock", func(o *Own) { o.Clock = "9999-12-31T23:59:59Z" }},
		{"clock", func(o *Own) { o.Clock = "0" }},
		{"header", func(o *Own) { o.Header = strings.Repeat("x", 1001) }},
		{"claims", func(o *Own) { o.Claims = strings.Repeat("[", 4001) }},
		{"calendar", func(o *Own) { o.Calendar = strings.Repeat("x", 301) }},
	} {
		o := DefaultOwn()
		test.edit(&o)
		_, err := o.Run(context.Background())
		var bad *OwnError
		if !errors.As(err, &bad) || bad.Field != test.field || !strings.Contains(err.Error(), bad.Problem) || bad.Problem == "" {
			t.Errorf("%s: error %v", test.field, err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := DefaultOwn().Run(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("error: %v", err)
	}
}

var (
	htmlTag  = regexp.MustCompile(`<(/?)([a-z][a-z0-9]*)((?: [a-z-]+(?:="[^"<>]*")?)*)>|<!DOCTYPE html>`)
	ownForm  = regexp.MustCompile(`(?s)<form.*</form>`)
	ownField = regexp.MustCompile(`(?s)<textarea [^>]*>\n(.*?)</textarea>|<input [^>]* value="([^"]*)"`)
)

// checkHTML fails unless every < and > belongs to a tag, every element is closed, and
// nothing can run.
func checkHTML(t *testing.T, page string) {
	t.Helper()
	var open []string
	for _, m := range htmlTag.FindAllStringSubmatch(page, -1) {
		switch name := m[2]; {
		case name == "script" || strings.Contains(m[3], " on") || strings.Contains(m[3], "javascript:"):
			t.Errorf("%s on the page", m[0])
		case name == "" || name == "meta" || name == "link" || name == "input":
		case m[1] == "":
			open = append(open, name)
		case len(open) == 0 || open[len(open)-1] != name:
			t.Fatalf("%s closes %q", m[0], open)
		default:
			open = open[:len(open)-1]
		}
	}
	if rest := htmlTag.ReplaceAllString(page, ""); strings.ContainsAny(rest, "<>") || len(open) > 0 {
		at := max(strings.IndexAny(rest, "<>"), 0)
		t.Errorf("not well-formed: %.100q, %q are open", rest[at:], open)
	}
}

// Whatever is typed is an address to be shared, is either sent or refused by name, and
// is shown as it was typed, but for what a browser or a terminal would take for more
// than text.
func FuzzOwn(f *testing.F) {
	s := newTestServer(f)
	o := DefaultOwn()
	f.Add(o.Header, o.Claims, o.Clock, o.Calendar)
	f.Add(`{"alg":"RS256","alg":"none"}`, `{"iss":null,"iat":1e999,"exp":-0}`, "1700000000", "..")
	f.Add("\xff", "{{{{", "2023-11-14T22:13:20Z", "a/b?c#d%e\x00\n")
	f.Add("[]", `{"iss":"reader@fivestep-lesson.iam.gserviceaccount.com","sub":"`+"\u202e"+`"}`, "4102444800", "primary")
	f.Add("</textarea><script>alert(1)</script>", "\x00\r\n\r", "-1", "#\"'>")
	f.Add(o.Header, strings.Replace(o.Claims, "reader@", "<b onclick=x>&lt;@", 1), o.Clock, `"><img src=x>`)
	f.Add(o.Header, o.Claims, o.Clock, "<b>+`</b>&amp;@x")
	f.Add(o.Header, strings.Replace(o.Claims, "readonly", "everything", 1), " "+o.Clock, o.Calendar)
	f.Add("", "", "", "")
	f.Add(o.Header, o.Claims, o.Clock, "you@gma\xff\u202el.com") // Google does not know it; the hint names it
	f.Fuzz(func(t *testing.T, header, claims, clock, calendar string) {
		typed := Own{header, claims, clock, calendar}
		query, err := url.ParseQuery(typed.Values().Encode())
		if err != nil {
			t.Fatal(err)
		}
		o := ParseOwn(query) // typed, but for the line ends of forms
		if again := ParseOwn(o.Values()); !strings.Contains(header+claims+clock+calendar, "\r\n") && (o != typed || again != o) {
			t.Errorf("%+v came back as %+v, and that as %+v", typed, o, again)
		}
		content := &resultPage{site: s.site}
		r, err := o.Run(context.Background())
		var bad *OwnError
		if errors.As(err, &bad) {
			content.BadField, content.Problem = bad.Field, bad.Problem
		} else if err != nil {
			t.Fatal(err)
		} else {
			checkOwnResult(t, r)
			content = newResultPage(s.site, r)
		}
		content.Own = o
		body, err := s.page("own", "Your own", "own", content)
		if err != nil {
			t.Fatal(err)
		}
		page := string(body)
		checkHTML(t, page)
		var fields []string
		for _, m := range ownField.FindAllStringSubmatch(page, -1) {
			fields = append(fields, html.UnescapeString(m[1]+m[2]))
		}
		if want := []string{o.Header, o.Claims, o.Clock, o.Calendar}; strings.Join(fields, "|") != strings.ReplaceAll(strings.Join(want, "|"), "\x00", "\ufffd") {
			t.Errorf("typed was %q, the form has %q", want, fields)
		}
		// Beside the form it is what a run came to: no token, and no character that is
		// not for the eye.
		rest := html.UnescapeString(ownForm.ReplaceAllString(page, ""))
		if strings.ContainsFunc(rest, func(r rune) bool { return !unicode.IsPrint(r) && r != '\n' }) || !utf8.ValidString(rest) {
			at := strings.IndexFunc(rest, func(r rune) bool { return !unicode.IsPrint(r) && r != '\n' || r == utf8.RuneError })
			t.Errorf("does not print: %.100q", rest[max(at, 0):])
		}
		if regexp.MustCompile(`ya29\.c\.c0AS[A-Za-z0-9]`).MatchString(rest) {
			t.Error("an access token is shown")
		}
		// Prose with links and names in it has its words still.
		for _, text := range []string{o.Header, o.Claims, o.Calendar} {
			marked := string(rich(text))
			if checkHTML(t, marked); html.UnescapeString(htmlTag.ReplaceAllString(marked, "")) != text {
				t.Errorf("%q becomes %q", text, marked)
			}
		}
	})
}

func checkOwnResult(t *testing.T, r *Result) {
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
	if text := labText(t, r); !utf8.ValidString(text) {
		t.Error("the text is not UTF-8")
	}
}
