// SPDX-License-Identifier: 0BSD

package fakegoogle

import (
	"fmt"
	"maps"
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
	//	delay       the true answer, Delay late              slow        the true answer, piece by piece, Delay apart
	//	slow-head   the same, but the header                 reset       no answer, the connection is reset
	//	reset-head  half of the header, then reset           reset-body  half of the true answer, then reset
	//	cut         half of the true answer, then closed     cut-gzip    half of it as gzip, ending in good order
	//	length      its Content-Length too large             short       its Content-Length too small
	//	utf8        its titles or token no valid UTF-8       twice       its first member again at the end, empty
	//	deep        100,000 arrays in one another in it      types       each string in it an array of that string
	//	redirect    a 302 to Value; "": to the same address, again and again
	//	html        an HTML page with status 200             oversize    more than 100 MB
	//	empty       status 200 and no body                   body        Value with status 200
	Kind       string
	Value      string        // of redirect, every 3xx and body
	Delay      time.Duration // of delay, slow and slow-head; before the headers of any other kind
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

// trueKinds are played on the true answer; madeKinds replace it. timeKinds take a time for a value.
var (
	trueKinds = []string{"delay", "slow", "slow-head", "reset", "reset-head", "reset-body", "cut", "cut-gzip", "length", "short", "utf8", "twice", "deep", "types"}
	timeKinds = []string{"delay", "slow", "slow-head"}
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
	case slices.Contains(timeKinds, f.Kind):
		options, f.Value = ",delay="+f.Value+options, ""
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
