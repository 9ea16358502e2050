// SPDX-License-Identifier: 0BSD

package fakegoogle

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// query is what the parameters of events.list ask for.
type query struct {
	min, max, updatedMin   time.Time // zero: no bound
	single, deleted        bool
	order, search, uid     string
	kinds, private, shared []string
	since                  int64 // of the sync token; 0: none
	size, attendees        int
	zone                   *time.Location
	page                   pageCursor
}

// readQuery reads and judges the parameters. In which order Google judges them is not known (R); parameters that it does
// not know are passed over (R).
func (s *Server) readQuery(c *call, cal *calendar, role share) (q query, bad *apiError) {
	for _, p := range []struct {
		name string
		to   *time.Time
	}{{"timeMin", &q.min}, {"timeMax", &q.max}, {"updatedMin", &q.updatedMin}} {
		if text := c.query.Get(p.name); text != "" {
			var ok bool
			if *p.to, ok = readTime(text); !ok {
				return q, badRequest // an offset is mandatory
			}
		}
	}
	if !q.min.IsZero() && !q.max.IsZero() && !q.max.After(q.min) {
		return q, emptyRange
	}
	if !q.updatedMin.IsZero() && s.now().Sub(q.updatedMin) > syncAge {
		return q, tooLongAgo
	}
	for _, p := range []struct {
		name string
		to   *bool
	}{{"singleEvents", &q.single}, {"showDeleted", &q.deleted}, {"showHiddenInvitations", new(bool)}, {"alwaysIncludeEmail", new(bool)}} {
		switch text := c.query.Get(p.name); text {
		case "", "false":
		case "true":
			*p.to = true
		default:
			return q, badParameter("invalidParameter", p.name, "Invalid boolean value: '"+text+"'.", "R", "")
		}
	}
	if q.size, bad = c.number("maxResults", 250, 2500); bad != nil {
		return q, bad
	}
	if q.attendees, bad = c.number("maxAttendees", math.MaxInt32, math.MaxInt32); bad != nil {
		return q, bad
	}
	q.order, q.search, q.uid = c.query.Get("orderBy"), strings.ToLower(c.query.Get("q")), c.query.Get("iCalUID")
	if bad := c.oneOf("orderBy", "startTime, updated"); bad != nil {
		return q, bad
	}
	if q.order == "startTime" && !q.single {
		return q, badOrdering
	}
	if bad := c.oneOf("eventTypes", "birthday, default, focusTime, fromGmail, outOfOffice, workingLocation"); bad != nil {
		return q, bad
	}
	q.kinds, q.private, q.shared = c.query["eventTypes"], c.query["privateExtendedProperty"], c.query["sharedExtendedProperty"]
	for _, constraint := range slices.Concat(q.private, q.shared) {
		if !strings.Contains(constraint, "=") {
			return q, badRequest // R
		}
	}
	if q.zone, bad = c.zone(cal.zone); bad != nil {
		return q, bad
	}
	return s.readTokens(c, role, q)
}

// readTokens reads where a list goes on, and since when it is asked for.
func (s *Server) readTokens(c *call, role share, q query) (query, *apiError) {
	q.page = pageCursor{key: math.MinInt64, seq: -1, asof: s.moment()}
	if text := c.query.Get("syncToken"); text != "" {
		// D: these may not come together with a sync token, and showDeleted may not be false.
		for _, name := range strings.Fields("iCalUID orderBy privateExtendedProperty q sharedExtendedProperty timeMin timeMax updatedMin") {
			if c.query.Has(name) {
				return q, notWithSync(name)
			}
		}
		if c.query.Get("showDeleted") == "false" {
			return q, notWithSync("showDeleted")
		}
		var bad *apiError
		if q.since, bad = s.readSyncToken(text); bad != nil {
			return q, bad
		}
		if q.since < role.since { // the access has changed since (D, the sync guide)
			return q, syncExpired
		}
	}
	if text := c.query.Get("pageToken"); text != "" {
		var ok bool
		if q.page, ok = readPageToken(text, c.binding()); !ok {
			return q, badPageToken
		}
	}
	return q, nil
}

// readTime reads an RFC 3339 timestamp with its offset; also -0000 without a colon, which tutorials send and Google takes.
// Fractions of a second are cut off (D).
func readTime(text string) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05Z0700"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.Truncate(time.Second), true
		}
	}
	return time.Time{}, false
}

// number reads a parameter from 1 up; what is above most is cut to it (D for the page size, R that it is no error).
func (c *call) number(name string, otherwise, most int) (int, *apiError) {
	text := c.query.Get(name)
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil || n < 1 {
		return 0, badParameter("invalidParameter", name, fmt.Sprintf("Invalid value '%s'. Values must be within the range: [1, %d]", text, math.MaxInt32), "R", "")
	}
	return min(int(n), most), nil
}

// oneOf refuses a parameter that is none of the values allowed.
func (c *call) oneOf(name, allowed string) *apiError {
	for _, value := range c.query[name] {
		if value != "" && !slices.Contains(strings.Split(allowed, ", "), value) {
			return badParameter("invalidParameter", name, "Invalid string value: '"+value+"'. Allowed values: ["+allowed+"]", "V", "public captures of the text for orderBy; the reason is reconstructed, and so are the lists of other parameters")
		}
	}
	return nil
}

// zone reads the parameter timeZone.
func (c *call) zone(otherwise *time.Location) (*time.Location, *apiError) {
	name := c.query.Get("timeZone")
	if name == "" {
		return otherwise, nil
	}
	zone, err := time.LoadLocation(name)
	if err != nil || name == "Local" {
		return nil, badParameter("invalid", "timeZone", "Invalid time zone definition.", "R", "text known of another method")
	}
	return zone, nil
}
