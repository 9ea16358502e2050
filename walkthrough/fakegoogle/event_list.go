// SPDX-License-Identifier: 0BSD

package fakegoogle

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"sort"
	"time"
)

// listEvents answers events.list.
func (s *Server) listEvents(c *call) *response {
	cal, access, ok := s.readableCalendar(c)
	if !ok {
		return notFound.response()
	}
	q, refusal := s.readEventQuery(c, cal, access)
	if refusal != nil {
		return refusal.response()
	}
	events := cal.find(q, c.listKey())
	from := q.pageStart(events)
	end := min(from+q.maxResults, len(events))
	page := events[from:end]

	// The envelope is V, public captures of 2016 and 2025. The token comes
	// before the items.
	body := object{
		{"kind", "calendar#events"},
		{"etag", collectionETag(cal.ID, "events", cal.changed, access.role)},
		{"summary", cal.Summary},
		{"description", cal.Description},
		{"updated", time.UnixMicro(cal.changed).UTC().Format(timestampLayout)},
		{"timeZone", q.timeZone.String()},
		{"accessRole", access.role},
		{"defaultReminders", []any{}},
	}
	switch {
	case end < len(events):
		last := page[len(page)-1]
		next := cursor{q.sortKey(last), last.seq, q.after.asOf}
		body = append(body, member{"nextPageToken", next.pageToken(c.listKey())})
	case q.orderBy == "":
		// V googleapis/google-api-php-client#2637: there's none with
		// singleEvents, orderBy and timeMin. That orderBy decides is R.
		body = append(body, member{"nextSyncToken", syncToken(q.after.asOf)})
	}
	if mask, ok := c.fields.member("items"); ok {
		v := listView(c, q, access.role, mask)
		body = append(body, member{"items", v.encodeAll(page)})
		if c.fields != nil {
			c.fields["items"] = nil // v has applied its mask already
		}
	}
	return c.reply(body, "V", "public captures of 2016 and 2025")
}

// getEvent answers events.get, even for a cancelled event (R).
func (s *Server) getEvent(c *call) *response {
	cal, access, ok := s.readableCalendar(c)
	if !ok {
		return notFound.response()
	}
	e := cal.byID[c.ids[1]]
	if e == nil {
		return notFound.response()
	}
	zone, refusal := c.timeZone(cal.zone)
	if refusal != nil {
		return refusal.response()
	}
	attendees, refusal := c.positiveInt("maxAttendees", math.MaxInt32, math.MaxInt32)
	if refusal != nil {
		return refusal.response()
	}
	v := eventView{zone: zone, maxAttendees: attendees, role: access.role}
	return c.reply(v.resource(e), "V", "public captures of 2025")
}

// readableCalendar returns the calendar in the path, with the access that the
// caller has to its events.
func (s *Server) readableCalendar(c *call) (cal *calendar, access share, ok bool) {
	cal, access, ok = s.findCalendar(c, c.ids[0])
	access.role = eventRole(access.role, c.token.scopes)
	return cal, access, ok && access.role != "none"
}

// eventRole reduces a role to what a token's scopes allow. Some scopes are
// only for calendars that are the caller's own or public, or for free/busy
// times: D what they are for, R how they are refused.
func eventRole(role string, scopes []string) string {
	switch {
	case containsScope(scopes, "calendar", "calendar.readonly",
		"calendar.events", "calendar.events.readonly"):
		return role
	case role == "owner" &&
		containsScope(scopes, "calendar.events.owned", "calendar.events.owned.readonly"):
		return role
	case containsScope(scopes, "calendar.events.freebusy"):
		return "freeBusyReader"
	}
	return "none"
}

// foundEvents is the result of find.
type foundEvents struct {
	listKey string
	changed int64 // of the calendar
	events  []*event
}

// find returns all events that a query selects, in its order.
func (cal *calendar) find(q *eventQuery, listKey string) []*event {
	found := cal.found
	if found != nil && found.listKey == listKey && found.changed == cal.changed {
		return found.events
	}
	inRange := cal.seriesInTimeRange(q)
	var events []*event
	for _, e := range cal.events {
		if q.matches(e) && (q.inTimeRange(e) || inRange[e.id]) {
			events = append(events, e)
		}
	}
	// Stable: events with equal keys stay in the order of seq.
	slices.SortStableFunc(events, func(a, b *event) int {
		return cmp.Compare(q.sortKey(a), q.sortKey(b))
	})
	cal.found = &foundEvents{listKey, cal.changed, events}
	return events
}

