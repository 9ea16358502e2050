// SPDX-License-Identifier: 0BSD

package calendar

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Query says which events to list, and how. The zero value lists all events
// that aren't deleted, each series as one event, in no order that Google
// promises. Fields have Google's names, except Search, which Google calls q.
// https://developers.google.com/workspace/calendar/api/v3/reference/events/list
type Query struct {
	// TimeMin and TimeMax select the events that end after TimeMin and start
	// before TimeMax, in whole seconds. The zero time is no bound.
	TimeMin, TimeMax time.Time

	// UpdatedMin selects events that changed since then, including deleted
	// ones.
	UpdatedMin time.Time

	// SingleEvents lists the instances of a series instead of the series.
	SingleEvents bool

	// ShowDeleted includes deleted events; their Status is cancelled.
	ShowDeleted           bool
	ShowHiddenInvitations bool

	// AlwaysIncludeEmail is ignored by Google nowadays.
	AlwaysIncludeEmail bool

	// OrderBy is startTime, which needs SingleEvents, or updated.
	OrderBy string

	// Search holds words to find in titles, descriptions, places and people.
	Search string

	// ICalUID selects the events with this iCalendar ID.
	ICalUID string

	// TimeZone is the IANA zone that times are returned in; "" means the
	// calendar's.
	TimeZone string

	// EventTypes selects events of these types; see Event.EventType.
	EventTypes []string

	// MaxResults is how many events to ask for per page; 0 means 2500, Google's
	// most.
	MaxResults int

	// MaxAttendees, if not 0, is the most guests of an event to return. If it
	// has more, Google returns only the calendar itself, and sets the event's
	// AttendeesOmitted.
	MaxAttendees int

	// PrivateExtendedProperty and SharedExtendedProperty select events by their
	// extended properties, each as name=value. All of them must match.
	PrivateExtendedProperty, SharedExtendedProperty []string

	// SyncToken lists what has changed since the list that returned it. It
	// can't be combined with ICalUID, OrderBy, Search, TimeMin, TimeMax,
	// UpdatedMin or extended properties; everything else must be the same as in
	// that list.
	SyncToken string

	// NextSyncToken, if not nil, is set after the last event has been yielded;
	// to "" if Google sends none for this query. After an error, a break or a
	// cut by Limit it isn't set.
	NextSyncToken *string

	// Fields names the members of an event to ask for, in Google's syntax:
	// "id,start(date,dateTime)". "" asks for all that Event has.
	Fields string

	// KeepRaw keeps each event's JSON in Event.Raw. Unless Fields names some
	// members, it asks for all that exist, not only for those that Event has.
	KeepRaw bool

	// Limit is the most events to list; 0 means all of them. It also sets the
	// size of pages: a Limit of 3000 asks for two pages of 1500.
	Limit int
}

const (
	// eventFields are all members of Event.
	eventFields = "id,etag,status,htmlLink,created,updated,summary,description,location," +
		"creator,organizer,start,end,recurrence,recurringEventId,originalStartTime," +
		"transparency,visibility,iCalUID,sequence,attendees,hangoutLink,reminders,eventType," +
		"attendeesOmitted,endTimeUnspecified,extendedProperties," +
		"conferenceData(entryPoints,conferenceSolution(name))"

	// pageFields are asked for whatever Query.Fields says. Without kind, a page
	// looks like any other answer. Without the tokens, a list would end after
	// its first page, and nobody would notice.
	pageFields = "kind,etag,summary,description,updated,timeZone,accessRole," +
		"defaultReminders,nextPageToken,nextSyncToken,items"

	// entryFields are all members of CalendarListEntry, and those of its page
	// that are needed.
	entryFields = "kind,nextPageToken,items(id,etag,summary,description,location,timeZone," +
		"summaryOverride,accessRole,primary,selected,hidden)"
)

// addTo adds to v the parameters that have a value. They are in the order of
// Google's reference.
func (q *Query) addTo(v url.Values) {
	set := func(name string, values ...string) {
		if strings.Join(values, "") != "" {
			v[name] = values
		}
	}
	setFlag := func(name string, flag bool) {
		if flag { // false is the default of all flags
			set(name, "true")
		}
	}
	setFlag("alwaysIncludeEmail", q.AlwaysIncludeEmail)
	set("eventTypes", q.EventTypes...)
	set("iCalUID", q.ICalUID)
	if q.MaxAttendees > 0 {
		set("maxAttendees", strconv.Itoa(q.MaxAttendees))
	}
	set("maxResults", strconv.Itoa(q.pageSize()))
	set("orderBy", q.OrderBy)
	set("privateExtendedProperty", q.PrivateExtendedProperty...)
	set("q", q.Search)
	set("sharedExtendedProperty", q.SharedExtendedProperty...)
	setFlag("showDeleted", q.ShowDeleted)
	setFlag("showHiddenInvitations", q.ShowHiddenInvitations)
	setFlag("singleEvents", q.SingleEvents)
	set("syncToken", q.SyncToken)
	set("timeMax", rfc3339(q.TimeMax))
	set("timeMin", rfc3339(q.TimeMin))
	set("timeZone", q.TimeZone)
	set("updatedMin", rfc3339(q.UpdatedMin))

	// This one isn't in that reference, because all of Google's APIs have it.
	// https://developers.google.com/workspace/calendar/api/guides/performance
	if q.Fields != "" || !q.KeepRaw {
		set("fields", pageFields+"("+cmp.Or(q.Fields, eventFields)+")")
	}
}

// check refuses parameters that Google would refuse too, often without saying
// why.
func (q *Query) check(v url.Values) error {
	switch {
	case min(q.MaxResults, q.MaxAttendees, q.Limit) < 0:
		return errors.New("MaxResults, MaxAttendees and Limit must not be negative")
	case v.Has("timeMin") && v.Has("timeMax") && q.TimeMax.Unix() <= q.TimeMin.Unix():
		return errors.New("timeMax must be later than timeMin by at least a second")
	case q.OrderBy == "startTime" && !q.SingleEvents:
		return errors.New("orderBy startTime needs singleEvents: a series has no single start time")
	case q.SyncToken == "":
		return nil
	}
	// https://developers.google.com/workspace/calendar/api/v3/reference/events/list
	for _, name := range []string{
		"iCalUID", "orderBy", "privateExtendedProperty", "q", "sharedExtendedProperty",
		"timeMin", "timeMax", "updatedMin",
	} {
		if v.Has(name) {
			return fmt.Errorf("syncToken can't be combined with %s", name)
		}
	}
	return nil
}

// rfc3339 formats t, or returns "" for the zero time. Long ago, offsets from
// UTC included seconds, which RFC 3339, section 5.6, can't express; such a time
// is sent in UTC.
func rfc3339(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	if _, offset := t.Zone(); offset%60 != 0 {
		t = t.UTC()
	}
	return t.Format(time.RFC3339)
}

// pageSize spreads Limit evenly over as few pages as possible. It's the same
// for all pages of a list, because Google accepts a page token only with the
// parameters that it was made for.
func (q *Query) pageSize() int {
	size := maxItems
	if q.MaxResults > 0 {
		size = min(q.MaxResults, maxItems)
	}
	if q.Limit <= 0 {
		return size
	}
	pages := (q.Limit-1)/size + 1
	return (q.Limit-1)/pages + 1
}
