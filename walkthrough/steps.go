// SPDX-License-Identifier: 0BSD

package walkthrough

import (
	_ "embed" // excerpts.txt
	"strconv"
	"strings"
)

// stepTable has the title and the source of each step, for headings, excerpts
// and traces.
var stepTable = [5]struct {
	title     string
	code      string   // the function to call, as package.Name
	file      string   // its source
	functions []string // in that file: the one or two that do the step
}{
	{
		"The key file", "jwt.ParseKeyFile",
		"jwt/keyfile.go", []string{"ParseKeyFile", "parsePrivateKey"},
	},
	{
		"The JWT", "jwt.Sign",
		"jwt/jwt.go", []string{"SigningInput", "Sign"},
	},
	{
		"The form POST", "tokenexchange.NewRequest",
		"tokenexchange/exchange.go", []string{"NewRequest"},
	},
	{
		"The access token", "tokenexchange.ParseResponse",
		"tokenexchange/exchange.go", []string{"ParseResponse"},
	},
	{
		"The calendar", "calendar.Client.Events",
		"calendar/calendar.go", []string{"Events", "newRequest"},
	},
}

// Steps returns the five steps in order, without parts.
func Steps() []Step {
	var steps []Step
	for i := range stepTable {
		steps = append(steps, newStep(i+1))
	}
	return steps
}

// newStep returns the step with that number and these parts.
func newStep(number int, parts ...Part) Step {
	step := stepTable[number-1]
	return Step{
		Number:  number,
		Title:   step.title,
		Code:    step.code,
		File:    step.file,
		Parts:   parts,
		Excerpt: excerptOf(number),
	}
}

// excerpts is a copy of the functions of the steps, since go:embed can't read
// from other folders. go test -update writes it, and a test compares it with
// the source.
//
//go:embed excerpts.txt
var excerpts string

// excerptMark begins the line before an excerpt: step and number of the first
// line.
const excerptMark = "-- "

// excerptOf returns the source of a step: its functions in order, without their
// doc comments.
func excerptOf(number int) Excerpt {
	step := stepTable[number-1]
	_, text, _ := strings.Cut("\n"+excerpts, "\n"+excerptMark+strconv.Itoa(number)+" ")
	text, _, _ = strings.Cut(text, "\n"+excerptMark)
	line, code, _ := strings.Cut(text, "\n")
	e := Excerpt{
		Title: "func " + strings.Join(step.functions, ", "),
		File:  step.file,
		Code:  strings.TrimRight(code, "\n") + "\n",
	}
	e.Line, _ = strconv.Atoi(line)
	return e
}
