// SPDX-License-Identifier: 0BSD

package jwt

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
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

// NewClaims at epoch, and the header of key.json, are those of the first
// vector.
func TestGolden(t *testing.T) {
	k, v := testKeyFile(t), readVectors(t).signed()
	header, claims := testHeader(k), NewClaims(k, epoch)
	if got := string(toJSON(header)); got != v.Header {
		t.Errorf("header: got %s, want %s", got, v.Header)
	}
	if got := string(toJSON(claims)); got != v.Claims {
		t.Errorf("claims: got %s, want %s", got, v.Claims)
	}
	if got, err := Sign(header, claims, k.PrivateKey); err != nil || got != v.token() {
		t.Errorf("got %s, %v\nwant %s", got, err, v.token())
	}
}

// The commands in testdata/README.md reproduce the first vector with openssl
// alone.
func TestOpenSSL(t *testing.T) {
	if _, err := exec.LookPath("openssl"); err != nil {
		if os.Getenv("CI") != "" && runtime.GOARCH != "wasm" { // which can't run programs
			t.Fatal("openssl is required in CI")
		}
		t.Skip("not run: openssl is not installed")
	}
	dir, v := t.TempDir(), readVectors(t).signed()
	for name, text := range map[string]string{
		"header.json":       v.Header,
		"claims.json":       v.Claims,
		"signing-input.txt": v.SigningInput,
		"key.pem":           string(read(t, "testkey.pem")),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var lines []string
	for _, line := range strings.Split(string(read(t, "README.md")), "\n") {
		if strings.HasPrefix(line, "    ") {
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	prints := []string{v.SigningInput, v.token()}
	if len(lines) != len(prints) {
		t.Fatalf("README.md has %d command lines, not %d", len(lines), len(prints))
	}
	for i, want := range prints {
		cmd := exec.Command("sh", "-c", lines[i])
		cmd.Dir = dir
		if got, err := cmd.Output(); err != nil || string(got) != want {
			t.Errorf("%s\nprints %s, %v\nnot %s", lines[i], got, err, want)
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

// refusals are the errors for each word that says what is wrong with a header
// or with claims.
var refusals = map[string]string{
	"alg":                 `alg is %q: Google accepts RS256 only`,
	"typ":                 `typ is %q, not JWT`,
	"iss":                 "iss is empty: it is the account's client_email",
	"aud-missing":         "aud is empty: it is the token endpoint's URL",
	"aud-not-an-endpoint": "aud is not the URL of a token endpoint: Google's is https://oauth2.googleapis.com/token",
	"lifetime":            "exp must be after iat, by at most 3600 seconds",
	"milliseconds":        "iat and exp count seconds since 1970, not milliseconds",
	"scope-list":          `scope %q is not a list of scopes: one space between them, no comma`,
	"scope-twice":         `scope "a" is listed twice`,
}

func TestSigningInputRefuses(t *testing.T) {
	k, used := testKeyFile(t), map[string]bool{}
	for _, v := range readVectors(t).Refused {
		var h Header
		var c Claims
		for text, value := range map[string]any{v.Header: &h, v.Claims: &c} {
			if err := json.Unmarshal([]byte(text), value); err != nil {
				t.Fatalf("%s: %v", v.Name, err)
			}
		}
		used[v.Wrong] = true
		want, quoted := refusals[v.Wrong], map[string]string{
			"alg": h.Algorithm, "typ": h.Type, "scope-list": c.Scope,
		}
		if strings.Contains(want, "%q") {
			want = fmt.Sprintf(want, quoted[v.Wrong])
		}
		got, err := Sign(h, c, k.PrivateKey)
		if got != "" || err == nil || err.Error() != "jwt: "+want {
			t.Errorf("%s: %q, %v; want %s", v.Name, got, err, want)
		}
	}
	if len(used) != len(refusals) {
		t.Errorf("%d reasons of %d", len(used), len(refusals))
	}
}

// JSON has only UTF-8; a Go string may have any bytes.
func TestSigningInputRefusesOtherThanUTF8(t *testing.T) {
	for name, edit := range map[string]func(*Header, *Claims){
		"UTF-8 only when joined": func(h *Header, c *Claims) { h.KeyID, c.Issuer = "\xe2\x82", "\xac" },
		"kid":                    func(h *Header, c *Claims) { h.KeyID = "\xff" },
		"two halves of a letter": func(h *Header, c *Claims) { h.KeyID, c.Issuer = "\xc3", "\xa4@b" },
	} {
		k := testKeyFile(t)
		header, claims := testHeader(k), NewClaims(k, epoch)
		edit(&header, &claims)
		got, err := Sign(header, claims, k.PrivateKey)
		if got != "" || err == nil || err.Error() != "jwt: a header or claim is not UTF-8" {
			t.Errorf("%s: %q, %v", name, got, err)
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

// decodeRefusals are the errors for each word that says what is wrong with a
// token.
var decodeRefusals = map[string]string{
	"parts":            "not a JWT: it should have 2 dots and has %d",
	"base64-header":    "the header is not base64url without padding (RFC 7515, section 2)",
	"base64-claims":    "the claims set is not base64url without padding (RFC 7515, section 2)",
	"base64-signature": "the signature is not base64url without padding (RFC 7515, section 2)",
	"json-header":      "the header is not a JSON object",
	"json-claims":      "the claims set is not a JSON object",
}

func TestDecode(t *testing.T) {
	used := map[string]bool{}
	for _, v := range readVectors(t).Decoded {
		header, claims, err := Decode(v.Token)
		if v.Wrong == "" {
			if err != nil || string(header) != v.Header || string(claims) != v.Claims {
				t.Errorf("%q: %q, %q, %v", v.Token, header, claims, err)
			}
			continue
		}
		used[v.Wrong] = true
		want := decodeRefusals[v.Wrong]
		if v.Wrong == "parts" {
			want = fmt.Sprintf(want, strings.Count(v.Token, "."))
		}
		if header != nil || claims != nil || err == nil || err.Error() != "jwt: "+want {
			t.Errorf("%q: %v; want %s", v.Token, err, want)
		}
	}
	if len(used) != len(decodeRefusals) {
		t.Errorf("%d reasons of %d", len(used), len(decodeRefusals))
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
