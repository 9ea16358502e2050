// SPDX-License-Identifier: 0BSD

package fakegoogle

import (
	"iter"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"example.com/fivestep/walkthrough/fakegoogle/diagnosis"
)

// endpoint is one reading method of the Calendar API.
type endpoint struct {
	path     string   // after /calendar/v3/; * matches an ID
	place    string   // its name in faults
	method   string   // Google's name for it, after calendar.v3.
	resource string   // what it returns; see schema
	scopes   []string // any one of them is enough; without scopePrefix
	serve    func(*Server, *call) *response
}

var endpoints = []endpoint{
	{
		"calendars/*/events", "events",
		"Events.List", "Events", eventScopes,
		(*Server).listEvents,
	},
	{
		"calendars/*/events/*", "event",
		"Events.Get", "Event", eventScopes,
		(*Server).getEvent,
	},
	{
		"calendars/*", "calendar",
		"Calendars.Get", "Calendar", calendarScopes,
		(*Server).getCalendar,
	},
	{
		"users/me/calendarList", "calendarList",
		"CalendarList.List", "CalendarList", calendarListScopes,
		(*Server).listCalendars,
	},
	{
		"users/me/calendarList/*", "calendarList",
		"CalendarList.Get", "CalendarListEntry", listEntryScopes,
		(*Server).getListEntry,
	},
}

// The scopes of each method: D, the Calendar discovery document of revision
// 20260225.
var (
	eventScopes = strings.Fields(`
		calendar
		calendar.app.created
		calendar.events
		calendar.events.freebusy
		calendar.events.owned
		calendar.events.owned.readonly
		calendar.events.public.readonly
		calendar.events.readonly
		calendar.readonly`)
	calendarScopes = strings.Fields(`
		calendar
		calendar.app.created
		calendar.calendars
		calendar.calendars.readonly
		calendar.readonly`)
	calendarListScopes = strings.Fields(`
		calendar
		calendar.calendarlist
		calendar.calendarlist.readonly
		calendar.readonly`)
	listEntryScopes = strings.Fields(`
		calendar
		calendar.app.created
		calendar.calendarlist
		calendar.calendarlist.readonly
		calendar.readonly`)
)

// match reports whether a path is the endpoint's. It returns the IDs in the
// path, unescaped.
func (e *endpoint) match(path string) (ids []string, ok bool) {
	want := strings.Split(e.path, "/")
	got := strings.Split(path, "/")
	if len(want) != len(got) {
		return nil, false
	}
	for i, part := range got {
		if want[i] == "*" && part != "" {
			id, _ := url.PathUnescape(part)
			ids = append(ids, id)
		} else if want[i] != part {
			return nil, false
		}
	}
	return ids, true
}

// route says who answers a path.
type route struct {
	place  string // its name in faults
	handle func(r *http.Request, body []byte) *response
	judge  func(r *http.Request, body []byte, resp *response) diagnosis.Verdict
}

func (s *Server) findRoute(r *http.Request) route {
	path := r.URL.EscapedPath()
	if slices.Contains(tokenPaths, path) {
		return route{"token", s.serveToken, s.tokenVerdict}
	}
	if name, ok := strings.CutPrefix(path, robotPath); ok {
		email, _ := url.PathUnescape(name)
		serve := func(r *http.Request, _ []byte) *response {
			return s.serveCertificates(r, email)
		}
		return route{"certs", serve, nothingServed}
	}
	e, ids, ok := findEndpoint(path)
	if !ok {
		return route{"", notFoundPage, nothingServed}
	}
	serve := func(r *http.Request, _ []byte) *response {
		return s.serveAPI(r, e, ids)
	}
	judge := func(r *http.Request, _ []byte, resp *response) diagnosis.Verdict {
		return s.calendarVerdict(r, e, ids, resp)
	}
	return route{e.place, serve, judge}
}

// findEndpoint returns the endpoint of the Calendar API at a path, and the IDs
// in the path.
func findEndpoint(path string) (e endpoint, ids []string, ok bool) {
	apiPath, ok := strings.CutPrefix(path, "/calendar/v3/")
	if !ok {
		return endpoint{}, nil, false
	}
	for _, e := range endpoints {
		if ids, ok := e.match(apiPath); ok {
			return e, ids, true
		}
	}
	return endpoint{}, nil, false
}

// nothingServed judges a request to an address where nothing is served, and one
// that is too large for any.
func nothingServed(r *http.Request, _ []byte, resp *response) diagnosis.Verdict {
	switch resp.status {
	case http.StatusNotFound:
		return diagnosis.Verdict{Mistake: diagnosis.Address(r.URL.EscapedPath(), isServed)}
	case http.StatusRequestEntityTooLarge, http.StatusRequestURITooLong:
		return diagnosis.Verdict{Mistake: diagnosis.TooLarge(resp.status)}
	}
	return diagnosis.Verdict{}
}

func isServed(path string) bool {
	_, _, ok := findEndpoint(path)
	return ok || slices.Contains(tokenPaths, path)
}

