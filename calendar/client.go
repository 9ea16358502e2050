// SPDX-License-Identifier: 0BSD

// Package calendar reads events from the Google Calendar API, version 3, with an
// access token that somebody else provides: step 5 of the service-account flow. A
// list is complete or ends with an error. The package does not write.
//
// Reference: https://developers.google.com/workspace/calendar/api/v3/reference
package calendar

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Client reads calendars. Only Token is required. A Client may be used by several
// goroutines at once.
type Client struct {
	// Token gives an access token. It is called before each request, by several
	// goroutines at once, so it should cache, and end with its context.
	Token func(context.Context) (string, error)

	// Invalidate is told of a token that was answered with 401. Then Token is asked
	// once more, and the request sent once more. nil: nobody is told.
	Invalidate func(accessToken string)

	// HTTP is never changed. Redirects are refused, and without a Timeout it gets 30
	// seconds for each attempt. nil: a plain client.
	HTTP *http.Client

	// UserAgent names the program. Google compresses only for those with "gzip" in it:
	// where it is missing, " (gzip)" is added.
	UserAgent string

	BaseURL     string                                     // https, or http to localhost, 127.0.0.1 or ::1; "": Google's
	MaxAttempts int                                        // how often one request is sent; 0: 4 times, a minute apart at most
	Now         func() time.Time                           // nil: time.Now
	Sleep       func(context.Context, time.Duration) error // waits between attempts, or ends with the context's error; nil: a timer
}

// call is one read. decode is given each 200, once an attempt, and starts anew.
type call struct {
	op         string // how errors name it
	page       int    // from 1; 0: no listing
	kind, path string // what should come back, and from where
	query      url.Values
	invalid    error // why it is not to be sent
	decode     func(*body) (kind string, err error)
}

// newCall makes each id one segment of the path: ids have "#" in them (public
// holidays), which would end the path, and may have "/".
func newCall(kind, op string, segments ...string) call {
	cl := call{op: op, kind: kind, query: url.Values{"prettyPrint": {"false"}}}
	for _, s := range segments {
		if s == "" || s == "." || s == ".." {
			cl.invalid = fmt.Errorf("%q is not the id of anything", s)
		}
		cl.path += "/" + url.PathEscape(s)
	}
	return cl
}

func (cl call) fail(at stage, err error) *Error {
	return &Error{Op: cl.op, Page: cl.page, Err: err, at: at}
}

// get is the one authorised GET that all reads share.
func (c *Client) get(ctx context.Context, cl call) error {
	base, err := c.base()
	if err = cmp.Or(cl.invalid, err); err != nil {
		return cl.fail(atQuery, err)
	}
	for attempt := 1; ; attempt++ {
		token, err := c.accessToken(ctx, cl)
		if err != nil {
			return err
		}
		e := c.try(ctx, base, cl, token)
		if e != nil && e.StatusCode == http.StatusUnauthorized {
			if c.Invalidate != nil {
				c.Invalidate(token)
			}
			again, err := c.accessToken(ctx, cl)
			if err != nil {
				return err
			}
			if again != token {
				token, e = again, c.try(ctx, base, cl, again)
			}
		}
		if e == nil {
			return nil
		}
		d := wait(attempt, e.RetryAfter)
		deadline, limited := ctx.Deadline()
		switch {
		case ctx.Err() != nil || limited && time.Until(deadline) <= 0: // a dialer may know before ctx does
			return cl.fail(atContext, cmp.Or(ctx.Err(), context.DeadlineExceeded))
		case !e.Temporary() || attempt >= cmp.Or(max(c.MaxAttempts, 0), 4) || limited && time.Until(deadline) < d:
			e.Op, e.Page = cl.op, cl.page
			e.withhold(strings.NewReplacer(token, "[withheld]", url.QueryEscape(token), "[withheld]"))
			return e // better told now than after the deadline
		}
		if err := c.sleep(ctx, d); err != nil {
			return cl.fail(atContext, err)
		}
	}
}

// try sends the request once.
func (c *Client) try(ctx context.Context, base string, cl call, token string) *Error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+cl.path+"?"+cl.query.Encode(), nil)
	if err != nil {
		return &Error{Err: err, at: atQuery}
	}
	req.Header.Set("Authorization", "Bearer "+token) // RFC 6750, section 2.1
	agent := cmp.Or(c.UserAgent, "fivestep-calendar")
	if !strings.Contains(agent, "gzip") { // https://developers.google.com/workspace/calendar/api/guides/performance
		agent += " (gzip)"
	}
	req.Header.Set("User-Agent", agent)
	client := *cmp.Or(c.HTTP, &http.Client{})
	client.Timeout = cmp.Or(client.Timeout, 30*time.Second)
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := client.Do(req)
	if err != nil { // Unwrap takes the URL off, which has the whole query in it
		return &Error{Message: "GET " + req.URL.Scheme + "://" + req.URL.Host, Err: errors.Unwrap(err), at: atNetwork}
	}
	defer resp.Body.Close()
	date, _ := http.ParseTime(resp.Header.Get("Date"))
	e, now := &Error{StatusCode: resp.StatusCode, ServerDate: date.UTC()}, time.Now
	if c.Now != nil {
		now = c.Now
	}
	e.RetryAfter = retryAfter(resp.Header.Get("Retry-After"), cmp.Or(e.ServerDate, now()))
	if resp.StatusCode != http.StatusOK {
		e.explain(resp)
		return e
	}
	b := &body{r: resp.Body}
	b.dec = json.NewDecoder(bufio.NewReaderSize(b, 32<<10))
	kind, err := cl.decode(b)
	if err == nil {
		if _, err = b.dec.Token(); err == io.EOF && kind == cl.kind && b.broken == nil {
			return nil
		} else if err == io.EOF {
			err = fmt.Errorf("its kind is %q, not %q", kind, cl.kind)
		}
		err = cmp.Or(err, errors.New("more text after its end"))
	}
	e.at, e.Err, e.Message = atBody, err, fmt.Sprintf("an unfit answer of type %q", resp.Header.Get("Content-Type"))
	if b.broken != nil || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		e.at, e.Err, e.Message = atNetwork, cmp.Or(b.broken, io.ErrUnexpectedEOF), "the answer broke off"
	}
	return e
}

