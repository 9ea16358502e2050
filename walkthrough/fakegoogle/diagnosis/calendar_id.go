// SPDX-License-Identifier: 0BSD

package diagnosis

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// sharing is how to share a calendar. The address of the account follows.
const sharing = "calendar.google.com > Settings > the calendar > Shared with > Add people > "

// ownCalendar finds a list of the service account's own events. Everyone has a
// calendar; a service account's is empty, and nobody sees it.
func ownCalendar(r *CalendarRequest) Mistake {
	if r.API != "Events.List" || len(r.IDs) == 0 {
		return Mistake{}
	}
	token := r.token()
	calendar, _ := r.Server.Calendar(r.IDs[0])
	isOwn := calendar.ID == token.Account && token.Subject == token.Account
	if !isOwn || calendar.Events > 0 {
		return Mistake{}
	}
	return Mistake{
		"primary",
		quoted(r.IDs[0]) + " is the service account's own calendar, which is empty, " +
			"and not the calendar of the person who made the account",
		"use the calendar's ID: a person's own calendar has the person's email address",
	}
}

// wrongID explains why there's nothing for the account at a calendar's ID, or
// at an event's.
func (r *CalendarRequest) wrongID() Mistake {
	calendar, exists := r.Server.Calendar(r.IDs[0])
	switch {
	case exists && calendar.Readable:
		return r.nothingInCalendar(calendar)
	case exists:
		return r.notShared(calendar)
	}
	return r.first(
		idCutAtHash,
		placeholderID,
		idIsAddress,
		idEscapedTwice,
		idIsTitle,
		idWithMore,
		idInOtherCase,
		idInBase64,
		unknownID,
	)
}

// nothingInCalendar explains why a calendar that the account can read has
// nothing for this request.
func (r *CalendarRequest) nothingInCalendar(calendar KnownCalendar) Mistake {
	token := r.token()
	covered := slices.ContainsFunc(token.Scopes, func(scope string) bool {
		return slices.Contains(r.Scopes, scope)
	})
	switch {
	case !covered:
		return Mistake{
			"scope-for-own-calendars",
			fmt.Sprintf("the calendar %s is shared, but the access token's scope, %s, "+
				"is for other calendars: those that the account owns, or that are public",
				quoted(calendar.ID), shortScopes(token.Scopes, "and")),
			wouldDo(r.Scopes),
		}
	case r.API == "CalendarList.Get":
		return Mistake{
			"not-in-list",
			fmt.Sprintf("the calendar %s is shared with %s, but it isn't in the account's list: "+
				"sharing alone doesn't put it there",
				quoted(calendar.ID), quoted(token.Subject)),
			"read calendars/ID or calendars/ID/events, which need no list",
		}
	case len(r.IDs) > 1:
		return Mistake{
			"no-such-event",
			fmt.Sprintf("the calendar %s has no event with the ID %s",
				quoted(calendar.ID), quoted(r.IDs[1])),
			"take the ID of an event from a list: it's the member id, and not iCalUID",
		}
	}
	return unknownMistake("the calendar is there, and the account can read it")
}

// notShared says who can read a calendar that the token's owner can't.
func (r *CalendarRequest) notShared(calendar KnownCalendar) Mistake {
	token := r.token()
	if len(calendar.Readers) > 0 {
		return Mistake{
			"token-of-other-account",
			fmt.Sprintf("the access token belongs to %s, and the calendar is shared with %s",
				quoted(token.Subject), quoted(calendar.Readers[0])),
			"use the key of the account that the calendar is shared with; " +
				"a cached token belongs to one account",
		}
	}
	return Mistake{
		"not-shared",
		fmt.Sprintf("the calendar %s is there, but it isn't shared with %s",
			quoted(calendar.ID), quoted(token.Subject)),
		"share it: " + sharing + token.Subject,
	}
}

// idCutAtHash recognizes the beginning of an ID with a #. In a URL, # begins
// the fragment, which is never sent (RFC 3986).
func idCutAtHash(r *CalendarRequest) Mistake {
	if len(r.IDs) == 0 {
		return Mistake{}
	}
	if _, exists := r.Server.Calendar(r.IDs[0]); exists {
		return Mistake{}
	}
	for calendar := range r.Server.Calendars() {
		if !strings.HasPrefix(calendar.ID, r.IDs[0]+"#") {
			continue
		}
		return Mistake{
			"id-cut-at-hash",
			fmt.Sprintf("the URL ends at the # in the calendar's ID, after %s: "+
				"what comes after a # is never sent", quoted(r.IDs[0])),
			"escape the ID as one segment of the path: # becomes %23",
		}
	}
	return Mistake{}
}

