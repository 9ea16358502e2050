// SPDX-License-Identifier: 0BSD

package walkthrough

import (
	"bytes"
	"fmt"
	"io"
	"strings"
)

// WriteText writes the result as plain text of at most 78 columns, for people.
// With colour it uses ANSI escape sequences, and says nothing that it would not
// say without.
func (r *Result) WriteText(w io.Writer, colour bool) error {
	p := &page{colour: colour}
	p.line("")
	if r.Name == "" {
		p.line(textIndent + p.paint(bold, "Your own"))
	} else {
		p.heading(bold, r.Title, fmt.Sprintf("step %d, -break %s", r.Step, r.Name))
	}
	p.say1(r.Change)
	p.far(r)
	if r.Refused != "" {
		p.say1("The packages would not have made this (" + r.Refused + "); the lab made it by hand.")
	}
	if len(r.Changed) == 0 && r.Attempts > 0 {
		p.say1("Nothing of what is sent is different.")
	}
	for _, c := range r.Changed {
		p.line("")
		what := c.Title
		if c.Kind == HTTP {
			what = "the request " + what
		}
		p.heading("", "Changed: "+what, fmt.Sprintf("%s, %d bytes", c.Kind, c.sizeOnWire()))
		p.changed(c)
	}
	if r.Answer != nil {
		p.line("")
		p.heading("", "Google's answer, "+r.Answer.Title, r.tries())
		most := len(r.Answer.Bytes)
		if r.Failed == 0 {
			most = 1000
		}
		p.message(r.Answer.Bytes, most)
		if r.Failed > 0 {
			p.line("")
			p.hanging("", fmt.Sprintf("The fake Google in this program says so. Grade %s: %s. Source: %s.", r.Grade, Attested(r.Grade), strings.TrimRight(r.Source, ".")))
		}
	}
	p.section("What the tool says")
	p.tool(r.Says)
	if r.Failed == 0 {
		p.hanging("", fmt.Sprintf("Nothing: all five steps succeed, and %d events come.", len(r.Events)))
		p.agenda(r.Events)
	}
	for _, text := range [][2]string{{"How it comes about", r.Cause}, {"What helps", r.Cure}} {
		if text[1] != "" {
			p.section(text[0])
			p.hanging("", text[1])
		}
	}
	step := 0
	for _, c := range r.Checks {
		if c.Step != step {
			step = c.Step
			p.section(map[int]string{3: "What the token endpoint checks", 5: "What the Calendar API checks"}[step])
		}
		switch c.State {
		case Passed:
			p.line(textIndent + "✓ " + c.Name)
		case Caught:
			p.line(textIndent + p.paint("31", "✗ "+c.Name) + " <- here")
		default:
			p.line(textIndent + p.paint(faint, "· "+c.Name))
		}
	}
	if len(r.Checks) > 0 {
		p.say1(CheckOrder)
	}
	if text := r.withheld(); text != "" {
		p.section("Which check caught it")
		p.hanging("", text)
	}
	p.line("")
	if _, err := io.WriteString(w, p.String()); err != nil {
		return fmt.Errorf("walkthrough: %w", err)
	}
	return nil
}

// WriteBreakages lists the breakages by step, likewise.
func WriteBreakages(w io.Writer, colour bool) error {
	p := &page{colour: colour}
	for i, title := range stepTitles {
		p.section(fmt.Sprintf("%d  %s", i+1, title))
		breakages := breakagesOf(i + 1)
		for _, b := range breakages {
			p.line(fmt.Sprintf("%s   %-16s%s", textIndent, b.Name, b.Title))
		}
		if len(breakages) == 0 {
			p.hanging("   ", nothingToBreak)
		}
	}
	p.say1(gradesSay)
	for _, g := range grades {
		p.hanging("   "+g.Letter+"  ", g.Meaning)
	}
	p.say1("go run ./cmd/walkthrough -break NAME runs the five steps with that one thing changed.")
	p.line("")
	if _, err := io.WriteString(w, p.String()); err != nil {
		return fmt.Errorf("walkthrough: %w", err)
	}
	return nil
}

func (r *Result) tries() string {
	if r.Attempts > 1 {
		return fmt.Sprintf("the last of %d", r.Attempts)
	}
	return fmt.Sprintf("%d bytes", r.Answer.sizeOnWire())
}

// say1 is a paragraph, if there is something to say.
func (p *page) say1(text string) {
	if text == "" {
		return
	}
	p.line("")
	p.hanging("", text)
}

// tool shows what cmd/fivestep prints.
func (p *page) tool(lines []string) {
	for _, line := range lines {
		mark, text, _ := strings.Cut(line, ": ")
		p.hanging(mark+": ", text)
	}
}

