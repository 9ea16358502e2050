// SPDX-License-Identifier: 0BSD

package lab

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"example.com/fivestep/jwt"
	"example.com/fivestep/walkthrough"
)

// Experiment is a run with your own values. Each field is sent as you typed it,
// right or wrong. The JWT is signed with the test key; there is no place for
// another key.
type Experiment struct {
	Header   string // of the JWT
	Claims   string // of the JWT
	Clock    string // here and at Google: RFC 3339, or seconds since 1970 UTC
	Calendar string // ID of the calendar to read
}

// FieldError says which field of an [Experiment] can't be used at all.
type FieldError struct {
	Field   string // header, claims, clock or calendar
	Problem string // without the field's name: "is too long"
}

// Error returns one line that names the field.
func (e *FieldError) Error() string { return "walkthrough: " + e.Field + ": " + e.Problem }

// DefaultExperiment has the values of [walkthrough.Run].
func DefaultExperiment() Experiment {
	start := walkthrough.StartTime()
	e := Experiment{Clock: start.Format(time.RFC3339), Calendar: walkthrough.CalendarID}
	key, err := jwt.ParseKeyFile(walkthrough.KeyFile())
	if err != nil {
		return e // impossible: every test reads it
	}
	h := jwt.Header{Algorithm: "RS256", Type: "JWT", KeyID: key.PrivateKeyID}
	if assertion, err := jwt.Sign(h, jwt.NewClaims(key, start), key.PrivateKey); err == nil {
		header, claims, _ := jwt.Decode(assertion)
		e.Header, e.Claims = string(header), string(claims)
	}
	return e
}

// field is a field of an [Experiment], by its name in a query.
type field struct {
	name     string
	text     *string
	maxBytes int // all four must fit into a URL
}

func (e *Experiment) fields() []field {
	return []field{
		{"header", &e.Header, 1000},
		{"claims", &e.Claims, 4000},
		{"clock", &e.Clock, 40},
		{"calendar", &e.Calendar, 300},
	}
}

// ParseExperiment reads the query of a URL. A field that isn't in it has the
// value of [DefaultExperiment].
func ParseExperiment(query url.Values) Experiment {
	e := DefaultExperiment()
	for _, f := range e.fields() {
		if query.Has(f.name) {
			// HTML forms send CR LF for each line break.
			*f.text = strings.ReplaceAll(query.Get(f.name), "\r\n", "\n")
		}
	}
	return e
}

// Values returns the query that [ParseExperiment] reads, for a link to share.
func (e Experiment) Values() url.Values {
	query := url.Values{}
	for _, f := range e.fields() {
		query.Set(f.name, *f.text)
	}
	return query
}

// Run does the five steps with the values of e. It takes milliseconds. If
// Google refuses them, that is a result. An error is a *[FieldError], or the
// error of ctx.
func (e Experiment) Run(ctx context.Context) (*Result, error) {
	for _, f := range e.fields() {
		if len(*f.text) > f.maxBytes {
			problem := fmt.Sprintf("is longer than %d bytes", f.maxBytes)
			return nil, &FieldError{f.name, problem}
		}
	}
	clock, err := parseClock(e.Clock)
	if err != nil {
		return nil, err
	}
	return try(ctx, Breakage{change: func(a *attempt) {
		a.google.SetClock(clock)
		a.clock, a.calendarID = clock, e.Calendar
		a.header = func(string) string { return e.Header }
		a.claims = func(string) string { return e.Claims }
	}})
}

// The years for which every step of a run can compute its times.
const (
	firstYear = 1971
	lastYear  = 2199
)

// parseClock reads RFC 3339 or a number of seconds.
func parseClock(text string) (time.Time, error) {
	text = strings.TrimSpace(text)
	var at time.Time
	if seconds, err := strconv.ParseInt(text, 10, 64); err == nil {
		at = time.Unix(seconds, 0)
	} else if at, err = time.Parse(time.RFC3339, text); err != nil {
		return at, &FieldError{"clock", "is neither RFC 3339, as 2023-11-14T22:13:20Z, " +
			"nor a number of seconds, as 1700000000"}
	}
	at = at.UTC()
	if at.Year() < firstYear || at.Year() > lastYear {
		problem := fmt.Sprintf("is not between the years %d and %d", firstYear, lastYear)
		return at, &FieldError{"clock", problem}
	}
	return at, nil
}
