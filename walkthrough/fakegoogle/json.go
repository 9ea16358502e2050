// SPDX-License-Identifier: 0BSD

package fakegoogle

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
)

// JSON with its members in order: Google's order is part of what is served, and members that the fake does not know are
// kept where they stand. A value is an object, a []any, a string, an int, a bool, a json.RawMessage (one scalar as it was
// written, or a value that was encoded before), or nil, which is left out.

type object []member

type member struct {
	key   string
	value any
}

// parse reads one JSON value. Scalars stay as they are written, so that nothing is lost of a number or an escape.
func parse(data []byte) (any, error) {
	var b bytes.Buffer
	if err := json.Compact(&b, data); err != nil {
		return nil, err
	}
	v, _ := scan(b.Bytes())
	return v, nil
}

// scan reads the value that text starts with and returns what follows it. The text is valid and holds no blanks.
func scan(text []byte) (any, []byte) {
	switch text[0] {
	case '{':
		o := object{}
		for text[1] != '}' { // text[0] is the brace, then a comma
			end := 1 + stringEnd(text[1:])
			var key string
			json.Unmarshal(text[1:end], &key)
			value, rest := scan(text[end+1:])
			o, text = append(o, member{key, value}), rest
			if text[0] == '}' {
				return o, text[1:]
			}
		}
		return o, text[2:]
	case '[':
		a := []any{}
		for text[1] != ']' {
			value, rest := scan(text[1:])
			a, text = append(a, value), rest
			if text[0] == ']' {
				return a, text[1:]
			}
		}
		return a, text[2:]
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

// stringEnd is the length of the JSON string that text starts with, quotes included.
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

func (o object) get(key string) any {
	if i := o.index(key); i >= 0 {
		return o[i].value
	}
	return nil
}

func (o object) index(key string) int {
	return slices.IndexFunc(o, func(m member) bool { return m.key == key })
}

// object returns a member that is an object, or an empty one.
func (o object) object(key string) object {
	v, _ := o.get(key).(object)
	return v
}

// text returns a member that is a string, or "".
func (o object) text(key string) (s string) {
	switch v := o.get(key).(type) {
	case string:
		return v
	case json.RawMessage:
		json.Unmarshal(v, &s)
	}
	return s
}

// encode appends v to b. A level is indented by indent after prefix; no indent writes everything on one line.
func encode(b []byte, v any, prefix, indent string) []byte {
	newline, colon := "", ":"
	if indent != "" {
		newline, colon = "\n"+prefix+indent, ": "
	}
	switch v := v.(type) {
	case object:
		n := 0
		b = append(b, '{')
		for _, m := range v {
			if m.value == nil {
				continue
			}
			if n++; n > 1 {
				b = append(b, ',')
			}
			b = append(append(append(b, newline...), quote(m.key)...), colon...)
			b = encode(b, m.value, prefix+indent, indent)
		}
		return closing(b, n, prefix, indent, '}')
	case []any:
		b = append(b, '[')
		for i, e := range v {
			if i > 0 {
				b = append(b, ',')
			}
			b = encode(append(b, newline...), e, prefix+indent, indent)
		}
		return closing(b, len(v), prefix, indent, ']')
	case string:
		return append(b, quote(v)...)
	case int:
		return strconv.AppendInt(b, int64(v), 10)
	case bool:
		return strconv.AppendBool(b, v)
	case json.RawMessage:
		return append(b, v...)
	}
	panic(fmt.Sprintf("fakegoogle: %T is not JSON", v))
}

func closing(b []byte, n int, prefix, indent string, with byte) []byte {
	if n > 0 && indent != "" {
		b = append(append(b, '\n'), prefix...)
	}
	return append(b, with)
}

// quote writes a JSON string; unlike encoding/json's default it leaves & < > as they are, as Google does.
func quote(s string) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.Encode(s)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}
