// SPDX-License-Identifier: 0BSD

package fakegoogle

import (
	"fmt"
	"net/http"
	"strings"
)

// apiError is an error of the Calendar API. Google has two envelopes, by who refuses: the backend's (no status) indents by
// one blank and puts errors first; the front end's has status and details, two blanks, and errors after the message.
type apiError struct {
	code                    int
	domain, reason, message string // of errors[0]
	locationType, location  string // of errors[0], where there is one
	top                     string // the message of the whole, when it is another
	status                  string // front end only
	details                 []any  // front end only
	authenticate            string // a WWW-Authenticate header
	limit                   bool   // sent with limitHeader
	grade, source           string
}

func (e *apiError) answer() *answer {
	top := e.top
	if top == "" {
		top = e.message
	}
	header := calendarHeader
	if e.limit {
		header = limitHeader
	}
	a := &answer{status: e.code, header: header.Clone(), grade: e.grade, source: e.source}
	if e.authenticate != "" {
		a.header.Set("WWW-Authenticate", e.authenticate)
	}
	if e.status == "" {
		item := object{{"domain", e.domain}, {"reason", e.reason}, {"message", e.message}, {"locationType", optional(e.locationType)}, {"location", optional(e.location)}}
		a.body = encode(nil, object{{"error", object{{"errors", []any{item}}, {"code", e.code}, {"message", top}}}}, "", " ")
	} else {
		item := object{{"message", e.message}, {"domain", e.domain}, {"reason", e.reason}, {"location", optional(e.location)}, {"locationType", optional(e.locationType)}}
		if e.reason == "accessNotConfigured" {
			item = append(item, member{"extendedHelp", "https://console.developers.google.com"})
		}
		body := object{{"code", e.code}, {"message", top}, {"errors", []any{item}}, {"status", e.status}}
		if e.details != nil {
			body = append(body, member{"details", e.details})
		}
		a.body = encode(nil, object{{"error", body}}, "", "  ")
	}
	a.body = append(a.body, '\n') // R: copies in public trackers are trimmed
	return a
}

// optional leaves a member out when it is empty.
func optional(s string) any {
	if s == "" {
		return nil
	}
	return s
}

const (
	service   = "calendar-json.googleapis.com"
	challenge = `Bearer realm="https://accounts.google.com/"`
	expected  = " Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project."
	errorPage = "https://developers.google.com/workspace/calendar/api/guides/errors"
)

// noCredentials answers a request without a token. method is Google's name of it, as Events.List.
func noCredentials(method string) *apiError {
	return &apiError{code: 401, domain: "global", reason: "required", message: "Login Required.", location: "Authorization", locationType: "header",
		top: "Request is missing required authentication credential." + expected, status: "UNAUTHENTICATED",
		details:      []any{errorInfo("CREDENTIALS_MISSING", object{{"service", service}, {"method", "calendar.v3." + method}})},
		authenticate: challenge, grade: "V", source: "a public capture of Calendar's answer; the WWW-Authenticate header is reconstructed"}
}

// noScope answers a token that holds none of the scopes that would do.
func noScope(method string, scopes []string) *apiError {
	return &apiError{code: 403, domain: "global", reason: "insufficientPermissions", message: "Insufficient Permission",
		top: "Request had insufficient authentication scopes.", status: "PERMISSION_DENIED",
		details:      []any{errorInfo("ACCESS_TOKEN_SCOPE_INSUFFICIENT", object{{"service", service}, {"method", "calendar.v3." + method}})},
		authenticate: fmt.Sprintf(`%s, error="insufficient_scope", scope="%s%s"`, challenge, google, strings.Join(scopes, " "+google)),
		grade:        "V", source: "GeneralTask/task-manager#2160 for texts and details; order, status and the header (verbatim for other APIs) are reconstructed"}
}

// notEnabled answers for a project whose Calendar API is off.
func notEnabled(number string) *apiError {
	link := "https://console.developers.google.com/apis/api/" + service + "/overview?project=" + number
	text := "Google Calendar API has not been used in project " + number + " before or it is disabled. Enable it by visiting " + link +
		" then retry. If you enabled this API recently, wait a few minutes for the action to propagate to our systems and retry."
	return &apiError{code: 403, domain: "usageLimits", reason: "accessNotConfigured", message: text, status: "PERMISSION_DENIED",
		details: []any{
			object{{"@type", "type.googleapis.com/google.rpc.Help"}, {"links", []any{object{{"description", "Google developers console API activation"}, {"url", link}}}}},
			errorInfo("SERVICE_DISABLED", object{{"service", service}, {"consumer", "projects/" + number}}),
		}, grade: "V", source: "a public capture of 2023-10-30; order within metadata is reconstructed"}
}

