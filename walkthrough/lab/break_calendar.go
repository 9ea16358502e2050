// SPDX-License-Identifier: 0BSD

package lab

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"time"

	"example.com/fivestep/calendar"
	"example.com/fivestep/walkthrough"
	"example.com/fivestep/walkthrough/fakegoogle"
)

// breakCalendar returns what can go wrong in step 5.
func breakCalendar() []Breakage {
	return []Breakage{
		{
			Name: "truncated", Step: 5,
			Title:  "The token without its dots",
			Change: "The dots at the end of the access token are cut off before it is sent.",
			Cause: "Code that trims punctuation, a column of 255 characters, " +
				"or a double click that selects one word. " +
				"Tokens of service accounts are filled up with dots to 1024 characters.",
			Cure: "An access token is opaque: keep and send every character.",
			change: func(a *attempt) {
				a.accessToken = func(s string) string { return strings.TrimRight(s, ".") }
			},
		},
		{
			Name: "expired", Step: 5,
			Title: "The token has expired",
			Change: "An hour goes by between step 4 and step 5. " +
				"The bytes are the same.",
			Cause: "A token kept for longer than its expires_in says, or a laptop that slept.",
			Cure: "Get a new token a little before the old one expires, " +
				"and once more if a 401 comes all the same. " +
				"A new assertion is needed for it.",
			change: func(a *attempt) {
				a.afterToken = func() {
					a.google.Advance(time.Hour)
					a.clock = a.clock.Add(time.Hour)
				}
			},
		},
		{
			Name: "primary", Step: 5,
			Title:  `Reading "primary"`,
			Change: "The calendar id is primary.",
			Cause: "In most examples primary is the reader's own calendar. " +
				"It is the caller's: the service account's own, which is empty. " +
				"No error tells.",
			Cure: "Use the calendar's id. " +
				"A person's own calendar has the e-mail address as its id.",
			change: func(a *attempt) { a.calendarID = "primary" },
		},
		{
			Name: "hash", Step: 5,
			Title: "A calendar id that is not escaped",
			Change: "The calendar is one of holidays, " + holidays + ", shared with the account. " +
				"Its id goes into the URL as it is. " +
				"Package calendar would escape it, so the lab changes the request on the way.",
			Cause: "A URL put together by hand. " +
				"What follows a # never leaves the program: " +
				"it would be a place within the page. " +
				"What is left is another request, for the calendar itself, " +
				"and its answer speaks of something else.",
			Cure:   "Escape the id as one segment of a path: # becomes %23.",
			change: readHolidays,
		},
		{
			Name: "no-offset", Step: 5,
			Title: "timeMin without an offset",
			Change: "The offset of timeMin is cut off. " +
				"Package calendar always writes it, so the lab changes the request on the way.",
			Cause: "Formats of date and time functions leave the offset out. " +
				"00:00 is no moment until one knows where.",
			Cure:   "RFC 3339 with Z or an offset, as 2023-11-15T00:00:00+09:00.",
			change: func(a *attempt) { a.address = inQuery("%2B09%3A00", "") },
		},
		{
			Name: "plus", Step: 5,
			Title:  "A plus sign that is not escaped",
			Change: "The + of the offset goes into the URL as it is, instead of as %2B.",
			Cause: "A URL put together by hand. " +
				"In a query, + means a blank.",
			Cure: "Let url.Values (or your language's counterpart) write the query; " +
				"or give the time in UTC, with Z.",
			change: func(a *attempt) { a.address = inQuery("%2B", "+") },
		},
		{
			Name: "empty-range", Step: 5,
			Title:  "timeMax before timeMin",
			Change: "timeMax is a day before timeMin.",
			Cause:  "Two dates mixed up, or compared as text with different offsets.",
			Cure: "Compare moments, not texts. " +
				"Package calendar refuses such a query before anything is sent.",
			change: func(a *attempt) {
				a.query = func(q *calendar.Query) { q.TimeMax = q.TimeMin.AddDate(0, 0, -1) }
				const dayBefore = "timeMax=2023-11-14T00%3A00%3A00%2B09%3A00"
				a.address = inQuery("&timeMin=", "&"+dayBefore+"&timeMin=")
			},
		},
		{
			Name: "order", Step: 5,
			Title:  "orderBy without singleEvents",
			Change: "singleEvents=true is left out, and orderBy=startTime stays.",
			Cause: "A series of events has no start time of its own to be ordered by; " +
				"only its instances have.",
			Cure: "Send singleEvents=true with it.",
			change: func(a *attempt) {
				a.query = func(q *calendar.Query) { q.SingleEvents = false }
				a.address = inQuery("&singleEvents=true", "")
			},
		},
		{
			Name: "page-token", Step: 5,
			Title: "A page token of another query",
			Change: "The first page is read two events long; " +
				"its nextPageToken is sent with a query that looks for other events.",
			Cause: "A page token that was stored, while the program's filter changed.",
			Cure: "Send the same parameters with every page. " +
				"A page token means nothing without them.",
			change: func(a *attempt) { a.before = a.takePageToken },
		},
		{
			Name: "stale-sync", Step: 5,
			Title: "A stale sync token",
			Change: "A sync token is got and sent back, " +
				"but in between the calendar has been shared anew.",
			Cause: "Google forgets sync tokens: after a time that it does not tell, " +
				"and when somebody's rights on the calendar change.",
			Cure: "Expect it: throw away what was stored and list everything once, " +
				"without a token. fivestep events -sync does so.",
			change: func(a *attempt) { a.before = a.takeSyncToken },
		},
		{
			Name: "rate-403", Step: 5,
			Title:  "Too many requests (403)",
			Change: "The Calendar API says that there were too many requests, with status 403.",
			Cause: "Many jobs that begin on the full hour, or a loop without a pause. " +
				"The limits are counted by minute, for a user and for the project.",
			Cure: "Wait, longer from try to try, and spread jobs out. " +
				"Read reason, not the status alone: other 403 will never pass.",
			change: func(a *attempt) { a.fault("events", "rateLimitExceeded") },
		},
		{
			Name: "rate-429", Step: 5,
			Title: "Too many requests (429)",
			Change: "The same with status 429: Google's page on errors has both, " +
				"and says to treat them alike.",
			Cause: "The same as for 403; which of the two comes is Google's choice. " +
				"A program that knows only one of them retries half of the time.",
			Cure: "Treat both alike: wait, longer from try to try, " +
				"or as long as Retry-After says, if there is one. " +
				"None from Google has been seen in public.",
			change: func(a *attempt) { a.fault("events", "429") },
		},
		{
			Name: "503", Step: 5,
			Title:  "The calendar is out of order",
			Change: "The Calendar API answers 503 to every request.",
			Cause:  "It happens, for seconds as a rule.",
			Cure: "Try again later. " +
				"What only reads can be sent as often as one likes, with pauses.",
			change: func(a *attempt) { a.fault("events", "503") },
		},
	}
}

