// SPDX-License-Identifier: 0BSD

package jwt

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "rewrite the golden files in testdata")

// epoch is the time of all golden files: 2023-11-14T22:13:20Z.
var epoch = time.Unix(1700000000, 0)

// read returns a file of testdata. It gives the test key its real label.
func read(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return bytes.ReplaceAll(data, []byte("TESTING KEY"), []byte("PRIVATE KEY"))
}

func testKeyFile(t testing.TB) *KeyFile {
	t.Helper()
	k, err := ParseKeyFile(read(t, "key.json"))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func testHeader(k *KeyFile) Header {
	return Header{Algorithm: "RS256", Type: "JWT", KeyID: k.PrivateKeyID}
}

// RFC 7515, appendix A.2, to the last byte of the signature.
func TestRFC7515AppendixA2(t *testing.T) {
	var vector struct {
		JWK          struct{ N, E, D, P, Q string }
		Header       string
		HeaderB64    string `json:"header_b64"`
		PayloadB64   string `json:"payload_b64"`
		SignatureB64 string `json:"signature_b64"`
	}
	if err := json.Unmarshal(read(t, "rfc7515-a2.json"), &vector); err != nil {
		t.Fatal(err)
	}
	number := func(s string) *big.Int {
		b, err := base64.RawURLEncoding.DecodeString(s)
		if err != nil {
			t.Fatal(err)
		}
		return new(big.Int).SetBytes(b)
	}
	key := &rsa.PrivateKey{
		PublicKey: rsa.PublicKey{N: number(vector.JWK.N), E: int(number(vector.JWK.E).Int64())},
		D:         number(vector.JWK.D),
		Primes:    []*big.Int{number(vector.JWK.P), number(vector.JWK.Q)},
	}
	key.Precompute()
	if got := base64url(toJSON(Header{Algorithm: "RS256"})); got != vector.HeaderB64 {
		t.Errorf("header: got %s, want %s", got, vector.HeaderB64)
	}
	// Claims can't have the vector's payload. So Sign gets other claims, and a
	// signer that checks their digest, but signs the vector's.
	ownHeader := Header{Algorithm: "RS256"}
	ownClaims := Claims{Issuer: "joe", Scope: "s", Audience: "a", IssuedAt: 1, ExpiresAt: 2}
	ownInput, err := SigningInput(ownHeader, ownClaims)
	if err != nil {
		t.Fatal(err)
	}
	input := vector.HeaderB64 + "." + vector.PayloadB64
	swap := remote{&key.PublicKey, func(digest []byte, opts crypto.SignerOpts) ([]byte, error) {
		if want := sha256.Sum256([]byte(ownInput)); !bytes.Equal(digest, want[:]) {
			t.Errorf("signs %x, want %x", digest, want)
		}
		vectors := sha256.Sum256([]byte(input))
		return key.Sign(rand.Reader, vectors[:], opts)
	}}
	got, err := Sign(ownHeader, ownClaims, swap)
	if want := ownInput + "." + vector.SignatureB64; err != nil || got != want {
		t.Errorf("got %s, %v\nwant %s", got, err, want)
	}
	header, claims, err := Decode(input + "." + vector.SignatureB64)
	if err != nil || string(header) != vector.Header ||
		!bytes.Contains(claims, []byte("\r\n \"exp\":1300819380")) {
		t.Errorf("Decode: %q, %q, %v", header, claims, err)
	}
}

// The encoded headers on Google's own page.
// https://developers.google.com/identity/protocols/oauth2/service-account#httprest
func TestGoogleHeader(t *testing.T) {
	for _, test := range []struct {
		header Header
		want   string
	}{
		{Header{Algorithm: "RS256", Type: "JWT"}, "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9"},
		{Header{Algorithm: "RS256", Type: "JWT", KeyID: "370ab79b4513eb9bad7c9bd16a95cb76b5b2a56a"},
			"eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6IjM3MGFiNzliNDUxM2ViOWJhZDdjOWJkMTZhOTVjYjc2YjViMmE1NmEifQ"},
	} {
		if got := base64url(toJSON(test.header)); got != test.want {
			t.Errorf("%+v: got %s, want %s", test.header, got, test.want)
		}
	}
}

// The claims of the JWT on Google's page. Its key is not published.
func TestGoogleClaims(t *testing.T) {
	const want = "eyJpc3MiOiI3NjEzMjY3OTgwNjktcjVtbGpsbG4xcmQ0bHJiaGc3NWVmZ2lncDM2bTc4ajVAZGV2ZWxvcGVyLmdzZXJ2aWNlYWNjb3VudC5jb20iLCJzY29wZSI6Imh0dHBzOi8vd3d3Lmdvb2dsZWFwaXMuY29tL2F1dGgvcHJlZGljdGlvbiIsImF1ZCI6Imh0dHBzOi8vd3d3Lmdvb2dsZWFwaXMuY29tL29hdXRoMi92NC90b2tlbiIsImV4cCI6MTMyODU1NDM4NSwiaWF0IjoxMzI4NTUwNzg1fQ"
	_, text, err := Decode("eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9." + want + ".UFUt")
	if err != nil {
		t.Fatal(err)
	}
	var c Claims
	if err := json.Unmarshal(text, &c); err != nil {
		t.Fatal(err)
	}
	ours, err := base64.RawURLEncoding.DecodeString(base64url(toJSON(c)))
	if err != nil {
		t.Fatal(err)
	}
	// Google's example has exp before iat; the order of members doesn't matter.
	swapped := strings.Replace(string(ours),
		`"iat":1328550785,"exp":1328554385`, `"exp":1328554385,"iat":1328550785`, 1)
	if got := base64.RawURLEncoding.EncodeToString([]byte(swapped)); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestGolden(t *testing.T) {
	k := testKeyFile(t)
	header, claims := testHeader(k), NewClaims(k, epoch)
	input, err := SigningInput(header, claims)
	if err != nil {
		t.Fatal(err)
	}
	assertion, err := Sign(header, claims, k.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	headerText, claimsText, err := Decode(assertion)
	if err != nil {
		t.Fatal(err)
	}
	for name, got := range map[string]string{
		"header.json":       string(headerText),
		"claims.json":       string(claimsText),
		"signing-input.txt": input,
		"assertion.txt":     assertion,
	} {
		if *update {
			err := os.WriteFile(filepath.Join("testdata", name), []byte(got), 0o644)
			if err != nil {
				t.Fatal(err)
			}
		}
		if want := string(read(t, name)); got != want {
			t.Errorf("%s: got %s\nwant %s", name, got, want)
		}
	}
	digest := sha256.Sum256([]byte(input))
	signature, err := base64.RawURLEncoding.DecodeString(strings.TrimPrefix(assertion, input+"."))
	if err != nil {
		t.Fatal(err)
	}
	err = rsa.VerifyPKCS1v15(&k.PrivateKey.PublicKey, crypto.SHA256, digest[:], signature)
	if err != nil {
		t.Error(err)
	}
}

// The commands in testdata/README.md reproduce the golden files with openssl
// alone.
func TestOpenSSL(t *testing.T) {
	if _, err := exec.LookPath("openssl"); err != nil {
		if os.Getenv("CI") != "" && runtime.GOOS != "js" { // js can't run programs
			t.Fatal("openssl is required in CI")
		}
		t.Skip("not run: openssl is not installed")
	}
	dir := t.TempDir()
	for _, name := range []string{"header.json", "claims.json", "signing-input.txt"} {
		if err := os.WriteFile(filepath.Join(dir, name), read(t, name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	err := os.WriteFile(filepath.Join(dir, "key.pem"), read(t, "testkey.pem"), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, line := range strings.Split(string(read(t, "README.md")), "\n") {
		if strings.HasPrefix(line, "    ") {
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	golden := []string{"signing-input.txt", "assertion.txt"}
	if len(lines) != len(golden) {
		t.Fatalf("README.md has %d command lines, not %d", len(lines), len(golden))
	}
	for i, name := range golden {
		cmd := exec.Command("sh", "-c", lines[i])
		cmd.Dir = dir
		got, err := cmd.Output()
		if want := read(t, name); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s\nprints %s, %v\nnot %s, which is\n%s", lines[i], got, err, name, want)
		}
	}
}

func TestNewClaims(t *testing.T) {
	k := testKeyFile(t)
	// This is epoch, in another zone.
	now := time.Date(2023, 11, 15, 7, 13, 20, 999, time.FixedZone("KST", 9*3600))
	want := Claims{
		Issuer:    k.ClientEmail,
		Scope:     "https://www.googleapis.com/auth/calendar.events.readonly",
		Audience:  "https://oauth2.googleapis.com/token",
		IssuedAt:  1699999990,
		ExpiresAt: 1700003590,
	}
	if got := NewClaims(k, now); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got := NewClaims(k, now, "a", "b").Scope; got != "a b" {
		t.Errorf("two scopes: %q", got)
	}
}

func TestSubjectAndEscaping(t *testing.T) {
	c := Claims{
		Issuer: "한글&<>\"@x", Scope: "s", Audience: "a", IssuedAt: 1, ExpiresAt: 2, Subject: "u@x",
	}
	input, err := SigningInput(Header{Algorithm: "RS256"}, c)
	if err != nil {
		t.Fatal(err)
	}
	_, text, err := Decode(input + ".")
	want := `{"iss":"한글&<>\"@x","scope":"s","aud":"a","iat":1,"exp":2,"sub":"u@x"}`
	if err != nil || string(text) != want {
		t.Errorf("got %s, %v; want %s", text, err, want)
	}
}

func TestSigningInputRefuses(t *testing.T) {
	for _, test := range []struct {
		name string
		edit func(*Header, *Claims)
		want string
	}{
		{"no alg", func(h *Header, c *Claims) { h.Algorithm = "" }, `jwt: alg is "": Google accepts RS256 only`},
		{"alg none", func(h *Header, c *Claims) { h.Algorithm = "none" }, `jwt: alg is "none": Google accepts RS256 only`},
		{"typ", func(h *Header, c *Claims) { h.Type = "JWE" }, `jwt: typ is "JWE", not JWT`},
		{"UTF-8 only when joined", func(h *Header, c *Claims) { h.KeyID, c.Issuer = "\xe2\x82", "\xac" }, "jwt: a header or claim is not UTF-8"},
		{"kid not UTF-8", func(h *Header, c *Claims) { h.KeyID = "\xff" }, "jwt: a header or claim is not UTF-8"},
		{"two halves of a letter", func(h *Header, c *Claims) { h.KeyID, c.Issuer = "\xc3", "\xa4@b" }, "jwt: a header or claim is not UTF-8"},
		{"no iss", func(h *Header, c *Claims) { c.Issuer = "" }, "jwt: iss is empty: it is the account's client_email"},
		{"no aud", func(h *Header, c *Claims) { c.Audience = "" }, "jwt: aud is empty: it is the token endpoint's URL"},
		{"exp before iat", func(h *Header, c *Claims) { c.ExpiresAt = c.IssuedAt }, "jwt: exp must be after iat, by at most 3600 seconds"},
		{"too long", func(h *Header, c *Claims) { c.ExpiresAt++ }, "jwt: exp must be after iat, by at most 3600 seconds"},
		{"overflow", func(h *Header, c *Claims) { c.IssuedAt, c.ExpiresAt = -1<<63, 1<<36 }, "jwt: exp must be after iat, by at most 3600 seconds"},
		{"exp a duration", func(h *Header, c *Claims) { c.ExpiresAt = 3600 }, "jwt: exp must be after iat, by at most 3600 seconds"},
		{"milliseconds", func(h *Header, c *Claims) { c.IssuedAt *= 1000; c.ExpiresAt *= 1000 }, "jwt: iat and exp count seconds since 1970, not milliseconds"},
		{"exp in milliseconds", func(h *Header, c *Claims) { c.ExpiresAt *= 1000 }, "jwt: iat and exp count seconds since 1970, not milliseconds"},
		{"aud of an API", func(h *Header, c *Claims) { c.Audience = "https://calendar-json.googleapis.com/" }, "jwt: aud is not the URL of a token endpoint: Google's is https://oauth2.googleapis.com/token"},
		{"aud with a slash", func(h *Header, c *Claims) { c.Audience += "/" }, "jwt: aud is not the URL of a token endpoint: Google's is https://oauth2.googleapis.com/token"},
		{"no scope", func(h *Header, c *Claims) { c.Scope = "" }, `jwt: scope "" is not a list of scopes: one space between them, no comma`},
		{"two spaces", func(h *Header, c *Claims) { c.Scope = "a  b" }, `jwt: scope "a  b" is not a list of scopes: one space between them, no comma`},
		{"comma", func(h *Header, c *Claims) { c.Scope = "a,b" }, `jwt: scope "a,b" is not a list of scopes: one space between them, no comma`},
		{"tab", func(h *Header, c *Claims) { c.Scope = "a\tb" }, `jwt: scope "a\tb" is not a list of scopes: one space between them, no comma`},
		{"twice", func(h *Header, c *Claims) { c.Scope = "a b a" }, `jwt: scope "a" is listed twice`},
	} {
		k := testKeyFile(t)
		header, claims := testHeader(k), NewClaims(k, epoch)
		test.edit(&header, &claims)
		got, err := Sign(header, claims, k.PrivateKey)
		if got != "" || err == nil || err.Error() != test.want {
			t.Errorf("%s: %q, %v; want %s", test.name, got, err, test.want)
		}
	}
}

// remote is a signer whose key is somewhere else, like a KMS or an HSM.
type remote struct {
	public crypto.PublicKey
	sign   func(digest []byte, opts crypto.SignerOpts) ([]byte, error)
}

func (r remote) Public() crypto.PublicKey { return r.public }
func (r remote) Sign(_ io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	return r.sign(digest, opts)
}

func TestRemoteSigner(t *testing.T) {
	k := testKeyFile(t)
	local, err := Sign(testHeader(k), NewClaims(k, epoch), k.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	kms := remote{public: &k.PrivateKey.PublicKey}
	kms.sign = func(digest []byte, opts crypto.SignerOpts) ([]byte, error) {
		return rsa.SignPKCS1v15(rand.Reader, k.PrivateKey, opts.HashFunc(), digest)
	}
	if got, err := Sign(testHeader(k), NewClaims(k, epoch), kms); err != nil || got != local {
		t.Errorf("got %s, %v; want %s", got, err, local)
	}
	down := errors.New("the KMS is down")
	kms.sign = func([]byte, crypto.SignerOpts) ([]byte, error) { return nil, down }
	got, err := Sign(testHeader(k), NewClaims(k, epoch), kms)
	if got != "" || !errors.Is(err, down) {
		t.Errorf("a failing signer: %q, %v", got, err)
	}
	kms.sign = func([]byte, crypto.SignerOpts) ([]byte, error) { return make([]byte, 70), nil }
	got, err = Sign(testHeader(k), NewClaims(k, epoch), kms)
	if got != "" || err == nil || !strings.Contains(err.Error(), "70 bytes") {
		t.Errorf("an ECDSA-like signature: %q, %v", got, err)
	}
}

func TestSignRefusesKeys(t *testing.T) {
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	short := &rsa.PublicKey{N: new(big.Int).Lsh(big.NewInt(1), 2046), E: 65537}
	long := &rsa.PublicKey{N: new(big.Int).Lsh(big.NewInt(1), 8192), E: 65537}
	for _, test := range []struct {
		name string
		key  crypto.Signer
		want string
	}{
		{"nil", nil, "jwt: no key to sign with"},
		{"nil *rsa.PrivateKey", (*rsa.PrivateKey)(nil), "jwt: no key to sign with"},
		{"zero rsa.PrivateKey", new(rsa.PrivateKey), "jwt: the key is empty"},
		{"EC", ec, "jwt: the key is a *ecdsa.PublicKey: RS256 needs an RSA key"},
		{"2047 bits", remote{public: short}, "jwt: the RSA key has 2047 bits: it needs at least 2048 and at most 8192"},
		{"8193 bits", remote{public: long}, "jwt: the RSA key has 8193 bits: it needs at least 2048 and at most 8192"},
	} {
		k := testKeyFile(t)
		got, err := Sign(testHeader(k), NewClaims(k, epoch), test.key)
		if got != "" || err == nil || err.Error() != test.want {
			t.Errorf("%s: %q, %v; want %s", test.name, got, err, test.want)
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	for assertion, want := range map[string]string{
		"":              "jwt: not a JWT: it should have 2 dots and has 0",
		"e30.e30":       "jwt: not a JWT: it should have 2 dots and has 1",
		"e30.e30.a.b":   "jwt: not a JWT: it should have 2 dots and has 3",
		"e30=.e30.":     "jwt: the header is not base64url without padding (RFC 7515, section 2)",
		"e30.e+0.":      "jwt: the claims set is not base64url without padding (RFC 7515, section 2)",
		"e30.e30.AB":    "jwt: the signature is not base64url without padding (RFC 7515, section 2)", // stray bits
		"e30.e\n30.AA":  "jwt: the claims set is not base64url without padding (RFC 7515, section 2)",
		"W10.e30.":      "jwt: the header is not a JSON object",
		"e30.eyJhIjp9.": "jwt: the claims set is not a JSON object",
	} {
		if _, _, err := Decode(assertion); err == nil || err.Error() != want {
			t.Errorf("%q: %v; want %s", assertion, err, want)
		}
	}
}

// Long input takes time in proportion to its length.
func TestLinear(t *testing.T) {
	start := time.Now()
	if _, _, err := Decode(strings.Repeat(".", 10<<20)); err == nil {
		t.Error("dots are accepted")
	}
	var scopes []string
	for i := range 20_000 {
		scopes = append(scopes, strconv.Itoa(i))
	}
	k := testKeyFile(t)
	if _, err := SigningInput(testHeader(k), NewClaims(k, epoch, scopes...)); err != nil {
		t.Error(err)
	}
	if elapsed := time.Since(start); elapsed > time.Second {
		t.Errorf("it took %v", elapsed)
	}
}
