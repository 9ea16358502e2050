// SPDX-License-Identifier: 0BSD

package terminal

import (
	"fmt"
	"io"
	"strings"

	"example.com/fivestep/walkthrough"
	"example.com/fivestep/walkthrough/lab"
)

// WriteResult writes the result of a breakage or an experiment.
func WriteResult(w io.Writer, r *lab.Result, color bool) error {
	s := &screen{color: color}
	s.line("")
	if r.Name == "" {
		s.line(indent + s.paint(bold, "Your own"))
	} else {
		s.heading(bold, r.Title, fmt.Sprintf("step %d, -break %s", r.Step, r.Name))
	}
	s.paragraph(r.Change)
	s.progress(r)
	s.why(r)
	s.changes(r)
	s.answer(r)
	s.whatTheToolSays(r)
	s.remedy("How it comes about", r.Cause)
	s.remedy("What helps", r.Cure)
	s.checks(r.Checks)
	if text := r.Unsent(); text != "" {
		s.section("Which check caught it")
		s.item("", text)
	}
	s.line("")
	return s.writeTo(w)
}

// progress shows how far the run got.
func (s *screen) progress(r *lab.Result) {
	var all []string
	for _, step := range walkthrough.Steps() {
		title := strings.ToLower(strings.TrimPrefix(step.Title, "The "))
		name := fmt.Sprintf("%d %s", step.Number, title)
		switch {
		case r.Failed == 0 || step.Number < r.Failed:
			all = append(all, "✓ "+name)
		case step.Number == r.Failed:
			all = append(all, s.paint(red, "✗ "+name))
		default:
			all = append(all, s.paint(faint, "· "+name))
		}
	}
	s.line("")
	s.line(indent + strings.Join(all, "   "))
}

// why shows what the fake says about the last request.
func (s *screen) why(r *lab.Result) {
	if r.WhyTitle() == "" {
		return
	}
	s.section(r.WhyTitle())
	s.item("wrong: ", r.Verdict.Wrong)
	if r.Verdict.Fix != "" {
		s.item("fix:   ", r.Verdict.Fix)
	}
	s.paragraph(lab.WhyRemark)
}

// changes shows the differences from the successful run.
func (s *screen) changes(r *lab.Result) {
	if r.Refused != "" {
		s.paragraph("The packages would not have made this (" + r.Refused + "); " +
			"the lab made it by hand.")
	}
	if len(r.Changed) == 0 && r.Attempts > 0 {
		s.paragraph("Nothing of what is sent is different.")
	}
	for _, c := range r.Changed {
		what := c.Title
		if c.Kind == walkthrough.HTTP {
			what = "the request " + what
		}
		s.line("")
		s.heading("", "Changed: "+what, fmt.Sprintf("%s, %d bytes", c.Kind, c.SizeOnWire()))
		s.changed(c)
	}
}

// answer shows Google's last answer.
func (s *screen) answer(r *lab.Result) {
	if r.Answer == nil {
		return
	}
	remark := fmt.Sprintf("%d bytes", r.Answer.SizeOnWire())
	if r.Attempts > 1 {
		remark = fmt.Sprintf("the last of %d", r.Attempts)
	}
	s.line("")
	s.heading("", "Google's answer, "+r.Answer.Title, remark)
	if r.Failed == 0 {
		const enough = 1000 // bytes of a list of events
		s.message(r.Answer.Bytes, enough)
		return
	}
	s.message(r.Answer.Bytes, len(r.Answer.Bytes))
	s.paragraph(fmt.Sprintf("The fake Google in this program says so. Grade %s: %s. Source: %s.",
		r.Grade, lab.Attested(r.Grade), strings.TrimRight(r.Source, ".")))
}

func (s *screen) whatTheToolSays(r *lab.Result) {
	s.section("What the tool says")
	s.toolLines(r.Says)
	if r.Failed == 0 {
		s.item("", fmt.Sprintf("Nothing: all five steps succeed, and %d events come.",
			len(r.Events)))
		s.agenda(r.Events)
	}
}

func (s *screen) remedy(title, text string) {
	if text != "" {
		s.section(title)
		s.item("", text)
	}
}

// checks lists Google's checks by step.
func (s *screen) checks(all []lab.Check) {
	step := 0
	for _, c := range all {
		if c.Step != step {
			step = c.Step
			s.section(checksTitle(step))
		}
		switch c.State {
		case lab.Passed:
			s.line(indent + "✓ " + c.Name)
		case lab.Caught:
			s.line(indent + s.paint(red, "✗ "+c.Name) + " <- here")
		default:
			s.line(indent + s.paint(faint, "· "+c.Name))
		}
	}
	if len(all) > 0 {
		s.paragraph(lab.CheckOrder)
	}
}

func checksTitle(step int) string {
	if step == 3 {
		return "What the token endpoint checks"
	}
	return "What the Calendar API checks"
}
