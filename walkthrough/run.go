// SPDX-License-Identifier: 0BSD

package walkthrough

import (
	"bytes"
	"context"
	_ "embed" // testdata/key.json
	"fmt"
	"net/http"
	"time"

	"example.com/fivestep/calendar"
	"example.com/fivestep/jwt"
	"example.com/fivestep/walkthrough/fakegoogle"
)

// CalendarID is the calendar that the lesson reads. The fake Google has it.
const CalendarID = "you@gmail.com"

// StartTime is the time at which every run takes place.
func StartTime() time.Time { return time.Unix(1700000000, 0).UTC() }

// keyFile holds the RFC 9500 test key in the form of Google's key files. Its
// PEM label is TESTING KEY, so that no scanner takes it for a leaked key.
//
//go:embed testdata/key.json
var keyFile []byte

// KeyFile returns the lesson's key file as Google's console would write it.
func KeyFile() []byte {
	return bytes.ReplaceAll(keyFile, []byte("TESTING KEY"), []byte("PRIVATE KEY"))
}

// Query returns the lesson's query: the events from the last midnight in Seoul
// onwards.
func Query(now time.Time) calendar.Query {
	seoul := time.FixedZone("Asia/Seoul", 9*60*60)
	year, month, day := now.In(seoul).Date()
	return calendar.Query{
		TimeMin:      time.Date(year, month, day, 0, 0, 0, 0, seoul),
		SingleEvents: true,
		OrderBy:      "startTime",
		Limit:        25,
	}
}

// Run does the five steps once and returns their record. It takes milliseconds;
// ctx can end it earlier.
func Run(ctx context.Context) (*Trace, error) {
	return RunAgainst(ctx, fakegoogle.New())
}

// RunAgainst is [Run] against a fake Google that has no accounts yet. The fake
// keeps the lesson's account, its calendar and its fixed clock.
func RunAgainst(ctx context.Context, google *fakegoogle.Server) (*Trace, error) {
	if _, err := SetUp(google); err != nil {
		return nil, fmt.Errorf("walkthrough: %w", err)
	}
	wire := NewWire(google)
	defer wire.Close()
	r := &recorder{
		Trace: Trace{Now: StartTime(), CalendarID: CalendarID},
		wire:  wire,
		http:  &http.Client{Transport: wire.Transport()},
	}
	if err := r.fiveSteps(ctx, KeyFile()); err != nil {
		return nil, fmt.Errorf("walkthrough: %w", err)
	}
	if err := r.addCommands(); err != nil {
		return nil, fmt.Errorf("walkthrough: %w", err)
	}
	return &r.Trace, nil
}

// SetUp prepares a fake Google for the lesson: it stops the clock and does what
// a person does in the Cloud console and in the calendar's settings. It returns
// the account's key.
func SetUp(google *fakegoogle.Server) (*jwt.KeyFile, error) {
	google.SetClock(StartTime())
	key, err := jwt.ParseKeyFile(KeyFile())
	if err != nil {
		return nil, err
	}
	_, err = google.CreateAccount(fakegoogle.Account{
		ProjectID: key.ProjectID,
		Email:     key.ClientEmail,
		ClientID:  key.ClientID,
		KeyID:     key.PrivateKeyID,
		Key:       key.PrivateKey,
	})
	if err != nil {
		return nil, err
	}
	google.AddExample(CalendarID)
	google.Share(CalendarID, key.ClientEmail, "reader")
	return key, nil
}
