// SPDX-License-Identifier: 0BSD

package page

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"example.com/fivestep/walkthrough"
)

// block is a part as the page shows it: a row for each field, in order.
// Together the rows are the bytes.
type block struct {
	Number, Size string
	Part         *walkthrough.Part
	Rows         []*row
	Separators   []*row // the ones whose note is in this part
	Reproduce    string
	Open         bool
}

// row is a field with the separators around it.
type row struct {
	*walkthrough.Field
	Label     string // what it is, if the bytes don't say so
	Segments  []segment
	Continues bool   // it continues the line of the row before
	EOL       string // what ends the line, or "" if the line continues
	Whole     string // the whole of a field that the row shortens
	Open      bool
}

// segment is a piece of a row. A separator isn't part of the row's field.
type segment struct {
	Class walkthrough.Class
	Text  string
}

const (
	maxInRow = 500 // characters of a field in its row; a longer one is shortened
	cutTo    = 36  // to this
	maxTail  = 24  // characters of an explained field that need no row
)

func newBlock(number string, p *walkthrough.Part, base string, open bool) block {
	rows := rowsOf(p, open)
	return block{
		Number:     number,
		Size:       string(p.Kind) + ", " + withBytes(p.SizeOnWire()),
		Part:       p,
		Rows:       rows.rows,
		Separators: rows.separators,
		Reproduce:  p.ReproduceAt(base),
		Open:       open,
	}
}

// rowMaker makes the rows of a part, field by field.
type rowMaker struct {
	part       *walkthrough.Part
	open       bool
	rows       []*row
	separators []*row // each note once
	last       *row   // nil at the beginning of a line
	pending    string // separators before the next field, in its row
}

func rowsOf(p *walkthrough.Part, open bool) *rowMaker {
	m := &rowMaker{part: p, open: open}
	for i := range p.Fields {
		f := &p.Fields[i]
		value := p.Bytes[f.Start:f.End]
		switch {
		case p.Kind == walkthrough.Binary:
			m.binary(f, value)
		case f.Class == walkthrough.Separator:
			m.separator(f, value)
		default:
			m.field(f, value)
		}
	}
	if m.pending != "" {
		m.last = nil
		m.add(&walkthrough.Field{})
	}
	m.label()
	return m
}

// add begins a row.
func (m *rowMaker) add(f *walkthrough.Field) *row {
	r := &row{
		Field:     f,
		Open:      m.open,
		Continues: m.last != nil && m.part.Kind != walkthrough.Binary,
	}
	if m.pending != "" {
		text := walkthrough.Printable(m.pending)
		r.Segments = append(r.Segments, segment{walkthrough.Separator, text})
	}
	m.last, m.pending = r, ""
	m.rows = append(m.rows, r)
	return r
}

// binary adds a row in hexadecimal.
func (m *rowMaker) binary(f *walkthrough.Field, value []byte) {
	r := m.add(f)
	text, whole := hexPairs(value)
	r.Label, r.Segments, r.Whole = f.Name, []segment{{f.Class, text}}, whole
}

// field adds a field, in its own row unless it is the short rest of one that
// was explained before.
func (m *rowMaker) field(f *walkthrough.Field, value []byte) {
	r := m.last
	if f.ID != "" || r == nil || r.Whole != "" || len(value) > maxTail || m.pending != "" {
		r = m.add(f)
	}
	r.append(f.Class, string(value))
	if r.EOL != "" {
		m.last = nil
	}
}

// separator adds the bytes between two fields to the row before them. An
// opening brace or bracket goes to the row after it.
func (m *rowMaker) separator(f *walkthrough.Field, value []byte) {
	m.explain(f, value)
	for _, line := range strings.SplitAfter(string(value), "\n") {
		if line == "" {
			continue
		}
		ends := strings.HasSuffix(line, "\n")
		closing := strings.TrimRight(line, "{[")
		switch {
		case m.last != nil && (closing != "" || ends):
			m.last.append(walkthrough.Separator, closing)
			m.pending += line[len(closing):]
		case ends:
			m.add(&walkthrough.Field{}).append(walkthrough.Separator, line)
		default:
			m.pending += line
		}
		if m.last != nil && m.last.EOL != "" {
			m.last = nil
		}
	}
}

