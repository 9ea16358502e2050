// SPDX-License-Identifier: 0BSD

package tokenexchange

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
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

// Advice is two lines: what the error means, and what to do about it. Google's
// own table: https://developers.google.com/identity/protocols/oauth2/service-account#error-codes
func (e *Error) Advice() string {
	grant := func(text string) bool { return e.Code == "invalid_grant" && strings.Contains(e.Description, text) }
	for _, a := range []struct { // the first that fits
		fits bool
		text string
	}{
		{errors.Is(e.Err, context.Canceled), "The caller gave up.\nNothing is wrong; try again."},
		{errors.Is(e.Err, context.DeadlineExceeded), "No answer came in the time allowed.\nCheck the network and its proxy settings (HTTPS_PROXY), or allow more time."},
		{errors.As(e.Err, new(*tls.CertificateVerificationError)), "The server's certificate is not one that this machine trusts, so nothing was sent.\nLook for a proxy that opens TLS (its certificate authority must be known here), and at this machine's clock."},
		{e.network, "No whole answer came: the connection failed or broke off.\nCheck the network, its name resolution and its proxy settings (HTTPS_PROXY)."},
		{e.StatusCode == 0, "No request was sent.\nMend what the error names."},
		{e.StatusCode == http.StatusTooManyRequests, "Too many token requests were made.\nKeep a token for its hour, and wait before the next attempt."},
		{e.Temporary(), "The server failed; nothing is wrong with the request.\nTry again in a few minutes."},
		{e.StatusCode == http.StatusOK && e.Code == "" && strings.HasSuffix(e.Problem, "no access_token"), "Google takes a scope that it does not know for the audience of an ID token, and then gives no access token.\nCheck whether every scope is spelt right."},
		{grant("short-lived token"), e.clock() + "\nSet this machine's clock (NTP) and make a new assertion, with exp at most 3600 seconds after iat."},
		{grant("JWT Signature") || grant("SignatureException"), "No live key of the account in iss made this signature: the key was deleted, disabled or rotated, or belongs to another account.\nCompare the key file's client_email and private_key_id with the account's keys in the console; if the key is not among them, create a new one."},
		{grant("No valid verifier"), "Google does not know the key yet: it may have been created a moment ago.\nWait a minute and try again."},
		{grant("account not found") || grant("email or user ID.") || e.Code == "invalid_client" || e.Code == "deleted_client", "There is no service account of the name in iss: it was deleted or disabled, or is misspelt.\nLook for the key file's client_email in the console, IAM & Admin > Service Accounts, in the key file's project."},
		{grant("Robot is disabled") || e.Code == "disabled_client", "The service account, or its project, is disabled.\nLook in the console, IAM & Admin > Service Accounts."},
		{grant("audience"), "The claim aud is not the URL of the token endpoint.\nSet aud to the key file's token_uri, and post the assertion there."},
		{grant("email") || grant("account has been deleted"), "The claim sub does not name a user of the Workspace domain.\nCheck the address; a user of another domain, or of gmail.com, cannot be acted for."},
		{grant(""), "Google does not accept the assertion.\nCheck its claims iss, aud, iat, exp and sub, and the clock."},
		{e.Code == "invalid_scope", "The scope is empty, or none that Google knows; a list with commas counts as one unknown scope.\nSpell each scope out as a URL and join several with one space."},
		{e.Code == "unauthorized_client", "The claim sub needs domain-wide delegation, and the account has none for these scopes.\nIn the Admin console, Security > Access and data control > API controls > Manage Domain Wide Delegation, add the account's numeric client_id with exactly these scopes; allow up to 24 hours. A gmail.com user cannot be delegated: leave sub out and share the calendar instead."},
		{e.Code == "access_denied", "An administrator does not allow the account these scopes.\nAsk for the scopes to be added to the account's entry under domain-wide delegation, or for the app to be allowed."},
		{e.Code == "admin_policy_enforced" || e.Code == "org_internal", "A policy of the Workspace domain or of the organisation forbids it.\nAsk its administrator."},
		{e.Code == "unsupported_grant_type", "The request did not arrive as a form with the JWT bearer grant.\nLook for a proxy that changes requests, or another server behind the token URL."},
		{e.Code == "invalid_request", "The assertion did not arrive as three base64url parts, of which two are JSON objects.\nLook at how it was passed on: cut off, quoted, or with a line break in it."},
	} {
		if a.fits {
			return a.text
		}
	}
	return "This is not how Google's token endpoint answers.\nCheck the token URL, and whether a proxy or a login page of the network stands between."
}

// clock tells a wrong clock from wrong claims by the answer's Date.
func (e *Error) clock() string {
	offset, side := e.ClockOffset(), "ahead of"
	switch {
	case e.ServerDate.IsZero():
		return "The assertion's iat and exp are not around Google's time."
	case offset.Abs() < time.Minute:
		return "This machine's clock agrees with the server's to the minute, so iat and exp themselves are off: the assertion is old, or lives for more than an hour."
	case offset < 0:
		side = "behind"
	}
	return fmt.Sprintf("This machine's clock is %s %s the server's.", offset.Abs(), side)
}
