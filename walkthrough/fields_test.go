// SPDX-License-Identifier: 0BSD

package walkthrough

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"testing"

	"example.com/fivestep/walkthrough/fakegoogle"
)

// tilingErrors lists the mistakes in a part's fields: every byte must be in
// one, and every field must have a note.
func tilingErrors(part *Part) (wrong []string) {
	at := 0
	explained := map[*Note]bool{}
	for _, f := range part.Fields {
		if f.Start != at || f.End <= f.Start || f.End > len(part.Bytes) {
			wrong = append(wrong, "a gap or an overlap at "+f.Name)
		}
		at = f.End
		switch {
		case f.Note == nil:
			wrong = append(wrong, "no note on "+f.Name)
		case f.Name == "":
			wrong = append(wrong, "a field without a name")
		case f.ID == "" && !explained[f.Note]:
			wrong = append(wrong, f.Name+" is not explained")
		}
		explained[f.Note] = true
	}
	if at != len(part.Bytes) {
		wrong = append(wrong, "the last bytes are in no field: "+string(part.Bytes[at:]))
	}
	return wrong
}

// tilingErrors finds each kind of mistake.
func TestTilingErrors(t *testing.T) {
	trace := lesson(t, fakegoogle.New())
	part, err := trace.Part("claims")
	if err != nil {
		t.Fatal(err)
	}
	whole := part.Fields
	for want, change := range map[string]func([]Field) []Field{
		"a gap or an overlap": func(f []Field) []Field { return f[1:] },
		"the last bytes are":  func(f []Field) []Field { return f[:len(f)-1] },
		"no note on iss":      func(f []Field) []Field { f[1].Note = nil; return f },
		"iss is not expl":     func(f []Field) []Field { f[1].ID = ""; return f },
	} {
		part.Fields = change(slices.Clone(whole))
		if wrong := tilingErrors(part); len(wrong) == 0 || !strings.HasPrefix(wrong[0], want) {
			t.Errorf("%q, not %s", wrong, want)
		}
	}
}

// Every byte of the lesson is in a field with a specific note.
func TestEveryByte(t *testing.T) {
	trace := lesson(t, fakegoogle.New())
	address := regexp.MustCompile(`^[a-z]+[A-Za-z0-9_-]+$`)
	seen, general := map[string]string{}, notes()
	for _, step := range trace.Steps {
		for i := range step.Parts {
			part := &step.Parts[i]
			for _, wrong := range tilingErrors(part) {
				t.Errorf("%s: %s", part.Name, wrong)
			}
			for _, f := range part.Fields {
				switch f.Note {
				case general["* other"], general["* other header"], general["* masked"]:
					t.Errorf("%s: no note is about %q", part.Name, part.Bytes[f.Start:f.End])
				}
				if f.ID == "" {
					continue
				}
				if !address.MatchString(f.ID) || !strings.HasPrefix(f.ID, part.Name+"-") {
					t.Errorf("%s: address %q", part.Name, f.ID)
				}
				if seen[f.ID] != "" {
					t.Errorf("%s: address %q, also in %s", part.Name, f.ID, seen[f.ID])
				}
				seen[f.ID] = part.Name
			}
		}
	}
	for _, id := range []string{
		"key-file-private_key", "key-file-private_key-masked", "key-der-exponent",
		"header-kid", "claims-iss", "signing-input-header-end",
		"assertion-encoded-signature", "block-filler",
		"token-request-grant_type", "token-response-access_token-masked",
		"token-response-vary-header",
		"events-request-timeMin", "events-request-authorization-header-masked",
		"events-response-items", "events-response-event-start", "events-response-event",
	} {
		if seen[id] == "" {
			t.Errorf("no field has the address %s", id)
		}
	}
}

