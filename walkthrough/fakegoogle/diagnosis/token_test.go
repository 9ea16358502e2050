// SPDX-License-Identifier: 0BSD

package diagnosis_test

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"example.com/fivestep/walkthrough/fakegoogle/diagnosis"
)

// Whatever a client sends, and whichever check is said to have refused it, the
// diagnosis is short, is printable, and doesn't repeat the signature.
func FuzzToken(f *testing.F) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		f.Fatal(err)
	}
	const email = "reader@lesson.iam.gserviceaccount.com"
	signature := base64.RawURLEncoding.EncodeToString(key.N.Bytes())
	for _, claims := range []string{
		`{"iss":"` + email + `","scope":"a","aud":"b","iat":1700000000,"exp":1700003600}`,
		`{"iss":["` + email + `"],"iat":"x","exp":1e400,"aud":[],"scope":{},"sub":7}`,
		`{"iss":"` + email + `","iat":1,"iat":-1e300,"exp":"1700003600000","sub":"a@gmail.com"}`,
		`{'iss': None}`, `"{}"`, "null", "", "{", "\ufeff{}", "{\x00}\x00",
	} {
		for _, header := range []string{
			`{"alg":"RS256","kid":"1"}`, `{"alg":"HS256"}`, `{"alg":[]}`, "x",
		} {
			f.Add(header, claims, signature, "", uint8(0))
		}
	}
	for _, s := range []string{"", "=", "+/", "a", signature[4:], strings.Repeat("ab", 256)} {
		f.Add(`{"alg":"RS256"}`, `{"iss":"`+email+`"}`, s, "", uint8(5))
	}
	for _, body := range []string{
		"{", "%", "grant_type=", "grant_type=%2525&assertion", "assertion=Bearer+a.b.c&scope",
		"assertion=%22a.b.c%22", "jwt=a.b.c", "eyJ", "assertion=..", "assertion=....",
	} {
		f.Add("", "", "", body, uint8(2))
		f.Add("", "", "", body, uint8(3))
	}
	b64 := base64.RawURLEncoding.EncodeToString
	f.Fuzz(func(t *testing.T, header, claims, signature, body string, refused uint8) {
		form := url.Values{"grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"}}
		form.Set("assertion", b64([]byte(header))+"."+b64([]byte(claims))+"."+signature)
		if body == "" {
			body = form.Encode()
		}
		req := diagnosis.TokenRequest{
			Method:     "POST",
			Query:      claims,
			Header:     http.Header{"Content-Type": {header}},
			Body:       []byte(body),
			Refused:    int(refused),
			Now:        time.Unix(1700000000, 0),
			URL:        "http://localhost:8085/token",
			GoogleURLs: []string{"https://oauth2.googleapis.com/token"},
			Scopes:     []string{"https://www.googleapis.com/auth/calendar"},
			Accounts: []diagnosis.Account{
				{Email: "nobody@lesson.iam.gserviceaccount.com"}, // without a key
				{Email: email, Keys: []diagnosis.Key{{ID: "1", Public: &key.PublicKey}}},
			},
		}
		for _, check := range []int{
			req.Refused, diagnosis.Issuer, diagnosis.Signature, diagnosis.Subject,
		} {
			req.Refused = check
			checkMistake(t, diagnosis.Token(req), check, signature)
		}
		req.Method = header
		checkMistake(t, diagnosis.Token(req), 0, signature)
	})
}

func checkMistake(t *testing.T, m diagnosis.Mistake, refused int, signature string) {
	t.Helper()
	const (
		longest  = 1000 // bytes of both sentences
		mostSame = 24   // characters of the signature in a row
	)
	text := m.Wrong + "\n" + m.Fix
	if refused != 0 && (m.Name == "" || m.Wrong == "") {
		t.Errorf("check %d refused, and nothing is wrong: %+v", refused, m)
	}
	if (m.Name == "") != (m.Wrong == "") {
		t.Errorf("%+v", m)
	}
	if len(text) > longest || !utf8.ValidString(text) || strings.Count(text, "\n") != 1 {
		t.Errorf("%d bytes: %q", len(text), text)
	}
	for _, r := range m.Wrong + m.Fix {
		if r < ' ' || r == 0x7f {
			t.Errorf("not printable: %q", text)
			break
		}
	}
	if base64.RawURLEncoding.EncodedLen(128) > len(signature) {
		return // of no RSA key; it may be any word
	}
	for i := 0; i+mostSame < len(signature); i++ {
		if strings.Contains(text, signature[i:i+mostSame+1]) {
			t.Errorf("the signature %q is shown: %q", signature, text)
			break
		}
	}
}
