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

	// pieceLength is how many letters and digits of a secret, one after the
	// other, betray it. Fewer could be a coincidence; a shorter secret has to
	// be there as a whole.
	pieceLength = 16

	// A run of secretLength characters from secretAlphabet counts as a secret.
	// Access tokens and assertions have longer ones. Words, IDs and the names
	// of hosts and files have shorter ones.
	secretLength   = 64
	secretAlphabet = alphanumeric + "_.=-"

	alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
)

// withhold replaces any text of e in which one of the secrets shows, and cleans
// the others: a server may have written them. It replaces the whole text,
// because a secret that was broken up can't be told from what is around it. The
// cause remains the same error, for errors.Is and errors.As, unless its text has
// to change.
func (e *Error) withhold(secrets []string) {
	safe := func(text string) string {
		for _, secret := range secrets {
			if echoes(text, secret) {
				return withheld
			}
		}
		return clean(text)
	}
	for _, text := range []*string{&e.Reason, &e.Message, &e.Domain, &e.Location, &e.HelpURL} {
		*text = safe(*text)
	}
	if e.Err == nil {
		return
	}
	if text := e.Err.Error(); safe(text) != text {
		e.Err = errors.New(safe(text))
	}
}

// echoes reports whether a piece of the secret is in text, which may break it
// up with line breaks, commas or invisible characters, or escape it as in a
// URL, once or twice. So it compares nothing but letters and digits.
func echoes(text, secret string) bool {
	secret = lettersAndDigits(secret)
	size := min(len(secret), pieceLength)
	for range 3 {
		plain := lettersAndDigits(text)
		for i := range len(secret) - size + 1 {
			if strings.Contains(plain, secret[i:i+size]) {
				return true
			}
		}
		text = unescape(text)
	}
	return false
}

// lettersAndDigits removes everything else, and makes the letters small.
func lettersAndDigits(text string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(alphanumeric, r) {
			return unicode.ToLower(r)
		}
		return -1
	}, text)
}

// unescape replaces each %XX. Unlike url.PathUnescape, it accepts any text.
func unescape(text string) string {
	parts := strings.Split(text, "%")
	for i, part := range parts[1:] {
		if plain, err := url.PathUnescape("%" + part); err == nil {
			parts[1+i] = plain
		}
	}
	return strings.Join(parts, "")
}

// clean makes a server's text fit for a log and a terminal: a single line of at
// most about 500 bytes, all of them printable, without any word that may
// contain a secret. Package regexp would make this shorter, but a small program
// 4 % larger.
func clean(text string) string {
	words := strings.Split(text, " ")
	for i, word := range words {
		// a proxy's credentials
		afterBasic := i > 0 && strings.HasSuffix(strings.ToLower(words[i-1]), "basic")
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
