// SPDX-License-Identifier: 0BSD

package lab

import "example.com/fivestep/walkthrough/fakegoogle/diagnosis"

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
	"where sub belongs among them, and the order of the Calendar API's, are reconstructed."

// unmade takes the place of the number of a refusing check when none of a server's
// checks was made, or it can't be told which one refused.
const unmade = -1

// checks returns Google's checks with their states, as the fake's verdict on
// the last request has them. It leaves out those of a step that sent nothing,
// and of the steps after it.
func (r *Result) checks() []Check {
	token, api := 0, 0 // numbers of the checks that refused
	switch r.Failed {
	case 1, 2:
		return nil
	case 4:
		token, api = r.refusedBy(), unmade
	case 5:
		api = r.refusedBy()
	}
	all := withStates(3, diagnosis.TokenChecks, token)
	if r.unsent() {
		return all
	}
	return append(all, withStates(5, diagnosis.CalendarChecks, api)...)
}

// refusedBy returns the number of the check that refused the last request.
func (r *Result) refusedBy() int {
	switch {
	case r.Attempts > 0 && r.Verdict.Refused > 0:
		return r.Verdict.Refused
	case r.Attempts > 0 && r.Failed == 4:
		// The fake has accepted the assertion, as Google does, but returned an
		// ID token instead of an access token.
		return diagnosis.KnownScopes
	}
	return unmade
}

// withStates returns the checks that a step meets. The one with the number
// refused failed; 0 means that all passed.
func withStates(step int, checks []diagnosis.Check, refused int) (all []Check) {
	for i, c := range checks {
		number, state := i+1, Passed
		switch {
		case number == refused:
			state = Caught
		case refused != 0 && number > refused:
			state = NotReached
		}
		all = append(all, Check{step, c.Demand, state})
	}
	return all
}
