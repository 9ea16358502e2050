// SPDX-License-Identifier: 0BSD

package walkthrough

import (
	_ "embed" // excerpts.txt
	"strconv"
	"strings"
)

// stepTable says what the five steps are called and where they are done.
// Headings, excerpts and traces take it from here.
var stepTable = [5]struct{ title, code, file string }{
	{"The key file", "jwt.ParseKeyFile", "jwt/keyfile.go"},
	{"The JWT", "jwt.Sign", "jwt/jwt.go"},
	{"The form POST", "tokenexchange.NewRequest", "tokenexchange/exchange.go"},
	{"The access token", "tokenexchange.ParseResponse", "tokenexchange/exchange.go"},
	{"The calendar", "calendar.Client.Events", "calendar/events.go"},
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

// excerptMark begins the line before an excerpt: step, file, line and title.
const excerptMark = "-- "

// excerptOf returns the source of a step, taken from excerpts.txt.
func excerptOf(number int) Excerpt {
	_, text, _ := strings.Cut("\n"+excerpts, "\n"+excerptMark+strconv.Itoa(number)+" ")
	text, _, _ = strings.Cut(text, "\n"+excerptMark)
	head, code, _ := strings.Cut(text, "\n")
	place, title, _ := strings.Cut(head, " ")
	file, lineNumber, _ := strings.Cut(place, ":")
	line, _ := strconv.Atoi(lineNumber)
	return Excerpt{
		Title: title,
		File:  file,
		Line:  line,
		Code:  strings.TrimRight(code, "\n") + "\n",
	}
}
