// SPDX-License-Identifier: 0BSD

package jwt

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// longest returns the length of the longest run of characters that may be
// base64.
func longest(text string) (most int) {
	const others = "+/="
	run := 0
	for _, c := range []byte(text) {
		letter := 'a' <= c|32 && c|32 <= 'z'
		digit := '0' <= c && c <= '9'
		if letter || digit || strings.IndexByte(others, c) >= 0 {
			run++
		} else {
			run = 0
		}
		most = max(most, run)
	}
	return most
}

// A key file is refused, and the error shows nothing of its key, or it is read
// in full. Then it reads the same once rewritten, and what it signs is correct.
func FuzzParseKeyFile(f *testing.F) {
	files := readVectors(f).KeyFiles
	for _, v := range append(files.Good, files.Bad...) {
		f.Add(v.data(f))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		k, err := ParseKeyFile(data)
		if err != nil {
			var bad *KeyFileError
			if k != nil || !errors.As(err, &bad) ||
				!strings.HasPrefix(err.Error(), "jwt: key file: ") {
				t.Fatalf("%v, %T", err, err)
			}
			why, fix, ok := strings.Cut(bad.Advice(), "\n")
			if !ok || why == "" || fix == "" || strings.Contains(fix, "\n") {
				t.Errorf("advice is %q, not two lines", bad.Advice())
			}
			// No message of this package has a word of 24 letters.
			all := fmt.Sprintf("%v %#v %d ", err, err, err) + bad.Advice()
			if longest(all) >= 24 || strings.ContainsAny(err.Error(), "\r\n") {
				t.Errorf("the error shows what may be part of the key: %s", all)
			}
			return
		}
		var plain map[string]any
		if err := json.Unmarshal(data, &plain); err != nil {
			t.Fatal(err)
		}
		members := k.members(t)
		for name, value := range members {
			if was, _ := plain[name].(string); was != value && name != "private_key" {
				t.Errorf("%s is %q, read as %q", name, was, value)
			}
		}
		// Rewritten by encoding/json and crypto/x509, it's the same key file.
		rewritten, err := json.Marshal(members)
		if err != nil {
			t.Fatal(err)
		}
		again, err := ParseKeyFile(rewritten)
		if err != nil {
			t.Fatal(err)
		}
		a, b := *k, *again
		if a.PrivateKey, b.PrivateKey = nil, nil; a != b || !k.PrivateKey.Equal(again.PrivateKey) {
			t.Errorf("read again it is %v, not %v", again.members(t), members)
		}
		masked := fmt.Sprintf("service account %s, key %s (private key withheld)",
			k.ClientEmail, k.PrivateKeyID)
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
			if got := fmt.Sprintf(verb, k); got != masked {
				t.Errorf("%s prints %q", verb, got)
			}
		}
		if text, err := json.Marshal(k); err != nil || !sameJSON(text, masked) {
			t.Errorf("as JSON it is %s, %v", text, err)
		}
		// The assertion says what it was made from, and its signature is right.
		header, claims := testHeader(k), NewClaims(k, epoch)
		assertion, err := Sign(header, claims, k.PrivateKey)
		if err != nil {
			t.Fatal(err)
		}
		checkDecoded(t, assertion, header, claims)
		dot := strings.LastIndexByte(assertion, '.')
		digest := sha256.Sum256([]byte(assertion[:dot]))
		signature, err := base64.RawURLEncoding.DecodeString(assertion[dot+1:])
		if err != nil {
			t.Fatal(err)
		}
		err = rsa.VerifyPKCS1v15(&k.PrivateKey.PublicKey, crypto.SHA256, digest[:], signature)
		if err != nil {
			t.Error("the key did not make the signature")
		}
	})
}

// members returns the members of the key file that k was read from.
func (k *KeyFile) members(t *testing.T) map[string]string {
	der, err := x509.MarshalPKCS8PrivateKey(k.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]string{
		"type":                        k.Type,
		"project_id":                  k.ProjectID,
		"private_key_id":              k.PrivateKeyID,
		"private_key":                 pemOf("PRIVATE KEY", der),
		"client_email":                k.ClientEmail,
		"client_id":                   k.ClientID,
		"auth_uri":                    k.AuthURI,
		"token_uri":                   k.TokenURI,
		"auth_provider_x509_cert_url": k.AuthProviderX509CertURL,
		"client_x509_cert_url":        k.ClientX509CertURL,
		"universe_domain":             k.UniverseDomain,
	}
}

// sameJSON reports whether text is the JSON of a string.
func sameJSON(text []byte, want string) bool {
	var got string
	return json.Unmarshal(text, &got) == nil && got == want
}

