// SPDX-License-Identifier: 0BSD

package walkthrough

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"
)

// Whatever a key file or an answer looks like, a secret in it is not shown, wherever it
// stands; a mask is not masked again, and what was withheld is counted.
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
	for _, text := range []string{"", `{}`, `{"type":"","type":{"a":"b"}}`, `{"private_key":"-----BEGIN PRIVATE KEY-----\nMIIEvQIB\n-----END PRIVATE KEY-----\n"} x`,
		`{"client_id":"[... 9 more characters withheld]","x":"ya29.secret[... 9 more characters withheld]"}`, `{"a":[1,"\u0022"]}`, "[... 9 more characters withheld]",
		"HTTP/1.1 200 OK\r\n\r\n" + `{"access_token":"0123456789abcdef[... 9 more characters withheld]","id_token":"x.y"}`,
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"id_\r\n", `{"access_token":"` + strings.Repeat("s", 20) + `\"t","expires_in":[]}`} {
		f.Add(text, uint16(17))
		f.Add(text, uint16(0))
	}
	// It could be of a key or of a token, and is long enough to be known for it.
	const secret = "MIIEvQIBADANCanaryBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQCw/Canary/egZQ6eumJKq3hfKfED4dE"
	f.Fuzz(func(t *testing.T, text string, at uint16) {
		message := text
		if at > 0 {
			n := int(at) % (len(text) + 1)
			message = text[:n] + secret + text[n:]
		}
		for name, mask := range map[string]func(Part) Part{
			"key file":   func(p Part) Part { return keyFilePart(p.Bytes) },
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
			if again := mask(p); !bytes.Equal(again.Bytes, p.Bytes) || len(p.Bytes)+p.withheld != len(whole.Bytes) {
				t.Errorf("%s %q is masked as %q, and that as %q; %d bytes withheld", name, message, p.Bytes, again.Bytes, p.withheld)
			}
		}
	})
}
