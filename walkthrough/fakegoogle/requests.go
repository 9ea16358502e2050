// SPDX-License-Identifier: 0BSD

package fakegoogle

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/fivestep/walkthrough/fakegoogle/diagnosis"
)

// Request is a request as the server received it, and how it was answered.
type Request struct {
	// Path is the request target exactly as it was sent, with its query.
	Method, Path, Proto, Host string
	// Header and Body are copies. Of a body that was refused as too large,
	// only the beginning is kept.
	Header http.Header
	Body   []byte
	// Time is when the request arrived, by the server's clock.
	Time time.Time
	// Status is the status of the response. It's 0 while the request is in
	// progress, and if the connection was reset before a status line.
	Status int
	// Grade says how well the text of the response is attested, as a letter
	// that the package comment explains. Source is where it was seen.
	Grade, Source string
	// Fault is the kind of fault that hit the request, or "".
	Fault string
	// Code is Google's name for the error: the error of the token endpoint, the
	// reason of the Calendar API, or "".
	Code string
	// Verdict says which check refused the request, and why. Google doesn't
	// tell; it isn't part of the response.
	Verdict diagnosis.Verdict

	counted int // how many bytes the log counts for it; 0 if it's not there
}

// String describes the request and what was decided about it, without a newline
// at the end:
//
//	POST /token 400 invalid_grant  check 5 of 11: the signature
//	    wrong: the JSON of the claims was signed, not their base64url
//	    fix:   sign header.claims, exactly as you send them
//
// It holds no secret: neither the query, where a token may be, nor any part of
// the path that could be one.
func (r Request) String() string {
	path, _, _ := strings.Cut(r.Path, "?")
	line := fmt.Sprintf("%s %s %d", shown(r.Method), shown(path), r.Status)
	if r.Status == 0 {
		line = fmt.Sprintf("%s %s, connection reset", shown(r.Method), shown(path))
	}
	if r.Code != "" {
		line += " " + r.Code
	}
	if why := r.Verdict.String(); strings.HasPrefix(why, " ") {
		line += "\n" + why
	} else if why != "" {
		line += "  " + why
	}
	return line
}

// shown makes a client's text fit for a terminal. It leaves out parts of a path
// that are longer than any calendar ID, and those that look like a piece of a
// token.
func shown(text string) string {
	const (
		longestPart = 128
		longest     = 300
	)
	parts := strings.Split(text, "/")
	for i, part := range parts {
		if len(part) > longestPart {
			parts[i] = "..."
		}
	}
	text = diagnosis.MaskSecrets(strings.Join(parts, "/"))
	if len(text) > longest {
		text = text[:longest] + "..."
	}
	return strings.Trim(strconv.QuoteToGraphic(text), `"`)
}

const (
	// maxRequests is how many requests the server remembers. It forgets older
	// ones, so that a long run doesn't fill memory.
	maxRequests = 10_000
	// maxRequestBytes is how much memory they may take. About 5,000 requests
	// with a token fit. With the garbage that Go's collector allows, the whole
	// process stays below 100 MB.
	maxRequestBytes = 16 << 20
)

// requestLog holds the last requests, in order.
type requestLog struct {
	requests []*Request
	size     int // in bytes, estimated
}

// add remembers a request. If the log is full, it first forgets the oldest
// tenth.
func (l *requestLog) add(r *Request) {
	r.counted = r.memory()
	if len(l.requests) == maxRequests || l.size+r.counted > maxRequestBytes {
		l.forget(maxRequests*9/10, maxRequestBytes*9/10-r.counted)
	}
	l.requests = append(l.requests, r)
	l.size += r.counted
}

// grow counts what a request has come to take since it was added, unless it has
// been forgotten.
func (l *requestLog) grow(r *Request) {
	if r.counted == 0 {
		return
	}
	l.size += r.memory() - r.counted
	r.counted = r.memory()
}

// forget removes the oldest requests until the others are not too many, nor
// too large.
func (l *requestLog) forget(maxCount, maxSize int) {
	oldest := 0
	for ; oldest < len(l.requests); oldest++ {
		if len(l.requests)-oldest <= maxCount && l.size <= maxSize {
			break
		}
		l.size -= l.requests[oldest].counted
		l.requests[oldest].counted = 0
	}
	l.requests = slices.Delete(l.requests, 0, oldest)
}

// memory estimates how many bytes of memory a request takes. A header of many
// short lines takes much more than on the wire.
func (r *Request) memory() int {
	const (
		perRequest = 864 // the structure and a small map
		perName    = 128 // its place in the map, and the slice of values
		perValue   = 32  // its place in the slice, and the shortest string
	)
	size := perRequest + len(r.Method) + len(r.Path) + len(r.Host) + cap(r.Body) +
		len(r.Verdict.Wrong) + len(r.Verdict.Fix)
	for name, values := range r.Header {
		size += perName + len(name)
		for _, value := range values {
			size += perValue + len(value)
		}
	}
	return size
}

// Requests returns the requests received so far, in order: up to the last
// 10,000, and fewer if those would take more than 16 MiB. The last 4,000 of an
// ordinary client are always there.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Request, len(s.log.requests))
	for i, r := range s.log.requests {
		out[i] = *r
		out[i].Header = r.Header.Clone()
		out[i].Body = bytes.Clone(r.Body)
	}
	return out
}

// Google's front end refuses requests that are too large before anyone judges
// them. Google publishes no limits for these hosts, so the figures are R. They
// are far above what any client has been seen to send.
const (
	// maxHead bounds the URL and the header of a request, in bytes.
	maxHead = 64 << 10
	// maxBody bounds the body, in bytes. A form with an assertion has about
	// 1,000.
	maxBody = 64 << 10
	// maxDiscarded bounds how much of a body that is too large is read and
	// thrown away. Most clients see a response only if they can send the rest
	// of their body.
	maxDiscarded = 8 << 20
)

// readBody reads the body of a request. If it's too large, readBody returns
// only its beginning, and false.
func readBody(r *http.Request) (body []byte, fits bool) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	// A handler around this one may have set a lower limit.
	var lower *http.MaxBytesError
	if errors.As(err, &lower) {
		return body, false
	}
	if len(body) > maxBody {
		io.Copy(io.Discard, io.LimitReader(r.Body, maxDiscarded))
		return body[:maxBody], false
	}
	return body, true
}

// headSize is the size of a request's URL and header as HTTP/1.1 writes them,
// in bytes.
func headSize(r *http.Request) int {
	const separators = len(": \r\n")
	size := len(r.Method) + len(r.RequestURI) + len(r.Host)
	for name, values := range r.Header {
		for _, value := range values {
			size += len(name) + len(value) + separators
		}
	}
	return size
}
