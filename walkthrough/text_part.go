// SPDX-License-Identifier: 0BSD

package walkthrough

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// The colours of fields, out of the sixteen that a terminal's owner has chosen.
var fieldColours = map[Class]string{Header: "33", Claims: "35", Signature: "32", Digest: "36", Secret: "31"}

// part shows the bytes of a part, and says what its fields are.
func (p *page) part(part Part) {
	switch {
	case part.Kind == Binary:
		p.binary(part)
	case part.Name == "assertion":
		p.line(textIndent + p.paint(faint, "│ ") + p.paint(fieldColours[Header], "header") + "." + p.paint(fieldColours[Claims], "claims") + "." +
			p.paint(fieldColours[Signature], "signature") + p.paint(faint, "  [as 2c and 2e have them, and step 3 sends them]"))
	default:
		p.text(part)
	}
	p.list(part)
}

// size says what a part is and how long, unless there is a mask in it.
func (p *Part) size() string {
	for _, f := range p.Fields {
		if f.Class == Secret {
			return string(p.Kind)
		}
	}
	return fmt.Sprintf("%s, %d bytes", p.Kind, len(p.Bytes))
}

// text shows a part line by line. Of a list it shows the first item only.
func (p *page) text(part Part) {
	var others []Field
	for _, f := range part.Fields {
		if f.Note == notes()["events-response event"] {
			others = append(others, f)
		}
	}
	start := 0
	for _, line := range bytes.SplitAfter(part.Bytes, []byte("\n")) {
		end := start + len(bytes.TrimRight(line, "\r\n"))
		if n := len(others); n > 0 && start <= others[0].Start && others[n-1].End <= end {
			p.wrapped(part, "│ ", start, others[0].Start)
			left := fmt.Sprintf("[... %d more events, %d bytes, left out on this page]", n, others[n-1].End-others[0].Start)
			p.line(textIndent + p.paint(faint, "┆ "+left))
			p.wrapped(part, "┆ ", others[n-1].End, end)
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
		if (f.Class == Claims || f.Class == Signature) && start < f.Start && f.Start < end && part.Bytes[f.Start-1] == '.' {
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
		if f.Class == Secret && f.Start <= i && i < f.End {
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
		if from < to && fieldColours[f.Class] != "" {
			text += printable(string(part.Bytes[start:from])) + p.paint(fieldColours[f.Class], printable(string(part.Bytes[from:to])))
			start = to
		}
	}
	return text + printable(string(part.Bytes[start:end]))
}

// binary shows bytes in hexadecimal, each field on a line of its own, a long row
// of equal bytes as their number, and of a number that is too long the beginning.
func (p *page) binary(part Part) {
	label := 0
	for _, f := range part.Fields {
		label = max(label, columns(f.Name)+2)
	}
	if len(part.Fields) == 1 {
		label = 0
	}
	for _, f := range part.Fields {
		value := part.Bytes[f.Start:f.End]
		digits := hex.EncodeToString(value)
		if n := bytes.Count(value, value[:1]); n > 8 && n == len(value) {
			digits = fmt.Sprintf("%s, %d times", digits[:2], n)
		} else if len(digits) > partColumns-label {
			digits = fmt.Sprintf("%s [... %d more bytes]", digits[:16], len(value)-8)
		}
		name := ""
		if label > 0 {
			name = fmt.Sprintf("%-*s", label, f.Name)
		}
		p.line(textIndent + p.paint(faint, "│ ") + name + p.paint(fieldColours[f.Class], digits))
	}
}

// listed are the parts whose fields are named below them; those of the others are
// on the page in a browser.
var listed = []string{"key-file", "header", "claims", "signing-input", "token-request", "token-response", "events-request"}

// list says in a sentence what the fields of a part are, but for what HTTP adds.
func (p *page) list(part Part) {
	if !slices.Contains(listed, part.Name) {
		return
	}
	const most = 16 // columns for names, a longer one has a line of its own
	width := 0
	var fields []Field
	for _, f := range part.Explained() {
		if f.Class != Separator && f.Class != Transport && f.Class != Secret && (part.Kind != HTTP || f.Class == Plain) {
			fields = append(fields, f)
			width = max(width, min(columns(f.Name), most))
		}
	}
	p.line("")
	for _, f := range fields {
		name := p.paint(fieldColours[f.Class], f.Name) + strings.Repeat(" ", max(0, width-columns(f.Name)))
		if columns(f.Name) > width {
			p.line(textIndent + "  " + name)
			name = strings.Repeat(" ", width)
		}
		first, _, _ := strings.Cut(f.Note.What, ". ") // sentence
		for _, line := range fill(strings.TrimSuffix(first, ".")+".", textColumns-width-4) {
			p.line(textIndent + "  " + name + "  " + line)
			name = strings.Repeat(" ", width)
		}
	}
}
