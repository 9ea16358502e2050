// SPDX-License-Identifier: 0BSD

package jwt

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"
)

// Steps 1 and 2.
func Example() {
	data, err := os.ReadFile("testdata/key.json") // yours is the file from the console
	if err != nil {
		panic(err)
	}
	// This one has a published test key, with a label that says so.
	data = bytes.ReplaceAll(data, []byte("TESTING KEY"), []byte("PRIVATE KEY"))

	key, err := ParseKeyFile(data)
	if err != nil {
		panic(err)
	}
	now := time.Unix(1700000000, 0) // yours is time.Now()
	header := Header{Algorithm: "RS256", Type: "JWT", KeyID: key.PrivateKeyID}
	assertion, err := Sign(header, NewClaims(key, now), key.PrivateKey)
	if err != nil {
		panic(err)
	}
	fmt.Println(len(assertion), "bytes, to be posted to", key.TokenURI)
	// Output: 714 bytes, to be posted to https://oauth2.googleapis.com/token
}

func ExampleParseKeyFile() {
	_, err := ParseKeyFile([]byte(`{"installed": {"client_id": "1.apps.googleusercontent.com"}}`))
	fmt.Println(err)

	var bad *KeyFileError
	if errors.As(err, &bad) {
		fmt.Println(bad.Advice())
	}
	// Output:
	// jwt: key file: an OAuth client file, not a service account's key
	// The console's Credentials page has both; this one is for users who log in.
	// Use a JSON key of the service account, or create one (console, IAM & Admin > Service Accounts > Keys > Add key > Create new key > JSON), or get an access token without a key: gcloud auth print-access-token.
}

// You can print and log a KeyFile: its private key is withheld.
func ExampleKeyFile() {
	key := KeyFile{ClientEmail: "reader@example.iam.gserviceaccount.com", PrivateKeyID: "370ab79b"}
	fmt.Println(key.String())
	fmt.Printf("%+v\n", key)
	text, err := json.Marshal(map[string]any{"using": key})
	fmt.Println(string(text), err)
	// Output:
	// service account reader@example.iam.gserviceaccount.com, key 370ab79b (private key withheld)
	// service account reader@example.iam.gserviceaccount.com, key 370ab79b (private key withheld)
	// {"using":"service account reader@example.iam.gserviceaccount.com, key 370ab79b (private key withheld)"} <nil>
}

func ExampleNewClaims() {
	key := &KeyFile{
		ClientEmail: "reader@example.iam.gserviceaccount.com",
		TokenURI:    "https://oauth2.googleapis.com/token",
	}
	claims := NewClaims(key, time.Unix(1700000000, 0))
	fmt.Printf("%+v\n", claims)
	fmt.Println(claims.Scope == DefaultScope, claims.ExpiresAt-claims.IssuedAt == MaxLifetime)
	// Output:
	// {Issuer:reader@example.iam.gserviceaccount.com Scope:https://www.googleapis.com/auth/calendar.events.readonly Audience:https://oauth2.googleapis.com/token IssuedAt:1699999990 ExpiresAt:1700003590 Subject:}
	// true true
}

func ExampleSigningInput() {
	header := Header{Algorithm: "RS256", Type: "JWT"}
	claims := Claims{Issuer: "me", Scope: "s", Audience: "you", IssuedAt: 1, ExpiresAt: 2}
	fmt.Println(SigningInput(header, claims))

	claims.ExpiresAt = 3602
	fmt.Println(SigningInput(header, claims))
	// Output:
	// eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJtZSIsInNjb3BlIjoicyIsImF1ZCI6InlvdSIsImlhdCI6MSwiZXhwIjoyfQ <nil>
	//  jwt: exp must be after iat, by at most 3600 seconds
}

func ExampleSign() {
	data, err := os.ReadFile("testdata/testkey.pem") // or use a KMS that is a crypto.Signer
	if err != nil {
		panic(err)
	}
	block, _ := pem.Decode(data)
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		panic(err)
	}
	claims := Claims{Issuer: "me", Scope: "s", Audience: "you", IssuedAt: 1, ExpiresAt: 2}
	assertion, err := Sign(Header{Algorithm: "RS256"}, claims, key.(crypto.Signer))
	if err != nil {
		panic(err)
	}
	fmt.Println(assertion[:strings.LastIndex(assertion, ".")], "and a signature")

	_, err = Sign(Header{Algorithm: "none"}, claims, key.(crypto.Signer))
	fmt.Println(err)
	// Output:
	// eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJtZSIsInNjb3BlIjoicyIsImF1ZCI6InlvdSIsImlhdCI6MSwiZXhwIjoyfQ and a signature
	// jwt: alg is "none": Google accepts RS256 only
}

func ExampleDecode() {
	header, claims, err := Decode("eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UifQ.cC4h")
	fmt.Printf("%s %s %v\n", header, claims, err)
	// Output: {"alg":"RS256"} {"iss":"joe"} <nil>
}
