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

// parseAssertion accepts exactly what a strict reader accepts, and a signature
// is valid for the bytes that were signed and for no others.
func FuzzAssertion(f *testing.F) {
	key := readTestKey(f)
	keys := map[string]publicKey{"one": {key: &key.PublicKey}}
	sign := func(signingInput string) []byte {
		digest := sha256.Sum256([]byte(signingInput))
		signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, digest[:])
		if err != nil {
			f.Fatal(err)
		}
		return signature
	}
	b64 := base64.RawURLEncoding.EncodeToString

	const rs256 = `{"alg":"RS256","typ":"JWT"}`
	for _, claims := range []string{
		`{"iss":"a","iat":1700000000,"exp":"1700003600"}`,
		`{}`,
		` {"iat":1e999,"exp":"0x1p3","iss":null}`,
		`{"iat":"NaN","exp":1_0}`,
		`{"iat":-0.5,"iat":2}`,
		"null", "[]", "{", "", "7", "{}{}",
		`{"iss":["a"],"iss":{"b":"\ud800"}}`,
	} {
		f.Add(rs256, claims, "")
	}
	for _, header := range []string{
		`{"alg":"none"}`,
		`{"ALG":"RS256"}`,
		`{"alg":["RS256"]}`,
		`{"alg":"RS256","alg":"HS256"}`,
		`{"alg":"\u0052S256"}`,
		"null", "x",
	} {
		f.Add(header, "{}", "==")
	}
	f.Add(b64([]byte(rs256))+"==", b64([]byte("{}"))+"=", b64(sign("e30.e30")))
	f.Add("e30", "e31", "\n") // stray bits, and a line break
	f.Add("e30\r", "e30", ".")

	f.Fuzz(func(t *testing.T, header, claims, tail string) {
		// First as the parts themselves, then encoded as a client would.
		checkAssertion(t, header+"."+claims+"."+tail, keys)
		header, claims = b64([]byte(header)), b64([]byte(claims))
		checkAssertion(t, header+"."+claims+tail+"."+tail, keys)

		signingInput := header + "." + claims
		a, ok := parseAssertion(signingInput + ".")
		if !ok {
			return
		}
		a.signature = sign(signingInput)
		checkSignature(t, a, keys, tail)
		checkClaims(t, a)
	})
}

func readTestKey(t testing.TB) *rsa.PrivateKey {
	t.Helper()
	text, err := os.ReadFile("testdata/testkey.pem")
	if err != nil {
		t.Fatal(err)
	}
	text = bytes.ReplaceAll(text, []byte("TESTING KEY"), []byte("PRIVATE KEY"))
	block, _ := pem.Decode(text)
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return key.(*rsa.PrivateKey)
}

// The server keeps no private key: not in the hashes of a key file either.
func TestHashesOfSecrets(t *testing.T) {
	key := readTestKey(t)
	s := New()
	a, err := s.CreateAccount(Account{Key: key})
	if err != nil {
		t.Fatal(err)
	}
	h := s.accounts[a.Email].keys[a.KeyID].secrets
	kept := string(h.file) + h.after
	file := string(a.KeyFile(""))
	begin := strings.Index(file, "-----BEGIN")
	end := strings.Index(file, `\n",`)
	const run = 8
	for i := begin; i+run <= end; i++ {
		if strings.Contains(kept, file[i:i+run]) {
			t.Fatalf("%q is kept, and so is %q of the private key", kept, file[i:i+run])
		}
	}
	want := sha256.Sum256([]byte(file))
	found := false
	for _, secret := range h.list(tokenURLs[:1]) {
		found = found || secret.Name == "key-file" && secret.SHA256 == want
	}
	if !found {
		t.Error("the hash of the key file isn't listed")
	}
}

