// SPDX-License-Identifier: 0BSD

package lab

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	_ "embed" // other.jwk
	"encoding/base64"
	"encoding/json"
	"math/big"
	"strings"

	"example.com/fivestep/jwt"
)

// signByHand makes an RS256 JWT from any two texts, which package jwt refuses
// to do.
func signByHand(header, claims string, key *rsa.PrivateKey) (string, error) {
	encode := base64.RawURLEncoding.EncodeToString
	input := encode([]byte(header)) + "." + encode([]byte(claims))
	signature, err := signature(input, key)
	if err != nil {
		return "", err
	}
	return input + "." + encode(signature), nil
}

// signature is RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518, section 3.3).
func signature(input string, key *rsa.PrivateKey) ([]byte, error) {
	digest := sha256.Sum256([]byte(input))
	return rsa.SignPKCS1v15(nil, key, crypto.SHA256, digest[:])
}

// refusal returns package jwt's error for a header and claims. It is nil if the
// package accepts them, or if jwt.Header and jwt.Claims can't express them.
func refusal(header, claims string) error {
	var h jwt.Header
	var c jwt.Claims
	if !expressible(header, &h) || !expressible(claims, &c) {
		return nil
	}
	_, err := jwt.SigningInput(h, c)
	return err
}

// expressible decodes text into value, and reports whether value encodes to the
// same text.
func expressible(text string, value any) bool {
	if json.Unmarshal([]byte(text), value) != nil {
		return false
	}
	var encoded bytes.Buffer
	enc := json.NewEncoder(&encoded)
	enc.SetEscapeHTML(false)
	return enc.Encode(value) == nil && encoded.String() == text+"\n"
}

// pad pads each part of a JWT to a multiple of four characters, as ordinary
// base64 does (RFC 4648, section 4).
func pad(assertion string) string {
	pieces := strings.Split(assertion, ".")
	for i, piece := range pieces {
		pieces[i] += strings.Repeat("=", -len(piece)&3)
	}
	return strings.Join(pieces, ".")
}

// padAndSign signs the padded text, which RFC 7515 forbids.
func padAndSign(assertion string, key *rsa.PrivateKey) string {
	padded := pad(assertion)
	input := padded[:strings.LastIndexByte(padded, '.')]
	signature, err := signature(input, key)
	if err != nil {
		panic("walkthrough: " + err.Error()) // impossible: the key has signed before
	}
	return input + "." + base64.URLEncoding.EncodeToString(signature)
}

// otherJWK is the RSA key of RFC 7515, appendix A.2.1. It is public as well,
// and belongs to no account.
//
//go:embed other.jwk
var otherJWK []byte

// otherKey returns a valid key that isn't the account's.
func otherKey() *rsa.PrivateKey {
	var file struct {
		JWK struct{ N, D, P, Q string }
	}
	if err := json.Unmarshal(otherJWK, &file); err != nil {
		panic("walkthrough: other.jwk: " + err.Error()) // a test rules it out
	}
	number := func(text string) *big.Int {
		b, _ := base64.RawURLEncoding.DecodeString(text)
		return new(big.Int).SetBytes(b)
	}
	k := &rsa.PrivateKey{
		PublicKey: rsa.PublicKey{N: number(file.JWK.N), E: 65537},
		D:         number(file.JWK.D),
		Primes:    []*big.Int{number(file.JWK.P), number(file.JWK.Q)},
	}
	k.Precompute()
	return k
}
