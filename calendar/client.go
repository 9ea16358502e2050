// SPDX-License-Identifier: 0BSD

package calendar

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Client reads calendars. Only Token is required. Several goroutines may use a
// Client at once.
type Client struct {
	// Token returns an access token. It's called before each request, by
	// several goroutines at once, so it should cache the token and return when
	// its context ends.
	Token func(context.Context) (string, error)

	// Invalidate, if not nil, is told that Google refused an access token with
	// 401. Token is then called again, and if it returns another token the
	// request is sent again.
	Invalidate func(accessToken string)

	// HTTP sends the requests; nil means a plain client. It's copied, never
	// changed: the copy refuses redirects, and if HTTP has no Timeout each
	// attempt may take 30 seconds. The plain client keeps no connection, because
	// net/http logs what a server sends on one that is idle. If HTTP is set but
	// has no Transport, connections are kept; a Transport of yours is used
	// unchanged. If it goes through a proxy that refuses to connect, the error has
	// the proxy's own words. If those may repeat its password, wrap [Transport].
	HTTP *http.Client

	// UserAgent names your program. Google compresses answers only if it
	// contains "gzip", so " (gzip)" is added if it doesn't.
	UserAgent string

	// BaseURL is where the API is; "" means Google's. It must be https, or http
	// to localhost, 127.0.0.1 or ::1.
	BaseURL string

	// MaxAttempts is how often to send one request if it fails for a reason
	// that may pass. 0 means 4 attempts, at most a minute apart.
	MaxAttempts int

	// MaxPage is the most that one answer may weigh, in bytes. Its weight is
	// about what it takes in memory, and a list holds two answers at a time. 0
	// means 32 MiB; with less than 256 KiB, a single long event may be too much.
	MaxPage int

	// Now returns the current time; nil means time.Now.
	Now func() time.Time

	// Sleep waits between two attempts, or until the context ends, and then
	// returns the context's error; nil means a timer.
	Sleep func(context.Context, time.Duration) error

	sent []string // access tokens; only in the copy that one read makes
}

const (
	googleBaseURL = "https://www.googleapis.com/calendar/v3"

	// attemptTimeout applies to attempts by a Client.HTTP that has no Timeout:
	// Google answers within seconds, and a connection that died would otherwise
	// never end.
	attemptTimeout = 30 * time.Second
)

// withDefaults returns a copy of c in which every field that may be left out is
// set.
func (c *Client) withDefaults() *Client {
	d := *c
	d.BaseURL = strings.TrimSuffix(cmp.Or(d.BaseURL, googleBaseURL), "/")
	d.UserAgent = cmp.Or(d.UserAgent, "fivestep-calendar")
	if !strings.Contains(d.UserAgent, "gzip") {
		d.UserAgent += " (gzip)"
	}
	if d.MaxAttempts <= 0 {
		d.MaxAttempts = defaultAttempts
	}
	if d.MaxPage <= 0 {
		d.MaxPage = maxPage
	}
	if d.Now == nil {
		d.Now = time.Now
	}
	if d.Sleep == nil {
		d.Sleep = sleep
	}
	client := http.Client{Transport: plainTransport()}
	if d.HTTP != nil {
		client = *d.HTTP
		client.Transport = cmp.Or(client.Transport, keepingTransport())
	}
	client.Timeout = cmp.Or(client.Timeout, attemptTimeout)
	// Otherwise a redirect could name a host for the token to be sent to.
	client.CheckRedirect = func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}
	d.HTTP = &client
	return &d
}

// Transport returns what a Client uses whose HTTP has no Transport, for one of
// yours to wrap: it keeps connections, bounds headers, and makes a proxy's
// refusal an error that names the proxy.
func Transport() http.RoundTripper { return keepingTransport() }

// call is something to read: what it is, where it is, and how to decode it.
type call struct {
	kind    string     // what the answer must say it is: calendar#events
	op      string     // what errors call it: events of "you@gmail.com"
	page    int        // which page of a list, from 1; 0 if it isn't in a list
	path    string     // below the base URL, escaped
	query   url.Values // never nil
	invalid error      // non-nil if this must not be sent
	keep    bool       // whether to keep each event's text

	// decode reads the body of a 200 and sets the body's kind. It's called once
	// per attempt, and must start from scratch.
	decode func(*body) error
}

// newCall makes a call with the one parameter that all calls have. ids are the
// IDs that path contains, before they were escaped.
func newCall(kind, op, path string, ids ...string) call {
	cl := call{kind: kind, op: op, path: path, query: url.Values{"prettyPrint": {"false"}}}
	for _, id := range ids {
		switch id {
		case "", ".", "..": // the path would lead to another resource
			cl.invalid = fmt.Errorf("%q is not a valid ID", id)
		}
	}
	return cl
}

// fail returns the error of a call that failed at a stage.
func (cl call) fail(at stage, err error) *Error {
	return &Error{Op: cl.op, Page: cl.page, Err: err, at: at}
}

