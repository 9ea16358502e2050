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
	_ "time/tzdata" // time zones, even if the system has none
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
	listed  map[string]int64 // whose calendarList it's in -> tick since when
	events  []*event         // in the order they were added
	byID    map[string]*event
	changed int64        // tick of the last change
	found   *foundEvents // the last result of find, kept for the next page
}

type share struct {
	role  string
	since int64 // tick
}

// roles has the access roles from least to most. Source: the Calendar
// discovery document (D).
var roles = []string{"none", "freeBusyReader", "reader", "writer", "owner"}

// atLeast reports whether a role includes another. An unknown role is below
// all others.
func atLeast(role, least string) bool {
	return slices.Index(roles, role) >= slices.Index(roles, least)
}

// AddCalendar adds a calendar, or changes the properties of one that exists. A
// calendar whose ID is the address of an account or a user is that account's
// own, its primary calendar. Nobody sees any other calendar until it's shared.
// An unknown TimeZone means UTC.
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
	c.Summary = cmp.Or(c.Summary, c.ID)
	cal := s.calendars[c.ID]
	if cal == nil {
		cal = &calendar{
			shares: map[string]share{},
			listed: map[string]int64{},
			byID:   map[string]*event{},
		}
		s.calendars[c.ID] = cal
	}
	cal.Calendar = c
	cal.zone = zone
	cal.changed = s.nextTick()
	return cal
}

// Share gives someone access to a calendar. The role is freeBusyReader,
// reader, writer or owner; "" revokes the access. If there's no such calendar,
// nothing happens.
func (s *Server) Share(calendarID, email, role string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	cal := s.calendars[calendarID]
	switch {
	case cal == nil:
	case role == "":
		delete(cal.shares, email)
	default:
		cal.shares[email] = share{role, s.nextTick()}
	}
}

// AddToList adds a shared calendar to someone's calendarList. For a service
// account, sharing alone doesn't: the account has to insert the calendar
// itself (D https://issuetracker.google.com/issues/148804709).
func (s *Server) AddToList(calendarID, email string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if cal := s.calendars[calendarID]; cal != nil {
		cal.listed[email] = s.nextTick()
	}
}

// findCalendar returns a calendar, and the access of the caller to it.
// "primary" is the caller's own calendar: everyone has one, and a service
// account's is empty. A calendar that the caller may not see looks like one
// that doesn't exist: both get a 404 (D, the errors page).
func (s *Server) findCalendar(c *call, id string) (cal *calendar, access share, ok bool) {
	me := c.token.subject
	if (id == "primary" || id == me) && s.calendars[me] == nil {
		s.addCalendar(Calendar{ID: me})
	}
	return s.peekCalendar(c, id)
}

// peekCalendar is findCalendar without making a primary calendar. cal is nil
// if there's no such calendar.
func (s *Server) peekCalendar(c *call, id string) (cal *calendar, access share, ok bool) {
	me := c.token.subject
	if id == "primary" {
		id = me
	}
	cal = s.calendars[id]
	if cal == nil {
		return nil, share{}, false
	}
	access = cal.shares[me]
	if id == me {
		access.role = "owner"
	}
	return cal, access, atLeast(access.role, "freeBusyReader")
}

// resource has the members that calendars.get and the calendarList share.
func (cal *calendar) resource(kind string) object {
	return object{
		{"kind", kind},
		{"etag", collectionETag(cal.ID, kind, cal.changed)},
		{"id", cal.ID},
		{"summary", cal.Summary},
		{"description", optional(cal.Description)},
		{"location", optional(cal.Location)},
		{"timeZone", cal.TimeZone},
	}
}

func conferenceProperties() member {
	return member{"conferenceProperties", object{
		{"allowedConferenceSolutionTypes", []any{"hangoutsMeet"}},
	}}
}

// collectionETag hashes everything that a collection depends on. The result
// looks like captured etags: sixteen letters and digits in quotes.
func collectionETag(dependsOn ...any) string {
	h := sha256.Sum256(fmt.Appendf(nil, "%#v", dependsOn))
	text := strings.ToLower(base32.HexEncoding.EncodeToString(h[:]))
	return `"p` + text[:14] + `o"`
}

const calendarsSource = "https://developers.google.com/workspace/calendar/api/v3/reference/calendars" +
	" for the members; their order is reconstructed"

