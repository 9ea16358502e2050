// SPDX-License-Identifier: 0BSD

package walkthrough

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
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
	wire *Wire
	http *http.Client
}

func (r *recorder) now() time.Time { return r.Now }

// add records a step.
func (r *recorder) add(number int, parts ...Part) {
	for i := range parts {
		parts[i].Explain()
	}
	r.Steps = append(r.Steps, newStep(number, parts...))
}

// fiveSteps does the steps until one fails. Those before it are recorded.
func (r *recorder) fiveSteps(ctx context.Context, keyFile []byte) error {
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

func (r *recorder) readKeyFile(data []byte) (*jwt.KeyFile, error) {
	key, err := jwt.ParseKeyFile(data)
	if err != nil {
		return nil, err
	}
	r.KeyBits = key.PrivateKey.N.BitLen()
	der := Part{
		Name:  "key-der",
		Title: "private_key decoded, as far as it is public",
		Kind:  Binary,
		Bytes: publicHalf(data),
	}
	r.add(1, KeyFilePart(data), der)
	return key, nil
}

func (r *recorder) sign(key *jwt.KeyFile) (assertion string, err error) {
	header := jwt.Header{Algorithm: "RS256", Type: "JWT", KeyID: key.PrivateKeyID}
	r.Claims = jwt.NewClaims(key, r.Now)
	assertion, err = jwt.Sign(header, r.Claims, key.PrivateKey)
	if err != nil {
		return "", err
	}
	r.AssertionSize = len(assertion)

	headerJSON, claimsJSON, err := jwt.Decode(assertion)
	if err != nil {
		return "", err
	}
	dot := strings.LastIndexByte(assertion, '.')
	input, encoded := assertion[:dot], assertion[dot+1:]
	digest := sha256.Sum256([]byte(input))
	signature, err := base64.RawURLEncoding.DecodeString(encoded)
	if err != nil {
		return "", err
	}
	block, err := openSignature(&key.PrivateKey.PublicKey, signature)
	if err != nil {
		return "", err
	}
	r.add(2,
		Part{Name: "header", Title: "the header", Kind: JSON, Bytes: headerJSON},
		Part{Name: "claims", Title: "the claims", Kind: JSON, Bytes: claimsJSON},
		Part{
			Name:  "signing-input",
			Title: "the signing input: header, dot, claims",
			Kind:  Base64URL,
			Bytes: []byte(input),
		},
		Part{Name: "digest", Title: "its SHA-256 digest", Kind: Binary, Bytes: digest[:]},
		Part{Name: "signature", Title: "the signature", Kind: Base64URL, Bytes: []byte(encoded)},
		Part{
			Name:  "assertion",
			Title: "the JWT: signing input, dot, signature",
			Kind:  Base64URL,
			Bytes: []byte(assertion),
		},
		Part{
			Name:  "block",
			Title: "the signature opened with the public key",
			Kind:  Binary,
			Bytes: block,
		})
	return assertion, nil
}

func (r *recorder) exchange(
	ctx context.Context, tokenURL, assertion string,
) (*tokenexchange.Token, error) {
	client := &tokenexchange.Client{HTTP: r.http, Now: r.now}
	token, err := client.Exchange(ctx, tokenURL, assertion)
	if err != nil {
		return nil, err
	}
	r.TokenSize, r.Expiry = len(token.AccessToken), token.Expiry
	sent, received := r.wire.Last("token", token.AccessToken)
	r.add(3, sent)
	r.add(4, received)
	return token, nil
}

func (r *recorder) listEvents(ctx context.Context, accessToken string) error {
	r.Query = Query(r.Now)
	client := &calendar.Client{
		Token: func(context.Context) (string, error) { return accessToken, nil },
		HTTP:  r.http,
		Now:   r.now,
	}
	for event, err := range client.Events(ctx, r.CalendarID, r.Query) {
		if err != nil {
			return err
		}
		r.Events = append(r.Events, event)
	}
	sent, received := r.wire.Last("events", accessToken)
	r.add(5, sent, received)
	return nil
}
