// SPDX-License-Identifier: 0BSD

// Package terminal shows the lesson, the lab and a run with your own key as
// plain text of at most 78 columns. With color it adds ANSI escape sequences,
// and no information.
package terminal

import (
	"fmt"
	"io"
	"strings"

	"example.com/fivestep/walkthrough"
)

const (
	lineColumns = 78 // the widest line
	indent      = "  "
	textColumns = 74              // of a paragraph, beside indent
	byteColumns = lineColumns - 4 // of bytes, beside indent and a gutter of two
)

// The gutters beside bytes: where a line begins, and where it continues.
const (
	lineGutter      = "│ "
	continuedGutter = "┆ "
)

// Colors and weights, as parameters of the escape sequence SGR (ECMA-48,
// section 8.3.117).
const (
	bold  = "1"
	faint = "2"
	red   = "31"
)

// screen is a text being written.
type screen struct {
	strings.Builder
	color bool
}

// writeTo writes the finished text.
func (s *screen) writeTo(w io.Writer) error {
	if _, err := io.WriteString(w, s.String()); err != nil {
		return fmt.Errorf("walkthrough: %w", err)
	}
	return nil
}

func (s *screen) line(text string) { s.WriteString(text + "\n") }

// paint returns text in a color or weight, if there are colors.
func (s *screen) paint(color, text string) string {
	if !s.color || color == "" || text == "" {
		return text
	}
	return "\x1b[" + color + "m" + text + "\x1b[0m"
}

// rule writes a horizontal line.
func (s *screen) rule() {
	s.line("")
	s.line(s.paint(faint, strings.Repeat("─", lineColumns)))
}

// heading writes a title on the left and a remark on the right.
func (s *screen) heading(color, title, remark string) {
	gap := strings.Repeat(" ", max(2, lineColumns-columns(indent+title+remark)))
	s.line(indent + s.paint(color, title) + gap + s.paint(faint, remark))
}

// section writes the title of a few lines.
func (s *screen) section(title string) {
	s.line("")
	s.line(indent + s.paint(bold, title))
}

// paragraph writes a text after an empty line, or nothing if the text is "".
func (s *screen) paragraph(text string) {
	if text != "" {
		s.line("")
		s.item("", text)
	}
}

// item writes a text whose first line begins with a mark. The other lines are
// indented to match.
func (s *screen) item(mark, text string) {
	width := textColumns - columns(mark)
	left := s.paint(faint, mark)
	for i, line := range fill(walkthrough.Printable(text), width) {
		if i > 0 {
			line = shorten(line, width) // a very long word, such as a URL
		}
		s.line(indent + left + line)
		left = strings.Repeat(" ", columns(mark))
	}
}

// toolLines shows what cmd/fivestep prints.
func (s *screen) toolLines(lines []string) {
	for _, line := range lines {
		mark, text, _ := strings.Cut(line, ": ")
		s.item(mark+": ", text)
	}
}

// partNumber returns "3" for the only part of step 3, and "2a" for the first of
// several.
func partNumber(step walkthrough.Step, i int) string {
	number := fmt.Sprint(step.Number)
	if len(step.Parts) > 1 {
		number += string(rune('a' + i))
	}
	return number
}
