// SPDX-License-Identifier: 0BSD

package terminal

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"
)

// wide are the characters that take two columns of a terminal: Hangul, kana,
// Han, full-width forms and emoji. It simplifies the classes W and F of Unicode
// Standard Annex #11.
var wide = &unicode.RangeTable{
	R16: []unicode.Range16{
		{0x1100, 0x115f, 1}, {0x2e80, 0x303e, 1}, {0x3041, 0x33ff, 1}, {0x3400, 0x4dbf, 1},
		{0x4e00, 0xa4cf, 1}, {0xa960, 0xa97c, 1}, {0xac00, 0xd7a3, 1}, {0xf900, 0xfaff, 1},
		{0xfe30, 0xfe6f, 1}, {0xff00, 0xff60, 1}, {0xffe0, 0xffe6, 1},
	},
	R32: []unicode.Range32{
		{0x1f300, 0x1f64f, 1}, {0x1f680, 0x1f6ff, 1}, {0x1f900, 0x1f9ff, 1}, {0x20000, 0x3fffd, 1},
	},
}

// columns returns the width of a text on a terminal.
func columns(text string) (n int) {
	for _, r := range text {
		n += runeColumns(r)
	}
	return n
}

func runeColumns(r rune) int {
	switch {
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf): // combining, or invisible
		return 0
	case unicode.Is(wide, r):
		return 2
	}
	return 1
}

// fill breaks a paragraph at spaces into lines of at most that width. A longer
// word has its own line.
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

// shorten cuts a text that is too wide.
func shorten(text string, width int) string {
	if columns(text) <= width {
		return text
	}
	used := 0
	for i, r := range text {
		if used += runeColumns(r); used > width-1 {
			return text[:i] + "…"
		}
	}
	return text
}

// cut breaks bytes into lines of at most that width, and returns where each
// line ends. A line ends at the last place in its last two thirds where
// mayBreak is true. If there is none, a full line ends anywhere except within a
// character or an escape like %2C.
func cut(text []byte, width int, mayBreak func(i int) bool) (ends []int) {
	start, best, used := 0, 0, 0
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		if mayBreak(i) && used >= width/3 {
			best = i
		}
		if used+runeColumns(r) > width {
			end := best
			if end <= start {
				end = beforeEscape(text, start, i)
			}
			ends = append(ends, end)
			start, used = end, columns(string(text[end:i]))
		}
		i, used = i+size, used+runeColumns(r)
	}
	return append(ends, len(text))
}

// beforeEscape returns i, or where an escape begins that text[start:i] would
// cut.
func beforeEscape(text []byte, start, i int) int {
	const escape = len("%2C")
	if at := bytes.LastIndexByte(text[:i], '%'); at > start && at > i-escape {
		return at
	}
	return i
}
