// SPDX-License-Identifier: 0BSD

package tokenexchange

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"unicode"
)

const (
	// withheld takes the place of a secret.
	withheld = "[withheld]"

	// maxText is how many bytes of a server's text are kept. Google's are
	// shorter.
	maxText = 500

	// shortest is how long a part of a word has to be to pass for a token or an
	// assertion. No word of a language is so long.
	shortest = 64

	// piece is how many letters and digits of a secret give it away. So many in
	// a row are never the same by chance, and shorter pieces can't be used.
	piece = 16

	// letters, digits included, are what a secret is compared by.
	letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
)

// masked returns body in a form that fmt doesn't print. Under %s, fmt follows
// pointers into a strings.Reader, and would show the assertion in a request.
func masked(body io.Reader) io.ReadCloser {
	return io.NopCloser(io.MultiReader(body))
}

// assertionIn returns the assertion in a request that NewRequest made, or "".
func assertionIn(req *http.Request) string {
	if req == nil || req.GetBody == nil {
		return ""
	}
	body, err := req.GetBody()
	if err != nil {
		return ""
	}
	form, _ := io.ReadAll(body)
	_, assertion, _ := strings.Cut(string(form), "assertion=")
	return assertion
}

// withhold cleans everything in e that came from a server, and returns e. It
// replaces a text in which a secret still shows, but not the others: programs
// rely on Code. A cause stays the same error, for errors.As, unless its text
// has to change.
func (e *Error) withhold(secrets ...string) *Error {
	for _, text := range []*string{&e.Code, &e.Description, &e.Problem, &e.URL} {
		*text = safe(*text, secrets)
	}
	if e.Err != nil {
		text := e.Err.Error()
		// net/http quotes malformed text: half an answer, or the URL of a proxy
		// with its password. Go 1.23 quotes header lines without marks.
		start, _, quotes := strings.Cut(strings.ReplaceAll(text, "line: ", `line: "`), `"`)
		if quotes && e.network {
			text = start + withheld
		}
		if text = safe(text, secrets); text != e.Err.Error() {
			e.Err = errors.New(text)
		}
	}
	return e
}

// safe cleans a text, and replaces it if it shows one of the secrets. Nothing
// of it remains then, because a secret that was broken up can't be told from
// the text around it.
func safe(text string, secrets []string) string {
	text = clean(text)
	for _, secret := range secrets {
		if shows(text, secret) {
			return "[withheld: it quotes a secret]"
		}
	}
	return text
}

// shows reports whether text has a piece of the secret, or all of one that is
// shorter than a piece. A server may have put anything between its characters.
// It doesn't find a secret that was encoded again, say in base64 with line
// breaks; without them, mayHide does.
func shows(text, secret string) bool {
	text, secret = plain(text), plain(secret)
	size := min(piece, len(secret))
	for end := size; end <= len(text) && size > 0; end++ { // 0: there is no secret
		if strings.Contains(secret, text[end-size:end]) {
			return true
		}
	}
	return false
}

// plain returns the letters and digits of a text, in lower case.
func plain(text string) string {
	return strings.Join(runs(letters, strings.ToLower(text)), "")
}

// runs returns the parts of a text that consist of the characters in the set.
func runs(set, text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return !strings.ContainsRune(set, r) })
}

// clean makes a server's text fit for an error and a terminal: one short line
// of printable characters, without words that may hold a secret. The word after
// Basic is a password, and a URL may have user:password@ in it. Google has been
// seen to quote a whole assertion in an error_description (Worklytics/psoxy,
// docs/sources/google-workspace). A regular expression would be shorter, but
// would make a small program 4 % larger.
func clean(text string) string {
	words := strings.Split(text, " ")
	for i, word := range words {
		afterBasic := i > 0 && strings.HasSuffix(strings.ToLower(words[i-1]), "basic")
		hasPassword := strings.Contains(word, ":") && strings.Contains(word, "@")
		if afterBasic || hasPassword || mayHide(word) {
			words[i] = withheld
		}
	}
	text = strings.Map(printable, strings.Join(words, " "))
	if len(text) > maxText {
		text = strings.ToValidUTF8(text[:maxText], "") + "..."
	}
	return text
}

// mayHide reports whether a word may hold a token or an assertion: it has a
// part that is as long, or something in it may be escaped (%41, &#65;, \u0041).
func mayHide(word string) bool {
	for _, part := range runs(letters+"_.=-", word) {
		if len(part) >= shortest {
			return true
		}
	}
	return strings.Contains(word, "%") || strings.Contains(word, "&#") ||
		strings.Contains(word, `\u`)
}

// printable replaces characters that could control a terminal, or forge a line
// in a log.
func printable(r rune) rune {
	if !unicode.IsPrint(r) {
		return '?'
	}
	return r
}