// call is one request to the Calendar API.
type call struct {
	r       *http.Request
	query   url.Values
	ids     []string // from the path, unescaped
	token   *accessToken
	fields  fieldMask
	compact bool // prettyPrint=false
}

// isRead reports whether a request only reads. Except for the token endpoint,
// the fake serves nothing else.
func isRead(r *http.Request) bool {
	return r.Method == http.MethodGet || r.Method == http.MethodHead
}

// serveAPI answers a call of one endpoint. Its own checks are those of Google's
// front end: they come before the backend looks at the calendar.
func (s *Server) serveAPI(r *http.Request, e endpoint, ids []string) *response {
	if !isRead(r) {
		return htmlPage(http.StatusMethodNotAllowed, "The fake only reads.") // R
	}
	c := &call{r: r, query: r.URL.Query(), ids: ids}
	if refusal := s.authorize(c, e); refusal != nil {
		return refusal.response()
	}
	if refusal := c.readCommonParameters(e); refusal != nil {
		return refusal.response()
	}
	return e.serve(s, c)
}

// calendarVerdict says why a call of an endpoint was answered like that.
func (s *Server) calendarVerdict(
	r *http.Request, e endpoint, ids []string, resp *response,
) diagnosis.Verdict {
	if !isRead(r) {
		return diagnosis.Verdict{Mistake: diagnosis.Method(r.Method)}
	}
	c := &call{r: r, query: r.URL.Query(), ids: ids, token: &accessToken{}}
	if token := s.tokens[c.bearerToken()]; token != nil {
		c.token = token
	}
	request := diagnosis.CalendarRequest{
		Header:   r.Header,
		Query:    c.query,
		RawQuery: r.URL.RawQuery,
		Token:    c.bearerToken(),
		API:      e.method,
		IDs:      ids,
		Time:     s.now(),
		Refused:  resp.check,
		Reason:   resp.code,

		HidesNextPage: resp.hidesNextPage,
		List:          c.list(),
		Server:        knowledge{s, c},
	}
	if resp.check != 0 {
		request.Scopes = s.sufficientScopes(c, e)
	}
	if fields := c.query.Get("fields"); fields != "" && resp.check == diagnosis.Parameters {
		_, request.BadField, _ = parseFields(fields, e.resource)
	}
	return diagnosis.Verdict{
		Checks:  diagnosis.CalendarChecks,
		Refused: resp.check,
		Mistake: diagnosis.Calendar(request),
	}
}

// sufficientScopes returns the scopes that would do for a call, whichever the
// token has.
func (s *Server) sufficientScopes(c *call, e endpoint) (all []string) {
	role := "reader"
	if len(c.ids) > 0 {
		if cal, access, ok := s.peekCalendar(c, c.ids[0]); ok && cal != nil {
			role = access.role
		}
	}
	readsEvents := strings.HasPrefix(e.method, "Events.")
	for _, name := range e.scopes {
		if readsEvents && eventRole(role, []string{scopePrefix + name}) != role {
			continue
		}
		all = append(all, scopePrefix+name)
	}
	return all
}

// knowledge is what the server knows about a call, for package diagnosis.
type knowledge struct {
	s *Server
	c *call
}

// Token implements diagnosis.CalendarServer.
func (k knowledge) Token(text string) (diagnosis.IssuedToken, bool) {
	token := k.s.tokens[text]
	if token == nil {
		return diagnosis.IssuedToken{}, false
	}
	return diagnosis.IssuedToken{
		Account: token.account,
		Subject: token.subject,
		Deleted: k.s.accounts[token.account] == nil,
		Scopes:  token.scopes,
		Expires: token.expires,
	}, true
}

// Tokens implements diagnosis.CalendarServer.
func (k knowledge) Tokens() iter.Seq[string] { return slices.Values(k.s.issuedAs) }

// Calendar implements diagnosis.CalendarServer.
func (k knowledge) Calendar(id string) (diagnosis.KnownCalendar, bool) {
	cal, _, readable := k.s.peekCalendar(k.c, id)
	if cal == nil {
		return diagnosis.KnownCalendar{}, false
	}
	known := diagnosis.KnownCalendar{
		ID:       cal.ID,
		Title:    cal.Summary,
		Readable: readable,
		Events:   len(cal.events),
	}
	for email, share := range cal.shares {
		if k.s.accounts[email] != nil && atLeast(share.role, "freeBusyReader") {
			known.Readers = append(known.Readers, email)
		}
	}
	slices.Sort(known.Readers)
	return known, true
}

// Calendars implements diagnosis.CalendarServer.
func (k knowledge) Calendars() iter.Seq[diagnosis.KnownCalendar] {
	return func(yield func(diagnosis.KnownCalendar) bool) {
		for _, id := range slices.Sorted(maps.Keys(k.s.calendars)) {
			if known, ok := k.Calendar(id); ok && !yield(known) {
				return
			}
		}
	}
}

