// SPDX-License-Identifier: 0BSD

package tokenexchange

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"time"
)

const (
	// defaultAttempts leaves three pauses between the attempts: up to 7 seconds
	// in all, or longer if the server asks for it.
	defaultAttempts = 4

	// attemptTimeout ends an attempt if a server accepts the connection and
	// then says nothing.
	attemptTimeout = 30 * time.Second
)

// Client sends assertions to a token endpoint. The zero value is ready to use.
// Any number of goroutines may use a Client at once.
type Client struct {
	// HTTP sends the requests; it is never changed. Redirects are refused. If
	// it has no Timeout, each attempt gets 30 seconds. nil means a plain client.
	//
	// Without a Transport, it's a copy of http.DefaultTransport that closes the
	// connection after each request. If your *http.Transport sends the request
	// through a proxy, it's such a copy, too: a proxy that refuses to connect is
	// then named in the error. Any other Transport is used unchanged.
	HTTP *http.Client

	// MaxAttempts is how often one assertion is sent before Exchange stops. 0
	// means 4 attempts, at most a minute apart.
	MaxAttempts int

	// Now returns the current time. nil means time.Now.
	Now func() time.Time

	// Sleep waits between two attempts. It returns early, with the context's
	// error, when the context ends. nil means a timer.
	Sleep func(context.Context, time.Duration) error
}

// Exchange sends the assertion and returns the access token. If the network or
// the server failed in a way that may pass, it waits and sends the same
// assertion again. That takes minutes at most, and an assertion lives for an
// hour.
//
// Errors are of type *[Error]. If ctx ends, the error wraps that of ctx.
func (c *Client) Exchange(ctx context.Context, tokenURL, assertion string) (*Token, error) {
	client := c.httpClient()
	attempts := cmp.Or(max(0, c.MaxAttempts), defaultAttempts)
	for attempt := 1; ; attempt++ {
		token, err := c.try(ctx, client, tokenURL, assertion)
		if err == nil {
			return token, nil
		}
		// A dialer may notice a moment before ctx that the deadline has passed.
		if ctx.Err() != nil || endsWithin(ctx, 0) {
			return nil, &Error{
				Problem: "no token yet",
				Err:     cmp.Or(ctx.Err(), context.DeadlineExceeded),
			}
		}
		failed := err.(*Error) // try returns no other errors
		if !failed.Temporary() || attempt >= attempts {
			return nil, err
		}
		pause := wait(attempt, failed.RetryAfter)
		if endsWithin(ctx, pause) {
			return nil, err // it says more than a missed deadline would, and sooner
		}
		if err := c.sleep(ctx, pause); err != nil {
			return nil, &Error{Problem: "no token yet", Err: err}
		}
	}
}

// try sends the assertion once. Its errors are of type *Error.
func (c *Client) try(ctx context.Context, client *http.Client,
	tokenURL, assertion string) (*Token, error) {
	req, err := NewRequest(ctx, tokenURL, assertion)
	if err != nil {
		return nil, err
	}
	setTransport(client, req)
	resp, err := client.Do(req)
	if err != nil {
		return nil, c.noAnswer(req, err).withhold(assertion)
	}
	resp.Request = req // not every RoundTripper sets it
	return ParseResponse(resp, timeNow(c.Now))
}

// noAnswer is the error for a request that failed. That is temporary, unless
// the server couldn't prove who it is, or a proxy refused to connect.
func (c *Client) noAnswer(req *http.Request, err error) *Error {
	var untrusted *tls.CertificateVerificationError
	e := &Error{
		Problem: fmt.Sprintf("no answer: Post %q", req.URL),
		Err:     errors.Unwrap(err), // without the method and URL, which http.Client adds
		network: !errors.As(err, &untrusted),
	}
	errors.As(err, &e) // from onConnect
	e.URL, e.LocalDate = req.URL.String(), timeNow(c.Now)
	return e
}

// httpClient returns a copy of c.HTTP with a time limit, and without redirects:
// following one would send the assertion to another host.
func (c *Client) httpClient() *http.Client {
	var client http.Client
	if c.HTTP != nil {
		client = *c.HTTP
	}
	client.Timeout = cmp.Or(client.Timeout, attemptTimeout)
	client.CheckRedirect = func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}
	return &client
}

// sleep waits for d, or until ctx ends, and then returns the error of ctx.
func (c *Client) sleep(ctx context.Context, d time.Duration) error {
	if c.Sleep != nil {
		return c.Sleep(ctx, d)
	}
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
	return ctx.Err()
}

// endsWithin reports whether the deadline of ctx is no more than d away.
func endsWithin(ctx context.Context, d time.Duration) bool {
	deadline, ok := ctx.Deadline()
	return ok && time.Until(deadline) <= d
}

// timeNow returns what now returns, or the current time if now is nil.
func timeNow(now func() time.Time) time.Time {
	if now != nil {
		return now()
	}
	return time.Now()
}
