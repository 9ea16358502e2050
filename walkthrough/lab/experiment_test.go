// SPDX-License-Identifier: 0BSD

package lab

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"testing"
)

// The default is the successful run, and a URL holds all of an experiment.
func TestDefaultExperiment(t *testing.T) {
	e := DefaultExperiment()
	if e.Header == "" || e.Claims == "" ||
		ParseExperiment(nil) != e || ParseExperiment(e.Values()) != e {
		t.Fatalf("%+v", e)
	}
	r, err := e.Run(context.Background())
	if err != nil || r.Failed != 0 || len(r.Events) < 3 || len(r.Changed) != 0 || r.Refused != "" {
		t.Fatalf("%+v, %v", r, err)
	}
	query, err := url.ParseQuery("claims=%7B%0D%0A%7D&calendar=")
	if err != nil {
		t.Fatal(err)
	}
	want := Experiment{Header: e.Header, Claims: "{\n}", Clock: e.Clock}
	if got := ParseExperiment(query); got != want {
		t.Errorf("%+v", got)
	}
}

func TestExperiments(t *testing.T) {
	claims := func(old, now string) func(*Experiment) {
		return func(e *Experiment) { e.Claims = strings.Replace(e.Claims, old, now, 1) }
	}
	const aud = `"https://oauth2.googleapis.com/token"`
	for _, test := range []struct {
		name   string
		edit   func(*Experiment)
		failed int
		says   string
	}{
		{"no JSON", func(e *Experiment) { e.Claims = "hello" }, 4, "400 invalid_request: Bad Request"},
		{"no header", func(e *Experiment) { e.Header = "" }, 4, "400 invalid_request: Bad Request"},
		{"null", func(e *Experiment) { e.Header = "null" }, 4, "400 invalid_request: Bad Request"},
		{"no claims", func(e *Experiment) { e.Claims = "{}" }, 4, "account not found"},
		{"line breaks", func(e *Experiment) { e.Claims = strings.ReplaceAll(e.Claims, ",", ",\n  ") }, 0, ""},
		{"HS256", func(e *Experiment) { e.Header = `{"alg":"HS256"}` }, 4, "Invalid JWT Signature."},
		{"no kid", func(e *Experiment) { e.Header = `{"alg":"RS256"}` }, 0, ""},
		{"later", func(e *Experiment) { e.Clock = " 1700010000 " }, 4, "short-lived token"},
		{"half an hour later", func(e *Experiment) { e.Clock = "2023-11-15T07:43:20+09:00" }, 0, ""},
		{"fraction", claims("1699999990", "1699999990.5"), 0, ""},
		{"text", claims("1699999990", `"1699999990"`), 0, ""},
		{"no number", claims("1699999990", "true"), 4, "short-lived token"},
		{"aud as a list", claims(aud, "["+aud+"]"), 4, "Failed audience check."},
		{"unknown scope", claims("calendar.events.readonly", "calendar.everything"),
			4, "an id_token and no access_token"},
		{"other calendar", func(e *Experiment) { e.Calendar = "somebody@example.com" }, 5, "404 notFound"},
		{"an ID with a #", func(e *Experiment) { e.Calendar = holidays }, 5, "404 notFound"},
		{"no calendar", func(e *Experiment) { e.Calendar = "" }, 5, "is not a valid ID"},
	} {
		e := DefaultExperiment()
		test.edit(&e)
		r, err := e.Run(context.Background())
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		says := strings.Join(r.Says, " ")
		if r.Failed != test.failed || !strings.Contains(says, test.says) ||
			(says == "") != (r.Failed == 0) {
			t.Errorf("%s: step %d fails, %s", test.name, r.Failed, says)
		}
		if (r.Answer == nil) != (test.name == "no calendar") {
			t.Errorf("%s: answer %v", test.name, r.Answer)
		}
	}
}

func TestFieldErrors(t *testing.T) {
	for _, test := range []struct {
		field string
		edit  func(*Experiment)
	}{
		{"clock", func(e *Experiment) { e.Clock = "" }},
		{"clock", func(e *Experiment) { e.Clock = "yesterday" }},
		{"clock", func(e *Experiment) { e.Clock = "9223372036854775807" }},
		{"clock", func(e *Experiment) { e.Clock = "9999-12-31T23:59:59Z" }},
		{"clock", func(e *Experiment) { e.Clock = "0" }},
		{"header", func(e *Experiment) { e.Header = strings.Repeat("x", 1001) }},
		{"claims", func(e *Experiment) { e.Claims = strings.Repeat("[", 4001) }},
		{"calendar", func(e *Experiment) { e.Calendar = strings.Repeat("x", 301) }},
	} {
		e := DefaultExperiment()
		test.edit(&e)
		_, err := e.Run(context.Background())
		var bad *FieldError
		if !errors.As(err, &bad) || bad.Field != test.field || bad.Problem == "" ||
			!strings.Contains(err.Error(), bad.Problem) {
			t.Errorf("%s: error %v", test.field, err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := DefaultExperiment().Run(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("error: %v", err)
	}
}
