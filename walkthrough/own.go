// SPDX-License-Identifier: 0BSD

package walkthrough

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"example.com/fivestep/jwt"
)

// Own is a run of one's own: each field is text as somebody typed it, and sent as
// it is, right or wrong. It is signed with the test key; there is no place for
// another one.
type Own struct {
	Header   string // of the JWT, JSON if it is to be understood
	Claims   string // of the JWT, JSON if it is to be understood
	Clock    string // when it happens, here and at Google: RFC 3339, or seconds since 1970-01-01T00:00:00Z
	Calendar string // id of the calendar to read; the fake Google has you@gmail.com
}

// OwnError says which field of an [Own] cannot be used at all.
type OwnError struct {
	Field   string // header, claims, clock or calendar: the name in the query
	Problem string // half a sentence, without a full stop
}

// Error is one line that names the field.
func (e *OwnError) Error() string { return "walkthrough: " + e.Field + ": " + e.Problem }

// DefaultOwn is what [Run] sends, and when.
func DefaultOwn() Own {
	o := Own{Clock: startOfRun().Format(time.RFC3339), Calendar: calendarID}
	key, err := jwt.ParseKeyFile(testKeyFile())
	if err != nil {
		return o // cannot be: every test has read it
	}
	header := jwt.Header{Algorithm: "RS256", Type: "JWT", KeyID: key.PrivateKeyID}
	if assertion, err := jwt.Sign(header, jwt.NewClaims(key, startOfRun()), key.PrivateKey); err == nil {
		h, c, _ := jwt.Decode(assertion)
		o.Header, o.Claims = string(h), string(c)
	}
	return o
}

// fields are the texts by their names in the query, with the most bytes that are
// taken: an address must hold them all.
func (o *Own) fields() []struct {
	name string
	text *string
	most int
} {
	return []struct {
		name string
		text *string
		most int
	}{{"header", &o.Header, 1000}, {"claims", &o.Claims, 4000}, {"clock", &o.Clock, 40}, {"calendar", &o.Calendar, 300}}
}

// ParseOwn reads the query of an address. What is not in it is as in [DefaultOwn].
func ParseOwn(query url.Values) Own {
	o := DefaultOwn()
	for _, f := range o.fields() {
		if query.Has(f.name) {
			*f.text = strings.ReplaceAll(query.Get(f.name), "\r\n", "\n") // forms send CR LF
		}
	}
	return o
}

// Values is the query of an address that [ParseOwn] reads: a link to be shared.
func (o Own) Values() url.Values {
	query := url.Values{}
	for _, f := range o.fields() {
		query.Set(f.name, *f.text)
	}
	return query
}

// Run does the five steps with o. It sends nothing over any network and takes
// milliseconds. Its errors are an *[OwnError] and that of ctx: what Google refuses
// is a result.
func (o Own) Run(ctx context.Context) (*Result, error) {
	for _, f := range o.fields() {
		if len(*f.text) > f.most {
			return nil, &OwnError{f.name, fmt.Sprintf("is longer than %d bytes", f.most)}
		}
	}
	clock, err := parseClock(o.Clock)
	if err != nil {
		return nil, err
	}
	return tryOut(ctx, Breakage{change: func(a *attempt) {
		a.google.SetClock(clock)
		a.clock, a.calendarID = clock, o.Calendar
		a.header = func(string) string { return o.Header }
		a.claims = func(string) string { return o.Claims }
	}})
}

// parseClock reads a moment in the years that all of the run can count with.
func parseClock(text string) (time.Time, error) {
	text = strings.TrimSpace(text)
	at, err := time.Parse(time.RFC3339, text)
	if seconds, err2 := strconv.ParseInt(text, 10, 64); err2 == nil {
		at, err = time.Unix(seconds, 0), nil
	}
	if at = at.UTC(); err != nil {
		return at, &OwnError{"clock", "is neither RFC 3339, as 2023-11-14T22:13:20Z, nor a number of seconds, as 1700000000"}
	} else if at.Year() < 1971 || at.Year() > 2199 {
		return at, &OwnError{"clock", "is not between the years 1971 and 2199"}
	}
	return at, nil
}
