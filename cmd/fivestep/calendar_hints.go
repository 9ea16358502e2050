// SPDX-License-Identifier: 0BSD

package main

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"

	"example.com/fivestep/calendar"
)

const quotasURL = "https://console.cloud.google.com/apis/api/calendar-json.googleapis.com/quotas?project="

// calendarHints adds to calendar's advice what the user's own key file and
// arguments tell.
func (f *flags) calendarHints(e *calendar.Error) []string {
	email, project := "the service account", "PROJECT"
	if k := f.account; k != nil {
		email, project = k.ClientEmail, k.ProjectID
	}
	switch {
	case e.StatusCode == 200 && f.calendars > 1 && strings.Contains(e.Error(), "as text or in memory"):
		return []string{fmt.Sprintf("%d calendars share the memory that one may take: "+
			"list fewer at once, or this one alone", f.calendars)}
	case e.Reason == "notFound" && f.calendar != "":
		return f.notFoundHints(email)
	case e.Reason == "accessNotConfigured":
		return []string{"or: gcloud services enable calendar-json.googleapis.com " +
			"--project=" + project}
	case e.Reason == "insufficientPermissions" && f.account != nil:
		return []string{f.askedFor()}
	case e.Reason == "dailyLimitExceeded", e.Reason == "rateLimitExceeded":
		return []string{"the project's limits are at " + quotasURL + project}
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

// explainHidden says why titles are missing, and what to ask the owner for.
func (t *tool) explainHidden(f *flags, ids []string, tables []*table) {
	for i, table := range tables {
		if !table.hidden {
			continue
		}
		what, choose := "the titles of private events", "Make changes to events"
		if table.knownRole == "freeBusyReader" {
			what, choose = "all titles", "See all event details"
		}
		t.say("fivestep: %s hides %s from %s: ask its owner to choose %q in its sharing settings",
			ids[i], what, f.reader(), choose)
	}
}

// explainNone says why there may be no events, where silence would look like a
// failure.
func (t *tool) explainNone(f *flags, ids []string, q calendar.Query) {
	if f.calendar != "primary" || f.sub != "" || len(ids) > 1 {
		if isTerminal(t.stdout) {
			t.say("fivestep: no events%s", searched(f, q))
		}
		return
	}
	t.explain(5, "no events in primary",
		"It is the service account's own calendar, and empty until the account writes to it.",
		"Give the ID of a calendar that is shared with "+f.reader()+
			"; for a person's own calendar, that's the email address.")
}

// searched describes which events were asked for.
func searched(f *flags, q calendar.Query) string {
	const layout = "2006-01-02 15:04 -07:00"
	if f.syncFile != "" {
		return " have changed"
	}
	text := ""
	if !q.TimeMin.IsZero() {
		text += " from " + q.TimeMin.Format(layout) + " on"
	}
	if !q.TimeMax.IsZero() {
		text = strings.TrimSuffix(text, " on") + " until " + q.TimeMax.Format(layout)
	}
	if f.q != "" {
		text += fmt.Sprintf(" with %q", f.q)
	}
	if len(f.types) > 0 {
		text += " of type " + strings.Join(f.types, " or ")
	}
	return text
}

// reader names the account that reads the calendar.
func (f *flags) reader() string {
	switch {
	case f.sub != "":
		return f.sub
	case f.account != nil:
		return f.account.ClientEmail
	}
	return "the account"
}
