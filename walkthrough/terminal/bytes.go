// SPDX-License-Identifier: 0BSD

package terminal

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"example.com/fivestep/walkthrough"
)

// classColors are among the sixteen colors that you can change in a terminal's
// settings.
var classColors = map[walkthrough.Class]string{
	walkthrough.Header:    "33",
	walkthrough.Claims:    "35",
	walkthrough.Signature: "32",
	walkthrough.Digest:    "36",
	walkthrough.Secret:    red,
}

// part shows the bytes of a part, and says what its fields are.
func (s *screen) part(part walkthrough.Part) {
	switch {
	case part.Kind == walkthrough.Binary:
		s.binary(part)
	case part.Name == "assertion":
		s.assertionInWords()
	default:
		s.text(part)
	}
	s.fieldList(part)
}

// assertionInWords names the pieces of the JWT. Other parts show their bytes.
func (s *screen) assertionInWords() {
	pieces := []string{
		s.paint(classColors[walkthrough.Header], "header"),
		s.paint(classColors[walkthrough.Claims], "claims"),
		s.paint(classColors[walkthrough.Signature], "signature"),
	}
	remark := "  [as 2c and 2e have them, and step 3 sends them]"
	s.line(indent + s.paint(faint, lineGutter) + strings.Join(pieces, ".") + s.paint(faint, remark))
}

// sizeOf says how a part is encoded, and how long it is if nothing is masked.
func sizeOf(part walkthrough.Part) string {
	for _, f := range part.Fields {
		if f.Class == walkthrough.Secret {
			return string(part.Kind)
		}
	}
	return fmt.Sprintf("%s, %d bytes", part.Kind, len(part.Bytes))
}

// text shows a part line by line. Of a list of events it shows the first one.
func (s *screen) text(part walkthrough.Part) {
	others := laterEvents(part)
	start := 0
	for _, line := range bytes.SplitAfter(part.Bytes, []byte("\n")) {
		end := start + len(bytes.TrimRight(line, "\r\n"))
		if n := len(others); n > 0 && start <= others[0].Start && others[n-1].End <= end {
			s.leavingOut(part, start, end, others)
		} else if start < len(part.Bytes) {
			s.wrapped(part, lineGutter, start, end)
		}
		start += len(line)
	}
}

// laterEvents returns the fields for the events after the first one.
func laterEvents(part walkthrough.Part) (events []walkthrough.Field) {
	var note *walkthrough.Note
	for _, f := range part.Fields {
		if f.ID == "events-response-event" {
			note = f.Note
		}
		if note != nil && f.Note == note {
			events = append(events, f)
		}
	}
	return events
}

// leavingOut shows a line without some of its fields.
func (s *screen) leavingOut(part walkthrough.Part, start, end int, left []walkthrough.Field) {
	from, to := left[0].Start, left[len(left)-1].End
	remark := fmt.Sprintf("[... %d more events, %d bytes, left out on this page]",
		len(left), to-from)
	s.wrapped(part, lineGutter, start, from)
	s.line(indent + s.paint(faint, continuedGutter+remark))
	s.wrapped(part, continuedGutter, to, end)
}

// wrapped shows Bytes[start:end]. The first line follows the given gutter, and
// the others are marked as continuations. Each piece of a JWT begins a new
// line.
func (s *screen) wrapped(part walkthrough.Part, gutter string, start, end int) {
	for _, f := range part.Fields {
		isPiece := f.Class == walkthrough.Claims || f.Class == walkthrough.Signature
		if isPiece && start < f.Start && f.Start < end && part.Bytes[f.Start-1] == '.' {
			s.wrapped(part, gutter, start, f.Start)
			start, gutter = f.Start, continuedGutter
		}
	}
	from := start
	mayBreak := func(i int) bool { return mayBreakBefore(part, start+i) }
	for _, n := range cut(part.Bytes[start:end], byteColumns, mayBreak) {
		if n == 0 { // an empty line
			gutter = strings.TrimRight(gutter, " ")
		}
		s.line(indent + s.paint(faint, gutter) + s.colored(part, from, start+n))
		from, gutter = start+n, continuedGutter
	}
}

// mayBreakBefore reports whether Bytes[i] is a good place to begin a new line.
// A mask is never broken.
func mayBreakBefore(part walkthrough.Part, i int) bool {
	for _, f := range part.Fields {
		if f.Class == walkthrough.Secret && f.Start <= i && i < f.End {
			return i == f.Start
		}
	}
	return isBreak(part.Bytes, i)
}

// isBreak reports whether text[i] is after a comma, or is a space or the & of a
// form.
func isBreak(text []byte, i int) bool {
	before := text[:i]
	return text[i] == '&' || text[i] == ' ' ||
		bytes.HasSuffix(before, []byte(",")) || bytes.HasSuffix(before, []byte("%2C"))
}

