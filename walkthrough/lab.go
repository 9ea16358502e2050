// SPDX-License-Identifier: 0BSD

package walkthrough

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"example.com/fivestep/calendar"
)

// Breakage is one way in which the five steps fail, to be tried with [Break].
type Breakage struct {
	Name   string // in lower case with hyphens; no other has it
	Step   int    // 1 to 5: where the cause lies
	Title  string // in a few words
	Change string // what is changed, a sentence or two
	Cause  string // how it comes about where nobody wanted it
	Cure   string // what helps

	change func(*attempt) // makes the change in a run that would succeed
}

// Result is what became of the five steps.
type Result struct {
	Breakage           // zero for [Own]
	Changed  []Changed // what was sent or made otherwise than in the run that succeeds; none if the change is on Google's side
	Refused  string    // what the packages say instead of making or sending this, so that the lab did it by hand; "": they do it
	Attempts int       // how often the request was sent that failed; Google's trouble that may pass makes it more than one
	Answer   *Part     // Google's last answer in full, but for an access token; nil if there was none
	Failed   int       // number of the step that failed; 0: none
	Missed   []Step    // steps that were not reached, with Number and Title
	Says     []string  // what cmd/fivestep prints: the error, why, one hint or two; none if nothing failed
	Checks   []Check   // those that Google made or would have made, in its order; none of a step in which nothing was sent
	Grade    string    // how well the text of the answer is attested: V, D, C, F or R
	Source   string    // where it was seen
	Events   []*calendar.Event
}

// Changed is a part that differs from that of the run that succeeds.
type Changed struct {
	Part
	Ranges []Range // in order
}

// Range says that Bytes[Start:End] is not what it would be in the run that
// succeeds: Was. Start equals End where something was left out.
type Range struct {
	Start, End int
	Was        string
}

// Check is something that Google makes sure of before it gives out a token, or
// events.
type Check struct {
	Step  int    // 3: the token endpoint makes it; 5: the Calendar API does
	Name  string // what must be so
	State State
}

// State is what became of a check.
type State string

// The states of a check.
const (
	Passed State = "passed"
	Caught State = "failed here"
	Unmade State = "not reached"
)

// Breakages are all there are, by step.
func Breakages() []Breakage {
	return slices.Concat(breakagesOfTheSetup(), breakagesOfTheJWT(), breakagesOfTheExchange(), breakagesOfTheCalendar())
}

// breakagesOf returns those of a step.
func breakagesOf(step int) []Breakage {
	return slices.DeleteFunc(Breakages(), func(b Breakage) bool { return b.Step != step })
}

// nothingToBreak is said of a step that has none, which is step 4.
const nothingToBreak = "Nothing of its own to break: what goes wrong in steps 1 to 3 shows up here."

// FindBreakage returns the breakage of that name.
func FindBreakage(name string) (b Breakage, ok bool) {
	for _, b = range Breakages() {
		if b.Name == name {
			return b, true
		}
	}
	return Breakage{}, false
}

// Break runs the five steps with one thing changed. It sends nothing over any
// network and takes milliseconds; its errors are an unknown name and that of ctx.
func Break(ctx context.Context, name string) (*Result, error) {
	b, ok := FindBreakage(name)
	if !ok {
		return nil, fmt.Errorf("walkthrough: there is no breakage %q", name)
	}
	return tryOut(ctx, b)
}

// tryOut runs the five steps twice: as they are, to compare with, and changed.
func tryOut(ctx context.Context, b Breakage) (*Result, error) {
	var attempts [2]*attempt
	for i := range attempts {
		a, err := lessonAttempt()
		if err != nil {
			return nil, fmt.Errorf("walkthrough: %w", err)
		}
		if i == 1 {
			b.change(a)
		}
		if a.run(ctx); ctx.Err() != nil {
			return nil, fmt.Errorf("walkthrough: %w", ctx.Err())
		}
		attempts[i] = a
	}
	good, a := attempts[0], attempts[1]
	r := &Result{Breakage: b, Changed: a.changedFrom(good.parts), Attempts: a.attempts, Failed: a.failed, Events: a.events}
	if a.refused != nil {
		r.Refused = a.refused.Error()
	}
	if a.failed > 0 {
		r.Says = says(a.failed, a.err, a.calendarID, a.account.ClientEmail)
		for i := a.failed; i < len(stepTitles); i++ {
			r.Missed = append(r.Missed, Step{Number: i + 1, Title: stepTitles[i]})
		}
	}
	if a.failed == 0 || a.failed > 2 {
		r.Checks = judged(a.err)
	}
	if r.withheld() != "" { // then Google had nothing to check in that step
		r.Checks = slices.DeleteFunc(r.Checks, func(c Check) bool { return c.Step >= r.Failed })
	}
	if a.attempts > 0 {
		r.Answer = &a.parts[len(a.parts)-1]
		requests := a.google.Requests()
		answer := requests[len(requests)-1]
		r.Grade, r.Source = answer.Grade, cmp.Or(answer.Source, "none")
	}
	return r, nil
}

// withheld says which package refused a run that failed without a request; "" if
// one was sent.
func (r *Result) withheld() string {
	if r.Failed == 0 || r.Attempts > 0 {
		return ""
	}
	return "No check of Google's: package " + stepPackages[r.Failed-1] + " refused it before anything of it was sent."
}

// grades are how well the text of an answer is attested, the surest first.
var grades = []struct{ Letter, Meaning string }{
	{"V", "verbatim in a public capture"},
	{"D", "from Google's documentation"},
	{"C", "recorded once by others against the real server"},
	{"F", "known only from other fakes and from client code; Google's own text is not attested"},
	{"R", "reconstructed; Google's own text is not attested"},
}

// Attested says what a grade means: how sure it is that Google answers in these
// words.
func Attested(grade string) string {
	for _, g := range grades {
		if g.Letter == grade {
			return g.Meaning
		}
	}
	return ""
}

// gradesSay stands above the grades where all of them are listed.
const gradesSay = "The letter of an answer says how sure it is that Google answers in these words:"

// Names of the steps, as in every trace.
var stepTitles = [...]string{"The key file", "The JWT", "The form POST", "The access token", "The calendar"}

// stepPackages do them.
var stepPackages = [...]string{"jwt", "jwt", "tokenexchange", "tokenexchange", "calendar"}
