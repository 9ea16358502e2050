// SPDX-License-Identifier: 0BSD

package diagnosis

import (
	"iter"
	"net/http"
	"net/url"
	"time"
)

// CalendarRequest is a request to the Calendar API, and what became of it.
type CalendarRequest struct {
	Header http.Header
	// Query has the parameters as the server understood them, and RawQuery is
	// how the client wrote them.
	Query    url.Values
	RawQuery string

	// Token is the access token as the server read it, or "".
	Token string

	API string   // Google's name for what is asked, such as "Events.List"
	IDs []string // from the path, unescaped: a calendar's, then an event's

	Time    time.Time // by the server's clock
	Refused int       // number of the check that refused it, or 0
	Reason  string    // Google's word for the refusal, or ""

	// Scopes are the scopes that would do for this request. One of them is
	// enough.
	Scopes []string
	// BadField is the part of the parameter fields that can't be understood.
	BadField string
	// HidesNextPage says that there is a next page, whose token isn't in the
	// response, since the parameter fields leaves it out.
	HidesNextPage bool
	// List says which list is asked for, if one is.
	List List

	Server CalendarServer
}

// CalendarServer is what the server of a request knows.
type CalendarServer interface {
	// Token describes an access token that the server has issued.
	Token(text string) (t IssuedToken, ok bool)
	// Tokens are the access tokens issued.
	Tokens() iter.Seq[string]
	// Calendar describes a calendar as the owner of the request's token sees
	// it.
	Calendar(id string) (c KnownCalendar, ok bool)
	// Calendars are all calendars, in a fixed order.
	Calendars() iter.Seq[KnownCalendar]
	// PageToken returns the list that a page token was issued for, if the
	// server still knows.
	PageToken(text string) (l List, ok bool)
	// IsSyncToken reports whether the server has issued a sync token.
	IsSyncToken(text string) bool
}

// IssuedToken is an access token that the server has issued.
type IssuedToken struct {
	Account string // the service account's address
	Subject string // who acts: the account, or the user it acts for
	Deleted bool   // whether the account is gone
	Scopes  []string
	Expires time.Time
}

// KnownCalendar is a calendar that the server has.
type KnownCalendar struct {
	ID, Title string
	Readable  bool     // by the owner of the request's token
	Events    int      // how many it has
	Readers   []string // addresses of the service accounts that can read it
}

// List is a list that is read page by page.
type List struct {
	Subject string     // who reads it
	IDs     []string   // of the calendar
	Query   url.Values // only what decides which entries there are
}

// Calendar says what is wrong with a request to the Calendar API. If nothing
// is, the mistake has no name.
func Calendar(r CalendarRequest) Mistake {
	switch r.Refused {
	case 0:
		return r.first(
			tokenInQuery,
			ownCalendar,
			misspelledParameter,
			spaceInUID,
			nextPageHidden,
		)
	case AccessToken:
		return r.wrongToken()
	case APIEnabled:
		return Mistake{
			"api-disabled",
			"the Calendar API is not enabled in the service account's own project",
			"enable it there, whichever project the calendar's owner uses",
		}
	case TokenScope:
		// Without what follows its #, the address of a calendar's events is
		// that of another method, which needs other scopes.
		return r.first(idCutAtHash, scopeTooSmall)
	case CalendarShared:
		if len(r.IDs) > 0 {
			return r.wrongID()
		}
	case Parameters:
		return r.wrongParameter()
	case SyncToken:
		return Mistake{
			"sync-token-gone",
			"the sync token is too old, or the access to the calendar has changed since",
			"expect this: forget what you stored, list everything without a sync token, " +
				"and keep the new one",
		}
	}
	return unknownMistake("the request was refused, by none of the checks that are known here")
}

// first returns the first mistake that any of these functions finds.
func (r *CalendarRequest) first(find ...func(*CalendarRequest) Mistake) Mistake {
	for _, f := range find {
		if m := f(r); m.Name != "" {
			return m
		}
	}
	return Mistake{}
}

func unknownMistake(known string) Mistake { return Mistake{Name: Unknown, Wrong: known} }

// token returns the valid access token of a request that passed the checks of
// the token.
func (r *CalendarRequest) token() IssuedToken {
	t, _ := r.Server.Token(r.Token)
	return t
}
