// SPDX-License-Identifier: 0BSD

package walkthrough

import (
	_ "embed" // excerpts.txt
	"strconv"
	"strings"
)

// excerpts is copied out of the packages by go test -update: go:embed reaches
// down only. A test compares it with them.
//
//go:embed excerpts.txt
var excerpts string

// excerptMark begins a line that tells where the following ones are from.
const excerptMark = "-- "

// excerptOf is what the source says of a step.
func excerptOf(number int) (e Excerpt) {
	_, text, _ := strings.Cut("\n"+excerpts, "\n"+excerptMark+strconv.Itoa(number)+" ")
	text, _, _ = strings.Cut(text, "\n"+excerptMark)
	head, code, _ := strings.Cut(text, "\n")
	place, title, _ := strings.Cut(head, " ")
	file, line, _ := strings.Cut(place, ":")
	e.Line, _ = strconv.Atoi(line)
	e.Title, e.File, e.Code = title, file, strings.TrimRight(code, "\n")+"\n"
	return e
}
