// SPDX-License-Identifier: 0BSD

package jwt

import (
	"crypto"
	"crypto/rsa"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

const (
	// minBits is the smallest RSA key that RS256 may be used with (RFC 7518,
	// section 3.3).
	minBits = 2048

	// maxBits is far more than Google issues. A signature takes less than a
	// second with 8192 bits, and most of a minute with four times as many.
	maxBits = 8192

	// maxTime is in the year 5138, in seconds. In milliseconds it's in 1973, so
	// a later time counts milliseconds.
	maxTime = 100_000_000_000
)

// check refuses what Google would refuse. Google's answer would be a short
// invalid_grant or invalid_scope; here the error can name the claim.
func check(h Header, c Claims) error {
	// The spaces keep halves of a character from becoming a whole one.
	texts := strings.Join([]string{h.KeyID, c.Issuer, c.Audience, c.Subject}, " ")
	switch {
	// encoding/json would replace bad bytes, and so sign something else.
	case !utf8.ValidString(texts):
		return errors.New("a header or claim is not UTF-8")
	case h.Algorithm != "RS256":
		return fmt.Errorf("alg is %q: Google accepts RS256 only", h.Algorithm)
	case h.Type != "" && h.Type != "JWT":
		return fmt.Errorf("typ is %q, not JWT", h.Type)
	case c.Issuer == "":
		return errors.New("iss is empty: it is the account's client_email")
	case c.Audience == "":
		return errors.New("aud is empty: it is the token endpoint's URL")
	// Every token endpoint that Google has had ends like this.
	case strings.Contains(c.Audience, ".googleapis.com") &&
		!strings.HasSuffix(c.Audience, "/token"):
		return errors.New("aud is not the URL of a token endpoint: " +
			"Google's is https://oauth2.googleapis.com/token")
	case c.IssuedAt > maxTime || c.ExpiresAt > maxTime:
		return errors.New("iat and exp count seconds since 1970, not milliseconds")
	// The first of these keeps the subtraction from overflowing.
	case c.IssuedAt < 0, c.ExpiresAt <= c.IssuedAt, c.ExpiresAt-c.IssuedAt > MaxLifetime:
		return fmt.Errorf("exp must be after iat, by at most %d seconds", MaxLifetime)
	}
	return checkScopes(c.Scope)
}

// checkScopes refuses a list that isn't what it seems: not one space between
// two scopes, or a scope listed twice.
func checkScopes(list string) error {
	seen := make(map[string]bool)
	for _, scope := range strings.Split(list, " ") {
		if scope == "" || strings.ContainsFunc(scope, notInScope) {
			return fmt.Errorf("scope %q is not a list of scopes: "+
				"one space between them, no comma", list)
		}
		if seen[scope] {
			return fmt.Errorf("scope %q is listed twice", scope)
		}
		seen[scope] = true
	}
	return nil
}

// notInScope reports whether r can't be part of a scope. RFC 6749, section 3.3
// allows printable ASCII except the space, the quote and the backslash. It
// allows the comma too, but none of Google's scopes has one: Google would take
// a list with commas for a single scope that it doesn't know.
func notInScope(r rune) bool {
	return notVisible(r) || strings.ContainsRune(`"\,`, r)
}

// notVisible reports whether r is a space, or not ASCII, or can't be seen at
// all. An address or URL that has one is not the one that it looks like.
func notVisible(r rune) bool { return r < '!' || r > '~' }

// checkKey refuses a key that RS256 can't sign with. It looks at the public
// half only: that is all a KMS or an HSM shows.
func checkKey(key crypto.Signer) error {
	own, isOwn := key.(*rsa.PrivateKey)
	if key == nil || isOwn && own == nil {
		return errors.New("no key to sign with")
	}
	public, isRSA := key.Public().(*rsa.PublicKey)
	switch {
	case !isRSA:
		return fmt.Errorf("the key is a %T: RS256 needs an RSA key", key.Public())
	case public == nil || public.N == nil:
		return errors.New("the key is empty")
	}
	return checkBits(public.N.BitLen())
}

// checkBits refuses a key that is weak, or that would take minutes to sign.
func checkBits(bits int) error {
	if bits < minBits || bits > maxBits {
		return fmt.Errorf("the RSA key has %d bits: it needs at least %d and at most %d",
			bits, minBits, maxBits)
	}
	return nil
}

// checkSignature refuses what a remote signer can't have made with RS256: an
// RSA signature is as long as the key's modulus (RFC 8017, section 8.2.1). A
// signer set to another algorithm shows itself here. The key has passed
// checkKey.
func checkSignature(signature []byte, key crypto.Signer) error {
	public, _ := key.Public().(*rsa.PublicKey)
	if len(signature) != public.Size() {
		return fmt.Errorf("the signer returned %d bytes: this key's signatures have %d",
			len(signature), public.Size())
	}
	return nil
}
