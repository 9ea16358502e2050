// SPDX-License-Identifier: 0BSD

package fakegoogle

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// endpoint is one reading method of the Calendar API. Any of its scopes will do.
type endpoint struct {
	path   string // after /calendar/v3/; * stands for an id
	place  string // its name in faults
	method string // Google's name, after calendar.v3.
	kind   string // what it returns, in the schema
	scopes []string
	serve  func(*Server, *call) *answer
}

var endpoints = []endpoint{
	{"calendars/*/events", "events", "Events.List", "Events", readEvents, (*Server).listEvents},
	{"calendars/*/events/*", "event", "Events.Get", "Event", readEvents, (*Server).getEvent},
	{"calendars/*", "calendar", "Calendars.Get", "Calendar", readCalendar, (*Server).getCalendar},
	{"users/me/calendarList", "calendarList", "CalendarList.List", "CalendarList", readList, (*Server).listCalendars},
	{"users/me/calendarList/*", "calendarList", "CalendarList.Get", "CalendarListEntry", readListEntry, (*Server).getListEntry},
}

// Scopes per method: D, the Calendar discovery document of revision 20260225.
var (
	readEvents    = strings.Fields("calendar calendar.app.created calendar.events calendar.events.freebusy calendar.events.owned calendar.events.owned.readonly calendar.events.public.readonly calendar.events.readonly calendar.readonly")
	readList      = strings.Fields("calendar calendar.calendarlist calendar.calendarlist.readonly calendar.readonly")
	readListEntry = strings.Fields("calendar calendar.app.created calendar.calendarlist calendar.calendarlist.readonly calendar.readonly")
	readCalendar  = strings.Fields("calendar calendar.app.created calendar.calendars calendar.calendars.readonly calendar.readonly")
)

// match reports whether a path is the endpoint's, and returns the ids in it, unescaped.
func (e *endpoint) match(path string) (ids []string, ok bool) {
	want, parts := strings.Split(e.path, "/"), strings.Split(path, "/")
	if len(want) != len(parts) {
		return nil, false
	}
	for i, part := range parts {
		if want[i] == "*" && part != "" {
			id, _ := url.PathUnescape(part)
			ids = append(ids, id)
		} else if want[i] != part {
			return nil, false
		}
	}
	return ids, true
}

// call is one authorised request to the API.
type call struct {
	r       *http.Request
	query   url.Values
	grant   *grant
	ids     []string // of the path, unescaped
	fields  mask
	compact bool // prettyPrint=false
}

// route finds who answers a path, and the name of that place in faults.
func (s *Server) route(r *http.Request) (place string, handle func(*http.Request, []byte) *answer) {
	path := r.URL.EscapedPath()
	if slices.Contains(tokenPaths, path) {
		return "token", s.token
	}
	if name, ok := strings.CutPrefix(path, "/robot/v1/metadata/x509/"); ok {
		email, _ := url.PathUnescape(name)
		return "certs", func(r *http.Request, _ []byte) *answer { return s.certificates(r, email) }
	}
	if rest, ok := strings.CutPrefix(path, "/calendar/v3/"); ok {
		for _, e := range endpoints {
			if ids, ok := e.match(rest); ok {
				return e.place, func(r *http.Request, _ []byte) *answer { return s.authorise(r, e, ids) }
			}
		}
	}
	return "", noSuchPage
}

// authorise lets a request with a good token through to its endpoint. That credentials come before the enabled API and
// that before the scopes is R; all three are the front end's and come before the calendar is looked at.
func (s *Server) authorise(r *http.Request, e endpoint, ids []string) *answer {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return page(http.StatusMethodNotAllowed, "The fake only reads.") // R
	}
	c := &call{r: r, query: r.URL.Query(), ids: ids}
	token := c.query.Get("access_token")
	if token == "" {
		token = c.query.Get("oauth_token")
	}
	if scheme, text, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok && strings.EqualFold(scheme, "Bearer") {
		token = strings.TrimSpace(text)
	}
	if token == "" {
		return noCredentials(e.method).answer()
	}
	c.grant = s.tokens[token]
	if c.grant == nil || !s.now().Before(c.grant.expires) || s.accounts[c.grant.account] == nil {
		return badToken.answer()
	}
	if account := s.accounts[c.grant.account]; s.disabled[account.project] {
		return notEnabled(account.number).answer()
	}
	if !c.holds(e.scopes...) {
		return noScope(e.method, e.scopes).answer()
	}
	// The parameters that every method has. The texts but for an unknown field are R.
	if bad := c.oneOf("alt", "json"); bad != nil {
		return bad.answer()
	}
	c.compact = c.query.Get("prettyPrint") == "false"
	if c.query.Get("fields") != "" {
		m, bad, ok := parseFields(c.query.Get("fields"), e.kind)
		if !ok {
			return badParameter("invalidParameter", "fields", "Invalid field selection "+bad, "V", "googleapis/google-api-dotnet-client#1444; the reason is reconstructed").answer()
		}
		c.fields = m
	}
	return e.serve(s, c)
}

// holds reports whether the token holds one of these scopes.
func (c *call) holds(scopes ...string) bool {
	return slices.ContainsFunc(c.grant.scopes, func(scope string) bool {
		name, ok := strings.CutPrefix(scope, google)
		return ok && slices.Contains(scopes, name)
	})
}

// reply sends a resource: what fields asks for of it, one blank of indent a level (V) or none, or 304 when the client has
// it already. The status 304 is D in prose and R in its bytes; the etag is in the body only (V).
func (c *call) reply(body object, grade, source string) *answer {
	for _, etag := range strings.Split(c.r.Header.Get("If-None-Match"), ",") {
		if etag = strings.TrimSpace(etag); etag != "" && (etag == "*" || etag == body.text("etag")) {
			a := &answer{http.StatusNotModified, calendarHeader.Clone(), nil, "R", "https://developers.google.com/workspace/calendar/api/guides/version-resources"}
			a.header.Del("Content-Type")
			return a
		}
	}
	indent := " "
	if c.compact {
		indent = ""
	}
	text := encode(nil, project(body, c.fields), "", indent)
	return &answer{http.StatusOK, calendarHeader.Clone(), append(text, '\n'), grade, source}
}
