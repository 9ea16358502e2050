// SPDX-License-Identifier: 0BSD

package walkthrough

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"time"

	"example.com/fivestep/calendar"
	"example.com/fivestep/walkthrough/fakegoogle"
)

func breakagesOfTheSetup() []Breakage {
	return []Breakage{
		{"escaped-twice", 1, "The key file was escaped twice", "Each \\n of the private key has become \\\\n.",
			"The file went through an environment variable, a template or a secret store that escaped what was escaped already.",
			"Store the file as it was downloaded, or base64 of the whole file.",
			func(a *attempt) {
				a.file = func(s string) string { return strings.ReplaceAll(s, `\n`, `\\n`) }
			}},
		{"key-deleted", 1, "The key was deleted", "The key has been deleted in the console. The file is unchanged, and so is every byte that is sent.",
			"Keys are rotated, by people and by an organisation's rules, and whoever uses them is not always told.",
			"Create a new key for the account. The old file will never work again.",
			func(a *attempt) { a.google.RevokeKey(a.account.ClientEmail, a.account.PrivateKeyID) }},
		{"api-disabled", 1, "The Calendar API is not enabled", "The project of the account has never enabled the Calendar API. Steps 1 to 4 do not notice.",
			"An account and its key can be created in any project; each API is enabled by hand, once for the project.",
			"Open the link in the answer, enable the API, and wait some minutes.",
			func(a *attempt) { a.google.SetAPIEnabled(a.account.ProjectID, false) }},
		{"not-shared", 1, "The calendar is not shared", "Nobody has shared " + calendarID + " with the account.",
			"A service account is a user of its own: the owner of a calendar has to share it, as with a colleague. Google answers as if there were no such calendar.",
			"calendar.google.com > Settings > the calendar > Shared with > Add people: the account's client_email, \"See all event details\".",
			func(a *attempt) { a.google.Share(calendarID, a.account.ClientEmail, "") }},
	}
}

func breakagesOfTheExchange() []Breakage {
	return []Breakage{
		{"grant-type", 3, "Another grant type", "grant_type says client_credentials. Package tokenexchange always sends the right one, so the lab changes the request on the way.",
			"OAuth has many grants. client_credentials looks right for a program without a user, but this endpoint does not take it.",
			"Send urn:ietf:params:oauth:grant-type:jwt-bearer (RFC 7523, section 2.1), its colons escaped as %3A.",
			func(a *attempt) {
				a.form = replace("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer", "grant_type=client_credentials")
			}},
		{"token-503", 3, "The token endpoint is out of order", "Google's token endpoint answers 503 to every request.",
			"It happens, for seconds as a rule.",
			"Try again later, and not at once: the package waits longer from try to try, by a random time. A program that keeps its token for the hour seldom notices.",
			func(a *attempt) { a.fault("token", "503") }},
	}
}

