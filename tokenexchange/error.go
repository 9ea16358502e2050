// SPDX-License-Identifier: 0BSD

package tokenexchange

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Error is a failed exchange: the server's error answer (RFC 6749, section
// 5.2), an unusable answer, or no answer at all. It can be logged: if a server
// echoes the assertion or a token, even in pieces or escaped, that is withheld.
// Only a server that disguises them further, say in short lines of base64,
// could get them past this.
type Error struct {
	// StatusCode is the HTTP status, or 0 if there was no answer.
	StatusCode int

	// Code is the member error of the answer, such as "invalid_grant".
	Code string

	// Description is the member error_description. Google uses one Code for
	// several causes; the Description tells them apart.
	Description string

	// Problem says what is wrong, unless the server says it itself in Code.
	Problem string

	// RetryAfter is how long the server asks to wait, or 0 if it doesn't.
	RetryAfter time.Duration

	// ServerDate is the Date of the answer, in UTC, or zero if it has none.
	ServerDate time.Time

	// LocalDate is this machine's time when the answer came.
	LocalDate time.Time

	// URL is where the assertion was posted, or "" if it wasn't.
	URL string

	// Err is the cause, from the network or the context, or nil.
	Err error

	network bool // the request or its answer was lost on the way
	proxy   bool // a proxy refused to connect
}

// received fills in what all errors about an answer have: its status and dates,
// and the server's own words. These may quote a secret, which it takes out.
func (e *Error) received(resp *http.Response, body []byte, now time.Time) *Error {
	var a answer
	_ = json.Unmarshal(body, &a) // as far as it can be read
	e.StatusCode, e.Code, e.Description = resp.StatusCode, a.Error, a.Description
	date, _ := http.ParseTime(resp.Header.Get("Date")) // zero if there is none
	e.ServerDate, e.LocalDate = date.UTC(), now
	e.RetryAfter = retryAfter(resp.Header.Get("Retry-After"), e.ServerDate, now)
	if resp.Request != nil {
		e.URL = resp.Request.URL.Redacted() // "" if there is no URL
	}
	return e.withhold(a.AccessToken, a.IDToken, assertionIn(resp.Request))
}

// Error is one line, fit for a log: the status and code, the description, the
// problem and the cause, as far as there are any.
func (e *Error) Error() string {
	text := "tokenexchange"
	if e.StatusCode != 0 {
		text += ": " + strings.TrimSpace(strconv.Itoa(e.StatusCode)+" "+e.Code)
	}
	for _, part := range []string{e.Description, e.Problem} {
		if part != "" {
			text += ": " + part
		}
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap returns the cause, so that errors.Is finds context.DeadlineExceeded.
func (e *Error) Unwrap() error { return e.Err }

// ClockOffset is how far this machine's clock is ahead of the server's, to
// about a second; it's negative if the clock is behind. It's 0 if the server
// sent no Date.
func (e *Error) ClockOffset() time.Duration {
	if e.ServerDate.IsZero() || e.LocalDate.IsZero() {
		return 0
	}
	return e.LocalDate.Sub(e.ServerDate).Round(time.Second)
}