// checkDecoded reads the assertion without Header and Claims, and fails unless
// it says what they say.
func checkDecoded(t *testing.T, assertion string, h Header, c Claims) {
	t.Helper()
	header, claims, err := Decode(assertion)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"alg":   h.Algorithm,
		"typ":   h.Type,
		"kid":   h.KeyID,
		"iss":   c.Issuer,
		"scope": c.Scope,
		"aud":   c.Audience,
		"iat":   json.Number(fmt.Sprint(c.IssuedAt)),
		"exp":   json.Number(fmt.Sprint(c.ExpiresAt)),
		"sub":   c.Subject,
	}
	for name, value := range want {
		if value == "" { // it's left out
			delete(want, name)
		}
	}
	got := make(map[string]any)
	for _, text := range [][]byte{header, claims} {
		dec := json.NewDecoder(bytes.NewReader(text))
		dec.UseNumber()
		if err := dec.Decode(&got); err != nil {
			t.Fatal(err)
		}
	}
	if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) { // fmt sorts maps by name
		t.Errorf("%q decodes to %q, not to %q", assertion, got, want)
	}
}

// Whatever the header and claims are, they're refused, or the signing input has
// them unchanged.
func FuzzSigningInput(f *testing.F) {
	k := testKeyFile(f)
	c := NewClaims(k, epoch)
	f.Add("RS256", "JWT", k.PrivateKeyID,
		c.Issuer, c.Scope, c.Audience, c.IssuedAt, c.ExpiresAt, "")
	f.Add("RS256", "", "", "<me>&\u2028\x00", "a b", `"\`, int64(0), int64(1), "you\U0001f600")
	// Two halves of a character are UTF-8 only when joined.
	f.Add("RS256", "JWT", "\xe2", "\x82\xac", "a", "b", int64(1), int64(2), "")
	f.Add("none", "jwt", "", "", "a,b", "", int64(-1), int64(1<<62), "\xff")
	f.Add("RS256", "JWT", "k", "i", "a a", "u", int64(1)<<62, int64(1)<<62+3601, "s")
	f.Fuzz(func(t *testing.T, alg, typ, kid, iss, scope, aud string, iat, exp int64, sub string) {
		h, c := Header{alg, typ, kid}, Claims{iss, scope, aud, iat, exp, sub}
		input, err := SigningInput(h, c)
		if err != nil {
			if input != "" || !strings.HasPrefix(err.Error(), "jwt: ") {
				t.Errorf("%q, %v", input, err)
			}
			return
		}
		checkDecoded(t, input+".", h, c)
		badTimes := exp <= iat || iat < 0 || exp-iat > 3600
		badScope := scope == "" || strings.Contains(scope, ",") ||
			strings.Join(strings.Fields(scope), " ") != scope
		if alg != "RS256" || iss == "" || aud == "" || badTimes || badScope {
			t.Errorf("Google would refuse %+v, %+v", h, c)
		}
	})
}

// decodeErrors matches all errors of Decode: none has a part of the assertion.
var decodeErrors = regexp.MustCompile(`^jwt: (not a JWT: it should have 2 dots and has \d+` +
	`|the (header|claims set) is not a JSON object` +
	`|the (header|claims set|signature) is not base64url without padding` +
	` \(RFC 7515, section 2\))$`)

// Decode accepts only what has one spelling: three parts of base64url that,
// once decoded, encode to the same text. Two of them are JSON objects.
func FuzzDecode(f *testing.F) {
	v := readVectors(f)
	f.Add(v.signed().token())
	f.Add(v.signed().SigningInput + ".")
	for _, v := range v.Decoded {
		f.Add(v.Token)
	}
	for _, text := range []string{
		"e30.e30.YR", "e30.e30.Y", "e31.e30.", "e30\n.e30.", "e30.W10.", "a.b", "...",
		"+/.e30.", "e30.eyJhIjoxfXg.",
	} {
		f.Add(text)
	}
	canonical := func(part string) ([]byte, bool) {
		decoded, err := base64.URLEncoding.DecodeString(part + strings.Repeat("=", -len(part)&3))
		return decoded, err == nil && base64.RawURLEncoding.EncodeToString(decoded) == part
	}
	f.Fuzz(func(t *testing.T, assertion string) {
		header, claims, err := Decode(assertion)
		if err != nil && !decodeErrors.MatchString(err.Error()) {
			t.Errorf("%q, of %q", err, assertion)
		}
		parts := strings.Split(assertion, ".")
		good := len(parts) == 3
		for i, got := range [][]byte{header, claims, nil} {
			if !good {
				break
			}
			decoded, ok := canonical(parts[i])
			var object map[string]json.RawMessage
			good = ok && (i == 2 || json.Unmarshal(decoded, &object) == nil && object != nil)
			if err == nil && i < 2 && !bytes.Equal(got, decoded) {
				t.Errorf("%q decodes to %q", parts[i], got)
			}
		}
		if good != (err == nil) || err != nil && (header != nil || claims != nil) {
			t.Errorf("%q: %q, %q, %v", assertion, header, claims, err)
		}
	})
}
