// SPDX-License-Identifier: 0BSD

package calendar

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"time"
)

// Event is an event as Google sends it. Times stay text, in RFC 3339 as sent;
// EventDateTime.Time reads start and end. A member that was not sent, or not
// asked for, is zero: of a cancelled event often only ID and Status are there.
// https://developers.google.com/workspace/calendar/api/v3/reference/events
type Event struct {
	ID                string          `json:"id"`
	ETag              string          `json:"etag"`
	Status            string          `json:"status"` // confirmed, tentative or cancelled
	HTMLLink          string          `json:"htmlLink"`
	Created           string          `json:"created"` // UTC
	Updated           string          `json:"updated"` // UTC
	Summary           string          `json:"summary"` // the title
	Description       string          `json:"description"`
	Location          string          `json:"location"`
	Creator           Person          `json:"creator"`
	Organizer         Person          `json:"organizer"`
	Start             EventDateTime   `json:"start"`             // inclusive
	End               EventDateTime   `json:"end"`               // exclusive
	Recurrence        []string        `json:"recurrence"`        // RRULE, EXRULE, RDATE, EXDATE lines (RFC 5545)
	RecurringEventID  string          `json:"recurringEventId"`  // of an instance: its series
	OriginalStartTime EventDateTime   `json:"originalStartTime"` // of an instance: where the series puts it
	Transparency      string          `json:"transparency"`      // "" or opaque: busy; transparent: free
	Visibility        string          `json:"visibility"`        // "", default, public, private or confidential
	ICalUID           string          `json:"iCalUID"`           // shared by all instances of a series
	Sequence          int             `json:"sequence"`
	Attendees         []Attendee      `json:"attendees"`
	HangoutLink       string          `json:"hangoutLink"`
	Reminders         Reminders       `json:"reminders"`
	EventType         string          `json:"eventType"` // default, birthday, focusTime, fromGmail, outOfOffice, workingLocation
	Raw               json.RawMessage `json:"-"`         // the JSON as sent, if it was asked for
}

// Person made or organizes an event. Self: it is the calendar that was read.
type Person struct {
	ID          string `json:"id"`
	Email       string `json:"email"`
	DisplayName string `json:"displayName"`
	Self        bool   `json:"self"`
}

// Attendee is a guest of an event, or a resource such as a room.
type Attendee struct {
	Person
	Organizer        bool   `json:"organizer"`
	Resource         bool   `json:"resource"`
	Optional         bool   `json:"optional"`
	ResponseStatus   string `json:"responseStatus"` // needsAction, declined, tentative or accepted
	Comment          string `json:"comment"`
	AdditionalGuests int    `json:"additionalGuests"`
}

// Reminders of an event are the calendar's default ones or its own.
type Reminders struct {
	UseDefault bool       `json:"useDefault"`
	Overrides  []Reminder `json:"overrides"`
}

// Reminder is due Minutes before the start; Method is email or popup.
type Reminder struct {
	Method  string `json:"method"`
	Minutes int    `json:"minutes"`
}

// Page is one page of a list of events. NextPageToken is "" on the last page, which
// may have a NextSyncToken. A page may be short, or empty, though others follow.
type Page struct {
	ETag             string     `json:"etag"`
	Summary          string     `json:"summary"` // the calendar's title
	Description      string     `json:"description"`
	Updated          string     `json:"updated"` // UTC
	TimeZone         string     `json:"timeZone"`
	AccessRole       string     `json:"accessRole"`
	DefaultReminders []Reminder `json:"defaultReminders"`
	NextPageToken    string     `json:"nextPageToken"`
	NextSyncToken    string     `json:"nextSyncToken"`
	Items            []*Event   `json:"items"`
}

// EventDateTime is either Date (yyyy-mm-dd, an all-day event) or DateTime
// (RFC 3339 with an offset). TimeZone is an IANA name, and often not there.
type EventDateTime struct {
	Date     string `json:"date"`
	DateTime string `json:"dateTime"`
	TimeZone string `json:"timeZone"`
}

// Time gives the moment that is meant. A date is a day on the wall of whoever
// looks, not a moment: it becomes the beginning of that day in loc (nil is UTC). A
// DateTime keeps the offset it was sent with. Neither of them, or a malformed one, is an error.
func (t EventDateTime) Time(loc *time.Location) (at time.Time, allDay bool, err error) {
	at, err = time.Parse(time.RFC3339, t.DateTime)
	if allDay = t.DateTime == "" && t.Date != ""; allDay {
		at, err = time.ParseInLocation(time.DateOnly, t.Date, cmp.Or(loc, time.UTC))
	}
	if err != nil {
		err = fmt.Errorf("calendar: start or end of an event: %w", err)
	} else if allDay && at.Format(time.DateOnly) != t.Date {
		at = at.Add(time.Hour) // the clocks skip this midnight: the day begins at one
	}
	return at, allDay, err
}

