// SPDX-License-Identifier: 0BSD

package walkthrough

import (
	"bytes"
	"encoding/json"
)

// eachMember is called for each member of an object. It covers the member up to
// end, where the member's value ends too.
type eachMember func(name string, value json.RawMessage, end int)

// object covers the JSON object that ends at end. It calls cover for each
// member and covers the punctuation between them itself. It stops at malformed
// JSON.
func (t *tiler) object(end int, cover eachMember) {
	start := t.at
	dec := json.NewDecoder(bytes.NewReader(t.part.Bytes[start:end]))
	// after returns the position of the next byte that isn't in skipped.
	after := func(skipped string) int {
		rest := t.part.Bytes[start+int(dec.InputOffset()) : end]
		return end - len(bytes.TrimLeft(rest, skipped))
	}
	if open, err := dec.Token(); open != json.Delim('{') || err != nil {
		return
	}
	for dec.More() {
		nameStart := after(", \t\r\n") // the decoder is still before the comma
		name, err := dec.Token()
		var value json.RawMessage
		if err != nil || dec.Decode(&value) != nil {
			return
		}
		t.upTo(nameStart, "punctuation", Separator)
		cover(name.(string), value, start+int(dec.InputOffset()))
	}
	if _, err := dec.Token(); err == nil {
		t.upTo(after(" \t\r\n"), "punctuation", Separator)
	}
}

// member covers a member of the part's outermost object.
func (t *tiler) member(name string, value json.RawMessage, end int) {
	if name == "items" && bytes.HasPrefix(value, []byte("[")) {
		t.upTo(end-len(value), name, Plain)
		t.items(end)
	} else {
		t.upTo(end, name, t.memberClass(name))
	}
}

// items covers an array of events: the first one member by member, and each of
// the others as a whole.
func (t *tiler) items(end int) {
	start := t.at
	dec := json.NewDecoder(bytes.NewReader(t.part.Bytes[start:end]))
	dec.Token() // [
	for first := true; dec.More(); first = false {
		var item json.RawMessage
		if dec.Decode(&item) != nil {
			return
		}
		itemEnd := start + int(dec.InputOffset())
		t.upTo(itemEnd-len(item), "punctuation", Separator)
		if first {
			t.object(itemEnd, func(name string, _ json.RawMessage, end int) {
				t.upTo(end, "event."+name, Plain)
			})
		}
		t.upTo(itemEnd, "event", Plain)
	}
	t.upTo(end, "punctuation", Separator)
}

// memberClass returns the class of a member of the part's object. A member of
// the key file has the class of the JWT's piece that uses it.
func (t *tiler) memberClass(key string) Class {
	switch t.part.Name {
	case "header":
		return Header
	case "claims":
		return Claims
	case "key-file":
		switch key {
		case "private_key_id":
			return Header
		case "client_email", "token_uri":
			return Claims
		}
	}
	return Plain
}
