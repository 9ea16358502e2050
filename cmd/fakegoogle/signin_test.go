// SPDX-License-Identifier: 0BSD

package main

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"testing"
	"time"
)

// signIn gets an access token for a key file: the first four steps, in as little code as they can be done in.
func signIn(t *testing.T, path string) string {
	t.Helper()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(path)
	check(err)
	var file struct {
		ClientEmail string `json:"client_email"`
		PrivateKey  string `json:"private_key"`
		TokenURI    string `json:"token_uri"`
	}
	check(json.Unmarshal(text, &file))
	block, _ := pem.Decode([]byte(file.PrivateKey))
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	check(err)

	b64, now := base64.RawURLEncoding.EncodeToString, time.Now().Unix()
	signed := b64([]byte(`{"alg":"RS256"}`)) + "." + b64(fmt.Appendf(nil,
		`{"iss":%q,"scope":"https://www.googleapis.com/auth/calendar.readonly","aud":%q,"iat":%d,"exp":%d}`, file.ClientEmail, file.TokenURI, now, now+3600))
	digest := sha256.Sum256([]byte(signed))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key.(*rsa.PrivateKey), crypto.SHA256, digest[:])
	check(err)
	resp, err := http.PostForm(file.TokenURI, url.Values{
		"grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"}, "assertion": {signed + "." + b64(signature)},
	})
	check(err)
	defer resp.Body.Close()
	var token struct {
		AccessToken string `json:"access_token"`
	}
	check(json.NewDecoder(resp.Body).Decode(&token))
	if resp.StatusCode != 200 || token.AccessToken == "" {
		t.Fatalf("status %d, no access token", resp.StatusCode)
	}
	return token.AccessToken
}
