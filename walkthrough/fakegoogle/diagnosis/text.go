// SPDX-License-Identifier: 0BSD

package diagnosis

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"
)

// What a client sent may be anything: a control sequence for the terminal, a
// private key in the wrong place, or 60 KB.

// quoted makes a client's text fit to be shown, in quotes: it's short, and has
// no control characters and nothing that looks like a secret.
func quoted(text string) string {
	const longest = 80 + len(`""`) // characters, escapes included
	return quotedUpTo(longest, text)
}

func quotedUpTo(longest int, text string) string {
	const cut = "..."
	masked := []rune(MaskSecrets(cutWords(text)))
	if quoted := strconv.Quote(string(masked)); len(quoted) <= longest {
		return quoted
	}
	// A character has up to 10 when it's escaped, so one division is not
	// always enough.
	keep := min(len(masked), longest)
	quoted := strconv.Quote(string(masked[:keep]))
	for len(quoted)+len(cut) > longest && keep > 1 {
		keep = keep * 3 / 4
		quoted = strconv.Quote(string(masked[:keep]))
	}
	return quoted + cut
}

// unquoted makes a client's text fit to be shown, without quotes.
func unquoted(text string) string {
	text = quoted(text)
	last := strings.LastIndex(text, `"`) // "..." may follow
	return text[1:last] + text[last+1:]
}

// cutWords cuts words that are so long that they may be a secret.
func cutWords(text string) string {
	const (
		enough      = 320 // bytes: more isn't shown
		longestWord = 40  // characters in a row that base64 may have made
		wordShown   = 12  // how many are shown of a longer word
	)
	text = strings.ToValidUTF8(text[:min(len(text), enough)], "\ufffd")
	for _, word := range strings.FieldsFunc(text, notBase64) {
		if len(word) > longestWord {
			text = strings.ReplaceAll(text, word, word[:wordShown]+"...")
		}
	}
	return text
}

// secretRun is long enough to be a piece of a secret.
var secretRun = regexp.MustCompile(`[A-Za-z0-9_-]{20,}`)

// MaskSecrets replaces whatever looks like a piece of an access token, of an
// assertion or of a key. What doesn't, such as an ID in lower case, stays.
func MaskSecrets(text string) string {
	return secretRun.ReplaceAllStringFunc(text, func(run string) string {
		if !looksRandom(run) {
			return run
		}
		return fmt.Sprintf("[%d characters]", len(run))
	})
}

// looksRandom tells base64 from the words and names that people write.
func looksRandom(run string) bool {
	const longestWord = 40 // in camel case, such as a member's name
	upper := strings.ContainsFunc(run, unicode.IsUpper)
	lower := strings.ContainsFunc(run, unicode.IsLower)
	other := strings.ContainsAny(run, "0123456789_-")
	return upper && lower && (other || len(run) > longestWord)
}

// notBase64 reports whether a character is in neither alphabet of base64, nor
// its padding.
func notBase64(r rune) bool {
	isLetter := 'a' <= r|0x20 && r|0x20 <= 'z'
	isDigit := '0' <= r && r <= '9'
	return !isLetter && !isDigit && !strings.ContainsRune("+/-_=", r)
}

// nearest returns the word of a list that differs least from a text, and by how
// many characters. It returns "" if the text is too long to compare.
func nearest(text string, list []string) (word string, distance int) {
	const longest = 120 // no scope or address is longer
	if len(text) > longest {
		return "", longest
	}
	distance = longest
	for _, candidate := range list {
		if d := editDistance(text, candidate); d < distance {
			word, distance = candidate, d
		}
	}
	return word, distance
}

// editDistance counts the characters to insert, delete or replace to turn a
// into b (V. I. Levenshtein, 1965).
func editDistance(a, b string) int {
	row := make([]int, len(b)+1) // distances from the first i bytes of a
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replaced := diagonal
			if a[i] != b[j] {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
