// SPDX-License-Identifier: 0BSD

package walkthrough

import (
	"bytes"
	"os"
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
		{"Bearer ya29.c.c0AS[... 5 more characters withheld]\r\n", "Bearer ya29.c.c0AS[... 4 more characters withheld]\r\n",
			"Bearer [ya29.c.c0AS[... 5 more characters withheld]->ya29.c.c0AS[... 4 more characters withheld]]\r\n"},
	} {
		got, at := "", 0
		for _, r := range joined(test.is, differences(test.was, test.is)) {
			got += test.is[at:r.Start] + "[" + r.Was + "->" + test.is[r.Start:r.End] + "]"
			at = r.End
		}
		if got += test.is[at:]; got != test.want {
			t.Errorf("%q and %q: %s, not %s", test.was, test.is, got, test.want)
		}
	}
}

// On the page nothing stands between what was and what is, which would be taken for
// a blank of the bytes; a colour beneath tells them apart.
func TestWasAndIs(t *testing.T) {
	s := newTestServer(t)
	for name, want := range map[string]string{
		"aud":  "https://<del>oauth2.googleapis.com/token</del><ins>www.googleapis.com/calendar/v3</ins>&#34;",
		"flip": "<del>B</del><ins>F</ins>",
	} {
		if page := get(s, "/lab?break="+name).Body.String(); !strings.Contains(page, want) {
			t.Errorf("%s: no %s", name, want)
		}
	}
	if !strings.Contains(style, ".wire del { color: var(--soft); background: var(--hover); text-decoration: line-through; border-radius: 2px; margin-right: 1px; }") {
		t.Error("what was looks as if a blank followed")
	}
}

// Putting back what was gives what was, and no text takes long.
func FuzzDifferences(f *testing.F) {
	f.Add(`{"iss":"reader@x","iat":1}`, `{"iss":"raeder@x"}`)
	f.Add("a=1&b=2&c=3", "c=3&a=1")
	f.Add(strings.Repeat(",", 3000), strings.Repeat(",.", 3000))
	f.Fuzz(func(t *testing.T, was, is string) {
		got, at := "", 0
		for _, r := range joined(is, differences(was, is)) {
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

// The other key is good, is that of RFC 7515, and stands in two folders, as jwt
// must stay copyable alone.
func TestOtherKey(t *testing.T) {
	same, err := os.ReadFile("../jwt/testdata/rfc7515-a2.json")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(otherJWK, same) {
		t.Error("other.jwk differs from jwt/testdata/rfc7515-a2.json")
	}
	if key := otherKey(); key.Validate() != nil || key.N.BitLen() != 2048 {
		t.Errorf("%d bits, %v", key.N.BitLen(), key.Validate())
	}
}
