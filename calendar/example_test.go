// SPDX-License-Identifier: 0BSD

package calendar

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"time"
)

// google is Google's server in the examples. It serves answers by their paths.
func google(answers map[string]string) (baseURL string, stop func()) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer, known := answers[r.URL.Path]
		if !known {
			w.WriteHeader(http.StatusNotFound)
			answer = `{"error":{"errors":[` +
				`{"domain":"global","reason":"notFound","message":"Not Found"}],` +
				`"code":404,"message":"Not Found"}}`
		}
		fmt.Fprint(w, answer)
	}))
	return server.URL, server.Close
}

func accessToken(context.Context) (string, error) { return "ya29.c.example", nil }

func ExampleClient_Events() {
	page, err := os.ReadFile("testdata/events.json")
	if err != nil {
		panic(err)
	}
	baseURL, stop := google(map[string]string{"/calendars/you@gmail.com/events": string(page)})
	defer stop()

	// In your program, Token returns a real token, and BaseURL isn't set.
	client := &Client{Token: accessToken, BaseURL: baseURL}
	query := Query{Fields: "status,summary,start"}
	for event, err := range client.Events(context.Background(), "you@gmail.com", query) {
		if err != nil {
			fmt.Println(err)
			return
		}
		if event.Status == "cancelled" {
			continue
		}
		at, allDay, err := event.Start.Time(time.UTC)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(at.Format(time.RFC3339), allDay, event.Summary)
	}
	// Output:
	// 2020-07-08T00:00:00Z true calendar event #1
	// 2025-01-30T10:00:00+09:00 false weekly
}

// A complete list comes with a sync token. With that token, the next list has
// only what has changed.
func ExampleQuery_sync() {
	baseURL, stop := google(map[string]string{
		"/calendars/you@gmail.com/events": `{"kind":"calendar#events",` +
			`"nextSyncToken":"CPDAlvWDx70CEPDAlvWDx70CGAU=",` +
			`"items":[{"id":"a","status":"cancelled"}]}`,
	})
	defer stop()

	client := &Client{Token: accessToken, BaseURL: baseURL}
	syncToken := "CJCrvt77rc4CEJCrvt77rc4CGAU=" // from last time
	query := Query{SyncToken: syncToken, NextSyncToken: &syncToken}
	for event, err := range client.Events(context.Background(), "you@gmail.com", query) {
		if errors.Is(err, ErrFullSyncRequired) {
			fmt.Println("forget everything, and list without a sync token")
			return
		} else if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(event.ID, event.Status)
	}
	fmt.Println("for next time:", syncToken)
	// Output:
	// a cancelled
	// for next time: CPDAlvWDx70CEPDAlvWDx70CGAU=
}

// EventsPage is for programs that store how far they've come. Others use
// Events.
func ExampleClient_EventsPage() {
	baseURL, stop := google(map[string]string{
		"/calendars/you@gmail.com/events": `{"kind":"calendar#events",` +
			`"timeZone":"Asia/Seoul","nextPageToken":"CAA","items":[{"id":"a"}]}`,
	})
	defer stop()

	client := &Client{Token: accessToken, BaseURL: baseURL}
	query := Query{MaxResults: 1}
	page, err := client.EventsPage(context.Background(), "you@gmail.com", query, "")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(page.TimeZone, len(page.Items), page.NextPageToken)
	// Output: Asia/Seoul 1 CAA
}

func ExampleClient_Event() {
	baseURL, stop := google(map[string]string{
		"/calendars/you@gmail.com/events/a": `{"kind":"calendar#event","id":"a",` +
			`"summary":"lunch","colorId":"7"}`,
	})
	defer stop()

	client := &Client{Token: accessToken, BaseURL: baseURL}
	event, err := client.Event(context.Background(), "you@gmail.com", "a")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s %s\n", event.Summary, event.Raw)
	// Output: lunch {"kind":"calendar#event","id":"a","summary":"lunch","colorId":"7"}
}