func TestFields(t *testing.T) {
	for _, test := range []struct {
		name string
		kind Kind
		text string
		want string // "class:text" for each field, and just the text for separators
	}{
		{"claims", JSON, ` {"iss" : 1, "x":{"iss":"]}"},"iss":[]} ` + "\n", ` {|claims:"iss" : 1|, |claims:"x":{"iss":"]}"}|,|claims:"iss":[]|} ` + "\n"},
		{"claims", JSON, `{}`, `{}`},
		{"claims", JSON, `[1]`, `:[1]`},
		{"claims", JSON, `{"iss":"a",`, `{|claims:"iss":"a"|:,`},
		{"claims", JSON, `{"iss":"a"} x`, `{|claims:"iss":"a"|} |:x`},
		{"claims", JSON, "", ""},
		{"assertion", Base64URL, "aaaa.bbb.cc.d", "header:aaaa|.|claims:bb|claims:b|.|signature:cc.d"},
		{"assertion", Base64URL, "a=.b", "header:a|header:=|.|claims:b"},
		{"assertion", Base64URL, "...", ".|.|signature:."},
		{"assertion", Base64URL, "aaaa.bbbb.[... 3 more characters withheld]", "header:aaaa|.|claims:bbbb|.|secret:[... 3 more characters withheld]"},
		{"token-request", HTTP, "POST /token HTTP/1.1\r\nA: b\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\ngrant_type=x&&assertion&assertion=a.b",
			"transport:POST| |transport:/token| |transport:HTTP/1.1\r\n|transport:A: b\r\n|transport:Content-Type: application/x-www-form-urlencoded\r\n|transport:\r\n|" +
				":grant_type=x|&|&|:assertion|&|:assertion=|header:a|.|claims:b"},
		{"events-request", HTTP, "GET /v3/calendars/a%40b/events?a=1&b HTTP/1.1\r\nAuthorization: Bearer ya29.c.[... 9 more characters withheld]\r\n\r\n",
			"transport:GET| |transport:/v3/calendars/|:a%40b|transport:/events|?|:a=1|&|:b| |transport:HTTP/1.1\r\n|" +
				"transport:Authorization: Bearer |secret:ya29.c.[... 9 more characters withheld]|transport:\r\n|transport:\r\n"},
		{"token-response", HTTP, "HTTP/1.1 500 Oh\r\nContent-Type: text/html\r\n\r\n<p>{", "transport:HTTP/1.1 500 Oh\r\n|transport:Content-Type: text/html\r\n|transport:\r\n|:<p>{"},
		{"token-response", HTTP, "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\ncontent-type: application/json\n\n2\n{}\n0\n\n", "transport:HTTP/1.1 200 OK\n|transport:Transfer-Encoding: chunked\n|transport:content-type: application/json\n|transport:\n|:2\n{}\n0\n\n"},
		{"events-response", HTTP, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n" + `{"kind":"k","items":[{"id":"1","kind":"e"}, {"id":"2"}],"x":1}`,
			"transport:HTTP/1.1 200 OK\r\n|transport:Content-Type: application/json\r\n|transport:\r\n|" +
				`{|:"kind":"k"|,|:"items":|[|{|:"id":"1"|,|:"kind":"e"|}|, |:{"id":"2"}|]|,|:"x":1|}`},
		{"events-response", HTTP, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n" + `{"items":[7]}`,
			"transport:HTTP/1.1 200 OK\r\n|transport:Content-Type: application/json\r\n|transport:\r\n|" + `{|:"items":|[|:7|]|}`},
		{"events-request", HTTP, "GET", "transport:GET"},
		{"events-request", HTTP, "\r\n\r\n", "transport:\r\n|transport:\r\n"},
		{"block", Binary, "\x00\x01\xff", ":\x00\x01\xff"},
		{"key-der", Binary, "0\x82\x01", ":0\x82\x01"},
		{"key-der", Binary, "0\x03\x02\x01", ":0\x03|:\x02\x01"},
	} {
		part := Part{Name: test.name, Kind: test.kind, Bytes: []byte(test.text)}
		part.Explain()
		var got []string
		for _, f := range part.Fields {
			text := test.text[f.Start:f.End]
			if f.Class != Separator {
				text = string(f.Class) + ":" + text
			}
			got = append(got, text)
		}
		if got := strings.Join(got, "|"); got != test.want {
			t.Errorf("%q:\n%q\nnot\n%q", test.text, got, test.want)
		}
		if wrong := tilingErrors(&part); len(wrong) > 0 {
			t.Errorf("%q: %q", test.text, wrong)
		}
	}
}

// A field that no specific note is about is named after its own key.
func TestUnknownFields(t *testing.T) {
	message := "HTTP/1.1 200 OK\r\nX-Foo: 1\r\nContent-Type: application/json\r\n\r\n" +
		`{"foo":1,"bar":2}`
	part := Part{Name: "token-response", Kind: HTTP, Bytes: []byte(message)}
	part.Explain()
	var names []string
	for _, f := range part.Fields {
		names = append(names, f.Name)
	}
	const want = "status line, X-Foo, Content-Type, blank line, " +
		"punctuation, foo, punctuation, bar, punctuation"
	if got := strings.Join(names, ", "); got != want {
		t.Errorf("%s, not %s", got, want)
	}
}

// Whatever the bytes are, the fields cover all of them.
func FuzzFields(f *testing.F) {
	trace, err := Run(context.Background())
	if err != nil {
		f.Fatal(err)
	}
	for _, step := range trace.Steps {
		for _, part := range step.Parts {
			f.Add(part.Name, string(part.Kind), part.Bytes)
		}
	}
	twoLists := "HTTP/1.1 200 OK\r\nContent-Type: json\r\n\r\n" +
		`{"items":[{"a":1},[]],"items":[]}`
	f.Add("events-response", string(HTTP), []byte(twoLists))
	f.Add("claims", string(JSON), []byte(`{"":1,"punctuation":2,"a":3}`))
	f.Fuzz(func(t *testing.T, name, kind string, data []byte) {
		part := Part{Name: name, Kind: Kind(kind), Bytes: data}
		part.Explain()
		if wrong := tilingErrors(&part); len(wrong) > 0 {
			t.Errorf("%q", wrong)
		}
	})
}
