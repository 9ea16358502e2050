// SPDX-License-Identifier: 0BSD

package fakegoogle_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/fivestep/walkthrough/fakegoogle"
)

// badEventQueries are queries of events.list that are refused.
var badEventQueries = []string{
	"timeMin=2023-11-15T00:00:00",
	"timeMin=2023-11-15",
	"timeMax=yesterday",
	"updatedMin=1",
	"timeMin=2023-11-15T00:00:00+09:00", // in a URL, + means a space
	"timeMin=2023-11-15T00:00:00Z&timeMax=2023-11-15T00:00:00Z",
	"updatedMin=2023-01-01T00:00:00Z",
	"orderBy=startTime",
	"orderBy=start&singleEvents=true",
	"singleEvents=yes",
	"showDeleted=1",
	"maxResults=0",
	"maxResults=-1",
	"maxResults=all",
	"maxAttendees=0",
	"timeZone=Seoul",
	"timeZone=Local",
	"eventTypes=default&eventTypes=party",
	"privateExtendedProperty=x",
	"alt=media",
	"fields=items(title)",
	"pageToken=x",
	"pageToken=" + strings.Repeat("A", 40),
	"syncToken=x",
	"syncToken=====",
	"syncToken=CPDAlvWDx70CEPDAlvWDx70CGAU=",
}

// Every refusal of the Calendar API, with its headers: both forms of an error,
// and both indents.
func TestCalendarRefusals(t *testing.T) {
	w := newWorld(t)
	w.addOneEvent("one")
	token := w.token("calendar.readonly")
	g := newGolden(t, "refusals.txt")
	addTokenRefusals(w, g, token)
	addResourceRefusals(w, g, token)
	for _, query := range badEventQueries {
		g.addReply(query, w.get(token, eventsPath+"?"+query))
	}
	for _, query := range []string{
		"maxResults=0", "minAccessRole=none", "pageToken=x", "syncToken=x",
	} {
		g.addReply("calendarList "+query, w.get(token, listPath+"?"+query))
	}
	g.addReply("event timeZone=Seoul", w.get(token, eventsPath+"/one?timeZone=Seoul"))
	g.addReply("event maxAttendees=0", w.get(token, eventsPath+"/one?maxAttendees=0"))

	g.addReply("a path with an empty ID", w.get(token, "calendars//events"))
	g.addReply("a path with <", w.get(token, "calendars/<x>/acl"))
	g.addReply("another API", w.request("GET", "/drive/v3/files"))
	g.addReply("POST to events", w.request("POST", "/calendar/v3/"+eventsPath))
	g.addReply("no such account",
		w.request("GET", certificatesPath+"x%40y.iam.gserviceaccount.com"))
	g.compare()
}

func addTokenRefusals(w *world, g *goldenFile, token string) {
	g.addReply("no credentials: events.list", w.get("", eventsPath))
	g.addReply("no credentials: events.get", w.get("", eventsPath+"/one"))
	g.addReply("no credentials: calendars.get", w.get("", calendarPath))
	g.addReply("no credentials: calendarList.list", w.get("", listPath))
	g.addReply("no credentials: calendarList.get", w.get("", listPath+"/"+calendarID))
	g.addReply("Basic is not Bearer", w.get("", eventsPath, "Authorization", "Basic eDp5"))
	g.addReply("bad token", w.get("ya29.c.x", eventsPath))
	g.addReply("token without its dots", w.get(strings.TrimRight(token, "."), eventsPath))
	eventsToken := w.token("calendar.events.readonly")
	g.addReply("scope too small for the list", w.get(eventsToken, listPath))
	listToken := w.token("calendar.calendarlist")
	g.addReply("scope too small for events", w.get(listToken, eventsPath))
	w.SetAPIEnabled("lesson", false)
	g.addReply("API not enabled", w.get(token, eventsPath+"?"))
	w.SetAPIEnabled("lesson", true)
}

