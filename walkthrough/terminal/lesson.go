// SPDX-License-Identifier: 0BSD

package terminal

import (
	"fmt"
	"io"
	"strings"

	"example.com/fivestep/walkthrough"
)

// WriteLesson writes a trace with the lesson's explanations.
func WriteLesson(w io.Writer, t *walkthrough.Trace, color bool) error {
	l := &lesson{screen: &screen{color: color}, trace: t}
	l.line("")
	l.line(indent + l.paint(bold, strings.Join(l.say("title"), " ")))
	l.line("")
	l.paragraphs("intro")
	for _, step := range t.Steps {
		l.step(step)
	}
	l.line("")
	l.agenda(t.Events)
	l.rule()
	l.paragraphs("page")
	l.commands("page command")
	l.paragraphs("end")
	l.commands("command")
	if l.err != nil {
		return fmt.Errorf("walkthrough: %w", l.err)
	}
	return l.writeTo(w)
}

// lesson is the text of a trace.
type lesson struct {
	*screen
	trace *walkthrough.Trace
	err   error // the first one
}

// say returns what the lesson says at a place.
func (l *lesson) say(place string) []string {
	paragraphs, err := l.trace.Say(place)
	if err != nil && l.err == nil {
		l.err = err
	}
	return paragraphs
}

func (l *lesson) paragraphs(place string) {
	for i, paragraph := range l.say(place) {
		if i > 0 {
			l.line("")
		}
		for _, line := range fill(paragraph, textColumns) {
			l.line(indent + line)
		}
	}
}

// commands shows commands to type, one on each line.
func (l *lesson) commands(place string) {
	l.line("")
	for _, line := range strings.Split(strings.Join(l.say(place), "\n"), "\n") {
		l.line(indent + "  " + l.paint(bold, line))
	}
	l.line("")
}

func (l *lesson) step(step walkthrough.Step) {
	l.stepHeading(step)
	l.line("")
	l.paragraphs(fmt.Sprint(step.Number))
	if step.Number == 1 {
		l.line("")
		l.paragraphs("1 console")
		l.commands("1 gcloud")
		l.paragraphs("1 share")
	}
	for i, part := range step.Parts {
		l.line("")
		l.heading("", partNumber(step, i)+"  "+part.Title, sizeOf(part))
		l.part(part)
	}
	l.line("")
	l.paragraphs(fmt.Sprintf("%d next", step.Number))
}

// stepHeading begins a step with its title and the place of its source.
func (s *screen) stepHeading(step walkthrough.Step) {
	s.rule()
	title := fmt.Sprintf("%d  %s", step.Number, step.Title)
	s.heading(bold, title, step.Code+"  "+step.File)
}
