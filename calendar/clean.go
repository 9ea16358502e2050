// SPDX-License-Identifier: 0BSD

package calendar

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// clean makes a server's text fit for a log and a terminal, and withholds what
// could be a secret: the token, and any word as long as tokens are.
func clean(text, token string) string {
	if len(token) >= 8 { // what is shorter is a word of somebody's test
		text = strings.ReplaceAll(text, token, "[withheld]")
	}
	text = strings.ToValidUTF8(text, "\uFFFD") + " "
	var b strings.Builder
	start := 0
	for i, r := range text {
		if r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r)) || strings.ContainsRune("_.=-", r) {
			continue
		}
		if i-start >= 64 {
			b.WriteString("[withheld]")
		} else {
			b.WriteString(text[start:i])
		}
		start = i + utf8.RuneLen(r)
		if unicode.IsSpace(r) {
			r = ' '
		} else if !unicode.IsPrint(r) {
			r = utf8.RuneError
		}
		b.WriteRune(r)
	}
	if text = strings.TrimSpace(b.String()); len(text) > 500 {
		text = strings.ToValidUTF8(text[:497], "") + "…"
	}
	return text
}

// without gives err, or, should a transport have quoted the token, its text.
func without(err error, token string) error {
	if strings.Contains(err.Error(), token) {
		return errors.New(clean(err.Error(), token))
	}
	return err
}

// summary says in a few words what a body is when it is not what was expected.
func summary(body []byte, token string) string {
	text := strings.NewReplacer("<HTML", "<html", "<TITLE>", "<title>", "</TITLE>", "</title>").Replace(string(body))
	size := fmt.Sprintf("%d bytes", len(body))
	if len(body) > maxErrorAnswer {
		size = fmt.Sprintf("more than %d bytes", maxErrorAnswer)
	}
	switch {
	case len(body) == 0:
		return "an empty body"
	case strings.Contains(text, "<html"):
		_, title, _ := strings.Cut(text, "<title>")
		title, _, _ = strings.Cut(title, "</title>")
		return fmt.Sprintf("an HTML page of %s titled %q", size, clean(title, token))
	case !utf8.ValidString(text) || strings.ContainsRune(text, 0):
		return size + " of binary data"
	}
	return size + " of text: " + clean(text, token)
}
