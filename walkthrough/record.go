// SPDX-License-Identifier: 0BSD

package walkthrough

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
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

func (r *recorder) add(number int, code, file string, parts ...Part) {
	for i := range parts {
		parts[i].explain()
	}
	r.Steps = append(r.Steps, Step{number, stepTitles[number-1], code, file, parts, excerptOf(number)})
}

func (r *recorder) readKeyFile(data []byte) (*jwt.KeyFile, error) {
	key, err := jwt.ParseKeyFile(data)
	if err != nil {
		return nil, err
	}
	r.KeyBits = key.PrivateKey.N.BitLen()
	r.add(1, "jwt.ParseKeyFile", "jwt/keyfile.go", keyFilePart(data),
		Part{Name: "key-der", Title: "private_key decoded, as far as it is public", Kind: Binary, Bytes: publicHalf(data)})
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
	block, err := openSignature(&key.PrivateKey.PublicKey, signature)
	if err != nil {
		return "", err
	}
	r.AssertionSize = len(assertion)
	r.add(2, "jwt.Sign", "jwt/jwt.go",
		Part{Name: "header", Title: "the header", Kind: JSON, Bytes: headerJSON},
		Part{Name: "claims", Title: "the claims", Kind: JSON, Bytes: claimsJSON},
		Part{Name: "signing-input", Title: "the signing input: header, dot, claims", Kind: Base64URL, Bytes: []byte(input)},
		Part{Name: "digest", Title: "its SHA-256 digest", Kind: Binary, Bytes: digest[:]},
		Part{Name: "signature", Title: "the signature", Kind: Base64URL, Bytes: []byte(pieces[2])},
		Part{Name: "assertion", Title: "the JWT: signing input, dot, signature", Kind: Base64URL, Bytes: []byte(assertion)},
		Part{Name: "block", Title: "the signature opened with the public key", Kind: Binary, Bytes: block})
	return assertion, nil
}

func (r *recorder) exchange(ctx context.Context, tokenURL, assertion string) (*tokenexchange.Token, error) {
	client := &tokenexchange.Client{HTTP: r.http, Now: r.now}
	token, err := client.Exchange(ctx, tokenURL, assertion)
	if err != nil {
		return nil, err
	}
	sent, received := r.wire.last("token", token.AccessToken)
	r.TokenSize, r.Expiry = len(token.AccessToken), token.Expiry
	r.add(3, "tokenexchange.NewRequest", "tokenexchange/exchange.go", sent)
	r.add(4, "tokenexchange.ParseResponse", "tokenexchange/exchange.go", received)
	return token, nil
}

func (r *recorder) listEvents(ctx context.Context, accessToken string) error {
	r.Query = lessonQuery(r.Now)
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
	sent, received := r.wire.last("events", accessToken)
	r.add(5, "calendar.Client.Events", "calendar/events.go", sent, received)
	return nil
}
