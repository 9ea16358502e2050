// SPDX-License-Identifier: 0BSD

package fakegoogle_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"example.com/fivestep/walkthrough/fakegoogle"
)

const events = "calendars/" + mine + "/events"

// Every refusal of the Calendar API, whole: headers, both envelopes, both indents.
func TestCalendarRefusals(t *testing.T) {
	w := newWorld(t)
	all := w.token("calendar.readonly")
	if err := w.AddEvent(mine, `{"id":"one","start":{"date":"2023-11-15"},"end":{"date":"2023-11-16"}}`); err != nil {
		t.Fatal(err)
	}
	w.AddCalendar(fakegoogle.Calendar{ID: "unshared@example.com"})
	w.AddCalendar(fakegoogle.Calendar{ID: "taken@example.com"})
	w.Share("taken@example.com", reader, "writer")
	w.Share("taken@example.com", reader, "")
	list := func(query string) reply { return w.get(all, events+"?"+query) }

	b := &book{t: t, name: "refusals.txt"}
	b.add("no credentials: events.list", dump(w.get("", events)))
	b.add("no credentials: events.get", dump(w.get("", events+"/one")))
	b.add("no credentials: calendars.get", dump(w.get("", "calendars/"+mine)))
	b.add("no credentials: calendarList.list", dump(w.get("", "users/me/calendarList")))
	b.add("no credentials: calendarList.get", dump(w.get("", "users/me/calendarList/"+mine)))
	b.add("Basic is not Bearer", dump(w.get("", events, "Authorization", "Basic eDp5")))
	b.add("bad token", dump(w.get("ya29.c.x", events)))
	b.add("token without its dots", dump(w.get(strings.TrimRight(all, "."), events)))
	b.add("scope too small for the list", dump(w.get(w.token("calendar.events.readonly"), "users/me/calendarList")))
	b.add("scope too small for events", dump(w.get(w.token("calendar.calendarlist"), events)))
	w.SetAPIEnabled("lesson", false)
	b.add("API not enabled", dump(list("")))
	w.SetAPIEnabled("lesson", true)

	b.add("no such calendar", dump(w.get(all, "calendars/nobody@example.com/events")))
	b.add("calendar not shared", dump(w.get(all, "calendars/unshared@example.com/events")))
	b.add("share taken away", dump(w.get(all, "calendars/taken@example.com")))
	b.add("no such event", dump(w.get(all, events+"/two")))
	b.add("not in the calendarList", dump(w.get(all, "users/me/calendarList/"+mine)))

	for _, query := range []string{
		"timeMin=2023-11-15T00:00:00", "timeMin=2023-11-15", "timeMax=yesterday", "updatedMin=1",
		"timeMin=2023-11-15T00:00:00+09:00", // in a URL, + is a blank
		"timeMin=2023-11-15T00:00:00Z&timeMax=2023-11-15T00:00:00Z",
		"updatedMin=2023-01-01T00:00:00Z",
		"orderBy=startTime", "orderBy=start&singleEvents=true",
		"singleEvents=yes", "showDeleted=1", "maxResults=0", "maxResults=-1", "maxResults=all", "maxAttendees=0",
		"timeZone=Seoul", "timeZone=Local", "eventTypes=default&eventTypes=party",
		"privateExtendedProperty=x", "alt=media", "fields=items(title)",
		"pageToken=x", "pageToken=" + strings.Repeat("A", 40), "syncToken=x", "syncToken=====", "syncToken=CPDAlvWDx70CEPDAlvWDx70CGAU=",
	} {
		b.add(query, dump(list(query)))
	}
	b.add("calendarList maxResults=0", dump(w.get(all, "users/me/calendarList?maxResults=0")))
	b.add("calendarList minAccessRole=none", dump(w.get(all, "users/me/calendarList?minAccessRole=none")))
	b.add("calendarList pageToken=x", dump(w.get(all, "users/me/calendarList?pageToken=x")))
	b.add("calendarList syncToken=x", dump(w.get(all, "users/me/calendarList?syncToken=x")))
	b.add("event timeZone=Seoul", dump(w.get(all, events+"/one?timeZone=Seoul")))
	b.add("event maxAttendees=0", dump(w.get(all, events+"/one?maxAttendees=0")))

	b.add("a path of nothing", dump(w.get(all, "calendars//events")))
	b.add("a path with <", dump(w.get(all, "calendars/<x>/acl")))
	b.add("another API", dump(w.do(http.NewRequest("GET", w.url+"/drive/v3/files", nil))))
	b.add("POST to events", dump(w.do(http.NewRequest("POST", w.url+"/calendar/v3/"+events, nil))))
	b.add("no such account", dump(w.do(http.NewRequest("GET", w.url+"/robot/v1/metadata/x509/x%40y.iam.gserviceaccount.com", nil))))
	b.compare()
}

