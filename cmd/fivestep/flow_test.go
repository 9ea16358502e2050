// SPDX-License-Identifier: 0BSD

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/fivestep/calendar"
	"example.com/fivestep/jwt"
	"example.com/fivestep/tokenexchange"
	"example.com/fivestep/walkthrough/fakegoogle"
)

var allEvents = []string{"day", "trip", "call", "weekly", "odd", "past"}

// flow is one run from the key file to the last event, with a fault on the way.
type flow struct {
	*world
	wire  *wire
	row   faultRow
	page  int // the page that meets the fault; 0: the token request does
	want  outcome
	fault fakegoogle.Fault

	ids       []string
	err       error
	allocated uint64 // bytes, by everything that ran meanwhile
	mu        sync.Mutex
	waits     []time.Duration // before further attempts
}

func (f *flow) String() string {
	return fmt.Sprintf("%s at page %d, %d times", f.row.name, f.page, f.fault.Times)
}

func (f *flow) run(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute) // nothing takes so long
	defer cancel()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	defer func() {
		runtime.ReadMemStats(&after)
		f.allocated = after.TotalAlloc - before.TotalAlloc
	}()
	client := &http.Client{Transport: f.wire}
	now := func() time.Time { return epoch }
	sleep := func(ctx context.Context, d time.Duration) error {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.waits = append(f.waits, d)
		return ctx.Err()
	}
	key, err := jwt.ParseKeyFile(f.account.KeyFile(f.url + "/token"))
	if f.err = err; err != nil {
		return
	}
	exchange := tokenexchange.Client{HTTP: client, Now: now, Sleep: sleep}
	fetch := func(ctx context.Context) (*tokenexchange.Token, error) {
		header := jwt.Header{Algorithm: "RS256", Type: "JWT", KeyID: key.PrivateKeyID}
		assertion, err := jwt.Sign(header, jwt.NewClaims(key, epoch), key.PrivateKey)
		if err != nil {
			return nil, err
		}
		return exchange.Exchange(ctx, key.TokenURI, assertion)
	}
	source := &tokenexchange.Source{Fetch: fetch, Now: now}
	reader := &calendar.Client{
		Token:      source.AccessToken,
		Invalidate: source.Invalidate,
		HTTP:       client,
		BaseURL:    f.url + "/calendar/v3",
		Now:        now,
		Sleep:      sleep,
	}
	for event, err := range reader.Events(ctx, you, calendar.Query{MaxResults: 2}) {
		if f.err = err; err != nil {
			return
		}
		f.ids = append(f.ids, event.ID)
	}
}

// check compares the events with those that should come, and returns the
// outcome with the tool's message.
func (f *flow) check(t *testing.T) (text string) {
	want, text := allEvents, string(f.want)
	complete := f.want == harmless || f.fault.Times == 1
	if !complete {
		want = allEvents[:2*max(0, f.page-1)]
	}
	if !slices.Equal(f.ids, want) || (f.err == nil) != complete {
		t.Errorf("%v: %q, %v", f, f.ids, f.err)
	}
	if f.err != nil {
		var token *tokenexchange.Error
		var events *calendar.Error
		ofToken := errors.As(f.err, &token)
		if !errors.As(f.err, &events) || events.Page != max(1, f.page) || ofToken != (f.page == 0) {
			t.Errorf("%v: %v", f, f.err)
		} else {
			temporary := events.Temporary() || ofToken && token.Temporary()
			if temporary != (f.want == retried) {
				t.Errorf("%v: temporary: %v", f, temporary)
			}
		}
		text += f.told(t)
	}
	f.checkWaits(t)
	// It reads less than 1 MiB. Where that is the bound of a package, a buffer
	// may hold more.
	most, allocated := int64(1<<20+64<<10), uint64(16<<20)
	oversize := f.row.name == "oversize"
	if f.page > 0 && oversize {
		most = 2 << 20 // a value of 1 MiB, and one read
	}
	if read := f.wire.read.Load(); read > most || oversize && f.allocated > allocated {
		t.Errorf("%v: %d bytes were read, %d allocated", f, read, f.allocated)
	}
	return text
}

var (
	aHost   = regexp.MustCompile(`127\.0\.0\.1:\d{4,}`)
	aPage   = regexp.MustCompile(`page \d`)
	network = regexp.MustCompile(`(no answer: Post|GET|200: the answer broke off:) .*`)

	// The text depends on the version of encoding/json.
	tooDeep = regexp.MustCompile(`deep: .*exceeded max depth`)
)

// told returns the tool's message. How much of an answer arrives before it is
// lost, and so the network's error, depends on timing: both are replaced.
func (f *flow) told(t *testing.T) string {
	var stderr bytes.Buffer
	f.tool.stderr = &stderr
	status := f.tool.report(context.Background(), f.err, &flags{calendar: you})
	if tokens.Match(stderr.Bytes()) || assertions.Match(stderr.Bytes()) {
		t.Errorf("%v: a secret is shown: %s", f, &stderr)
	}
	line, _, _ := strings.Cut(stderr.String(), "\n")
	line = aHost.ReplaceAllString(line, "HOST")
	line = aPage.ReplaceAllString(line, "page N")
	line = tooDeep.ReplaceAllString(line, "deep: exceeded max depth")
	if strings.HasPrefix(f.row.name, "reset") || f.fault.Delay > time.Minute {
		line = network.ReplaceAllString(line, "the network's words")
		line = strings.Replace(line, "step 3", "step 4", 1)
	}
	return fmt.Sprintf(", exit %d: %s", status, strings.TrimPrefix(line, "fivestep: "))
}

// checkWaits checks that no wait is unnecessary, and none shorter than the
// server asks, up to a minute.
func (f *flow) checkWaits(t *testing.T) {
	least, most := 0, 0
	switch {
	case f.want == retried && f.fault.Times == 1:
		least, most = 1, 1
	case f.want == retried: // the next page may be on its way while this one fails
		least, most = 3, 6
	}
	if strings.HasPrefix(f.row.name, "reset") {
		least = 0 // net/http tries again itself if a connection dies that it used before
	}
	if n := len(f.waits); n < least || n > most {
		t.Errorf("%v: waited %v", f, f.waits)
	}
	for _, d := range f.waits {
		asked := min(f.fault.RetryAfter, time.Minute)
		if d <= 0 || asked > 0 && d != asked || asked == 0 && d > 4*time.Second {
			t.Errorf("%v: waited %v", f, f.waits)
		}
	}
}
