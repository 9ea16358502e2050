// SPDX-License-Identifier: 0BSD

package diagnosis

import (
	"strconv"
	"strings"
)

// What a client sent may be anything: a control sequence for the terminal, a
// private key in the wrong place, or 60 KB.
const (
	longestShown = 80 // characters of a client's text
	longestWord  = 40 // characters in a row that base64 may have made
	wordShown    = 12 // how many are shown of a longer word
)

// quoted makes a client's text fit to be shown, in quotes.
func quoted(text string) string {
	short := shorten(text)
	if short == text && len(strconv.Quote(text)) <= longestShown+2 {
		return strconv.Quote(text)
	}
	for len(strconv.Quote(short)) > longestShown+2 {
		short = short[:len(short)-1]
	}
	short = strings.ToValidUTF8(short, "") // half a character may be left at the end
	return strconv.Quote(strings.TrimSuffix(short, "...") + "...")
}

// shortened makes a client's text fit to be shown, without quotes.
func shortened(text string) string {
	text = quoted(text)
	return text[1 : len(text)-1]
}

// shorten cuts words that are so long that they may be a secret, and then the
// text itself.
func shorten(text string) string {
	const enough = 4 * longestShown
	words := strings.FieldsFunc(text[:min(len(text), enough)], notBase64)
	for _, word := range words {
		if len(word) > longestWord {
			text = strings.ReplaceAll(text, word, word[:wordShown]+"...")
		}
	}
	return text[:min(len(text), longestShown)]
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
