// SPDX-License-Identifier: 0BSD

package walkthrough

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"
)

// wide are the characters that take two columns of a terminal: Hangul, kana, Han,
// full-width forms and emoji (Unicode TR 11, W and F, in a few strokes).
var wide = &unicode.RangeTable{
	R16: []unicode.Range16{{0x1100, 0x115f, 1}, {0x2e80, 0x303e, 1}, {0x3041, 0x33ff, 1}, {0x3400, 0x4dbf, 1}, {0x4e00, 0xa4cf, 1},
		{0xa960, 0xa97c, 1}, {0xac00, 0xd7a3, 1}, {0xf900, 0xfaff, 1}, {0xfe30, 0xfe6f, 1}, {0xff00, 0xff60, 1}, {0xffe0, 0xffe6, 1}},
	R32: []unicode.Range32{{0x1f300, 0x1f64f, 1}, {0x1f680, 0x1f6ff, 1}, {0x1f900, 0x1f9ff, 1}, {0x20000, 0x3fffd, 1}},
}

// columns is the width of text on a terminal.
func columns(text string) (n int) {
	for _, r := range text {
		n += runeColumns(r)
	}
	return n
}

func runeColumns(r rune) int {
	switch {
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf): // drawn over what is before, or not at all
		return 0
	case unicode.Is(wide, r):
		return 2
	}
	return 1
}

// printable makes text from elsewhere safe for a terminal, whose control
// characters could rewrite what stands on it.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		} else if unicode.IsSpace(r) {
			return ' '
		}
		return utf8.RuneError
	}, text)
}

// fill breaks a paragraph at blanks into lines of at most that many columns.
func fill(paragraph string, width int) (lines []string) {
	line := ""
	for _, word := range strings.Fields(paragraph) {
		if line != "" && columns(line)+1+columns(word) > width {
			lines, line = append(lines, line), ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}

// cut breaks bytes, which need not have a blank in them, into lines of at most
// that many columns, and returns where each line ends. It breaks at the last place
// in the last two thirds of a line that is good, or else anywhere but within a
// character or an escape like %2C.
func cut(text []byte, width int, good func(i int) bool) (ends []int) {
	start, best, used := 0, 0, 0
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		if good(i) && used >= width/3 {
			best = i
		}
		if used+runeColumns(r) > width {
			end := best
			if end <= start {
				end = i
				if escape := bytes.LastIndexByte(text[:i], '%'); escape > start && escape > i-3 {
					end = escape
				}
			}
			ends = append(ends, end)
			start, used = end, columns(string(text[end:i]))
		}
		i, used = i+size, used+runeColumns(r)
	}
	return append(ends, len(text))
}
