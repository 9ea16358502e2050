// SPDX-License-Identifier: 0BSD

package main

import (
	"context"
	"errors"
	"strings"
	"testing"

	"example.com/fivestep/calendar"
)

// driveCalendar reads with both tokens from a fake that accepts neither, and with one
// that it does accept, well and through each failure.
func driveCalendar(t *testing.T, c *canaries, see func(...any)) {
	w := newWorld(t)
	out, _, _ := w.run("", "token", "-key", "KEY", "-scope", "https://www.googleapis.com/auth/calendar.readonly")
	good := strings.TrimSpace(out)
	c.addToken("a fake token", good)
	current := good
	client := &calendar.Client{Token: func(context.Context) (string, error) { return current, nil }, BaseURL: w.url + "/calendar/v3", Now: w.tool.now, Sleep: noSleep, MaxAttempts: 2}
	if err := readAll(context.Background(), client, see); err != nil {
		t.Fatal(err)
	}
	see(client)
	eachFault(t, w, "", func(string) { readAll(context.Background(), client, see) })
	for _, current = range []string{longToken, shortToken, "", longToken + "\n", shortToken + `"`} {
		if err := readAll(context.Background(), client, see); err == nil {
			t.Errorf("the token %.10q is good", current)
		}
	}
	_, _, err := calendar.EventDateTime{DateTime: "soon"}.Time(nil)
	see(err)
	stopped, cancel := context.WithCancel(context.Background())
	cancel()
	readAll(stopped, client, see)
	for _, base := range []string{"http://elsewhere.example", "https://me:" + shortToken + "@x/", w.url + "/?access_token=" + longToken, "%zz"} {
		current, client.BaseURL = shortToken, base
		readAll(context.Background(), client, see)
	}
}

// readAll reads in each way there is, and returns an error if any of them fails.
func readAll(ctx context.Context, client *calendar.Client, see func(...any)) error {
	var errs []error
	note := func(v any, err error) {
		see(err)
		if err == nil {
			see(v)
		}
		var e *calendar.Error
		if errors.As(err, &e) {
			see(*e)
		}
		errs = append(errs, err)
	}
	for event, err := range client.Events(ctx, you, calendar.Query{}) {
		note(event, err)
	}
	for entry, err := range client.CalendarList(ctx) {
		note(entry, err)
	}
	page, err := client.EventsPage(ctx, you, calendar.Query{}, "")
	note(page, err)
	event, err := client.Event(ctx, you, "day")
	note(event, err)
	own, err := client.Calendar(ctx, you)
	note(own, err)
	return errors.Join(errs...)
}
