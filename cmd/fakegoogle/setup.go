// SPDX-License-Identifier: 0BSD

package main

import (
	"fmt"
	"strings"
	"time"

	"example.com/fivestep/walkthrough/fakegoogle"
)

// newGoogle returns a fake Google with a calendar and an account that can read
// it.
func newGoogle(o options) (*fakegoogle.Server, *fakegoogle.Account, error) {
	google := fakegoogle.New()
	google.AddExample(o.calendar)
	if err := addHourlyEvents(google, o.calendar, o.events); err != nil {
		return nil, nil, err
	}
	account, err := google.CreateAccount(fakegoogle.Account{})
	if err != nil {
		return nil, nil, err
	}
	google.Share(o.calendar, account.Email, "reader")
	for _, f := range o.faults {
		google.AddFault(f)
	}
	return google, account, nil
}

// addHourlyEvents adds n events, one every hour since the last full hour.
func addHourlyEvents(google *fakegoogle.Server, calendar string, n int) error {
	first := google.Now().UTC().Truncate(time.Hour)
	filler := strings.Repeat("What is to be said about this hour. ", 12)
	for i := range n {
		start := first.Add(time.Duration(i) * time.Hour)
		end := start.Add(time.Hour)
		err := google.AddEvent(calendar, fmt.Sprintf(`{
			"id": "load%06d",
			"summary": "Hour %d",
			"description": %q,
			"location": "Room %d",
			"start": {"dateTime": %q, "timeZone": "UTC"},
			"end": {"dateTime": %q, "timeZone": "UTC"}
		}`, i, i+1, filler, i%40+1, start.Format(time.RFC3339), end.Format(time.RFC3339)))
		if err != nil {
			return err
		}
	}
	return nil
}