// get sends a call, and sends it again as long as that may help. It returns nil
// once cl.decode has read a whole answer.
func (c *Client) get(ctx context.Context, cl call) error {
	c = c.withDefaults()
	err := cl.invalid
	if err == nil {
		err = checkBaseURL(c.BaseURL)
	}
	if err != nil {
		return cl.fail(atQuery, err)
	}
	for n := 1; ; n++ {
		failed := c.attempt(ctx, cl)
		if failed == nil {
			return nil
		}
		if failed.at == atToken { // that's no server's text
			return failed
		}
		failed.withhold(c.sent)
		delay := wait(n, failed.RetryAfter)
		switch {
		case ctx.Err() != nil: // that's the reason, whatever failed first
			return cl.fail(atContext, ctx.Err())
		case endsWithin(ctx, 0): // a dialer may notice this before ctx does
			return cl.fail(atContext, context.DeadlineExceeded)
		case n >= c.MaxAttempts, !failed.Temporary(), endsWithin(ctx, delay):
			return failed // at once: a deadline's error would say less
		}
		if err := c.Sleep(ctx, delay); err != nil {
			return cl.fail(atContext, err)
		}
	}
}

// attempt sends a call with an access token. Tokens expire and can be revoked,
// so if Google refuses this one with 401, and Token then returns another one,
// the call is sent once more. That doesn't count as a second attempt.
func (c *Client) attempt(ctx context.Context, cl call) *Error {
	var refused string // the token that got a 401
	var failed *Error
	for {
		token, err := c.accessToken(ctx)
		if err != nil {
			return cl.fail(atToken, err)
		}
		if token == refused {
			return failed
		}
		failed = c.try(ctx, cl, token)
		if failed == nil || failed.StatusCode != 401 || refused != "" {
			return failed
		}
		if c.Invalidate != nil {
			c.Invalidate(token)
		}
		refused = token
	}
}

// try sends a call once, with this token, and reads the answer. It returns nil
// if all went well. The error may hold anything that a server sent, even a token
// of an attempt before, so get withholds all tokens that were sent.
func (c *Client) try(ctx context.Context, cl call, token string) *Error {
	c.sent = append(c.sent, token)
	req, err := c.newRequest(ctx, cl, token)
	if err != nil {
		return cl.fail(atQuery, err)
	}
	resp, err := c.HTTP.Do(req)
	if err != nil {
		return cl.unanswered(req.URL, err)
	}
	defer resp.Body.Close()
	failed := c.answered(cl, resp)
	if resp.StatusCode != 200 {
		failed.explain(resp)
		return failed
	}
	b := newBody(resp.Body, c.MaxPage)
	err = cl.read(b)
	switch {
	case b.broken != nil, errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		failed.at = atNetwork
		failed.Message = "the answer broke off"
		failed.Err = cmp.Or(b.broken, io.ErrUnexpectedEOF)
	case err != nil:
		failed.at = atBody
		failed.Message = fmt.Sprintf("unusable answer of type %q", resp.Header.Get("Content-Type"))
		failed.Err = err
	default:
		return nil
	}
	return failed
}

// read decodes the body of a 200. Proxies and sign-in pages answer 200 as well,
// so it checks that this is what was asked for, and nothing else.
func (cl call) read(b *body) error {
	if err := cl.decode(b); err != nil {
		return err
	}
	switch _, err := b.dec.Token(); {
	case err == nil:
		return errors.New("more text after its end")
	case err != io.EOF:
		return err
	case b.kind != cl.kind:
		return fmt.Errorf("its kind is %q, not %q", b.kind, cl.kind)
	}
	return nil
}

// checkBaseURL refuses a base URL that would send the token where others can
// read it (RFC 6750, section 5.3), and one that no path can be added to.
func checkBaseURL(base string) error {
	// What is sent to these hosts never reaches a network.
	loopback := []string{"localhost", "127.0.0.1", "::1"}
	u, err := url.Parse(base)
	switch {
	case err != nil, u.Host == "", u.User != nil, strings.ContainsAny(base, "?#"):
		// A path can't follow, or a password would be in errors.
	case u.Scheme == "https", u.Scheme == "http" && slices.Contains(loopback, u.Hostname()):
		return nil
	}
	return errors.New("the base URL must be https, or http to localhost, 127.0.0.1 or ::1, " +
		"without user, query or fragment")
}

// accessToken gets an access token from Token, and refuses one that no header
// can carry. The error doesn't quote it.
func (c *Client) accessToken(ctx context.Context) (string, error) {
	if c.Token == nil {
		return "", errors.New("access token: Client.Token is not set")
	}
	token, err := c.Token(ctx)
	switch {
	case err != nil:
		return "", fmt.Errorf("access token: %w", err)
	case token == "", strings.ContainsFunc(token, unsendable):
		return "", errors.New("access token: empty, or with a character that a header can't carry")
	}
	return token, nil
}

// unsendable reports whether r can't be part of a token. This is laxer than RFC
// 6750, section 2.1, which allows only letters, digits and -._~+/= there: it
// refuses what would end the header or change its meaning.
func unsendable(r rune) bool {
	return r <= ' ' || r > '~' || r == '"' || r == '\\'
}
