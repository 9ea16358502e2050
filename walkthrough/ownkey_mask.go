// SPDX-License-Identifier: 0BSD

package walkthrough

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http/httputil"
	"regexp"
)

var chunks = regexp.MustCompile(`(?im)^transfer-encoding:[ \t]*chunked[ \t]*\r?$`)

// unchunked joins the chunks of a message (RFC 9112, section 7.1): the lengths
// between them would only be in the way, also of finding a secret that is cut by
// one. The header still says chunked, as it did.
func unchunked(message []byte) []byte {
	head, body, ok := bytes.Cut(message, []byte("\r\n\r\n"))
	if !ok || !chunks.Match(head) {
		return message
	}
	joined, _ := io.ReadAll(httputil.NewChunkedReader(bytes.NewReader(body))) // of a broken one what can be read
	return append(append(bytes.Clone(head), "\r\n\r\n"...), joined...)
}

var (
	// tokenMember is a token in JSON, whole or cut off.
	tokenMember = regexp.MustCompile(`("(?:access|id|refresh)_token"\s*:\s*")((?:[^"\\]|\\.)+)`)
	// longWord is what could be a token, or an assertion that is echoed.
	longWord = regexp.MustCompile(`[A-Za-z0-9_.=/+-]{48,}`)
)

// withoutTokens masks in an answer of the token endpoint all that may be secret.
// A body with anything in it but what such answers have is withheld whole.
func withoutTokens(p Part) Part {
	head, body, _ := bytes.Cut(p.Bytes, []byte("\r\n\r\n"))
	if len(body) > 0 && !expected(body) {
		p.replace(append(append(bytes.Clone(head), "\r\n\r\n"...), masked(string(body))...))
	}
	p = withoutLongWords(p) // first, as a short token may be part of another word
	p.replace(tokenMember.ReplaceAllFunc(p.Bytes, func(member []byte) []byte {
		m := tokenMember.FindSubmatch(member)
		return []byte(string(m[1]) + masked(string(m[2])))
	}))
	return p
}

func withoutLongWords(p Part) Part {
	p.replace(longWord.ReplaceAllFunc(p.Bytes, func(word []byte) []byte { return []byte(masked(string(word))) }))
	return p
}

// expected reports whether a body has the members of RFC 6749, section 5, and an
// id_token, and nothing else.
func expected(body []byte) bool {
	var answer map[string]any
	if json.Unmarshal(body, &answer) != nil {
		return false
	}
	for name, value := range answer {
		_, text := value.(string)
		switch name {
		case "access_token", "id_token", "token_type", "scope", "error", "error_description", "error_uri":
			if !text {
				return false
			}
		case "expires_in":
		default:
			return false
		}
	}
	return len(answer) > 0
}
