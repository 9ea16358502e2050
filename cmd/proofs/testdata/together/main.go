// SPDX-License-Identifier: 0BSD

package main

import (
	"cmp"
	"context"
	"fmt"
	"log"
	"os"
	"time"

	"example.com/fivestep/calendar"
	"example.com/fivestep/jwt"
	"example.com/fivestep/tokenexchange"
)

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: together CALENDAR")
	}
	data, err := os.ReadFile("key.json")
	check(err)
	key, err := jwt.ParseKeyFile(data) // step 1
	check(err)

	var exchange tokenexchange.Client
	source := &tokenexchange.Source{Fetch: func(ctx context.Context) (*tokenexchange.Token, error) {
		header := jwt.Header{Algorithm: "RS256", Type: "JWT", KeyID: key.PrivateKeyID}
		assertion, err := jwt.Sign(header, jwt.NewClaims(key, time.Now()), key.PrivateKey) // step 2
		if err != nil {
			return nil, err
		}
		return exchange.Exchange(ctx, key.TokenURI, assertion) // steps 3 and 4
	}}
	client := &calendar.Client{Token: source.AccessToken, Invalidate: source.Invalidate}
	query := calendar.Query{TimeMin: time.Now(), SingleEvents: true, OrderBy: "startTime"}
	for event, err := range client.Events(context.Background(), os.Args[1], query) { // step 5
		check(err)
		fmt.Println(cmp.Or(event.Start.DateTime, event.Start.Date), event.Summary)
	}
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
