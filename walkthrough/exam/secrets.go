// SPDX-License-Identifier: 0BSD

package exam

import (
	"net/url"
	"strings"
)

// The kinds of secrets.
const (
	keySecret       = "the private key"
	assertionSecret = "the assertion"
	tokenSecret     = "the access token"
)

// leak says which secret is in the output, and where. It's "" if none is, or if
// printing it is the stage's task.
func (a *attempt) leak() string {
	for _, s := range a.secrets() {
		switch {
		case strings.Contains(a.stderr, s.piece):
			return s.kind + " on standard error"
		case strings.Contains(a.stdout, s.piece) && !a.mayPrint(s.kind):
			return s.kind + " on standard output"
		}
	}
	return ""
}

// A secret is told by a piece of it that appears nowhere else.
type secret struct{ kind, piece string }

const pieceLength = 32

// secrets are those of this attempt.
func (a *attempt) secrets() (list []secret) {
	add := func(kind, text string) {
		if len(text) >= pieceLength {
			list = append(list, secret{kind, text[len(text)-pieceLength:]})
		}
	}
	// The first line of a PEM block of PKCS #8 begins with what all keys have
	// in common, so its end is what counts.
	const line = 64
	for _, text := range strings.Split(string(a.account.KeyFile("")), `\n`) {
		if len(text) == line {
			add(keySecret, text)
		}
	}
	for _, r := range a.posts() {
		form, _ := url.ParseQuery(string(r.Body))
		for _, assertion := range form["assertion"] {
			// Padding may be printed as %3D.
			add(assertionSecret, strings.TrimRight(assertion, "="))
		}
	}
	// Google's access tokens end with dots, which alone are no secret.
	for _, token := range a.tokens {
		add(tokenSecret, strings.TrimRight(token, "."))
	}
	return list
}