func addResourceRefusals(w *world, g *goldenFile, token string) {
	const (
		unshared = "unshared@example.com"
		revoked  = "revoked@example.com"
	)
	w.AddCalendar(fakegoogle.Calendar{ID: unshared})
	w.AddCalendar(fakegoogle.Calendar{ID: revoked})
	w.Share(revoked, accountEmail, "writer")
	w.Share(revoked, accountEmail, "")

	g.addReply("no such calendar", w.get(token, "calendars/nobody@example.com/events"))
	g.addReply("calendar not shared", w.get(token, "calendars/"+unshared+"/events"))
	g.addReply("share revoked", w.get(token, "calendars/"+revoked))
	g.addReply("no such event", w.get(token, eventsPath+"/two"))
	g.addReply("not in the calendarList", w.get(token, listPath+"/"+calendarID))
}

// Refusals that differ from the ones above only in the parameter.
func TestSimilarRefusals(t *testing.T) {
	ahead := newWorld(t)
	ahead.Advance(time.Hour)
	future := ahead.page(ahead.token("calendar.readonly"), eventsPath).NextSyncToken
	w := newWorld(t)
	token := w.token("calendar.readonly")
	for query, want := range map[string]string{
		"showHiddenInvitations=1":              "Invalid boolean value: '1'.",
		"alwaysIncludeEmail=yes":               "Invalid boolean value: 'yes'.",
		"sharedExtendedProperty=x":             "Bad Request",
		"syncToken=AAAA":                       "Invalid sync token value.",
		"syncToken=" + url.QueryEscape(future): "Invalid sync token value.",
	} {
		r := w.get(token, eventsPath+"?"+query)
		if r.StatusCode != 400 || !strings.Contains(r.body, `"message": "`+want+`"`) {
			t.Errorf("%s: %s %s", query, r.Status, r.body)
		}
	}
}

// Every scope with every method: the table of the discovery document.
func TestScopes(t *testing.T) {
	w := newWorld(t)
	w.mistakes = []string{"primary"}
	w.AddToList(calendarID, accountEmail)
	w.addOneEvent("one")
	paths := []string{
		eventsPath,
		eventsPath + "/one",
		listPath,
		listPath + "/" + calendarID,
		calendarPath,
	}
	for scope, want := range map[string][]int{
		"calendar":                        {200, 200, 200, 200, 200},
		"calendar.readonly":               {200, 200, 200, 200, 200},
		"calendar.events":                 {200, 200, 403, 403, 403},
		"calendar.events.readonly":        {200, 200, 403, 403, 403},
		"calendar.events.freebusy":        {200, 200, 403, 403, 403},
		"calendar.events.owned":           {404, 404, 403, 403, 403}, // someone else owns it
		"calendar.events.owned.readonly":  {404, 404, 403, 403, 403},
		"calendar.events.public.readonly": {404, 404, 403, 403, 403}, // it isn't public
		"calendar.app.created":            {404, 404, 403, 200, 200},
		"calendar.calendarlist":           {403, 403, 200, 200, 403},
		"calendar.calendarlist.readonly":  {403, 403, 200, 200, 403},
		"calendar.calendars":              {403, 403, 403, 403, 200},
		"calendar.calendars.readonly":     {403, 403, 403, 403, 200},
		"calendar.freebusy":               {403, 403, 403, 403, 403},
		"calendar.settings.readonly":      {403, 403, 403, 403, 403},
		"drive":                           {403, 403, 403, 403, 403},
	} {
		token := w.token(scope)
		for i, path := range paths {
			if r := w.get(token, path); r.StatusCode != want[i] {
				t.Errorf("%s: %s: %s, want %d", scope, path, r.Status, want[i])
			}
		}
	}
	owned := w.token("calendar.events.owned.readonly")
	if r := w.get(owned, "calendars/primary/events"); r.StatusCode != 200 {
		t.Errorf("own calendar: %s", r.Status)
	}
}

