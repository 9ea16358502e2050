// SPDX-License-Identifier: 0BSD

package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"unicode/utf8"

	"example.com/fivestep/walkthrough/fakegoogle"
)

// outcome says how the flow ends if one of its requests meets a fault.
type outcome string

const (
	harmless outcome = "harmless" // complete, at the first attempt
	retried  outcome = "retried"  // complete if the fault passes; otherwise try again later
	renewed  outcome = "renewed"  // complete with a new token if it passes; otherwise for good
	refused  outcome = "refused"  // an error at once: the same request again would be no use
)

// faultRow is a fault, and its outcome at the token endpoint and at each page
// of events.
type faultRow struct {
	name          string
	token, events outcome
}

// faults has every fault of the fake. The message of each outcome is in
// testdata/faults.txt.
var faults = []faultRow{
	{"refused", retried, retried}, // of the connection: no server can make it
	{"reset", retried, retried},
	{"reset-head", retried, retried},
	{"reset-body", retried, retried},
	{"delay=1ms", harmless, harmless},
	{"delay=1h", retried, retried},
	{"slow-head=1ms", harmless, harmless},
	{"slow-head=1h", retried, retried},
	{"slow=1ms", harmless, harmless},
	{"slow=1h", retried, retried},
	{"cut", retried, retried},
	{"cut-gzip", retried, retried},
	{"length", retried, retried},
	{"short", refused, retried}, // JSON that ends too early; as gzip it is known to be incomplete
	// A token can't contain such a byte; in a title it becomes U+FFFD.
	{"utf8", refused, harmless},
	{"twice", refused, refused},
	{"deep", refused, refused},
	{"types", refused, refused},
	{"redirect", refused, refused},
	{"redirect=ELSEWHERE", refused, refused},
	{"307=ELSEWHERE", refused, refused},
	{"204", refused, refused},
	{"304", refused, refused},
	{"html", refused, refused},
	{"empty", refused, retried},
	{"oversize", refused, refused},
	{"body={}", refused, refused},
	{"body=null", refused, refused},

	// Every other status from 400 to 504 is refused: see statuses.
	{"401", refused, renewed},
	{"408", retried, retried},
	{"429", retried, retried},
	{"429,retry-after=7", retried, retried},
	{"429,retry-date=7", retried, retried},
	{"429,retry-after=3600", retried, retried},
	{"500", retried, retried},
	{"502", retried, retried},
	{"503", retried, retried},
	{"503,retry-date=7", retried, retried},
	{"504", retried, retried},

	// Reasons of the Calendar API; at the token endpoint they are another
	// server's answer.
	{"rateLimitExceeded", refused, retried},
	{"userRateLimitExceeded", refused, retried},
	{"quotaExceeded", refused, refused},
	{"dailyLimitExceeded", refused, refused},
	{"requiredAccessLevel", refused, refused},
	{"insufficientPermissions", refused, refused},
	{"accessNotConfigured", refused, refused},
	{"fullSyncRequired", refused, refused},
	{"updatedMinTooLongAgo", refused, refused},
}

// statuses returns rows for the statuses from 400 to 504 that have a name and
// no row above. None of them passes.
func statuses() (rows []faultRow) {
	for code := 400; code <= 504; code++ {
		name := strconv.Itoa(code)
		known := slices.ContainsFunc(faults, func(r faultRow) bool { return r.name == name })
		if http.StatusText(code) != "" && !known {
			rows = append(rows, faultRow{name, refused, refused})
		}
	}
	return rows
}

// places are the requests that a fault hits. The world's six events come on
// three pages.
var places = []struct {
	at   string
	page int // 0: none
}{{"token", 0}, {"events", 1}, {"events", 2}, {"events", 3}}

// TestFaults plays every fault at every request of the flow from a key file to
// events: once, and forever.
func TestFaults(t *testing.T) {
	var led atomic.Int64
	count := func(http.ResponseWriter, *http.Request) { led.Add(1) }
	elsewhere := httptest.NewServer(http.HandlerFunc(count))
	defer elsewhere.Close()
	rows := append(slices.Clone(faults), statuses()...)
	lines := make([]string, len(rows))
	t.Run("all", func(t *testing.T) {
		for i, row := range rows {
			t.Run(row.name, func(t *testing.T) {
				if row.name != "oversize" { // whose memory is measured
					t.Parallel()
				}
				lines[i] = row.play(t, elsewhere.URL)
			})
		}
	})
	if led.Load() > 0 {
		t.Errorf("%d redirects were followed to another host", led.Load())
	}
	if !slices.Contains(lines, "") { // none is left out by -run
		golden(t, "faults.txt", strings.Join(lines, ""))
	}
}

// TestFaultsAreAllThere checks that every fault of the fake has a row.
func TestFaultsAreAllThere(t *testing.T) {
	var kinds []string
	for _, row := range faults {
		kinds = append(kinds, regexp.MustCompile("^[^=,]*").FindString(row.name))
	}
	for _, kind := range fakegoogle.FaultNames() {
		if !slices.Contains(kinds, kind) {
			t.Errorf("%s is in no row", kind)
		}
	}
}

// play plays the fault at each request, all at the same time. It returns a line
// for the token, and one for the pages unless their messages differ in more
// than the number.
func (row faultRow) play(t *testing.T, elsewhere string) (lines string) {
	var flows []*flow
	for _, p := range places {
		kind := strings.Replace(row.name, "ELSEWHERE", elsewhere+"/", 1)
		if row.name == "refused" {
			kind = "reset" // to have something to parse; the wire makes the fault
		}
		for times := range 2 { // 0: forever
			f := &flow{row: row, page: p.page, want: row.events, fault: fault(t, p.at+":"+kind)}
			f.fault.Skip, f.fault.Times = max(0, p.page-1), times
			if p.at == "token" {
				f.want = row.token
			}
			if times == 1 && f.want != retried && f.want != renewed {
				continue // once and forever are the same to it
			}
			f.world = newWorld(t)
			f.wire = newWire(f.Server, f.fault, row.name == "refused")
			if row.name != "refused" {
				f.AddFault(f.fault)
			}
			flows = append(flows, f)
		}
	}
	var running sync.WaitGroup
	for _, f := range flows {
		running.Add(1)
		go func() {
			defer running.Done()
			f.wire.leavesNothing(t, f.String(), f.run)
		}()
		if row.name == "oversize" { // one after the other, as its memory is measured
			running.Wait()
		}
	}
	running.Wait()
	var pages []string
	for _, f := range flows {
		text := f.check(t)
		switch {
		case f.fault.Times == 1: // has no error to tell
		case f.page == 0:
			lines = fmt.Sprintf("%-24s token   %s\n", row.name, text)
		case !slices.Contains(pages, text):
			pages = append(pages, text)
			lines += fmt.Sprintf("%-24s page N  %s\n", row.name, text)
		}
	}
	return lines
}

// TestOutputIsUTF8 checks that the output is UTF-8, whatever the server sends.
// Otherwise a JSON parser at the other end of a pipe may fail.
func TestOutputIsUTF8(t *testing.T) {
	w := newWorld(t)
	w.AddFault(fault(t, "events:utf8"))
	for _, format := range []string{"-json", "-json=false"} {
		stdout, stderr, status := w.events(format, you)
		if status != 0 || !utf8.ValidString(stdout) || !strings.Contains(stdout, "\uFFFDTrip") {
			t.Errorf("%s: %d %s%q", format, status, stderr, stdout)
		}
	}
}
