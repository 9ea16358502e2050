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

// String returns a mask as a fields parameter.
func (mask fieldMask) String() string {
	var items []string
	for _, name := range slices.Sorted(maps.Keys(mask)) {
		if mask[name] != nil {
			name += "(" + mask[name].String() + ")"
		}
		items = append(items, name)
	}
	return strings.Join(items, ",")
}

func (mask fieldMask) depth() (deepest int) {
	for _, below := range mask {
		deepest = max(deepest, 1+below.depth())
	}
	return deepest
}

// extra returns what v has that isn't in whole, or isn't in the same order
// there. It returns "" if there's nothing.
func extra(v, whole any) string {
	switch v := v.(type) {
	case object:
		whole, _ := whole.(object)
		for _, m := range v {
			i := slices.IndexFunc(whole, func(w member) bool {
				return w.key == m.key && extra(m.value, w.value) == ""
			})
			if i < 0 {
				return m.key
			}
			whole = whole[i+1:]
		}
		return ""
	case []any:
		whole, _ := whole.([]any)
		for _, e := range v {
			i := slices.IndexFunc(whole, func(w any) bool { return extra(e, w) == "" })
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

const fuzzPage = `{
	"kind": "calendar#events",
	"items": [
		{
			"id": "a",
			"start": {"dateTime": "x", "timeZone": "y"},
			"attendees": [{"email": "e"}, {}],
			"recurrence": ["R"],
			"reminders": {"overrides": [{"minutes": 1}]},
			"conferenceData": {"a": [1, {"b": 2}, null, [{"b": 3}]], "b": null}
		},
		{"id": "b", "id": "c"}
	],
	"summary": ""
}`

// A mask survives being written and parsed again. Applied to a resource, it
// leaves a part of it with everything that was asked for, and applied again it
// changes nothing.
func FuzzFieldMask(f *testing.F) {
	for _, fields := range []string{
		"kind,items(id,start/date)",
		"items/attendees/email",
		"*",
		"*/id",
		"items(*,id)",
		"items(id,*)",
		"items/conferenceData/a/b",
		"items(conferenceData(a(b,c),b/x))",
		"items,items/id",
		"items/id,items",
		"items/id,items/start(dateTime)",
		"items(reminders/overrides/minutes,recurrence)",
		"items/recurrence/x",
		"kind/x",
		"items(id", "items(id))", "items()", "a,,b", "", "/",
		"items/conferenceData" + strings.Repeat("/a", 30),
		"*" + strings.Repeat("(*", 12) + strings.Repeat(")", 12),
	} {
		f.Add(fields, fuzzPage)
	}
	f.Add("items/conferenceData/a", `{"items":{"conferenceData":{"a":"\u0000"}},"items":7}`)
	f.Fuzz(func(t *testing.T, fields, resource string) {
		mask, bad, ok := parseFields(fields, "Events")
		if !ok {
			if !strings.Contains(fields, bad) {
				t.Errorf("%q is not in %q", bad, fields)
			}
			return
		}
		text := mask.String()
		again, _, ok := parseFields(text, "Events")
		if !ok || !reflect.DeepEqual(again, mask) {
			t.Fatalf("%q is parsed as %q, and that as %q", fields, text, again)
		}
		if len(mask) == 0 || mask.depth() > maxFieldDepth+1 {
			t.Fatalf("%q is parsed as %q", fields, text)
		}
		if v, err := parseJSON([]byte(resource)); err == nil {
			checkApply(t, mask, v)
		}
	})
}

func checkApply(t *testing.T, mask fieldMask, v any) {
	t.Helper()
	resource := appendJSON(nil, v, "", "")
	part := mask.apply(v)
	if part == nil {
		return // v is a scalar
	}
	if wrong := extra(part, v); wrong != "" {
		t.Errorf("%q leaves %s of %s: where is %q from?",
			mask, appendJSON(nil, part, "", ""), resource, wrong)
	}
	if text := appendJSON(nil, part, "", " "); !json.Valid(text) {
		t.Errorf("%q turns %s into %s", mask, resource, text)
	}
	if again := mask.apply(part); !reflect.DeepEqual(again, part) {
		t.Errorf("%q twice: %s, then %s",
			mask, appendJSON(nil, part, "", ""), appendJSON(nil, again, "", ""))
	}
	o, _ := v.(object)
	for _, m := range o {
		below, asked := mask[m.key]
		if !asked || below != nil {
			continue
		}
		if !slices.ContainsFunc(part.(object), func(p member) bool {
			return reflect.DeepEqual(p, m)
		}) {
			t.Errorf("%q leaves no %s of %s", mask, m.key, resource)
		}
	}
}
