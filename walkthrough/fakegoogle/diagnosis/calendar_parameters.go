// SPDX-License-Identifier: 0BSD

package diagnosis

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// enums are the parameters that take one of a few words.
var enums = []struct {
	name   string
	values []string
}{
	{"alt", []string{"json"}},
	{"orderBy", []string{"startTime", "updated"}},
	{"eventTypes", []string{
		"birthday", "default", "focusTime", "fromGmail", "outOfOffice", "workingLocation",
	}},
	{"minAccessRole", []string{"freeBusyReader", "owner", "reader", "writer"}},
}

var (
	flags = []string{
		"singleEvents", "showDeleted", "showHiddenInvitations", "alwaysIncludeEmail",
	}
	counts     = []string{"maxResults", "maxAttendees"}
	properties = []string{"privateExtendedProperty", "sharedExtendedProperty"}

	// parameters are those of each method that the fake reads. Every method
	// also has the common ones.
	parameters = map[string][]string{
		"Events.List": slices.Concat(flags, counts, properties, []string{
			"timeMin", "timeMax", "updatedMin", "orderBy", "eventTypes", "q", "iCalUID",
			"timeZone", "pageToken", "syncToken",
		}),
		"Events.Get":        {"timeZone", "maxAttendees", "alwaysIncludeEmail"},
		"CalendarList.List": {"maxResults", "minAccessRole", "pageToken", "syncToken"},
	}
	commonParameters = []string{
		"alt", "fields", "key", "prettyPrint", "quotaUser", "userIp", "callback",
		"access_token", "oauth_token",
	}
)

// values returns a parameter's values, or nil if the method doesn't have that
// parameter, and so ignores it.
func (r *CalendarRequest) values(name string) []string {
	if slices.Contains(parameters[r.API], name) || slices.Contains(commonParameters, name) {
		return r.Query[name]
	}
	return nil
}

// value returns the first of a parameter's values, or "".
func (r *CalendarRequest) value(name string) string {
	if values := r.values(name); len(values) > 0 {
		return values[0]
	}
	return ""
}

// wrongParameter explains why the check of the parameters refused a request.
// It looks at them in the order in which the server does.
func (r *CalendarRequest) wrongParameter() Mistake {
	return r.first(
		wrongFields,
		wrongTimes,
		changesTooOld,
		wrongFlag,
		wrongCount,
		wrongWord,
		orderWithoutSingleEvents,
		propertyWithoutValue,
		wrongTimeZone,
		wrongSyncToken,
		wrongPageToken,
		strangeParameter,
	)
}

func wrongFields(r *CalendarRequest) Mistake {
	fields := r.value("fields")
	if r.BadField == "" {
		return Mistake{}
	}
	return Mistake{
		"wrong-fields",
		fmt.Sprintf("fields is %s, where %s can't be understood",
			quoted(fields), quoted(r.BadField)),
		"name members of the answer, as in fields=nextPageToken,items(id,summary,start); " +
			"an event's title is its summary",
	}
}

func changesTooOld(r *CalendarRequest) Mistake {
	if r.Reason != "updatedMinTooLongAgo" {
		return Mistake{}
	}
	return Mistake{
		"changes-too-old",
		"updatedMin is " + quoted(r.value("updatedMin")) + ", too long ago",
		"list everything without updatedMin; for changes, keep a sync token",
	}
}

func wrongFlag(r *CalendarRequest) Mistake {
	for _, name := range flags {
		switch text := r.value(name); text {
		case "", "true", "false":
		default:
			return Mistake{
				"wrong-flag",
				name + " is " + quoted(text),
				"write true or false, in lower case",
			}
		}
	}
	return Mistake{}
}

func wrongCount(r *CalendarRequest) Mistake {
	for _, name := range counts {
		text := r.value(name)
		n, err := strconv.ParseInt(text, 10, 32)
		if text != "" && (err != nil || n < 1) {
			return Mistake{
				"wrong-count",
				name + " is " + quoted(text),
				"send a number from 1 up, or leave it out; " +
					"there's no way to get more than 2,500 events on a page",
			}
		}
	}
	return Mistake{}
}