func breakagesOfTheCalendar() []Breakage {
	return []Breakage{
		{"truncated", 5, "The token without its dots", "The dots at the end of the access token are cut off before it is sent.",
			"Code that trims punctuation, a column of 255 characters, or a double click that selects one word. Tokens of service accounts are filled up with dots to 1024 characters.",
			"An access token is opaque: keep and send every character.",
			func(a *attempt) { a.accessToken = func(s string) string { return strings.TrimRight(s, ".") } }},
		{"expired", 5, "The token has expired", "An hour goes by between step 4 and step 5. The bytes are the same.",
			"A token kept for longer than its expires_in says, or a laptop that slept.",
			"Get a new token a little before the old one expires, and once more if a 401 comes all the same. A new assertion is needed for it.",
			func(a *attempt) {
				a.between = func() {
					a.google.Advance(time.Hour)
					a.clock = a.clock.Add(time.Hour)
				}
			}},
		{"primary", 5, "Reading \"primary\"", "The calendar id is primary.",
			"In most examples primary is the reader's own calendar. It is the caller's: the service account's own, which is empty. No error tells.",
			"Use the calendar's id. A person's own calendar has the e-mail address as its id.",
			func(a *attempt) { a.calendarID = "primary" }},
		{"hash", 5, "A calendar id that is not escaped", "The calendar is one of holidays, " + holidays + ", shared with the account. Its id goes into the URL as it is. Package calendar would escape it, so the lab changes the request on the way.",
			"A URL put together by hand. What follows a # never leaves the program: it would be a place within the page. What is left is another request, for the calendar itself, and its answer speaks of something else.",
			"Escape the id as one segment of a path: # becomes %23.",
			func(a *attempt) {
				a.google.AddCalendar(fakegoogle.Calendar{ID: holidays})
				a.google.Share(holidays, a.account.ClientEmail, "reader")
				a.calendarID = holidays
				a.address = func(u *url.URL) {
					name, _, _ := strings.Cut(holidays, "#")
					u.Path, u.RawPath, u.RawQuery = "/calendar/v3/calendars/"+name, "", ""
				}
			}},
		{"no-offset", 5, "timeMin without an offset", "The offset of timeMin is cut off. Package calendar always writes it, so the lab changes the request on the way.",
			"Formats of date and time functions leave the offset out. 00:00 is no moment until one knows where.",
			"RFC 3339 with Z or an offset, as 2023-11-15T00:00:00+09:00.",
			func(a *attempt) { a.address = inQuery("%2B09%3A00", "") }},
		{"plus", 5, "A plus sign that is not escaped", "The + of the offset goes into the URL as it is, instead of as %2B.",
			"A URL put together by hand. In a query, + means a blank.",
			"Let url.Values (or your language's counterpart) write the query; or give the time in UTC, with Z.",
			func(a *attempt) { a.address = inQuery("%2B", "+") }},
		{"empty-range", 5, "timeMax before timeMin", "timeMax is a day before timeMin.",
			"Two dates mixed up, or compared as text with different offsets.",
			"Compare moments, not texts. Package calendar refuses such a query before anything is sent.",
			func(a *attempt) {
				a.asks = func(q *calendar.Query) { q.TimeMax = q.TimeMin.AddDate(0, 0, -1) }
				a.address = inQuery("&timeMin=", "&timeMax=2023-11-14T00%3A00%3A00%2B09%3A00&timeMin=")
			}},
		{"order", 5, "orderBy without singleEvents", "singleEvents=true is left out, and orderBy=startTime stays.",
			"A series of events has no start time of its own to be ordered by; only its instances have.",
			"Send singleEvents=true with it.",
			func(a *attempt) {
				a.asks = func(q *calendar.Query) { q.SingleEvents = false }
				a.address = inQuery("&singleEvents=true", "")
			}},
		{"page-token", 5, "A page token of another query", "The first page is read two events long; its nextPageToken is sent with a query that looks for other events.",
			"A page token that was stored, while the program's filter changed.",
			"Send the same parameters with every page. A page token means nothing without them.",
			func(a *attempt) {
				a.prepare = func(ctx context.Context, client *calendar.Client, q *calendar.Query) error {
					first := *q
					first.MaxResults = 2
					page, err := client.EventsPage(ctx, a.calendarID, first, "")
					if err != nil {
						return err
					}
					if a.pageToken = page.NextPageToken; a.pageToken == "" {
						return errors.New("walkthrough: there is no second page")
					}
					q.Search = "review"
					return nil
				}
			}},
		{"stale-sync", 5, "A stale sync token", "A sync token is got and sent back, but in between the calendar has been shared anew.",
			"Google forgets sync tokens: after a time that it does not tell, and when somebody's rights on the calendar change.",
			"Expect it: throw away what was stored and list everything once, without a token. fivestep events -sync does so.",
			func(a *attempt) {
				a.prepare = func(ctx context.Context, client *calendar.Client, q *calendar.Query) error {
					*q = calendar.Query{SingleEvents: true, Limit: q.Limit}
					page, err := client.EventsPage(ctx, a.calendarID, *q, "")
					if err != nil {
						return err
					}
					if q.SyncToken = page.NextSyncToken; q.SyncToken == "" {
						return errors.New("walkthrough: there is no sync token")
					}
					a.google.Share(calendarID, a.account.ClientEmail, "reader")
					return nil
				}
			}},
		{"rate-403", 5, "Too many requests (403)", "The Calendar API says that there were too many requests, with status 403.",
			"Many jobs that begin on the full hour, or a loop without a pause. The limits are counted by minute, for a user and for the project.",
			"Wait, longer from try to try, and spread jobs out. Read reason, not the status alone: other 403 will never pass.",
			func(a *attempt) { a.fault("events", "rateLimitExceeded") }},
		{"rate-429", 5, "Too many requests (429)", "The same with status 429: Google's page on errors has both, and says to treat them alike.",
			"The same as for 403; which of the two comes is Google's choice. A program that knows only one of them retries half of the time.",
			"Treat both alike: wait, longer from try to try, or as long as Retry-After says, if there is one. None from Google has been seen in public.",
			func(a *attempt) { a.fault("events", "429") }},
		{"503", 5, "The calendar is out of order", "The Calendar API answers 503 to every request.",
			"It happens, for seconds as a rule.",
			"Try again later. What only reads can be sent as often as one likes, with pauses.",
			func(a *attempt) { a.fault("events", "503") }},
	}
}

// holidays is a calendar whose id has a # in it, as Google's of holidays have.
const holidays = "en.usa#holiday@group.v.calendar.google.com"

// inQuery edits the query of an address, as it is written.
func inQuery(old, now string) func(*url.URL) {
	return func(u *url.URL) { u.RawQuery = replace(old, now)(u.RawQuery) }
}

// fault makes trouble at one place of the fake for every request.
func (a *attempt) fault(place, kind string) {
	a.google.AddFault(fakegoogle.Fault{Place: place, Kind: kind})
}
