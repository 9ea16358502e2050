// SPDX-License-Identifier: 0BSD

package fakegoogle

import (
	"fmt"
	"net/http"
	"strings"

	"example.com/fivestep/walkthrough/fakegoogle/diagnosis"
)

// apiError is an error of the Calendar API. Google has two forms for them,
// depending on who refuses: the backend, or the front end before it. An error
// with a status has the front end's form.
type apiError struct {
	check int // number of the check that refuses, in package diagnosis
	code  int

	// The only entry of errors.
	domain, reason, message string
	locationType, location  string // "" if the entry has none

	summary      string // message of the whole error, if it differs from the entry's
	status       string // front end only
	details      []any  // front end only
	authenticate string // WWW-Authenticate header
	limit        bool   // sent with limitHeader

	grade, source string
}

func (e *apiError) response() *response {
	header := calendarHeader.Clone()
	if e.limit {
		header = limitHeader.Clone()
	}
	if e.authenticate != "" {
		header.Set("WWW-Authenticate", e.authenticate)
	}
	body := e.backendBody()
	if e.status != "" {
		body = e.frontEndBody()
	}
	return &response{
		status: e.code,
		check:  e.check,
		code:   e.reason,
		header: header,
		body:   append(body, '\n'), // R: copies in public trackers are trimmed
		grade:  e.grade,
		source: e.source,
	}
}

// backendBody puts errors first. It has an indent of one space.
func (e *apiError) backendBody() []byte {
	entry := object{
		{"domain", e.domain},
		{"reason", e.reason},
		{"message", e.message},
		{"locationType", optional(e.locationType)},
		{"location", optional(e.location)},
	}
	body := object{
		{"errors", []any{entry}},
		{"code", e.code},
		{"message", e.topMessage()},
	}
	return appendJSON(nil, object{{"error", body}}, "", " ")
}

// frontEndBody puts errors after the message, and has a status and details. It
// has an indent of two spaces.
func (e *apiError) frontEndBody() []byte {
	entry := object{
		{"message", e.message},
		{"domain", e.domain},
		{"reason", e.reason},
		{"location", optional(e.location)},
		{"locationType", optional(e.locationType)},
	}
	if e.reason == "accessNotConfigured" {
		entry = append(entry, member{"extendedHelp", "https://console.developers.google.com"})
	}
	body := object{
		{"code", e.code},
		{"message", e.topMessage()},
		{"errors", []any{entry}},
		{"status", e.status},
	}
	if e.details != nil {
		body = append(body, member{"details", e.details})
	}
	return appendJSON(nil, object{{"error", body}}, "", "  ")
}

func (e *apiError) topMessage() string {
	if e.summary != "" {
		return e.summary
	}
	return e.message
}

const (
	calendarService = "calendar-json.googleapis.com"

	bearerChallenge = `Bearer realm="https://accounts.google.com/"`

	expectedCredentials = " Expected OAuth 2 access token, " +
		"login cookie or other valid authentication credential. " +
		"See https://developers.google.com/identity/sign-in/web/devconsole-project."

	errorsGuide = "https://developers.google.com/workspace/calendar/api/guides/errors"
)

// noCredentials answers a request without a token. method is Google's name for
// the method that was called, such as Events.List.
func noCredentials(method string) *apiError {
	return &apiError{
		check: diagnosis.AccessToken,
		code:  401, domain: "global", reason: "required",
		message:      "Login Required.",
		locationType: "header", location: "Authorization",
		summary: "Request is missing required authentication credential." +
			expectedCredentials,
		status: "UNAUTHENTICATED",
		details: []any{errorInfo("CREDENTIALS_MISSING", object{
			{"service", calendarService},
			{"method", "calendar.v3." + method},
		})},
		authenticate: bearerChallenge,
		grade:        "V",
		source: "a public capture of Calendar's answer; " +
			"the WWW-Authenticate header is reconstructed",
	}
}

