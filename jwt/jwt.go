// SPDX-License-Identifier: 0BSD

// Package jwt goes from a Google service account's key file to a signed
// assertion: a JSON Web Token (RFC 7519) in the JWS Compact Serialization
// (RFC 7515, section 3.1), made by hand. It is steps 1 and 2 of 5 in
// https://developers.google.com/identity/protocols/oauth2/service-account#httprest
//
// The package sends nothing, and it verifies nothing: do not use it to decide
// whether somebody else's token is genuine.
package jwt

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

const (
	// DefaultScope reads events and nothing else: the least that step 5 needs.
	// https://developers.google.com/workspace/calendar/api/auth
	DefaultScope = "https://www.googleapis.com/auth/calendar.events.readonly"

	// MaxLifetime is the most that Google allows between iat and exp, in seconds.
	MaxLifetime = 3600

	// backdate keeps an assertion valid when this clock is a little ahead of
	// Google's, in seconds. A clock that is further off must be set.
	backdate = 10

	// A key of 2048 bits or larger MUST be used with RS256 (RFC 7518, section 3.3).
	minBits = 2048
)

// Header is the JOSE header (RFC 7515, section 4). Its members are written in
// the order of the fields, without blanks, as Google prints them.
type Header struct {
	Algorithm string `json:"alg"`           // "RS256"; Google accepts no other
	Type      string `json:"typ,omitempty"` // "JWT" (RFC 7519, section 5.1)
	KeyID     string `json:"kid,omitempty"` // private_key_id of the key file
}

// Claims is the JWT claims set that Google asks of a service account (RFC 7519,
// section 4.1; RFC 7523, section 3). Members are written in the order of the fields.
type Claims struct {
	Issuer    string `json:"iss"`           // the account's client_email
	Scope     string `json:"scope"`         // what the token may do; several scopes are joined by one space
	Audience  string `json:"aud"`           // the URL that the assertion is posted to
	IssuedAt  int64  `json:"iat"`           // seconds since 1970-01-01T00:00:00Z
	ExpiresAt int64  `json:"exp"`           // seconds since 1970-01-01T00:00:00Z, at most MaxLifetime after iat
	Subject   string `json:"sub,omitempty"` // the user to act as; needs domain-wide delegation
}

// NewClaims returns the claims of an assertion made now by the account of k for
// the scopes, or for [DefaultScope] if there are none. It is issued 10 seconds
// before now, against small clock differences, and expires 3600 seconds later.
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

// SigningInput returns what is signed: BASE64URL(header) || '.' || BASE64URL(claims)
// (RFC 7515, section 5.1). It refuses claims that Google would refuse.
func SigningInput(h Header, c Claims) (string, error) {
	if err := check(h, c); err != nil {
		return "", fmt.Errorf("jwt: %w", err)
	}
	return string(encode(h)) + "." + string(encode(c)), nil
}

// Sign returns the assertion: the signing input, '.', and its RS256 signature
// (RSASSA-PKCS1-v1_5 with SHA-256, RFC 7518, section 3.3). The key is an
// *[rsa.PrivateKey], or any signer with an RSA public key of at least 2048 bits,
// as a KMS or an HSM has. The assertion is a secret until it expires: whoever
// holds it can trade it for an access token.
func Sign(h Header, c Claims, key crypto.Signer) (string, error) {
	input, err := SigningInput(h, c)
	if err != nil {
		return "", err
	}
	return sign(input, key)
}

func sign(input string, key crypto.Signer) (string, error) {
	size, err := checkKey(key)
	if err != nil {
		return "", fmt.Errorf("jwt: %w", err)
	}
	digest := sha256.Sum256([]byte(input))
	// The random numbers only blind the computation: PKCS #1 v1.5 signatures
	// are deterministic (RFC 8017, section 8.2).
	signature, err := key.Sign(rand.Reader, digest[:], crypto.SHA256)
	if err != nil {
		return "", fmt.Errorf("jwt: sign: %w", err)
	}
	if len(signature) != size {
		return "", fmt.Errorf("jwt: the signer returned %d bytes, where the key makes %d", len(signature), size)
	}
	return input + "." + string(base64.RawURLEncoding.AppendEncode(nil, signature)), nil
}

