// SPDX-License-Identifier: 0BSD

// Package calendar reads events from the Google Calendar API, version 3. It's
// the last of the five steps from a service account's key to calendar events:
// the access token goes into the Authorization header of a GET request
// (RFC 6750), and Google answers with JSON.
//
//	client := &calendar.Client{Token: token}
//	query := calendar.Query{TimeMin: time.Now()}
//	for event, err := range client.Events(ctx, "you@gmail.com", query) {
//
// A list is complete, or it ends with an error. Answers are decoded as they
// arrive, the next page is read while you use this one, and memory stays
// bounded whatever a server sends.
//
// The package only reads, and it doesn't know where tokens come from: that's up
// to Client.Token. To write, or to use other parts of the API, use Google's own
// client, https://pkg.go.dev/google.golang.org/api/calendar/v3.
//
// Reference: https://developers.google.com/workspace/calendar/api/v3/reference
package calendar

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/url"
)

// Events lists the events of a calendar that match q, page after page, and
// reads the next page while you use this one. calendarID is the ID in the
// calendar's settings; for a person's main calendar, that's the email address.
// Don't escape it.
//
// If something fails, the last pair that the loop gets is nil and an *[Error].
// A loop that gets no error has seen every event, or q.Limit of them. Ranging
// over the result again lists everything again. Leaving the loop stops all work
// that is under way. If a server announces page after page forever, only ctx
// ends the list.
func (c *Client) Events(ctx context.Context,
	calendarID string, q Query) iter.Seq2[*Event, error] {
	// Escaped, even "/" and "#" don't end the ID: some IDs have a "#".
	path := "/calendars/" + url.PathEscape(calendarID) + "/events"
	return c.eventList(path, calendarID, q).all(ctx, q.NextSyncToken)
}

// newRequest makes the authorized GET request, which is step 5 itself. The path
// says which calendar, the query says which events, and the token says who is
// asking. The token goes into a header and never into the URL, because URLs end
// up in logs (RFC 6750, section 5.3).
func (c *Client) newRequest(ctx context.Context,
	cl call, token string) (*http.Request, error) {
	address := c.BaseURL + cl.path + "?" + cl.query.Encode()
	req, err := http.NewRequestWithContext(ctx, "GET", address, nil)
	if err != nil {
		return nil, err
	}
	// RFC 6750, section 2.1
	req.Header.Set("Authorization", "Bearer "+token)
	// https://developers.google.com/workspace/calendar/api/guides/performance
	req.Header.Set("User-Agent", c.UserAgent)
	return req, nil
}

// EventsPage reads a single page of the list that [Client.Events] reads whole,
// for programs that store how far they've come. An empty pageToken asks for the
// first page. For each page after that, pass the NextPageToken of the page
// before and the same q. Of q.Limit only the page size follows, and
// q.NextSyncToken isn't set. An answer without items is an empty page: Google
// doesn't promise to send an empty array. Errors are of type *[Error].
func (c *Client) EventsPage(ctx context.Context,
	calendarID string, q Query, pageToken string) (*Page, error) {
	path := "/calendars/" + url.PathEscape(calendarID) + "/events"
	p := c.eventList(path, calendarID, q).page(0, pageToken)
	if err := c.get(ctx, p.call); err != nil {
		return nil, err
	}
	p.Page.Items = p.items
	return &p.Page, nil
}

// eventList is the list of events at path, as q asks for it. A q that can't be
// sent is an error of the list, so that Events needs no error result.
func (c *Client) eventList(path, calendarID string, q Query) *list[Event] {
	cl := newCall("calendar#events", fmt.Sprintf("events of %q", calendarID), path, calendarID)
	q.addTo(cl.query)
	cl.keep = q.KeepRaw
	if cl.invalid == nil {
		cl.invalid = q.check(cl.query)
	}
	return &list[Event]{client: c, call: cl, size: q.pageSize(), limit: q.Limit}
}

// Event reads one event with all its members, and sets Raw. Errors are of type
// *[Error]. If the event doesn't exist, or if the calendar isn't shared with
// the account, Google answers 404: it doesn't reveal which.
func (c *Client) Event(ctx context.Context, calendarID, eventID string) (*Event, error) {
	path := "/calendars/" + url.PathEscape(calendarID) + "/events/" + url.PathEscape(eventID)
	op := fmt.Sprintf("event %q of %q", eventID, calendarID)
	return one[Event](ctx, c, newCall("calendar#event", op, path, calendarID, eventID))
}

// Calendar reads the calendar's own data, such as its title and time zone.
// The scope for events isn't enough: it takes calendar.calendars.readonly or
// calendar.readonly. Errors are of type *[Error].
func (c *Client) Calendar(ctx context.Context, calendarID string) (*Calendar, error) {
	path := "/calendars/" + url.PathEscape(calendarID)
	cl := newCall("calendar#calendar", fmt.Sprintf("calendar %q", calendarID), path, calendarID)
	return one[Calendar](ctx, c, cl)
}

// CalendarList lists the calendars on the account's list. It takes the scope
// calendar.calendarlist.readonly or calendar.readonly. If someone shares a
// calendar with a service account, the account can read it by its ID at once,
// but it's on this list only if the account adds it.
// https://issuetracker.google.com/issues/148804709
func (c *Client) CalendarList(ctx context.Context) iter.Seq2[*CalendarListEntry, error] {
	cl := newCall("calendar#calendarList", "calendar list", "/users/me/calendarList")
	cl.query.Set("maxResults", "250") // the most that Google sends in a page
	cl.query.Set("fields", entryFields)
	return (&list[CalendarListEntry]{client: c, call: cl}).all(ctx, nil)
}

// one reads a single resource. It looks at the text twice, because the kind
// isn't a field of Event or Calendar.
func one[T any](ctx context.Context, c *Client, cl call) (*T, error) {
	var v *T
	cl.decode = func(b *body) error {
		var raw json.RawMessage
		if err := b.dec.Decode(&raw); err != nil {
			return err
		}
		v = new(T)
		if event, isEvent := any(v).(*Event); isEvent {
			event.Raw = raw
		}
		head := struct{ Kind *string }{&b.kind}
		return errors.Join(json.Unmarshal(raw, v), json.Unmarshal(raw, &head))
	}
	if err := c.get(ctx, cl); err != nil {
		return nil, err
	}
	return v, nil
}
