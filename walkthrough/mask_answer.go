// SPDX-License-Identifier: 0BSD

package walkthrough

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http/httputil"
	"regexp"
)

var chunkedHeader = regexp.MustCompile(`(?im)^transfer-encoding:[ \t]*chunked[ \t]*\r?$`)

// unchunked joins the chunks of a message (RFC 9112, section 7.1). The lengths
// between them make it hard to read, and a chunk could cut a secret in two. The
// header stays unchanged.
func unchunked(message []byte) []byte {
	head, body, ok := bytes.Cut(message, []byte("\r\n\r\n"))
	if !ok || !chunkedHeader.Match(head) {
		return message
	}
	reader := httputil.NewChunkedReader(bytes.NewReader(body))
	joined, _ := io.ReadAll(reader) // if the body breaks off, everything before that
	return withBody(head, joined)
}

func withBody(head, body []byte) []byte {
	return bytes.Join([][]byte{head, body}, []byte("\r\n\r\n"))
}

// tokenMember matches a token in JSON, complete or cut off.
var tokenMember = regexp.MustCompile(
	`("(?:access|id|refresh)_token"\s*:\s*")((?:[^"\\]|\\.)+)`)

// longWord matches anything that could be a token, or an echoed assertion.
var longWord = regexp.MustCompile(`[A-Za-z0-9_.=/+-]{48,}`)

// withoutTokens masks everything in a token endpoint's response that may be
// secret. A body with unexpected members is masked as a whole.
func withoutTokens(p Part) Part {
	head, body, _ := bytes.Cut(p.Bytes, []byte("\r\n\r\n"))
	if len(body) > 0 && !expectedAnswer(body) {
		p.replace(withBody(head, []byte(masked(string(body)))))
	}
	// Long words first, since a short token may be part of another word.
	p = withoutLongWords(p)
	p.replace(tokenMember.ReplaceAllFunc(p.Bytes, func(member []byte) []byte {
		m := tokenMember.FindSubmatch(member)
		return []byte(string(m[1]) + masked(string(m[2])))
	}))
	return p
}

// withoutLongWords masks every word that could be a token.
func withoutLongWords(p Part) Part {
	p.replace(longWord.ReplaceAllFunc(p.Bytes, func(word []byte) []byte {
		return []byte(masked(string(word)))
	}))
	return p
}

// expectedAnswer reports whether a body has only the members of RFC 6749,
// section 5, or an id_token.
func expectedAnswer(body []byte) bool {
	var answer map[string]any
	if json.Unmarshal(body, &answer) != nil {
		return false
	}
	for name, value := range answer {
		_, isText := value.(string)
		switch name {
		case "access_token", "id_token", "token_type", "scope",
			"error", "error_description", "error_uri":
			if !isText {
				return false
			}
		case "expires_in":
		default:
			return false
		}
	}
	return len(answer) > 0
}
