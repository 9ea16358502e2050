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

// notes are those of notes.txt, by part and key. They are the same in all traces.
var notes = sync.OnceValue(func() map[string]*Note {
	all, err := parseNotes(notesText)
	if err != nil {
		panic("walkthrough: notes.txt: " + err.Error()) // a test reads it
	}
	return all
})

// findNote returns the note on a field, or one on its kind.
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

// Explained returns the fields to explain, in order: those that have an address.
func (p *Part) Explained() (fields []Field) {
	for _, f := range p.Fields {
		if f.ID != "" {
			fields = append(fields, f)
		}
	}
	return fields
}

// parseNotes reads the form of notes.txt: first the names of pages, then notes,
// each with its name in brackets and a line for each of what, why, breaks and see.
func parseNotes(text string) (map[string]*Note, error) {
	all, pages := map[string]*Note{}, map[string]string{}
	var note *Note
	for number, line := range strings.Split(text, "\n") {
		wrong := func(what string) error { return fmt.Errorf("line %d: %s", number+1, what) }
		if name, ok := strings.CutPrefix(line, "["); ok {
			name = strings.TrimSuffix(name, "]")
			if all[name] != nil {
				return nil, wrong("a second note on " + name)
			}
			note = &Note{Name: shortName(name)}
			all[name] = note
			continue
		}
		if name, url, ok := strings.Cut(line, " = "); ok && note == nil {
			pages[name] = url
		}
		what, rest, ok := strings.Cut(line, ": ")
		if note == nil || strings.HasPrefix(line, "#") || line == "" {
			continue
		}
		places := map[string]*string{"name": &note.Name, "what": &note.What, "why": &note.Why, "breaks": &note.Breaks}
		switch to := places[what]; {
		case !ok || to == nil && what != "see":
			return nil, wrong("neither name, what, why, breaks nor see")
		case what == "see":
			if note.Link = findLink(rest, pages); note.Link.URL == "" {
				return nil, wrong("no RFC, and no page in the list: " + rest)
			}
		default:
			*to = rest
		}
	}
	return all, nil
}

// shortName is how a field is called if its note does not say otherwise: the last
// of its keys, "start" of an event's, and a header's name as it is written.
func shortName(name string) string {
	_, key, _ := strings.Cut(name, " ")
	if header, ok := strings.CutSuffix(key, " header"); ok && header != "other" {
		return strings.Replace(textproto.CanonicalMIMEHeaderKey(header), "Www-", "WWW-", 1)
	}
	return strings.TrimPrefix(key, "event.")
}

var rfc = regexp.MustCompile(`^RFC ([0-9]+), (section|appendix) ([0-9A-Z][0-9.]*)$`)

// findLink makes an address of "RFC 7519, section 4.1.1" or the name of a page.
func findLink(text string, pages map[string]string) Link {
	if m := rfc.FindStringSubmatch(text); m != nil {
		return Link{text, "https://www.rfc-editor.org/rfc/rfc" + m[1] + "#" + m[2] + "-" + m[3]}
	}
	return Link{text, pages[text]}
}
