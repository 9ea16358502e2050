// SPDX-License-Identifier: 0BSD

package diagnosis

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"
)

// clientText quotes what a client sent, so that it can be shown: it's short,
// and has no control characters and nothing that looks like a secret.
func clientText(text string) string {
	const longest = 80 // characters, quotes and escapes included
	return clientTextUpTo(longest, text)
}

func clientTextUpTo(longest int, text string) string {
	const cut = "..."
	masked := []rune(MaskSecrets(text))
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
