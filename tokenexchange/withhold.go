// SPDX-License-Identifier: 0BSD

package tokenexchange

import (
	"errors"
	"io"
	"slices"
	"strings"
	"unicode"
)

// withheld takes the place of a secret.
const withheld = "[withheld]"

// masked returns body in a form that fmt doesn't print. Under %s, fmt follows
// pointers into a strings.Reader, and would show the assertion in a request.
func masked(body io.Reader) io.ReadCloser {
	return io.NopCloser(io.MultiReader(body))
}

// withhold takes the secret, even a short one, out of everything in e that came
// from a server, and cleans the rest. It returns e.
func (e *Error) withhold(secret string) *Error {
	e.Code = without(secret, e.Code)
	e.Description = without(secret, e.Description)
	e.Problem = without(secret, e.Problem)
	// A cause from net/http may quote the server ("malformed HTTP response
	// ..."). It's replaced only if it does, so that errors.As keeps working
	// otherwise.
	if e.Err != nil {
		text := e.Err.Error()
		if safe := without(secret, text); safe != text {
			e.Err = errors.New(safe)
		}
	}
	return e
}

// without returns the text without the secret, cleaned.
func without(secret, text string) string {
	if secret != "" {
		text = strings.ReplaceAll(text, secret, withheld)
	}
	return clean(text)
}

// clean makes a server's text fit for an error and a terminal: one short line
// of printable characters, without words that may hold a secret. Google has
// been seen to quote a whole assertion in an error_description
// (Worklytics/psoxy, docs/sources/google-workspace).
func clean(text string) string {
	words := strings.Split(text, " ")
	for i, word := range words {
		afterBasic := i > 0 && strings.HasSuffix(words[i-1], "Basic")
		if afterBasic || hasPassword(word) || hasToken(word) {
			words[i] = withheld
		}
	}
	return shorten(strings.Map(printable, strings.Join(words, " ")))
}

// hasPassword reports whether the word has a URL with a user, such as
// http://user:password@proxy.example/, as the address of a proxy may.
func hasPassword(word string) bool {
	_, afterScheme, _ := strings.Cut(word, "//")
	authority, _, _ := strings.Cut(afterScheme, "/")
	return strings.Contains(authority, "@")
}

// hasToken reports whether a part of the word is so long that it may be a token
// or an assertion. No word of a language is. (A regular expression would be
// shorter, but would make a small program 4 % larger.)
func hasToken(word string) bool {
	const shortest = 64
	parts := strings.FieldsFunc(word, notInToken)
	return slices.ContainsFunc(parts, func(part string) bool { return len(part) >= shortest })
}

// notInToken reports whether r can't be part of a token or an assertion.
func notInToken(r rune) bool {
	switch {
	case 'A' <= r && r <= 'Z', 'a' <= r && r <= 'z', '0' <= r && r <= '9':
		return false
	}
	return !strings.ContainsRune("_.=-", r)
}

// printable replaces characters that could control a terminal, or forge a line
// in a log.
func printable(r rune) rune {
	if !unicode.IsPrint(r) {
		return '?'
	}
	return r
}

// shorten cuts a text to about 500 bytes, between two characters.
func shorten(text string) string {
	const most = 500
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "..."
}
