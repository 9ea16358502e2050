// SPDX-License-Identifier: 0BSD

package fakegoogle

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Fault is trouble that the server makes on demand. Every field except Kind may
// be left zero.
type Fault struct {
	// Place is the endpoint that the fault hits: token, events, event,
	// calendar, calendarList or certs. "" and all mean every path.
	Place string
	// Kind is an HTTP status ("503", with Google's body for it), a reason of
	// the Calendar API ("rateLimitExceeded"), or one of these. Some damage the
	// true response:
	//
	//	delay       sends it after Delay
	//	slow        sends it in pieces, Delay apart
	//	slow-head   sends its header in pieces, Delay apart
	//	reset       resets the connection and sends nothing
	//	reset-head  resets the connection in the middle of the header
	//	reset-body  resets the connection in the middle of the body
	//	cut         closes the connection in the middle of the body
	//	cut-gzip    compresses it and ends it properly in the middle
	//	length      announces a Content-Length that is too large
	//	short       announces a Content-Length that is too small
	//	utf8        makes titles or the token invalid UTF-8
	//	twice       repeats its first member at the end, empty
	//	deep        adds 100,000 nested arrays
	//	types       turns each string into an array of that string
	//
	// Others replace it:
	//
	//	redirect    a 302 to Value, or to the same address if Value is ""
	//	html        an HTML page with status 200
	//	oversize    more than 100 MB
	//	empty       status 200 without a body
	//	body        Value with status 200
	Kind string
	// Value goes with redirect, any other status from 300 to 399, and body.
	Value string
	// Delay goes with delay, slow and slow-head. With any other kind, it's a
	// delay before the header.
	Delay time.Duration
	// RetryAfter adds a Retry-After header in seconds, or as a date if
	// RetryDate is set. A response that is only damaged doesn't get one.
	RetryAfter time.Duration
	RetryDate  bool
	// Skip is how many requests pass first. Times is how many are hit after
	// that; 0 means all.
	Skip  int
	Times int
}

// activeFault is a fault, and how many requests it has seen.
type activeFault struct {
	Fault
	seen int
}

var (
	// damagingKinds keep the true response, but damage it.
	damagingKinds = []string{
		"delay", "slow", "slow-head", "reset", "reset-head", "reset-body",
		"cut", "cut-gzip", "length", "short", "utf8", "twice", "deep", "types",
	}
	// replacingKinds send another response in its place.
	replacingKinds = []string{"redirect", "html", "oversize", "empty", "body"}

	// timedKinds have a time for a value.
	timedKinds = []string{"delay", "slow", "slow-head"}

	places = []string{"all", "token", "events", "event", "calendar", "calendarList", "certs"}
)

// FaultNames returns every kind of fault except for the HTTP statuses.
func FaultNames() []string {
	names := slices.Concat(damagingKinds, replacingKinds)
	for kind := range apiFaults {
		if _, err := strconv.Atoi(kind); err != nil {
			names = append(names, kind)
		}
	}
	slices.Sort(names)
	return names
}

// faultSyntax is PLACE:KIND=VALUE,retry-after=2,delay=1s@SKIP*TIMES, where
// everything after KIND is optional.
var faultSyntax = regexp.MustCompile(`^([A-Za-z]*):([A-Za-z0-9-]+)` +
	`(?:=(.*?))?` +
	`((?:,(?:retry-after|retry-date|delay)=[^,@*]+)*)` +
	`(?:@(\d{1,6}))?` +
	`(?:\*(\d{1,6}))?$`)

