// SPDX-License-Identifier: 0BSD

package mangled

import (
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"strings"
)

// guessEncoded recognizes encodings of the whole file.
func guessEncoded(text string) *Guess {
	all := strings.Join(strings.Fields(text), "")
	word, before := strings.Trim(all, `"'`), ""
	if word != all {
		before = `tr -d \"\' | `
	}
	if strings.Contains(word, `\n`) {
		word, before = strings.ReplaceAll(word, `\n`, ""), before+`sed 's/\\n//g' | `
	}
	if _, after, found := strings.Cut(word, ";base64,"); found && strings.HasPrefix(word, "data:") {
		word, before = after, before+"sed 's/^data:.*,//' | "
	}
	if inner, command, ok := fromBase64(word); ok {
		return &Guess{
			Why: "It's base64 of a key file: a secret or a variable was encoded, " +
				"and not decoded.",
			Inner:   inner,
			Command: before + command,
		}
	}
	if inner, err := hex.DecodeString(word); err == nil && isObject(inner) {
		return &Guess{Why: "It's the key file in hexadecimal.", Inner: inner, Command: "xxd -r -p"}
	}
	if inner, err := url.PathUnescape(word); err == nil && strings.HasPrefix(word, "%") &&
		isObject([]byte(inner)) {
		return &Guess{
			Why:   "It's percent-encoded, as in a URL.",
			Inner: []byte(inner),
			Command: "python3 -c 'import sys, urllib.parse as u; " +
				"print(u.unquote(sys.stdin.read()))'",
		}
	}
	if strings.HasPrefix(word, "ewog") || strings.HasPrefix(word, "ew0K") ||
		strings.HasPrefix(word, "eyJ") {
		return &Guess{
			Why: "It looks like base64 of a key file, but is damaged or cut off.",
			Fix: "Copy all of it again, and decode it: base64 -d.",
		}
	}
	return nil
}

// fromBase64 decodes base64 of a JSON object, or base64 of that, in either
// alphabet, with padding or without.
func fromBase64(word string) (inner []byte, command string, ok bool) {
	const most = 3 // layers; two are seen where a Secret is filled with base64
	for range most {
		decode := "base64 -d"
		if strings.ContainsAny(word, "-_") {
			decode = "tr _- /+ | base64 -d"
		}
		standard := strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(word, "="))
		inner, err := base64.RawStdEncoding.DecodeString(standard)
		if err != nil {
			return nil, "", false
		}
		command = strings.TrimPrefix(command+" | "+decode, " | ")
		if isObject(inner) {
			return inner, command, true
		}
		word = strings.Join(strings.Fields(string(inner)), "")
	}
	return nil, "", false
}

// isObject reports whether text begins as a JSON object does.
func isObject(text []byte) bool {
	inner := afterBrace(string(text))
	return strings.HasPrefix(inner, `"`) || strings.HasPrefix(inner, "}")
}

// afterBrace returns what follows the { that text begins with, or "".
func afterBrace(text string) string {
	inner, found := strings.CutPrefix(strings.TrimSpace(text), "{")
	if !found {
		return ""
	}
	return strings.TrimSpace(inner)
}
