// SPDX-License-Identifier: 0BSD

package walkthrough

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"testing"
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

// Whatever is typed is either sent or refused by name, and can be shown.
func FuzzOwn(f *testing.F) {
	o := DefaultOwn()
	f.Add(o.Header, o.Claims, o.Clock, o.Calendar)
	f.Add(`{"alg":"RS256","alg":"none"}`, `{"iss":null,"iat":1e999,"exp":-0}`, "1700000000", "..")
	f.Add("\xff", "{{{{", "2023-11-14T22:13:20Z", "a/b?c#d%e\x00\n")
	f.Add("[]", `{"iss":"reader@fivestep-lesson.iam.gserviceaccount.com","sub":"`+"\u202e"+`"}`, "4102444800", "primary")
	f.Fuzz(func(t *testing.T, header, claims, clock, calendar string) {
		o := Own{header, claims, clock, calendar}
		if again := ParseOwn(o.Values()); !strings.Contains(header+claims+clock+calendar, "\r\n") && again != o {
			t.Errorf("%+v came back as %+v", o, again)
		}
		r, err := o.Run(context.Background())
		var bad *OwnError
		if err != nil {
			if !errors.As(err, &bad) {
				t.Fatal(err)
			}
			return
		}
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
	})
}
