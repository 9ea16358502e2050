// SPDX-License-Identifier: 0BSD

package terminal

import (
	"fmt"
	"io"

	"example.com/fivestep/walkthrough"
	"example.com/fivestep/walkthrough/lab"
)

// WriteBreakages lists the lab's breakages by step.
func WriteBreakages(w io.Writer, color bool) error {
	s := &screen{color: color}
	for _, step := range walkthrough.Steps() {
		s.section(fmt.Sprintf("%d  %s", step.Number, step.Title))
		breakages := lab.OfStep(step.Number)
		for _, b := range breakages {
			s.line(fmt.Sprintf("%s   %-16s%s", indent, b.Name, b.Title))
		}
		if len(breakages) == 0 {
			s.item("   ", lab.NothingToBreak)
		}
	}
	s.paragraph(lab.GradesIntro)
	for _, g := range lab.Grades() {
		s.item("   "+g.Letter+"  ", g.Meaning)
	}
	s.paragraph("go run ./cmd/walkthrough -break NAME runs the five steps " +
		"with that one thing changed.")
	s.line("")
	return s.writeTo(w)
}
