// SPDX-License-Identifier: 0BSD

package page

import (
	"fmt"
	"html/template"
	"strings"
	"unicode"

	"example.com/fivestep/calendar"
	"example.com/fivestep/walkthrough"
	"example.com/fivestep/walkthrough/lab"
)

// lessonPage is what the template "lesson" shows.
type lessonPage struct {
	site
	trace        *walkthrough.Trace
	Open         bool // every row is open
	Wide, Narrow template.HTML
	Steps        []stepView
	Legend       []legendItem
}

type stepView struct {
	walkthrough.Step
	Short      string // its name in the sticky bar
	Said, Next []string
	Blocks     []block
	Timeline   template.HTML
	Agenda     []agendaRow
	Breakages  []link
}

type link struct{ Text, URL string }

type legendItem struct {
	Class walkthrough.Class
	Text  string
}

type agendaRow struct {
	Day, Hours, Title string
	Korean            bool // so that a screen reader can choose a voice
}

// shortNames are the names of the steps in the sticky bar.
var shortNames = [...]string{"key file", "JWT", "POST", "token", "calendar"}

func legend() []legendItem {
	return []legendItem{
		{walkthrough.Header, "which key signed, and how"},
		{walkthrough.Claims, "who asks whom for what, and when"},
		{walkthrough.Signature, "what only the key can make"},
		{walkthrough.Digest, "what is signed, in 32 bytes"},
		{walkthrough.Secret, "masked: keep it to yourself"},
		{walkthrough.Transport, "what HTTP adds"},
	}
}

func newLessonPage(s site, t *walkthrough.Trace, open bool) (*lessonPage, error) {
	d, err := newDiagram(t)
	if err != nil {
		return nil, err
	}
	p := &lessonPage{
		site:   s,
		trace:  t,
		Open:   open,
		Wide:   d.draw(wideShape),
		Narrow: d.draw(narrowShape),
		Legend: legend(),
	}
	for _, step := range t.Steps {
		v, err := p.stepView(step)
		if err != nil {
			return nil, err
		}
		p.Steps = append(p.Steps, v)
	}
	return p, nil
}

func (p *lessonPage) stepView(step walkthrough.Step) (v stepView, err error) {
	v = stepView{Step: step, Short: shortNames[step.Number-1]}
	if v.Said, err = p.trace.Say(fmt.Sprint(step.Number)); err != nil {
		return v, err
	}
	if v.Next, err = p.trace.Say(fmt.Sprintf("%d next", step.Number)); err != nil {
		return v, err
	}
	for i := range step.Parts {
		number := fmt.Sprint(step.Number)
		if len(step.Parts) > 1 {
			number += string(rune('a' + i))
		}
		v.Blocks = append(v.Blocks, newBlock(number, &step.Parts[i], p.base, p.Open))
	}
	switch step.Number {
	case 4:
		v.Timeline = timeline(p.trace)
	case 5:
		v.Agenda = agendaRows(p.trace.Events)
	}
	for _, b := range lab.OfStep(step.Number) {
		v.Breakages = append(v.Breakages, link{b.Title, p.Break(b.Name)})
	}
	return v, nil
}

// Say returns what the lesson says at a place.
func (p *lessonPage) Say(place string) ([]string, error) { return p.trace.Say(place) }

// Intro returns the lesson's text before the diagram, without the paragraph on
// how a terminal breaks lines.
func (p *lessonPage) Intro() (paragraphs []string, err error) {
	all, err := p.trace.Say("intro")
	for _, paragraph := range all {
		if !strings.Contains(paragraph, "┆") {
			paragraphs = append(paragraphs, paragraph)
		}
	}
	return paragraphs, err
}

func agendaRows(events []*calendar.Event) (rows []agendaRow) {
	for _, e := range events {
		day, hours := walkthrough.EventTime(e)
		rows = append(rows, agendaRow{day, hours, e.Summary, isKorean(e.Summary)})
	}
	return rows
}

func isKorean(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Hangul, r) })
}
