// SPDX-License-Identifier: 0BSD

package tokenexchange

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"
)

// answers explains error answers: the first row counts whose pattern matches
// "code: description". Google's own table:
// https://developers.google.com/identity/protocols/oauth2/service-account#error-codes
var answers = []struct{ pattern, cause, remedy string }{
	{`^invalid_grant: .*(JWT Signature|SignatureException)`, "No live key of the account in iss made this signature: the key was deleted, disabled or rotated, or belongs to another account.", "Compare the key file's client_email and private_key_id with the account's keys in the console; if the key is not among them, create a new one."},
	{`^invalid_grant: .*No valid verifier`, "Google does not know the key yet: it may have been created a moment ago.", "Wait a minute and try again."},
	{`^(invalid_grant: .*(account not found|email or user ID\.)|invalid_client|deleted_client)`, "There is no service account of the name in iss: it was deleted or disabled, or is misspelt.", "Look for the key file's client_email in the console, IAM & Admin > Service Accounts, in the key file's project."},
	{`^(invalid_grant: Robot is disabled|disabled_client)`, "The service account, or its project, is disabled.", "Look in the console, IAM & Admin > Service Accounts."},
	{`^invalid_grant: .*audience`, "The claim aud is not the URL of the token endpoint.", "Set aud to the key file's token_uri, and post the assertion there."},
	{`^invalid_grant: .*(email|account has been deleted)`, "The claim sub does not name a user of the Workspace domain.", "Check the address; a user of another domain, or of gmail.com, cannot be acted for."},
	{`^invalid_grant`, "Google does not accept the assertion.", "Check its claims iss, aud, iat, exp and sub, and the clock."},
	{`^invalid_scope`, "The scope is empty, or none that Google knows; a list with commas counts as one unknown scope.", "Spell each scope out as a URL and join several with one space."},
	{`^unauthorized_client`, "The claim sub needs domain-wide delegation, and the account has none for these scopes.", "In the Admin console, Security > API controls > Domain-wide delegation, add the account's numeric client_id with exactly these scopes; allow up to 24 hours. A gmail.com user cannot be delegated: leave sub out and share the calendar instead."},
	{`^access_denied`, "An administrator does not allow the account these scopes.", "Ask for the scopes to be added to the account's entry under domain-wide delegation, or for the app to be allowed."},
	{`^admin_policy_enforced`, "A policy of the Workspace domain forbids the scopes.", "Ask its administrator."},
	{`^org_internal`, "The account is limited to its own organisation.", "Use an account of the organisation that owns the data."},
	{`^unsupported_grant_type`, "The request did not arrive as a form with the JWT bearer grant.", "Look for a proxy that changes requests, or another server behind the token URL."},
	{`^invalid_request`, "The assertion did not arrive as three base64url parts, of which two are JSON objects.", "Look at how it was passed on: cut off, quoted, or with a line break in it."},
}

// Advice is two lines: what the error means, and what to do about it.
func (e *Error) Advice() string {
	cause, remedy := e.advice()
	return cause + "\n" + remedy
}

func (e *Error) advice() (cause, remedy string) {
	switch {
	case errors.Is(e.Err, context.Canceled):
		return "The caller gave up.", "Nothing is wrong; try again."
	case e.StatusCode == 0 && errors.Is(e.Err, context.DeadlineExceeded):
		return "No answer came in the time allowed.", "Check the network and its proxy settings (HTTPS_PROXY), or allow more time."
	case e.StatusCode == 0 && e.network:
		return "The token endpoint could not be reached.", "Check the network, its name resolution and its proxy settings (HTTPS_PROXY)."
	case e.StatusCode == 0:
		return "No request was sent.", "Mend what the error names."
	case e.StatusCode == http.StatusTooManyRequests:
		return "Too many token requests were made.", "Keep a token for its hour, and wait before the next attempt."
	case e.Temporary():
		return "The server failed; nothing is wrong with the request.", "Try again in a few minutes."
	case e.StatusCode == http.StatusOK && e.Code == "" && strings.HasSuffix(e.Problem, "no access_token"):
		return "Google takes a scope that it does not know for the audience of an ID token, and then gives no access token.", "Check whether every scope is spelt right."
	case e.Code == "invalid_grant" && strings.Contains(e.Description, "short-lived token"):
		return e.clockAdvice()
	}
	for _, a := range answers {
		if regexp.MustCompile(a.pattern).MatchString(e.Code + ": " + e.Description) {
			return a.cause, a.remedy
		}
	}
	return "This is not how Google's token endpoint answers.", "Check the token URL, and whether a proxy or a login page of the network stands between."
}

// clockAdvice tells a wrong clock from wrong claims by the answer's Date.
func (e *Error) clockAdvice() (cause, remedy string) {
	offset := e.ClockOffset()
	switch {
	case !e.ServerDate.IsZero() && offset.Abs() < time.Minute:
		return "This machine's clock agrees with the server's to the minute, so iat and exp themselves are off: the assertion is old, or lives for more than an hour.", "Make a new assertion, with exp at most 3600 seconds after iat."
	case offset > 0:
		cause = fmt.Sprintf("This machine's clock is %s ahead of the server's.", offset)
	case offset < 0:
		cause = fmt.Sprintf("This machine's clock is %s behind the server's.", -offset)
	default:
		cause = "The assertion's iat and exp are not around Google's time."
	}
	return cause, "Set this machine's clock (NTP) and make a new assertion."
}
