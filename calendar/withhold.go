// SPDX-License-Identifier: 0BSD

package calendar

import (
	"errors"
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

	// secretLength is how long a run of letters, digits and _.=- has to be to
	// count as a secret. Access tokens and assertions have longer ones. Words,
	// IDs and the names of hosts and files have shorter ones.
	secretLength = 64

	alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
)

// withhold cleans every text of e that a server may have written, and replaces
// those in which one of the secrets still shows. The cause remains the same
// error, for errors.Is and errors.As, unless its text has to change.
func (e *Error) withhold(secrets []string) {
	for _, text := range []*string{
		&e.Reason, &e.Message, &e.Domain, &e.Location, &e.HelpURL, &e.issuer,
	} {
		*text = safe(*text, secrets)
	}
	if e.Err != nil {
		text := e.Err.Error()
		// net/http quotes malformed text: half an answer, or the URL of a proxy
		// with its password. Go 1.23 quotes header lines without marks.
		start, _, quotes := strings.Cut(strings.ReplaceAll(text, "line: ", `line: "`), `"`)
		if quotes && e.at == atNetwork {
			text = start + withheld
		}
		if text = safe(text, secrets); text != e.Err.Error() {
			e.Err = errors.New(text)
		}
	}
}

// safe cleans a text, and replaces it if it echoes one of the secrets. Nothing
// of it remains then, because a secret that was broken up can't be told from
// the text around it.
func safe(text string, secrets []string) string {
	text = clean(text)
	for _, secret := range secrets {
		if echoes(text, secret) {
			return "[withheld: it quotes a secret]"
		}
	}
	return text
}

// echoes reports whether a piece of the secret is in text, which may break it
// up with line breaks, commas or invisible characters. So it compares nothing
// but letters and digits. It doesn't find a secret that was encoded again, say
// in base64 with line breaks; without them, mayHide does.
func echoes(text, secret string) bool {
	text, secret = bare(text), bare(secret)
	size := min(len(secret), pieceLength)
	for end := size; end <= len(text); end++ {
		if strings.Contains(secret, text[end-size:end]) {
			return true
		}
	}
	return false
}

// bare returns the letters and digits of a text, in lower case.
func bare(text string) string {
	return strings.Join(runs(alphanumeric, strings.ToLower(text)), "")
}

// runs returns the parts of a text that consist of the characters in the set.
func runs(set, text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return !strings.ContainsRune(set, r) })
}

// clean makes a server's text fit for a log and a terminal: a single line of at
// most about 500 bytes, all of them printable, without any word that may
// contain a secret. Package regexp would make this shorter, but a small program
// 4 % larger.
func clean(text string) string {
	words := strings.Split(text, " ")
	for i, word := range words {
		// A proxy's credentials, or its URL.
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

// mayHide reports whether a word may contain a token or an assertion: it has a
// run that is as long, or something in it may be escaped (%41, &#65;, \u0041).
func mayHide(word string) bool {
	for _, run := range runs(alphanumeric+"_.=-", word) {
		if len(run) >= secretLength {
			return true
		}
	}
	return strings.Contains(word, "%") || strings.Contains(word, "&#") ||
		strings.Contains(word, `\u`)
}

// printable replaces whatever isn't printable, such as line breaks and the
// escape sequences that control a terminal.
func printable(r rune) rune {
	if unicode.IsPrint(r) {
		return r
	}
	return '?'
}
