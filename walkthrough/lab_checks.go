// SPDX-License-Identifier: 0BSD

package walkthrough

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"example.com/fivestep/calendar"
	"example.com/fivestep/jwt"
	"example.com/fivestep/tokenexchange"
)

// CheckOrder says how well the order of the checks is attested.
const CheckOrder = "The order of the token endpoint's checks was recorded once against the real one " +
	"(DiametralGroup/ga-mock, docs/CONFORMITE-REELLE.md); where sub stands among them, and the order of the Calendar API's, are reconstructed."

// check is one of Google's, with how its refusal is told.
type check struct {
	step    int
	name    string
	refuses func(code, text string) bool // error and description, or reason and location
}

func has(part string) func(string, string) bool {
	return func(code, text string) bool { return strings.Contains(code, part) || strings.Contains(text, part) }
}

// checks are Google's, in the order of the fake.
var checks = []check{
	{3, "Google can answer", has("temporarily_unavailable")},
	{3, "the form says grant_type: JWT bearer", has("unsupported_grant_type")},
	{3, "the assertion is three base64url parts, two of them JSON objects", has("invalid_request")},
	{3, "iss is a service account", has("account not found")},
	{3, "a live key of that account made the signature", has("JWT Signature")},
	{3, "iat and exp are there", has("is not set")},
	{3, "now lies between iat and exp, which are an hour apart at most", has("short-lived token")},
	{3, "scope is not empty, and has no comma", has("invalid_scope")},
	{3, "aud is the token endpoint", has("audience check")},
	{3, "the account may act for sub, if there is one", func(code, text string) bool { return code == "unauthorized_client" || strings.Contains(text, "email") }},
	{3, "Google knows each scope", has("no access_token")},
	{5, "Google can answer, and is not asked too often", func(code, _ string) bool { return strings.HasSuffix(code, "imitExceeded") || code == "backendError" }},
	{5, "the access token is known, whole and not expired", func(code, _ string) bool { return code == "authError" || code == "required" }},
	{5, "the Calendar API is enabled in the account's project", has("accessNotConfigured")},
	{5, "the token's scope covers the request", has("insufficientPermissions")},
	{5, "the calendar is there and shared with the account", has("notFound")},
	{5, "the parameters can be understood, and go with each other", func(code, _ string) bool {
		return strings.HasPrefix(code, "invalid") || code == "badRequest" || code == "timeRangeEmpty"
	}},
	{5, "the sync token still stands", has("fullSyncRequired")},
}

// judged tells from the error of step 4 or 5 which checks were passed.
func judged(err error) (all []Check) {
	var token *tokenexchange.Error
	var events *calendar.Error
	var code, text string
	step := 0
	switch {
	case errors.As(err, &token):
		step, code, text = 3, token.Code, token.Description+token.Problem
	case errors.As(err, &events):
		step, code, text = 5, events.Reason, events.Message
	}
	for _, c := range checks {
		state := Passed
		switch {
		case len(all) > 0 && all[len(all)-1].State != Passed:
			state = Unmade
		case step == c.step && c.refuses(code, text):
			state = Caught
		}
		all = append(all, Check{c.step, c.name, state})
	}
	for i := range all { // a refusal that is not known here, or nothing was sent: then of that step nothing is
		if step > 0 && !slices.ContainsFunc(all, func(c Check) bool { return c.State == Caught }) && all[i].Step >= step {
			all[i].State = Unmade
		}
	}
	return all
}

// says is what cmd/fivestep prints of an error, when this account reads this
// calendar, but for the hints that only repeat what the key file holds.
func says(step int, err error, calendarID, email string) []string {
	var key *jwt.KeyFileError
	var token *tokenexchange.Error
	var events *calendar.Error
	var text, advice string
	switch {
	case errors.As(err, &key):
		text, advice = "key.json: "+strings.TrimPrefix(key.Error(), "jwt: key file: "), key.Advice()
	case errors.As(err, &token):
		text, advice = strings.TrimPrefix(token.Error(), "tokenexchange: "), token.Advice()
	case errors.As(err, &events):
		text, advice = strings.TrimPrefix(events.Error(), "calendar: "), events.Advice()
	default:
		return []string{"fivestep: " + err.Error()}
	}
	why, hint, _ := strings.Cut(advice, "\n")
	lines := []string{fmt.Sprintf("fivestep: step %d: %s", step, text), "why: " + why, "hint: " + hint}
	if events != nil && events.Reason == "notFound" {
		lines = append(lines, fmt.Sprintf("hint: share %s with %s: calendar.google.com > Settings > the calendar > Shared with > Add people", printable(calendarID), email))
	}
	return lines
}
