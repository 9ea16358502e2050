// SPDX-License-Identifier: 0BSD

// Package lab runs the five steps of package walkthrough with one thing broken,
// and shows what changes, what Google answers and which of its checks fails. It
// sends nothing over any network.
package lab

import (
	"context"
	"fmt"
	"slices"
)

// Breakage is one way in which the five steps fail. [Break] tries it.
type Breakage struct {
	Name   string // unique, in lower case with hyphens
	Step   int    // 1 to 5: where the cause is
	Title  string // in a few words
	Change string // the change, in a sentence or two
	Cause  string // how it happens in practice
	Cure   string // how to fix it

	change func(*attempt) // makes the change in a run that would succeed
}

// Breakages returns every breakage, in the order of the steps.
func Breakages() []Breakage {
	return slices.Concat(breakSetup(), breakJWT(), breakExchange(), breakCalendar())
}

// OfStep returns the breakages of one step. Step 4 has none; see
// [NothingToBreak].
func OfStep(step int) []Breakage {
	return slices.DeleteFunc(Breakages(), func(b Breakage) bool { return b.Step != step })
}

// NothingToBreak explains why a step has no breakages.
const NothingToBreak = "Nothing of its own to break: " +
	"what goes wrong in steps 1 to 3 shows up here."

// Find returns the breakage with that name.
func Find(name string) (b Breakage, ok bool) {
	for _, b = range Breakages() {
		if b.Name == name {
			return b, true
		}
	}
	return Breakage{}, false
}

// Break runs the five steps with one thing broken. It takes milliseconds. It
// returns an error if there is no such breakage, or the error of ctx if ctx
// ends.
func Break(ctx context.Context, name string) (*Result, error) {
	b, ok := Find(name)
	if !ok {
		return nil, fmt.Errorf("walkthrough: there is no breakage %q", name)
	}
	return try(ctx, b)
}
