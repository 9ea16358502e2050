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

// page is what a client needs of a list.
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
	if err := json.Unmarshal([]byte(r.body), &p); err != nil || r.StatusCode != 200 {
		w.t.Fatalf("%s: %s %v %s", path, r.Status, err, r.body)
	}
	if p.NextPageToken != "" && p.NextSyncToken != "" {
		w.t.Errorf("%s: both tokens", path)
	}
	return p
}

// all reads every page of a list. path has a query.
func (w *world) all(token, path string) []string {
	w.t.Helper()
	ids, next := []string{}, ""
	for range 100 {
		to := path
		if next != "" {
			to += "&pageToken=" + url.QueryEscape(next)
		}
		if !strings.Contains(to, "?") {
			to = strings.Replace(to, "&", "?", 1)
		}
		p := w.page(token, to)
		ids = append(ids, p.ids()...)
		if next = p.NextPageToken; next == "" {
			return ids
		}
	}
	w.t.Fatal("a list without end")
	return nil
}

// addHours adds events h000, h001, ... of an hour each; pairs of them start together.
func (w *world) addHours(n int) (ids []string) {
	w.t.Helper()
	for i := range n {
		id := fmt.Sprintf("h%03d", i)
		at := start.Add(time.Duration((n-i)/2) * time.Hour).UTC() // the last added are the first to start
		if err := w.AddEvent(mine, fmt.Sprintf(`{"id":%q,"start":{"dateTime":%q},"end":{"dateTime":%q}}`, id, at.Format(time.RFC3339), at.Add(time.Hour).Format(time.RFC3339))); err != nil {
			w.t.Fatal(err)
		}
		ids = append(ids, id)
	}
	return ids
}

// No event is lost and none comes twice, whatever the order and the size of pages.
func TestPaging(t *testing.T) {
	w := newWorld(t)
	added := w.addHours(301)
	token := w.token("calendar.readonly")
	for _, order := range []string{"", "&orderBy=updated", "&orderBy=startTime&singleEvents=true"} {
		whole := w.page(token, events+"?maxResults=9999"+order)
		if len(whole.Items) != 301 || whole.NextPageToken != "" {
			t.Fatalf("%s: %d events, then %q", order, len(whole.Items), whole.NextPageToken)
		}
		for _, size := range []int{7, 100, 250, 300, 301} {
			if got := w.all(token, fmt.Sprintf("%s?maxResults=%d%s", events, size, order)); !slices.Equal(got, whole.ids()) {
				t.Errorf("%s in pages of %d: %q", order, size, got)
			}
		}
		if sorted := slices.Sorted(slices.Values(whole.ids())); !slices.Equal(sorted, added) {
			t.Errorf("%s: %q", order, sorted)
		}
	}
	if n := len(w.page(token, events).Items); n != 250 {
		t.Errorf("%d events on a page by default", n)
	}
	if p := w.page(token, events+"?orderBy=startTime&singleEvents=true&maxResults=3"); p.ids()[0] != "h300" || p.ids()[1] != "h298" {
		t.Errorf("first to start: %q", p.ids())
	}
}

// A page token belongs to its query.
func TestPageToken(t *testing.T) {
	w := newWorld(t)
	w.addHours(10)
	w.AddCalendar(calendarB)
	w.Share(calendarB.ID, reader, "reader")
	token := w.token("calendar.readonly")
	next := url.QueryEscape(w.page(token, events+"?maxResults=4&showDeleted=true").NextPageToken)
	for query, want := range map[string]int{
		"showDeleted=true&maxResults=4":                                200,
		"showDeleted=true&maxResults=5&prettyPrint=false&timeZone=UTC": 200, // what does not change the list may change
		"maxResults=4":                      400,
		"showDeleted=true&maxResults=4&q=h": 400,
		"showDeleted=true&maxResults=4&timeMin=2020-01-01T00:00:00Z": 400,
	} {
		if r := w.get(token, events+"?"+query+"&pageToken="+next); r.StatusCode != want {
			t.Errorf("%s: %s, want %d", query, r.Status, want)
		}
	}
	if r := w.get(token, "calendars/"+calendarB.ID+"/events?maxResults=4&showDeleted=true&pageToken="+next); r.StatusCode != 400 {
		t.Errorf("another calendar: %s", r.Status)
	}
	again := w.token("calendar.readonly") // a new token of the same account goes on
	if p := w.page(again, events+"?maxResults=4&showDeleted=true&pageToken="+next); p.ids()[0] != "h004" {
		t.Errorf("second page: %q", p.ids())
	}
}

