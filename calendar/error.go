// SPDX-License-Identifier: 0BSD

package calendar

import (
	"cmp"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// ErrFullSyncRequired is what errors.Is finds in an *[Error] if Google no
// longer knows what has changed since Query.SyncToken or Query.UpdatedMin.
// https://developers.google.com/workspace/calendar/api/guides/sync
var ErrFullSyncRequired = errors.New("calendar: full sync required")

// Error is a read that failed: Google returned an error, or something answered
// that isn't the API, or nothing did. It can be logged: if a server echoes the
// access token, even in pieces or escaped, that is withheld. Only a server that
// disguises it further, say in short lines of base64, could get it past this.
type Error struct {
	// Op is what was being read: events of "you@gmail.com".
	Op string

	// Page is the page of the list that was being read, from 1; 0 for no list.
	Page int

	// StatusCode is the HTTP status; 0 means that there was no answer.
	StatusCode int

	// Reason is Google's code for the error, such as notFound.
	Reason string

	// Message is Google's sentence, or says what is wrong if there's none.
	Message string

	// Domain says where Reason belongs: global, calendar or usageLimits.
	Domain string

	// Location is the parameter or header that was wrong.
	Location string

	// HelpURL is where to fix it, such as the page where the API is enabled.
	HelpURL string

	// RetryAfter is how long the server asks to wait; 0 if it doesn't.
	RetryAfter time.Duration

	// ServerDate is the answer's Date in UTC; zero if there's none.
	ServerDate time.Time

	// Err is the cause, if it wasn't Google: the network, the context,
	// Client.Token, the JSON or the Query.
	Err error

	at     stage
	issuer string // of the certificate, if at is atCertificate
}

// stage is how far a read got before it failed. Zero means that it got an
// answer that isn't a 200.
type stage byte

const (
	// Nothing was sent.
	atQuery       stage = iota + 1 // the query, an ID or the base URL is wrong
	atToken                        // Client.Token failed
	atCertificate                  // the server isn't one that this machine trusts
	atProxy                        // a proxy refuses to connect

	// Something was sent, or about to be.
	atNetwork // no answer arrived, or only a part of one
	atContext // the caller's context ended
	atBody    // a 200 arrived, but not with what was asked for
)

// unanswered makes the error of a request to u that got no answer.
func (cl call) unanswered(u *url.URL, err error) *Error {
	// http.Client wraps the cause and quotes the URL, with the whole query.
	failed := cl.fail(atNetwork, errors.Unwrap(err))
	failed.Message = "GET " + u.Scheme + "://" + u.Host
	var untrusted *tls.CertificateVerificationError
	var proxy *Error
	switch {
	case errors.As(err, &untrusted) && len(untrusted.UnverifiedCertificates) > 0:
		failed.at = atCertificate
		failed.issuer = untrusted.UnverifiedCertificates[0].Issuer.String()
	case errors.As(err, &proxy): // from onConnect
		failed.at = proxy.at
		failed.Err = errors.New(proxy.Message)
	}
	return failed
}

// answered makes an error with what all answers have in common. It's needed
// even for a 200, whose body may prove to be wrong.
func (c *Client) answered(cl call, resp *http.Response) *Error {
	failed := cl.fail(0, nil)
	failed.StatusCode = resp.StatusCode
	date, _ := http.ParseTime(resp.Header.Get("Date")) // zero if that fails
	failed.ServerDate = date.UTC()
	// A server that names a date to return at means its own clock.
	now := cmp.Or(failed.ServerDate, c.Now())
	failed.RetryAfter = retryAfter(resp.Header.Get("Retry-After"), now)
	return failed
}

// explain adds the reason that an answer gives for not being a 200. Google has
// two forms for it: one from the Calendar backend, and one with details from
// the servers in front of it. A proxy can send anything.
// https://developers.google.com/workspace/calendar/api/guides/errors
func (e *Error) explain(resp *http.Response) {
	var answer struct {
		Error struct {
			Message string
			Errors  [1]struct{ Reason, Message, Domain, Location string }
			Details []struct {
				Links []struct{ URL string }
			}
		}
	}
	body, _ := io.ReadAll(io.LimitReader(resp.Body, maxErrorBody))
	// Ignore the error: if one member has a wrong type, the others are still
	// set.
	_ = json.Unmarshal(body, &answer)

	first := answer.Error.Errors[0] // without strings, if there's none
	e.Reason = first.Reason
	e.Domain = first.Domain
	e.Location = first.Location
	e.Message = cmp.Or(answer.Error.Message, first.Message)
	for _, detail := range answer.Error.Details {
		for _, link := range detail.Links {
			e.HelpURL = link.URL
		}
	}

	to, err := resp.Location()
	switch {
	case e.StatusCode/100 == 3 && err == nil:
		e.Message = fmt.Sprintf("redirect to %q, which is not followed", to.Host)
	case e.Message == "" && e.Reason == "":
		// Don't quote a body that isn't Google's JSON: it may hold anything.
		e.Message = fmt.Sprintf("no reason in the %d bytes read, of type %q",
			len(body), resp.Header.Get("Content-Type"))
	}
}

// Error returns one line, fit for a log: what was being read, the status, the
// reason, the message, and the cause.
func (e *Error) Error() string {
	text := "calendar: " + e.Op
	if e.Page > 0 {
		text += fmt.Sprintf(", page %d", e.Page)
	}
	if e.StatusCode != 0 {
		text += strings.TrimSuffix(fmt.Sprintf(": %d %s", e.StatusCode, e.Reason), " ")
	}
	if e.Message != "" {
		text += ": " + e.Message
	}
	if e.Err != nil {
		text += ": " + clean(e.Err.Error())
	}
	return text
}

// Unwrap returns the cause: a context's error, for example, or that of
// Client.Token.
func (e *Error) Unwrap() error { return e.Err }

// Is reports whether target is [ErrFullSyncRequired] and that is what e means.
func (e *Error) Is(target error) bool {
	forgotten := e.Reason == "fullSyncRequired" || e.Reason == "updatedMinTooLongAgo"
	return target == ErrFullSyncRequired && e.StatusCode == 410 && forgotten
}

// Temporary reports whether the same read may succeed later. [Client] retries
// such errors. A failure of Client.Token is not temporary; ask the wrapped
// error.
func (e *Error) Temporary() bool {
	switch e.StatusCode {
	case 403: // Google also uses it where others use 429
		return e.Reason == "rateLimitExceeded" || e.Reason == "userRateLimitExceeded"
	case 408, 429, 500, 502, 503, 504:
		return true
	}
	return e.at == atNetwork
}
