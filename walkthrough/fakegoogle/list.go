// SPDX-License-Identifier: 0BSD

package fakegoogle

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"
)

// listing is the answer to a query before it is cut into pages.
type listing struct {
	query   string
	changed int64
	events  []*event // sorted by key, then seq
}

// listEvents answers events.list.
func (s *Server) listEvents(c *call) *answer {
	cal, role, ok := s.see(c, c.ids[0])
	if role.role = c.reach(role.role); !ok || role.role == "none" {
		return notFound.answer()
	}
	q, bad := s.readQuery(c, cal, role)
	if bad != nil {
		return bad.answer()
	}
	events := cal.find(c, q)
	from := sort.Search(len(events), func(i int) bool {
		key := q.key(events[i])
		return key > q.page.key || key == q.page.key && events[i].seq > q.page.seq
	})
	page := events[from:min(from+q.size, len(events))]

	// Envelope: V, public captures of 2016 and 2025. The token stands before the items.
	body := object{
		{"kind", "calendar#events"}, {"etag", collectionTag(cal.ID, "events", cal.changed, role.role)}, {"summary", cal.Summary}, {"description", cal.Description},
		{"updated", time.UnixMicro(cal.changed).UTC().Format("2006-01-02T15:04:05.000Z")}, {"timeZone", q.zone.String()},
		{"accessRole", role.role}, {"defaultReminders", []any{}},
	}
	switch {
	case from+len(page) < len(events):
		last := page[len(page)-1]
		body = append(body, member{"nextPageToken", pageCursor{q.key(last), last.seq, q.page.asof}.token(c.binding())})
	case q.order == "":
		// V googleapis/google-api-php-client#2637: none with singleEvents, orderBy and timeMin; that orderBy is what
		// decides, is R.
		body = append(body, member{"nextSyncToken", syncToken(q.page.asof)})
	}
	if mask, wanted := c.fields.of("items"); wanted {
		v := view{mask: mask, zone: q.zone, attendees: q.attendees, role: role.role, prefix: "  ", indent: " "}
		if c.compact {
			v.prefix, v.indent = "", ""
		}
		v.name = fmt.Sprint(c.query.Get("fields"), "\n", v.zone, v.attendees, v.role, c.compact)
		items := make([]any, len(page))
		for i, e := range page {
			items[i] = v.render(e)
		}
		body = append(body, member{"items", items})
		if c.fields != nil {
			c.fields["items"] = nil // done
		}
	}
	return c.reply(body, "V", "public captures of 2016 and 2025")
}

// getEvent answers events.get, also for a cancelled event (R).
func (s *Server) getEvent(c *call) *answer {
	cal, role, ok := s.see(c, c.ids[0])
	if role.role = c.reach(role.role); !ok || role.role == "none" || cal.byID[c.ids[1]] == nil {
		return notFound.answer()
	}
	zone, bad := c.zone(cal.zone)
	if bad != nil {
		return bad.answer()
	}
	attendees, bad := c.number("maxAttendees", 1<<31-1, 1<<31-1)
	if bad != nil {
		return bad.answer()
	}
	v := view{zone: zone, attendees: attendees, role: role.role}
	return c.reply(v.object(cal.byID[c.ids[1]]), "V", "public captures of 2025")
}

// reach narrows a role to what the scopes of the token allow: the narrow scopes for owned, public or free/busy reading
// (D for what they are for, R for how they are refused).
func (c *call) reach(role string) string {
	switch {
	case c.holds("calendar", "calendar.readonly", "calendar.events", "calendar.events.readonly"):
		return role
	case role == "owner" && c.holds("calendar.events.owned", "calendar.events.owned.readonly"):
		return role
	case c.holds("calendar.events.freebusy"):
		return "freeBusyReader"
	}
	return "none"
}

