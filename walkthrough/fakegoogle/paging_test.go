// SPDX-License-Identifier: 0BSD

package fakegoogle_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

// page is a page of a list.
type page struct {
	NextPageToken, NextSyncToken string
	Items                        []struct {
		ID, Status       string
		RecurringEventID string `json:"recurringEventId"`
	}
}

func (p page) ids() []string {
	ids := []string{}
	for _, item := range p.Items {
		ids = append(ids, item.ID)
	}
	return ids
}

func (w *world) page(token, path string) (p page) {
	w.t.Helper()
	r := w.get(token, path)
	err := json.Unmarshal([]byte(r.body), &p)
	if err != nil || r.StatusCode != 200 {
		w.t.Fatalf("%s: %s %v %s", path, r.Status, err, r.body)
	}
	if p.NextPageToken != "" && p.NextSyncToken != "" {
		w.t.Errorf("%s: both tokens", path)
	}
	return p
}

// allIDs reads every page of a list.
func (w *world) allIDs(token, path string) []string {
	w.t.Helper()
	separator := "?"
	if strings.Contains(path, "?") {
		separator = "&"
	}
	ids, next := []string{}, ""
	for range 100 {
		pagePath := path
		if next != "" {
			pagePath += separator + "pageToken=" + url.QueryEscape(next)
		}
		p := w.page(token, pagePath)
		ids = append(ids, p.ids()...)
		if next = p.NextPageToken; next == "" {
			return ids
		}
	}
	w.t.Fatal("the list doesn't end")
	return nil
}

// pagePath adds a page token to a path with a query.
func pagePath(path string, p page) string {
	return path + "&pageToken=" + url.QueryEscape(p.NextPageToken)
}

// syncPath is the path to sync with after a page.
func syncPath(p page) string {
	return eventsPath + "?syncToken=" + url.QueryEscape(p.NextSyncToken)
}

// addHours adds events h000, h001, ... of an hour each. Pairs of them start
// together, and those added last start first.
func (w *world) addHours(n int) (ids []string) {
	w.t.Helper()
	for i := range n {
		id := fmt.Sprintf("h%03d", i)
		from := start.Add(time.Duration((n-i)/2) * time.Hour).UTC()
		to := from.Add(time.Hour)
		w.addEvent(fmt.Sprintf(`{"id":%q,"start":{"dateTime":%q},"end":{"dateTime":%q}}`,
			id, from.Format(time.RFC3339), to.Format(time.RFC3339)))
		ids = append(ids, id)
	}
	return ids
}

// Whatever the order and the size of pages, no event is missing or repeated.
func TestPaging(t *testing.T) {
	w := newWorld(t)
	added := w.addHours(301)
	token := w.token("calendar.readonly")
	for _, order := range []string{
		"", "&orderBy=updated", "&orderBy=startTime&singleEvents=true",
	} {
		whole := w.page(token, eventsPath+"?maxResults=9999"+order)
		if len(whole.Items) != 301 || whole.NextPageToken != "" {
			t.Fatalf("%s: %d events, then %q", order, len(whole.Items), whole.NextPageToken)
		}
		for _, size := range []int{7, 100, 250, 300, 301} {
			path := fmt.Sprintf("%s?maxResults=%d%s", eventsPath, size, order)
			if got := w.allIDs(token, path); !slices.Equal(got, whole.ids()) {
				t.Errorf("%s in pages of %d: %q", order, size, got)
			}
		}
		sorted := slices.Sorted(slices.Values(whole.ids()))
		if !slices.Equal(sorted, added) {
			t.Errorf("%s: %q", order, sorted)
		}
	}
	if n := len(w.page(token, eventsPath).Items); n != 250 {
		t.Errorf("%d events on a page by default", n)
	}
	p := w.page(token, eventsPath+"?orderBy=startTime&singleEvents=true&maxResults=3")
	if p.ids()[0] != "h300" || p.ids()[1] != "h298" {
		t.Errorf("first to start: %q", p.ids())
	}
}

