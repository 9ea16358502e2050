// SPDX-License-Identifier: 0BSD

package tokenexchange

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"
)

// fakeEndpoint answers each good request with another token.
func fakeEndpoint() *httptest.Server {
	n := 0
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("assertion") == "" {
			w.WriteHeader(400)
			fmt.Fprint(w, `{"error":"invalid_request","error_description":"Bad Request"}`)
			return
		}
		n++
		fmt.Fprintf(w, `{"access_token":"ya29.c.%d","expires_in":3599,"token_type":"Bearer"}`, n)
	}))
}

func ExampleClient_Exchange() {
	server := fakeEndpoint() // yours is the key file's token_uri
	defer server.Close()

	var client Client // the zero value is ready to use
	token, err := client.Exchange(context.Background(), server.URL, "header.claims.signature")
	if err != nil {
		panic(err)
	}
	fmt.Println(token.AccessToken)
	// Output: ya29.c.1
}

func ExampleSource() {
	server := fakeEndpoint()
	defer server.Close()

	var client Client
	source := &Source{
		Fetch: func(ctx context.Context) (*Token, error) {
			assertion := "header.claims.signature" // sign a fresh one each time
			return client.Exchange(ctx, server.URL, assertion)
		},
	}
	for range 3 {
		fmt.Println(source.AccessToken(context.Background()))
	}
	source.Invalidate("ya29.c.1") // when an API answers 401
	fmt.Println(source.AccessToken(context.Background()))
	// Output:
	// ya29.c.1 <nil>
	// ya29.c.1 <nil>
	// ya29.c.1 <nil>
	// ya29.c.2 <nil>
}

func ExampleNewRequest() {
	req, err := NewRequest(context.Background(),
		"https://oauth2.googleapis.com/token", "header.claims.signature")
	if err != nil {
		panic(err)
	}
	fmt.Println(req.Method, req.URL, req.ContentLength, "bytes")
	// Output: POST https://oauth2.googleapis.com/token 98 bytes
}

func ExampleParseResponse() {
	const body = `{"error":"invalid_grant","error_description":"Invalid JWT Signature."}`
	resp := &http.Response{ // an answer of Google's
		StatusCode: http.StatusBadRequest,
		Body:       io.NopCloser(strings.NewReader(body)),
	}
	_, err := ParseResponse(resp, time.Now())
	var e *Error
	if errors.As(err, &e) {
		fmt.Println(e)
		fmt.Println(e.Advice())
	}
	// Output:
	// tokenexchange: 400 invalid_grant: Invalid JWT Signature.
	// No active key of the account in iss made this signature: the key was made a moment ago, has expired, was deleted or disabled (by Google too, if it was found in public), or belongs to another account.
	// Wait a minute if the key is new. Otherwise look for its private_key_id among the active keys, which are public: https://www.googleapis.com/robot/v1/metadata/x509/ and client_email. Only if it isn't there, create a new key.
}

// If Google refuses an assertion for its times, the answer's Date shows whether
// this machine's clock is wrong.
func ExampleError_ClockOffset() {
	google := time.Date(2023, 11, 14, 22, 13, 20, 0, time.UTC)
	err := &Error{
		StatusCode: 400, Code: "invalid_grant",
		ServerDate: google, LocalDate: google.Add(10 * time.Minute),
	}
	fmt.Println(err.ClockOffset(), err.Temporary())
	// Output: 10m0s false
}

// You can tell an error of your context from one of Google's.
func ExampleError_Unwrap() {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := new(Client).Exchange(ctx,
		"https://oauth2.googleapis.com/token", "header.claims.signature")
	var e *Error
	fmt.Println(errors.As(err, &e), errors.Is(err, context.Canceled))
	// Output: true true
}

func ExampleToken_String() {
	token := Token{
		AccessToken: "ya29.c.secret",
		TokenType:   "Bearer",
		Expiry:      time.Unix(1700003599, 0),
	}
	fmt.Printf("%v\n%+v\n", token, &token)
	// Output:
	// Bearer token of 13 characters (withheld), expires 2023-11-14T23:13:19Z
	// Bearer token of 13 characters (withheld), expires 2023-11-14T23:13:19Z
}

func ExampleToken_MarshalText() {
	text, err := json.Marshal(Token{AccessToken: "ya29.c.secret", TokenType: "Bearer"})
	fmt.Println(string(text), err)
	// Output: "Bearer token of 13 characters (withheld), expiry not known" <nil>
}

// traced prints how each request ends.
type traced struct{ http.RoundTripper }

func (t traced) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := t.RoundTripper.RoundTrip(r)
	if err == nil {
		fmt.Println(r.Method, resp.Status)
	}
	return resp, err
}

func ExampleTransport() {
	server := fakeEndpoint()
	defer server.Close()

	client := Client{HTTP: &http.Client{Transport: traced{Transport()}}}
	token, err := client.Exchange(context.Background(), server.URL, "header.claims.signature")
	if err != nil {
		panic(err)
	}
	fmt.Println(token.AccessToken)
	// Output:
	// POST 200 OK
	// ya29.c.1
}
