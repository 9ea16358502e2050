// SPDX-License-Identifier: 0BSD

package main

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"

	"example.com/fivestep/calendar"
)

// calendarHints adds to calendar's advice what the user's own key file and
// arguments tell.
func (f *flags) calendarHints(e *calendar.Error) []string {
	email, project := "the service account", "PROJECT"
	if k := f.account; k != nil {
		email, project = k.ClientEmail, k.ProjectID
	}
	switch {
	case e.Reason == "notFound" && f.calendar != "":
		return f.notFoundHints(email)
	case e.Reason == "accessNotConfigured":
		return []string{"or: gcloud services enable calendar-json.googleapis.com " +
			"--project=" + project}
	case e.Reason == "insufficientPermissions" && f.account != nil:
		return []string{f.askedFor()}
	case e.Reason == "dailyLimitExceeded", e.Reason == "rateLimitExceeded":
		return []string{"the project's limits are at https://console.cloud.google.com/" +
			"apis/api/calendar-json.googleapis.com/quotas?project=" + project}
	}
	return nil
}

// notFoundHints goes by the form of the ID: not everything can be shared, and
// what people paste isn't always an ID.
func (f *flags) notFoundHints(email string) []string {
	id := f.calendar
	in := func(domain string) bool { return strings.HasSuffix(strings.ToLower(id), domain) }
	switch better := idWithin(id); {
	case better != "":
		return []string{fmt.Sprintf("that isn't an ID as it is, but it contains one: "+
			"give it as %q", better)}
	case strings.Contains(id, "://"):
		return []string{"that's an address, not an ID. " + whereIDs}
	case id == "primary":
		return nil
	case !strings.Contains(id, "@"):
		return []string{"an ID contains an @, so that may be the calendar's title. " + whereIDs}
	case in("@group.v.calendar.google.com"):
		return []string{"that's one of Google's own calendars, which nobody can share: " +
			"check the spelling. " + whereIDs}
	case in("@import.calendar.google.com"):
		return []string{"that's a calendar from an address on the web, which nobody can share: " +
			"read that address, or give the ID of the original"}
	case in("@resource.calendar.google.com"):
		return []string{
			fmt.Sprintf("that's a room or a device: an administrator of its domain "+
				"has to share it with %s", email),
			"or, with domain-wide delegation, read it as a user who may see it: -sub USER",
		}
	case f.sub != "":
		return []string{fmt.Sprintf("-sub is %s: %s must be shared with that user", f.sub, id)}
	}
	hints := []string{fmt.Sprintf("share %s with %s: calendar.google.com > Settings > "+
		"the calendar > Shared with > Add people", id, email)}
	if !in("@gmail.com") && !in("@googlemail.com") && !in("calendar.google.com") {
		hints = append(hints, fmt.Sprintf("or, if that's a user of your Workspace domain, "+
			"and with domain-wide delegation: -sub %s", id))
	}
	return hints
}

const whereIDs = "You find the ID at calendar.google.com > Settings > the calendar > " +
	"Integrate calendar"

// idWithin returns the ID that an address or an escaped ID contains, or "".
// The addresses are those that Google Calendar offers to share and to embed a
// calendar: the ID is in the path, in src or, as base64, in cid.
func idWithin(text string) string {
	address := text
	if strings.Contains(text, "/") && !strings.Contains(text, "://") {
		address = "https://" + text
	}
	var candidates []string
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		parameters := u.Query()
		candidates = append(parameters["src"], parameters["cid"]...)
		candidates = append(candidates, strings.Split(u.Path, "/")...)
	} else if unescaped, err := url.PathUnescape(text); err == nil && unescaped != text {
		candidates = []string{unescaped}
	} else if !strings.Contains(text, "@") {
		candidates = []string{text}
	}
	for _, candidate := range candidates {
		decoded, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(candidate, "="))
		if err == nil && strings.Contains(string(decoded), "@") {
			candidate = string(decoded)
		}
		if unescaped, err := url.PathUnescape(candidate); err == nil {
			candidate = unescaped // some addresses are escaped twice
		}
		if strings.Contains(candidate, "@") && printable(candidate) == candidate {
			return candidate
		}
	}
	return ""
}