// checkSignature checks that a's signature is valid if alg is RS256, but not
// for other bytes or without the key.
func checkSignature(t *testing.T, a assertion, keys map[string]publicKey, tail string) {
	t.Helper()
	signed := a.signingInput
	var alg string
	want := json.Unmarshal(a.header["alg"], &alg) == nil && alg == "RS256"
	if a.signedBy(keys) != want {
		t.Errorf("%s: signed by the key: %v", signed, !want)
	}
	others := []string{
		signed + "=", signed[:len(signed)-1], strings.ToUpper(signed), tail,
	}
	for _, other := range others {
		a.signingInput = other
		if other != signed && a.signedBy(keys) {
			t.Errorf("the signature of %s passes for one of %s", signed, other)
		}
	}
	a.signingInput = signed
	if a.signedBy(map[string]publicKey{}) {
		t.Errorf("%s is signed by nobody's key", signed)
	}
}

func checkClaims(t *testing.T, a assertion) {
	t.Helper()
	for name, value := range a.claims {
		v, ok := a.numericDate(name)
		if ok && (math.IsNaN(v) || math.IsInf(v, 0)) {
			t.Errorf("%s is the time %v", value, v)
		}
		s := a.stringClaim(name)
		if s != "" && value[0] != '"' {
			t.Errorf("%s is the string %q", value, s)
		}
		if a.hasClaim(name) == (string(value) == "null") {
			t.Errorf("%s is present: %v", value, a.hasClaim(name))
		}
	}
}

// checkAssertion compares parseAssertion with a second reader.
func checkAssertion(t *testing.T, text string, keys map[string]publicKey) {
	t.Helper()
	a, ok := parseAssertion(text)
	parts := strings.Split(text, ".")
	var decoded [][]byte
	for _, part := range parts {
		if data, ok := decodeByHand(part); ok {
			decoded = append(decoded, data)
		}
	}
	want := len(parts) == 3 && len(decoded) == 3 &&
		isObject(decoded[0]) && isObject(decoded[1])
	if ok != want {
		t.Fatalf("%q is accepted: %v", text, ok)
	}
	if !ok {
		return
	}
	if a.signingInput != parts[0]+"."+parts[1] || !bytes.Equal(a.signature, decoded[2]) {
		t.Errorf("%q: the signing input is %q, the signature %x",
			text, a.signingInput, a.signature)
	}
	checkMembers(t, a.header, decoded[0])
	checkMembers(t, a.claims, decoded[1])
	digest := sha256.Sum256([]byte(text[:strings.LastIndexByte(text, '.')]))
	err := rsa.VerifyPKCS1v15(keys["one"].key, crypto.SHA256, digest[:], decoded[2])
	if a.signedBy(keys) && err != nil {
		t.Errorf("%q passes for signed", text)
	}
}

// decodeByHand decodes base64url. It knows the alphabet of RFC 4648 section 5,
// and doesn't use encoding/base64.
func decodeByHand(part string) (data []byte, ok bool) {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	part = strings.TrimRight(part, "=")
	var bits, n uint32 // the last n bits aren't in data yet
	for _, c := range []byte(part) {
		i := strings.IndexByte(alphabet, c)
		if i < 0 {
			return nil, false
		}
		bits = bits<<6 | uint32(i)
		n += 6
		if n >= 8 {
			n -= 8
			data = append(data, byte(bits>>n))
		}
	}
	return data, n < 6 // otherwise there's a character too many
}

func isObject(data []byte) bool {
	return json.Valid(data) && bytes.HasPrefix(bytes.TrimSpace(data), []byte("{"))
}

// checkMembers compares parsed members with their text.
func checkMembers(t *testing.T, members map[string]json.RawMessage, text []byte) {
	t.Helper()
	again, err := json.Marshal(members)
	var got, want any
	if err != nil || json.Unmarshal(again, &got) != nil || json.Unmarshal(text, &want) != nil {
		return // a number that's out of range in Go
	}
	x, _ := json.Marshal(got)
	y, _ := json.Marshal(want)
	if !bytes.Equal(x, y) {
		t.Errorf("%s is read as %s", y, x)
	}
}
