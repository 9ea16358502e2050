// SPDX-License-Identifier: 0BSD

package walkthrough

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"strings"
)

// Explain splits the part into fields. Every byte is in exactly one field, and
// every field has a note. The part's name and kind decide how it is split.
// Bytes that can't be parsed become one field.
func (p *Part) Explain() {
	t := &tiler{
		part:      p,
		masks:     mask.FindAllIndex(p.Bytes, -1),
		ids:       map[string]bool{},
		explained: map[*Note]bool{},
	}
	p.Fields = nil
	switch {
	case p.Name == "key-der":
		t.keyDER()
	case p.Name == "digest":
		t.upTo(len(p.Bytes), "digest", Digest)
	case p.Name == "block":
		t.signatureBlock()
	case p.Kind == HTTP:
		t.message()
	case p.Kind == JSON:
		t.object(len(p.Bytes), t.member)
	case p.Kind == Base64URL:
		t.piecesOfJWT(len(p.Bytes))
	}
	t.upTo(len(p.Bytes), "rest", Plain)
}

// tiler covers a part with fields, from its first byte to its last.
type tiler struct {
	part      *Part
	at        int // where the next field begins
	masks     [][]int
	ids       map[string]bool // already in use
	explained map[*Note]bool  // notes of earlier fields
}

// upTo makes one field of the bytes up to end, if there are any. A mask among
// them becomes a separate field, whose key ends in "masked".
func (t *tiler) upTo(end int, key string, class Class) {
	for _, m := range t.masks {
		if t.at <= m[0] && m[1] <= end {
			t.add(m[0], key, class)
			t.add(m[1], key+" masked", Secret)
		}
	}
	t.add(end, key, class)
}

// add makes one field, up to end.
func (t *tiler) add(end int, key string, class Class) {
	if end <= t.at {
		return
	}
	note := findNote(t.part, key)
	f := Field{Name: note.Name, Class: class, Start: t.at, End: end, Note: note}
	if strings.HasPrefix(note.Name, "other") {
		f.Name = cmp.Or(Printable(shortName(t.part.Name+" "+key)), note.Name)
	}
	if !t.explained[note] {
		f.ID = t.part.Name + "-" + slug(key)
		for t.ids[f.ID] {
			f.ID += "-"
		}
		t.explained[note], t.ids[f.ID] = true, true
	}
	t.part.Fields = append(t.part.Fields, f)
	t.at = end
}

// slug makes a key usable as the fragment of a URL.
func slug(key string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', r == '_':
			return r
		}
		return '-'
	}, key)
}

// rest returns the bytes that no field covers yet.
func (t *tiler) rest() []byte { return t.part.Bytes[t.at:] }

// index returns the position of the next b before end, or end if there is none.
func (t *tiler) index(b byte, end int) int {
	if i := bytes.IndexByte(t.part.Bytes[t.at:end], b); i >= 0 {
		return t.at + i
	}
	return end
}

// piecesOfJWT covers the pieces of a JWT up to end; some may be missing. If the
// last character of a piece has unused bits, that character is a separate
// field.
func (t *tiler) piecesOfJWT(end int) {
	names, classes := []string{"header", "claims", "signature"}, []Class{Header, Claims, Signature}
	if t.part.Name == "signature" {
		names, classes = names[2:], classes[2:]
	}
	for i, name := range names {
		pieceEnd := end
		if i < len(names)-1 {
			pieceEnd = t.index('.', end)
		}
		if len(t.masks) == 0 && (pieceEnd-t.at)%4 > 1 {
			t.upTo(pieceEnd-1, "encoded "+name, classes[i])
			t.upTo(pieceEnd, name+" end", classes[i])
		}
		t.upTo(pieceEnd, "encoded "+name, classes[i])
		t.upTo(min(pieceEnd+1, end), "dot", Separator)
	}
}

// keyDER covers the public half of a key.
func (t *tiler) keyDER() {
	for _, piece := range splitDER(t.part.Bytes) {
		class := Plain
		if piece.key == "modulus" || piece.key == "exponent" {
			class = Signature // these verify the signature
		}
		t.upTo(piece.end, piece.key, class)
	}
}

// signatureBlock covers the block inside a signature; see openSignature.
func (t *tiler) signatureBlock() {
	end := fillerEnd(t.part.Bytes)
	if end < 0 {
		return
	}
	t.upTo(2, "start", Signature)
	t.upTo(end, "filler", Signature)
	t.upTo(end+1, "end", Signature)
	for _, piece := range []struct {
		length int
		key    string
	}{
		{2, "info"},
		{2, "algorithm"},
		{11, "SHA-256"},
		{2, "parameters"},
		{2, "octets"},
		{sha256.Size, "digest"},
	} {
		t.upTo(t.at+piece.length, piece.key, Digest)
	}
}
