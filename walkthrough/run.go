// SPDX-License-Identifier: 0BSD

package walkthrough

import (
	"bytes"
	"context"
	_ "embed" // testdata/key.json
	"fmt"
	"net/http"
	"time"

	"example.com/fivestep/jwt"
	"example.com/fivestep/walkthrough/fakegoogle"
)

// keyFile is the RFC 9500 test key in the form of the console's key files. Its PEM
// label is TESTING KEY, lest a scanner takes it for a leak; see testKeyFile.
//
//go:embed testdata/key.json
var keyFile []byte

func testKeyFile() []byte {
	return bytes.ReplaceAll(keyFile, []byte("TESTING KEY"), []byte("PRIVATE KEY"))
}

const calendarID = "you@gmail.com"

// startOfRun is when every run takes place.
func startOfRun() time.Time { return time.Unix(1700000000, 0).UTC() }

// Run does the five steps once and returns what was recorded. It takes
// milliseconds; ctx ends it earlier.
func Run(ctx context.Context) (*Trace, error) {
	return run(ctx, fakegoogle.New())
}

// run does the five steps against a fake Google that knows nobody yet.
func run(ctx context.Context, google *fakegoogle.Server) (*Trace, error) {
	if _, err := prepare(google); err != nil {
		return nil, fmt.Errorf("walkthrough: %w", err)
	}
	w := newWire(google)
	defer w.close()
	r := &recorder{wire: w, http: &http.Client{Transport: w.transport}, Trace: Trace{Now: startOfRun(), CalendarID: calendarID}}
	if err := r.steps(ctx, testKeyFile()); err != nil {
		return nil, fmt.Errorf("walkthrough: %w", err)
	}
	if err := r.reproduce(); err != nil {
		return nil, fmt.Errorf("walkthrough: %w", err)
	}
	return &r.Trace, nil
}

// prepare stops the clock of a fake Google and does there what a person does in
// the Cloud console and in the calendar's settings. It returns the account's key.
func prepare(google *fakegoogle.Server) (*jwt.KeyFile, error) {
	google.SetClock(startOfRun())
	key, err := jwt.ParseKeyFile(testKeyFile())
	if err != nil {
		return nil, err
	}
	if _, err := google.CreateAccount(fakegoogle.Account{
		ProjectID: key.ProjectID, Email: key.ClientEmail, ClientID: key.ClientID, KeyID: key.PrivateKeyID, Key: key.PrivateKey,
	}); err != nil {
		return nil, err
	}
	google.AddExample(calendarID)
	google.Share(calendarID, key.ClientEmail, "reader")
	return key, nil
}

// steps does all five. What was recorded until an error stays.
func (r *recorder) steps(ctx context.Context, keyFile []byte) error {
	key, err := r.readKeyFile(keyFile)
	if err != nil {
		return fmt.Errorf("step 1: %w", err)
	}
	assertion, err := r.sign(key)
	if err != nil {
		return fmt.Errorf("step 2: %w", err)
	}
	token, err := r.exchange(ctx, key.TokenURI, assertion)
	if err != nil {
		return fmt.Errorf("steps 3 and 4: %w", err)
	}
	if err := r.listEvents(ctx, token.AccessToken); err != nil {
		return fmt.Errorf("step 5: %w", err)
	}
	return nil
}
