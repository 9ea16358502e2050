// SPDX-License-Identifier: 0BSD

// Package tokenexchange trades a signed assertion for an access token at
// Google's OAuth 2.0 token endpoint: the JWT bearer grant of RFC 7523, section
// 2.1, with the answers of RFC 6749, section 5. It is steps 3 and 4 of 5 in
// https://developers.google.com/identity/protocols/oauth2/service-account#httprest
//
// [Client.Exchange] does one trade; [Source] keeps a token for many callers. The
// package does not make assertions, and an access token is opaque to it. It is
// not for flows in which a user logs in.
package tokenexchange

import (
	"cmp"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// maxBody bounds an answer, in bytes. Google's have less than 2 KiB.
const maxBody = 1 << 20

// Client sends assertions to a token endpoint. The zero value is ready to use; a
// Client may be used by several goroutines at once.
type Client struct {
	// HTTP is never changed. Redirects are refused, and without a Timeout it gets 30
	// seconds for each attempt. nil: a plain client that keeps no connection.
	HTTP *http.Client

	MaxAttempts int                                        // how often one assertion is sent; 0: 4 times, a minute apart at most
	Now         func() time.Time                           // nil: time.Now
	Sleep       func(context.Context, time.Duration) error // waits between attempts, or ends with the context's error; nil: a timer
}

// NewRequest returns step 3, the form POST, without sending it. The token URL must
// be https, or http on this machine; what cannot be sent is an *[Error]. The request
// carries the assertion, a secret.
func NewRequest(ctx context.Context, tokenURL, assertion string) (*http.Request, error) {
	u, err := url.Parse(tokenURL)
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.Fragment != "":
		return nil, &Error{Problem: "the token URL is not the URL of an endpoint"}
	case u.Scheme != "https" && !(u.Scheme == "http" && (u.Hostname() == "localhost" || u.Hostname() == "127.0.0.1" || u.Hostname() == "::1")):
		return nil, &Error{Problem: "the token URL is not https: an assertion must not travel in the clear"}
	case assertion == "":
		return nil, &Error{Problem: "the assertion is empty"}
	}
	// RFC 7523, section 2.1, in the order of Google's example; url.Values would sort it.
	body := "grant_type=" + url.QueryEscape("urn:ietf:params:oauth:grant-type:jwt-bearer") + "&assertion=" + url.QueryEscape(assertion)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, tokenURL, strings.NewReader(body))
	if err != nil {
		return nil, &Error{Problem: "the request cannot be made", Err: err}
	}
	req.Body = io.NopCloser(io.MultiReader(req.Body)) // which fmt does not look into, as it does into a strings.Reader for %s
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return req, nil
}

