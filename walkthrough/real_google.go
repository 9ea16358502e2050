// SPDX-License-Identifier: 0BSD

package walkthrough

import (
	"context"
	"net/http"
	"strings"
	"time"

	"example.com/fivestep/calendar"
	"example.com/fivestep/jwt"
	"example.com/fivestep/tokenexchange"
)

// KeyRun is the record of the five steps with your own key file. The private
// key, the signature and the access token aren't in it: masks replace them.
type KeyRun struct {
	Now      time.Time // when it began
	Email    string    // of the account; "" if the key file can't be read
	Calendar string
	Steps    []Step            // the ones that were reached
	Failed   int               // number of the step that failed, or 0
	Says     []string          // what cmd/fivestep prints about the failure
	Events   []*calendar.Event // from today on, at most 25
}

// RunKey does the five steps over the real network, with a key file as Google's
// console wrote it, and the ID of a calendar that is shared with its account.
//
// It sends the assertion to the key file's token_uri and the access token to
// the Calendar API, and nothing to anyone else. The API is at the given URL, or
// at Google's own if api is "". RunKey uses no proxy: through one, it couldn't
// show the bytes.
func RunKey(ctx context.Context, file []byte, calendarID, api string) *KeyRun {
	transport, recording := realNetwork(nil)
	k := keyRunner{
		transport: transport,
		recording: recording,
		now:       time.Now,
		run:       &KeyRun{Now: time.Now(), Calendar: calendarID},
	}
	k.fiveSteps(ctx, file, api)
	return k.run
}

// keyRunner is a run with your own key in progress.
type keyRunner struct {
	transport *http.Transport
	recording *recording
	now       func() time.Time
	sleep     func(context.Context, time.Duration) error // nil means a timer
	run       *KeyRun

	signature, accessToken string // secrets, once they are known
}

// fiveSteps does the steps until one fails.
func (k *keyRunner) fiveSteps(ctx context.Context, file []byte, api string) {
	defer k.transport.CloseIdleConnections()
	k.add(1, KeyFilePart(file))
	key, err := jwt.ParseKeyFile(file)
	if err != nil {
		k.fail(1, err)
		return
	}
	k.run.Email = key.ClientEmail

	assertion, err := k.sign(key)
	if err != nil {
		k.fail(2, err)
		return
	}
	if !k.exchange(ctx, key.TokenURI, assertion) {
		return
	}
	k.listEvents(ctx, api)
}

func (k *keyRunner) add(number int, parts ...Part) {
	k.run.Steps = append(k.run.Steps, newStep(number, parts...))
}

func (k *keyRunner) fail(number int, err error) {
	k.run.Failed = number
	k.run.Says = ToolMessage(number, err, k.run.Calendar, k.run.Email)
}

func (k *keyRunner) sign(key *jwt.KeyFile) (assertion string, err error) {
	header := jwt.Header{Algorithm: "RS256", Type: "JWT", KeyID: key.PrivateKeyID}
	assertion, err = jwt.Sign(header, jwt.NewClaims(key, k.run.Now), key.PrivateKey)
	if err != nil {
		return "", err
	}
	headerJSON, claimsJSON, err := jwt.Decode(assertion)
	if err != nil {
		return "", err
	}
	k.signature = assertion[strings.LastIndexByte(assertion, '.')+1:]
	signed := Part{
		Name:  "assertion",
		Title: "the JWT, signed",
		Kind:  Base64URL,
		Bytes: []byte(assertion),
	}
	signed.withhold(k.signature)
	k.add(2,
		Part{Name: "header", Title: "the header", Kind: JSON, Bytes: headerJSON},
		Part{Name: "claims", Title: "the claims", Kind: JSON, Bytes: claimsJSON},
		signed)
	return assertion, nil
}

// exchange does steps 3 and 4, and reports whether both succeeded.
func (k *keyRunner) exchange(ctx context.Context, tokenURL, assertion string) bool {
	client := &tokenexchange.Client{HTTP: k.http(), Now: k.now, Sleep: k.sleep}
	token, err := client.Exchange(ctx, tokenURL, assertion)
	if err == nil {
		k.accessToken = token.AccessToken
	}
	sent, received := k.recording.last("token", k.signature, k.accessToken)
	k.add(3, sent)
	if len(received.Bytes) == 0 {
		k.fail(3, err)
		return false
	}
	k.add(4, withoutTokens(received))
	if err != nil {
		k.fail(4, err)
		return false
	}
	return true
}

func (k *keyRunner) listEvents(ctx context.Context, api string) {
	client := &calendar.Client{
		Token:   func(context.Context) (string, error) { return k.accessToken, nil },
		HTTP:    k.http(),
		BaseURL: api,
		Now:     k.now,
		Sleep:   k.sleep,
	}
	before := len(k.recording.exchanges())
	var err error
	for event, e := range client.Events(ctx, k.run.Calendar, fromToday(k.run.Now)) {
		if err = e; err != nil {
			break
		}
		k.run.Events = append(k.run.Events, event)
	}
	if len(k.recording.exchanges()) > before {
		sent, received := k.recording.last("events", k.signature, k.accessToken)
		if err != nil {
			received = withoutLongWords(received)
		}
		k.add(5, sent, received)
	} else {
		k.add(5) // nothing was sent
	}
	if err != nil {
		k.fail(5, err)
	}
}

func (k *keyRunner) http() *http.Client { return &http.Client{Transport: k.transport} }

// fromToday asks for the events from midnight today onwards, in local time.
func fromToday(now time.Time) calendar.Query {
	year, month, day := now.Date()
	return calendar.Query{
		TimeMin:      time.Date(year, month, day, 0, 0, 0, 0, now.Location()),
		SingleEvents: true,
		OrderBy:      "startTime",
		Limit:        25,
	}
}