// Calendar is what a calendar says of itself.
// https://developers.google.com/workspace/calendar/api/v3/reference/calendars
type Calendar struct {
	ID          string `json:"id"`
	ETag        string `json:"etag"`
	Summary     string `json:"summary"` // the title
	Description string `json:"description"`
	Location    string `json:"location"`
	TimeZone    string `json:"timeZone"` // IANA name
}

// CalendarListEntry is a calendar as it stands in the list of an account.
// https://developers.google.com/workspace/calendar/api/v3/reference/calendarList
type CalendarListEntry struct {
	Calendar
	SummaryOverride string `json:"summaryOverride"` // the title that the account gave it
	AccessRole      string `json:"accessRole"`      // freeBusyReader, reader, writer or owner
	Primary         bool   `json:"primary"`
	Selected        bool   `json:"selected"`
	Hidden          bool   `json:"hidden"`
}

// Events lists the events of a calendar that match q, page after page; the next one
// travels while this one is being used. calendarID is as Google shows it, not escaped.
// An *[Error] ends the listing; a loop without one has seen every event, or q.Limit
// of them. Each range lists anew; breaking off stops all that is under way. Only ctx
// ends a list whose server announces page after page for ever.
func (c *Client) Events(ctx context.Context, calendarID string, q Query) iter.Seq2[*Event, error] {
	return c.events(calendarID, q).all(ctx, q.NextSyncToken)
}

// EventsPage reads one page: the first if pageToken is "", else the one that
// Page.NextPageToken announced, with the same q. Of q.Limit only the page size
// follows, and q.NextSyncToken is not set. Errors are *[Error].
func (c *Client) EventsPage(ctx context.Context, calendarID string, q Query, pageToken string) (*Page, error) {
	p := &page[Event]{token: pageToken}
	if err := c.events(calendarID, q).fetch(ctx, 0, p, func() {}); err != nil {
		return nil, err
	}
	p.Page.Items = p.items
	return &p.Page, nil
}

func (c *Client) events(calendarID string, q Query) *list[Event] {
	cl := newCall("calendar#events", fmt.Sprintf("events of %q", calendarID), "calendars", calendarID, "events")
	query, err := q.values()
	cl.query, cl.invalid = query, cmp.Or(cl.invalid, err)
	return &list[Event]{client: c, call: cl, size: q.pageSize(), limit: q.Limit, raw: q.KeepRaw}
}

// Event reads one event, whole: Raw is set. Errors are *[Error]; an event that does
// not exist and a calendar that is not shared are both a 404.
func (c *Client) Event(ctx context.Context, calendarID, eventID string) (*Event, error) {
	op := fmt.Sprintf("event %q of %q", eventID, calendarID)
	return one[Event](ctx, c, newCall("calendar#event", op, "calendars", calendarID, "events", eventID))
}

// Calendar reads one calendar's own data. It needs another scope than events do:
// calendar.calendars.readonly or calendar.readonly. Errors are *[Error].
func (c *Client) Calendar(ctx context.Context, calendarID string) (*Calendar, error) {
	return one[Calendar](ctx, c, newCall("calendar#calendar", fmt.Sprintf("calendar %q", calendarID), "calendars", calendarID))
}

// CalendarList lists the account's calendars, with the scope calendar.readonly or
// calendar.calendarlist.readonly. One that was shared with a service account can be
// read by its id at once, but is not here until the account itself puts it there.
func (c *Client) CalendarList(ctx context.Context) iter.Seq2[*CalendarListEntry, error] {
	cl := newCall("calendar#calendarList", "calendar list", "users", "me", "calendarList")
	cl.query.Set("maxResults", "250")
	cl.query.Set("fields", entryFields)
	return (&list[CalendarListEntry]{client: c, call: cl}).all(ctx, nil)
}

// one reads a single resource.
func one[T any](ctx context.Context, c *Client, cl call) (v *T, err error) {
	cl.decode = func(b *body) (string, error) {
		var head struct{ Kind string }
		b.keep, v = true, new(T)
		err := b.dec.Decode(v)
		raw := b.since(0)
		if event, ok := any(v).(*Event); ok {
			event.Raw = raw
		}
		return head.Kind, cmp.Or(err, json.Unmarshal(raw, &head))
	}
	if err := c.get(ctx, cl); err != nil {
		return nil, err
	}
	return v, nil
}
