// SPDX-License-Identifier: 0BSD

package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"example.com/fivestep/jwt"
)

// TestDecodeJudges checks what jwt -decode says about assertions that Google
// would refuse.
func TestDecodeJudges(t *testing.T) {
	now := epoch.Unix()
	const goodHeader = `{"alg":"RS256","typ":"JWT"}`
	good := map[string]any{
		"iss":   "reader@fivestep-lesson.iam.gserviceaccount.com",
		"scope": jwt.DefaultScope,
		"aud":   googleTokenURL,
		"iat":   now,
		"exp":   now + 3600,
	}
	for _, test := range []struct {
		header string
		change map[string]any // nil leaves out
		want   []string       // none: good
	}{
		{goodHeader, nil, nil},
		{goodHeader, map[string]any{"iat": float64(now) + 0.5}, nil},
		{`{"alg":"RS256"}`, map[string]any{"sub": "you@example.com"}, nil},
		{`{"alg":"HS256"}`, nil, []string{`alg is "HS256": Google accepts RS256 only`}},
		{`{}`, nil, []string{`alg is ""`}},
		{`{"alg":1}`, nil, []string{"alg is not a string"}},
		{`{"alg":"RS256","alg":"RS256"}`, nil, []string{`"alg" appears twice`}},
		{goodHeader, map[string]any{"iat": now * 1000, "exp": (now + 3600) * 1000},
			[]string{"not milliseconds"}},
		{goodHeader, map[string]any{"exp": 3600}, []string{"exp is 3600, which looks like a duration"}},
		{goodHeader, map[string]any{"exp": now + 86400}, []string{"at most 3600 seconds"}},
		{goodHeader, map[string]any{"exp": now}, []string{"exp must be after iat"}},
		{goodHeader, map[string]any{"exp": fmt.Sprint(now)}, []string{"exp is not a number"}},
		{goodHeader, map[string]any{"exp": 1e300}, []string{"not milliseconds"}},
		{goodHeader, map[string]any{"iat": nil}, []string{"iat is missing"}},
		{goodHeader, map[string]any{"aud": "https://www.googleapis.com/calendar/v3"},
			[]string{"aud is not the URL of a token endpoint"}},
		{goodHeader, map[string]any{"aud": []string{googleTokenURL}}, []string{"aud is not a string"}},
		{goodHeader, map[string]any{"aud": nil}, []string{"aud is empty"}},
		{goodHeader, map[string]any{"scope": nil}, []string{"scope is missing"}},
		{goodHeader, map[string]any{"scope": nil, "scopes": jwt.DefaultScope},
			[]string{`"scopes" is not the name of the claim`}},
		{goodHeader, map[string]any{"scope": nil, "Scope": "x"}, []string{`"Scope" is not the name`}},
		{goodHeader, map[string]any{"scope": nil, "target_audience": "x"}, []string{"an ID token"}},
		{goodHeader, map[string]any{"scope": "a,b"}, []string{"no comma"}},
		{goodHeader, map[string]any{"scope": []string{"a"}}, []string{"scope is not a string"}},
		{goodHeader, map[string]any{"iss": "someone@gmail.com"},
			[]string{"iss is not a service account's address"}},
		// All faults at once.
		{`{"alg":"none"}`, map[string]any{"iss": nil, "exp": 60},
			[]string{"alg is", "iss is empty", "exp is 60"}},
	} {
		claims := make(map[string]any)
		for _, from := range []map[string]any{good, test.change} {
			for name, value := range from {
				claims[name] = value
				if value == nil {
					delete(claims, name)
				}
			}
		}
		text, err := json.Marshal(claims)
		if err != nil {
			t.Fatal(err)
		}
		w := newWorld(t)
		stdout, stderr, status := w.run(encode(test.header)+"."+encode(string(text))+".AA", "jwt", "-decode")
		if (status == exitDone) != (test.want == nil) || !strings.Contains(stdout, "not verified") {
			t.Errorf("%s %s: exit %d\n%s", test.header, text, status, stderr)
		}
		for _, want := range test.want {
			if !strings.HasPrefix(stderr, "fivestep: step 2: ") || !strings.Contains(stderr, want) {
				t.Errorf("%s %s: want %q\n%s", test.header, text, want, stderr)
			}
		}
	}
}