// missingScope answers a token that has none of the scopes that the method
// accepts.
func missingScope(method string, scopes []string) *apiError {
	accepted := scopePrefix + strings.Join(scopes, " "+scopePrefix)
	return &apiError{
		check: diagnosis.TokenScope,
		code:  403, domain: "global", reason: "insufficientPermissions",
		message: "Insufficient Permission",
		summary: "Request had insufficient authentication scopes.",
		status:  "PERMISSION_DENIED",
		details: []any{errorInfo("ACCESS_TOKEN_SCOPE_INSUFFICIENT", object{
			{"service", calendarService},
			{"method", "calendar.v3." + method},
		})},
		authenticate: fmt.Sprintf(`%s, error="insufficient_scope", scope="%s"`,
			bearerChallenge, accepted),
		grade: "V",
		source: "GeneralTask/task-manager#2160 for texts and details; " +
			"order, status and the header (verbatim for other APIs) are reconstructed",
	}
}

// notEnabled answers for a project whose Calendar API is off.
func notEnabled(projectNumber string) *apiError {
	link := "https://console.developers.google.com/apis/api/" + calendarService +
		"/overview?project=" + projectNumber
	help := object{
		{"@type", "type.googleapis.com/google.rpc.Help"},
		{"links", []any{object{
			{"description", "Google developers console API activation"},
			{"url", link},
		}}},
	}
	info := errorInfo("SERVICE_DISABLED", object{
		{"service", calendarService},
		{"consumer", "projects/" + projectNumber},
	})
	return &apiError{
		check: diagnosis.APIEnabled,
		code:  403, domain: "usageLimits", reason: "accessNotConfigured",
		message: "Google Calendar API has not been used in project " + projectNumber +
			" before or it is disabled. " +
			"Enable it by visiting " + link + " then retry. " +
			"If you enabled this API recently, wait a few minutes " +
			"for the action to propagate to our systems and retry.",
		status:  "PERMISSION_DENIED",
		details: []any{help, info},
		grade:   "V",
		source:  "a public capture of 2023-10-30; order within metadata is reconstructed",
	}
}

func errorInfo(reason string, metadata object) object {
	return object{
		{"@type", "type.googleapis.com/google.rpc.ErrorInfo"},
		{"reason", reason},
		{"domain", "googleapis.com"},
		{"metadata", metadata},
	}
}

// badFields answers a fields parameter. bad is the part that is wrong.
func badFields(bad string) *apiError {
	return badParameter("invalidParameter", "fields",
		"Invalid field selection "+bad,
		"V", "googleapis/google-api-dotnet-client#1444; the reason is reconstructed")
}

// notWithSyncToken answers a parameter that can't be combined with a sync
// token. Which ones can't is D; the text is R.
func notWithSyncToken(name string) *apiError {
	return badParameter("badRequest", name,
		"Sync token cannot be used with other query restrictions.",
		"R", "")
}

// badParameter answers a parameter with a bad value.
func badParameter(reason, name, message, grade, source string) *apiError {
	return &apiError{
		check: diagnosis.Parameters,
		code:  400, domain: "global", reason: reason,
		message:      message,
		locationType: "parameter", location: name,
		grade: grade, source: source,
	}
}

// rateLimit answers when a quota is used up.
func rateLimit(code int, reason, message, grade, source string) *apiError {
	return &apiError{
		code: code, domain: "usageLimits", reason: reason,
		message: message,
		limit:   true,
		grade:   grade, source: source,
	}
}

