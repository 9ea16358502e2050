// SPDX-License-Identifier: 0BSD

package calendar

import (
	"cmp"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode"
)

// ErrFullSyncRequired is what errors.Is finds in an *[Error] when Google no longer
// knows the changes since Query.SyncToken or Query.UpdatedMin.
// https://developers.google.com/workspace/calendar/api/guides/sync
var ErrFullSyncRequired = errors.New("calendar: full sync required")

// Error is a failed read: the API's error answer, an answer that is none, or no
// answer. It never holds the token.
type Error struct {
	Op         string        // what was being read: events of "you@gmail.com"
	Page       int           // which page of a listing, from 1; 0: no listing
	StatusCode int           // HTTP status; 0: no answer
	Reason     string        // Google's word for it, such as "notFound"
	Message    string        // Google's sentence, or what is wrong when there is none
	Domain     string        // where Reason belongs: global, calendar, usageLimits
	Location   string        // the parameter or header that was wrong
	HelpURL    string        // where it can be mended: where to enable the API
	RetryAfter time.Duration // how long the server asks to wait; 0: it does not
	ServerDate time.Time     // the answer's Date, UTC; zero: none
	Err        error         // the cause, if it was not Google: network, context, Token, JSON, Query
	at         stage
}

// stage is where a read failed; 0: Google refused it.
type stage byte

const atQuery, atToken, atNetwork, atContext, atBody stage = 1, 2, 3, 4, 5

// Error is one line, fit for a log.
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

// Unwrap returns the cause: a context's error, or that of Client.Token.
func (e *Error) Unwrap() error { return e.Err }

// Is reports whether target is [ErrFullSyncRequired] and e means just that.
func (e *Error) Is(target error) bool {
	return target == ErrFullSyncRequired && e.StatusCode == http.StatusGone && (e.Reason == "fullSyncRequired" || e.Reason == "updatedMinTooLongAgo")
}

// Temporary reports whether the same read may succeed later. It is what [Client]
// tries again. A Token that failed is not: its own error, within this one, tells.
func (e *Error) Temporary() bool {
	limited := e.StatusCode == http.StatusForbidden && (e.Reason == "rateLimitExceeded" || e.Reason == "userRateLimitExceeded")
	return e.at == atNetwork && !errors.As(e.Err, new(*tls.CertificateVerificationError)) || limited || slices.Contains([]int{408, 429, 500, 502, 503, 504}, e.StatusCode)
}

// explain fills e from an answer that is not a 200. Google has two forms of it, the
// Calendar backend's and its front end's (with details); proxies have their own.
// https://developers.google.com/workspace/calendar/api/guides/errors
func (e *Error) explain(resp *http.Response) {
	body, _ := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	type problem struct{ Reason, Message, Domain, Location string }
	var google struct {
		Error struct {
			Message string
			Errors  []problem
			Details []struct{ Links []struct{ URL string } } // google.rpc.Help
		}
	}
	// A member of a wrong type is an error, but the others are filled all the same.
	_ = json.Unmarshal(body, &google)
	first := append(google.Error.Errors, problem{})[0]
	e.Reason, e.Domain, e.Location = first.Reason, first.Domain, first.Location
	e.Message = cmp.Or(google.Error.Message, first.Message)
	for _, detail := range google.Error.Details {
		for _, link := range detail.Links {
			e.HelpURL = link.URL
		}
	}
	if to, err := resp.Location(); err == nil && e.StatusCode/100 == 3 {
		e.Message = fmt.Sprintf("a redirect to %q, which is not followed", to.Host)
	} else if e.Message == "" && e.Reason == "" { // a body that is not JSON is never shown: it may be anything
		e.Message = fmt.Sprintf("no reason in the %d bytes read, of type %q", len(body), resp.Header.Get("Content-Type"))
	}
}

// withhold cleans all that came from a server and takes out the token, even a short
// one. A cause is kept unless its text would change.
func (e *Error) withhold(token *strings.Replacer) {
	without := func(s string) string { return clean(token.Replace(s)) }
	for _, s := range []*string{&e.Reason, &e.Message, &e.Domain, &e.Location, &e.HelpURL} {
		*s = without(*s)
	}
	if e.Err != nil && without(e.Err.Error()) != e.Err.Error() {
		e.Err = errors.New(without(e.Err.Error()))
	}
}

// clean makes a server's text fit for an error and a terminal: one line of about
// 500 bytes at most, nothing that does not print, no word that may hold a secret, by
// its length a token, or the password of a proxy, in its URL or as it was sent.
// A regular expression would make a small program 4 % larger.
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

