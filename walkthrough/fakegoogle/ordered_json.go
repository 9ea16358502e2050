// SPDX-License-Identifier: 0BSD

package fakegoogle

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
)

// JSON objects here keep the order of their members: the fake sends them in
// Google's order, and members that it doesn't know stay where they were.
//
// A value is an object, a []any, a string, an int, a bool, a json.RawMessage,
// or nil. A json.RawMessage is JSON text: a scalar as it was parsed, or a value
// that has been encoded before. A member whose value is nil is left out.

type object []member

type member struct {
	key   string
	value any
}

// optional leaves a member out if it's empty.
func optional(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// index returns the index of a member, or -1.
func (o object) index(key string) int {
	return slices.IndexFunc(o, func(m member) bool { return m.key == key })
}

// get returns the value of a member, or nil.
func (o object) get(key string) any {
	if i := o.index(key); i >= 0 {
		return o[i].value
	}
	return nil
}

// object returns a member that is an object, or an empty one.
func (o object) object(key string) object {
	v, _ := o.get(key).(object)
	return v
}

// string returns a member that is a string, or "".
func (o object) string(key string) (s string) {
	switch v := o.get(key).(type) {
	case string:
		return v
	case json.RawMessage:
		json.Unmarshal(v, &s)
	}
	return s
}

// setDefault adds a member, unless there is one already or the value is nil.
func (o *object) setDefault(key string, value any) {
	if o.index(key) < 0 && value != nil {
		*o = append(*o, member{key, value})
	}
}

// parseJSON parses a value. It keeps the text of scalars, so that no number
// loses digits and no escape changes.
func parseJSON(data []byte) (any, error) {
	var compact bytes.Buffer
	if err := json.Compact(&compact, data); err != nil {
		return nil, err
	}
	v, _ := cutJSON(compact.Bytes())
	return v, nil
}

// cutJSON returns the value at the beginning of text, and the text after it.
// The text must be valid and have no spaces between tokens.
func cutJSON(text []byte) (v any, rest []byte) {
	switch text[0] {
	case '{':
		return cutObject(text)
	case '[':
		return cutArray(text)
	case '"':
		end := stringEnd(text)
		return json.RawMessage(text[:end]), text[end:]
	}
	end := bytes.IndexAny(text, ",]}")
	if end < 0 {
		end = len(text)
	}
	return json.RawMessage(text[:end]), text[end:]
}

func cutObject(text []byte) (object, []byte) {
	o := object{}
	if text[1] == '}' {
		return o, text[2:]
	}
	for text[0] != '}' {
		text = text[1:] // the brace, or a comma
		end := stringEnd(text)
		var key string
		json.Unmarshal(text[:end], &key)
		value, rest := cutJSON(text[end+1:])
		o = append(o, member{key, value})
		text = rest
	}
	return o, text[1:]
}

func cutArray(text []byte) ([]any, []byte) {
	a := []any{}
	if text[1] == ']' {
		return a, text[2:]
	}
	for text[0] != ']' {
		text = text[1:] // the bracket, or a comma
		value, rest := cutJSON(text)
		a = append(a, value)
		text = rest
	}
	return a, text[1:]
}

// stringEnd is the length of the JSON string at the beginning of text, with
// its quotes.
func stringEnd(text []byte) int {
	for i := 1; ; i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
}

// appendJSON appends v to b. Each line begins with prefix, and with indent once
// for each level. Without an indent everything goes on one line.
func appendJSON(b []byte, v any, prefix, indent string) []byte {
	switch v := v.(type) {
	case object:
		return appendObject(b, v, prefix, indent)
	case []any:
		return appendArray(b, v, prefix, indent)
	case string:
		return append(b, quoteJSON(v)...)
	case int:
		return strconv.AppendInt(b, int64(v), 10)
	case bool:
		return strconv.AppendBool(b, v)
	case json.RawMessage:
		return append(b, v...)
	}
	panic(fmt.Sprintf("fakegoogle: %T is not JSON", v))
}

func appendObject(b []byte, o object, prefix, indent string) []byte {
	colon := ":"
	if indent != "" {
		colon = ": "
	}
	b = append(b, '{')
	count := 0
	for _, m := range o {
		if m.value == nil {
			continue
		}
		if count > 0 {
			b = append(b, ',')
		}
		count++
		b = appendNewline(b, prefix+indent, indent)
		b = append(b, quoteJSON(m.key)...)
		b = append(b, colon...)
		b = appendJSON(b, m.value, prefix+indent, indent)
	}
	if count > 0 {
		b = appendNewline(b, prefix, indent)
	}
	return append(b, '}')
}

func appendArray(b []byte, a []any, prefix, indent string) []byte {
	b = append(b, '[')
	for i, v := range a {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendNewline(b, prefix+indent, indent)
		b = appendJSON(b, v, prefix+indent, indent)
	}
	if len(a) > 0 {
		b = appendNewline(b, prefix, indent)
	}
	return append(b, ']')
}

// appendNewline begins a line, if there are lines at all.
func appendNewline(b []byte, prefix, indent string) []byte {
	if indent == "" {
		return b
	}
	b = append(b, '\n')
	return append(b, prefix...)
}

// quoteJSON returns s as a JSON string. Unlike encoding/json by default, but
// like Google, it leaves & < and > unchanged.
func quoteJSON(s string) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.Encode(s)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}
