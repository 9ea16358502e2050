// SPDX-License-Identifier: 0BSD

package tokenexchange

import (
	"errors"
	"io"
	"net/http"
	"net/url"
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

// postedTo returns the URL of the request, without a password.
func postedTo(req *http.Request) string {
	if req == nil || req.URL == nil {
		return ""
	}
	return req.URL.Redacted()
}

// assertionIn returns the assertion in a request that NewRequest made, or "".
func assertionIn(req *http.Request) string {
	if req == nil || req.GetBody == nil {
		return ""
	}
	form, err := req.GetBody()
	if err != nil {
		return ""
	}
	text, _ := io.ReadAll(io.LimitReader(form, maxBody))
	_, assertion, _ := strings.Cut(string(text), "assertion=")
	return assertion
}

// withhold takes the secrets, even short ones, out of everything in e that came
// from a server, and cleans the rest. It returns e.
func (e *Error) withhold(secrets ...string) *Error {
	for _, text := range []*string{&e.Code, &e.Description, &e.Problem, &e.URL} {
		*text = without(secrets, *text)
	}
	// A cause from net/http may quote the server ("malformed HTTP response
	// ..."). It's replaced only if it does, so that errors.As keeps working
	// otherwise.
	if e.Err != nil {
		text := e.Err.Error()
		if safe := without(secrets, text); safe != text {
			e.Err = errors.New(safe)
		}
	}
	return e
}

// without returns the text cleaned, and without the words that have a secret. If
// one is in it in pieces, nothing of the text remains.
func without(secrets []string, text string) string {
	text = clean(text, secrets...)
	for _, secret := range secrets {
		inWords := secret != "" && strings.Contains(text, secret)
		if inWords || inPieces(plain(secret), plain(text)) {
			return withheld
		}
	}
	return text
}

// inPieces reports whether the text has 16 characters in a row of the secret,
// both of them plain. So many letters and digits (95 bits) are never the same by
// chance, and a secret whose longest visible part is shorter can't be used.
// Lines are longer, wherever a secret was wrapped.
func inPieces(secret, text string) bool {
	const size = 16
	for end := size; end <= len(text); end++ {
		if strings.Contains(secret, text[end-size:end]) {
			return true
		}
	}
	return false
}

// plain undoes %XX, and then removes all but letters and digits: spaces, commas
// and soft hyphens, which a secret may be wrapped with.
func plain(text string) string {
	words := strings.Fields(text)
	for i, word := range words {
		if decoded, err := url.PathUnescape(word); err == nil {
			words[i] = decoded
		}
	}
	return strings.Join(strings.FieldsFunc(strings.Join(words, ""), notAlphanumeric), "")
}

// clean makes a server's text fit for an error and a terminal: one short line
// of printable characters, without words that hold a secret or may hold one.
// Google has been seen to quote a whole assertion in an error_description
// (Worklytics/psoxy, docs/sources/google-workspace).
func clean(text string, secrets ...string) string {
	words := strings.Split(text, " ")
	for i, word := range words {
		afterBasic := i > 0 && strings.HasSuffix(strings.ToLower(words[i-1]), "basic")
		isSecret := func(s string) bool { return s != "" && strings.Contains(word, s) }
		if afterBasic || hasPassword(word) || hasToken(word) ||
			slices.ContainsFunc(secrets, isSecret) {
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
func notInToken(r rune) bool { return notAlphanumeric(r) && !strings.ContainsRune("_.=-", r) }

// notAlphanumeric reports whether r isn't an ASCII letter or digit.
func notAlphanumeric(r rune) bool {
	switch {
	case 'A' <= r && r <= 'Z', 'a' <= r && r <= 'z', '0' <= r && r <= '9':
		return false
	}
	return true
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
	const most, dots = 500, "..."
	if len(text) <= most+len(dots) { // what was cut once isn't cut again
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + dots
}