// holidays is a calendar with a # in its ID, like Google's own holiday
// calendars.
const holidays = "en.usa#holiday@group.v.calendar.google.com"

// readHolidays shares that calendar, and doesn't escape its ID in the URL, so
// the # and everything after it is never sent.
func readHolidays(a *attempt) {
	a.google.AddCalendar(fakegoogle.Calendar{ID: holidays})
	a.google.Share(holidays, a.account.ClientEmail, "reader")
	a.calendarID = holidays
	a.address = func(u *url.URL) {
		name, _, _ := strings.Cut(holidays, "#")
		u.Path, u.RawPath, u.RawQuery = "/calendar/v3/calendars/"+name, "", ""
	}
}

// takePageToken reads a page of two events, and continues with its page token
// but another query.
func (a *attempt) takePageToken(
	ctx context.Context, client *calendar.Client, q *calendar.Query,
) error {
	first := *q
	first.MaxResults = 2
	page, err := client.EventsPage(ctx, a.calendarID, first, "")
	if err != nil {
		return err
	}
	if page.NextPageToken == "" {
		return errors.New("walkthrough: there is no second page")
	}
	a.pageToken = page.NextPageToken
	q.Search = "review"
	return nil
}

// takeSyncToken reads a sync token and sends it back after the calendar has
// been shared again, which invalidates it.
func (a *attempt) takeSyncToken(
	ctx context.Context, client *calendar.Client, q *calendar.Query,
) error {
	*q = calendar.Query{SingleEvents: true, Limit: q.Limit}
	page, err := client.EventsPage(ctx, a.calendarID, *q, "")
	if err != nil {
		return err
	}
	if page.NextSyncToken == "" {
		return errors.New("walkthrough: there is no sync token")
	}
	q.SyncToken = page.NextSyncToken
	a.google.Share(walkthrough.CalendarID, a.account.ClientEmail, "reader")
	return nil
}
