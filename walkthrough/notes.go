// SPDX-License-Identifier: 0BSD

package walkthrough

import (
	_ "embed" // notes.txt
	"fmt"
	"net/textproto"
	"regexp"
	"strings"
	"sync"
)

//go:embed notes.txt
var notesText string

// notes returns the notes of notes.txt, by part and key. All traces share them.
var notes = sync.OnceValue(func() map[string]*Note {
	all, err := parseNotes(notesText)
	if err != nil {
		panic("walkthrough: notes.txt: " + err.Error()) // a test makes sure that this can't happen
	}
	return all
})

// findNote returns the note on a field: one on this field, or one on its kind.
func findNote(p *Part, key string) *Note {
	all, kind := notes(), key
	if i := strings.LastIndexByte(key, ' '); i >= 0 {
		kind = key[i+1:] // end, header, masked
	}
	for _, name := range []string{p.Name + " " + key, "* " + key, "* " + kind, "* other " + kind} {
		if note := all[name]; note != nil {
			return note
		}
	}
	return all["* other"]
}

// noteParser reads notes.txt line by line.
type noteParser struct {
	notes map[string]*Note
	pages map[string]string // URLs by name
	note  *Note             // the current one
}

// parseNotes reads the format of notes.txt. First come the names of pages. Then
// come the notes, each with its name in brackets and a line for each of what,
// why, breaks and see.
func parseNotes(text string) (map[string]*Note, error) {
	p := noteParser{notes: map[string]*Note{}, pages: map[string]string{}}
	for i, line := range strings.Split(text, "\n") {
		if err := p.line(line); err != nil {
			return nil, fmt.Errorf("line %d: %w", i+1, err)
		}
	}
	return p.notes, nil
}

func (p *noteParser) line(line string) error {
	switch {
	case strings.HasPrefix(line, "["):
		return p.begin(strings.TrimSuffix(line[1:], "]"))
	case p.note != nil && line != "" && !strings.HasPrefix(line, "#"):
		return p.member(line)
	case p.note == nil:
		if name, url, ok := strings.Cut(line, " = "); ok {
			p.pages[name] = url
		}
	}
	return nil
}

// begin starts a new note with that name.
func (p *noteParser) begin(name string) error {
	if p.notes[name] != nil {
		return fmt.Errorf("a second note on %s", name)
	}
	p.note = &Note{Name: shortName(name)}
	p.notes[name] = p.note
	return nil
}

// member reads a line of the current note.
func (p *noteParser) member(line string) error {
	what, text, _ := strings.Cut(line, " ")
	switch what {
	case "name:":
		p.note.Name = text
	case "what:":
		p.note.What = text
	case "why:":
		p.note.Why = text
	case "breaks:":
		p.note.Breaks = text
	case "see:":
		p.note.Link = findLink(text, p.pages)
		if p.note.Link.URL == "" {
			return fmt.Errorf("neither an RFC nor a page in the list: %s", text)
		}
	default:
		return fmt.Errorf("neither name, what, why, breaks nor see: %s", what)
	}
	return nil
}

// shortName returns the name of a field whose note has no name: the field's
// key, without "event." for a member of an event, and in the usual spelling for
// a header.
func shortName(name string) string {
	_, key, _ := strings.Cut(name, " ")
	if header, ok := strings.CutSuffix(key, " header"); ok && header != "other" {
		spelled := textproto.CanonicalMIMEHeaderKey(header)
		return strings.Replace(spelled, "Www-", "WWW-", 1)
	}
	return strings.TrimPrefix(key, "event.")
}

var rfc = regexp.MustCompile(`^RFC ([0-9]+), (section|appendix) ([0-9A-Z][0-9.]*)$`)

// findLink returns the link for "RFC 7519, section 4.1.1", or for the name of a
// page. Its URL is "" if there is none.
func findLink(text string, pages map[string]string) Link {
	if m := rfc.FindStringSubmatch(text); m != nil {
		url := "https://www.rfc-editor.org/rfc/rfc" + m[1] + "#" + m[2] + "-" + m[3]
		return Link{text, url}
	}
	return Link{text, pages[text]}
}
