// SPDX-License-Identifier: 0BSD

package mangled

import (
	"slices"
	"strings"
	"unicode"
)

// Characters that names are made of.
const (
	digits         = "0123456789"
	smallLetters   = "abcdefghijklmnopqrstuvwxyz"
	capitals       = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	nameCharacters = smallLetters + capitals + digits + "_"
)

// only reports whether s has nothing but characters of a set, and isn't empty.
func only(s, set string) bool { return s != "" && strings.Trim(s, set) == "" }

// isName reports whether s can be the name of a variable.
func isName(s string) bool {
	return only(s, nameCharacters) && !strings.Contains(digits, s[:1])
}

func hasSpace(s string) bool { return strings.ContainsFunc(s, unicode.IsSpace) }

// inside returns what is between before and after, if s begins and ends so.
func inside(s, before, after string) (inner string, ok bool) {
	inner, begins := strings.CutPrefix(s, before)
	inner, ends := strings.CutSuffix(inner, after)
	return inner, begins && ends
}

// hasLine reports whether text has a line of a kind.
func hasLine(text string, is func(line string) bool) bool {
	return slices.ContainsFunc(strings.Split(text, "\n"), is)
}
