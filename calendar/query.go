// SPDX-License-Identifier: 0BSD

package calendar

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Query says which events to list, and how. The zero value is all events that are
// not deleted, series unexpanded, in an order of Google's. Fields have Google's
// names but for Search, which is sent as q.
// https://developers.google.com/workspace/calendar/api/v3/reference/events/list
type Query struct {
	TimeMin, TimeMax      time.Time // events that end after the one and start before the other; whole seconds count
	UpdatedMin            time.Time // events changed since, deleted ones included
	SingleEvents          bool      // instances instead of the series they belong to
	ShowDeleted           bool      // deleted events too, with status cancelled
	ShowHiddenInvitations bool
	AlwaysIncludeEmail    bool     // ignored by Google nowadays
	OrderBy               string   // startTime (needs SingleEvents) or updated
	Search                string   // words to find in titles, descriptions, places and people
	ICalUID               string   // only the events with this iCalendar id
	TimeZone              string   // IANA zone to give times in; "": the calendar's
	EventTypes            []string // only these types; see Event.EventType
	MaxResults            int      // events a page; 0: 2500, Google's most
	MaxAttendees          int      // if there are more guests, only oneself is listed; 0: no limit

	// Name=value of extended properties; all must match.
	PrivateExtendedProperty, SharedExtendedProperty []string

	// SyncToken lists what has changed since it was given out. It goes neither with
	// ICalUID, OrderBy, Search, TimeMin, TimeMax, UpdatedMin nor with extended
	// properties, and wants the rest as it was then.
	SyncToken string

	// NextSyncToken, if not nil, is set when the last event was handed over (not after
	// an error, a break, or a cut by Limit); to "" if Google gives none for such a query.
	NextSyncToken *string

	// Fields are the members of an event to ask for, in Google's syntax:
	// "id,start(date,dateTime)". "": all that Event has.
	Fields string

	// KeepRaw keeps each event's JSON in Event.Raw, and asks for all members there are
	// unless Fields names some.
	KeepRaw bool

	// Limit is the most events to hand out in all; 0: no limit. Pages are cut to it:
	// 3000 are asked for as two of 1500.
	Limit int
}

const (
	eventFields = "id,etag,status,htmlLink,created,updated,summary,description,location,creator,organizer,start,end,recurrence,recurringEventId,originalStartTime,transparency,visibility,iCalUID,sequence,attendees,hangoutLink,reminders,eventType"
	entryFields = "kind,nextPageToken,items(id,etag,summary,description,location,timeZone,summaryOverride,accessRole,primary,selected,hidden)" // of a CalendarListEntry
	// Without its kind an answer cannot be told from another's, and without its
	// tokens a list would be silently short: both are always asked for.
	pageFields = "kind,etag,summary,description,updated,timeZone,accessRole,defaultReminders,nextPageToken,nextSyncToken,items"
)

// values gives the parameters to send, or says why Google would not take them.
func (q *Query) values() (url.Values, error) {
	yes := map[bool]string{true: "true"}
	v := url.Values{"prettyPrint": {"false"}, "maxResults": {strconv.Itoa(q.pageSize())},
		"timeMin": {rfc3339(q.TimeMin)}, "timeMax": {rfc3339(q.TimeMax)}, "updatedMin": {rfc3339(q.UpdatedMin)},
		"singleEvents": {yes[q.SingleEvents]}, "showDeleted": {yes[q.ShowDeleted]},
		"showHiddenInvitations": {yes[q.ShowHiddenInvitations]}, "alwaysIncludeEmail": {yes[q.AlwaysIncludeEmail]},
		"orderBy": {q.OrderBy}, "q": {q.Search}, "iCalUID": {q.ICalUID}, "timeZone": {q.TimeZone}, "syncToken": {q.SyncToken},
		"eventTypes": q.EventTypes, "privateExtendedProperty": q.PrivateExtendedProperty, "sharedExtendedProperty": q.SharedExtendedProperty}
	if q.MaxAttendees > 0 {
		v.Set("maxAttendees", strconv.Itoa(q.MaxAttendees))
	}
	if q.Fields != "" || !q.KeepRaw {
		v.Set("fields", pageFields+"("+cmp.Or(q.Fields, eventFields)+")")
	}
	maps.DeleteFunc(v, func(_ string, values []string) bool { return strings.Join(values, "") == "" })
	switch {
	case q.MaxResults < 0 || q.MaxAttendees < 0 || q.Limit < 0:
		return v, errors.New("MaxResults, MaxAttendees and Limit must not be negative")
	case v.Has("timeMin") && v.Has("timeMax") && q.TimeMax.Unix() <= q.TimeMin.Unix():
		return v, errors.New("timeMax must be later than timeMin, by a second at least")
	case q.OrderBy == "startTime" && !q.SingleEvents:
		return v, errors.New("orderBy startTime needs singleEvents: a series has no one start time")
	}
	for _, name := range []string{"iCalUID", "orderBy", "privateExtendedProperty", "q", "sharedExtendedProperty", "timeMin", "timeMax", "updatedMin"} {
		if q.SyncToken != "" && v.Has(name) {
			return v, fmt.Errorf("syncToken cannot be combined with %s", name)
		}
	}
	return v, nil
}

// rfc3339 is "" for the zero time. RFC 3339, section 5.6, has no offsets with
// seconds, such as zones had before they were set by treaty: those go as UTC.
func rfc3339(t time.Time) string {
	if _, offset := t.Zone(); t.IsZero() {
		return ""
	} else if offset%60 != 0 {
		t = t.UTC()
	}
	return t.Format(time.RFC3339)
}

// pageSize is the same for all pages of a list, as Google wants a page token to
// come back with the very parameters it was made for.
func (q *Query) pageSize() int {
	size := min(2500, cmp.Or(max(q.MaxResults, 0), 2500))
	if q.Limit <= 0 {
		return size
	}
	pages := (q.Limit-1)/size + 1
	return (q.Limit-1)/pages + 1
}