// getCalendar answers calendars.get, even for a freeBusyReader (R).
func (s *Server) getCalendar(c *call) *response {
	cal, _, ok := s.findCalendar(c, c.ids[0])
	if !ok {
		return notFound.response()
	}
	body := append(cal.resource("calendar#calendar"), conferenceProperties())
	return c.reply(body, "D", calendarsSource)
}

// listEntry is a calendar as it appears in someone's calendarList.
func (cal *calendar) listEntry(me, role string) object {
	o := append(cal.resource("calendar#calendarListEntry"),
		member{"colorId", "14"},
		member{"backgroundColor", "#9fe1e7"},
		member{"foregroundColor", "#000000"},
		member{"selected", true},
		member{"accessRole", role},
		member{"defaultReminders", []any{}},
	)
	if cal.ID == me {
		o = append(o, member{"primary", true})
	}
	return append(o, conferenceProperties())
}

const calendarListSource = "https://developers.google.com/workspace/calendar/api/v3/reference/calendarList" +
	" for the members; their order is reconstructed"

// getListEntry answers calendarList.get: 404 unless the calendar is in the
// caller's list.
func (s *Server) getListEntry(c *call) *response {
	cal, access, ok := s.findCalendar(c, c.ids[0])
	if !ok || !cal.inList(c.token) {
		return notFound.response()
	}
	return c.reply(cal.listEntry(c.token.subject, access.role), "D", calendarListSource)
}

// inList reports whether a calendar is in the caller's list. A user's own
// calendar always is. That a service account's own isn't is R.
func (cal *calendar) inList(token *accessToken) bool {
	if cal.listed[token.subject] > 0 {
		return true
	}
	isUser := token.subject != token.account
	return isUser && cal.ID == token.subject
}

// listQuery is a parsed query of calendarList.list.
type listQuery struct {
	maxResults int
	leastRole  string // "" for any
	since      int64  // of the sync token, or 0
	after      cursor
}

// listCalendars answers calendarList.list, in the order of IDs (R).
func (s *Server) listCalendars(c *call) *response {
	q, refusal := s.readListQuery(c)
	if refusal != nil {
		return refusal.response()
	}
	items := []any{}
	next := ""
	ids := slices.Sorted(maps.Keys(s.calendars))
	for n, id := range ids {
		entry, ok := s.listItem(c, q, id)
		if n < q.after.seq || !ok {
			continue
		}
		if len(items) == q.maxResults {
			next = cursor{seq: n, asOf: q.after.asOf}.pageToken(c.listKey())
			break
		}
		items = append(items, entry)
	}
	body := object{
		{"kind", "calendar#calendarList"},
		{"etag", collectionETag(string(appendJSON(nil, items, "", "")))},
	}
	if next != "" {
		body = append(body, member{"nextPageToken", next})
	} else {
		body = append(body, member{"nextSyncToken", syncToken(q.after.asOf)})
	}
	body = append(body, member{"items", items})
	return c.reply(body, "D", calendarListSource)
}

// listItem returns the entry of a calendar, if it belongs in the list.
func (s *Server) listItem(c *call, q *listQuery, id string) (entry object, ok bool) {
	me := c.token.subject
	cal, access, ok := s.findCalendar(c, id)
	switch {
	case !ok, !cal.inList(c.token):
		return nil, false
	case q.since > 0 && cal.listed[me] <= q.since: // not new
		return nil, false
	case !atLeast(access.role, q.leastRole):
		return nil, false
	}
	return cal.listEntry(me, access.role), true
}

func (s *Server) readListQuery(c *call) (*listQuery, *apiError) {
	var q listQuery
	var refusal *apiError
	if q.maxResults, refusal = c.positiveInt("maxResults", 100, 250); refusal != nil {
		return nil, refusal
	}
	refusal = c.checkEnum("minAccessRole", "freeBusyReader, owner, reader, writer")
	if refusal != nil {
		return nil, refusal
	}
	q.leastRole = c.query.Get("minAccessRole")

	s.findCalendar(c, "primary") // makes sure that it exists before q.after.asOf
	q.after.asOf = s.currentTick()
	if token := c.query.Get("syncToken"); token != "" {
		if q.since, refusal = s.readSyncToken(token); refusal != nil {
			return nil, refusal
		}
		if q.leastRole != "" {
			return nil, notWithSyncToken("minAccessRole")
		}
	}
	if token := c.query.Get("pageToken"); token != "" {
		var ok bool
		if q.after, ok = parsePageToken(token, c.listKey()); !ok {
			return nil, badPageToken
		}
	}
	return &q, nil
}
