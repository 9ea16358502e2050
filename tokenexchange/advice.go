// SPDX-License-Identifier: 0BSD

package tokenexchange

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Advice is two lines: what the error means, and what to do about it. Google's
// own table is at
// https://developers.google.com/identity/protocols/oauth2/service-account#error-codes
func (e *Error) Advice() string {
	why, fix := e.advice()
	return why + "\n" + fix
}

// advice tells apart the errors of the way to Google and back. What Google said
// on purpose is left to adviceOnGrant and adviceOnCode.
func (e *Error) advice() (why, fix string) {
	var untrusted *tls.CertificateVerificationError
	switch {
	case errors.Is(e.Err, context.Canceled):
		return "The caller canceled the exchange.",
			"Nothing is wrong; try again."
	case errors.Is(e.Err, context.DeadlineExceeded):
		return "No answer came in the time allowed.",
			"Check the network and its proxy settings (HTTPS_PROXY), or allow more time."
	case errors.As(e.Err, &untrusted):
		return "This machine doesn't trust the server's certificate" + issuer(untrusted) +
				", so the assertion wasn't sent.",
			"If a Google Trust Services certificate isn't trusted, this machine may trust " +
				"nobody: install the package ca-certificates, or name a bundle in " +
				"SSL_CERT_FILE. With another issuer, a proxy or a virus scanner intercepts " +
				"TLS: add its certificate there. Then check this machine's clock."
	case e.proxy:
		return "The proxy answered, and not Google: it refused to connect to the token endpoint.",
			"For 407, put the user and password into HTTPS_PROXY " +
				"(http://USER:PASSWORD@HOST:PORT). Otherwise ask for a proxy that allows " +
				"CONNECT to oauth2.googleapis.com:443, or name the host in NO_PROXY."
	case e.network:
		return "No complete answer came: the connection failed or broke off.",
			"Check the network, its name resolution and its proxy settings (HTTPS_PROXY)."
	case e.StatusCode == 0:
		return "No request was sent.",
			"Fix what the error names."
	case e.StatusCode == 429:
		return "Too many token requests were made.",
			"Keep a token for its hour, and wait before the next attempt."
	case e.Temporary():
		return "The server failed; nothing is wrong with the request.",
			"Try again in a few minutes."
	case strings.HasSuffix(e.Problem, "no access_token"): // in a 200
		return "Google takes an unknown scope for the audience of an ID token, " +
				"and then returns no access token.",
			"Check that every scope is spelled correctly, " +
				"and begins with https://www.googleapis.com/auth/."
	case e.Code == "invalid_grant":
		return e.adviceOnGrant()
	}
	return e.adviceOnCode()
}

// adviceOnGrant tells apart the causes of invalid_grant, Google's error for any
// assertion that it doesn't accept. Only the description names the cause, and
// its wording has changed over the years: the order of the cases matters.
func (e *Error) adviceOnGrant() (why, fix string) {
	says := func(text string) bool { return strings.Contains(e.Description, text) }
	switch {
	case says("short-lived token"):
		return e.clock()
	case says("JWT Signature"), says("SignatureException"):
		return "No active key of the account in iss made this signature: the key was made a " +
				"moment ago, has expired, was deleted or disabled (by Google too, if it was " +
				"found in public), or belongs to another account.",
			"Wait a minute if the key is new. Otherwise look for its private_key_id among the " +
				"active keys, which are public: " +
				"https://www.googleapis.com/robot/v1/metadata/x509/ and client_email. " +
				"Only if it isn't there, create a new key."
	case says("No valid verifier"):
		return "Google doesn't know the key yet: it may have been created a moment ago.",
			"Wait a minute and try again."
	case says("account not found"), says("email or user ID."):
		return adviceOnAccount()
	case says("Robot is disabled"):
		return adviceOnDisabled()
	case says("missing a project number"):
		return "The claim iss doesn't name a service account: it may be a person's address.",
			"Set iss to the client_email of the key file, unchanged."
	case says("audience"):
		return "The claim aud is not Google's URL for the token endpoint.",
			"Set aud to https://oauth2.googleapis.com/token, to the letter, even if you post " +
				"the assertion elsewhere, as with a private endpoint."
	case says("email"), says("account has been deleted"):
		return "The claim sub doesn't name a user of the Workspace domain.",
			"Check the address; you can't act for a user of another domain, or of gmail.com."
	}
	return "Google doesn't accept the assertion.",
		"Check its claims iss, aud, iat, exp and sub, and the clock."
}

