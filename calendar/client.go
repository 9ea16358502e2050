// SPDX-License-Identifier: 0BSD

// Package calendar reads events from the Google Calendar API, version 3, with
// an access token that somebody else provides: step 5 of the service-account
// flow. It only reads, and sends the token to one host alone. A list is complete
// or ends with an error; an empty list was sent by Google as an empty list.
// Programs that write to calendars need Google's own client library.
//
// Reference: https://developers.google.com/workspace/calendar/api/v3/reference
package calendar

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	maxAnswer      = 64 << 20 // bytes of a 200, after decompression
	maxErrorAnswer = 1 << 20  // bytes of any other answer
)

// Client reads calendars. Only Token is required; the zero value of each other
// field is a safe default. A Client may be used by many goroutines at once.
type Client struct {
	// Token returns an access token. It is called before each request, so it
	// should cache, and it must return when its context ends.
	Token func(context.Context) (string, error)
	// Invalidate, if set, is told of a token that Calendar answered with 401.
	// Token is then asked once more; a token other than that one is tried once.
	Invalidate func(accessToken string)
	// HTTP sends the requests. It is copied, never changed: the copy follows no
	// redirect and gives up on a request, body included, after Timeout or 30 s.
	HTTP *http.Client
	// BaseURL is where the API lives, "" for Google's. It must be https, or
	// http to localhost, 127.0.0.1 or ::1.
	BaseURL string
	// UserAgent names the program. Google compresses only for one that contains
	// "gzip", so " (gzip)" is added where that is missing.
	// https://developers.google.com/workspace/calendar/api/guides/performance
	UserAgent string

	MaxAttempts int                                              // most tries of one request; 0 is 4
	Sleep       func(ctx context.Context, d time.Duration) error // waits between tries; nil is a timer
	Now         func() time.Time                                 // reads Retry-After dates; nil is time.Now
}

// call is one read: how errors name it, and where it goes.
type call struct {
	op    string
	page  int // from 1; 0 outside a listing
	path  string
	query url.Values
}

func (cl call) fail(at stage, err error) *Error {
	return &Error{Op: cl.op, Page: cl.page, Err: err, at: at}
}

// get is the one authorised GET that all reads share. read is given the body of
// each 200 answer, once a try, and has to start anew each time.
func (c *Client) get(ctx context.Context, cl call, read func(io.Reader) error) error {
	base, err := c.base()
	if err != nil {
		return cl.fail(atQuery, err)
	}
	token, renewed := "", false
	for attempt := 1; ; attempt++ {
		if token == "" {
			if token, err = c.accessToken(ctx); err != nil {
				return cl.fail(atToken, fmt.Errorf("access token: %w", err))
			}
		}
		e := c.once(ctx, base+cl.path+"?"+cl.query.Encode(), token, read)
		if e == nil {
			return nil
		}
		e.Op, e.Page = cl.op, cl.page
		if e.StatusCode == http.StatusUnauthorized && !renewed && ctx.Err() == nil {
			renewed = true
			if c.Invalidate != nil {
				c.Invalidate(token)
			}
			if again, err := c.accessToken(ctx); err == nil && again != token {
				token = again
				continue
			}
		}
		deadline, limited := ctx.Deadline()
		if ctx.Err() != nil {
			return cl.fail(atContext, ctx.Err())
		} else if limited && time.Until(deadline) <= 0 { // the dialer knew before ctx did
			return cl.fail(atContext, context.DeadlineExceeded)
		}
		wait := backoff(attempt, e.RetryAfter)
		if !e.Temporary() || attempt >= cmp.Or(max(c.MaxAttempts, 0), 4) || limited && time.Until(deadline) < wait {
			return e
		}
		if err := c.sleep(ctx, wait); err != nil {
			return cl.fail(atContext, err)
		}
		token = ""
	}
}

