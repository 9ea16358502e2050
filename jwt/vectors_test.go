// SPDX-License-Identifier: 0BSD

package jwt

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"slices"
	"strings"
	"testing"
)

// vectors are the cases in testdata/vectors.json. They are for implementations
// in any language; testdata/README.md explains the members.
type vectors struct {
	Keys     map[string]jwk
	KeyFiles struct{ Good, Bad []keyFileVector } `json:"key_files"`
	Signed   []signedVector
	Refused  []refusedVector
	Decoded  []decodedVector
}

// jwk is a private RSA key as a JSON Web Key. The other numbers follow from
// these.
type jwk struct {
	KTY, N, E, D, P, Q, DP, DQ, QI string
}

type keyFileVector struct {
	Name string

	// The file: one of these.
	File    *string
	Base64  []byte `json:"file_base64"`
	Change  map[string]any
	Replace [][2]string

	Differs map[string]string // what a good file says otherwise than key.json

	Wrong, Member, Remedy string // what is wrong with a bad one
}

type signedVector struct {
	Name, Source, Header, Claims string

	AsWritten    []string `json:"as_written"`
	Key          string
	SigningInput string `json:"signing_input"`
	Signature    string
}

func (v signedVector) token() string { return v.SigningInput + "." + v.Signature }

type refusedVector struct{ Name, Header, Claims, Wrong string }

type decodedVector struct{ Token, Header, Claims, Wrong string }

func readVectors(t testing.TB) (v vectors) {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(read(t, "vectors.json")))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

// signed returns the vector of an assertion as Google wants it: by the account
// in key.json, at epoch.
func (v vectors) signed() signedVector { return v.Signed[0] }

// data returns the key file.
func (v keyFileVector) data(t testing.TB) []byte {
	t.Helper()
	text := string(read(t, "key.json"))
	switch {
	case v.File != nil:
		text = *v.File
	case v.Base64 != nil:
		text = string(v.Base64)
	case v.Change != nil:
		text = changed(t, text, v.Change)
	case v.Replace == nil:
		t.Fatalf("%s: no file", v.Name)
	}
	for _, pair := range v.Replace {
		if !strings.Contains(text, pair[0]) {
			t.Fatalf("%s: %q isn't in key.json", v.Name, pair[0])
		}
		text = strings.ReplaceAll(text, pair[0], pair[1])
	}
	return []byte(text)
}

