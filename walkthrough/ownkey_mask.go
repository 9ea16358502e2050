// SPDX-License-Identifier: 0BSD

package walkthrough

import (
	"bytes"
	"io"
	"net/http/httputil"
	"regexp"
)

var chunks = regexp.MustCompile(`(?im)^transfer-encoding:[ \t]*chunked\r?$`)

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
	longWord = regexp.MustCompile(`[A-Za-z0-9_.=/+-]{64,}`)
)

// withoutTokens masks in an answer of the token endpoint all that may be secret,
// also when it could not be understood.
func withoutTokens(p Part) Part {
	for _, m := range tokenMember.FindAllSubmatch(p.Bytes, -1) {
		if !mask.Match(m[2]) {
			withhold(&p, string(m[2]))
		}
	}
	for _, word := range longWord.FindAllString(string(p.Bytes), -1) {
		withhold(&p, word)
	}
	return p
}
