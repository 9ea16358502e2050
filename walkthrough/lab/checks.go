// SPDX-License-Identifier: 0BSD

package lab

import (
	"errors"
	"strings"

	"example.com/fivestep/calendar"
	"example.com/fivestep/tokenexchange"
)

// Check is something that Google verifies before it issues a token, or before
// it returns events.
type Check struct {
	Step  int    // 3: by the token endpoint; 5: by the Calendar API
	Name  string // the condition
	State State
}

// State is the result of a check.
type State string

// The results of a check.
const (
	Passed     State = "passed"
	Caught     State = "failed here"
	NotReached State = "not reached"
)

// CheckOrder says how well the order of the checks is attested.
const CheckOrder = "The order of the token endpoint's checks was recorded once " +
	"against the real one (DiametralGroup/ga-mock, docs/CONFORMITE-REELLE.md); " +
	"where sub stands among them, and the order of the Calendar API's, are reconstructed."

// check is one of Google's checks. Its refuses function reports whether an
// answer is a refusal by this check, given an error code and its description,
// or a reason and its message.
type check struct {
	step    int
	name    string
	refuses func(code, text string) bool
}

// googlesChecks are in the order in which the fake makes them.
var googlesChecks = []check{
	{3, "Google can answer",
		mentions("temporarily_unavailable")},
	{3, "the form says grant_type: JWT bearer",
		mentions("unsupported_grant_type")},
	{3, "the assertion is three base64url parts, two of them JSON objects",
		mentions("invalid_request")},
	{3, "iss is a service account",
		mentions("account not found")},
	{3, "a live key of that account made the signature",
		mentions("JWT Signature")},
	{3, "iat and exp are there",
		mentions("is not set")},
	{3, "now lies between iat and exp, which are an hour apart at most",
		mentions("short-lived token")},
	{3, "scope is not empty, and has no comma",
		mentions("invalid_scope")},
	{3, "aud is the token endpoint",
		mentions("audience check")},
	{3, "the account may act for sub, if there is one",
		refusesSub},
	{3, "Google knows each scope",
		mentions("no access_token")},
	{5, "Google can answer, and is not asked too often",
		refusesForNow},
	{5, "the access token is known, whole and not expired",
		isCode("authError", "required")},
	{5, "the Calendar API is enabled in the account's project",
		mentions("accessNotConfigured")},
	{5, "the token's scope covers the request",
		mentions("insufficientPermissions")},
	{5, "the calendar is there and shared with the account",
		mentions("notFound")},
	{5, "the parameters can be understood, and go with each other",
		refusesParameters},
	{5, "the sync token still stands",
		mentions("fullSyncRequired")},
}

func mentions(word string) func(code, text string) bool {
	return func(code, text string) bool {
		return strings.Contains(code, word) || strings.Contains(text, word)
	}
}

func isCode(one, other string) func(code, text string) bool {
	return func(code, _ string) bool { return code == one || code == other }
}

func refusesSub(code, text string) bool {
	return code == "unauthorized_client" || strings.Contains(text, "email")
}

func refusesForNow(code, _ string) bool {
	return strings.HasSuffix(code, "imitExceeded") || code == "backendError"
}

func refusesParameters(code, _ string) bool {
	return strings.HasPrefix(code, "invalid") || code == "badRequest" || code == "timeRangeEmpty"
}

// judge returns the state of every check after step 4 or 5 has failed with err,
// or after all steps have succeeded.
func judge(err error) (all []Check) {
	step, code, text := refusedBy(err)
	caught := false
	for _, c := range googlesChecks {
		state := Passed
		switch {
		case caught:
			state = NotReached
		case step == c.step && c.refuses(code, text):
			state, caught = Caught, true
		}
		all = append(all, Check{c.step, c.name, state})
	}
	if step > 0 && !caught { // refused by a check that isn't listed
		for i := range all {
			if all[i].Step >= step {
				all[i].State = NotReached
			}
		}
	}
	return all
}

// refusedBy returns the step whose request was refused, and Google's words for
// it.
func refusedBy(err error) (step int, code, text string) {
	var token *tokenexchange.Error
	var events *calendar.Error
	switch {
	case errors.As(err, &token):
		return 3, token.Code, token.Description + token.Problem
	case errors.As(err, &events):
		return 5, events.Reason, events.Message
	}
	return 0, "", ""
}