// explain collects the separators that a note is about, each once, in a row's
// label.
func (m *rowMaker) explain(f *walkthrough.Field, value []byte) {
	if f.ID != "" {
		m.separators = append(m.separators, &row{Field: f, Open: m.open})
	}
	i := slices.IndexFunc(m.separators, func(r *row) bool { return r.Note == f.Note })
	if i < 0 {
		return
	}
	r := m.separators[i]
	for _, sign := range signs.FindAllString(visible(value), -1) {
		if !strings.Contains(r.Label+" ", sign+" ") {
			r.Label = strings.TrimSpace(r.Label + " " + sign)
		}
	}
}

// label names each field whose bytes don't contain its name. If a field has
// several rows, the first one gets the name.
func (m *rowMaker) label() {
	for i, r := range m.rows {
		if r.Label != "" || strings.Contains(r.text(), r.Name) {
			continue
		}
		sameNote := func(before *row) bool { return before.Note == r.Note }
		if first := slices.IndexFunc(m.rows[:i], sameNote); first >= 0 {
			r = m.rows[first]
		}
		r.Label = r.Name
	}
}

// append adds bytes to the row. It moves the end of a line to EOL, and shortens
// a long field.
func (r *row) append(class walkthrough.Class, text string) {
	line := strings.TrimRight(text, "\r\n")
	switch end := text[len(line):]; {
	case strings.HasSuffix(end, "\r\n"):
		r.EOL = "CR LF"
	case end != "":
		r.EOL = "LF"
	}
	if len(line) > maxInRow {
		r.Whole = walkthrough.Printable(line)
		var event struct{ Summary string }
		if json.Unmarshal([]byte(line), &event) == nil && event.Summary != "" {
			r.Label = walkthrough.Printable(event.Summary)
		}
		kept := strings.ToValidUTF8(line[:cutTo], "")
		line = fmt.Sprintf("%s … %s more", kept, withBytes(len(line)-len(kept)))
	}
	if line != "" {
		r.Segments = append(r.Segments, segment{class, walkthrough.Printable(line)})
	}
}

// text returns the text of the row, with a shortened field in full.
func (r *row) text() string {
	var b strings.Builder
	for _, s := range r.Segments {
		if r.Whole != "" && s.Class != walkthrough.Separator {
			b.WriteString(r.Whole)
		} else {
			b.WriteString(s.Text)
		}
	}
	return b.String()
}

// signs matches each name that visible writes.
var signs = regexp.MustCompile(`CR LF|LF|blanks?|\S`)

// visible names the bytes that can't be seen.
func visible(value []byte) string {
	named := strings.NewReplacer(
		"\r\n", " CR LF ",
		"\n", " LF ",
		"  ", " blanks ",
		" ", " blank ",
	).Replace(string(value))
	return strings.TrimSpace(walkthrough.Printable(named))
}

// hexPairs writes bytes in pairs of digits. Many equal bytes become a count,
// and whole has all of them.
func hexPairs(value []byte) (text, whole string) {
	var pairs []string
	for _, b := range value {
		pairs = append(pairs, hex.EncodeToString([]byte{b}))
	}
	text = strings.Join(pairs, " ")
	if n := len(value); n > 8 && bytes.Count(value, value[:1]) == n {
		return fmt.Sprintf("%s × %d", pairs[0], n), text
	}
	return text, ""
}

// withBytes writes a size with a comma between thousands.
func withBytes(n int) string {
	if n >= 1000 {
		return fmt.Sprintf("%d,%03d bytes", n/1000, n%1000)
	}
	return fmt.Sprintf("%d bytes", n)
}