// A page token belongs to its query.
func TestPageToken(t *testing.T) {
	const query = "showDeleted=true&maxResults=4"
	w := newWorld(t)
	w.addHours(10)
	w.AddCalendar(calendarB)
	w.Share(calendarB.ID, accountEmail, "reader")
	token := w.token("calendar.readonly")
	first := w.page(token, eventsPath+"?maxResults=4&showDeleted=true")
	for query, want := range map[string]int{
		query: 200,
		// Parameters that don't change which events there are may change.
		"showDeleted=true&maxResults=5&prettyPrint=false&timeZone=UTC": 200,

		"maxResults=4":                          400,
		query + "&q=h":                          400,
		query + "&timeMin=2020-01-01T00:00:00Z": 400,
	} {
		r := w.get(token, pagePath(eventsPath+"?"+query, first))
		if r.StatusCode != want {
			t.Errorf("%s: %s, want %d", query, r.Status, want)
		}
	}
	other := "calendars/" + calendarB.ID + "/events?" + query
	if r := w.get(token, pagePath(other, first)); r.StatusCode != 400 {
		t.Errorf("another calendar: %s", r.Status)
	}
	newToken := w.token("calendar.readonly") // of the same account
	second := w.page(newToken, pagePath(eventsPath+"?"+query, first))
	if second.ids()[0] != "h004" {
		t.Errorf("second page: %q", second.ids())
	}
}

// A change between two pages neither hides nor repeats other events, and the
// next sync has it.
func TestChangesBetweenPages(t *testing.T) {
	const path = eventsPath + "?maxResults=3"
	w := newWorld(t)
	w.addHours(6)
	token := w.token("calendar.readonly")
	first := w.page(token, path)
	w.deleteEvent("h000")
	w.addOneEvent("new")
	second := w.page(token, pagePath(path, first))
	if !slices.Equal(second.ids(), []string{"h003", "h004", "h005"}) {
		t.Errorf("second page: %q", second.ids())
	}
	third := w.page(token, pagePath(path, second))
	sync := w.page(token, syncPath(third))
	if !slices.Equal(third.ids(), []string{"new"}) ||
		!slices.Equal(sync.ids(), []string{"h000", "new"}) ||
		sync.Items[0].Status != "cancelled" {
		t.Errorf("third page %q, sync %+v", third.ids(), sync)
	}
}

func TestSync(t *testing.T) {
	w := newWorld(t)
	w.addHours(3)
	token := w.token("calendar.readonly")
	zero := w.page(token, eventsPath)
	one := w.page(token, syncPath(zero))
	if len(one.Items) != 0 || one.NextSyncToken == "" {
		t.Errorf("nothing changed: %+v", one)
	}
	w.deleteEvent("h001")
	two := w.page(token, syncPath(one))
	if !slices.Equal(two.ids(), []string{"h001"}) || two.Items[0].Status != "cancelled" {
		t.Errorf("one deleted: %+v", two)
	}
	if p := w.page(token, syncPath(two)); len(p.Items) != 0 {
		t.Errorf("reported twice: %+v", p)
	}
	w.addHours(3) // this replaces the deleted one, too
	got := w.allIDs(token, syncPath(two)+"&maxResults=2")
	if !slices.Equal(got, []string{"h000", "h001", "h002"}) {
		t.Errorf("all changed, in pages: %q", got)
	}
	for _, query := range []string{
		"iCalUID=x",
		"orderBy=updated",
		"privateExtendedProperty=a%3Db",
		"sharedExtendedProperty=a%3Db",
		"q=x",
		"timeMin=2023-11-14T00:00:00Z",
		"timeMax=2023-11-14T00:00:00Z",
		"updatedMin=2023-11-14T00:00:00Z",
		"showDeleted=false",
	} {
		if r := w.get(token, syncPath(zero)+"&"+query); r.StatusCode != 400 {
			t.Errorf("%s with a sync token: %s", query, r.Status)
		}
	}
	r := w.get(token, syncPath(zero)+"&showDeleted=true&singleEvents=false")
	if r.StatusCode != 200 {
		t.Errorf("showDeleted=true with a sync token: %s", r.Status)
	}
	for _, query := range []string{
		"orderBy=startTime&singleEvents=true", "orderBy=updated",
	} {
		if p := w.page(token, eventsPath+"?"+query); p.NextSyncToken != "" {
			t.Errorf("%s: sync token %q", query, p.NextSyncToken)
		}
	}
}

// A sync token expires when the calendar is shared again, and after a month.
func TestSyncTokenExpires(t *testing.T) {
	w := newWorld(t)
	token := w.token("calendar.readonly")
	g := newGolden(t, "gone.txt")
	sync := syncPath(w.page(token, eventsPath))
	w.Share(calendarID, accountEmail, "writer")
	g.addReply("shared again", w.get(token, sync))
	sync = syncPath(w.page(token, eventsPath))
	w.Advance(30 * 24 * time.Hour)
	token = w.token("calendar.readonly")
	if r := w.get(token, sync); r.StatusCode != 200 {
		t.Errorf("after 30 days: %s", r.Status)
	}
	w.Advance(time.Second)
	g.addReply("after 30 days and a second", w.get(token, sync))
	g.compare()
}
