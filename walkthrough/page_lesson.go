// SPDX-License-Identifier: 0BSD

package walkthrough

import (
	"fmt"
	"html/template"
	"strings"
	"unicode"

	"example.com/fivestep/calendar"
)

// lessonPage is what the template "lesson" shows.
type lessonPage struct {
	site
	trace        *Trace
	Open         bool // every field
	Wide, Narrow template.HTML
	Steps        []stepView
	Legend       []legendItem
}

type stepView struct {
	Step
	Short      string // for the line of steps
	Said, Next []string
	Blocks     []block
	Timeline   template.HTML
	Agenda     []agendaRow
	Breakages  []link
	Code, Rest string // of the excerpt
	RestLines  int
}

type link struct{ Text, URL string }

type legendItem struct {
	Class Class
	Text  string
}

type agendaRow struct {
	Day, Hours, Title string
	Korean            bool
}

// shortNames are the steps in the line that stays in sight.
var shortNames = [...]string{"key file", "JWT", "POST", "token", "calendar"}

func legend() []legendItem {
	return []legendItem{
		{Header, "which key signed, and how"},
		{Claims, "who asks whom for what, and when"},
		{Signature, "what only the key can make"},
		{Digest, "what is signed, in 32 bytes"},
		{Secret, "masked: keep it to yourself"},
		{Transport, "what HTTP adds"},
	}
}

func (t *Trace) lessonPage(s site, open bool) (*lessonPage, error) {
	sequence, err := t.sequence()
	if err != nil {
		return nil, err
	}
	p := &lessonPage{site: s, trace: t, Open: open, Wide: sequence.draw(wideShape), Narrow: sequence.draw(narrowShape), Legend: legend()}
	for _, step := range t.Steps {
		v := stepView{Step: step, Short: shortNames[step.Number-1]}
		if v.Said, err = t.say(fmt.Sprint(step.Number)); err != nil {
			return nil, err
		}
		if v.Next, err = t.say(fmt.Sprintf("%d next", step.Number)); err != nil {
			return nil, err
		}
		for i := range step.Parts {
			number := fmt.Sprint(step.Number)
			if len(step.Parts) > 1 {
				number += string(rune('a' + i))
			}
			v.Blocks = append(v.Blocks, newBlock(number, &step.Parts[i], s.base, open))
		}
		v.Code, v.Rest = firstLines(step.Excerpt.Code)
		v.RestLines = strings.Count(v.Rest, "\n") + 1
		switch step.Number {
		case 4:
			v.Timeline = t.timeline()
		case 5:
			v.Agenda = agendaRows(t.Events)
		}
		for _, b := range breakagesOf(step.Number) {
			v.Breakages = append(v.Breakages, link{b.Title, s.Break(b.Name)})
		}
		p.Steps = append(p.Steps, v)
	}
	return p, nil
}

// Say is what the lesson says at a place of its own.
func (p *lessonPage) Say(place string) ([]string, error) { return p.trace.say(place) }

// Intro is what is said before the diagram; how the terminal breaks lines is not
// said here.
func (p *lessonPage) Intro() (paragraphs []string, err error) {
	all, err := p.trace.say("intro")
	for _, paragraph := range all {
		if !strings.Contains(paragraph, "┆") {
			paragraphs = append(paragraphs, paragraph)
		}
	}
	return paragraphs, err
}

func agendaRows(events []*calendar.Event) (rows []agendaRow) {
	for _, e := range events {
		day, hours := when(e)
		rows = append(rows, agendaRow{day, hours, e.Summary, korean(e.Summary)})
	}
	return rows
}

// korean tells a screen reader which voice to take.
func korean(text string) bool {
	for _, r := range text {
		if unicode.Is(unicode.Hangul, r) {
			return true
		}
	}
	return false
}
