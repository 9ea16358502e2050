// SPDX-License-Identifier: 0BSD

package calendar

import (
	"cmp"
	"context"
	"errors"
)

// Advice explains e in two lines, parted by "\n": what it means, and what to do
// about it. It knows nothing of the caller's account and calendar, so it speaks
// of them in general. It is never empty.
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
		{e.at == atNetwork, "No whole answer came: the connection failed or broke off.\nLook at network, DNS, proxy and firewall on the way to the API's host, then try again."},
		{e.at == atBody, "Something answered with success, but not with what the Calendar API sends.\nLook for a proxy, a sign-in page of the network, or a wrong base URL."},
		{status/100 == 3, "The server pointed to another address, and a token is never carried there.\nCorrect the base URL; if it is right, a proxy or sign-in page on the way interferes."},
		{reason == "timeRangeEmpty", "No time lies between timeMin and timeMax.\nLet timeMax be later than timeMin; compare them as moments, with their offsets."},
		{status == 400 && e.Location == "orderBy", "Google cannot put the events of this query in that order.\nFor orderBy startTime set singleEvents; the other order is updated."},
		{status == 400, "Google does not understand one of the parameters, and seldom says which.\nCheck times (RFC 3339 with an offset), time zone, fields, and that the page token goes with this query."},
		{status == 401 && reason == "required", "The request arrived without an access token.\nLook for a proxy on the way that removes the Authorization header."},
		{status == 401, "Google does not accept the access token: it has expired, was revoked, or was damaged on its way.\nGet a new one; it lives about an hour. Send it whole: dots at its end are part of it."},
		{reason == "insufficientPermissions", "The access token is good, but was requested without a scope that covers this.\n" +
			"Request it with calendar.events.readonly for events, calendar.calendarlist.readonly for the list of calendars, " +
			"calendar.calendars.readonly for a calendar's own data, or calendar.readonly for all three (each after https://www.googleapis.com/auth/)."},
		{reason == "accessNotConfigured", "The Google Calendar API is not enabled in the project that the service account belongs to.\n" +
			"Enable it at " + cmp.Or(e.HelpURL, "https://console.cloud.google.com/apis/library/calendar-json.googleapis.com") + " and allow some minutes before trying again."},
		{status == 429 || status == 403 && e.Temporary(), "Too many requests in one minute, by this account or by the whole project.\nWait a minute, ask less often, and spread regular jobs over the hour."},
		{reason == "quotaExceeded" || reason == "dailyLimitExceeded", "A usage limit of the project or of the calendar is used up.\nTry again later, tomorrow at the latest; the Cloud console shows the project's limits under Quotas."},
		{reason == "requiredAccessLevel", "The calendar is shared with this account, but with fewer rights than this needs.\nIn the calendar's sharing settings let the account see all event details."},
		{status == 403, "Google knows the account and refuses it this.\nCheck with whom the calendar is shared, and what the organisation's administrator allows to outsiders."},
		{status == 404, "The calendar or event does not exist, or is not shared with this account: Google does not tell which.\n" +
			"Share the calendar with the service account's address and use the calendar's own id; \"primary\" is the service account's own, empty one."},
		{e.Is(ErrFullSyncRequired), "Google no longer knows what has changed since the sync token or updatedMin.\nForget what was stored and list everything once without them; a new sync token comes at its end."},
		{status == 410, "It has been deleted.\nThere is nothing left to read; remove it where it was stored."},
		{e.Temporary(), "The server has trouble for the moment; nothing is wrong with the request.\nTry again in some minutes."},
	} {
		if a.fits {
			return a.text
		}
	}
	return "The request was refused, for a reason that is not known here.\nRead the message; Google lists its errors at https://developers.google.com/workspace/calendar/api/guides/errors"
}