func wrongWord(r *CalendarRequest) Mistake {
	for _, enum := range enums {
		for _, text := range r.values(enum.name) {
			if text == "" || slices.Contains(enum.values, text) {
				continue
			}
			if strings.Contains(text, ",") {
				return Mistake{
					"list-with-commas",
					enum.name + " is " + quoted(text) + ", a list",
					"repeat the parameter for each value: " +
						"eventTypes=default&eventTypes=focusTime",
				}
			}
			return Mistake{
				"wrong-word",
				enum.name + " is " + quoted(text),
				"write " + strings.Join(enum.values, " or "),
			}
		}
	}
	return Mistake{}
}

func orderWithoutSingleEvents(r *CalendarRequest) Mistake {
	if r.value("orderBy") != "startTime" || r.value("singleEvents") == "true" {
		return Mistake{}
	}
	return Mistake{
		"order-without-single-events",
		"orderBy is startTime, but singleEvents isn't true: " +
			"a recurring event has no single time to be ordered by",
		"send singleEvents=true, too",
	}
}

func propertyWithoutValue(r *CalendarRequest) Mistake {
	for _, name := range properties {
		for _, text := range r.values(name) {
			if !strings.Contains(text, "=") {
				return Mistake{
					"property-without-value",
					name + " is " + quoted(text) + ", without =",
					"write NAME=VALUE, with the = escaped: " + name + "=NAME%3DVALUE",
				}
			}
		}
	}
	return Mistake{}
}

func wrongTimeZone(r *CalendarRequest) Mistake {
	text := r.value("timeZone")
	if _, err := time.LoadLocation(text); err == nil && text != "Local" {
		return Mistake{}
	}
	shown := "timeZone is " + quoted(text)
	if plain, ok := withPlus(text); ok {
		if _, err := time.LoadLocation(plain); err == nil {
			return Mistake{
				"plus-not-escaped",
				shown + ": in a query, + means a space",
				"escape + as %2B: let a library write the query",
			}
		}
	}
	return Mistake{
		"wrong-time-zone",
		shown + ", which isn't the name of a time zone",
		"use a name of the IANA database, such as Asia/Seoul: " +
			"neither a city alone, nor an offset",
	}
}

func strangeParameter(*CalendarRequest) Mistake {
	return unknownMistake("one of the parameters can't be understood, " +
		"or doesn't go with the others")
}

// misspelledParameter finds a parameter that is nearly one of Google's. Unknown
// ones are ignored, so the answer looks right and isn't.
func misspelledParameter(r *CalendarRequest) Mistake {
	known := slices.Concat(parameters[r.API], commonParameters)
	for _, name := range slices.Sorted(maps.Keys(r.Query)) {
		if slices.Contains(known, name) {
			continue
		}
		for _, right := range known {
			if nearlySameName(name, right) {
				return Mistake{
					"misspelled-parameter",
					"there's no parameter " + quoted(name) + ", and Google ignores it",
					"write " + right,
				}
			}
		}
	}
	return Mistake{}
}

// nearlySameName reports whether two names differ in case, hyphens and
// underscores, or in one letter that was added or left out.
func nearlySameName(name, right string) bool {
	const shortest = 6 // letters; shorter names are too easily alike
	plain := strings.NewReplacer("_", "", "-", "")
	name, right = strings.ToLower(plain.Replace(name)), strings.ToLower(plain.Replace(right))
	if name == right {
		return true
	}
	if len(right) < shortest {
		return false
	}
	return withoutOneLetter(name, right) || withoutOneLetter(right, name)
}

// withoutOneLetter reports whether a text is a longer one without one of its
// bytes.
func withoutOneLetter(text, longer string) bool {
	if len(longer) != len(text)+1 {
		return false
	}
	same := 0
	for same < len(text) && text[same] == longer[same] {
		same++
	}
	return text[same:] == longer[same+1:]
}

// spaceInUID finds a + in an event's iCalUID that was not escaped. No event is
// found then.
func spaceInUID(r *CalendarRequest) Mistake {
	text := r.value("iCalUID")
	if !strings.Contains(text, " ") || !strings.Contains(r.RawQuery, "+") {
		return Mistake{}
	}
	return Mistake{
		"plus-not-escaped",
		"iCalUID is " + quoted(text) + ": in a query, + means a space",
		"escape + as %2B: let a library write the query",
	}
}