func (p *page) section(title string) {
	p.line("")
	p.line(textIndent + p.paint(bold, title))
}

// far shows how far the run came.
func (p *page) far(r *Result) {
	var all []string
	for i, title := range stepTitles {
		name := fmt.Sprintf("%d %s", i+1, strings.ToLower(strings.TrimPrefix(title, "The ")))
		switch n := i + 1; {
		case r.Failed == 0 || n < r.Failed:
			all = append(all, "✓ "+name)
		case n == r.Failed:
			all = append(all, p.paint("31", "✗ "+name))
		default:
			all = append(all, p.paint(faint, "· "+name))
		}
	}
	p.line("")
	p.line(textIndent + strings.Join(all, "   "))
}

// hanging is a paragraph whose first line begins with a mark.
func (p *page) hanging(mark, text string) {
	indent := strings.Repeat(" ", columns(mark))
	for i, line := range fill(printable(text), textColumns-columns(mark)) {
		for i > 0 && columns(line) > textColumns-columns(mark) { // a word without end, as a URL
			line = shorten(line, textColumns-columns(mark))
		}
		if i == 0 {
			p.line(textIndent + p.paint(faint, mark) + line)
		} else {
			p.line(textIndent + indent + line)
		}
	}
}

// pieces shows one line of a message, broken where it is too long.
func (p *page) pieces(line []byte) {
	start, gutter := 0, "│ "
	for _, end := range cut(line, partColumns, goodBreak(line)) {
		p.shown(gutter, line[start:end])
		start, gutter = end, "┆ "
	}
}

// shown is a line after its gutter. Blanks at its end would be seen by nobody.
func (p *page) shown(gutter string, text []byte) {
	line := strings.TrimRight(printable(string(text)), " ")
	if line == "" {
		gutter = strings.TrimRight(gutter, " ")
	}
	p.line(textIndent + p.paint(faint, gutter) + line)
}

func goodBreak(line []byte) func(int) bool {
	return func(i int) bool {
		return line[i] == ' ' || line[i] == '&' || bytes.HasSuffix(line[:i], []byte(",")) || bytes.HasSuffix(line[:i], []byte("%2C"))
	}
}

// changed shows the lines in which something is not as it would be, with signs
// beneath it, and what would stand there.
func (p *page) changed(c Changed) {
	start := 0
	for _, line := range bytes.SplitAfter(c.Bytes, []byte("\n")) {
		end := start + len(line)
		var ranges []Range
		for _, r := range c.Ranges {
			if r.Start < end && r.End > start || r.Start == r.End && r.Start >= start && (r.Start < end || end == len(c.Bytes)) {
				ranges = append(ranges, r)
			}
		}
		if len(ranges) > 0 {
			p.marked(c.Bytes, start, start+len(bytes.TrimRight(line, "\r\n")), ranges)
		}
		start = end
	}
	for _, r := range c.Ranges {
		switch {
		case r.Start == r.End:
			p.hanging("left out: ", abridged(r.Was))
		case r.Was == "":
			p.hanging("added:    ", abridged(string(c.Bytes[r.Start:r.End])))
		default:
			p.hanging("was:      ", abridged(r.Was))
		}
	}
}

// marked shows text[start:end] with carets beneath the ranges.
func (p *page) marked(text []byte, start, end int, ranges []Range) {
	from, gutter := start, "│ "
	for _, n := range cut(text[start:end], partColumns, goodBreak(text[start:end])) {
		to := start + n
		p.shown(gutter, text[from:to])
		var signs strings.Builder
		for i, r := range string(text[from:to]) {
			sign := " "
			for _, c := range ranges {
				if at := from + i; c.Start <= at && at < c.End || c.Start == c.End && at == c.Start {
					sign = "^"
				}
			}
			signs.WriteString(strings.Repeat(sign, runeColumns(r)))
		}
		if line := strings.TrimRight(signs.String(), " "); line != "" {
			p.line(textIndent + "  " + p.paint("31", line))
		}
		from, gutter = to, "┆ "
	}
}

// abridged is a text in one line.
func abridged(text string) string {
	if strings.TrimSpace(text) == "" {
		text = fmt.Sprintf("%q", text)
	}
	text = printable(strings.NewReplacer("\r", "", "\n", " ").Replace(text))
	const most = 60
	if runes := []rune(text); len(runes) > most {
		return fmt.Sprintf("%s [... %d more ...] %s", string(runes[:most/2]), len(runes)-most*2/3, string(runes[len(runes)-most/6:]))
	}
	return text
}
