// SPDX-License-Identifier: 0BSD

package tokenexchange

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
)

// vectors are the cases in testdata/vectors.json. They are for implementations
// in any language; testdata/README.md explains the members.
type vectors struct {
	Requests []requestVector
	Answers  []answerVector
}

type requestVector struct {
	TokenURL  string `json:"token_url"`
	Assertion string
	Body      string // of a request that may be sent
	Wrong     string // why another may not
}

type answerVector struct {
	Name   string
	MadeUp bool `json:"made_up"`

	// The answer. The body is in one of the two.
	Status  int
	Headers map[string]string
	Body    string
	Base64  []byte `json:"body_base64"`

	// What it is: one of these.
	Token   *tokenVector
	Error   string
	Refusal string

	Temporary bool // whether the same request may succeed later
}

// tokenVector is an access token. Lifetime is in seconds, or nil if it isn't
// known.
type tokenVector struct {
	AccessToken string `json:"access_token"`
	TokenType   string `json:"token_type"`
	Scope       string
	Lifetime    *int
}

func readVectors(t testing.TB) (v vectors) {
	t.Helper()
	data, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

func (v answerVector) body() string {
	if v.Base64 != nil {
		return string(v.Base64)
	}
	return v.Body
}

// response returns the answer as net/http reads it from the wire.
func (v answerVector) response() *http.Response {
	var header strings.Builder
	for name, value := range v.Headers {
		header.WriteString(name + ": " + value + "\r\n")
	}
	return respond(v.Status, header.String(), v.body())
}

// at returns the token that an answer has which came at this time.
func (v tokenVector) at(now time.Time) Token {
	t := Token{AccessToken: v.AccessToken, TokenType: v.TokenType, Scope: v.Scope}
	if v.Lifetime != nil {
		t.Expiry = now.Add(time.Duration(*v.Lifetime) * time.Second)
	}
	return t
}
