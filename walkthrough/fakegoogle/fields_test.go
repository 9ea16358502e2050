// SPDX-License-Identifier: 0BSD

package fakegoogle

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// String writes a mask as a fields parameter.
func (m fieldMask) String() string {
	var items []string
	for _, name := range slices.Sorted(maps.Keys(m)) {
		if m[name] != nil {
			name += "(" + m[name].String() + ")"
		}
		items = append(items, name)
	}
	return strings.Join(items, ",")
}

func (m fieldMask) depth() (deepest int) {
	for _, below := range m {
		deepest = max(deepest, 1+below.depth())
	}
	return deepest
}

// partOf says what is in v that is not in whole, where it should be in the same order.
func partOf(v, whole any) (wrong string) {
	switch v := v.(type) {
	case object:
		whole, _ := whole.(object)
		for _, m := range v {
			i := slices.IndexFunc(whole, func(w member) bool { return w.key == m.key && partOf(m.value, w.value) == "" })
			if i < 0 {
				return m.key
			}
			whole = whole[i+1:]
		}
		return ""
	case []any:
		whole, _ := whole.([]any)
		for _, e := range v {
			i := slices.IndexFunc(whole, func(w any) bool { return partOf(e, w) == "" })
			if i < 0 {
				return "an element"
			}
			whole = whole[i+1:]
		}
		return ""
	}
	if !reflect.DeepEqual(v, whole) {
		return "a scalar"
	}
	return ""
}

// A mask that is written and read is the same mask. What it leaves of a resource is a part of it, has what was asked for,
// and is left as it is by the same mask.
func FuzzFieldMask(f *testing.F) {
	const page = `{"kind":"calendar#events","items":[{"id":"a","start":{"dateTime":"x","timeZone":"y"},"attendees":[{"email":"e"},{}],"recurrence":["R"],
		"reminders":{"overrides":[{"minutes":1}]},"conferenceData":{"a":[1,{"b":2},null,[{"b":3}]],"b":null}},{"id":"b","id":"c"}],"summary":""}`
	for _, fields := range []string{"kind,items(id,start/date)", "items/attendees/email", "*", "*/id", "items(*,id)", "items(id,*)", "items/conferenceData/a/b", "items(conferenceData(a(b,c),b/x))",
		"items,items/id", "items/id,items", "items/id,items/start(dateTime)", "items(reminders/overrides/minutes,recurrence)", "items/recurrence/x", "kind/x", "items(id", "items(id))", "items()", "a,,b", "", "/", "items/conferenceData" + strings.Repeat("/a", 30),
		"*" + strings.Repeat("(*", 12) + strings.Repeat(")", 12)} {
		f.Add(fields, page)
	}
	f.Add("items/conferenceData/a", `{"items":{"conferenceData":{"a":"\u0000"}},"items":7}`)
	f.Fuzz(func(t *testing.T, fields, resource string) {
		m, bad, ok := parseFields(fields, "Events")
		if !ok {
			if !strings.Contains(fields, bad) {
				t.Errorf("%q is said to be wrong in %q", bad, fields)
			}
			return
		}
		text := m.String()
		if again, _, ok := parseFields(text, "Events"); !ok || !reflect.DeepEqual(again, m) || len(m) == 0 || m.depth() > maxFieldDepth+1 {
			t.Fatalf("%q is read as %q, and that as %q", fields, text, again)
		}
		v, err := parseJSON([]byte(resource))
		if err != nil {
			return
		}
		p := m.apply(v)
		if wrong := partOf(p, v); p != nil && wrong != "" {
			t.Errorf("%q leaves %s of %s: where does %q come from?", fields, appendJSON(nil, p, "", ""), resource, wrong)
		}
		if p == nil {
			return // a scalar, of which members were asked
		}
		if text := appendJSON(nil, p, "", " "); !json.Valid(text) {
			t.Errorf("%q makes of %s %s", fields, resource, text)
		}
		if again := m.apply(p); !reflect.DeepEqual(again, p) {
			t.Errorf("%q twice: %s, then %s", fields, appendJSON(nil, p, "", ""), appendJSON(nil, again, "", ""))
		}
		o, _ := v.(object)
		for _, e := range o {
			if below, asked := m[e.key]; asked && below == nil && !slices.ContainsFunc(p.(object), func(m member) bool { return reflect.DeepEqual(m, e) }) {
				t.Errorf("%q leaves no %s of %s", fields, e.key, resource)
			}
		}
	})
}
