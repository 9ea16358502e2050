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

// signIn gets an access token for a key file. These are the first four steps
// in as little code as possible.
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

	const scope = "https://www.googleapis.com/auth/calendar.readonly"
	b64 := base64.RawURLEncoding.EncodeToString
	now := time.Now().Unix()
	claims := fmt.Appendf(nil, `{"iss":%q,"scope":%q,"aud":%q,"iat":%d,"exp":%d}`,
		file.ClientEmail, scope, file.TokenURI, now, now+3600)
	signingInput := b64([]byte(`{"alg":"RS256"}`)) + "." + b64(claims)
	digest := sha256.Sum256([]byte(signingInput))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key.(*rsa.PrivateKey), crypto.SHA256, digest[:])
	check(err)
	resp, err := http.PostForm(file.TokenURI, url.Values{
		"grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"},
		"assertion":  {signingInput + "." + b64(signature)},
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
