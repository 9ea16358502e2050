// SPDX-License-Identifier: 0BSD

package mangled

import (
	"encoding/base64"
	"fmt"
	"strings"
	"unicode"
)

// guessInvisible names the character that doesn't show in an address or URL.
func guessInvisible(member, value string) *Guess {
	for i, r := range value {
		if r > ' ' && r <= '~' {
			continue
		}
		where := "in the middle of"
		switch {
		case strings.TrimFunc(value[:i], notVisible) == "":
			where = "at the beginning of"
		case strings.TrimFunc(value[i:], notVisible) == "":
			where = "at the end of"
		}
		return &Guess{
			Why: fmt.Sprintf("A %s (U+%04X) is %s %s, which makes it a different one.",
				characterName(r), r, where, member),
			Fix: "Remove that character. You don't need a new key.",
		}
	}
	return nil
}

func characterName(r rune) string {
	switch r {
	case ' ':
		return "blank"
	case '\t':
		return "tab"
	case '\n':
		return "line break"
	case '\r':
		return "carriage return"
	case '\u00a0':
		return "no-break space"
	case '\u200b':
		return "zero-width space"
	case '\ufeff':
		return "byte order mark"
	}
	return "character"
}

func notVisible(r rune) bool { return r <= ' ' || r > '~' || !unicode.IsPrint(r) }

// guessPrivateKey is for the wrong contents of private_key. text is the whole
// file, and value what is in private_key. It never shows the value.
func guessPrivateKey(text, value string) *Guess {
	const (
		refill = "Fill private_key in again from the file that was downloaded, or use that file."
		begin  = "-----BEGIN"
	)
	bare := strings.Trim(value, `"'\“”`+"`")
	decoded, command := pemFromBase64(value)
	switch {
	case strings.Contains(value, begin) && strings.Contains(value, `\n`):
		return &Guess{
			Why: "The JSON was escaped twice, " +
				"as happens in environment variables and templates.",
			Inner:   replaced(text, strings.ReplaceAll(bare, `\n`, "\n")),
			Command: `jq '.private_key |= gsub("\\\\n"; "\n")'`,
		}
	case bare != value && strings.HasPrefix(bare, begin):
		return &Guess{
			Why: "Quotes are around the PEM, inside the JSON string: " +
				"docker --env-file keeps them.",
			Inner: replaced(text, bare),
			Fix:   "Remove them where private_key is filled in.",
		}
	case decoded != "":
		return &Guess{
			Why:     "It's base64 of the PEM, not the PEM itself: it was encoded once more.",
			Inner:   replaced(text, decoded),
			Command: command,
		}
	case strings.HasPrefix(bare, begin) && !isPlaceholderPEM(bare):
		return nil // it's a PEM, and jwt says what is wrong with it
	case isPlaceholderPEM(bare):
		return &Guess{
			Why: "There's a mask or a placeholder instead of the key, as in an example.",
			Fix: refill,
		}
	}
	if g := guessPlaceholder(value); g != nil {
		return &Guess{Why: g.Why, Fix: refill}
	}
	return guessOtherSecret(bare, refill)
}

// pemFromBase64 decodes base64 of a PEM, or base64 of that.
func pemFromBase64(value string) (decoded, command string) {
	const most = 3 // layers
	decode := ""
	for range most {
		word := strings.TrimRight(strings.Join(strings.Fields(value), ""), "=")
		inner, err := base64.RawStdEncoding.DecodeString(word)
		if err != nil {
			return "", ""
		}
		value, decode = string(inner), strings.TrimPrefix(decode+"|@base64d", "|")
		if strings.HasPrefix(value, "-----BEGIN") {
			return value, "jq '.private_key |= (" + decode + ")'"
		}
	}
	return "", ""
}

// guessOtherSecret recognizes what people take for a private key.
func guessOtherSecret(value, refill string) *Guess {
	const shortest = 1000 // characters of the PEM of a key of 2048 bits, at least
	why := ""
	switch {
	case strings.HasPrefix(value, "AIza"):
		why = "It's an API key, not a private key."
	case strings.HasPrefix(value, "GOCSPX-"):
		why = "It's the secret of an OAuth client, not a private key."
	case strings.HasPrefix(value, "ssh-"):
		why = "It's a public key for SSH, not a private key."
	case IsAccessToken(value) || IsAssertion(value):
		why = "It's a token, not a private key."
	case isKeyID(value):
		why = "It's a private_key_id, which names a key; it isn't a private key."
	case strings.Contains(value, "@"):
		why = "It's an address, not a private key."
	case len(value) < shortest:
		why = "It's too short for a private key: it may be an API key, a client secret " +
			"or the ID of a project."
	default:
		return nil
	}
	return &Guess{Why: why, Fix: refill}
}

// isKeyID reports whether value is 40 digits in hexadecimal.
func isKeyID(value string) bool {
	const length = 40
	return len(value) == length && only(value, digits+"abcdef")
}

// isPlaceholderPEM reports whether a PEM has no key between its lines.
func isPlaceholderPEM(text string) bool {
	const shortest = 200 // characters between the lines
	_, text, _ = strings.Cut(text, "KEY-----")
	body, _, whole := strings.Cut(text, "-----END")
	return whole && len(body) < shortest
}
