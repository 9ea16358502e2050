// SPDX-License-Identifier: 0BSD

package fakegoogle

import (
	"cmp"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // zones of calendars, also where the system has none
)

// Calendar is a calendar as its owner sees it.
type Calendar struct {
	ID, Summary, Description string
	TimeZone                 string // IANA name; "" means UTC
	Location                 string
}

type calendar struct {
	Calendar
	zone    *time.Location
	shares  map[string]share // by e-mail address
	listed  map[string]int64 // who has it in the calendarList, and since when (a tick)
	events  []*event         // in the order they were added
	byID    map[string]*event
	changed int64    // tick of the last change
	last    *listing // the last query over all events, kept for its next page
}

type share struct {
	role  string
	since int64 // tick
}

// roles, in rising order. Source: the Calendar discovery document (D).
var roles = []string{"none", "freeBusyReader", "reader", "writer", "owner"}

// AddCalendar adds a calendar, or replaces what is said about one that exists. A calendar whose ID is the address of an
// account or a user is that one's own, its primary; every other is unknown to everybody until it is shared. An unknown
// TimeZone is taken for UTC.
func (s *Server) AddCalendar(c Calendar) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.addCalendar(c)
}

func (s *Server) addCalendar(c Calendar) *calendar {
	zone, err := time.LoadLocation(c.TimeZone)
	if err != nil || c.TimeZone == "" {
		zone, c.TimeZone = time.UTC, "UTC"
	}
	if c.Summary == "" {
		c.Summary = c.ID
	}
	cal := s.calendars[c.ID]
	if cal == nil {
		cal = &calendar{shares: map[string]share{}, listed: map[string]int64{}, byID: map[string]*event{}}
		s.calendars[c.ID] = cal
	}
	cal.Calendar, cal.zone, cal.changed = c, zone, s.tick()
	return cal
}

// Share gives someone access to a calendar: freeBusyReader, reader, writer or owner; "" takes it away. Nothing happens to
// a calendar that does not exist.
func (s *Server) Share(calendarID, email, role string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	cal := s.calendars[calendarID]
	switch {
	case cal == nil:
	case role == "":
		delete(cal.shares, email)
	default:
		cal.shares[email] = share{role, s.tick()}
	}
}

// AddToList shows a shared calendar in someone's calendarList. Sharing alone does not do that for a service account: it
// has to insert the calendar itself (D https://issuetracker.google.com/issues/148804709).
func (s *Server) AddToList(calendarID, email string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if cal := s.calendars[calendarID]; cal != nil {
		cal.listed[email] = s.tick()
	}
}

// see finds the calendar that a call names, with the role it is seen in. "primary" is the caller's own, which everybody
// has and which is empty for a service account. What may not be seen is not there: the same 404 (D, the errors page).
func (s *Server) see(c *call, id string) (cal *calendar, role share, ok bool) {
	me := c.grant.subject
	if id == "primary" {
		id = me
	}
	cal = s.calendars[id]
	if cal == nil && id == me {
		cal = s.addCalendar(Calendar{ID: me})
	}
	if cal == nil {
		return nil, share{}, false
	}
	role = cal.shares[me]
	if id == me {
		role.role = "owner"
	}
	return cal, role, slices.Index(roles, role.role) > 0
}

// resource holds the members that calendars.get and the calendarList share.
func (cal *calendar) resource(kind string) object {
	return object{{"kind", kind}, {"etag", collectionTag(cal.ID, kind, cal.changed)}, {"id", cal.ID}, {"summary", cal.Summary},
		{"description", optional(cal.Description)}, {"location", optional(cal.Location)}, {"timeZone", cal.TimeZone}}
}

// collectionTag hashes what a collection depends on to an etag that looks like captured ones: sixteen letters and digits
// between quotes.
func collectionTag(of ...any) string {
	h := sha256.Sum256(fmt.Appendf(nil, "%#v", of))
	return `"p` + strings.ToLower(base32.HexEncoding.EncodeToString(h[:]))[:14] + `o"`
}