// adviceOnCode is for errors that their code explains, and for answers that
// aren't Google's.
func (e *Error) adviceOnCode() (why, fix string) {
	switch e.Code {
	case "invalid_client", "invalid_account", "deleted_client":
		return adviceOnAccount()
	case "disabled_client":
		return adviceOnDisabled()
	case "invalid_scope":
		return "The scope is empty, or Google doesn't know it; " +
				"a list with commas counts as one unknown scope.",
			"Write each scope in full, with https://www.googleapis.com/auth/ before it, " +
				"and one space between two of them."
	case "unauthorized_client":
		return "The claim sub needs domain-wide delegation, " +
				"and the account has none for these scopes.",
			"In the Admin console, Security > Access and data control > API controls > " +
				"Manage Domain Wide Delegation, add the account's numeric client_id " +
				"with exactly these scopes; allow up to 24 hours. " +
				"You can't act for a gmail.com user: " +
				"leave sub out and share the calendar instead."
	case "access_denied":
		return "An administrator doesn't allow the account these scopes.",
			"Ask for the scopes to be added to the account's entry " +
				"under domain-wide delegation, or for the app to be allowed."
	case "admin_policy_enforced", "org_internal":
		return "A policy of the Workspace domain or of the organization forbids it.",
			"Ask its administrator."
	case "unsupported_grant_type":
		return "The request didn't arrive as a form with the JWT bearer grant.",
			"Look for a proxy that changes requests, or another server behind the token URL."
	case "invalid_request":
		return "The assertion didn't arrive as three base64url parts, two of them JSON objects.",
			"Check how it was passed on: it may be cut off, quoted, or have a line break in it."
	}
	return "This is not how Google's token endpoint answers.",
		"Check the token URL: Google's is https://oauth2.googleapis.com/token, " +
			"and this was sent to " + cmp.Or(e.URL, "a URL that isn't known here") +
			". A proxy or a login page of the network may have answered instead."
}

// issuer ends a clause with who issued the server's certificate.
func issuer(untrusted *tls.CertificateVerificationError) string {
	if len(untrusted.UnverifiedCertificates) == 0 {
		return ""
	}
	return fmt.Sprintf(", issued by %q", clean(untrusted.UnverifiedCertificates[0].Issuer.String()))
}

// adviceOnAccount is for an account that Google can't find. Google has said
// so with different codes over the years.
func adviceOnAccount() (why, fix string) {
	return "There is no service account with the name in iss: " +
			"it was deleted or disabled, or the name is misspelled.",
		"Look for the key file's client_email in the console, " +
			"IAM & Admin > Service Accounts, in the key file's project."
}

// adviceOnDisabled is for an account that Google finds, and doesn't serve.
func adviceOnDisabled() (why, fix string) {
	return "The service account or its project is disabled.",
		"Enable it in the console, IAM & Admin > Service Accounts, or with " +
			"gcloud iam service-accounts enable and the client_email."
}

// clock explains an iat or exp that Google doesn't accept. The Date of its
// answer shows whether this machine's clock is wrong, or only the claims are.
func (e *Error) clock() (why, fix string) {
	const sameTime = time.Minute // answers may be slow, and Date is in seconds
	const set = "Set this machine's clock (NTP), and make a new assertion."
	const renew = "Make a new assertion: iat is the present time in seconds since 1970, " +
		"not milliseconds, and exp at most 3600 seconds later."
	offset := e.ClockOffset()
	switch {
	case e.ServerDate.IsZero():
		return "The assertion's iat and exp are not around Google's time.", renew
	case offset.Abs() < sameTime:
		return "This machine's clock agrees with the server's to the minute, " +
			"so iat and exp themselves are wrong: " +
			"the assertion is old, or lives for more than an hour.", renew
	case offset < 0:
		return fmt.Sprintf("This machine's clock is %s behind the server's.", offset.Abs()), set
	}
	return fmt.Sprintf("This machine's clock is %s ahead of the server's.", offset), set
}
