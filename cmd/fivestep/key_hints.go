// SPDX-License-Identifier: 0BSD

package main

import (
	"fmt"
	"strings"
	"unicode"

	"example.com/fivestep/cmd/fivestep/mangled"
	"example.com/fivestep/jwt"
)

// explainKey adds to what jwt saw in the file how that probably happened, and
// what to do in this place.
func (f *flags) explainKey(e *jwt.KeyFileError, data []byte) error {
	why, hint := advice(e)
	if g := mangled.Look(e.Member, strings.TrimPrefix(string(data), byteOrderMark)); g != nil {
		why, hint = g.Why, f.undo(g)
	}
	return &stepError{
		step: 1,
		err:  fmt.Errorf("%s: %s", f.keyName(), strings.TrimPrefix(e.Error(), "jwt: key file: ")),
		why:  why,
		hint: hint,
	}
}

// undo says what to do about a guess. It tries the key file inside, so that
// nobody creates a new key instead of a good one.
func (f *flags) undo(g *mangled.Guess) string {
	if g.Inner == nil {
		return g.Fix
	}
	state := "The key file inside is good: you don't need a new key."
	if _, err := jwt.ParseKeyFile(g.Inner); err != nil {
		state = "The key file inside has a fault, too: " +
			strings.TrimPrefix(err.Error(), "jwt: key file: ") + "."
	}
	if g.Command == "" {
		return state + " " + g.Fix
	}
	command := g.Command
	if !f.keyFromPipe() {
		first, rest, _ := strings.Cut(command, " | ")
		command = strings.TrimSuffix(first+" <"+shellWord(f.key)+" | "+rest, " | ")
	}
	return fmt.Sprintf("%s Get it out: %s | fivestep %s -key -", state, command, f.set.Name())
}

// shellWord quotes a word for a shell, if it needs that.
func shellWord(word string) string {
	plain := func(r rune) bool {
		return unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("@%+=:,./_-", r)
	}
	if word != "" && strings.IndexFunc(word, func(r rune) bool { return !plain(r) }) < 0 {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