// PageToken implements diagnosis.CalendarServer. A page token doesn't say what
// it was issued for, but the log has the requests: this tries them.
func (k knowledge) PageToken(text string) (diagnosis.List, bool) {
	if !isPageToken(text) {
		return diagnosis.List{}, false
	}
	const enough = 1000 // requests, from the last one on
	requests := k.s.log.requests
	requests = requests[max(0, len(requests)-enough):]
	for _, earlier := range slices.Backward(requests) {
		c := k.s.earlierCall(earlier)
		if c == nil {
			continue
		}
		if _, ok := parsePageToken(text, c.listKey()); ok {
			return c.list(), true
		}
	}
	return diagnosis.List{}, false
}

// earlierCall returns a call as the log has it, or nil if it's not one of a
// list that the server can still tell.
func (s *Server) earlierCall(earlier *Request) *call {
	u, err := url.ParseRequestURI(earlier.Path)
	if err != nil || earlier.Status != http.StatusOK {
		return nil
	}
	e, ids, ok := findEndpoint(u.EscapedPath())
	if !ok || !strings.HasSuffix(e.method, ".List") {
		return nil
	}
	c := &call{
		r:     &http.Request{URL: u, Header: earlier.Header},
		query: u.Query(),
		ids:   ids,
	}
	c.token = s.tokens[c.bearerToken()]
	if c.token == nil {
		return nil
	}
	return c
}

// IsSyncToken implements diagnosis.CalendarServer.
func (k knowledge) IsSyncToken(text string) bool {
	_, refusal := k.s.readSyncToken(text)
	return refusal != badSyncToken
}

// authorize checks the access token of a call. The order is R: the token, the
// project's API, the scopes.
func (s *Server) authorize(c *call, e endpoint) *apiError {
	text := c.bearerToken()
	if text == "" {
		return noCredentials(e.method)
	}
	token := s.tokens[text]
	if token == nil || !s.now().Before(token.expires) {
		return badToken
	}
	account := s.accounts[token.account]
	if account == nil {
		return badToken
	}
	if s.disabled[account.projectID] {
		return notEnabled(account.projectNumber)
	}
	c.token = token
	if !c.hasScope(e.scopes...) {
		return missingScope(e.method, e.scopes)
	}
	return nil
}

// bearerToken returns the access token of a call, or "". The Authorization
// header (RFC 6750 section 2.1) takes precedence over query parameters.
func (c *call) bearerToken() string {
	scheme, token, ok := strings.Cut(c.r.Header.Get("Authorization"), " ")
	if ok && strings.EqualFold(scheme, "Bearer") {
		return strings.TrimSpace(token)
	}
	if token := c.query.Get("access_token"); token != "" {
		return token
	}
	return c.query.Get("oauth_token")
}

// hasScope reports whether the access token has any of these scopes.
func (c *call) hasScope(names ...string) bool { return containsScope(c.token.scopes, names...) }

// containsScope reports whether any of these scopes has one of these names.
func containsScope(scopes []string, names ...string) bool {
	for _, scope := range scopes {
		name, ok := strings.CutPrefix(scope, scopePrefix)
		if ok && slices.Contains(names, name) {
			return true
		}
	}
	return false
}

// readCommonParameters reads the parameters that every method has. The texts
// of its errors are R, except for an unknown field.
func (c *call) readCommonParameters(e endpoint) *apiError {
	if refusal := c.checkEnum("alt", "json"); refusal != nil {
		return refusal
	}
	c.compact = c.query.Get("prettyPrint") == "false"
	text := c.query.Get("fields")
	if text == "" {
		return nil
	}
	fields, bad, ok := parseFields(text, e.resource)
	if !ok {
		return badFields(bad)
	}
	c.fields = fields
	return nil
}

// resourceVersions is the page about etags.
const resourceVersions = "https://developers.google.com/workspace/calendar/api/guides/version-resources"

// reply answers with a resource: the members that fields asks for, with an
// indent of one space a level (V), or none. If the client has the resource
// already, it answers 304: that's D in prose, and R in its bytes. The etag is
// in the body only (V).
func (c *call) reply(body object, grade, source string) *response {
	if c.clientHas(body.string("etag")) {
		header := calendarHeader.Clone()
		header.Del("Content-Type")
		return &response{
			status: http.StatusNotModified,
			header: header,
			grade:  "R",
			source: resourceVersions,
		}
	}
	indent := " "
	if c.compact {
		indent = ""
	}
	text := appendJSON(nil, c.fields.apply(body), "", indent)
	_, isShown := c.fields.member("nextPageToken")
	return &response{
		status:        http.StatusOK,
		header:        calendarHeader.Clone(),
		body:          append(text, '\n'),
		grade:         grade,
		source:        source,
		hidesNextPage: body.index("nextPageToken") >= 0 && !isShown,
	}
}

// clientHas reports whether If-None-Match lists an etag.
func (c *call) clientHas(etag string) bool {
	for _, known := range strings.Split(c.r.Header.Get("If-None-Match"), ",") {
		known = strings.TrimSpace(known)
		if known == "*" {
			return true
		}
		if known != "" && known == etag {
			return true
		}
	}
	return false
}