// once sends one request. The returned error holds no trace of the token.
func (c *Client) once(ctx context.Context, target, token string, read func(io.Reader) error) *Error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, target, nil)
	if err != nil {
		return &Error{Err: err, at: atQuery}
	}
	req.Header.Set("Authorization", "Bearer "+token) // RFC 6750 section 2.1
	agent := cmp.Or(c.UserAgent, "fivestep-calendar (gzip)")
	if !strings.Contains(agent, "gzip") {
		agent += " (gzip)"
	}
	req.Header.Set("User-Agent", agent)
	client := *cmp.Or(c.HTTP, &http.Client{})
	client.Timeout = cmp.Or(client.Timeout, 30*time.Second)
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := client.Do(req)
	if err != nil {
		if ue := (*url.Error)(nil); errors.As(err, &ue) {
			err = ue.Err // without the URL, which has the whole query in it
		}
		return &Error{Err: fmt.Errorf("GET %s://%s: %w", req.URL.Scheme, req.URL.Host, without(err, token)), at: atNetwork}
	}
	defer resp.Body.Close()
	e := &Error{StatusCode: resp.StatusCode, RetryAfter: c.retryAfter(resp.Header.Get("Retry-After"))}
	if date, err := http.ParseTime(resp.Header.Get("Date")); err == nil {
		e.ServerDate = date.UTC()
	}
	if resp.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(resp.Body, maxErrorAnswer+1))
		e.explain(text, token)
		if to, err := resp.Location(); err == nil && resp.StatusCode/100 == 3 {
			e.Message = clean(fmt.Sprintf("a redirect to %q, which is not followed", to.Host), token)
		}
		return e
	}
	body := &bounded{r: resp.Body, left: maxAnswer}
	buffer := bufio.NewReaderSize(body, 32<<10)
	if head, _ := buffer.Peek(1); len(bytes.TrimSpace(head)) > 0 && head[0] != '{' {
		text, _ := io.ReadAll(io.LimitReader(buffer, maxErrorAnswer+1))
		e.Message, e.at = "not a JSON object but "+summary(text, token), atBody
	} else if err = read(buffer); err == nil {
		return nil
	} else if e.Err, e.at = without(err, token), atBody; errors.Is(err, io.EOF) {
		e.Err = io.ErrUnexpectedEOF
	}
	if body.broken != nil || errors.Is(e.Err, io.ErrUnexpectedEOF) {
		e.Message, e.Err, e.at = "the answer broke off", without(cmp.Or(body.broken, e.Err), token), atNetwork
	}
	return e
}

// base refuses any place where a bearer token could be overheard (RFC 6750
// section 5.3: always TLS), and what is not the beginning of an address.
func (c *Client) base() (string, error) {
	base := strings.TrimSuffix(cmp.Or(c.BaseURL, "https://www.googleapis.com/calendar/v3"), "/")
	u, err := url.Parse(base)
	if err != nil || u.Host == "" || u.User != nil || strings.ContainsAny(base, "?#") || u.Scheme != "https" &&
		(u.Scheme != "http" || u.Hostname() != "localhost" && u.Hostname() != "127.0.0.1" && u.Hostname() != "::1") {
		return "", errors.New("the base URL must be https, or http to localhost, 127.0.0.1 or ::1, without user, query or fragment")
	}
	return base, nil
}

func (c *Client) accessToken(ctx context.Context) (string, error) {
	if c.Token == nil {
		return "", errors.New("Client.Token is not set")
	}
	token, err := c.Token(ctx)
	if err == nil && (token == "" || strings.ContainsFunc(token, func(r rune) bool { return r < '!' || r > '~' })) {
		err = errors.New("empty, or with a blank, a line end or another character that no header can hold")
	}
	return token, err
}

// bounded reads at most left bytes, and remembers what broke the connection. It
// ends long runs of blanks: json.Decoder looks at them anew with each read, so
// that 64 MiB of them would take minutes.
type bounded struct {
	r           io.Reader
	left, blank int
	broken      error
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if b.blank += n; len(bytes.TrimSpace(p[:n])) > 0 {
		b.blank = 0
	}
	if b.left -= n; b.left < 0 || b.blank > 64<<10 {
		return 0, fmt.Errorf("the answer is larger than %d bytes, or blank for long", maxAnswer)
	}
	if err != nil && err != io.EOF {
		b.broken = err
	}
	return n, err
}
