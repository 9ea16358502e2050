// SPDX-License-Identifier: 0BSD

// Minimal goes from a service account's key file to calendar events in five
// steps, and does nothing else. `fakegoogle -exam` lists what it lacks.
package main

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/url"
	"os"
	"time"
)

func main() {
	// Step 1: the service account's key file.
	var account map[string]string
	file, err := os.ReadFile(os.Getenv("GOOGLE_APPLICATION_CREDENTIALS"))
	check(err)
	check(json.Unmarshal(file, &account))
	block, _ := pem.Decode([]byte(account["private_key"]))
	privateKey, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	check(err)

	// Step 2: a JSON Web Token, which says who asks for what, and a signature.
	now := time.Now().Unix()
	header := map[string]any{"alg": "RS256", "typ": "JWT", "kid": account["private_key_id"]}
	claims := map[string]any{
		"iss":   account["client_email"],
		"scope": "https://www.googleapis.com/auth/calendar.events.readonly",
		"aud":   account["token_uri"],
		"iat":   now, "exp": now + 3600,
	}
	signingInput := encode(header) + "." + encode(claims)
	digest := sha256.Sum256([]byte(signingInput))
	signature, err := rsa.SignPKCS1v15(nil, privateKey.(*rsa.PrivateKey), crypto.SHA256, digest[:])
	check(err)
	jwt := signingInput + "." + base64.RawURLEncoding.EncodeToString(signature)

	// Step 3: a form with the token, posted to Google.
	grant := "urn:ietf:params:oauth:grant-type:jwt-bearer"
	form := url.Values{"grant_type": {grant}, "assertion": {jwt}}
	answer, err := http.PostForm(account["token_uri"], form)
	check(err)

	// Step 4: the access token that comes back.
	var token struct {
		AccessToken string `json:"access_token"`
	}
	readJSON(answer, &token)

	// Step 5: the events, from https://www.googleapis.com/calendar/v3.
	id := url.PathEscape(os.Getenv("CALENDAR_ID"))
	address := os.Getenv("CALENDAR_API") + "/calendars/" + id + "/events"
	request, err := http.NewRequest("GET", address, nil)
	check(err)
	request.Header.Set("Authorization", "Bearer "+token.AccessToken)
	answer, err = http.DefaultClient.Do(request)
	check(err)
	var list struct {
		Items []struct {
			Summary string                          // "Design review"
			Start   struct{ DateTime, Date string } // either one is empty
		}
	}
	readJSON(answer, &list)
	for _, event := range list.Items {
		fmt.Println(event.Start.DateTime+event.Start.Date, event.Summary)
	}
}

// encode returns a part of the JWT: JSON in base64url.
func encode(part map[string]any) string {
	text, _ := json.Marshal(part)
	return base64.RawURLEncoding.EncodeToString(text)
}

func readJSON(answer *http.Response, v any) {
	body, err := io.ReadAll(answer.Body)
	check(err)
	if answer.StatusCode != http.StatusOK {
		log.Fatalf("%s: %s", answer.Status, body)
	}
	check(json.Unmarshal(body, v))
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
