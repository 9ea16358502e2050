// SPDX-License-Identifier: 0BSD

package walkthrough

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"
)

// Only the members of a key file that are known to be public are shown.
func TestKeyFilePart(t *testing.T) {
	for _, test := range []struct{ file, want string }{
		{`{"type":"service_account","private_key":"-----BEGIN PRIVATE KEY-----\nMIIEvQIBxyz\n-----END PRIVATE KEY-----\n"}`,
			`{"type":"service_account","private_key":"-----BEGIN PRIVATE KEY-----\nMIIEvQIB[... 3 more characters withheld]\n-----END PRIVATE KEY-----\n"}`},
		{`{"private_key":"-----BEGIN PRIVATE KEY-----\\nMIIx\\n-----END PRIVATE KEY-----"}`,
			`{"private_key":"-----BEGIN PRIVATE KEY-----\\n[... 4 more characters withheld]\\n-----END PRIVATE KEY-----"}`},
		{`{"private_key":"MIIEvQIBxyz"}`, `{"private_key":"MIIEvQIB[... 3 more characters withheld]"}`},
		{`{"client_email":"-----BEGIN PRIVATE KEY-----\nabc"}`, `{"client_email":"[... 32 more characters withheld]"}`},
		{`{"client_id":"` + strings.Repeat("MIIE", 20) + `"}`, `{"client_id":"` + masked(strings.Repeat("MIIE", 20)) + `"}`},
		{`{"type":{"k":"-----BEGIN KEY-----"}}`, `{"type":"[... 27 more characters withheld]"}`},
		{`{"` + strings.Repeat("k", 41) + `":1}`, `[... 47 more characters withheld]`},
		{`{"password":"secret","n":12345}`, `{"password":"[... 6 more characters withheld]","n":"[... 5 more characters withheld]"}`},
		{`{"type":"x"} secret`, `[... 19 more characters withheld]`},
		{`["secret"]`, `[... 10 more characters withheld]`},
		{`{"type":"x","private_key":"sec`, `[... 30 more characters withheld]`},
		{"", "[... 0 more characters withheld]"},
	} {
		part := KeyFilePart([]byte(test.file))
		if string(part.Bytes) != test.want {
			t.Errorf("%s\nis shown as %s\nand not as  %s", test.file, part.Bytes, test.want)
		}
	}
}

// A chunked or unexpected response shows no token either.
func TestWithoutTokens(t *testing.T) {
	const head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
	token := "ya29.c.c0AS" + strings.Repeat("secret", 20)
	for _, test := range []struct{ name, message, want string }{
		{"chunked", head + "5\r\n{\"acc\r\n16\r\ness_token\":\"" + token[:10] + "\r\n86\r\n" + token[10:] + "\",\"scope\":\"s\"\r\n1\r\n}\r\n0\r\n\r\n",
			head + `{"access_token":"ya29.c.c0AS[... 120 more characters withheld]","scope":"s"}`},
		{"unknown members", "HTTP/1.1 200 OK\r\n\r\n" + `{"Access_Token":"secret","token_type":"mac"}`, "HTTP/1.1 200 OK\r\n\r\n[... 44 more characters withheld]"},
		{"a list of tokens", "HTTP/1.1 200 OK\r\n\r\n" + `{"access_token":["secret"]}`, "HTTP/1.1 200 OK\r\n\r\n[... 27 more characters withheld]"},
		{"an echo with line breaks", "HTTP/1.1 400 Bad Request\r\n\r\n" + `{"error":"e","error_description":"` + strings.Repeat(strings.Repeat("s", 60)+`\n`, 2) + `"}`,
			"HTTP/1.1 400 Bad Request\r\n\r\n" + `{"error":"e","error_description":"` + `[... 60 more characters withheld]\[... 61 more characters withheld]\n` + `"}`},
		{"broken chunks", head + "1f\r\n{\"access_token\":\"ya29.c.secrets", head + "[... 31 more characters withheld]"},
		{"short", `{"access_token" : "secret\u0041", "id_token":"x.y"}`, `{"access_token" : "[... 12 more characters withheld]", "id_token":"[... 3 more characters withheld]"}`},
		{"elsewhere", "<p>" + token + "</p>", "<p>ya29.c.c0AS[... 120 more characters withheld]</p>"},
		{"no chunks", "HTTP/1.1 200 OK\r\n\r\n5\r\n", "HTTP/1.1 200 OK\r\n\r\n[... 3 more characters withheld]"},
		{"in the head of what is not understood", "HTTP/1.1 502 Bad Gateway\r\nX-Sent: " + token + "\r\n\r\nsecret", "HTTP/1.1 502 Bad Gateway\r\nX-Sent: ya29.c.c0AS[... 120 more characters withheld]\r\n\r\n[... 6 more characters withheld]"},
		{"a token that ends in a mask", `{"access_token":"secret[... 9 more characters withheld]"}`, `{"access_token":"[... 38 more characters withheld]"}`},
		{"a mask", `{"access_token":"ya29.c.[... 9 more characters withheld]"}`, `{"access_token":"ya29.c.[... 9 more characters withheld]"}`},
		{"nothing", "", ""},
	} {
		got := withoutTokens(Part{Bytes: unchunked([]byte(test.message))})
		if string(got.Bytes) != test.want {
			t.Errorf("%s: %q, not %q", test.name, got.Bytes, test.want)
		}
	}
}

