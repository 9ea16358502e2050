// SPDX-License-Identifier: 0BSD

package calendar

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"
)

// ErrFullSyncRequired is what errors.Is finds in an *Error when Google no longer
// knows the changes since Query.SyncToken or Query.UpdatedMin: forget what was
// stored, and list everything.
// https://developers.google.com/workspace/calendar/api/guides/sync
var ErrFullSyncRequired = errors.New("calendar: full sync required")

// Error is the error of every read. What a server wrote is cleaned: no control
// characters, at most 500 bytes, no word as long as a token.
type Error struct {
	Op         string        // what was being read: events of "you@gmail.com"
	Page       int           // which page of a listing, from 1; 0 outside one
	StatusCode int           // HTTP status; 0: there was no answer
	Reason     string        // why, in one word: notFound, rateLimitExceeded
	Message    string        // why, in Google's words
	Domain     string        // where Reason belongs: global, calendar, usageLimits
	Location   string        // the parameter or header that was wrong
	Status     string        // google.rpc.Code, where sent: PERMISSION_DENIED
	HelpURL    string        // google.rpc.Help link, where sent: where to enable the API
	RetryAfter time.Duration // what the server asked for; 0: nothing
	ServerDate time.Time     // the answer's Date, UTC; zero: none
	Err        error         // the cause, if it was not Google: network, context, Token, JSON, Query
	at         stage
}

// stage is where a read failed; 0: Google refused it.
type stage byte

const atQuery, atToken, atNetwork, atContext, atBody stage = 1, 2, 3, 4, 5

// Error says on one line what was read, which page, and what happened.
func (e *Error) Error() string {
	text := "calendar: " + e.Op
	if e.Page > 0 {
		text += ", page " + strconv.Itoa(e.Page)
	}
	if e.StatusCode > 0 {
		text += ": " + strings.TrimSpace(strconv.Itoa(e.StatusCode)+" "+e.Reason)
	}
	if e.Message != "" {
		text += ": " + e.Message
	}
	if e.Err != nil {
		text += ": " + clean(e.Err.Error(), "")
	}
	return text
}

// Unwrap gives the cause: errors.Is finds context errors in it, errors.As the
// error of Client.Token.
func (e *Error) Unwrap() error { return e.Err }

// Is reports whether target is ErrFullSyncRequired and e means just that.
func (e *Error) Is(target error) bool {
	return target == ErrFullSyncRequired && e.StatusCode == 410 && (e.Reason == "fullSyncRequired" || e.Reason == "updatedMinTooLongAgo")
}

// Temporary reports whether the same read may succeed later. It is what Client
// itself tries again, before it gives up: a failing network, an answer that
// broke off, 408, 429, 500, 502, 503, 504, and rate limits under status 403.
func (e *Error) Temporary() bool {
	switch e.StatusCode {
	case 408, 429, 500, 502, 503, 504:
		return true
	case 403:
		return e.Reason == "rateLimitExceeded" || e.Reason == "userRateLimitExceeded"
	}
	return e.at == atNetwork
}

// explain fills e from an answer that is not a 200. Google has two forms of it,
// the Calendar backend's (errors, code, message) and its front end's (status and
// details too); proxies have forms of their own.
// https://developers.google.com/workspace/calendar/api/guides/errors
func (e *Error) explain(body []byte, token string) {
	type problem struct{ Reason, Message, Domain, Location string }
	var google struct {
		Error struct {
			Message, Status string
			Errors          []problem
			Details         []struct{ Links []struct{ URL string } }
		}
	}
	var flat struct { // RFC 6749 section 5.2
		Error       string
		Description string `json:"error_description"`
	}
	if len(body) <= maxErrorAnswer {
		// A member of a wrong type is an error, but the others are filled all the same.
		_, _ = json.Unmarshal(body, &google), json.Unmarshal(body, &flat)
	}
	first := append(google.Error.Errors, problem{Reason: flat.Error, Message: flat.Description})[0]
	if google.Error.Message != "" {
		first.Message = google.Error.Message
	}
	e.Reason, e.Message = clean(first.Reason, token), clean(first.Message, token)
	e.Domain, e.Location, e.Status = clean(first.Domain, token), clean(first.Location, token), clean(google.Error.Status, token)
	for _, detail := range google.Error.Details {
		for _, link := range detail.Links {
			e.HelpURL = clean(link.URL, token)
		}
	}
	if e.Message == "" && e.Reason == "" {
		e.Message = summary(body, token)
	}
}