// colored returns Bytes[start:end] with its fields in their colors.
func (s *screen) colored(part walkthrough.Part, start, end int) (text string) {
	printable := func(from, to int) string {
		return walkthrough.Printable(string(part.Bytes[from:to]))
	}
	for _, f := range part.Fields {
		from, to := max(start, f.Start), min(end, f.End)
		if from < to && classColors[f.Class] != "" {
			text += printable(start, from) + s.paint(classColors[f.Class], printable(from, to))
			start = to
		}
	}
	return text + printable(start, end)
}

// binary shows bytes in hexadecimal, each field on its own line.
func (s *screen) binary(part walkthrough.Part) {
	label := 0
	if len(part.Fields) > 1 {
		for _, f := range part.Fields {
			label = max(label, columns(f.Name)+2)
		}
	}
	for _, f := range part.Fields {
		name := ""
		if label > 0 {
			name = fmt.Sprintf("%-*s", label, f.Name)
		}
		digits := hexDigits(part.Bytes[f.Start:f.End], byteColumns-label)
		s.line(indent + s.paint(faint, lineGutter) + name + s.paint(classColors[f.Class], digits))
	}
}

// hexDigits writes a value in hexadecimal. Many equal bytes become a count, and
// a value that is too long is cut to its first eight bytes.
func hexDigits(value []byte, width int) string {
	digits := hex.EncodeToString(value)
	if n := bytes.Count(value, value[:1]); n > 8 && n == len(value) {
		return fmt.Sprintf("%s, %d times", digits[:2], n)
	}
	if len(digits) > width {
		return fmt.Sprintf("%s [... %d more bytes]", digits[:16], len(value)-8)
	}
	return digits
}

// listedParts are the parts whose fields are listed below them. The web page
// lists those of all parts.
var listedParts = []string{
	"key-file", "header", "claims", "signing-input",
	"token-request", "token-response", "events-request",
}

// fieldList explains each field of a part in one sentence.
func (s *screen) fieldList(part walkthrough.Part) {
	if !slices.Contains(listedParts, part.Name) {
		return
	}
	const maxWidth = 16 // of the column of names; a longer name has its own line
	width := 0
	fields := listedFields(part)
	for _, f := range fields {
		width = max(width, min(columns(f.Name), maxWidth))
	}
	s.line("")
	for _, f := range fields {
		name := s.paint(classColors[f.Class], f.Name)
		name += strings.Repeat(" ", max(0, width-columns(f.Name)))
		if columns(f.Name) > width {
			s.line(indent + "  " + name)
			name = strings.Repeat(" ", width)
		}
		sentence, _, _ := strings.Cut(f.Note.What, ". ")
		sentence = strings.TrimSuffix(sentence, ".") + "."
		for _, line := range fill(sentence, textColumns-width-4) {
			s.line(indent + "  " + name + "  " + line)
			name = strings.Repeat(" ", width)
		}
	}
}

// listedFields leaves out what HTTP adds, separators and masks.
func listedFields(part walkthrough.Part) (fields []walkthrough.Field) {
	for _, f := range part.Explained() {
		switch f.Class {
		case walkthrough.Separator, walkthrough.Transport, walkthrough.Secret:
			continue
		}
		if part.Kind == walkthrough.HTTP && f.Class != walkthrough.Plain {
			continue
		}
		fields = append(fields, f)
	}
	return fields
}

// message shows bytes line by line, but at most the first limit of them.
func (s *screen) message(text []byte, limit int) {
	shown := bytes.ToValidUTF8(text[:min(limit, len(text))], nil)
	left := len(text) - len(shown)
	for _, line := range bytes.Split(bytes.TrimRight(shown, "\r\n"), []byte("\n")) {
		s.messageLine(bytes.TrimRight(line, "\r"))
	}
	if left > 0 {
		remark := fmt.Sprintf("[... %d more bytes left out on this page]", left)
		s.line(indent + s.paint(faint, continuedGutter+remark))
	}
}

// messageLine shows a line, broken where it is too long.
func (s *screen) messageLine(line []byte) {
	start, gutter := 0, lineGutter
	for _, end := range cut(line, byteColumns, func(i int) bool { return isBreak(line, i) }) {
		s.besideGutter(gutter, line[start:end])
		start, gutter = end, continuedGutter
	}
}

// besideGutter shows a line of text without trailing spaces, which nobody could
// see.
func (s *screen) besideGutter(gutter string, text []byte) {
	line := strings.TrimRight(walkthrough.Printable(string(text)), " ")
	if line == "" {
		gutter = strings.TrimRight(gutter, " ")
	}
	s.line(indent + s.paint(faint, gutter) + line)
}