func errorInfo(reason string, metadata object) object {
	return object{{"@type", "type.googleapis.com/google.rpc.ErrorInfo"}, {"reason", reason}, {"domain", "googleapis.com"}, {"metadata", metadata}}
}

// badParameter answers a parameter whose value does not do.
func badParameter(reason, name, message, grade, source string) *apiError {
	return &apiError{code: http.StatusBadRequest, domain: "global", reason: reason, message: message, locationType: "parameter", location: name, grade: grade, source: source}
}

var (
	badToken = &apiError{code: 401, domain: "global", reason: "authError", message: "Invalid Credentials", location: "Authorization", locationType: "header",
		top: "Request had invalid authentication credentials." + expected, status: "UNAUTHENTICATED", authenticate: challenge + `, error="invalid_token"`,
		grade: "V", source: "Atrejoe/Inky-Calendar-Server#77 for the texts; the layout is reconstructed"}
	notFound     = &apiError{code: 404, domain: "global", reason: "notFound", message: "Not Found", grade: "D", source: errorPage}
	badRequest   = &apiError{code: 400, domain: "global", reason: "badRequest", message: "Bad Request", grade: "V", source: "northworld/google_calendar#41"}
	emptyRange   = &apiError{code: 400, domain: "calendar", reason: "timeRangeEmpty", message: "The specified time range is empty.", locationType: "parameter", location: "timeMax", grade: "D", source: errorPage}
	badOrdering  = badParameter("invalid", "orderBy", "The requested ordering is not available for the particular query.", "V", "googleworkspace/java-samples#52")
	badPageToken = badParameter("invalid", "pageToken", "Invalid page token value.", "F", "clients that match on the text; the reason is reconstructed")
	badSyncToken = badParameter("invalid", "syncToken", "Invalid sync token value.", "F", "clients that match on it, among them kewisch/gdata-provider")
	syncExpired  = &apiError{code: 410, domain: "calendar", reason: "fullSyncRequired", message: "Sync token is no longer valid, a full sync is required.", locationType: "parameter", location: "syncToken", grade: "D", source: errorPage}
	tooLongAgo   = &apiError{code: 410, domain: "calendar", reason: "updatedMinTooLongAgo", message: "The requested minimum modification time lies too far in the past.", locationType: "parameter", location: "updatedMin", grade: "D", source: errorPage}
)

// apiFaults are the answers of a status or a reason that is asked for as a fault; every other status is a page.
var apiFaults = map[string]*apiError{
	"400": badRequest, "401": badToken, "404": notFound, "410": syncExpired, "fullSyncRequired": syncExpired, "updatedMinTooLongAgo": tooLongAgo,
	"403":                   {code: 403, domain: "global", reason: "forbidden", message: "Forbidden", grade: "V", source: "public captures"},
	"requiredAccessLevel":   {code: 403, domain: "calendar", reason: "requiredAccessLevel", message: "You need to have reader access to this calendar.", grade: "F", source: "GAM-team/GAM; verbatim in a public capture for writer"},
	"rateLimitExceeded":     {code: 403, domain: "usageLimits", reason: "rateLimitExceeded", message: "Rate Limit Exceeded", limit: true, grade: "V", source: "KeepSoftwareSimple/compass-calendar#335"},
	"userRateLimitExceeded": {code: 403, domain: "usageLimits", reason: "userRateLimitExceeded", message: "User Rate Limit Exceeded", limit: true, grade: "D", source: errorPage},
	"quotaExceeded":         {code: 403, domain: "usageLimits", reason: "quotaExceeded", message: "Calendar usage limits exceeded.", limit: true, grade: "D", source: errorPage},
	"dailyLimitExceeded":    {code: 403, domain: "usageLimits", reason: "dailyLimitExceeded", message: "Daily Limit Exceeded", limit: true, grade: "F", source: "northworld/google_calendar lib/google/errors.rb"},
	"accessNotConfigured":   notEnabled("123456789012"),
	"429":                   {code: 429, domain: "usageLimits", reason: "rateLimitExceeded", message: "Rate Limit Exceeded", limit: true, grade: "D", source: errorPage},
	"409":                   {code: 409, domain: "global", reason: "conflict", message: "Conflict", grade: "D", source: errorPage},
	"412":                   {code: 412, domain: "global", reason: "conditionNotMet", message: "Precondition Failed", locationType: "header", location: "If-Match", grade: "D", source: errorPage},
	"500":                   {code: 500, domain: "global", reason: "backendError", message: "Backend Error", grade: "D", source: errorPage},
	"503":                   {code: 503, domain: "global", reason: "backendError", message: "The service is currently unavailable.", status: "UNAVAILABLE", grade: "F", source: "GAM-team/GAM; the layout is reconstructed"},

	"insufficientPermissions": noScope("Events.List", readEvents),
}
