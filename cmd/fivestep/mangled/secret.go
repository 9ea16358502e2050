// SPDX-License-Identifier: 0BSD

package mangled

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// IsSecret reports whether an argument is or holds a key, an access token or an
// assertion. An address may begin as these do.
func IsSecret(s string) bool {
	if decoded, err := url.PathUnescape(s); err == nil {
		s = decoded
	}
	if strings.Contains(s, "PRIVATE KEY") {
		return true
	}
	before := ' '
	for s != "" {
		word := s
		if end := strings.IndexFunc(s, notInToken); end >= 0 {
			word = s[:end]
		}
		s = s[len(word):]
		if holdsSecret(word) && !(unicode.IsSpace(before) && isLocalPart(word, s)) {
			return true
		}
		var size int
		before, size = utf8.DecodeRuneInString(s)
		s = s[size:]
	}
	return false
}

// holdsSecret reports whether a word contains an access token, as a word of a
// path or a URL may, or begins as an assertion does.
func holdsSecret(word string) bool {
	return strings.Contains(word, "ya29.") || strings.HasPrefix(word, "eyJ") ||
		strings.Contains(word, ".eyJ")
}

// isLocalPart reports whether a word is what an email address has before its @.
func isLocalPart(word, rest string) bool {
	const longest = 64 // bytes, the most that email allows
	return strings.HasPrefix(rest, "@") && len(word) <= longest
}

// notInToken reports whether r can't be part of a token, an assertion or the
// local part of an address.
func notInToken(r rune) bool {
	return !strings.ContainsRune(nameCharacters+".+-", r)
}

// IsAccessToken reports whether a text begins as Google's access tokens do.
func IsAccessToken(text string) bool { return strings.HasPrefix(text, "ya29.") }

// IsAssertion recognizes header.claims.signature: base64url of `{"` begins with
// eyJ.
func IsAssertion(text string) bool {
	return strings.HasPrefix(text, "eyJ") && strings.Count(text, ".") == 2
}