// encode writes v as JSON in base64url without padding (RFC 7515, section 2).
func encode(v any) []byte {
	b := bytes.NewBuffer(make([]byte, 0, 1<<10)) // room for the JSON and, behind it, its base64
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false) // & stays &: legible, and nothing here is HTML
	_ = e.Encode(v)        // cannot fail: v holds strings and integers only
	return base64.RawURLEncoding.AppendEncode(b.AvailableBuffer(), bytes.TrimSuffix(b.Bytes(), []byte("\n")))
}

// check refuses what Google would refuse, and scopes that are not what they seem:
// a comma is legal in a scope-token (RFC 6749, section 3.3), but Google has no
// scope with one, and would look for a single scope of that name.
func check(h Header, c Claims) error {
	switch {
	case !utf8.ValidString(h.KeyID) || !utf8.ValidString(c.Issuer) || !utf8.ValidString(c.Audience) || !utf8.ValidString(c.Subject):
		return errors.New("a header or claim is not UTF-8")
	case h.Algorithm != "RS256":
		return fmt.Errorf("alg is %q: Google accepts RS256 only", h.Algorithm)
	case h.Type != "" && h.Type != "JWT":
		return fmt.Errorf("typ is %q, not JWT", h.Type)
	case c.Issuer == "":
		return errors.New("iss is empty: it is the account's client_email")
	case c.Audience == "":
		return errors.New("aud is empty: it is the token endpoint's URL")
	case c.IssuedAt < 0 || c.ExpiresAt <= c.IssuedAt || c.ExpiresAt-c.IssuedAt > MaxLifetime:
		return fmt.Errorf("exp must be after iat, by %d seconds at most", MaxLifetime)
	}
	scopes := strings.Split(c.Scope, " ")
	for i, s := range scopes {
		if s == "" || strings.ContainsFunc(s, func(r rune) bool { return r < '!' || r > '~' || r == '"' || r == '\\' || r == ',' }) {
			return fmt.Errorf("scope %q is not a list of scopes: one space between them, no comma", c.Scope)
		}
		if slices.Contains(scopes[:i], s) {
			return fmt.Errorf("scope %q stands there twice", s)
		}
	}
	return nil
}

// checkKey returns the length of the key's signatures in bytes.
func checkKey(key crypto.Signer) (int, error) {
	if own, ok := key.(*rsa.PrivateKey); key == nil || ok && own == nil {
		return 0, errors.New("no key to sign with")
	}
	public, ok := key.Public().(*rsa.PublicKey)
	switch {
	case !ok:
		return 0, fmt.Errorf("the key is a %T: RS256 needs an RSA key", key.Public())
	case public == nil || public.N == nil:
		return 0, errors.New("the key is empty")
	case public.N.BitLen() < minBits:
		return 0, fmt.Errorf("the RSA key has %d bits: RS256 needs at least %d", public.N.BitLen(), minBits)
	}
	return public.Size(), nil
}

// Decode splits an assertion and returns the JSON texts of its header and its
// claims as they stand there. It does not verify the signature: it explains a
// token, and proves nothing. It takes base64url strictly, without padding, line
// breaks or stray bits. Its errors never quote the assertion.
func Decode(assertion string) (header, claims []byte, err error) {
	parts := strings.Split(assertion, ".")
	if len(parts) != 3 {
		return nil, nil, fmt.Errorf("jwt: not a JWT: it should have 2 dots and has %d", len(parts)-1)
	}
	var decoded [3][]byte
	for i, name := range [...]string{"header", "claims set", "signature"} {
		decoded[i], err = base64.RawURLEncoding.Strict().DecodeString(parts[i])
		if err != nil || strings.ContainsAny(parts[i], "\r\n") { // line breaks, which encoding/base64 passes over
			return nil, nil, fmt.Errorf("jwt: the %s is not base64url without padding (RFC 7515, section 2)", name)
		}
		if i < 2 && (!json.Valid(decoded[i]) || !bytes.HasPrefix(bytes.TrimSpace(decoded[i]), []byte("{"))) {
			return nil, nil, fmt.Errorf("jwt: the %s is not a JSON object", name)
		}
	}
	return decoded[0], decoded[1], nil
}
