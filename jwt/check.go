// SPDX-License-Identifier: 0BSD

package jwt

import (
	"crypto"
	"crypto/rsa"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// minBits is the smallest RSA key that RS256 may be used with (RFC 7518,
// section 3.3).
const minBits = 2048

// check refuses what Google would refuse. Google's answer would be a short
// invalid_grant or invalid_scope; here the error can name the claim.
func check(h Header, c Claims) error {
	switch {
	// encoding/json would replace bad bytes, and so sign something else.
	case !validUTF8(h.KeyID, c.Issuer, c.Audience, c.Subject):
		return errors.New("a header or claim is not UTF-8")
	case h.Algorithm != "RS256":
		return fmt.Errorf("alg is %q: Google accepts RS256 only", h.Algorithm)
	case h.Type != "" && h.Type != "JWT":
		return fmt.Errorf("typ is %q, not JWT", h.Type)
	case c.Issuer == "":
		return errors.New("iss is empty: it is the account's client_email")
	case c.Audience == "":
		return errors.New("aud is empty: it is the token endpoint's URL")
	// The first of these keeps the subtraction from overflowing.
	case c.IssuedAt < 0, c.ExpiresAt <= c.IssuedAt, c.ExpiresAt-c.IssuedAt > MaxLifetime:
		return fmt.Errorf("exp must be after iat, by at most %d seconds", MaxLifetime)
	}
	return checkScopes(c.Scope)
}

// validUTF8 looks at each text alone: halves of a character in two of them
// would be valid once joined.
func validUTF8(texts ...string) bool {
	for _, text := range texts {
		if !utf8.ValidString(text) {
			return false
		}
	}
	return true
}

// checkScopes refuses a list that isn't what it seems: not one space between
// two scopes, or a scope listed twice.
func checkScopes(list string) error {
	scopes := strings.Split(list, " ")
	for i, scope := range scopes {
		if scope == "" || strings.ContainsFunc(scope, notInScope) {
			return fmt.Errorf("scope %q is not a list of scopes: "+
				"one space between them, no comma", list)
		}
		if slices.Contains(scopes[:i], scope) {
			return fmt.Errorf("scope %q is listed twice", scope)
		}
	}
	return nil
}

// notInScope reports whether r can't be part of a scope. RFC 6749, section 3.3
// allows printable ASCII except the space, the quote and the backslash. It
// allows the comma too, but none of Google's scopes has one: Google would take
// a list with commas for a single scope that it doesn't know.
func notInScope(r rune) bool {
	return r < '!' || r > '~' || strings.ContainsRune(`"\,`, r)
}

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
	case public.N.BitLen() < minBits:
		return fmt.Errorf("the RSA key has %d bits: RS256 needs at least %d",
			public.N.BitLen(), minBits)
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