// ParseFault parses a fault as it's written on the command line: "token:503",
// "events:429,retry-after=2", "events:reset@2" (two requests pass first),
// "events:500*1" (one is hit), "events:delay=2s",
// "all:redirect=https://example.com/".
func ParseFault(text string) (Fault, error) {
	m := faultSyntax.FindStringSubmatch(text)
	if m == nil {
		return Fault{}, fmt.Errorf("fakegoogle: fault %q is not PLACE:KIND, "+
			"such as token:503 or events:reset@2", text)
	}
	f := Fault{Place: m[1], Kind: m[2], Value: m[3]}
	f.Skip, _ = strconv.Atoi(m[5])
	f.Times, _ = strconv.Atoi(m[6])
	if !f.known() {
		return Fault{}, fmt.Errorf("fakegoogle: fault %q: PLACE is one of %s; "+
			"KIND is an HTTP status or one of %s",
			text, strings.Join(places, " "), strings.Join(FaultNames(), " "))
	}
	if m[6] != "" && f.Times == 0 {
		return Fault{}, fmt.Errorf("fakegoogle: fault %q hits no request", text)
	}
	if err := f.parseValue(); err != nil {
		return Fault{}, fmt.Errorf("fakegoogle: fault %q: %w", text, err)
	}
	if err := f.parseOptions(m[4]); err != nil {
		return Fault{}, fmt.Errorf("fakegoogle: fault %q: %w", text, err)
	}
	return f, nil
}

// parseValue makes Value a Delay, if the kind has a time for a value.
func (f *Fault) parseValue() error {
	switch {
	case slices.Contains(timedKinds, f.Kind):
		d, err := parseDelay(f.Value)
		f.Delay, f.Value = d, ""
		return err
	case f.Value != "" && !f.takesValue():
		return fmt.Errorf("%s takes no value", f.Kind)
	}
	return nil
}

// parseOptions parses options such as ",retry-after=2,delay=1s".
func (f *Fault) parseOptions(text string) error {
	hasDelay := slices.Contains(timedKinds, f.Kind)
	hasRetryAfter := false
	for _, option := range strings.Split(text, ",")[1:] {
		name, value, _ := strings.Cut(option, "=")
		d, err := parseDelay(value)
		switch {
		case err != nil:
			return err
		case name == "delay" && hasDelay:
			return errors.New("it has two delays")
		case name == "delay":
			f.Delay, hasDelay = d, true
		case hasRetryAfter:
			return errors.New("it has two Retry-After headers")
		case d == 0, d%time.Second != 0:
			return fmt.Errorf("%s is a number of whole seconds, at least 1", name)
		default:
			f.RetryAfter, hasRetryAfter = d, true
			f.RetryDate = name == "retry-date"
		}
	}
	return nil
}

// known reports whether there are such a place and such a kind.
func (f *Fault) known() bool {
	if f.Place != "" && !slices.Contains(places, f.Place) {
		return false
	}
	status, err := strconv.Atoi(f.Kind)
	if err != nil {
		return slices.Contains(FaultNames(), f.Kind)
	}
	return status >= 200 && status <= 599
}

// status is the HTTP status that Kind is, or 0.
func (f *Fault) status() int {
	status, _ := strconv.Atoi(f.Kind)
	return status
}

func (f *Fault) isRedirect() bool {
	return f.status()/100 == 3
}

func (f *Fault) takesValue() bool {
	return f.Kind == "redirect" || f.Kind == "body" || f.isRedirect()
}

// parseDelay parses a duration such as 2s, or a number of seconds.
func parseDelay(text string) (time.Duration, error) {
	duration := text
	if _, err := strconv.Atoi(text); err == nil {
		duration += "s"
	}
	d, err := time.ParseDuration(duration)
	if err != nil || d < 0 {
		return 0, fmt.Errorf("%q is not a time such as 2s", text)
	}
	return d, nil
}

// AddFault adds a fault. A request is hit by the first that fits it.
func (s *Server) AddFault(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &activeFault{Fault: f})
}

// ClearFaults removes all faults.
func (s *Server) ClearFaults() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// nextFault counts a request at a place. It returns the fault that hits the
// request, or nil.
func (s *Server) nextFault(place string) *Fault {
	for _, a := range s.faults {
		if a.Place != "" && a.Place != "all" && a.Place != place {
			continue
		}
		a.seen++
		n := a.seen - a.Skip
		if n > 0 && (a.Times == 0 || n <= a.Times) {
			f := a.Fault
			return &f
		}
	}
	return nil
}
