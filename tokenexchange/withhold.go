// SPDX-License-Identifier: 0BSD

package tokenexchange

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"unicode"
)

const (
	// withheld takes the place of a secret.
	withheld = "[withheld]"

	// shortest is how long a part of a word has to be to pass for a token or an
	// assertion. No word of a language is so long.
	shortest = 64

	// letters, digits included, are what base64 and its variants share.
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

// withhold cleans everything in e that came from a server. If a secret, even a
// short one, still shows in it, nothing of it remains. It returns e.
func (e *Error) withhold(secrets ...string) *Error {
	e.Code, e.Description, e.Problem = clean(e.Code), clean(e.Description), clean(e.Problem)
	if e.Err != nil {
		e.Err = cleanCause(e.Err)
	}
	for _, secret := range secrets {
		if e.shows(secret) || e.shows(fmt.Sprintf("%X", secret)) { // %XX is hexadecimal
			e.Code, e.Description, e.URL, e.Err = "", "", "", nil
			e.Problem = "the answer quotes a secret, and so is withheld"
		}
	}
	return e
}

// cleanCause replaces a cause only if it quotes the server, so that errors.As
// keeps working otherwise. net/http quotes an answer that is malformed. A proxy
// may have sent that, and may have echoed its password.
func cleanCause(err error) error {
	start, _, malformed := strings.Cut(err.Error(), "malformed")
	if malformed {
		return errors.New(clean(start + "malformed " + withheld))
	}
	if safe := clean(start); safe != start {
		return errors.New(safe)
	}
	return err
}

// shows reports whether e has the secret, or 16 characters in a row of it. So
// many are never the same by chance, and shorter pieces can't be used. Only
// letters and digits count: a secret may be wrapped with spaces, commas, soft
// hyphens, or the % of %XX.
func (e *Error) shows(secret string) bool {
	const piece = 16
	text, wanted := plain(e.Error()+e.URL), plain(secret)
	// A secret without letters or digits counts as shown: size is 0 then, and
	// any text has a piece of no characters.
	size := min(piece, len(wanted))
	for end := size; end <= len(text) && secret != ""; end++ {
		if strings.Contains(wanted, text[end-size:end]) {
			return true
		}
	}
	return false
}

// plain returns the letters and digits of the text, in capitals.
func plain(text string) string {
	return strings.Join(strings.FieldsFunc(strings.ToUpper(text), notIn(letters)), "")
}

// notIn returns a function that reports whether a character isn't in the set.
func notIn(set string) func(rune) bool {
	return func(r rune) bool { return !strings.ContainsRune(set, r) }
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
		if afterBasic || hasPassword {
			words[i] = withheld
		}
		for _, part := range strings.FieldsFunc(word, notIn(letters+"_.=-")) {
			if len(part) >= shortest {
				words[i] = withheld
			}
		}
	}
	return shorten(strings.Map(printable, strings.Join(words, " ")))
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
