// SPDX-License-Identifier: 0BSD

package walkthrough

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"example.com/fivestep/calendar"
	"example.com/fivestep/jwt"
	"example.com/fivestep/tokenexchange"
)

// recorder is a run in progress.
type recorder struct {
	Trace
	wire *wire
	http *http.Client
}

func (r *recorder) now() time.Time { return r.Now }

func (r *recorder) readKeyFile(data []byte) (*jwt.KeyFile, error) {
	key, err := jwt.ParseKeyFile(data)
	if err != nil {
		return nil, err
	}
	r.KeyBits = key.PrivateKey.N.BitLen()
	file := Part{Name: "key-file", Title: "key.json", Kind: JSON, Bytes: data}
	if _, rest, ok := strings.Cut(string(data), `-----BEGIN PRIVATE KEY-----\n`); ok {
		secret, _, _ := strings.Cut(rest, `\n-----END`)
		file.hide(secret, 8) // the same in every RSA key of this size: lengths and a version
	}
	r.Steps = append(r.Steps, Step{1, "The key file", "jwt.ParseKeyFile", "jwt/keyfile.go", []Part{file}})
	return key, nil
}

func (r *recorder) sign(key *jwt.KeyFile) (assertion string, err error) {
	header := jwt.Header{Algorithm: "RS256", Type: "JWT", KeyID: key.PrivateKeyID}
	r.Claims = jwt.NewClaims(key, r.Now)
	assertion, err = jwt.Sign(header, r.Claims, key.PrivateKey)
	if err != nil {
		return "", err
	}
	headerJSON, claimsJSON, err := jwt.Decode(assertion)
	if err != nil {
		return "", err
	}
	pieces := strings.Split(assertion, ".")
	input := pieces[0] + "." + pieces[1]
	digest := sha256.Sum256([]byte(input))
	signature, err := base64.RawURLEncoding.DecodeString(pieces[2])
	if err != nil {
		return "", err
	}
	block, fields, err := openSignature(&key.PrivateKey.PublicKey, signature)
	if err != nil {
		return "", err
	}
	whole := func(name string, b []byte) []Field { return []Field{{name, 0, len(b)}} }
	parts := []Part{
		{"header", "the header", JSON, headerJSON, whole(Header, headerJSON)},
		{"claims", "the claims", JSON, claimsJSON, whole(Claims, claimsJSON)},
		{"signing-input", "the signing input: header, dot, claims", Base64URL, []byte(input), nil},
		{"digest", "its SHA-256 digest", Binary, digest[:], nil},
		{"signature", "the signature", Base64URL, []byte(pieces[2]), whole(Signature, []byte(pieces[2]))},
		{"block", "the signature opened with the public key", Binary, block, fields},
	}
	parts[2].markPieces(assertion)
	r.Steps = append(r.Steps, Step{2, "The JWT", "jwt.Sign", "jwt/jwt.go", parts})
	return assertion, nil
}

// markPieces finds the parts of an assertion, as far as they stand there.
func (p *Part) markPieces(assertion string) {
	for i, piece := range strings.Split(assertion, ".") {
		p.mark([]string{Header, Claims, Signature}[i], []byte(piece))
	}
}

func (r *recorder) exchange(ctx context.Context, tokenURL, assertion string) (*tokenexchange.Token, error) {
	client := &tokenexchange.Client{HTTP: r.http, Now: r.now}
	token, err := client.Exchange(ctx, tokenURL, assertion)
	if err != nil {
		return nil, err
	}
	sent, received := r.lastExchange("token")
	sent.markPieces(assertion)
	received.hide(token.AccessToken, 11)
	r.TokenSize, r.Expiry = len(token.AccessToken), token.Expiry
	r.Steps = append(r.Steps,
		Step{3, "The form POST", "tokenexchange.NewRequest", "tokenexchange/exchange.go", []Part{sent}},
		Step{4, "The access token", "tokenexchange.ParseResponse", "tokenexchange/exchange.go", []Part{received}})
	return token, nil
}

func (r *recorder) listEvents(ctx context.Context, accessToken string) error {
	seoul := time.FixedZone("Asia/Seoul", 9*60*60) // without daylight saving time since 1988
	year, month, day := r.Now.In(seoul).Date()
	r.Query = calendar.Query{
		TimeMin:      time.Date(year, month, day, 0, 0, 0, 0, seoul),
		SingleEvents: true, OrderBy: "startTime",
		Limit: 25, // more than there are: one page, whole
	}
	client := &calendar.Client{
		Token: func(context.Context) (string, error) { return accessToken, nil },
		HTTP:  r.http, Now: r.now,
	}
	for event, err := range client.Events(ctx, r.CalendarID, r.Query) {
		if err != nil {
			return err
		}
		r.Events = append(r.Events, event)
	}
	sent, received := r.lastExchange("events")
	sent.hide(accessToken, 11)
	received.markItems()
	r.Steps = append(r.Steps, Step{5, "The calendar", "calendar.Client.Events", "calendar/events.go", []Part{sent, received}})
	return nil
}

// lastExchange makes parts of the last request and its answer.
func (r *recorder) lastExchange(name string) (sent, received Part) {
	all := r.wire.recorded()
	last := all[len(all)-1]
	host, _, _ := strings.Cut(last.address, ":")
	return Part{name + "-request", "to " + host, HTTP, last.sent, nil},
		Part{name + "-response", "from " + host, HTTP, last.received, nil}
}

// markItems makes a field of each item of a list that the calendar sent.
func (p *Part) markItems() {
	start := bytes.Index(p.Bytes, []byte("\r\n\r\n")) + len("\r\n\r\n")
	dec := json.NewDecoder(bytes.NewReader(p.Bytes[start:]))
	for token, err := dec.Token(); token != "items"; token, err = dec.Token() {
		if err != nil {
			return
		}
	}
	dec.Token() // [
	for dec.More() {
		var item json.RawMessage
		if dec.Decode(&item) != nil {
			return
		}
		end := start + int(dec.InputOffset())
		p.Fields = append(p.Fields, Field{EventItem, end - len(item), end})
	}
}
