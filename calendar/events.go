// SPDX-License-Identifier: 0BSD

package calendar

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"time"
)

// Event is an event as Google sends it. Times stay text, in RFC 3339 as sent;
// EventDateTime.Time reads start and end. A member that was not sent, or not
// asked for, is zero: of a cancelled event often only ID and Status are there.
//
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

// Person is the creator or the organizer of an event. Self: it is the calendar
// that was read.
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

// EventDateTime is either Date (yyyy-mm-dd, an all-day event) or DateTime
// (RFC 3339 with an offset). TimeZone is an IANA name, and often not there.
type EventDateTime struct {
	Date     string `json:"date"`
	DateTime string `json:"dateTime"`
	TimeZone string `json:"timeZone"`
}

// Time gives the moment that is meant. A date is a day on the wall of whoever
// looks, not a moment: it becomes midnight in loc (nil is UTC). A DateTime keeps
// the offset it was sent with. Neither of them, or a malformed one, is an error.
func (t EventDateTime) Time(loc *time.Location) (at time.Time, allDay bool, err error) {
	if loc == nil {
		loc = time.UTC
	}
	if allDay = t.DateTime == "" && t.Date != ""; allDay {
		at, err = time.ParseInLocation(time.DateOnly, t.Date, loc)
	} else {
		at, err = time.Parse(time.RFC3339, t.DateTime)
	}
	if err != nil {
		err = fmt.Errorf("calendar: start or end of an event: %w", err)
	}
	return at, allDay, err
}

// Events lists the events of a calendar that match q, page after page, holding
// at most two pages: the next one travels while this one is being used.
// calendarID is the id as Google shows it, "you@gmail.com", not escaped.
//
// An error, always an *Error that names the page, ends the listing. A loop that
// ends without one has seen every event, or q.Limit of them. Each range over the
// result lists anew; breaking off stops all that is under way.
func (c *Client) Events(ctx context.Context, calendarID string, q Query) iter.Seq2[*Event, error] {
	return c.events(calendarID, q).all(ctx, q.NextSyncToken)
}

// EventsPage reads one page: the first if pageToken is "", else the one that
// Page.NextPageToken announced, with the same q. Of q.Limit only the page size
// follows, and q.NextSyncToken is not set. Errors are *Error.
func (c *Client) EventsPage(ctx context.Context, calendarID string, q Query, pageToken string) (*Page, error) {
	p, err := c.events(calendarID, q).fetch(ctx, 0, pageToken, nil)
	if err != nil {
		return nil, err
	}
	p.Page.Items = p.items
	return &p.Page, nil
}

func (c *Client) events(calendarID string, q Query) *list[Event] {
	id, err := segment(calendarID)
	query, err2 := q.values()
	cl := call{op: fmt.Sprintf("events of %q", calendarID), path: "/calendars/" + id + "/events", query: query}
	l := &list[Event]{client: c, call: cl, invalid: errors.Join(err, err2), kind: "calendar#events", limit: q.Limit, size: q.pageSize()}
	if q.KeepRaw {
		l.keep = func(e *Event, raw json.RawMessage) { e.Raw = raw }
	}
	return l
}

// Event reads one event, whole: Raw is set. Errors are *Error; an event that
// does not exist and a calendar that is not shared are both a 404.
func (c *Client) Event(ctx context.Context, calendarID, eventID string) (*Event, error) {
	id, err := segment(calendarID)
	event, err2 := segment(eventID)
	cl := call{op: fmt.Sprintf("event %q of %q", eventID, calendarID), path: "/calendars/" + id + "/events/" + event}
	e, raw, err := one[Event](ctx, c, cl, "calendar#event", errors.Join(err, err2))
	if err != nil {
		return nil, err
	}
	e.Raw = raw
	return e, nil
}
