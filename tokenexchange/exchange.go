// SPDX-License-Identifier: 0BSD

// Package tokenexchange trades a signed assertion for an access token at
// Google's OAuth 2.0 token endpoint: the JWT bearer grant of RFC 7523, section
// 2.1, with the answers of RFC 6749, section 5. That is steps 3 and 4 of 5 in
// https://developers.google.com/identity/protocols/oauth2/service-account#httprest
//
// [Client.Exchange] makes one trade; a [Source] keeps a token for many callers.
//
// The package doesn't make assertions, and doesn't look into access tokens.
// It's not for flows in which a user logs in.
package tokenexchange

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// grantType tells the token endpoint to expect an assertion (RFC 7523, section
// 2.1), and not a user's login.
const grantType = "urn:ietf:params:oauth:grant-type:jwt-bearer"

// maxBody bounds an answer, in bytes, so that a server can't exhaust memory.
// Google's answers are smaller than 2 KiB.
const maxBody = 1 << 20

// maxLifetime bounds the lifetime of a token, in seconds. Google's live for an
// hour. A number too large for a time.Duration could make an expired token look
// good.
const maxLifetime = 24 * 60 * 60

// NewRequest is step 3: it returns the form POST without sending it. The token
// URL must be https, or http on this machine. If the request can't be made, the
// error is an *[Error].
//
// The request carries the assertion, which is a secret. It doesn't show when
// the request is printed with fmt.
func NewRequest(ctx context.Context,
	tokenURL, assertion string) (*http.Request, error) {
	if err := checkRequest(tokenURL, assertion); err != nil {
		return nil, err
	}
	// RFC 7523, section 2.1, in the order of Google's example.
	form := "grant_type=" + url.QueryEscape(grantType) +
		"&assertion=" + url.QueryEscape(assertion)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost,
		tokenURL, strings.NewReader(form))
	if err != nil {
		return nil, &Error{Problem: "cannot make the request", Err: err}
	}
	// RFC 6749, appendix B.
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Body = masked(req.Body)
	return req, nil
}

// answer has the members of both kinds of answer that the endpoint returns.
type answer struct {
	// A token (RFC 6749, section 5.1). Some servers send expires_in as a string
	// of digits, which a json.Number accepts too.
	AccessToken string      `json:"access_token"`
	TokenType   string      `json:"token_type"`
	ExpiresIn   json.Number `json:"expires_in"`
	Scope       string      `json:"scope"`

	// An error (RFC 6749, section 5.2).
	Error       string `json:"error"`
	Description string `json:"error_description"`

	// An OpenID Connect token. Google sends one, and no access token, if it
	// doesn't know the scope.
	IDToken string `json:"id_token"`
}

// ParseResponse is step 4: it reads the answer, closes its body, and returns
// the token or an *[Error]. A 200 alone isn't success: without an access_token
// it's an error. now is the time the answer came. The token's Expiry is counted
// from it, since expires_in is a number of seconds and not a time of day.
//
// If resp.Request comes from [NewRequest], as it does from an [http.Client], the
// error doesn't have its assertion, even if the server echoes it.
func ParseResponse(resp *http.Response, now time.Time) (*Token, error) {
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	if err != nil {
		return nil, brokenOff(err).received(resp, body, now)
	}
	var a answer
	err = json.Unmarshal(body, &a)
	if e := checkAnswer(resp, body, &a, err); e != nil {
		return nil, e.received(resp, body, now)
	}
	// RFC 6749, section 5.1.
	token := &Token{
		AccessToken: a.AccessToken,
		TokenType:   a.TokenType,
		Scope:       a.Scope,
	}
	if seconds, _ := a.ExpiresIn.Float64(); seconds >= 1 {
		seconds = min(seconds, maxLifetime)
		lifetime := time.Duration(seconds) * time.Second
		// Round drops the monotonic clock: it stops during sleep.
		token.Expiry = now.Round(0).Add(lifetime)
	}
	return token, nil
}
