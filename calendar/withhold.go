// SPDX-License-Identifier: 0BSD

package calendar

import (
	"errors"
	"net/url"
	"strings"
	"unicode"
)

const (
	// withheld replaces anything that may be a secret.
	withheld = "[withheld]"

	// maxText is how many bytes of a server's text are kept. Google's own
	// messages are shorter.
	maxText = 500

	// A run of secretLength characters from secretAlphabet counts as a secret.
	// Access tokens and assertions have longer ones. Words, IDs and the names
	// of hosts and files have shorter ones.
	secretLength   = 64
	secretAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.=-"
)

// withhold removes the access token from all text that a server may have
// written, and cleans that text. clean alone wouldn't recognize a short token.
// The cause remains the same error, for errors.Is and errors.As, unless its
// text has to change.
func (e *Error) withhold(token string) {
	if e == nil {
		return
	}
	secret := strings.NewReplacer(token, withheld, url.QueryEscape(token), withheld)
	without := func(text string) string { return clean(secret.Replace(text)) }
	for _, text := range []*string{&e.Reason, &e.Message, &e.Domain, &e.Location, &e.HelpURL} {
		*text = without(*text)
	}
	if e.Err == nil {
		return
	}
	if text := e.Err.Error(); without(text) != text {
		e.Err = errors.New(without(text))
	}
}

// clean makes a server's text fit for a log and a terminal: a single line of at
// most about 500 bytes, all of them printable, without any word that may
// contain a secret. Package regexp would make this shorter, but a small program
// 4 % larger.
func clean(text string) string {
	words := strings.Split(text, " ")
	for i, word := range words {
		afterBasic := i > 0 && strings.HasSuffix(words[i-1], "Basic") // a proxy's credentials
		if afterBasic || hasPassword(word) || hasToken(word) {
			words[i] = withheld
		}
	}
	text = strings.Map(printable, strings.Join(words, " "))
	if len(text) > maxText {
		text = strings.ToValidUTF8(text[:maxText], "") + "..."
	}
	return text
}

// hasPassword reports whether word is a URL that names a user, as the URL of a
// proxy may. A password may follow the user's name.
func hasPassword(word string) bool {
	_, afterScheme, _ := strings.Cut(word, "//")
	authority, _, _ := strings.Cut(afterScheme, "/")
	return strings.Contains(authority, "@")
}

// hasToken reports whether word contains a run of characters that could be an
// access token or an assertion.
func hasToken(word string) bool {
	run := 0
	for _, r := range word {
		run++
		if !strings.ContainsRune(secretAlphabet, r) {
			run = 0
		}
		if run >= secretLength {
			return true
		}
	}
	return false
}

// printable replaces whatever isn't printable, such as line breaks and the
// escape sequences that control a terminal.
func printable(r rune) rune {
	if unicode.IsPrint(r) {
		return r
	}
	return '?'
}
