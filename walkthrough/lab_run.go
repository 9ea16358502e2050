// SPDX-License-Identifier: 0BSD

package walkthrough

import (
	"cmp"
	"context"
	"crypto/rsa"
	"encoding/json"
	"net/url"
	"time"

	"example.com/fivestep/calendar"
	"example.com/fivestep/jwt"
	"example.com/fivestep/tokenexchange"
	"example.com/fivestep/walkthrough/fakegoogle"
)

// attempt is a run of the five steps against a fake Google of its own, with a
// place for each change. Without one it sends the bytes of [Run].
type attempt struct {
	google  *fakegoogle.Server
	account *jwt.KeyFile // that Google knows
	clock   time.Time    // this machine's; Google's is that of every run

	file           func(string) string // edits the key file
	header, claims func(string) string // edit JSON, which is signed as it is then
	signer         *rsa.PrivateKey     // signs instead of the key file's key
	assertion      func(string) string // edits what was signed
	form           func(string) string // edits the body of the POST
	between        func()              // happens after step 4
	accessToken    func(string) string // edits what is sent to the calendar
	calendarID     string
	asks           func(*calendar.Query)                                          // makes what package calendar refuses to send
	address        func(*url.URL)                                                 // edits the request on its way instead
	prepare        func(context.Context, *calendar.Client, *calendar.Query) error // asks for something before
	pageToken      string                                                         // of the page to read; "" is all pages

	wire     *wire
	key      *jwt.KeyFile
	parts    []Part
	refused  error
	err      error
	failed   int // step
	attempts int
	events   []*calendar.Event
}

// lessonAttempt is one that succeeds. Account and calendar are those of [Run].
func lessonAttempt() (*attempt, error) {
	google := fakegoogle.New()
	key, err := prepare(google)
	if err != nil {
		return nil, err
	}
	return &attempt{google: google, account: key, clock: startOfRun(), calendarID: calendarID}, nil
}

func (a *attempt) now() time.Time { return a.clock }

// run does the steps until one fails, and says so in a.failed and a.err.
func (a *attempt) run(ctx context.Context) {
	a.wire = newWire(a.google)
	defer a.wire.close()
	file := string(testKeyFile())
	if a.file != nil {
		file = a.file(file)
	}
	a.parts = append(a.parts, keyFilePart([]byte(file)))
	if a.key, a.err = jwt.ParseKeyFile([]byte(file)); a.err != nil {
		a.failed = 1
		return
	}
	assertion, err := a.sign()
	if a.err = err; err != nil {
		a.failed = 2
		return
	}
	client := &tokenexchange.Client{HTTP: a.http(a.editForm), Now: a.now, Sleep: noSleep}
	token, err := client.Exchange(ctx, a.key.TokenURI, assertion)
	accessToken := ""
	if err == nil {
		accessToken = token.AccessToken
	}
	a.attempts = len(a.wire.recorded())
	a.record("token", accessToken)
	if a.err = err; err != nil {
		a.failed = 4
		return
	}
	if a.between != nil {
		a.between()
	}
	if a.accessToken != nil {
		accessToken = a.accessToken(accessToken)
	}
	if a.err = a.list(ctx, accessToken); a.err != nil {
		a.failed = 5
	}
}

// sign makes the assertion with package jwt, and by hand what that would not make.
func (a *attempt) sign() (string, error) {
	assertion, err := jwt.Sign(jwt.Header{Algorithm: "RS256", Type: "JWT", KeyID: a.key.PrivateKeyID}, jwt.NewClaims(a.key, a.clock), a.key.PrivateKey)
	if err != nil {
		return "", err
	}
	headerJSON, claimsJSON, err := jwt.Decode(assertion)
	if err != nil {
		return "", err
	}
	header, claims := string(headerJSON), string(claimsJSON)
	if a.header != nil {
		header = a.header(header)
	}
	if a.claims != nil {
		claims = a.claims(claims)
	}
	if a.header != nil || a.claims != nil || a.signer != nil {
		a.refused = refusal(header, claims)
		if assertion, err = signAnything(header, claims, cmp.Or(a.signer, a.key.PrivateKey)); err != nil {
			return "", err
		}
	}
	if a.assertion != nil {
		assertion = a.assertion(assertion)
		if h, c, err := jwt.Decode(assertion); err == nil { // else it is no JWT any more, and the claims are those that were signed
			header, claims = string(h), string(c)
		}
	}
	a.parts = append(a.parts,
		Part{Name: "header", Title: "the header", Kind: kindOf(header), Bytes: []byte(header)},
		Part{Name: "claims", Title: "the claims", Kind: kindOf(claims), Bytes: []byte(claims)})
	return assertion, nil
}

// kindOf is JSON if text is.
func kindOf(text string) Kind {
	if json.Valid([]byte(text)) {
		return JSON
	}
	return NotJSON
}

// list is step 5.
func (a *attempt) list(ctx context.Context, accessToken string) error {
	token := func(context.Context) (string, error) { return accessToken, nil }
	client := &calendar.Client{Token: token, HTTP: a.http(nil), Now: a.now, Sleep: noSleep}
	q := lessonQuery(a.clock)
	if a.asks != nil {
		refused := q
		a.asks(&refused)
		_, a.refused = client.EventsPage(ctx, a.calendarID, refused, "")
	}
	if a.prepare != nil {
		if err := a.prepare(ctx, client, &q); err != nil {
			return err
		}
	}
	a.attempts = len(a.wire.recorded())
	client.HTTP = a.http(a.editAddress)
	var err error
	if a.pageToken != "" {
		_, err = client.EventsPage(ctx, a.calendarID, q, a.pageToken)
	} else {
		for event, e := range client.Events(ctx, a.calendarID, q) {
			if err = e; err != nil {
				break
			}
			a.events = append(a.events, event)
		}
	}
	if a.attempts = len(a.wire.recorded()) - a.attempts; a.attempts > 0 {
		a.record("events", accessToken)
	}
	return err
}

// lessonQuery is what [Run] asks of the calendar.
func lessonQuery(now time.Time) calendar.Query {
	seoul := time.FixedZone("Asia/Seoul", 9*60*60)
	year, month, day := now.In(seoul).Date()
	return calendar.Query{TimeMin: time.Date(year, month, day, 0, 0, 0, 0, seoul), SingleEvents: true, OrderBy: "startTime", Limit: 25}
}

func noSleep(ctx context.Context, _ time.Duration) error { return ctx.Err() }

// record keeps the last request and its answer.
func (a *attempt) record(name, accessToken string) {
	if len(a.wire.recorded()) > 0 {
		sent, received := a.wire.last(name, accessToken)
		a.parts = append(a.parts, sent, received)
	}
}