// base refuses whatever would let a token be overheard (RFC 6750, section 5.3), and
// what is not the beginning of an address.
func (c *Client) base() (string, error) {
	base := strings.TrimSuffix(cmp.Or(c.BaseURL, "https://www.googleapis.com/calendar/v3"), "/")
	u, err := url.Parse(base)
	if err != nil || u.Host == "" || u.User != nil || strings.ContainsAny(base, "?#") || u.Scheme != "https" &&
		(u.Scheme != "http" || u.Hostname() != "localhost" && u.Hostname() != "127.0.0.1" && u.Hostname() != "::1") {
		return "", errors.New("the base URL must be https, or http to localhost, 127.0.0.1 or ::1, without user, query or fragment")
	}
	return base, nil
}

func (c *Client) accessToken(ctx context.Context, cl call) (token string, err error) {
	if c.Token == nil {
		err = errors.New("Client.Token is not set")
	} else if token, err = c.Token(ctx); err == nil && (token == "" || strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' || r == '"' || r == '\\' })) {
		err = errors.New("empty, or with characters that cannot stand in a header") // RFC 6750, section 2.1
	}
	if err != nil {
		return "", cl.fail(atToken, fmt.Errorf("access token: %w", err))
	}
	return token, nil
}

// wait is a random time up to 1, 2, 4 ... 32 seconds after the n-th failure ("full
// jitter", so that clients that failed together do not come back together), or what
// the server asked for, up to a minute, if that is longer.
func wait(n int, asked time.Duration) time.Duration {
	return max(1+rand.N(time.Second<<min(n-1, 5)), min(asked, time.Minute))
}

func (c *Client) sleep(ctx context.Context, d time.Duration) error {
	if c.Sleep != nil {
		return c.Sleep(ctx, d)
	}
	timer, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	<-timer.Done()
	return ctx.Err() // none if it was the timer that ended
}

// retryAfter reads the header in both its forms (RFC 9110, section 10.2.3).
func retryAfter(value string, now time.Time) time.Duration {
	seconds, _ := strconv.ParseUint(value, 10, 31) // 0 if it is no number, the most if it is a larger one
	if date, err := http.ParseTime(value); err == nil {
		return max(0, date.Sub(now))
	}
	return time.Duration(seconds) * time.Second
}

// body reads 64 MiB at most, 1 MiB of one value, as dec holds it whole, and remembers
// what broke the connection. 64 KiB of blanks end it: dec looks at them anew each time.
type body struct {
	r           io.Reader
	dec         *json.Decoder
	size, blank int
	broken      error
	keep        bool
	text        bytes.Buffer // if keep: what has been read, but for what dec was done with by then
}

func (b *body) Read(p []byte) (int, error) {
	n, err := b.r.Read(p[:min(len(p), 32<<10)]) // else what follows a value would count with it
	if b.keep {
		b.text.Next(b.text.Len() - b.size + int(b.dec.InputOffset()))
		b.text.Write(p[:n])
	}
	b.size += n
	if b.blank <= 64<<10 { // else it is refused, for good: dec asks again
		b.blank += n
		if len(bytes.TrimSpace(p[:n])) > 0 {
			b.blank = 0
		}
	}
	if err != io.EOF {
		b.broken = cmp.Or(b.broken, err)
	}
	if b.size > 64<<20 || b.size-int(b.dec.InputOffset()) > 1<<20 || b.blank > 64<<10 {
		return 0, errors.New("larger than 64 MiB, a value than 1 MiB, or blank for long")
	}
	return n, err
}

// since gives the text of the value that dec has read from offset start on. It costs a
// copy, 2 % of a list's time; a json.RawMessage that is decoded once more costs 60 %.
func (b *body) since(start int64) []byte {
	from, end := b.size-int(start), b.size-int(b.dec.InputOffset()) // both counted from the end of text
	text := b.text.Bytes()
	return bytes.Clone(bytes.TrimLeft(text[max(0, len(text)-from):len(text)-end], ", \t\r\n"))
}
