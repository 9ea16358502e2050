// SPDX-License-Identifier: 0BSD

package walkthrough

import (
	"bytes"
	"cmp"
	"encoding/json"
	"strings"
)

// explain makes the fields of a part: every byte is in one, and every field has
// a note. It goes by the part's name and kind, and takes any bytes: what it cannot
// read becomes one field.
func (p *Part) explain() {
	t := &tiler{part: p, masks: mask.FindAllIndex(p.Bytes, -1), ids: map[string]bool{}, notes: map[*Note]bool{}}
	p.Fields = nil
	switch {
	case p.Name == "key-der":
		t.keyDER()
	case p.Name == "digest":
		t.to(len(p.Bytes), "digest", Digest)
	case p.Name == "block":
		t.block()
	case p.Kind == HTTP:
		t.message()
	case p.Kind == JSON:
		t.object(len(p.Bytes), t.member)
	case p.Kind == Base64URL:
		t.pieces(len(p.Bytes))
	}
	t.to(len(p.Bytes), "rest", Plain)
}

// tiler lays fields side by side.
type tiler struct {
	part  *Part
	at    int // where the next field begins
	masks [][]int
	ids   map[string]bool // given out
	notes map[*Note]bool  // that a field with an address has
}

// to makes a field of all up to end, unless that is nothing. A mask in it becomes
// a field of its own, with the note of that key and " masked".
func (t *tiler) to(end int, key string, class Class) {
	for _, m := range t.masks {
		if t.at <= m[0] && m[1] <= end {
			t.one(m[0], key, class)
			t.one(m[1], key+" masked", Secret)
		}
	}
	t.one(end, key, class)
}

func (t *tiler) one(end int, key string, class Class) {
	if end <= t.at {
		return
	}
	note := findNote(t.part, key)
	f := Field{Name: note.Name, Class: class, Start: t.at, End: end, Note: note}
	if strings.HasPrefix(note.Name, "other") {
		f.Name = cmp.Or(printable(shortName(t.part.Name+" "+key)), note.Name)
	}
	if !t.notes[note] {
		f.ID = t.part.Name + "-" + slug(key)
		for t.ids[f.ID] {
			f.ID += "-"
		}
		t.notes[note], t.ids[f.ID] = true, true
	}
	t.part.Fields = append(t.part.Fields, f)
	t.at = end
}

// slug makes a part of an address out of a key.
func slug(key string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '_':
			return r
		}
		return '-'
	}, key)
}

// rest is what has no field yet.
func (t *tiler) rest() []byte { return t.part.Bytes[t.at:] }

// until makes a field that ends before the next mark, or at most at end.
func (t *tiler) until(mark string, end int, key string, class Class) {
	if i := bytes.Index(t.part.Bytes[t.at:end], []byte(mark)); i >= 0 {
		end = t.at + i
	}
	t.to(end, key, class)
}

// object lays the JSON object that ends at end: each member by lay, and what is
// between them. It stops where the JSON does, or is none.
func (t *tiler) object(end int, lay func(name string, value json.RawMessage, to int)) {
	start := t.at
	dec := json.NewDecoder(bytes.NewReader(t.part.Bytes[start:end]))
	// blank is where the next value begins: the decoder stands before a comma.
	blank := func(cut string) int {
		at := start + int(dec.InputOffset())
		return at + len(t.part.Bytes[at:end]) - len(bytes.TrimLeft(t.part.Bytes[at:end], cut))
	}
	if open, err := dec.Token(); open != json.Delim('{') || err != nil {
		return
	}
	for dec.More() {
		from := blank(", \t\r\n")
		name, err := dec.Token()
		var value json.RawMessage
		if err != nil || dec.Decode(&value) != nil {
			return
		}
		t.to(from, "punctuation", Separator)
		lay(name.(string), value, start+int(dec.InputOffset()))
	}
	if _, err := dec.Token(); err == nil {
		t.to(blank(" \t\r\n"), "punctuation", Separator)
	}
}

// member lays a member of the part's own object.
func (t *tiler) member(name string, value json.RawMessage, to int) {
	if name == "items" && bytes.HasPrefix(value, []byte("[")) {
		t.to(to-len(value), name, Plain)
		t.items(to)
	} else {
		t.to(to, name, t.memberClass(name))
	}
}

// items lays an array of events: the first member by member, as its members are
// not the list's, and of the others each as a whole.
func (t *tiler) items(end int) {
	start := t.at
	dec := json.NewDecoder(bytes.NewReader(t.part.Bytes[start:end]))
	dec.Token() // [
	for first := true; dec.More(); first = false {
		var item json.RawMessage
		if dec.Decode(&item) != nil {
			return
		}
		to := start + int(dec.InputOffset())
		t.to(to-len(item), "punctuation", Separator)
		if first {
			t.object(to, func(name string, _ json.RawMessage, to int) { t.to(to, "event."+name, Plain) })
		}
		t.to(to, "event", Plain)
	}
	t.to(end, "punctuation", Separator)
}

// memberClass says what a member of the part's object belongs to. Those of the key
// file have the colour of what is made of them.
func (t *tiler) memberClass(key string) Class {
	switch t.part.Name + " " + key {
	case "key-file private_key_id":
		return Header
	case "key-file client_email", "key-file token_uri":
		return Claims
	}
	switch t.part.Name {
	case "header":
		return Header
	case "claims":
		return Claims
	}
	return Plain
}

// pieces lays the parts of a JWT, as far as they are there, up to end. A last
// character that has bits to spare is a field of its own.
func (t *tiler) pieces(end int) {
	names, classes := []string{"header", "claims", "signature"}, []Class{Header, Claims, Signature}
	if t.part.Name == "signature" {
		names, classes = names[2:], classes[2:]
	}
	for i, name := range names {
		to := end
		if dot := bytes.IndexByte(t.part.Bytes[t.at:end], '.'); dot >= 0 && i < len(names)-1 {
			to = t.at + dot
		}
		if len(t.masks) == 0 && (to-t.at)%4 > 1 {
			t.to(to-1, "encoded "+name, classes[i])
			t.to(to, name+" end", classes[i])
		}
		t.to(to, "encoded "+name, classes[i])
		t.to(min(to+1, end), "dot", Separator)
	}
}
