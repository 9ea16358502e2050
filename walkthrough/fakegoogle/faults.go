// SPDX-License-Identifier: 0BSD

package fakegoogle

import (
	"context"
	"fmt"
	"maps"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Fault is trouble that the server makes on demand. The zero value of each field but Kind is the common case.
type Fault struct {
	// Place is the endpoint that it hits: token, events, event, calendar, calendarList or certs; "" or all hits every one.
	Place string
	// Kind is an HTTP status ("503", with Google's body for it), a reason of the Calendar API ("rateLimitExceeded"), or
	//	delay     the true answer, Delay late           slow        the true answer, piece by piece, Delay apart
	//	cut       half of the true answer               length      the true answer, its Content-Length too large
	//	reset     no answer, the connection is reset    reset-body  half of the true answer, then reset
	//	redirect  a 302 to Value                        html        an HTML page with status 200
	//	oversize  more than 100 MB                      empty       status 200 and no body
	//	body      Value with status 200
	Kind       string
	Value      string        // of redirect, every 3xx and body
	Delay      time.Duration // of delay and slow; before the headers of any other kind
	RetryAfter time.Duration // adds a Retry-After header, in seconds
	RetryDate  bool          // writes that header as a date instead
	Skip       int           // how many requests go unharmed before
	Times      int           // how many are hit then; 0: all
}

// armed is a fault with the number of requests that it has seen.
type armed struct {
	Fault
	seen int
}

// trueKinds are played on the true answer; madeKinds replace it.
var (
	trueKinds = []string{"delay", "slow", "cut", "length", "reset", "reset-body"}
	madeKinds = []string{"redirect", "html", "oversize", "empty", "body"}
	places    = []string{"", "all", "token", "events", "event", "calendar", "calendarList", "certs"}
)

// FaultNames returns every kind of fault but the plain HTTP statuses.
func FaultNames() []string {
	names := slices.Concat(trueKinds, madeKinds)
	for name := range maps.Keys(apiFaults) {
		if _, err := strconv.Atoi(name); err != nil {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// spelling is how a fault is written: PLACE:KIND=VALUE,retry-after=2,delay=1s@SKIP*TIMES
var spelling = regexp.MustCompile(`^([A-Za-z]*):([A-Za-z0-9-]+)(?:=(.*?))?((?:,(?:retry-after|retry-date|delay)=[^,@*]+)*)(?:@(\d{1,6}))?(?:\*(\d{1,6}))?$`)

// ParseFault reads a fault as the command line has it: "token:503", "events:429,retry-after=2", "events:reset@2" (two
// requests go unharmed), "events:500*1" (one is hit), "events:delay=2s", "all:redirect=https://example.com/".
func ParseFault(text string) (Fault, error) {
	m := spelling.FindStringSubmatch(text)
	if m == nil {
		return Fault{}, fmt.Errorf("fakegoogle: fault %q is not PLACE:KIND, such as token:503 or events:reset@2", text)
	}
	f := Fault{Place: m[1], Kind: m[2], Value: m[3]}
	f.Skip, _ = strconv.Atoi(m[5])
	f.Times, _ = strconv.Atoi(m[6])
	status, err := strconv.Atoi(f.Kind)
	if !slices.Contains(places, f.Place) || !slices.Contains(FaultNames(), f.Kind) && (err != nil || status < 200 || status > 599) {
		return Fault{}, fmt.Errorf("fakegoogle: fault %q: the place is one of%s, the kind an HTTP status or one of %s", text, strings.Join(places, " "), strings.Join(FaultNames(), " "))
	}
	options := m[4]
	switch {
	case f.Kind == "delay" || f.Kind == "slow":
		options, f.Value = ",delay="+f.Value+options, ""
	case f.Kind == "redirect" && f.Value == "":
		return Fault{}, fmt.Errorf("fakegoogle: fault %q: redirect needs =URL", text)
	case f.Value != "" && f.Kind != "redirect" && f.Kind != "body" && status/100 != 3:
		return Fault{}, fmt.Errorf("fakegoogle: fault %q: %s takes no value", text, f.Kind)
	}
	for _, option := range strings.Split(options, ",")[1:] {
		name, value, _ := strings.Cut(option, "=")
		d, err := time.ParseDuration(value)
		if seconds, atoiErr := strconv.Atoi(value); atoiErr == nil {
			d, err = time.Duration(seconds)*time.Second, nil
		}
		if err != nil || d < 0 {
			return Fault{}, fmt.Errorf("fakegoogle: fault %q: %q is not a time such as 2s", text, value)
		}
		if name == "delay" {
			f.Delay = d
		} else {
			f.RetryAfter, f.RetryDate = d, name == "retry-date"
		}
	}
	return f, nil
}

// AddFault arms a fault. The first one that fits a request is played.
func (s *Server) AddFault(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &armed{Fault: f})
}

// ClearFaults takes all faults away.
func (s *Server) ClearFaults() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// pick counts a request at a place and returns the fault that hits it, if one does.
func (s *Server) pick(place string) *Fault {
	for _, a := range s.faults {
		if a.Place != "" && a.Place != "all" && a.Place != place {
			continue
		}
		a.seen++
		if n := a.seen - a.Skip; n > 0 && (a.Times == 0 || n <= a.Times) {
			f := a.Fault
			return &f
		}
	}
	return nil
}

// pause lets time pass, and reports whether the client is still there then.
func pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// answer is what a fault says in the place of the true answer.
func (f *Fault) answer(place string, now time.Time) *answer {
	a := &answer{status: http.StatusOK, header: calendarHeader.Clone(), grade: "R", source: "a fault, made on demand"}
	status, _ := strconv.Atoi(f.Kind)
	ofAPI, isAPI := apiFaults[f.Kind]
	ofToken, isToken := tokenFaults[status]
	switch {
	case place == "token" && isToken:
		a = ofToken.answer()
	case isAPI && (place != "token" || status == 0):
		a = ofAPI.answer()
	case status != 0:
		a = page(status, "The server encountered an error and could not complete your request.")
	}
	switch {
	case f.Kind == "redirect":
		a.status = http.StatusFound
		a.header.Set("Location", f.Value)
	case status >= 300 && status < 400 && f.Value != "":
		a.header.Set("Location", f.Value)
	case f.Kind == "html":
		a.header, a.body = pageHeader.Clone(), []byte("<!DOCTYPE html>\n<html lang=en>\n<title>Sign in to the network</title>\n<p>Accept the terms to go on.\n")
	case f.Kind == "body":
		a.body = []byte(f.Value)
	}
	if f.RetryAfter > 0 {
		a.header.Set("Retry-After", strconv.Itoa(int(f.RetryAfter.Seconds())))
		if f.RetryDate {
			a.header.Set("Retry-After", now.Add(f.RetryAfter).UTC().Format(http.TimeFormat))
		}
	}
	return a
}

// play sends an answer the way the fault wants it.
func (f *Fault) play(w http.ResponseWriter, r *http.Request, a *answer) {
	half := a.body[:len(a.body)/2]
	switch f.Kind {
	case "slow":
		a.head(w)
		for piece := range slices.Chunk(a.body, max(1, len(a.body)/8)) {
			w.Write(piece)
			flush(w)
			if !pause(r.Context(), f.Delay) {
				panic(http.ErrAbortHandler) // a mere return would end the body in good order
			}
		}
	case "cut":
		a.head(w)
		w.Write(half)
		flush(w)
		panic(http.ErrAbortHandler) // closes the connection
	case "length":
		a.header.Set("Content-Length", strconv.Itoa(len(a.body)+1000))
		a.write(w, r)
	case "reset":
		reset(w)
	case "reset-body":
		a.head(w)
		w.Write(half)
		flush(w)
		reset(w)
	case "oversize":
		a.header.Del("Content-Length")
		a.header.Del("Content-Encoding")
		a.head(w)
		block := []byte(strings.Repeat("x", 1<<20))
		w.Write([]byte(`{"kind":"`))
		for n := 0; n < 101 && r.Context().Err() == nil; n++ {
			if _, err := w.Write(block); err != nil {
				return
			}
		}
		w.Write([]byte(`"}`))
	default:
		a.write(w, r)
	}
}

// reset ends a TCP connection with RST: what is under way is lost on both sides.
func reset(w http.ResponseWriter) {
	if h, ok := w.(http.Hijacker); ok {
		if conn, _, err := h.Hijack(); err == nil {
			if tcp, ok := conn.(*net.TCPConn); ok {
				tcp.SetLinger(0)
			}
			conn.Close()
			return
		}
	}
	panic(http.ErrAbortHandler)
}
