// SPDX-License-Identifier: 0BSD

package terminal

import (
	"bytes"
	"fmt"
	"strings"

	"example.com/fivestep/walkthrough"
	"example.com/fivestep/walkthrough/lab"
)

// changed shows the changed lines of a part, with carets below the changes, and
// the old text.
func (s *screen) changed(c lab.Changed) {
	start := 0
	for _, line := range bytes.SplitAfter(c.Bytes, []byte("\n")) {
		end := start + len(line)
		var ranges []lab.Range
		for _, r := range c.Ranges {
			if overlaps(r, start, end, len(c.Bytes)) {
				ranges = append(ranges, r)
			}
		}
		if len(ranges) > 0 {
			s.marked(c.Bytes, start, start+len(bytes.TrimRight(line, "\r\n")), ranges)
		}
		start = end
	}
	for _, r := range c.Ranges {
		switch {
		case r.Start == r.End:
			s.item("left out: ", abridged(r.Was))
		case r.Was == "":
			s.item("added:    ", abridged(string(c.Bytes[r.Start:r.End])))
		default:
			s.item("was:      ", abridged(r.Was))
		}
	}
}

// overlaps reports whether a range is in the line text[start:end]. An empty
// range is in the line that begins there, or in the last line if it's at the
// end of the text.
func overlaps(r lab.Range, start, end, textEnd int) bool {
	if r.Start == r.End {
		return r.Start >= start && (r.Start < end || end == textEnd)
	}
	return r.Start < end && r.End > start
}

// marked shows text[start:end] with carets below the ranges.
func (s *screen) marked(text []byte, start, end int, ranges []lab.Range) {
	line := text[start:end]
	from, gutter := start, lineGutter
	for _, n := range cut(line, byteColumns, func(i int) bool { return isBreak(line, i) }) {
		to := start + n
		s.besideGutter(gutter, text[from:to])
		if signs := carets(text, from, to, ranges); signs != "" {
			s.line(indent + "  " + s.paint(red, signs))
		}
		from, gutter = to, continuedGutter
	}
}

// carets returns the line below text[start:end].
func carets(text []byte, start, end int, ranges []lab.Range) string {
	var signs strings.Builder
	for i, r := range string(text[start:end]) {
		sign := " "
		for _, c := range ranges {
			if at := start + i; c.Start <= at && at < max(c.End, c.Start+1) {
				sign = "^"
			}
		}
		signs.WriteString(strings.Repeat(sign, runeColumns(r)))
	}
	return strings.TrimRight(signs.String(), " ")
}

// abridged returns a text on one line, without its middle if it is long.
func abridged(text string) string {
	if strings.TrimSpace(text) == "" {
		text = fmt.Sprintf("%q", text) // spaces wouldn't be visible
	}
	text = walkthrough.Printable(strings.NewReplacer("\r", "", "\n", " ").Replace(text))
	const limit, head, tail = 60, 30, 10
	runes := []rune(text)
	if len(runes) <= limit {
		return text
	}
	return fmt.Sprintf("%s [... %d more ...] %s",
		string(runes[:head]), len(runes)-head-tail, string(runes[len(runes)-tail:]))
}
