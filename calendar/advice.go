// SPDX-License-Identifier: 0BSD

package calendar

import (
	"cmp"
	"context"
	"crypto/x509"
	"errors"
)

// Advice returns two lines: what caused the error, and how to fix it. Google's
// own table: https://developers.google.com/workspace/calendar/api/guides/errors
func (e *Error) Advice() string {
	cause, remedy := e.advise()
	return cause + "\n" + remedy
}

// advise returns the first advice that fits, so a special case comes before the
// general one. The cases here are about reads that got no answer from Google,
// the cases of adviseOnRequest about requests that Google refuses from anyone,
// and those of adviseOnAccess about what this account may read.
func (e *Error) advise() (cause, remedy string) {
	switch e.at {
	case atQuery:
		return "The request is wrong in itself, so it was not sent.",
			"Change the query, the ID or the base URL as the message says."
	case atToken:
		return "There is no access token to send, so Google Calendar was not asked.",
			"Read the token's own error; it has nothing to do with Calendar."
	case atProxy:
		return "A proxy on the way refuses to connect to the server, so nothing was sent.",
			"Ask who runs the proxy to allow the API's host, and whether HTTPS_PROXY needs " +
				"a user and password; or go around the proxy with NO_PROXY."
	case atCertificate:
		return "This machine doesn't trust the server's certificate, issued by " +
			e.issuer + ", so nothing was sent.", adviseOnTrust(x509.SystemCertPool())
	case atNetwork:
		return "No complete answer arrived: the connection failed or broke off.",
			"Check network, DNS, proxy and firewall on the way to the API's host, then try again."
	case atContext:
		if errors.Is(e.Err, context.DeadlineExceeded) {
			return "The time allowed for this ran out before the answer was complete.",
				"Allow more time, or ask for less: a shorter range, or fewer fields."
		}
		return "The program was told to stop, and it did.",
			"Start it again if you didn't mean to stop it."
	case atBody:
		return "A server reported success, but the answer isn't from the Calendar API.",
			"Look for a proxy, a sign-in page of the network, or a wrong base URL; " +
				"if the answer is too large, ask for less with MaxResults or Fields."
	}
	return e.adviseOnRequest()
}

// adviseOnTrust says how to get this machine to trust a certificate. roots are
// the authorities that it trusts already.
func adviseOnTrust(roots *x509.CertPool, err error) (remedy string) {
	if err != nil || roots.Equal(x509.NewCertPool()) {
		return "This machine trusts nobody at all: install the package ca-certificates, " +
			"or set SSL_CERT_FILE to a file with the authorities to trust."
	}
	return "If the issuer is your company or your virus scanner, it decrypts TLS: " +
		"let this machine trust it (SSL_CERT_FILE). Otherwise check this machine's clock, " +
		"and look for a proxy."
}

func (e *Error) adviseOnRequest() (cause, remedy string) {
	switch status, reason := e.StatusCode, e.Reason; {
	case status/100 == 3:
		return "The server redirects to another address, and a token is never sent there.",
			"Correct the base URL; if it's right, a proxy or a sign-in page interferes."
	case reason == "timeRangeEmpty":
		return "There's no time between timeMin and timeMax.",
			"Make timeMax later than timeMin, and remember that their offsets count."
	case status == 400 && e.Location == "orderBy":
		return "Google can't put the events of this query in that order.",
			"To order by startTime, set singleEvents; the other order is updated."
	case status == 400:
		return "Google doesn't understand one of the parameters, and seldom says which.",
			"Check the times (RFC 3339 with an offset), the time zone and the fields, " +
				"and that the page token belongs to this query."
	case status == 401 && reason == "required":
		return "The request arrived without an access token.",
			"Look for a proxy that removes the Authorization header."
	case status == 401:
		return "Google doesn't accept the access token: it expired, was revoked, or was damaged.",
			"Get a new one; it lasts about an hour. Send all of it, including the dots at its end."
	case reason == "insufficientPermissions":
		return "The access token is valid, but it wasn't requested with a scope that covers this.",
			"Request it with calendar.events.readonly for events, " +
				"calendar.calendarlist.readonly for the list of calendars, " +
				"calendar.calendars.readonly for a calendar's own data, " +
				"or calendar.readonly for all three " +
				"(each after https://www.googleapis.com/auth/)."
	}
	return e.adviseOnAccess()
}

func (e *Error) adviseOnAccess() (cause, remedy string) {
	switch status, reason := e.StatusCode, e.Reason; {
	case reason == "accessNotConfigured":
		return "The Google Calendar API isn't enabled in the service account's project.",
			"Enable it at " + cmp.Or(e.HelpURL,
				"https://console.cloud.google.com/apis/library/calendar-json.googleapis.com") +
				" and try again a few minutes later."
	case status == 429, status == 403 && e.Temporary():
		return "This account, or its whole project, sent too many requests within a minute.",
			"Wait a minute, send requests less often, and spread regular jobs over the hour; " +
				"the Cloud console shows the project's limits under Quotas."
	case reason == "quotaExceeded":
		return "The calendar's account has made too many changes: this limit is its own, " +
				"not the project's.",
			"Try again after some hours; the Cloud console has nothing to show or to raise."
	case reason == "dailyLimitExceeded":
		return "The project has used up its requests for today.",
			"Try again tomorrow; the Cloud console shows the project's limits under Quotas."
	case reason == "requiredAccessLevel":
		return "The calendar is shared with this account, but with fewer rights than this needs.",
			"In the calendar's sharing settings, let the account see all event details."
	case status == 403:
		return "Google knows the account, but doesn't let it do this.",
			"Check who the calendar is shared with, " +
				"and what the organization's administrator lets outsiders see."
	case status == 404 && reason == "":
		return "This isn't how the Calendar API says that something doesn't exist.",
			"Check the base URL; Google's is " + googleBaseURL + "."
	case status == 404:
		return "The calendar or event doesn't exist, or it isn't shared with this account: " +
				"Google doesn't say which.",
			"Check the ID, and who the calendar is shared with; " +
				"\"primary\" is the service account's own, empty calendar."
	case e.Is(ErrFullSyncRequired):
		return "Google no longer knows what has changed since the sync token or updatedMin.",
			"Forget what you stored, list everything without them, and store the new sync token."
	case status == 410:
		return "It has been deleted.",
			"There's nothing left to read; remove it where you stored it."
	case e.Temporary():
		return "The server has a problem at the moment; the request is fine.",
			"Try again in a few minutes."
	}
	return "The request was refused for a reason that isn't known here.",
		"Read the message; Google lists its errors at " +
			"https://developers.google.com/workspace/calendar/api/guides/errors"
}
