// SPDX-License-Identifier: 0BSD

package main

import (
	"cmp"
	"context"
	"fmt"
	"net/http/httptest"
	"os"
	"time"

	"example.com/fivestep/calendar"
	"example.com/fivestep/jwt"
	"example.com/fivestep/tokenexchange"
	"example.com/fivestep/walkthrough/fakegoogle"
)

// The lines that README.md shows, run.
func Example_join() {
	ctx := context.Background()
	google := fakegoogle.New()
	google.AddCalendar(fakegoogle.Calendar{ID: "you@gmail.com"})
	server := httptest.NewServer(google)
	defer server.Close()
	account, err := google.CreateAccount(fakegoogle.Account{})
	check(err)
	google.Share("you@gmail.com", account.Email, "reader")
	check(google.AddEvent("you@gmail.com", `{"summary":"Lunch","start":{"date":"2020-07-08"},"end":{"date":"2020-07-09"}}`))
	keyFile := account.KeyFile(server.URL + "/token")
	api, from := server.URL+"/calendar/v3", time.Date(2020, 7, 1, 0, 0, 0, 0, time.UTC)

	key, err := jwt.ParseKeyFile(keyFile)
	check(err)
	var exchange tokenexchange.Client
	source := &tokenexchange.Source{Fetch: func(ctx context.Context) (*tokenexchange.Token, error) {
		header := jwt.Header{Algorithm: "RS256", Type: "JWT", KeyID: key.PrivateKeyID}
		assertion, err := jwt.Sign(header, jwt.NewClaims(key, time.Now()), key.PrivateKey)
		if err != nil {
			return nil, err
		}
		return exchange.Exchange(ctx, key.TokenURI, assertion)
	}}
	client := &calendar.Client{Token: source.AccessToken, Invalidate: source.Invalidate, BaseURL: api} // BaseURL "": Google's
	query := calendar.Query{TimeMin: from, SingleEvents: true, OrderBy: "startTime"}
	for event, err := range client.Events(ctx, "you@gmail.com", query) {
		check(err)
		fmt.Println(cmp.Or(event.Start.DateTime, event.Start.Date), event.Summary)
	}

	// Output: 2020-07-08 Lunch
}

func check(err error) {
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}
