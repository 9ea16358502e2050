// SPDX-License-Identifier: 0BSD

package calendar

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Each answer in testdata/errors is sent with the status in the file's name.
// The golden file has the error's text and its advice. An error is retried if
// it says that it's temporary.
func TestErrorAnswers(t *testing.T) {
	files, err := os.ReadDir("testdata/errors")
	if err != nil || len(files) < 20 {
		t.Fatal(err, len(files))
	}
	var out strings.Builder
	for _, file := range files {
		status, err := strconv.Atoi(file.Name()[:3])
		if err != nil {
			t.Fatal(err)
		}
		c, s := serve(t, text(status, readFile(t, "errors/"+file.Name())))
		_, err = c.EventsPage(context.Background(), "you@gmail.com", Query{}, "")
		e := fault(t, err)
		if e.StatusCode != status {
			t.Errorf("%s: %+v", file.Name(), e)
		}
		date := e.ServerDate
		if date.IsZero() || date.Location() != time.UTC || time.Since(date).Abs() > time.Hour {
			t.Errorf("%s: %v", file.Name(), date)
		}
		requests := 1
		if e.Temporary() {
			requests = 4
		}
		if s.count() != requests {
			t.Errorf("%s: %d requests, want %d", file.Name(), s.count(), requests)
		}
		wantFull := strings.HasPrefix(file.Name(), "410-fullSync") ||
			strings.HasPrefix(file.Name(), "410-updatedMin")
		if full := errors.Is(err, ErrFullSyncRequired); full != wantFull {
			t.Errorf("%s: full sync %v", file.Name(), full)
		}
		fmt.Fprintf(&out, "%s\n\t%v\n", file.Name(), e)
		fmt.Fprintf(&out, "\tdomain %q location %q help %q temporary %v\n",
			e.Domain, e.Location, e.HelpURL, e.Temporary())
		fmt.Fprintf(&out, "\twhy:  %s\n\n", strings.Replace(e.Advice(), "\n", "\n\thint: ", 1))
	}
	golden(t, "errors.golden", out.String())
}

func TestAdviceWithoutAnAnswer(t *testing.T) {
	seen := map[string]bool{}
	for _, e := range []*Error{
		{}, {StatusCode: 302},
		{at: atQuery}, {at: atToken}, {at: atCertificate}, {at: atProxy}, {at: atNetwork},
		{at: atBody},
		{at: atContext, Err: context.Canceled}, {at: atContext, Err: context.DeadlineExceeded},
		{StatusCode: 403, Reason: "accessNotConfigured"}, {StatusCode: 403, Reason: "forbidden"},
	} {
		why, hint, ok := strings.Cut(e.Advice(), "\n")
		if !ok || hint == "" || strings.Contains(hint, "\n") || seen[why] {
			t.Errorf("%+v: %q", e, e.Advice())
		}
		seen[why] = true
	}
}

func TestWithhold(t *testing.T) {
	secret := "ya29.short+/token"
	for in, want := range map[string]string{
		"":                                      "",
		"Not Found":                             "Not Found",
		"a\x00b\x1b[31m\u202ec\r\nd":            "a?b?[31m?c??d",
		"bad \xff utf-8":                        "bad \uFFFD utf-8",
		"see https://x/y and you@gmail.com":     "see https://x/y and you@gmail.com",
		"see https://x/calendars/you@gmail.com": "see [withheld]", // or it's a password
		"parse //me:pass@proxy:1/":              "parse [withheld]",
		"no Proxy-Authorization:BASIC bWU6cA==": "no Proxy-Authorization:BASIC [withheld]",
		"echo " + secret + "!":                  "[withheld: it quotes a secret]",
		"x=%79 a&#50; \\u0039 &c":               "[withheld] [withheld] [withheld] &c",
		"a " + strings.Repeat("A", 63):          "a " + strings.Repeat("A", 63),
		"a:" + strings.Repeat("_.=-", 16):       "[withheld]",
		strings.Repeat("0", 64) + " 한글":         "[withheld] 한글",
		strings.Repeat("word ", 200):            strings.Repeat("word ", 100) + "...",
		strings.Repeat("한글 ", 200) + secret:     strings.Repeat("한글 ", 71) + "한...",
		strings.Repeat("한글 ", 200):              strings.Repeat("한글 ", 71) + "한...",
	} {
		cause := errors.New(in)
		e := &Error{Reason: in, Message: in, Domain: in, Location: in, HelpURL: in, Err: cause}
		e.withhold([]string{secret})
		for _, got := range []string{
			e.Reason, e.Message, e.Domain, e.Location, e.HelpURL, e.Err.Error(),
		} {
			if got != want || len(got) > 503 {
				t.Errorf("%q: %q, want %q", in, got, want)
			}
		}
		if in == want && e.Err != cause {
			t.Errorf("%q: the cause is lost", in)
		}
	}
}

// Google accepts the scopes that the advice names for each kind of read.
func TestAdvisedScopes(t *testing.T) {
	var discovery struct{ Scopes map[string][]string }
	if err := json.Unmarshal([]byte(readFile(t, "discovery.json")), &discovery); err != nil {
		t.Fatal(err)
	}
	advice := (&Error{StatusCode: 403, Reason: "insufficientPermissions"}).Advice()
	for method, own := range map[string]string{
		"events.list":       "calendar.events.readonly",
		"events.get":        "calendar.events.readonly",
		"calendarList.list": "calendar.calendarlist.readonly",
		"calendars.get":     "calendar.calendars.readonly",
	} {
		for _, scope := range []string{own, "calendar.readonly"} {
			known := slices.Contains(discovery.Scopes[method], scope)
			if !known || !strings.Contains(advice, scope+" ") {
				t.Errorf("%s with %s", method, scope)
			}
		}
	}
}