// find returns the events that a query selects, in its order.
func (cal *calendar) find(c *call, q query) []*event {
	binding := c.binding()
	if l := cal.last; l != nil && l.query == binding && l.changed == cal.changed {
		return l.events
	}
	running := map[string]bool{} // recurring events of which an instance falls into the bounds
	if !q.min.IsZero() || !q.max.IsZero() {
		for _, e := range cal.events {
			if e.master != "" && q.within(e) {
				running[e.master] = true
			}
		}
	}
	l := &listing{query: binding, changed: cal.changed}
	for _, e := range cal.events {
		if q.shows(e) && (q.within(e) || running[e.id]) && q.matches(e) {
			l.events = append(l.events, e)
		}
	}
	slices.SortStableFunc(l.events, func(a, b *event) int { return cmp.Or(cmp.Compare(q.key(a), q.key(b)), cmp.Compare(a.seq, b.seq)) })
	cal.last = l
	return l.events
}

// key is what the order goes by; without orderBy it is the order of arrival, "unspecified, stable" (D).
func (q query) key(e *event) int64 {
	switch q.order {
	case "startTime":
		return e.start.Unix()
	case "updated":
		return e.updated.UnixMicro()
	}
	return 0
}

// within applies the bounds, both exclusive (D): timeMin to the end, timeMax to the start.
func (q query) within(e *event) bool {
	return (q.min.IsZero() || e.end.After(q.min)) && (q.max.IsZero() || e.start.Before(q.max))
}

// shows decides between recurring events and instances, and about cancelled events (D, the parameters of events.list).
func (q query) shows(e *event) bool {
	if q.single && e.recurring || !q.single && e.master != "" && !e.exception {
		return false
	}
	if !q.updatedMin.IsZero() && e.updated.Before(q.updatedMin) || e.changed <= q.since {
		return false
	}
	return !e.cancelled || q.deleted || q.since > 0 || !q.updatedMin.IsZero() || !q.single && e.master != ""
}

// matches applies the other filters. That each word of q must occur, as any part of a word, is R.
func (q query) matches(e *event) bool {
	for _, word := range strings.Fields(q.search) {
		if !strings.Contains(e.search, word) {
			return false
		}
	}
	if q.uid != "" && e.uid != q.uid || len(q.kinds) > 0 && !slices.Contains(q.kinds, cmp.Or(e.kind, "default")) {
		return false
	}
	has := func(of string, constraints []string) bool {
		for _, constraint := range constraints {
			name, value, _ := strings.Cut(constraint, "=")
			properties := e.properties.object(of)
			if properties.index(name) < 0 || properties.text(name) != value {
				return false
			}
		}
		return true
	}
	return has("private", q.private) && has("shared", q.shared)
}

// view is how events are shown in one answer.
type view struct {
	name           string // no other view has it
	mask           mask
	zone           *time.Location
	attendees      int
	role           string
	prefix, indent string
}

// render encodes an event, once for as long as the view stays the same.
func (v view) render(e *event) json.RawMessage {
	if e.cachedBytes == nil || e.cachedView != v.name {
		e.cachedView, e.cachedBytes = v.name, encode(nil, project(v.object(e), v.mask), v.prefix, v.indent)
	}
	return e.cachedBytes
}

// object is an event as this view shows it.
func (v view) object(e *event) object {
	value, _ := scan(e.raw)
	o := value.(object)
	if v.role == "freeBusyReader" || v.role == "reader" && e.secret {
		// V, a public capture of 2024 in the role freeBusyReader; R for instances and for a reader of a private event.
		public := object{}
		for _, key := range strings.Fields("kind etag id status htmlLink updated start end recurringEventId originalStartTime visibility iCalUID") {
			if key == "visibility" {
				public = append(public, member{key, "private"})
			} else {
				public = append(public, member{key, o.get(key)})
			}
		}
		o = public
	}
	if i := o.index("attendees"); i >= 0 {
		if all, _ := o[i].value.([]any); len(all) > v.attendees { // D: only the participant is left
			o[i].value = slices.DeleteFunc(all, func(a any) bool {
				attendee, _ := a.(object)
				self, _ := attendee.get("self").(json.RawMessage)
				return string(self) != "true"
			})
			o = slices.Insert(o, i+1, member{"attendeesOmitted", true})
		}
	}
	for _, key := range []string{"start", "end", "originalStartTime"} {
		bound := o.object(key)
		if at, err := time.Parse(time.RFC3339, bound.text("dateTime")); err == nil {
			bound[bound.index("dateTime")].value = at.In(v.zone).Format(time.RFC3339)
		}
	}
	return o
}