// Advice is two lines: what the error means, and what to do about it. Google's own
// table: https://developers.google.com/workspace/calendar/api/guides/errors
func (e *Error) Advice() string {
	status, reason := e.StatusCode, e.Reason
	for _, a := range []struct { // the first that fits
		fits bool
		text string
	}{
		{e.at == atQuery, "The request cannot be right, so it was not sent.\nChange the query, the id or the base URL as the message says."},
		{e.at == atToken, "There is no access token to send, so Calendar was not asked.\nSee what the token's own error says; Calendar has no part in it."},
		{e.at == atContext && errors.Is(e.Err, context.DeadlineExceeded), "The time allowed for this was over before the answer was complete.\nAllow more time, or ask for less: a shorter range, fewer fields."},
		{e.at == atContext, "The program was told to stop, and stopped.\nStart it again if that was not meant."},
		{errors.As(e.Err, new(*tls.CertificateVerificationError)), "The server's certificate is not one that this machine trusts, so nothing was sent.\nLook for a proxy that opens TLS (its certificate authority must be known here), and at this machine's clock."},
		{e.at == atNetwork, "No whole answer came: the connection failed or broke off.\nLook at network, DNS, proxy and firewall on the way to the API's host, then try again."},
		{e.at == atBody, "Something answered with success, but not with what the Calendar API sends.\nLook for a proxy, a sign-in page of the network, or a wrong base URL; if the answer is too large, ask for less with MaxResults or Fields."},
		{status/100 == 3, "The server pointed to another address, and a token is never carried there.\nCorrect the base URL; if it is right, a proxy or sign-in page on the way interferes."},
		{reason == "timeRangeEmpty", "No time lies between timeMin and timeMax.\nLet timeMax be later than timeMin; compare them as moments, with their offsets."},
		{status == http.StatusBadRequest && e.Location == "orderBy", "Google cannot put the events of this query in that order.\nFor orderBy startTime set singleEvents; the other order is updated."},
		{status == http.StatusBadRequest, "Google does not understand one of the parameters, and seldom says which.\nCheck times (RFC 3339 with an offset), time zone, fields, and that the page token goes with this query."},
		{status == http.StatusUnauthorized && reason == "required", "The request arrived without an access token.\nLook for a proxy on the way that removes the Authorization header."},
		{status == http.StatusUnauthorized, "Google does not accept the access token: it has expired, was revoked, or was damaged on its way.\nGet a new one; it lives about an hour. Send it whole: dots at its end are part of it."},
		{reason == "insufficientPermissions", "The access token is good, but was requested without a scope that covers this.\nRequest it with calendar.events.readonly for events, calendar.calendarlist.readonly for the list of calendars, calendar.calendars.readonly for a calendar's own data, or calendar.readonly for all three (each after https://www.googleapis.com/auth/)."},
		{reason == "accessNotConfigured", "The Google Calendar API is not enabled in the project that the service account belongs to.\nEnable it at " + cmp.Or(e.HelpURL, "https://console.cloud.google.com/apis/library/calendar-json.googleapis.com") + " and allow some minutes before trying again."},
		{status == http.StatusTooManyRequests || status == http.StatusForbidden && e.Temporary(), "Too many requests in one minute, by this account or by the whole project.\nWait a minute, ask less often, and spread regular jobs over the hour."},
		{reason == "quotaExceeded" || reason == "dailyLimitExceeded", "A usage limit of the project or of the calendar is used up.\nTry again later, tomorrow at the latest; the Cloud console shows the project's limits under Quotas."},
		{reason == "requiredAccessLevel", "The calendar is shared with this account, but with fewer rights than this needs.\nIn the calendar's sharing settings let the account see all event details."},
		{status == http.StatusForbidden, "Google knows the account and refuses it this.\nCheck with whom the calendar is shared, and what the organisation's administrator allows to outsiders."},
		{status == http.StatusNotFound && reason == "", "This is not how the Calendar API says that something is not there.\nCheck the base URL; Google's is https://www.googleapis.com/calendar/v3."},
		{status == http.StatusNotFound, "The calendar or event does not exist, or is not shared with this account: Google does not tell which.\nCheck the id, and with whom the calendar is shared; \"primary\" is the service account's own, empty calendar."},
		{e.Is(ErrFullSyncRequired), "Google no longer knows what has changed since the sync token or updatedMin.\nForget what was stored and list everything once without them; a new sync token comes at its end."},
		{status == http.StatusGone, "It has been deleted.\nThere is nothing left to read; remove it where it was stored."},
		{e.Temporary(), "The server has trouble for the moment; nothing is wrong with the request.\nTry again in some minutes."},
	} {
		if a.fits {
			return a.text
		}
	}
	return "The request was refused, for a reason that is not known here.\nRead the message; Google lists its errors at https://developers.google.com/workspace/calendar/api/guides/errors"
}
