// SPDX-License-Identifier: 0BSD

// Package fakegoogle is a small Google for tests and lessons: the OAuth 2.0
// token endpoint for service accounts (RFC 7523), the reading half of the
// Calendar API v3, and the certificate endpoint, in one [http.Handler].
//
// It judges its clients. It verifies RS256 signatures with its own code,
// refuses what Google refuses, in Google's order and in Google's words, and
// shares no code with the packages it's used to test. It accepts what Google
// has been seen to accept from programs in many languages. Every response has
// a grade:
//
//	V  verbatim in a public capture
//	C  recorded once, by others, against the real server
//	D  from Google's documentation
//	F  known only from fakes and client code
//	R  reconstructed: Google's own response isn't publicly known
//
// [Server.Requests] reports the grade and the source of each response. The
// comments in this package use the same letters.
//
// It isn't a calendar: you can't write through it, and it doesn't compute
// recurrences, which are plain data here. It isn't secure either: its access
// tokens are hashes of values that anyone can see. Never put it where
// strangers can reach it, and never put real events into it.
//
// It accepts any Host and any Origin: containers and tests reach it under names
// of their own, and Google serves programs in browsers, too. So a web page that
// you visit can send it requests, use up a fault, and with tricks in DNS even
// read the events, which are made up. It can't make the server change an event,
// or fill its memory: that's bounded.
package fakegoogle

import (
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

// Server is a fake Google. It routes by path and ignores the host name, so one
// Server is both oauth2.googleapis.com and www.googleapis.com. It's safe for
// concurrent use.
type Server struct {
	mu sync.Mutex // guards everything below

	frozen   bool          // whether the clock is stopped
	clock    time.Time     // the time while the clock is stopped
	offset   time.Duration // added to the real time while the clock runs
	lastTick int64         // see nextTick

	accounts  map[string]*serviceAccount // by e-mail address
	users     map[string]bool            // by e-mail address
	delegated map[string][]string        // client ID -> scopes
	disabled  map[string]bool            // project ID -> Calendar API is off
	calendars map[string]*calendar       // by ID
	tokens    map[string]*accessToken    // by the token itself
	issued    int                        // access tokens issued so far
	issuedAs  []string                   // the tokens, oldest first
	faults    []*activeFault
	log       requestLog
	report    io.Writer // see SetLog
}

// New returns a server with a running clock and no accounts or calendars.
func New() *Server {
	return &Server{
		accounts:  map[string]*serviceAccount{},
		users:     map[string]bool{},
		delegated: map[string][]string{},
		disabled:  map[string]bool{},
		calendars: map[string]*calendar{},
		tokens:    map[string]*accessToken{},
	}
}

// SetClock stops the server's clock at t. The validity of assertions, the
// expiry of tokens, and Date headers follow it.
func (s *Server) SetClock(t time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.frozen, s.clock = true, t
}

// Advance moves the server's clock by d, whether it's stopped or running. A
// negative d moves it back.
func (s *Server) Advance(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clock = s.clock.Add(d)
	s.offset += d
}

// Now returns the time by the server's clock.
func (s *Server) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now()
}

func (s *Server) now() time.Time {
	if s.frozen {
		return s.clock
	}
	return time.Now().Add(s.offset)
}

// A tick orders changes and sync tokens. It's a time in microseconds, but two
// changes never have the same one, even under a stopped clock.

// nextTick returns the tick of a new change: later than every change and every
// sync token before it.
func (s *Server) nextTick() int64 {
	s.lastTick = max(s.now().UnixMicro(), s.lastTick+1)
	return s.lastTick
}

// currentTick returns the tick of this moment: no change so far is later, and
// every change to come will be.
func (s *Server) currentTick() int64 {
	s.lastTick = max(s.now().UnixMicro(), s.lastTick)
	return s.lastTick
}

// ForgetTokens makes the server refuse every access token it has issued so
// far, as if they had expired.
func (s *Server) ForgetTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.tokens)
	s.issuedAs = nil
}

// SetLog makes the server describe each request to w: in one line, and for a
// refusal in the lines below it, what was wrong and how to do it right. See
// [Request.String].
func (s *Server) SetLog(w io.Writer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.report = w
}

// writeLog describes a request before its response is sent, so that the client's
// own words about it come later.
func (s *Server) writeLog(r *Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.report != nil {
		fmt.Fprintln(s.report, r)
	}
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	to := s.findRoute(r)
	body, fits := readBody(r)
	switch {
	case len(r.RequestURI) > maxHead:
		to.handle, to.judge = uriTooLong, nothingServed
	case !fits, headSize(r) > maxHead:
		to.handle, to.judge = requestTooLarge, nothingServed
	}
	req, fault := s.record(r, body, to.place)

	if fault != nil && fault.delaysStart() && !wait(r.Context(), fault.Delay) {
		// The client has left, or the server is shutting down. If this just
		// returned, net/http would send an empty 200.
		panic(http.ErrAbortHandler)
	}
	resp, date := s.respond(r, to, req, fault)
	s.writeLog(req)
	resp.finish(r, date)
	if fault != nil {
		fault.send(w, r, resp)
		return
	}
	resp.write(w, r)
}

// record remembers a request and returns the fault that hits it, or nil.
func (s *Server) record(r *http.Request, body []byte, place string) (*Request, *Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	req := &Request{
		Method: r.Method,
		Path:   r.RequestURI,
		Proto:  r.Proto,
		Host:   r.Host,
		Header: r.Header.Clone(),
		Body:   body,
		Time:   s.now(),
	}
	s.log.add(req)
	fault := s.nextFault(place)
	if fault != nil {
		req.Fault = fault.Kind
	}
	return req, fault
}

// respond makes the response to a request, with whatever the fault changes in
// it, and notes it in req. It also returns the time for the Date header.
func (s *Server) respond(r *http.Request, to route, req *Request, fault *Fault) (
	*response, time.Time,
) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var resp *response
	if fault == nil || fault.keepsResponse() {
		resp = to.handle(r, req.Body)
	} else {
		resp = fault.response(to.place, r, s.now())
	}
	if fault != nil {
		resp.body = fault.corrupt(resp.body)
	}
	req.Grade, req.Source, req.Code = resp.grade, resp.source, resp.code
	if fault != nil {
		req.Verdict = fault.verdict(to)
	} else {
		req.Verdict = to.judge(r, req.Body, resp)
	}
	s.log.grow(req)
	if fault == nil || fault.Kind != "reset" {
		req.Status = resp.status
	}
	return resp, s.now()
}
