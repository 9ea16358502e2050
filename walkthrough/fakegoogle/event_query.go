// SPDX-License-Identifier: 0BSD

package fakegoogle

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// eventQuery is a parsed query of events.list. Its fields have the names of
// the parameters, except for q, which is text here.
type eventQuery struct {
	timeMin, timeMax, updatedMin time.Time // zero: no bound

	singleEvents, showDeleted bool
	orderBy, text, iCalUID    string
	eventTypes                []string
	privateProperties         []string
	sharedProperties          []string

	timeZone                 *time.Location
	maxResults, maxAttendees int

	since int64  // tick of the sync token, or 0
	after cursor // of the page token
}

// readEventQuery reads and checks the parameters of events.list. In which order
// Google checks them isn't known (R). Unknown parameters are ignored (R).
func (s *Server) readEventQuery(c *call, cal *calendar, access share) (*eventQuery, *apiError) {
	q := &eventQuery{
		orderBy:           c.query.Get("orderBy"),
		text:              strings.ToLower(c.query.Get("q")),
		iCalUID:           c.query.Get("iCalUID"),
		eventTypes:        c.query["eventTypes"],
		privateProperties: c.query["privateExtendedProperty"],
		sharedProperties:  c.query["sharedExtendedProperty"],
	}
	if refusal := q.readTimes(c, s.now()); refusal != nil {
		return nil, refusal
	}
	if refusal := q.readFlags(c); refusal != nil {
		return nil, refusal
	}
	if refusal := q.readSizes(c); refusal != nil {
		return nil, refusal
	}
	if refusal := q.checkTexts(c); refusal != nil {
		return nil, refusal
	}
	var refusal *apiError
	if q.timeZone, refusal = c.timeZone(cal.zone); refusal != nil {
		return nil, refusal
	}
	q.after = cursor{sortKey: math.MinInt64, seq: -1, asOf: s.currentTick()}
	if q.since, refusal = s.readEventSyncToken(c, access); refusal != nil {
		return nil, refusal
	}
	if token := c.query.Get("pageToken"); token != "" {
		var ok bool
		if q.after, ok = parsePageToken(token, c.listKey()); !ok {
			return nil, badPageToken
		}
	}
	return q, nil
}

func (q *eventQuery) readTimes(c *call, now time.Time) *apiError {
	var refusal *apiError
	if q.timeMin, refusal = c.time("timeMin"); refusal != nil {
		return refusal
	}
	if q.timeMax, refusal = c.time("timeMax"); refusal != nil {
		return refusal
	}
	if q.updatedMin, refusal = c.time("updatedMin"); refusal != nil {
		return refusal
	}
	bothBounds := !q.timeMin.IsZero() && !q.timeMax.IsZero()
	if bothBounds && !q.timeMax.After(q.timeMin) {
		return emptyRange
	}
	if !q.updatedMin.IsZero() && now.Sub(q.updatedMin) > syncAge {
		return tooLongAgo
	}
	return nil
}

func (q *eventQuery) readFlags(c *call) *apiError {
	var refusal *apiError
	if q.singleEvents, refusal = c.boolean("singleEvents"); refusal != nil {
		return refusal
	}
	if q.showDeleted, refusal = c.boolean("showDeleted"); refusal != nil {
		return refusal
	}
	// These have no effect here.
	for _, name := range []string{"showHiddenInvitations", "alwaysIncludeEmail"} {
		if _, refusal := c.boolean(name); refusal != nil {
			return refusal
		}
	}
	return nil
}

func (q *eventQuery) readSizes(c *call) *apiError {
	var refusal *apiError
	if q.maxResults, refusal = c.positiveInt("maxResults", 250, 2500); refusal != nil {
		return refusal
	}
	q.maxAttendees, refusal = c.positiveInt("maxAttendees", math.MaxInt32, math.MaxInt32)
	return refusal
}

func (q *eventQuery) checkTexts(c *call) *apiError {
	if refusal := c.checkEnum("orderBy", "startTime, updated"); refusal != nil {
		return refusal
	}
	if q.orderBy == "startTime" && !q.singleEvents {
		return badOrdering
	}
	const eventTypes = "birthday, default, focusTime, fromGmail, outOfOffice, workingLocation"
	if refusal := c.checkEnum("eventTypes", eventTypes); refusal != nil {
		return refusal
	}
	for _, constraint := range slices.Concat(q.privateProperties, q.sharedProperties) {
		if !strings.Contains(constraint, "=") {
			return badRequest // R
		}
	}
	return nil
}

// readEventSyncToken returns the tick of the sync token, or 0 if there's none.
func (s *Server) readEventSyncToken(c *call, access share) (int64, *apiError) {
	token := c.query.Get("syncToken")
	if token == "" {
		return 0, nil
	}
	// D: a sync token can't be combined with any of these.
	for _, name := range strings.Fields(`
		iCalUID orderBy privateExtendedProperty q sharedExtendedProperty
		timeMin timeMax updatedMin`) {
		if c.query.Has(name) {
			return 0, notWithSyncToken(name)
		}
	}
	if c.query.Get("showDeleted") == "false" { // D
		return 0, notWithSyncToken("showDeleted")
	}
	since, refusal := s.readSyncToken(token)
	if refusal != nil {
		return 0, refusal
	}
	if since < access.since { // D, the sync guide: the access has changed
		return 0, syncExpired
	}
	return since, nil
}