// maskSeeds are key files and answers that are hard to mask.
var maskSeeds = []string{
	"", `{}`, `{"type":"","type":{"a":"b"}}`,
	`{"private_key":"-----BEGIN PRIVATE KEY-----\nMIIEvQIB\n-----END PRIVATE KEY-----\n"} x`,
	`{"client_id":"[... 9 more characters withheld]","x":"ya29.secret[... 9 more characters withheld]"}`,
	`{"a":[1,"\u0022"]}`, "[... 9 more characters withheld]",
	"HTTP/1.1 200 OK\r\n\r\n" + `{"access_token":"0123456789abcdef[... 9 more characters withheld]","id_token":"x.y"}`,
	"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"id_\r\n",
	`{"access_token":"` + strings.Repeat("s", 20) + `\"t","expires_in":[]}`,
}

// Whatever a key file or an answer looks like, a secret in it is masked,
// wherever it is. A mask isn't masked again, and the withheld bytes are
// counted.
func FuzzMask(f *testing.F) {
	file, err := os.ReadFile("testdata/key.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(file), uint16(300))
	trace, err := Run(context.Background())
	if err != nil {
		f.Fatal(err)
	}
	for _, step := range trace.Steps {
		for _, part := range step.Parts {
			f.Add(string(part.Bytes), uint16(len(part.Bytes)/2))
		}
	}
	for _, text := range maskSeeds {
		f.Add(text, uint16(17))
		f.Add(text, uint16(0))
	}
	// This could be part of a key or of a token, and is long enough to be
	// recognized.
	const secret = "MIIEvQIBADANCanaryBgkqhkiG9w0BAQEFAASCBKcwggSj" +
		"AgEAAoIBAQCw/Canary/egZQ6eumJKq3hfKfED4dE"
	f.Fuzz(func(t *testing.T, text string, at uint16) {
		message := text
		if at > 0 {
			n := int(at) % (len(text) + 1)
			message = text[:n] + secret + text[n:]
		}
		for name, mask := range map[string]func(Part) Part{
			"key file":   func(p Part) Part { return KeyFilePart(p.Bytes) },
			"answer":     withoutTokens,
			"long words": withoutLongWords,
		} {
			whole := Part{Bytes: []byte(message)}
			if name == "answer" {
				whole.Bytes = unchunked(whole.Bytes)
			}
			p := mask(whole)
			if bytes.Contains(p.Bytes, []byte("Canary")) {
				t.Errorf("%s %q is shown as %q", name, message, p.Bytes)
			}
			if again := mask(p); !bytes.Equal(again.Bytes, p.Bytes) {
				t.Errorf("%s %q is masked as %q, and that as %q",
					name, message, p.Bytes, again.Bytes)
			}
			if p.SizeOnWire() != len(whole.Bytes) {
				t.Errorf("%s %q is masked as %q; %d bytes withheld",
					name, message, p.Bytes, p.withheld)
			}
		}
	})
}
