// SPDX-License-Identifier: 0BSD

package walkthrough

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"strings"
	"time"

	"example.com/fivestep/calendar"
	"example.com/fivestep/jwt"
	"example.com/fivestep/tokenexchange"
)

// KeyRun is what became of the five steps with a key file of one's own. Private key, signature and access token are not in
// it: where they stood, a mask says how much was withheld.
type KeyRun struct {
	Now      time.Time // when it began
	Email    string    // of the account; "" if the key file cannot be read
	Calendar string
	Steps    []Step // those that were reached
	Failed   int    // number of the step that failed; 0: none
	Says     []string
	Events   []*calendar.Event // from today on, 25 at most
}

// RunKey does the five steps over the real network, with a key file as downloaded
// from the console, and the id of a calendar that was shared with its account. It
// sends the assertion to the token_uri of the key file and the access token to the
// Calendar API, at api or, if that is "", at Google's own address, and nothing
// anywhere else. It uses no proxy, as the bytes could not be shown then.
func RunKey(ctx context.Context, file []byte, calendarID, api string) *KeyRun {
	return keySetting{newRealWire(nil), time.Now, nil}.run(ctx, file, calendarID, api)
}

// keySetting is where it happens.
type keySetting struct {
	wire  *wire
	now   func() time.Time
	sleep func(context.Context, time.Duration) error // nil: a timer
}

func (k keySetting) run(ctx context.Context, file []byte, calendarID, api string) *KeyRun {
	w := k.wire
	defer w.transport.CloseIdleConnections()
	r := &KeyRun{Now: k.now(), Calendar: calendarID}
	fail := func(step int, err error) *KeyRun {
		r.Failed, r.Says = step, says(step, err, calendarID, r.Email)
		return r
	}
	add := func(number int, code, source string, parts ...Part) {
		r.Steps = append(r.Steps, Step{Number: number, Title: stepTitles[number-1], Code: code, File: source, Parts: parts})
	}
	add(1, "jwt.ParseKeyFile", "jwt/keyfile.go", keyFilePart(file))
	key, err := jwt.ParseKeyFile(file)
	if err != nil {
		return fail(1, err)
	}
	r.Email = key.ClientEmail

	header := jwt.Header{Algorithm: "RS256", Type: "JWT", KeyID: key.PrivateKeyID}
	assertion, err := jwt.Sign(header, jwt.NewClaims(key, r.Now), key.PrivateKey)
	if err != nil {
		return fail(2, err)
	}
	headerJSON, claimsJSON, err := jwt.Decode(assertion)
	if err != nil {
		return fail(2, err)
	}
	signature := assertion[strings.LastIndexByte(assertion, '.')+1:]
	whole := Part{Name: "assertion", Title: "the JWT, signed", Kind: Base64URL, Bytes: []byte(assertion)}
	withhold(&whole, signature)
	add(2, "jwt.Sign", "jwt/jwt.go",
		Part{Name: "header", Title: "the header", Kind: JSON, Bytes: headerJSON},
		Part{Name: "claims", Title: "the claims", Kind: JSON, Bytes: claimsJSON}, whole)

	client := &http.Client{Transport: w.transport}
	token, err := (&tokenexchange.Client{HTTP: client, Now: k.now, Sleep: k.sleep}).Exchange(ctx, key.TokenURI, assertion)
	accessToken := ""
	if err == nil {
		accessToken = token.AccessToken
	}
	sent, received := w.last("token", signature, accessToken)
	add(3, "tokenexchange.NewRequest", "tokenexchange/exchange.go", sent)
	if len(received.Bytes) == 0 {
		return fail(3, err)
	}
	add(4, "tokenexchange.ParseResponse", "tokenexchange/exchange.go", withoutTokens(received))
	if err != nil {
		return fail(4, err)
	}

	c := &calendar.Client{Token: func(context.Context) (string, error) { return accessToken, nil }, HTTP: client, BaseURL: api, Now: k.now, Sleep: k.sleep}
	year, month, day := r.Now.Date()
	q := calendar.Query{TimeMin: time.Date(year, month, day, 0, 0, 0, 0, r.Now.Location()), SingleEvents: true, OrderBy: "startTime", Limit: 25}
	before := len(w.recorded())
	for event, e := range c.Events(ctx, calendarID, q) {
		if err = e; err != nil {
			break
		}
		r.Events = append(r.Events, event)
	}
	var parts []Part
	if len(w.recorded()) > before {
		sent, received = w.last("events", signature, accessToken)
		if err != nil {
			received = withoutLongWords(received)
		}
		parts = []Part{sent, received}
	}
	add(5, "calendar.Client.Events", "calendar/events.go", parts...)
	if err != nil {
		return fail(5, err)
	}
	return r
}

// newRealWire records what goes over connections to the real network, inside TLS
// where there is TLS. config nil is the system's.
func newRealWire(config *tls.Config) *wire {
	if config == nil {
		config = &tls.Config{}
	}
	config.NextProtos = []string{"http/1.1"} // HTTP/2 cannot be read by people
	w := new(wire)
	recorded := func(dial func(context.Context, string, string) (net.Conn, error)) func(context.Context, string, string) (net.Conn, error) {
		return func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := dial(ctx, network, address)
			if err != nil {
				return nil, err
			}
			return &tap{Conn: conn, wire: w, address: address}, nil
		}
	}
	w.transport = &http.Transport{
		DialContext:        recorded(new(net.Dialer).DialContext),
		DialTLSContext:     recorded((&tls.Dialer{Config: config}).DialContext),
		DisableCompression: true,
	}
	return w
}
