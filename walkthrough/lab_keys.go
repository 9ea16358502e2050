// SPDX-License-Identifier: 0BSD

package walkthrough

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	_ "embed" // other.jwk
	"encoding/base64"
	"encoding/json"
	"math/big"
	"strings"
)

// otherJWK is the RSA key of RFC 7515, appendix A.2.1: published as well, and of
// no account.
//
//go:embed other.jwk
var otherJWK []byte

// otherKey is a good key that is the wrong one. The file is ours: what is wrong
// with it shows in the tests.
func otherKey() *rsa.PrivateKey {
	var file struct {
		JWK struct{ N, D, P, Q string }
	}
	if err := json.Unmarshal(otherJWK, &file); err != nil {
		panic("walkthrough: other.jwk: " + err.Error())
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

// pad fills each part of a JWT up to a multiple of four characters, as base64 of
// everyday use does (RFC 4648, section 4).
func pad(assertion string) string {
	pieces := strings.Split(assertion, ".")
	for i, piece := range pieces {
		pieces[i] += strings.Repeat("=", -len(piece)&3)
	}
	return strings.Join(pieces, ".")
}

// padAndSign signs the padded text, as RFC 7515 does not want it.
func padAndSign(assertion string, key *rsa.PrivateKey) string {
	padded := pad(assertion)
	input := padded[:strings.LastIndexByte(padded, '.')]
	digest := sha256.Sum256([]byte(input))
	signature, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, digest[:])
	if err != nil {
		panic("walkthrough: " + err.Error()) // the key has signed before
	}
	return input + "." + base64.URLEncoding.EncodeToString(signature)
}