// What changes between two pages neither hides nor repeats what does not, and stands in the next sync.
func TestChangesBetweenPages(t *testing.T) {
	w := newWorld(t)
	w.addHours(6)
	token := w.token("calendar.readonly")
	first := w.page(token, events+"?maxResults=3")
	if err := w.DeleteEvent(mine, "h000"); err != nil {
		t.Fatal(err)
	}
	if err := w.AddEvent(mine, `{"id":"new","start":{"date":"2023-11-15"},"end":{"date":"2023-11-16"}}`); err != nil {
		t.Fatal(err)
	}
	second := w.page(token, events+"?maxResults=3&pageToken="+url.QueryEscape(first.NextPageToken))
	if !slices.Equal(second.ids(), []string{"h003", "h004", "h005"}) {
		t.Errorf("second page: %q", second.ids())
	}
	third := w.page(token, events+"?maxResults=3&pageToken="+url.QueryEscape(second.NextPageToken))
	sync := w.page(token, events+"?syncToken="+url.QueryEscape(third.NextSyncToken))
	if !slices.Equal(third.ids(), []string{"new"}) || !slices.Equal(sync.ids(), []string{"h000", "new"}) || sync.Items[0].Status != "cancelled" {
		t.Errorf("third page %q, sync %+v", third.ids(), sync)
	}
}

func TestSync(t *testing.T) {
	w := newWorld(t)
	w.addHours(3)
	token := w.token("calendar.readonly")
	path := func(sync string) string { return events + "?syncToken=" + url.QueryEscape(sync) }
	zero := w.page(token, events).NextSyncToken
	one := w.page(token, path(zero))
	if len(one.Items) != 0 || one.NextSyncToken == "" {
		t.Errorf("nothing changed: %+v", one)
	}
	if err := w.DeleteEvent(mine, "h001"); err != nil {
		t.Fatal(err)
	}
	two := w.page(token, path(one.NextSyncToken))
	if !slices.Equal(two.ids(), []string{"h001"}) || two.Items[0].Status != "cancelled" {
		t.Errorf("one deleted: %+v", two)
	}
	if p := w.page(token, path(two.NextSyncToken)); len(p.Items) != 0 {
		t.Errorf("told twice: %+v", p)
	}
	w.addHours(3) // again: the deleted one comes back
	if got := w.all(token, path(two.NextSyncToken)+"&maxResults=2"); !slices.Equal(got, []string{"h000", "h001", "h002"}) {
		t.Errorf("all changed, in pages: %q", got)
	}
	for _, query := range []string{"iCalUID=x", "orderBy=updated", "privateExtendedProperty=a%3Db", "sharedExtendedProperty=a%3Db", "q=x",
		"timeMin=2023-11-14T00:00:00Z", "timeMax=2023-11-14T00:00:00Z", "updatedMin=2023-11-14T00:00:00Z", "showDeleted=false"} {
		if r := w.get(token, path(zero)+"&"+query); r.StatusCode != 400 {
			t.Errorf("%s with a sync token: %s", query, r.Status)
		}
	}
	if r := w.get(token, path(zero)+"&showDeleted=true&singleEvents=false"); r.StatusCode != 200 {
		t.Errorf("showDeleted=true with a sync token: %s", r.Status)
	}
	for _, query := range []string{"orderBy=startTime&singleEvents=true", "orderBy=updated"} {
		if p := w.page(token, events+"?"+query); p.NextSyncToken != "" {
			t.Errorf("%s: sync token %q", query, p.NextSyncToken)
		}
	}
}

// 410: after a new share, and after a month.
func TestSyncTokenExpires(t *testing.T) {
	w := newWorld(t)
	token := w.token("calendar.readonly")
	b := &book{t: t, name: "gone.txt"}
	sync := events + "?syncToken=" + url.QueryEscape(w.page(token, events).NextSyncToken)
	w.Share(mine, reader, "writer")
	b.add("shared anew", dump(w.get(token, sync)))
	sync = events + "?syncToken=" + url.QueryEscape(w.page(token, events).NextSyncToken)
	w.Advance(30 * 24 * time.Hour)
	token = w.token("calendar.readonly")
	if r := w.get(token, sync); r.StatusCode != 200 {
		t.Errorf("after 30 days: %s", r.Status)
	}
	w.Advance(time.Second)
	b.add("after 30 days and a second", dump(w.get(token, sync)))
	b.compare()
}
