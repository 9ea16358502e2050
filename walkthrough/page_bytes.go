// SPDX-License-Identifier: 0BSD

package walkthrough

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// block is a part as the page shows it: a row for each field, in order, so that
// the rows together are the bytes.
type block struct {
	Number, Size string
	Part         *Part
	Rows         []*row
	Separators   []*row // those of the part that are explained here
	Reproduce    string
	Open         bool
}

// row is a field with the separators around it.
type row struct {
	*Field
	Label    string // what it is, if it does not say so itself
	Segments []segment
	On       bool   // it goes on in the line of the row before
	EOL      string // what ends the line, "" if it does not end here
	Whole    string // the whole of a field that is shortened in the row
	Open     bool
}

// segment is a piece of a row. Those of class [Separator] are not the field's.
type segment struct {
	Class Class
	Text  string
}

const (
	longest = 500 // characters of a field that stand in its row; longer ones are shortened
	cutTo   = 36  // to this
	tail    = 24  // characters that need no row of their own, when the field was explained before
)

func newBlock(number string, p *Part, base string, open bool) block {
	b := block{Number: number, Part: p, Size: string(p.Kind) + ", " + bytesOf(p.sizeOnWire()), Reproduce: p.ReproduceAt(base), Open: open}
	var last *row // nil at the beginning of a line
	pending := "" // stands before the next field, in its row
	between := map[*Note]*row{}
	add := func(f *Field) *row {
		r := &row{Field: f, Open: open, On: last != nil && p.Kind != Binary}
		if pending != "" {
			r.Segments = append(r.Segments, segment{Separator, printable(pending)})
		}
		last, pending = r, ""
		b.Rows = append(b.Rows, r)
		return r
	}
	for i := range p.Fields {
		f := &p.Fields[i]
		value := p.Bytes[f.Start:f.End]
		switch {
		case p.Kind == Binary:
			r := add(f)
			text, whole := hexOf(value)
			r.Label, r.Segments, r.Whole = f.Name, []segment{{f.Class, text}}, whole
		case f.Class == Separator:
			if f.ID != "" {
				between[f.Note] = &row{Field: f, Open: open}
				b.Separators = append(b.Separators, between[f.Note])
			}
			if r := between[f.Note]; r != nil { // all that this note is about, each once
				for _, sign := range signs.FindAllString(visible(value), -1) {
					if !strings.Contains(r.Label+" ", sign+" ") {
						r.Label = strings.TrimSpace(r.Label + " " + sign)
					}
				}
			}
			for _, line := range strings.SplitAfter(string(value), "\n") {
				if text := strings.TrimRight(line, "{["); last != nil && (text != "" || strings.HasSuffix(line, "\n")) {
					last.append(Separator, text)
					line = line[len(text):]
				} else if strings.HasSuffix(line, "\n") {
					add(&Field{}).append(Separator, line)
					line = ""
				}
				pending += line
				if last != nil && last.EOL != "" {
					last = nil
				}
			}
		default:
			r := last
			if f.ID != "" || r == nil || r.Whole != "" || len(value) > tail || pending != "" {
				r = add(f)
			}
			r.append(f.Class, string(value))
			if r.EOL != "" {
				last = nil
			}
		}
	}
	if pending != "" {
		last = nil
		add(&Field{})
	}
	for i, r := range b.Rows {
		if r.Label != "" || strings.Contains(r.text(), r.Name) {
			continue
		}
		// The rest of a field that began above: there it gets its name.
		if first := slices.IndexFunc(b.Rows[:i], func(before *row) bool { return before.Note == r.Note }); first >= 0 {
			r = b.Rows[first]
		}
		r.Label = r.Name
	}
	return b
}

// signs are what visible writes for bytes, one by one.
var signs = regexp.MustCompile(`CR LF|LF|blanks?|\S`)

// append puts bytes behind those that the row has. The end of a line is told in
// EOL, and a long field is shortened.
func (r *row) append(class Class, text string) {
	line := strings.TrimRight(text, "\r\n")
	switch end := text[len(line):]; {
	case strings.HasSuffix(end, "\r\n"):
		r.EOL = "CR LF"
	case end != "":
		r.EOL = "LF"
	}
	if len(line) > longest {
		r.Whole = printable(line)
		var event struct{ Summary string }
		if json.Unmarshal([]byte(line), &event) == nil && event.Summary != "" {
			r.Label = printable(event.Summary)
		}
		kept := strings.ToValidUTF8(line[:cutTo], "")
		line = fmt.Sprintf("%s … %s more", kept, bytesOf(len(line)-len(kept)))
	}
	if line != "" {
		r.Segments = append(r.Segments, segment{class, printable(line)})
	}
}

// text is what the row shows, and what it has shortened.
func (r *row) text() string {
	var b strings.Builder
	for _, s := range r.Segments {
		if r.Whole != "" && s.Class != Separator {
			b.WriteString(r.Whole)
		} else {
			b.WriteString(s.Text)
		}
	}
	return b.String()
}

// visible writes bytes that cannot be seen as the names they have.
func visible(value []byte) string {
	return strings.TrimSpace(printable(strings.NewReplacer("\r\n", " CR LF ", "\n", " LF ", "  ", " blanks ", " ", " blank ").Replace(string(value))))
}

// hexOf writes bytes in pairs of digits, a long row of equal ones as their number.
func hexOf(value []byte) (text, whole string) {
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