// changed returns a key file with other members, or without those that are nil.
func changed(t testing.TB, text string, change map[string]any) string {
	t.Helper()
	members := make(map[string]any)
	if err := json.Unmarshal([]byte(text), &members); err != nil {
		t.Fatal(err)
	}
	for name, value := range change {
		if members[name] = value; value == nil {
			delete(members, name)
		}
	}
	data, err := json.Marshal(members)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// private returns the key as crypto/rsa has it.
func (k jwk) private(t testing.TB) *rsa.PrivateKey {
	t.Helper()
	number := func(s string) *big.Int {
		b, err := base64.RawURLEncoding.DecodeString(s)
		if err != nil {
			t.Fatal(err)
		}
		return new(big.Int).SetBytes(b)
	}
	key := &rsa.PrivateKey{
		PublicKey: rsa.PublicKey{N: number(k.N), E: int(number(k.E).Int64())},
		D:         number(k.D),
		Primes:    []*big.Int{number(k.P), number(k.Q)},
	}
	key.Precompute()
	if err := key.Validate(); err != nil || k.KTY != "RSA" ||
		key.Precomputed.Dp.Cmp(number(k.DP)) != 0 ||
		key.Precomputed.Dq.Cmp(number(k.DQ)) != 0 ||
		key.Precomputed.Qinv.Cmp(number(k.QI)) != 0 {
		t.Fatalf("the numbers of a key don't fit each other: %v", err)
	}
	return key
}

// The key in the vectors is that of key.json and testkey.pem.
func TestVectorKey(t *testing.T) {
	v := readVectors(t)
	if !v.Keys[v.signed().Key].private(t).Equal(testKeyFile(t).PrivateKey) {
		t.Error("key.json has another key")
	}
	if data := changed(t, string(read(t, "key.json")), nil); !strings.Contains(
		data, strings.ReplaceAll(string(read(t, "testkey.pem")), "\n", `\n`)) {
		t.Error("key.json and testkey.pem differ")
	}
}

// Every header and claims in the vectors is signed to the last byte: with our
// own, if this package writes the same texts, or those of RFCs and of Google's
// page.
func TestSigned(t *testing.T) {
	all := readVectors(t)
	if len(all.Signed) < 8 {
		t.Errorf("%d vectors", len(all.Signed))
	}
	for _, v := range all.Signed {
		t.Run(v.Name, func(t *testing.T) {
			input := base64url([]byte(v.Header)) + "." + base64url([]byte(v.Claims))
			if input != v.SigningInput {
				t.Errorf("the signing input is %s", input)
			}
			var h Header
			var c Claims
			ownHeader, ownClaims := writtenAs(v.Header, &h), writtenAs(v.Claims, &c)
			if ownHeader != slices.Contains(v.AsWritten, "header") ||
				ownClaims != slices.Contains(v.AsWritten, "claims") {
				t.Errorf("header as written: %v, claims: %v", ownHeader, ownClaims)
			}
			if v.Key == "" { // not published, and so there is no signature
				checkDecoded(t, input+".", h, c)
				return
			}
			key := all.Keys[v.Key].private(t)
			if ownHeader && ownClaims {
				got, err := Sign(h, c, key)
				if err != nil || got != v.token() {
					t.Errorf("got %s, %v\nwant %s", got, err, v.token())
				}
			} else {
				signOther(t, v, key)
			}
			checkToken(t, v, &key.PublicKey)
		})
	}
}

// writtenAs decodes text into value, and reports whether value encodes to the
// same text.
func writtenAs(text string, value any) bool {
	return json.Unmarshal([]byte(text), value) == nil && string(toJSON(value)) == text
}

// signOther has Sign sign texts that Header and Claims can't have. So Sign gets
// others, and a signer that checks their digest, but signs the vector's.
func signOther(t *testing.T, v signedVector, key *rsa.PrivateKey) {
	t.Helper()
	h := Header{Algorithm: "RS256"}
	c := Claims{Issuer: "joe", Scope: "s", Audience: "a", IssuedAt: 1, ExpiresAt: 2}
	own, err := SigningInput(h, c)
	if err != nil {
		t.Fatal(err)
	}
	swap := remote{&key.PublicKey, func(digest []byte, opts crypto.SignerOpts) ([]byte, error) {
		if want := sha256.Sum256([]byte(own)); !bytes.Equal(digest, want[:]) {
			t.Errorf("signs %x, want %x", digest, want)
		}
		vectors := sha256.Sum256([]byte(v.SigningInput))
		return key.Sign(rand.Reader, vectors[:], opts)
	}}
	got, err := Sign(h, c, swap)
	if want := own + "." + v.Signature; err != nil || got != want {
		t.Errorf("got %s, %v\nwant %s", got, err, want)
	}
}

// checkToken takes the token apart again, and verifies its signature.
func checkToken(t *testing.T, v signedVector, key *rsa.PublicKey) {
	t.Helper()
	header, claims, err := Decode(v.token())
	isObject := strings.HasPrefix(v.Claims, "{") // RFC 7520 signs a sentence
	if isObject && (err != nil || string(header) != v.Header || string(claims) != v.Claims) ||
		!isObject && err == nil {
		t.Errorf("Decode: %q, %q, %v", header, claims, err)
	}
	signature, err := base64.RawURLEncoding.DecodeString(v.Signature)
	if err != nil {
		t.Fatal(err)
	}
	digest := sha256.Sum256([]byte(v.SigningInput))
	if err := rsa.VerifyPKCS1v15(key, crypto.SHA256, digest[:], signature); err != nil {
		t.Error(err)
	}
}