// The errors that are always the same.
var (
	badToken = &apiError{
		check: diagnosis.AccessToken,
		code:  401, domain: "global", reason: "authError",
		message:      "Invalid Credentials",
		locationType: "header", location: "Authorization",
		summary: "Request had invalid authentication credentials." +
			expectedCredentials,
		status:       "UNAUTHENTICATED",
		authenticate: bearerChallenge + `, error="invalid_token"`,
		grade:        "V",
		source:       "Atrejoe/Inky-Calendar-Server#77 for the texts; the layout is reconstructed",
	}
	notFound = &apiError{
		check: diagnosis.CalendarShared,
		code:  404, domain: "global", reason: "notFound",
		message: "Not Found",
		grade:   "D", source: errorsGuide,
	}
	badRequest = &apiError{
		check: diagnosis.Parameters,
		code:  400, domain: "global", reason: "badRequest",
		message: "Bad Request",
		grade:   "V", source: "northworld/google_calendar#41",
	}
	emptyRange = &apiError{
		check: diagnosis.Parameters,
		code:  400, domain: "calendar", reason: "timeRangeEmpty",
		message:      "The specified time range is empty.",
		locationType: "parameter", location: "timeMax",
		grade: "D", source: errorsGuide,
	}
	badOrdering = badParameter("invalid", "orderBy",
		"The requested ordering is not available for the particular query.",
		"V", "googleworkspace/java-samples#52")
	badPageToken = badParameter("invalid", "pageToken",
		"Invalid page token value.",
		"F", "clients that match on the text; the reason is reconstructed")
	badSyncToken = badParameter("invalid", "syncToken",
		"Invalid sync token value.",
		"F", "clients that match on it, among them kewisch/gdata-provider")
	syncExpired = &apiError{
		check: diagnosis.SyncToken,
		code:  410, domain: "calendar", reason: "fullSyncRequired",
		message:      "Sync token is no longer valid, a full sync is required.",
		locationType: "parameter", location: "syncToken",
		grade: "D", source: errorsGuide,
	}
	tooLongAgo = &apiError{
		check: diagnosis.Parameters,
		code:  410, domain: "calendar", reason: "updatedMinTooLongAgo",
		message:      "The requested minimum modification time lies too far in the past.",
		locationType: "parameter", location: "updatedMin",
		grade: "D", source: errorsGuide,
	}
	forbidden = &apiError{
		check: diagnosis.CalendarShared,
		code:  403, domain: "global", reason: "forbidden",
		message: "Forbidden",
		grade:   "V", source: "public captures",
	}
	accessLevel = &apiError{
		check: diagnosis.CalendarShared,
		code:  403, domain: "calendar", reason: "requiredAccessLevel",
		message: "You need to have reader access to this calendar.",
		grade:   "F", source: "GAM-team/GAM; verbatim in a public capture for writer",
	}
	conflict = &apiError{
		code: 409, domain: "global", reason: "conflict",
		message: "Conflict",
		grade:   "D", source: errorsGuide,
	}
	conditionNotMet = &apiError{
		code: 412, domain: "global", reason: "conditionNotMet",
		message:      "Precondition Failed",
		locationType: "header", location: "If-Match",
		grade: "D", source: errorsGuide,
	}
	backendError = &apiError{
		code: 500, domain: "global", reason: "backendError",
		message: "Backend Error",
		grade:   "D", source: errorsGuide,
	}
	unavailable = &apiError{
		code: 503, domain: "global", reason: "backendError",
		message: "The service is currently unavailable.",
		status:  "UNAVAILABLE",
		grade:   "F", source: "GAM-team/GAM; the layout is reconstructed",
	}
)

// apiFaults are the errors for a fault whose kind is an HTTP status or a
// reason. A status that isn't listed gets a page of the front end.
var apiFaults = map[string]*apiError{
	"400": badRequest,
	"401": badToken,
	"403": forbidden,
	"404": notFound,
	"409": conflict,
	"410": syncExpired,
	"412": conditionNotMet,
	"429": rateLimit(http.StatusTooManyRequests, "rateLimitExceeded",
		"Rate Limit Exceeded",
		"D", errorsGuide),
	"500": backendError,
	"503": unavailable,

	"accessNotConfigured":     notEnabled("123456789012"),
	"fullSyncRequired":        syncExpired,
	"insufficientPermissions": missingScope("Events.List", eventScopes),
	"requiredAccessLevel":     accessLevel,
	"updatedMinTooLongAgo":    tooLongAgo,

	"dailyLimitExceeded": rateLimit(http.StatusForbidden, "dailyLimitExceeded",
		"Daily Limit Exceeded",
		"F", "northworld/google_calendar lib/google/errors.rb"),
	"quotaExceeded": rateLimit(http.StatusForbidden, "quotaExceeded",
		"Calendar usage limits exceeded.",
		"D", errorsGuide),
	"rateLimitExceeded": rateLimit(http.StatusForbidden, "rateLimitExceeded",
		"Rate Limit Exceeded",
		"V", "KeepSoftwareSimple/compass-calendar#335"),
	"userRateLimitExceeded": rateLimit(http.StatusForbidden, "userRateLimitExceeded",
		"User Rate Limit Exceeded",
		"D", errorsGuide),
}