// There are three ways to send a token. A header takes precedence.
func TestWhereTheTokenIs(t *testing.T) {
	w := newWorld(t)
	w.mistakes = []string{"token-in-query"}
	token := w.token("calendar.readonly")
	escaped := url.QueryEscape(token)
	for _, r := range []reply{
		w.get("", eventsPath+"?access_token="+escaped),
		w.get("", eventsPath+"?oauth_token="+escaped),
		w.get("", eventsPath, "Authorization", "bearer "+token),
		w.get(token, eventsPath+"?access_token=x",
			"X-GFE-SSL", "yes", "Content-Type", "application/json"),
	} {
		if r.StatusCode != 200 {
			t.Errorf("%s: %s", r.Request.URL.RawQuery[:12], r.Status)
		}
	}
}

// Every resource, with its headers.
func TestAnswers(t *testing.T) {
	const (
		example  = "example@example.com"
		holidays = "ko.kr#holiday@group.v.calendar.google.com"
		nobody   = "nobody@example.com" // no such calendar
	)
	w := newWorld(t)
	w.mistakes = []string{"primary"}
	w.AddExample(example)
	w.Share(example, accountEmail, "reader")
	w.AddToList(example, accountEmail)
	w.AddCalendar(fakegoogle.Calendar{
		ID:          holidays,
		Summary:     "휴일",
		Description: `<b>"&"</b>`,
		TimeZone:    "nowhere",
		Location:    "서울",
	})
	w.Share(holidays, accountEmail, "freeBusyReader")
	w.AddToList(holidays, accountEmail)
	w.AddToList(nobody, accountEmail)
	w.Share(nobody, accountEmail, "reader")
	token := w.token("calendar.readonly")
	g := newGolden(t, "answers.txt")
	for _, path := range []string{
		"calendars/example@example.com/events",
		"calendars/example%40example.com/events" +
			"?timeMin=2020-07-08T00:00:00-0000&maxResults=1&prettyPrint=false",
		"calendars/example@example.com/events/5u9i1f7r3b0e6c2k8h4qjm0sgt",
		"calendars/primary/events",
		"calendars/ko.kr%23holiday@group.v.calendar.google.com",
		"calendars/primary",
		"users/me/calendarList",
		"users/me/calendarList?maxResults=1",
		"users/me/calendarList/example@example.com?prettyPrint=false",
	} {
		g.addReply(path, w.get(token, path))
	}
	g.compare()
}

func TestCalendarList(t *testing.T) {
	const kim = "kim@example.com"
	w := newWorld(t)
	w.AddUser(kim)
	w.AddCalendar(fakegoogle.Calendar{ID: kim})
	w.Delegate(w.account.ClientID, scopePrefix+"calendar.readonly")
	for id, role := range map[string]string{
		"a@example.com": "owner",
		"b@example.com": "reader",
		"c@example.com": "reader",
	} {
		w.AddCalendar(fakegoogle.Calendar{ID: id})
		w.Share(id, accountEmail, role)
		w.AddToList(id, accountEmail)
	}
	token := w.token("calendar.readonly")
	list := func(query string) []string { return w.allIDs(token, listPath+"?"+query) }
	for query, want := range map[string]string{
		"":                     "a@example.com b@example.com c@example.com",
		"maxResults=1":         "a@example.com b@example.com c@example.com",
		"maxResults=2":         "a@example.com b@example.com c@example.com",
		"minAccessRole=writer": "a@example.com",
		"minAccessRole=reader": "a@example.com b@example.com c@example.com",
	} {
		if got := strings.Join(list(query), " "); got != want {
			t.Errorf("%q: %s", query, got)
		}
	}
	if got := w.allIDs(w.tokenAs(kim), listPath); !slices.Equal(got, []string{kim}) {
		t.Errorf("kim's list: %q", got)
	}

	sync := "syncToken=" + url.QueryEscape(w.page(token, listPath).NextSyncToken)
	w.AddToList(calendarID, accountEmail)
	if got := list(sync); !slices.Equal(got, []string{calendarID}) {
		t.Errorf("new in the list: %q", got)
	}
	if r := w.get(token, listPath+"?minAccessRole=reader&"+sync); r.StatusCode != 400 {
		t.Errorf("minAccessRole with a sync token: %s", r.Status)
	}
}
