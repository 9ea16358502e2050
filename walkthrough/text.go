// SPDX-License-Identifier: 0BSD

package walkthrough

import (
	"bytes"
	"encoding/hex"
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

// The colours of fields, out of the sixteen that a terminal's owner has chosen.
var fieldColours = map[string]string{
	Header: "33", Claims: "35", Signature: "32", Secret: "31",
	BlockHash: "36", BlockDigest: "36",
}

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
	p.paragraphs(t, "end")
	p.line("")
	p.line(textIndent + "  " + p.paint(bold, strings.Join(p.say(t, "command"), " ")))
	p.line("")
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

func (p *page) step(t *Trace, step Step) {
	p.rule()
	p.heading(bold, fmt.Sprintf("%d  %s", step.Number, step.Title), step.Code+"  "+step.File)
	p.line("")
	p.paragraphs(t, fmt.Sprint(step.Number))
	for i, part := range step.Parts {
		number := fmt.Sprint(step.Number)
		if len(step.Parts) > 1 {
			number += string(rune('a' + i))
		}
		p.line("")
		p.heading("", number+"  "+part.Title, part.size())
		if part.Kind == Binary {
			p.binary(part)
		} else {
			p.text(part)
		}
	}
	p.line("")
	p.paragraphs(t, fmt.Sprintf("%d next", step.Number))
}

// heading has its title on the left and a remark on the right.
func (p *page) heading(colour, title, remark string) {
	gap := strings.Repeat(" ", max(2, pageColumns-columns(textIndent+title+remark)))
	p.line(textIndent + p.paint(colour, title) + gap + p.paint(faint, remark))
}

// size says what a part is and how long, unless there is a mask in it.
func (p *Part) size() string {
	for _, f := range p.Fields {
		if f.Name == Secret {
			return string(p.Kind)
		}
	}
	return fmt.Sprintf("%s, %d bytes", p.Kind, len(p.Bytes))
}

// text shows a part line by line. Of a list it shows the first item only.
func (p *page) text(part Part) {
	var items []Field
	for _, f := range part.Fields {
		if f.Name == EventItem {
			items = append(items, f)
		}
	}
	start := 0
	for _, line := range bytes.SplitAfter(part.Bytes, []byte("\n")) {
		end := start + len(bytes.TrimRight(line, "\r\n"))
		if n := len(items); n > 1 && start <= items[0].Start && items[n-1].End <= end {
			p.wrapped(part, "│ ", start, items[1].Start)
			left := fmt.Sprintf("[... %d more events, %d bytes, left out on this page]", n-1, items[n-1].End-items[1].Start)
			p.line(textIndent + p.paint(faint, "┆ "+left))
			p.wrapped(part, "┆ ", items[n-1].End, end)
		} else if start < len(part.Bytes) {
			p.wrapped(part, "│ ", start, end)
		}
		start += len(line)
	}
}

// wrapped shows Bytes[start:end], the first line after the gutter, the others
// after the sign that they go on. Each piece of a JWT begins a line.
func (p *page) wrapped(part Part, gutter string, start, end int) {
	for _, f := range part.Fields {
		if (f.Name == Claims || f.Name == Signature) && start < f.Start && f.Start < end {
			p.wrapped(part, gutter, start, f.Start)
			start, gutter = f.Start, "┆ "
		}
	}
	from := start
	good := func(i int) bool { return part.breaks(start + i) }
	for _, n := range cut(part.Bytes[start:end], partColumns, good) {
		if n == 0 { // an empty line
			gutter = strings.TrimRight(gutter, " ")
		}
		p.line(textIndent + p.paint(faint, gutter) + p.fields(part, from, start+n))
		from, gutter = start+n, "┆ "
	}
}

// breaks says whether a line may well end before Bytes[i]: after a comma,
// before a blank or the & of a form, and before a mask, but not within one.
func (p *Part) breaks(i int) bool {
	for _, f := range p.Fields {
		if f.Name == Secret && f.Start <= i && i < f.End {
			return i == f.Start
		}
	}
	before := p.Bytes[:i]
	return p.Bytes[i] == '&' || p.Bytes[i] == ' ' || bytes.HasSuffix(before, []byte(",")) || bytes.HasSuffix(before, []byte("%2C"))
}

// fields is Bytes[start:end] with its fields in their colours.
func (p *page) fields(part Part, start, end int) (text string) {
	for _, f := range part.Fields {
		from, to := max(start, f.Start), min(end, f.End)
		if from < to && fieldColours[f.Name] != "" {
			text += printable(string(part.Bytes[start:from])) + p.paint(fieldColours[f.Name], printable(string(part.Bytes[from:to])))
			start = to
		}
	}
	return text + printable(string(part.Bytes[start:end]))
}

// binary shows bytes in hexadecimal, each field on a line of its own, and a long
// row of equal bytes as their number.
func (p *page) binary(part Part) {
	fields := part.Fields
	if len(fields) == 0 {
		fields = []Field{{"", 0, len(part.Bytes)}}
	}
	label := 0
	for _, f := range fields {
		label = max(label, len(f.Name)+2)
	}
	for _, f := range fields {
		value := part.Bytes[f.Start:f.End]
		digits := hex.EncodeToString(value)
		if n := bytes.Count(value, value[:1]); n > 8 && n == len(value) {
			digits = fmt.Sprintf("%s, %d times", digits[:2], n)
		}
		name := ""
		if f.Name != "" {
			name = fmt.Sprintf("%-*s", label, f.Name)
		}
		p.line(textIndent + p.paint(faint, "│ ") + name + p.paint(fieldColours[f.Name], digits))
	}
}