func ExampleEvent() {
	event := &Event{
		Organizer: Person{Email: "you@gmail.com", Self: true},
		Attendees: []Attendee{
			{
				Person:         Person{Email: "ann@example.com", DisplayName: "Ann"},
				ResponseStatus: "accepted",
			},
			{
				Person:         Person{Email: "room4@example.com"},
				Resource:       true,
				ResponseStatus: "declined",
			},
		},
		AttendeesOmitted: true,
		Reminders:        Reminders{Overrides: []Reminder{{Method: "popup", Minutes: 10}}},
		ConferenceData: ConferenceData{
			ConferenceSolution: ConferenceSolution{Name: "Google Meet"},
			EntryPoints: []EntryPoint{
				{EntryPointType: "video", URI: "https://meet.google.com/abc-defg-hij"},
				{EntryPointType: "phone", URI: "tel:+1-555-0100", Label: "+1 555-0100"},
			},
		},
		ExtendedProperties: ExtendedProperties{Private: map[string]string{"ticket": "42"}},
	}
	name := func(p Person) string { return cmp.Or(p.DisplayName, p.Email) }
	fmt.Println("from", name(event.Organizer))
	for _, guest := range event.Attendees {
		fmt.Println(name(guest.Person), guest.ResponseStatus)
	}
	if event.AttendeesOmitted {
		fmt.Println("and others")
	}
	for _, reminder := range event.Reminders.Overrides {
		fmt.Println(reminder.Method, reminder.Minutes, "minutes before")
	}
	fmt.Println("join", event.ConferenceData.ConferenceSolution.Name)
	for _, way := range event.ConferenceData.EntryPoints {
		fmt.Printf("%s %s %q\n", way.EntryPointType, way.URI, way.Label)
	}
	fmt.Println("ticket", event.ExtendedProperties.Private["ticket"])
	// Output:
	// from you@gmail.com
	// Ann accepted
	// room4@example.com declined
	// and others
	// popup 10 minutes before
	// join Google Meet
	// video https://meet.google.com/abc-defg-hij ""
	// phone tel:+1-555-0100 "+1 555-0100"
	// ticket 42
}

func ExampleClient_Calendar() {
	baseURL, stop := google(map[string]string{
		"/calendars/you@gmail.com": `{"kind":"calendar#calendar","summary":"You",` +
			`"timeZone":"Asia/Seoul"}`,
	})
	defer stop()

	client := &Client{Token: accessToken, BaseURL: baseURL}
	calendar, err := client.Calendar(context.Background(), "you@gmail.com")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(calendar.Summary, calendar.TimeZone)
	// Output: You Asia/Seoul
}

func ExampleClient_CalendarList() {
	baseURL, stop := google(map[string]string{
		"/users/me/calendarList": `{"kind":"calendar#calendarList",` +
			`"items":[{"id":"you@gmail.com","accessRole":"reader"}]}`,
	})
	defer stop()

	client := &Client{Token: accessToken, BaseURL: baseURL}
	var all []*CalendarListEntry
	for entry, err := range client.CalendarList(context.Background()) {
		if err != nil {
			fmt.Println(err)
			return
		}
		all = append(all, entry)
	}
	fmt.Println(len(all), all[0].ID, all[0].AccessRole)
	// Output: 1 you@gmail.com reader
}

func ExampleError() {
	baseURL, stop := google(nil)
	defer stop()

	client := &Client{Token: accessToken, BaseURL: baseURL}
	_, err := client.Calendar(context.Background(), "you@gmail.com")
	var e *Error
	if errors.As(err, &e) {
		fmt.Println(e)
		fmt.Println(e.Advice())
		fmt.Println(e.StatusCode, e.Reason, errors.Unwrap(e))
		fmt.Println(e.Temporary(), errors.Is(e, ErrFullSyncRequired))
	}
	// Output:
	// calendar: calendar "you@gmail.com": 404 notFound: Not Found
	// The calendar or event doesn't exist, or it isn't shared with this account: Google doesn't say which.
	// Check the ID, and who the calendar is shared with; "primary" is the service account's own, empty calendar.
	// 404 notFound <nil>
	// false false
}

func ExampleEventDateTime_Time() {
	seoul := time.FixedZone("KST", 9*60*60)
	fmt.Println(EventDateTime{Date: "2020-07-08"}.Time(seoul))
	fmt.Println(EventDateTime{DateTime: "2025-01-30T10:00:00+09:00"}.Time(seoul))
	_, _, err := EventDateTime{}.Time(seoul)
	fmt.Println(err)
	// Output:
	// 2020-07-08 00:00:00 +0900 KST true <nil>
	// 2025-01-30 10:00:00 +0900 +0900 false <nil>
	// calendar: start or end of an event: parsing time "" as "2006-01-02T15:04:05Z07:00": cannot parse "" as "2006"
}

// traced prints how each request ends.
type traced struct{ http.RoundTripper }

func (t traced) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := t.RoundTripper.RoundTrip(r)
	if err == nil {
		fmt.Println(r.Method, r.URL.Path, resp.Status)
	}
	return resp, err
}

func ExampleTransport() {
	baseURL, stop := google(map[string]string{
		"/calendars/you@gmail.com": `{"kind":"calendar#calendar"}`,
	})
	defer stop()

	client := &Client{
		Token:   accessToken,
		HTTP:    &http.Client{Transport: traced{Transport()}},
		BaseURL: baseURL,
	}
	if _, err := client.Calendar(context.Background(), "you@gmail.com"); err != nil {
		fmt.Println(err)
	}
	// Output: GET /calendars/you@gmail.com 200 OK
}
