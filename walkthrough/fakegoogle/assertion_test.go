// SPDX-License-Identifier: 0BSD

package fakegoogle

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"math"
	"os"
	"strings"
	"testing"
)

// An assertion is taken apart just when a strict reader can do it, too, and its signature is good for the bytes that were
// signed and no others.
func FuzzAssertion(f *testing.F) {
	text, err := os.ReadFile("testdata/testkey.pem")
	if err != nil {
		f.Fatal(err)
	}
	block, _ := pem.Decode(bytes.ReplaceAll(text, []byte("TESTING KEY"), []byte("PRIVATE KEY")))
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		f.Fatal(err)
	}
	key := parsed.(*rsa.PrivateKey)
	keys := map[string]publicKey{"one": {key: &key.PublicKey}}
	sign := func(signed string) []byte {
		digest := sha256.Sum256([]byte(signed))
		signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, digest[:])
		if err != nil {
			f.Fatal(err)
		}
		return signature
	}
	const rs256 = `{"alg":"RS256","typ":"JWT"}`
	for _, claims := range []string{`{"iss":"a","iat":1700000000,"exp":"1700003600"}`, `{}`, ` {"iat":1e999,"exp":"0x1p3","iss":null}`, `{"iat":"NaN","exp":1_0}`, `{"iat":-0.5,"iat":2}`,
		"null", "[]", "{", "", "7", "{}{}", `{"iss":["a"],"iss":{"b":"\ud800"}}`} {
		f.Add(rs256, claims, "")
	}
	for _, header := range []string{`{"alg":"none"}`, `{"ALG":"RS256"}`, `{"alg":["RS256"]}`, `{"alg":"RS256","alg":"HS256"}`, `{"alg":"\u0052S256"}`, "null", "x"} {
		f.Add(header, "{}", "==")
	}
	b64 := base64.RawURLEncoding.EncodeToString
	f.Add(b64([]byte(rs256))+"==", b64([]byte("{}"))+"=", b64(sign("e30.e30")))
	f.Add("e30", "e31", "\n") // stray bits, a line end
	f.Add("e30\r", "e30", ".")
	f.Fuzz(func(t *testing.T, header, claims, tail string) {
		// The texts as parts, and what a client would make of them.
		for _, text := range []string{header + "." + claims + "." + tail, b64([]byte(header)) + "." + b64([]byte(claims)) + tail + "." + tail} {
			checkAssertion(t, text, keys)
		}
		signed := b64([]byte(header)) + "." + b64([]byte(claims))
		a, ok := parseAssertion(signed + ".")
		if !ok {
			return
		}
		a.signature = sign(signed)
		var alg string
		if want := json.Unmarshal(a.header["alg"], &alg) == nil && alg == "RS256"; a.signedBy(keys) != want {
			t.Errorf("%s: signed by the key: %v", signed, !want)
		}
		for _, other := range []string{signed + "=", signed[:len(signed)-1], strings.ToUpper(signed), tail} {
			if a.signingInput = other; other != signed && a.signedBy(keys) {
				t.Errorf("the signature of %s is taken for one of %s", signed, other)
			}
		}
		if a.signingInput = signed; a.signedBy(map[string]publicKey{}) {
			t.Errorf("%s is signed by nobody's key", signed)
		}
		for claim, value := range a.claims {
			if v, ok := a.numericDate(claim); ok && (math.IsNaN(v) || math.IsInf(v, 0)) {
				t.Errorf("%s is the moment %v", value, v)
			}
			if s := a.stringClaim(claim); s != "" && value[0] != '"' || a.hasClaim(claim) == (string(value) == "null") {
				t.Errorf("%s is the text %q, there: %v", value, s, a.hasClaim(claim))
			}
		}
	})
}

// checkAssertion compares with a reader that knows the alphabet of RFC 4648 section 5 and nothing of encoding/base64.
func checkAssertion(t *testing.T, text string, keys map[string]publicKey) {
	t.Helper()
	a, ok := parseAssertion(text)
	parts := strings.Split(text, ".")
	var decoded [][]byte
	for _, part := range parts {
		part = strings.TrimRight(part, "=")
		var bits, n uint32
		var out []byte
		for _, c := range []byte(part) {
			at := strings.IndexByte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", c)
			if at < 0 {
				n = 100
				break
			}
			if bits, n = bits<<6|uint32(at), n+6; n >= 8 {
				n -= 8
				out = append(out, byte(bits>>n))
			}
		}
		if n < 6 { // six bits more than fit are a letter too many
			decoded = append(decoded, out)
		}
	}
	object := func(data []byte) bool { return json.Valid(data) && bytes.HasPrefix(bytes.TrimSpace(data), []byte("{")) }
	if want := len(parts) == 3 && len(decoded) == 3 && object(decoded[0]) && object(decoded[1]); ok != want {
		t.Fatalf("%q is taken apart: %v", text, ok)
	}
	if !ok {
		return
	}
	if a.signingInput != parts[0]+"."+parts[1] || !bytes.Equal(a.signature, decoded[2]) {
		t.Errorf("%q: signed is %q, the signature %x", text, a.signingInput, a.signature)
	}
	for i, members := range []map[string]json.RawMessage{a.header, a.claims} {
		again, err := json.Marshal(members)
		var one, other any
		if err != nil || json.Unmarshal(again, &one) != nil || json.Unmarshal(decoded[i], &other) != nil {
			return // a number that is none in Go
		}
		x, _ := json.Marshal(one)
		if y, _ := json.Marshal(other); !bytes.Equal(x, y) {
			t.Errorf("%s is read as %s", y, x)
		}
	}
	digest := sha256.Sum256([]byte(text[:strings.LastIndexByte(text, '.')]))
	if a.signedBy(keys) && rsa.VerifyPKCS1v15(keys["one"].key, crypto.SHA256, digest[:], decoded[2]) != nil {
		t.Errorf("%q is taken for signed", text)
	}
}
