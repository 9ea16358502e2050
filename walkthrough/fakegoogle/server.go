// SPDX-License-Identifier: 0BSD

// Package fakegoogle is a small Google for tests and lessons: the OAuth 2.0 token endpoint for service accounts
// (RFC 7523), the reading half of the Calendar API v3, and the certificate endpoint, as one [http.Handler].
//
// It judges its clients. It checks RS256 signatures with its own code, refuses what Google refuses, in Google's order and
// with Google's words, and shares nothing with the packages it is used to test. What it grants is what programs in many
// languages have been seen to get from Google. Every text carries a grade:
//
//	V  verbatim in a public capture        C  recorded once by others against the real server
//	D  from Google's documentation         F  known from fakes and client code only
//	R  reconstructed: Google's own answer is not publicly known
//
// [Server.Requests] tells the grade and the source of each answer that was given.
//
// It is not a calendar: nothing can be written through it, recurrences are data and not computed, and an access token is
// as secret as a hash of what everybody can see. Never put it where strangers can reach it.
package fakegoogle

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Server is a fake Google. It answers by path alone, so one Server stands for oauth2.googleapis.com and
// www.googleapis.com alike, under whatever host name it is reached. It is safe for concurrent use.
type Server struct {
	mu        sync.Mutex
	frozen    bool
	clock     time.Time     // the time, when frozen
	shift     time.Duration // added to the real time otherwise
	stamp     int64         // microseconds; rises with every change, see tick
	accounts  map[string]*robot
	users     map[string]bool
	delegated map[string][]string // client id -> scopes
	disabled  map[string]bool     // project id -> Calendar API off
	calendars map[string]*calendar
	tokens    map[string]*grant
	issued    int // tokens so far
	faults    []*armed
	requests  []*Request
}

// maxRequests is how many requests are remembered; older ones are forgotten, so that a long run does not fill memory.
const maxRequests = 10000

// maxBody bounds a request body, in bytes. An assertion is about 700.
const maxBody = 1 << 20

// Request is one request as the server received it, with what was answered.
type Request struct {
	Method, Path, Proto, Host string      // Path is the request target as sent, query included
	Header                    http.Header // a copy
	Body                      []byte
	Time                      time.Time // by the server's clock
	Status                    int       // answered; 0 while in progress, and when the connection was reset before a status line
	Grade, Source             string    // how well the text of the answer is attested, and where it was seen
	Fault                     string    // the fault that was played, "" for none
}

// New returns a server with the real clock that knows no account and no calendar.
func New() *Server {
	return &Server{
		accounts: map[string]*robot{}, users: map[string]bool{}, delegated: map[string][]string{}, disabled: map[string]bool{},
		calendars: map[string]*calendar{}, tokens: map[string]*grant{},
	}
}

// SetClock stops the server's clock at t. Windows of validity, expiry of tokens and Date headers follow it.
func (s *Server) SetClock(t time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.frozen, s.clock = true, t
}

// Advance moves the server's clock by d, stopped or not. A negative d puts it back.
func (s *Server) Advance(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clock, s.shift = s.clock.Add(d), s.shift+d
}

// Now is the time by the server's clock.
func (s *Server) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now()
}

func (s *Server) now() time.Time {
	if s.frozen {
		return s.clock
	}
	return time.Now().Add(s.shift)
}

// tick returns the time of a change in microseconds, later than that of every change and every sync token before it.
func (s *Server) tick() int64 {
	s.stamp = max(s.now().UnixMicro(), s.stamp+1)
	return s.stamp
}

// Requests returns what was received so far, in order (the last 10,000).
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Request, len(s.requests))
	for i, r := range s.requests {
		out[i] = *r
		out[i].Header, out[i].Body = r.Header.Clone(), bytes.Clone(r.Body)
	}
	return out
}

// ForgetTokens makes every access token given so far as good as expired.
func (s *Server) ForgetTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.tokens)
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(io.LimitReader(r.Body, maxBody))
	place, handle := s.route(r)

	s.mu.Lock()
	rec := &Request{Method: r.Method, Path: r.RequestURI, Proto: r.Proto, Host: r.Host, Header: r.Header.Clone(), Body: body, Time: s.now()}
	if len(s.requests) == maxRequests {
		s.requests = slices.Delete(s.requests, 0, maxRequests/10)
	}
	s.requests = append(s.requests, rec)
	fault := s.pick(place)
	if fault != nil {
		rec.Fault = fault.Kind
	}
	s.mu.Unlock()

	if fault != nil && !strings.HasPrefix(fault.Kind, "slow") && !pause(r.Context(), fault.Delay) {
		panic(http.ErrAbortHandler) // the client left, or the server ends; a mere return would send an empty 200
	}
	s.mu.Lock()
	var a *answer
	if fault == nil || slices.Contains(trueKinds, fault.Kind) {
		a = handle(r, body)
	} else {
		a = fault.answer(place, r, s.now())
	}
	if fault != nil {
		a.body = fault.spoil(a.body)
	}
	date := s.now()
	rec.Grade, rec.Source = a.grade, a.source
	if fault == nil || fault.Kind != "reset" {
		rec.Status = a.status
	}
	s.mu.Unlock()

	a.finish(r, date)
	if fault != nil {
		fault.play(w, r, a)
		return
	}
	a.write(w, r)
}