// ParseResponse is step 4: it reads the answer, closes its body, and returns the
// token or an *[Error]. A 200 without an access_token is an error. Now is when the
// answer came; the token's Expiry is counted from it.
func ParseResponse(resp *http.Response, now time.Time) (*Token, error) {
	defer resp.Body.Close()
	date, _ := http.ParseTime(resp.Header.Get("Date"))
	e := &Error{StatusCode: resp.StatusCode, ServerDate: date.UTC(), LocalDate: now}
	e.RetryAfter = retryAfter(resp.Header.Get("Retry-After"), e.ServerDate, now)
	body, readErr := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	// RFC 6749, section 5.1 (token) and 5.2 (error).
	var answer struct {
		AccessToken string      `json:"access_token"`
		TokenType   string      `json:"token_type"`
		ExpiresIn   json.Number `json:"expires_in"` // a number, or its digits in a string as some servers send it
		Scope       string      `json:"scope"`
		IDToken     string      `json:"id_token"`
		Error       string      `json:"error"`
		Description string      `json:"error_description"`
	}
	err := json.Unmarshal(body, &answer)
	e.Code, e.Description = answer.Error, answer.Description
	var wrongType *json.UnmarshalTypeError
	switch {
	case readErr != nil:
		e.Problem, e.Err, e.network = "the answer broke off", readErr, true
	case len(body) > maxBody:
		e.Problem = "the answer is larger than 1 MiB"
	case resp.StatusCode >= 300 && resp.StatusCode < 400:
		location, _ := resp.Location() // nil if there is none
		e.Problem = fmt.Sprintf("a redirect to %q, which is not followed: the assertion goes to one host only", cmp.Or(location, &url.URL{}).Host)
	case errors.As(err, &wrongType) && wrongType.Field == "":
		e.Problem = "JSON that is not an object"
	case errors.As(err, &wrongType):
		e.Problem = fmt.Sprintf("the member %q has the wrong type", wrongType.Field)
	case !json.Valid(body):
		// A body that is not JSON is named and never shown: it may be anything.
		e.Problem = fmt.Sprintf("%d bytes of type %q, not JSON", len(body), resp.Header.Get("Content-Type"))
	case err != nil:
		e.Problem = "expires_in is not a number of seconds"
	case e.Code != "": // with a 200, too
	case resp.StatusCode != http.StatusOK:
		e.Problem = "JSON without the member \"error\""
	case answer.AccessToken == "" && answer.IDToken != "":
		e.Problem = "an id_token and no access_token"
	case answer.AccessToken == "":
		e.Problem = "no access_token"
	case strings.ContainsFunc(answer.AccessToken, func(r rune) bool { return r <= ' ' || r > '~' || r == '"' || r == '\\' }):
		e.Problem = "the access_token has characters that cannot stand in a header" // RFC 6750, section 2.1
	case !strings.EqualFold(answer.TokenType, "Bearer"): // RFC 6749, section 5.1: case insensitive
		e.Problem = fmt.Sprintf("token_type is %q, not Bearer", answer.TokenType)
	default:
		token := &Token{AccessToken: answer.AccessToken, TokenType: answer.TokenType, Scope: answer.Scope}
		if seconds, _ := answer.ExpiresIn.Float64(); seconds >= 1 {
			// Never more than a day. Round strips the monotonic clock, which stands still
			// while a machine sleeps.
			token.Expiry = now.Round(0).Add(time.Duration(min(seconds, 86400)) * time.Second)
		}
		return token, nil
	}
	return nil, e.withhold(cmp.Or(answer.AccessToken, answer.IDToken, "\x00"))
}

// Exchange sends the assertion and returns the access token. It tries again, with
// the same assertion, when the network or the server failed in a way that may pass:
// for minutes at most, while an assertion lives for an hour. Errors are of type
// *[Error]; those of ctx are wrapped in it.
func (c *Client) Exchange(ctx context.Context, tokenURL, assertion string) (*Token, error) {
	client := *cmp.Or(c.HTTP, &http.Client{})
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	client.Timeout = cmp.Or(client.Timeout, 30*time.Second)
	for attempt := 1; ; attempt++ {
		token, err := c.try(ctx, &client, tokenURL, assertion)
		failed, ok := err.(*Error)
		if !ok {
			return token, err
		}
		d := wait(attempt, failed.RetryAfter)
		deadline, limited := ctx.Deadline()
		switch {
		case ctx.Err() != nil || limited && time.Until(deadline) <= 0: // a dialer may know before ctx does
			return nil, &Error{Problem: "no token yet", Err: cmp.Or(ctx.Err(), context.DeadlineExceeded)}
		case !failed.Temporary() || attempt >= cmp.Or(max(c.MaxAttempts, 0), 4) || limited && time.Until(deadline) < d:
			return nil, failed // the last is better told now than after the deadline
		}
		if err := c.sleep(ctx, d); err != nil {
			return nil, &Error{Problem: "no token yet", Err: err}
		}
	}
}

// try sends the assertion once. Its errors are of type *Error.
func (c *Client) try(ctx context.Context, client *http.Client, tokenURL, assertion string) (*Token, error) {
	req, err := NewRequest(ctx, tokenURL, assertion)
	if err != nil {
		return nil, err
	}
	req.Close = c.HTTP == nil // net/http logs what is sent after an answer on a connection that it keeps, be it half a token
	resp, err := client.Do(req)
	if err != nil {
		return nil, (&Error{LocalDate: timeNow(c.Now), Problem: "no answer", Err: err, network: !errors.As(err, new(*tls.CertificateVerificationError))}).withhold(assertion)
	}
	return ParseResponse(resp, timeNow(c.Now))
}
