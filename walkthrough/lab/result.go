// SPDX-License-Identifier: 0BSD

package lab

import (
	"cmp"
	"context"
	"fmt"
	"path"

	"example.com/fivestep/calendar"
	"example.com/fivestep/walkthrough"
	"example.com/fivestep/walkthrough/fakegoogle/diagnosis"
)

// Result is the outcome of running the five steps.
type Result struct {
	Breakage // zero for an [Experiment]

	// Changed are the parts that differ from those of the successful run. There
	// are none if the change is on Google's side.
	Changed []Changed

	// Refused is the error of the package that refused to make or send this, if
	// one did. The lab then did it by hand.
	Refused string

	Attempts int                // how often the last request was sent; retries make it more than 1
	Answer   *walkthrough.Part  // Google's last answer, or nil if there was none
	Failed   int                // number of the step that failed, or 0
	Missed   []walkthrough.Step // the steps after it, without parts
	Says     []string           // what cmd/fivestep prints about the failure
	Checks   []Check            // Google's checks in order, except where nothing was sent
	Verdict  diagnosis.Verdict  // the fake's, on the last request
	Grade    string             // of the answer's text; see [Attested]
	Source   string             // where that text was seen
	Events   []*calendar.Event
}

// Changed is a part that differs from that of the successful run.
type Changed struct {
	walkthrough.Part
	Ranges []Range // in order
}

// Range says that Bytes[Start:End] reads Was in the successful run. Start
// equals End where something was left out.
type Range struct {
	Start, End int
	Was        string
}

// try runs the five steps twice: once unchanged, for comparison, and once with
// b's change.
func try(ctx context.Context, b Breakage) (*Result, error) {
	good, err := newAttempt()
	if err != nil {
		return nil, fmt.Errorf("walkthrough: %w", err)
	}
	changed, err := newAttempt()
	if err != nil {
		return nil, fmt.Errorf("walkthrough: %w", err)
	}
	b.change(changed)
	for _, a := range []*attempt{good, changed} {
		a.run(ctx)
		if ctx.Err() != nil {
			return nil, fmt.Errorf("walkthrough: %w", ctx.Err())
		}
	}
	return newResult(b, good, changed), nil
}

func newResult(b Breakage, good, a *attempt) *Result {
	r := &Result{
		Breakage: b,
		Changed:  a.changedFrom(good.parts),
		Attempts: a.attempts,
		Failed:   a.failed,
		Events:   a.events,
	}
	if a.refused != nil {
		r.Refused = a.refused.Error()
	}
	if a.failed > 0 {
		r.Says = walkthrough.ToolMessage(a.failed, a.err, a.calendarID, a.account.ClientEmail)
		r.Missed = walkthrough.Steps()[a.failed:]
	}
	if a.attempts > 0 {
		r.Answer = &a.parts[len(a.parts)-1]
		requests := a.google.Requests()
		answer := requests[len(requests)-1]
		r.Grade, r.Source = answer.Grade, cmp.Or(answer.Source, "none")
		r.Verdict = answer.Verdict
	}
	r.Checks = r.checks()
	return r
}

// WhyTitle is the title of what the fake says about the last request. It's ""
// if it says nothing.
func (r *Result) WhyTitle() string {
	switch {
	case r.Verdict.Wrong == "":
		return ""
	case r.Failed > 0:
		return "Why the fake refused it"
	}
	return "What the fake noticed"
}

// WhyRemark says that none of it comes from Google.
const WhyRemark = "This isn't part of the answer. " +
	"The fake sees what Google would see, and says what it knows."

func (r *Result) unsent() bool { return r.Failed > 0 && r.Attempts == 0 }

// Unsent says which package refused to send the request that would have failed.
// It is "" if one was sent.
func (r *Result) Unsent() string {
	if !r.unsent() {
		return ""
	}
	folder := path.Dir(walkthrough.Steps()[r.Failed-1].File)
	return "No check of Google's: package " + folder +
		" refused it before anything of it was sent."
}
