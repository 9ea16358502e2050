// SPDX-License-Identifier: 0BSD

package tokenexchange

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
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
	// Without a Transport, requests go the way of http.DefaultTransport, but the
	// connection is closed after each request, and a proxy that refuses to
	// connect is named in the error. A Transport of your own is used unchanged:
	// what its proxy answers then looks like a failed connection.
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
		if err := ended(ctx); err != nil {
			return nil, &Error{Problem: "no token yet", Err: err}
		}
		failed, ok := err.(*Error) // try returns no other errors
		if !ok || !failed.Temporary() || attempt >= attempts {
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

// Transport returns what a Client uses whose HTTP has no Transport, for one of
// yours to wrap.
func Transport() http.RoundTripper { return defaultTransport() }

// try sends the assertion once. Its errors are of type *Error.
func (c *Client) try(ctx context.Context, client *http.Client,
	tokenURL, assertion string) (*Token, error) {
	req, err := NewRequest(ctx, tokenURL, assertion)
	if err != nil {
		return nil, err
	}
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
	e := &Error{Problem: "no answer", Err: err, network: !errors.As(err, &untrusted)}
	errors.As(err, &e) // a proxy's
	e.URL, e.LocalDate = req.URL.String(), timeNow(c.Now)
	return e
}

// httpClient returns a copy of c.HTTP with a transport, with a time limit, and
// without redirects: following one would send the assertion to another host.
func (c *Client) httpClient() *http.Client {
	var client http.Client
	if c.HTTP != nil {
		client = *c.HTTP
	}
	// A Transport that is set may keep connections, or be a test's.
	client.Transport = cmp.Or(client.Transport, defaultTransport())
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
	timer, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	<-timer.Done()
	return ctx.Err() // nil, if only the timer ended
}

// ended returns why ctx is over, or nil if it isn't. A dialer may notice that
// the deadline has passed a moment before ctx does.
func ended(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if endsWithin(ctx, 0) {
		return context.DeadlineExceeded
	}
	return nil
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
