// SPDX-License-Identifier: 0BSD

package walkthrough

import (
	"fmt"
	"io"
	"strings"
)

const (
	pageColumns = 78 // the widest line
	textIndent  = "  "
	textColumns = 74
	partColumns = pageColumns - 4 // beside textIndent and a gutter of two
)

const (
	bold  = "1"
	faint = "2"
)

// page is the text in the making.
type page struct {
	strings.Builder
	colour bool
	err    error // the first
}

// WriteText writes the trace as plain text of at most 78 columns, for people. With
// colour it uses ANSI escape sequences, and says nothing that it would not say
// without.
func (t *Trace) WriteText(w io.Writer, colour bool) error {
	p := &page{colour: colour}
	title := strings.Join(p.say(t, "title"), " ")
	p.line("")
	p.line(textIndent + p.paint(bold, title))
	p.line("")
	p.paragraphs(t, "intro")
	for _, step := range t.Steps {
		p.step(t, step)
	}
	p.line("")
	p.agenda(t.Events)
	p.rule()
	p.paragraphs(t, "page")
	p.command(t, "page command")
	p.paragraphs(t, "end")
	p.command(t, "command")
	if p.err != nil {
		return p.err
	}
	if _, err := io.WriteString(w, p.String()); err != nil {
		return fmt.Errorf("walkthrough: %w", err)
	}
	return nil
}

func (p *page) line(text string) { p.WriteString(text + "\n") }

func (p *page) paint(colour, text string) string {
	if !p.colour || colour == "" || text == "" {
		return text
	}
	return "\x1b[" + colour + "m" + text + "\x1b[0m"
}

func (p *page) rule() {
	p.line("")
	p.line(p.paint(faint, strings.Repeat("─", pageColumns)))
}

func (p *page) say(t *Trace, place string) []string {
	paragraphs, err := t.say(place)
	if err != nil && p.err == nil {
		p.err = fmt.Errorf("walkthrough: %w", err)
	}
	return paragraphs
}

func (p *page) paragraphs(t *Trace, place string) {
	for i, paragraph := range p.say(t, place) {
		if i > 0 {
			p.line("")
		}
		for _, line := range fill(paragraph, textColumns) {
			p.line(textIndent + line)
		}
	}
}

// command shows commands to type, a line each.
func (p *page) command(t *Trace, place string) {
	p.line("")
	for _, line := range strings.Split(strings.Join(p.say(t, place), "\n"), "\n") {
		p.line(textIndent + "  " + p.paint(bold, line))
	}
	p.line("")
}

func (p *page) step(t *Trace, step Step) {
	p.rule()
	p.heading(bold, fmt.Sprintf("%d  %s", step.Number, step.Title), step.Code+"  "+step.File)
	p.line("")
	p.paragraphs(t, fmt.Sprint(step.Number))
	if step.Number == 1 {
		p.line("")
		p.paragraphs(t, "1 console")
		p.command(t, "1 gcloud")
		p.paragraphs(t, "1 share")
	}
	for i, part := range step.Parts {
		number := fmt.Sprint(step.Number)
		if len(step.Parts) > 1 {
			number += string(rune('a' + i))
		}
		p.line("")
		p.heading("", number+"  "+part.Title, part.size())
		p.part(part)
	}
	p.line("")
	p.paragraphs(t, fmt.Sprintf("%d next", step.Number))
}

// heading has its title on the left and a remark on the right.
func (p *page) heading(colour, title, remark string) {
	gap := strings.Repeat(" ", max(2, pageColumns-columns(textIndent+title+remark)))
	p.line(textIndent + p.paint(colour, title) + gap + p.paint(faint, remark))
}
