// SPDX-License-Identifier: 0BSD

package lab

import (
	"cmp"
	"context"
	"crypto/rsa"
	"encoding/json"
	"net/http"
	"net/url"
	"time"

	"example.com/fivestep/calendar"
	"example.com/fivestep/jwt"
	"example.com/fivestep/tokenexchange"
	"example.com/fivestep/walkthrough"
	"example.com/fivestep/walkthrough/fakegoogle"
)

// attempt is a run of the five steps against its own fake Google. Changes can
// intervene at any point. Without any, it sends the same bytes as
// [walkthrough.Run].
type attempt struct {
	google     *fakegoogle.Server
	account    *jwt.KeyFile // known to the fake Google
	clock      time.Time    // this machine's; Google's is fixed
	calendarID string

	changes
	outcome
}

// changes are the points at which an attempt can be changed, in the order of
// the steps. The zero value changes nothing.
type changes struct {
	file        func(string) string // edits the key file
	header      func(string) string // edits the header's JSON before it is signed
	claims      func(string) string // edits the claims' JSON before it is signed
	signer      *rsa.PrivateKey     // signs instead of the key file's key
	assertion   func(string) string // edits the signed assertion
	form        func(string) string // edits the body of the POST
	afterToken  func()              // is called after step 4
	accessToken func(string) string // edits the token before it is sent to the calendar

	query     func(*calendar.Query) // edits the query; package calendar then refuses it
	address   func(*url.URL)        // edits the calendar request on its way
	before    prelude               // asks the calendar for something before step 5
	pageToken string                // of the page to read, or "" for all pages
}

// prelude asks the calendar for something before step 5, and adapts its query.
type prelude func(context.Context, *calendar.Client, *calendar.Query) error

// outcome is the result of an attempt.
type outcome struct {
	wire     *walkthrough.Wire
	parts    []walkthrough.Part
	refused  error // the error of a package that refused to make this
	err      error // of the step that failed
	failed   int   // number of that step, or 0
	attempts int   // how often the last request was sent
	events   []*calendar.Event
}

// newAttempt returns an attempt that succeeds, with the account and the
// calendar of [walkthrough.Run].
func newAttempt() (*attempt, error) {
	google := fakegoogle.New()
	key, err := walkthrough.SetUp(google)
	if err != nil {
		return nil, err
	}
	return &attempt{
		google:     google,
		account:    key,
		clock:      walkthrough.StartTime(),
		calendarID: walkthrough.CalendarID,
	}, nil
}

func (a *attempt) now() time.Time { return a.clock }

// run does the steps until one fails, and sets failed and err.
func (a *attempt) run(ctx context.Context) {
	a.wire = walkthrough.NewWire(a.google)
	defer a.wire.Close()

	file := edited(string(walkthrough.KeyFile()), a.file)
	a.parts = append(a.parts, walkthrough.KeyFilePart([]byte(file)))
	key, err := jwt.ParseKeyFile([]byte(file))
	if err != nil {
		a.failed, a.err = 1, err
		return
	}
	assertion, err := a.sign(key)
	if err != nil {
		a.failed, a.err = 2, err
		return
	}
	token, err := a.exchange(ctx, key.TokenURI, assertion)
	if err != nil {
		a.failed, a.err = 4, err
		return
	}
	if a.afterToken != nil {
		a.afterToken()
	}
	if err := a.listEvents(ctx, edited(token, a.accessToken)); err != nil {
		a.failed, a.err = 5, err
	}
}

// edited applies a change, if there is one.
func edited(text string, change func(string) string) string {
	if change == nil {
		return text
	}
	return change(text)
}

// sign makes the assertion with package jwt, or by hand if something in it is
// changed.
func (a *attempt) sign(key *jwt.KeyFile) (string, error) {
	h := jwt.Header{Algorithm: "RS256", Type: "JWT", KeyID: key.PrivateKeyID}
	assertion, err := jwt.Sign(h, jwt.NewClaims(key, a.clock), key.PrivateKey)
	if err != nil {
		return "", err
	}
	headerJSON, claimsJSON, err := jwt.Decode(assertion)
	if err != nil {
		return "", err
	}
	header, claims := edited(string(headerJSON), a.header), edited(string(claimsJSON), a.claims)
	if a.header != nil || a.claims != nil || a.signer != nil {
		a.refused = refusal(header, claims)
		assertion, err = signByHand(header, claims, cmp.Or(a.signer, key.PrivateKey))
		if err != nil {
			return "", err
		}
	}
	if a.assertion != nil {
		assertion = a.assertion(assertion)
		// If it's no longer a JWT, show the header and claims that were signed.
		if h, c, err := jwt.Decode(assertion); err == nil {
			header, claims = string(h), string(c)
		}
	}
	a.parts = append(a.parts,
		jsonPart("header", "the header", header),
		jsonPart("claims", "the claims", claims))
	return assertion, nil
}

// jsonPart returns a part that should be JSON but may be anything.
func jsonPart(name, title, text string) walkthrough.Part {
	kind := walkthrough.JSON
	if !json.Valid([]byte(text)) {
		kind = walkthrough.NotJSON
	}
	return walkthrough.Part{Name: name, Title: title, Kind: kind, Bytes: []byte(text)}
}

// exchange does steps 3 and 4, and returns the access token.
func (a *attempt) exchange(ctx context.Context, tokenURL, assertion string) (string, error) {
	client := &tokenexchange.Client{HTTP: a.http(a.editForm), Now: a.now, Sleep: noSleep}
	token, err := client.Exchange(ctx, tokenURL, assertion)
	accessToken := ""
	if err == nil {
		accessToken = token.AccessToken
	}
	a.attempts = a.wire.Exchanges()
	a.record("token", accessToken)
	return accessToken, err
}

// listEvents does step 5.
func (a *attempt) listEvents(ctx context.Context, accessToken string) error {
	client := &calendar.Client{
		Token: func(context.Context) (string, error) { return accessToken, nil },
		HTTP:  a.http(nil),
		Now:   a.now,
		Sleep: noSleep,
	}
	q := walkthrough.Query(a.clock)
	if a.query != nil {
		bad := q
		a.query(&bad)
		_, a.refused = client.EventsPage(ctx, a.calendarID, bad, "")
	}
	if a.before != nil {
		if err := a.before(ctx, client, &q); err != nil {
			return err
		}
	}
	earlier := a.wire.Exchanges()
	client.HTTP = a.http(a.editAddress)
	err := a.readEvents(ctx, client, q)
	a.attempts = a.wire.Exchanges() - earlier
	if a.attempts > 0 {
		a.record("events", accessToken)
	}
	return err
}

func (a *attempt) readEvents(ctx context.Context, client *calendar.Client, q calendar.Query) error {
	if a.pageToken != "" {
		_, err := client.EventsPage(ctx, a.calendarID, q, a.pageToken)
		return err
	}
	for event, err := range client.Events(ctx, a.calendarID, q) {
		if err != nil {
			return err
		}
		a.events = append(a.events, event)
	}
	return nil
}

func noSleep(ctx context.Context, _ time.Duration) error { return ctx.Err() }

// http returns a client for the fake Google. It lets edit change each request
// on its way.
func (a *attempt) http(edit func(*http.Request)) *http.Client {
	return &http.Client{Transport: editor{a.wire.Transport(), edit}}
}

// record keeps the last request and its answer.
func (a *attempt) record(name, accessToken string) {
	if a.wire.Exchanges() > 0 {
		sent, received := a.wire.Last(name, accessToken)
		a.parts = append(a.parts, sent, received)
	}
}
