// SPDX-License-Identifier: 0BSD

package lab

import (
	"strings"
	"testing"
)

func TestDifferences(t *testing.T) {
	long := strings.Repeat("a", 120)
	for _, test := range []struct{ was, is, want string }{
		{"", "", ""},
		{"a", "a", "a"},
		{"", "new", "[->new]"},
		{"old", "", "[old->]"},
		{`{"a":1,"b":2}`, `{"a":1,"b":3}`, `{"a":1,"b":[2->3]}`},
		{`{"a":1,"b":2}`, `{"b":2}`, `{["a":1,->]"b":2}`},
		{`{"a":"x y"}`, `{"a":"x y z"}`, `{"a":"x y[-> z]"}`},
		{"https://one.example/two", "https://other.example/three", "https://[one.example/two->other.example/three]"},
		{"GET /a?x=1&y=2", "GET /b?x=1&y=3", "GET /[a->b]?x=1&y=[2->3]"},
		{"word", "words", "word[->s]"},
		{"a." + long + "MX0.b", "a." + long + "MH0.b", "a." + long + "M[X->H]0.b"},
		{"a." + long + "MX0", "a." + long + "MH0=", "a.[" + long + "MX0->" + long + "MH0=]"},
		{"Bearer ya29.c.c0AS[... 5 more characters withheld]\r\n",
			"Bearer ya29.c.c0AS[... 4 more characters withheld]\r\n",
			"Bearer [ya29.c.c0AS[... 5 more characters withheld]->ya29.c.c0AS[... 4 more characters withheld]]\r\n"},
	} {
		got, at := "", 0
		for _, r := range differences(test.was, test.is) {
			got += test.is[at:r.Start] + "[" + r.Was + "->" + test.is[r.Start:r.End] + "]"
			at = r.End
		}
		if got += test.is[at:]; got != test.want {
			t.Errorf("%q and %q: %s, not %s", test.was, test.is, got, test.want)
		}
	}
}

// Undoing the differences restores the text, and no text takes long.
func FuzzDifferences(f *testing.F) {
	f.Add(`{"iss":"reader@x","iat":1}`, `{"iss":"raeder@x"}`)
	f.Add("a=1&b=2&c=3", "c=3&a=1")
	f.Add(strings.Repeat(",", 3000), strings.Repeat(",.", 3000))
	f.Fuzz(func(t *testing.T, was, is string) {
		got, at := "", 0
		for _, r := range differences(was, is) {
			if r.Start < at || r.End < r.Start || r.End > len(is) {
				t.Fatalf("range %+v after %d", r, at)
			}
			got += is[at:r.Start] + r.Was
			at = r.End
		}
		if got += is[at:]; got != was {
			t.Errorf("%q and %q: %q", was, is, got)
		}
	})
}