// seriesInTimeRange returns the IDs of the recurring events that have an
// instance between timeMin and timeMax.
func (cal *calendar) seriesInTimeRange(q *eventQuery) map[string]bool {
	masters := map[string]bool{}
	if q.timeMin.IsZero() && q.timeMax.IsZero() {
		return masters // every event is
	}
	for _, e := range cal.events {
		if e.master != "" && q.inTimeRange(e) {
			masters[e.master] = true
		}
	}
	return masters
}

// pageStart returns the index of the first event after the cursor.
func (q *eventQuery) pageStart(events []*event) int {
	return sort.Search(len(events), func(i int) bool {
		key := q.sortKey(events[i])
		if key == q.after.sortKey {
			return events[i].seq > q.after.seq
		}
		return key > q.after.sortKey
	})
}

// eventView is how a response shows events.
type eventView struct {
	name           string // no other view has it
	mask           fieldMask
	zone           *time.Location
	maxAttendees   int
	role           string
	prefix, indent string
}

func listView(c *call, q *eventQuery, role string, mask fieldMask) *eventView {
	v := &eventView{
		mask:         mask,
		zone:         q.timeZone,
		maxAttendees: q.maxAttendees,
		role:         role,
	}
	if !c.compact {
		v.prefix, v.indent = "  ", " " // the items are two levels deep
	}
	v.name = fmt.Sprint(c.query.Get("fields"), "\n", v.zone, v.maxAttendees, role, c.compact)
	return v
}

func (v *eventView) encodeAll(events []*event) []any {
	items := make([]any, len(events))
	for i, e := range events {
		items[i] = v.encode(e)
	}
	return items
}

// encode returns the JSON of an event. The event keeps it until it's asked for
// another view.
func (v *eventView) encode(e *event) json.RawMessage {
	if e.cached == nil || e.cachedView != v.name {
		e.cached = appendJSON(nil, v.mask.apply(v.resource(e)), v.prefix, v.indent)
		e.cachedView = v.name
	}
	return e.cached
}

// resource returns an event as this view shows it, before the mask.
func (v *eventView) resource(e *event) object {
	parsed, _ := cutJSON(e.raw)
	o := parsed.(object)
	switch {
	case v.role == "freeBusyReader",
		v.role == "reader" && e.private:
		o = withoutDetails(o)
	}
	o = limitAttendees(o, v.maxAttendees)
	for _, key := range []string{"start", "end", "originalStartTime"} {
		bound := o.object(key)
		at, err := time.Parse(time.RFC3339, bound.string("dateTime"))
		if err == nil {
			bound[bound.index("dateTime")].value = at.In(v.zone).Format(time.RFC3339)
		}
	}
	return o
}

// withoutDetails leaves what someone sees who may know only when an event is.
// V, a public capture of 2024 in the role freeBusyReader; R for instances, and
// for a reader of a private event.
func withoutDetails(o object) object {
	return object{
		{"kind", o.get("kind")},
		{"etag", o.get("etag")},
		{"id", o.get("id")},
		{"status", o.get("status")},
		{"htmlLink", o.get("htmlLink")},
		{"updated", o.get("updated")},
		{"start", o.get("start")},
		{"end", o.get("end")},
		{"recurringEventId", o.get("recurringEventId")},
		{"originalStartTime", o.get("originalStartTime")},
		{"visibility", "private"},
		{"iCalUID", o.get("iCalUID")},
	}
}

// limitAttendees leaves only the caller if there are too many attendees (D).
func limitAttendees(o object, limit int) object {
	i := o.index("attendees")
	if i < 0 {
		return o
	}
	attendees, _ := o[i].value.([]any)
	if len(attendees) <= limit {
		return o
	}
	o[i].value = slices.DeleteFunc(attendees, func(a any) bool {
		attendee, _ := a.(object)
		self, _ := attendee.get("self").(json.RawMessage)
		return string(self) != "true"
	})
	return slices.Insert(o, i+1, member{"attendeesOmitted", true})
}