// getCalendar answers calendars.get. A calendar seen in the role freeBusyReader answers, too (R).
func (s *Server) getCalendar(c *call) *answer {
	cal, _, ok := s.see(c, c.ids[0])
	if !ok {
		return notFound.answer()
	}
	conference := member{"conferenceProperties", object{{"allowedConferenceSolutionTypes", []any{"hangoutsMeet"}}}}
	return c.reply(append(cal.resource("calendar#calendar"), conference), "D", "https://developers.google.com/workspace/calendar/api/v3/reference/calendars for the members; their order is reconstructed")
}

// entry is a calendar as it stands in someone's list.
func (cal *calendar) entry(me, role string) object {
	o := append(cal.resource("calendar#calendarListEntry"), object{
		{"colorId", "14"}, {"backgroundColor", "#9fe1e7"}, {"foregroundColor", "#000000"}, {"selected", true},
		{"accessRole", role}, {"defaultReminders", []any{}},
	}...)
	if cal.ID == me {
		o = append(o, member{"primary", true})
	}
	return append(o, member{"conferenceProperties", object{{"allowedConferenceSolutionTypes", []any{"hangoutsMeet"}}}})
}

const listSource = "https://developers.google.com/workspace/calendar/api/v3/reference/calendarList for the members; their order is reconstructed"

// getListEntry answers calendarList.get: 404 unless the calendar is in the list.
func (s *Server) getListEntry(c *call) *answer {
	cal, role, ok := s.see(c, c.ids[0])
	if !ok || !cal.inList(c.grant) {
		return notFound.answer()
	}
	return c.reply(cal.entry(c.grant.subject, role.role), "D", listSource)
}

// inList reports whether a calendar is in the caller's list. A user's own is; that a service account's own is not, is R.
func (cal *calendar) inList(g *grant) bool {
	return cal.listed[g.subject] > 0 || cal.ID == g.subject && g.subject != g.account
}

// listCalendars answers calendarList.list, in the order of ids (R).
func (s *Server) listCalendars(c *call) *answer {
	size, bad := c.number("maxResults", 100, 250)
	if bad != nil {
		return bad.answer()
	}
	if bad = c.oneOf("minAccessRole", "freeBusyReader, owner, reader, writer"); bad != nil {
		return bad.answer()
	}
	least := c.query.Get("minAccessRole")
	s.see(c, "primary")
	since, cursor := int64(0), pageCursor{asof: s.moment()}
	if t := c.query.Get("syncToken"); t != "" {
		if since, bad = s.readSyncToken(t); bad == nil && least != "" {
			bad = notWithSync("minAccessRole")
		}
		if bad != nil {
			return bad.answer()
		}
	}
	if t := c.query.Get("pageToken"); t != "" {
		var ok bool
		if cursor, ok = readPageToken(t, c.binding()); !ok {
			return badPageToken.answer()
		}
	}
	all := slices.SortedFunc(maps.Values(s.calendars), func(a, b *calendar) int { return cmp.Compare(a.ID, b.ID) })
	items, next := []any{}, ""
	for n, cal := range all {
		_, role, ok := s.see(c, cal.ID)
		if !ok || !cal.inList(c.grant) || cal.listed[c.grant.subject] <= since && since > 0 || slices.Index(roles, role.role) < slices.Index(roles, least) || n < cursor.seq {
			continue
		}
		if len(items) == size {
			next = pageCursor{seq: n, asof: cursor.asof}.token(c.binding())
			break
		}
		items = append(items, cal.entry(c.grant.subject, role.role))
	}
	body := object{{"kind", "calendar#calendarList"}, {"etag", collectionTag(string(encode(nil, items, "", "")))}}
	if next != "" {
		body = append(body, member{"nextPageToken", next})
	} else {
		body = append(body, member{"nextSyncToken", syncToken(cursor.asof)})
	}
	return c.reply(append(body, member{"items", items}), "D", listSource)
}
