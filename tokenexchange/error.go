// SPDX-License-Identifier: 0BSD

package tokenexchange

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Error is a failed exchange: the server's error answer (RFC 6749, section 5.2), an
// answer that is none, or no answer. It never holds the assertion or a token.
type Error struct {
	StatusCode  int           // HTTP status; 0: no answer
	Code        string        // the member error, such as "invalid_grant"
	Description string        // the member error_description; Google's tells causes apart
	Problem     string        // what is wrong when it is not an error answer in form
	RetryAfter  time.Duration // how long the server asks to wait; 0: it does not
	ServerDate  time.Time     // the answer's Date, UTC; zero: none
	LocalDate   time.Time     // this machine's clock when the answer came
	Err         error         // the cause: of the network, or of the context

	network bool // the request, or its answer, was lost on the way
}

// Error is one line, fit for a log.
func (e *Error) Error() string {
	parts := []string{"tokenexchange", "", e.Description, e.Problem, ""}
	if e.StatusCode != 0 {
		parts[1] = strings.TrimSpace(strconv.Itoa(e.StatusCode) + " " + e.Code)
	}
	if e.Err != nil {
		parts[4] = e.Err.Error()
	}
	return strings.Join(slices.DeleteFunc(parts, func(part string) bool { return part == "" }), ": ")
}

// Unwrap returns the cause, so that errors.Is finds context.DeadlineExceeded.
func (e *Error) Unwrap() error { return e.Err }

// ClockOffset is how far this machine's clock is ahead of the server's; negative:
// behind. It is good to a second or two, and 0 if the server sent no Date.
func (e *Error) ClockOffset() time.Duration {
	if e.ServerDate.IsZero() || e.LocalDate.IsZero() {
		return 0
	}
	return e.LocalDate.Sub(e.ServerDate).Round(time.Second)
}

// clean makes a server's text fit for an error and a terminal: one line of about
// 500 bytes at most, nothing that does not print, no word that may hold a secret, by
// its length a token or an assertion (Google has been seen to echo a whole one:
// Worklytics/psoxy, docs/sources/google-workspace), or the password of a proxy, in its
// URL or as it was sent. A regular expression would make a small program 4 % larger.
func clean(s string) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.=-" // of tokens and assertions
	between := func(r rune) bool { return !strings.ContainsRune(alphabet, r) }
	long := func(part string) bool { return len(part) >= 64 }
	words := strings.Split(s, " ")
	for i, w := range words {
		_, after, _ := strings.Cut(w, "//")
		password := strings.Contains(strings.SplitN(after, "/", 2)[0], "@") || i > 0 && strings.HasSuffix(words[i-1], "Basic")
		if password || slices.ContainsFunc(strings.FieldsFunc(w, between), long) {
			words[i] = "[withheld]"
		}
	}
	s = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, strings.Join(words, " "))
	if len(s) > 500 {
		s = strings.ToValidUTF8(s[:500], "") + "..."
	}
	return s
}

// withhold cleans all that came from a server and takes out the secret, even a
// short one. A cause of net/http, which may quote what the server sent ("malformed HTTP
// response ..."), is kept unless its text would change.
func (e *Error) withhold(secret string) *Error {
	without := func(s string) string { return clean(strings.ReplaceAll(s, secret, "[withheld]")) }
	e.Code, e.Description, e.Problem = without(e.Code), without(e.Description), without(e.Problem)
	if e.Err != nil && without(e.Err.Error()) != e.Err.Error() {
		e.Err = errors.New(without(e.Err.Error()))
	}
	return e
}