// time reads a parameter that is an RFC 3339 timestamp with an offset. Some
// tutorials send the offset without its colon, as in -0000, and Google accepts
// that. It ignores fractions of a second (D).
func (c *call) time(name string) (time.Time, *apiError) {
	text := c.query.Get(name)
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05Z0700"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.Truncate(time.Second), nil
		}
	}
	return time.Time{}, badRequest
}

func (c *call) boolean(name string) (bool, *apiError) {
	switch text := c.query.Get(name); text {
	case "", "false":
		return false, nil
	case "true":
		return true, nil
	default:
		return false, badParameter("invalidParameter", name,
			"Invalid boolean value: '"+text+"'.",
			"R", "")
	}
}

// positiveInt reads a number from 1 up. A number above the maximum means the
// maximum: D for the page size, R that it's no error.
func (c *call) positiveInt(name string, byDefault, maximum int) (int, *apiError) {
	text := c.query.Get(name)
	if text == "" {
		return byDefault, nil
	}
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil || n < 1 {
		return 0, badParameter("invalidParameter", name,
			fmt.Sprintf("Invalid value '%s'. Values must be within the range: [1, %d]",
				text, math.MaxInt32),
			"R", "")
	}
	return min(int(n), maximum), nil
}

// checkEnum refuses values that aren't in the list, such as "a, b".
func (c *call) checkEnum(name, allowed string) *apiError {
	values := strings.Split(allowed, ", ")
	for _, value := range c.query[name] {
		if value == "" || slices.Contains(values, value) {
			continue
		}
		return badParameter("invalidParameter", name,
			"Invalid string value: '"+value+"'. Allowed values: ["+allowed+"]",
			"V", "public captures of the text for orderBy; the reason is reconstructed, "+
				"and so are the lists of other parameters")
	}
	return nil
}

// timeZone reads the parameter timeZone.
func (c *call) timeZone(byDefault *time.Location) (*time.Location, *apiError) {
	name := c.query.Get("timeZone")
	if name == "" {
		return byDefault, nil
	}
	zone, err := time.LoadLocation(name)
	if err != nil || name == "Local" {
		return nil, badParameter("invalid", "timeZone",
			"Invalid time zone definition.",
			"R", "text known from another method")
	}
	return zone, nil
}

// sortKey is what orderBy sorts by. Without orderBy, events come in the order
// they were added: "unspecified, stable" (D).
func (q *eventQuery) sortKey(e *event) int64 {
	switch q.orderBy {
	case "startTime":
		return e.start.Unix()
	case "updated":
		return e.updated.UnixMicro()
	}
	return 0
}

// matches applies every filter except for timeMin and timeMax.
func (q *eventQuery) matches(e *event) bool {
	switch {
	case !q.showsSeries(e), !q.showsCancelled(e):
		return false
	case !q.updatedMin.IsZero() && e.updated.Before(q.updatedMin):
		return false
	case e.changed <= q.since:
		return false
	case q.iCalUID != "" && e.iCalUID != q.iCalUID:
		return false
	case len(q.eventTypes) > 0 && !slices.Contains(q.eventTypes, cmp.Or(e.eventType, "default")):
		return false
	}
	return q.matchesText(e) &&
		hasProperties(e.properties.object("private"), q.privateProperties) &&
		hasProperties(e.properties.object("shared"), q.sharedProperties)
}

// showsSeries chooses between recurring events and their instances: instances
// with singleEvents; otherwise the recurring events, and those instances that
// are exceptions (D).
func (q *eventQuery) showsSeries(e *event) bool {
	if q.singleEvents {
		return !e.recurring
	}
	return e.master == "" || e.exception
}

// showsCancelled hides cancelled events, unless something asks for them (D).
func (q *eventQuery) showsCancelled(e *event) bool {
	switch {
	case !e.cancelled, q.showDeleted:
		return true
	case q.since > 0, !q.updatedMin.IsZero():
		return true
	}
	// Otherwise a client would think that the instance takes place (D).
	return !q.singleEvents && e.master != ""
}

// matchesText reports whether every word of the parameter q appears in the
// event, even as a part of a longer word (R).
func (q *eventQuery) matchesText(e *event) bool {
	for _, word := range strings.Fields(q.text) {
		if !strings.Contains(e.text, word) {
			return false
		}
	}
	return true
}

// hasProperties checks constraints of the form NAME=VALUE.
func hasProperties(properties object, constraints []string) bool {
	for _, constraint := range constraints {
		name, value, _ := strings.Cut(constraint, "=")
		if properties.index(name) < 0 || properties.string(name) != value {
			return false
		}
	}
	return true
}

// inTimeRange reports whether an event is between timeMin and timeMax. Both
// bounds are exclusive (D): timeMin bounds the end, and timeMax the start.
func (q *eventQuery) inTimeRange(e *event) bool {
	if !q.timeMin.IsZero() && !e.end.After(q.timeMin) {
		return false
	}
	if !q.timeMax.IsZero() && !e.start.Before(q.timeMax) {
		return false
	}
	return true
}
