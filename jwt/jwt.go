// SPDX-License-Identifier: 0BSD

// Package jwt turns a Google service account's key file into a signed
// assertion: a JSON Web Token (RFC 7519) in the JWS Compact Serialization
// (RFC 7515, section 3.1), made by hand. That is steps 1 and 2 of 5 in
// https://developers.google.com/identity/protocols/oauth2/service-account#httprest
//
// "JWT" and "assertion" mean the same thing here: JWT is its format, and
// assertion its role in the trade for an access token.
//
// The package sends nothing and verifies nothing: don't use it to decide
// whether somebody else's token is genuine.
package jwt

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

const (
	// DefaultScope allows reading events and nothing else: the least that
	// step 5 needs.
	// https://developers.google.com/workspace/calendar/api/auth
	DefaultScope = "https://www.googleapis.com/auth/calendar.events.readonly"

	// MaxLifetime is the most that Google allows between iat and exp, in
	// seconds: an assertion lives for at most an hour.
	MaxLifetime = 3600
)

// backdate is how far before now an assertion is issued, in seconds. It keeps
// the assertion valid if this clock is a little ahead of Google's. If it's
// further ahead than this, set the clock.
const backdate = 10

// Header is the JOSE header: it says how the assertion is signed (RFC 7515,
// section 4). Its members are written in field order, without spaces, as in
// Google's examples.
type Header struct {
	// Algorithm is "RS256" (RFC 7518, section 3.3). Google accepts no other.
	Algorithm string `json:"alg"`

	// Type is "JWT", or may be left out (RFC 7519, section 5.1).
	Type string `json:"typ,omitempty"`

	// KeyID is the key file's private_key_id (RFC 7515, section 4.1.4). Google
	// accepts an assertion without it.
	KeyID string `json:"kid,omitempty"`
}

// Claims is the JWT claims set (RFC 7519, section 4.1): it says who asks, for
// what, where and when. These are the claims that Google expects from a service
// account (RFC 7523, section 3). They are written in field order, without
// spaces.
type Claims struct {
	// Issuer is the account's client_email.
	Issuer string `json:"iss"`

	// Scope is what the access token may be used for: one scope, or several
	// with one space between them (RFC 6749, section 3.3).
	Scope string `json:"scope"`

	// Audience is the URL of the token endpoint that the assertion is posted
	// to. No other endpoint will accept it.
	Audience string `json:"aud"`

	// IssuedAt and ExpiresAt count the seconds since 1970-01-01T00:00:00Z.
	// ExpiresAt is at most MaxLifetime after IssuedAt.
	IssuedAt  int64 `json:"iat"`
	ExpiresAt int64 `json:"exp"`

	// Subject is the user to act as, if any. It needs domain-wide delegation.
	Subject string `json:"sub,omitempty"`
}

// NewClaims returns the claims for an assertion by k's account, asking for the
// given scopes, or for [DefaultScope] if there are none. The assertion is
// issued 10 seconds before now, to allow for small clock differences, and
// expires 3600 seconds after that.
func NewClaims(k *KeyFile, now time.Time, scopes ...string) Claims {
	if len(scopes) == 0 {
		scopes = []string{DefaultScope}
	}
	iat := now.Unix() - backdate
	return Claims{
		Issuer:    k.ClientEmail,
		Scope:     strings.Join(scopes, " "), // RFC 6749, section 3.3
		Audience:  k.TokenURI,
		IssuedAt:  iat,
		ExpiresAt: iat + MaxLifetime,
	}
}

// SigningInput is the first half of step 2: it returns the text to sign,
//
//	BASE64URL(header) || '.' || BASE64URL(claims)
//
// where || joins texts (RFC 7515, section 5.1). It refuses claims that Google
// would refuse. You don't need it to call [Sign]; it's there for those who want
// to see, or sign elsewhere, what Sign signs.
func SigningInput(h Header, c Claims) (string, error) {
	if err := check(h, c); err != nil {
		return "", fmt.Errorf("jwt: %w", err)
	}
	return base64url(toJSON(h)) + "." + base64url(toJSON(c)), nil
}

// Sign is step 2: it returns the assertion, which is
//
//	signing input || '.' || BASE64URL(signature)
//
// (RFC 7515, section 7.1). The key is an *[rsa.PrivateKey], or any
// [crypto.Signer] backed by an RSA key of 2048 to 8192 bits, such as a KMS or an
// HSM. The same input and key always give the same signature (RFC 8017,
// section 8.2): the random numbers only protect the computation.
//
// The assertion is a secret until it expires: anyone who has it can trade it
// for an access token.
func Sign(h Header, c Claims, key crypto.Signer) (string, error) {
	input, err := SigningInput(h, c)
	if err != nil {
		return "", err
	}
	if err := checkKey(key); err != nil {
		return "", fmt.Errorf("jwt: %w", err)
	}
	// RS256: RSASSA-PKCS1-v1_5 of the SHA-256 (RFC 7518, section 3.3).
	digest := sha256.Sum256([]byte(input))
	signature, err := key.Sign(rand.Reader, digest[:], crypto.SHA256)
	if err != nil {
		return "", fmt.Errorf("jwt: sign: %w", err)
	}
	if err := checkSignature(signature, key); err != nil {
		return "", fmt.Errorf("jwt: %w", err)
	}
	return input + "." + base64url(signature), nil
}

// base64url is base64 that can be part of a URL: it has - and _ in place of +
// and /, and no padding (RFC 7515, section 2).
func base64url(data []byte) string {
	return base64.RawURLEncoding.EncodeToString(data)
}

// toJSON writes a Header or Claims as compact JSON. Unlike json.Marshal it
// leaves &, < and > unescaped: the text is easier to read, and is never HTML.
func toJSON(v any) []byte {
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(v) // can't fail: v has only strings and integers
	// Encode ends its text with a line break, which would be signed as well.
	return bytes.TrimSuffix(text.Bytes(), []byte("\n"))
}