func placeholderID(r *CalendarRequest) Mistake {
	if !placeholders.MatchString(r.IDs[0]) {
		return Mistake{}
	}
	return Mistake{
		"placeholder-id",
		"instead of the calendar's ID, the path has " + quoted(r.IDs[0]),
		"the variable has no value, or was not replaced",
	}
}

// idEscapedTwice finds an escape that is left after unescaping. No ID of a
// calendar has a percent sign.
func idEscapedTwice(r *CalendarRequest) Mistake {
	plain, err := url.PathUnescape(r.IDs[0])
	if err != nil || plain == r.IDs[0] {
		return Mistake{}
	}
	return Mistake{
		"id-escaped-twice",
		fmt.Sprintf("unescaped, the calendar's ID is %s: it was escaped twice",
			quoted(r.IDs[0])),
		"escape the ID once; your HTTP library may do it on its own",
	}
}

func idIsAddress(r *CalendarRequest) Mistake {
	id := r.IDs[0]
	if !strings.Contains(id, "://") && !strings.HasPrefix(id, "calendar.google.com") {
		return Mistake{}
	}
	return Mistake{
		"id-is-address",
		quoted(id) + " is a web address, not the ID of a calendar",
		"the ID is at calendar.google.com > Settings > the calendar > " +
			"Integrate calendar > Calendar ID",
	}
}

func idIsTitle(r *CalendarRequest) Mistake {
	for calendar := range r.Server.Calendars() {
		if !strings.EqualFold(calendar.Title, strings.TrimSpace(r.IDs[0])) {
			continue
		}
		return Mistake{
			"id-is-title",
			quoted(r.IDs[0]) + " is a calendar's title, which its owner can change",
			"use its ID, " + quoted(calendar.ID),
		}
	}
	return Mistake{}
}

func idWithMore(r *CalendarRequest) Mistake {
	bare := strings.TrimFunc(r.IDs[0], func(c rune) bool {
		return isSpaceOrControl(c) || strings.ContainsRune("\"'`<>,;", c)
	})
	bare = strings.TrimPrefix(bare, "mailto:")
	if _, ok := r.Server.Calendar(bare); !ok || bare == r.IDs[0] {
		return Mistake{}
	}
	return Mistake{
		"id-with-more",
		"there are spaces, line breaks or quotes around the calendar's ID: " +
			quoted(r.IDs[0]),
		"send the ID alone, " + quoted(bare),
	}
}

func idInOtherCase(r *CalendarRequest) Mistake {
	for calendar := range r.Server.Calendars() {
		if strings.EqualFold(calendar.ID, r.IDs[0]) {
			return Mistake{
				"id-in-other-case",
				fmt.Sprintf("the calendar's ID is %s, not %s",
					quoted(calendar.ID), quoted(r.IDs[0])),
				"write it exactly so",
			}
		}
	}
	return Mistake{}
}

// idInBase64 recognizes an ID as it appears in a link to a calendar, after
// cid=.
func idInBase64(r *CalendarRequest) Mistake {
	plain, _ := base64.RawStdEncoding.DecodeString(strings.TrimRight(r.IDs[0], "="))
	calendar, ok := r.Server.Calendar(string(plain))
	if !ok {
		return Mistake{}
	}
	return Mistake{
		"id-in-base64",
		"the calendar's ID is in base64, as in a link to it, after cid=",
		"decode it: it's " + quoted(calendar.ID),
	}
}

// unknownID names the calendars that the account can read.
func unknownID(r *CalendarRequest) Mistake {
	const enough = 3
	var readable []string
	more := false
	for calendar := range r.Server.Calendars() {
		if calendar.Readable && calendar.ID != r.token().Subject {
			more = len(readable) == enough
			if more {
				break
			}
			readable = append(readable, quoted(calendar.ID))
		}
	}
	fix := "the account can't read any calendar yet; share one: " + sharing + r.token().Subject
	switch {
	case more:
		fix = "the account can read " + strings.Join(readable, ", ") + " and others"
	case len(readable) > 0:
		fix = "the account can read " + strings.Join(readable, ", ")
	}
	return Mistake{"no-such-calendar", "no calendar has the ID " + quoted(r.IDs[0]), fix}
}