// Each scope, alone, against each method: the table of the discovery document.
func TestScopes(t *testing.T) {
	w := newWorld(t)
	w.AddToList(mine, reader)
	if err := w.AddEvent(mine, `{"id":"one","start":{"date":"2023-11-15"},"end":{"date":"2023-11-16"}}`); err != nil {
		t.Fatal(err)
	}
	paths := []string{events, events + "/one", "users/me/calendarList", "users/me/calendarList/" + mine, "calendars/" + mine}
	for scope, want := range map[string][]int{
		"calendar":                        {200, 200, 200, 200, 200},
		"calendar.readonly":               {200, 200, 200, 200, 200},
		"calendar.events":                 {200, 200, 403, 403, 403},
		"calendar.events.readonly":        {200, 200, 403, 403, 403},
		"calendar.events.freebusy":        {200, 200, 403, 403, 403},
		"calendar.events.owned":           {404, 404, 403, 403, 403}, // the calendar is another's
		"calendar.events.owned.readonly":  {404, 404, 403, 403, 403},
		"calendar.events.public.readonly": {404, 404, 403, 403, 403}, // and not public
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
	if r := w.get(w.token("calendar.events.owned.readonly"), "calendars/primary/events"); r.StatusCode != 200 {
		t.Errorf("own calendar: %s", r.Status)
	}
}

// The three ways to send a token.
func TestWhereTheTokenIs(t *testing.T) {
	w := newWorld(t)
	token := w.token("calendar.readonly")
	for _, r := range []reply{
		w.get("", events+"?access_token="+url.QueryEscape(token)),
		w.get("", events+"?oauth_token="+url.QueryEscape(token)),
		w.get("", events, "Authorization", "bearer "+token),
		w.get(token, events+"?access_token=x", "X-GFE-SSL", "yes", "Content-Type", "application/json"),
	} {
		if r.StatusCode != 200 {
			t.Errorf("%s: %s", r.Request.URL.RawQuery[:12], r.Status)
		}
	}
}

// The resources, whole.
func TestAnswers(t *testing.T) {
	w := newWorld(t)
	w.AddExample("example@example.com")
	w.Share("example@example.com", reader, "reader")
	w.AddToList("example@example.com", reader)
	w.AddCalendar(fakegoogle.Calendar{ID: "ko.kr#holiday@group.v.calendar.google.com", Summary: "휴일", Description: `<b>"&"</b>`, TimeZone: "nowhere", Location: "서울"})
	w.Share("ko.kr#holiday@group.v.calendar.google.com", reader, "freeBusyReader")
	w.AddToList("ko.kr#holiday@group.v.calendar.google.com", reader)
	w.AddToList("nobody@example.com", reader)
	w.Share("nobody@example.com", reader, "reader")
	token := w.token("calendar.readonly")
	b := &book{t: t, name: "answers.txt"}
	for _, path := range []string{
		"calendars/example@example.com/events", "calendars/example%40example.com/events?timeMin=2020-07-08T00:00:00-0000&maxResults=1&prettyPrint=false",
		"calendars/example@example.com/events/5u9i1f7r3b0e6c2k8h4qjm0sgt", "calendars/primary/events",
		"calendars/ko.kr%23holiday@group.v.calendar.google.com", "calendars/primary",
		"users/me/calendarList", "users/me/calendarList?maxResults=1", "users/me/calendarList/example@example.com?prettyPrint=false",
	} {
		b.add(path, dump(w.get(token, path)))
	}
	b.compare()
}

func TestCalendarList(t *testing.T) {
	w := newWorld(t)
	w.AddUser("kim@example.com")
	w.AddCalendar(fakegoogle.Calendar{ID: "kim@example.com"})
	w.Delegate(w.account.ClientID, scopes+"calendar.readonly")
	for id, role := range map[string]string{"a@example.com": "owner", "b@example.com": "reader", "c@example.com": "reader"} {
		w.AddCalendar(fakegoogle.Calendar{ID: id})
		w.Share(id, reader, role)
		w.AddToList(id, reader)
	}
	token := w.token("calendar.readonly")
	ids := func(query string) []string { return w.all(token, "users/me/calendarList?"+query) }
	for query, want := range map[string]string{
		"":                     "a@example.com b@example.com c@example.com",
		"maxResults=1":         "a@example.com b@example.com c@example.com",
		"maxResults=2":         "a@example.com b@example.com c@example.com",
		"minAccessRole=writer": "a@example.com",
		"minAccessRole=reader": "a@example.com b@example.com c@example.com",
	} {
		if got := strings.Join(ids(query), " "); got != want {
			t.Errorf("%q: %s", query, got)
		}
	}
	kim := w.tokenFor(w.claims().with("sub", "kim@example.com").with("scope", scopes+"calendar.readonly"))
	if got := w.all(kim, "users/me/calendarList"); !slices.Equal(got, []string{"kim@example.com"}) {
		t.Errorf("kim's list: %q", got)
	}

	sync := w.page(token, "users/me/calendarList").NextSyncToken
	w.AddToList(mine, reader)
	if got := ids("syncToken=" + url.QueryEscape(sync)); !slices.Equal(got, []string{mine}) {
		t.Errorf("new in the list: %q", got)
	}
	if r := w.get(token, "users/me/calendarList?minAccessRole=reader&syncToken="+url.QueryEscape(sync)); r.StatusCode != 400 {
		t.Errorf("minAccessRole with a sync token: %s", r.Status)
	}
}
