// SPDX-License-Identifier: 0BSD

package fakegoogle_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.com/fivestep/walkthrough/fakegoogle"
)

func (w *world) arm(names ...string) {
	w.t.Helper()
	w.ClearFaults()
	for _, name := range names {
		f, err := fakegoogle.ParseFault(name)
		if err != nil {
			w.t.Fatal(err)
		}
		w.AddFault(f)
	}
}

// try gets a list of events and says all that can be said of the answer: up to the header, and of the body.
func (w *world) try(ctx context.Context, token string) (resp *http.Response, body []byte, headErr, bodyErr error) {
	w.t.Helper()
	req, err := http.NewRequestWithContext(ctx, "GET", w.url+"/calendar/v3/"+events, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	if resp, headErr = w.client.Do(req); headErr != nil {
		return nil, nil, headErr, nil
	}
	defer resp.Body.Close()
	body, bodyErr = io.ReadAll(resp.Body)
	return resp, body, nil, bodyErr
}

// Google's answer for every status and reason, at the token endpoint and at the Calendar API.
func TestFaultAnswers(t *testing.T) {
	w := newWorld(t)
	token := w.token("calendar.readonly")
	b := &book{t: t, name: "faults.txt"}
	for _, kind := range []string{"400", "401", "403", "404", "409", "410", "412", "429", "500", "502", "503", "504", "rateLimitExceeded",
		"userRateLimitExceeded", "quotaExceeded", "requiredAccessLevel", "fullSyncRequired", "updatedMinTooLongAgo", "dailyLimitExceeded",
		"accessNotConfigured", "insufficientPermissions", "html", "empty", "body={}"} {
		w.arm("all:" + kind)
		b.add("events:"+kind, dump(w.get(token, events)))
		b.add("token:"+kind, dump(w.exchange("x")))
	}
	for _, name := range []string{"all:redirect=https://example.com/a?b@c", "all:redirect", "all:307=/other", "all:303", "all:204", "all:304",
		"all:503,retry-after=2", "all:429,retry-after=1m30s", "all:503,retry-date=2", "all:delay=0,retry-after=1"} {
		w.arm(name)
		b.add(name, dump(w.get(token, events)))
	}
	b.compare()
}

// Trouble on the wire, as a plain client sees it.
func TestFaultsOnTheWire(t *testing.T) {
	w := newWorld(t)
	w.addHours(100)
	token := w.token("calendar.readonly")
	_, whole, _, _ := w.try(context.Background(), token)
	plain := w.client.Transport
	for _, gzipped := range []bool{false, true} {
		w.client.Transport = agent{gzipped, plain}
		for name, check := range map[string]func(resp *http.Response, body []byte, head, rest error) bool{
			"events:slow=1ms": func(_ *http.Response, body []byte, _, rest error) bool {
				return rest == nil && bytes.Equal(body, whole)
			},
			"events:delay=1ms": func(_ *http.Response, body []byte, _, rest error) bool {
				return rest == nil && bytes.Equal(body, whole)
			},
			"events:cut": func(resp *http.Response, body []byte, _, rest error) bool {
				return resp.StatusCode == 200 && rest == io.ErrUnexpectedEOF && len(body) < len(whole) && bytes.HasPrefix(whole, body)
			},
			"events:length": func(resp *http.Response, body []byte, _, rest error) bool {
				return resp.StatusCode == 200 && (rest == io.ErrUnexpectedEOF || gzipped) && bytes.Equal(body, whole)
			},
			"events:slow-head=1ms": func(_ *http.Response, body []byte, _, rest error) bool {
				return rest == nil && bytes.Equal(body, whole)
			},
			"events:cut-gzip": func(resp *http.Response, body []byte, _, rest error) bool {
				return resp.StatusCode == 200 && resp.Uncompressed && rest == io.ErrUnexpectedEOF && len(body) < len(whole) && bytes.HasPrefix(whole, body)
			},
			"events:short": func(resp *http.Response, body []byte, _, rest error) bool {
				return resp.StatusCode == 200 && len(body) < len(whole) && bytes.HasPrefix(whole, body) && (rest == nil) != gzipped
			},
			"events:reset": func(resp *http.Response, _ []byte, head, _ error) bool { return resp == nil && isReset(head) },
			"events:reset-head": func(resp *http.Response, _ []byte, head, _ error) bool {
				return resp == nil && (isReset(head) || errors.Is(head, io.ErrUnexpectedEOF))
			},
			"events:reset-body": func(_ *http.Response, _ []byte, head, rest error) bool { return isReset(errors.Join(head, rest)) },
		} {
			w.arm(name)
			if resp, body, head, rest := w.try(context.Background(), token); !check(resp, body, head, rest) {
				t.Errorf("%s, gzip %v: %d bytes, %v, %v", name, gzipped, len(body), head, rest)
			}
			w.ClearFaults()
			if _, body, _, _ := w.try(context.Background(), token); !bytes.Equal(body, whole) {
				t.Errorf("after %s: %d bytes", name, len(body))
			}
		}
	}
}

// What JSON says, spoilt: at a whole answer, the values that a client may be misled by.
func TestFaultsInTheJSON(t *testing.T) {
	w := newWorld(t)
	if err := w.AddEvent(mine, `{"id":"one","summary":"a \"b\"","start":{"date":"2023-11-15"},"end":{"date":"2023-11-16"}}`); err != nil {
		t.Fatal(err)
	}
	token := w.token("calendar.readonly")
	for name, want := range map[string][]string{
		"all:utf8":  {"\"summary\": \"\xffa \\\"b", "\"access_token\":\"\xffya29."},
		"all:twice": {"\n,\n \"kind\":\"\"}", `,"access_token":""}`},
		"all:deep":  {`{"deep":` + strings.Repeat("[", 100000) + strings.Repeat("]", 100000) + `,`, `]]],"access_token":"ya29.`},
		"all:types": {`"summary": ["a \"b\""]`, `"token_type":["Bearer"]`},
	} {
		w.arm(name)
		_, body, _, _ := w.try(context.Background(), token)
		if !bytes.Contains(body, []byte(want[0])) {
			t.Errorf("%s: events: %.300q", name, body)
		}
		if r := w.exchange(w.sign(w.claims())); !strings.Contains(r.body, want[1]) {
			t.Errorf("%s: token: %.300q", name, r.body)
		}
		if r := w.get("wrong", "calendars"); !strings.Contains(r.body, "<!DOCTYPE html>") {
			t.Errorf("%s: a page: %.300q", name, r.body)
		}
	}
}

func TestOversize(t *testing.T) {
	w := newWorld(t)
	w.arm("all:oversize")
	resp, err := w.client.Get(w.url + "/token")
	if err != nil {
		t.Fatal(err)
	}
	if n, err := io.Copy(io.Discard, resp.Body); err != nil || n < 100_000_000 || resp.ContentLength >= 0 {
		t.Errorf("%d bytes, %v, announced %d", n, err, resp.ContentLength)
	}
	resp.Body.Close()
	if resp, err = w.client.Get(w.url + "/token"); err != nil {
		t.Fatal(err)
	}
	resp.Body.Close() // a client that has seen enough; the server notices
}

func isReset(err error) bool {
	return errors.Is(err, syscall.ECONNRESET) || errors.Is(err, io.EOF) || runtime.GOOS == "windows" && err != nil
}

// agent says "gzip" in User-Agent, too, or not; [http.Transport] unpacks what comes.
type agent struct {
	gzip bool
	next http.RoundTripper
}

func (a agent) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("User-Agent", "test"+strings.Repeat(" (gzip)", map[bool]int{true: 1}[a.gzip]))
	return a.next.RoundTrip(r)
}

// A delay ends when the client leaves, and the server can be closed at once: a goroutine that stayed would hold it.
func TestFaultEndsWithTheRequest(t *testing.T) {
	for _, name := range []string{"events:delay=1h", "events:slow=1h", "events:slow-head=1h", "events:503,delay=1h"} {
		w := newWorld(t)
		token := w.token("calendar.readonly")
		w.arm(name)
		ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
		defer cancel()
		if _, _, head, rest := w.try(ctx, token); !errors.Is(errors.Join(head, rest), context.DeadlineExceeded) {
			t.Errorf("%s: %v, %v", name, head, rest)
		}
	}
}

// Where a fault hits, how many requests pass first, and how many it hits.
func TestFaultCounts(t *testing.T) {
	w := newWorld(t)
	if err := w.AddEvent(mine, `{"id":"one","start":{"date":"2023-11-15"},"end":{"date":"2023-11-16"}}`); err != nil {
		t.Fatal(err)
	}
	token := w.token("calendar.readonly")
	list := func() int { return w.get(token, events).StatusCode }
	for names, want := range map[string]string{
		"events:503":                    "[503 503 503 503 503]",
		"events:503*2":                  "[503 503 200 200 200]",
		"events:503@1":                  "[200 503 503 503 503]",
		"events:503@1*2":                "[200 503 503 200 200]",
		"events:503*1 all:429@1*1":      "[503 200 429 200 200]", // the first that fits is played, the others do not count it
		"token:503 event:503 certs:503": "[200 200 200 200 200]",
		"calendar:503 calendarList:503": "[200 200 200 200 200]",
		"all:500@4 events:404":          "[404 404 404 404 500]",
	} {
		w.arm(strings.Fields(names)...)
		if got := fmt.Sprint([]int{list(), list(), list(), list(), list()}); got != want {
			t.Errorf("%s: %s, want %s", names, got, want)
		}
	}
	for place, path := range map[string]string{"events": events, "event": events + "/one", "calendar": "calendars/" + mine, "calendarList": "users/me/calendarList"} {
		w.arm(place + ":503")
		if r := w.get(token, path); r.StatusCode != 503 {
			t.Errorf("%s: %s", place, r.Status)
		}
	}
	w.arm("certs:503")
	if r := w.do(http.NewRequest("GET", w.url+"/robot/v1/metadata/x509/"+reader, nil)); r.StatusCode != 503 {
		t.Errorf("certs: %s", r.Status)
	}
}

func TestParseFault(t *testing.T) {
	for text, want := range map[string]fakegoogle.Fault{
		"token:503":                               {Place: "token", Kind: "503"},
		"all:html":                                {Place: "all", Kind: "html"},
		"events:429,retry-after=2":                {Place: "events", Kind: "429", RetryAfter: 2 * time.Second},
		"events:429,retry-date=1m":                {Place: "events", Kind: "429", RetryAfter: time.Minute, RetryDate: true},
		"event:500,delay=2s":                      {Place: "event", Kind: "500", Delay: 2 * time.Second},
		"events:delay=2s":                         {Place: "events", Kind: "delay", Delay: 2 * time.Second},
		"events:slow=0.5s":                        {Place: "events", Kind: "slow", Delay: 500 * time.Millisecond},
		"token:slow-head=1":                       {Place: "token", Kind: "slow-head", Delay: time.Second},
		"all:redirect":                            {Place: "all", Kind: "redirect"},
		"calendar:reset@2":                        {Place: "calendar", Kind: "reset", Skip: 2},
		"calendarList:reset-body*3":               {Place: "calendarList", Kind: "reset-body", Times: 3},
		"certs:cut@2*3":                           {Place: "certs", Kind: "cut", Skip: 2, Times: 3},
		"all:redirect=https://x/?a=b*1":           {Place: "all", Kind: "redirect", Value: "https://x/?a=b", Times: 1},
		"token:body={\"a\":1,\"b\":2}":            {Place: "token", Kind: "body", Value: `{"a":1,"b":2}`},
		"token:302=/x,delay=1s,retry-after=3@4*5": {Place: "token", Kind: "302", Value: "/x", Delay: time.Second, RetryAfter: 3 * time.Second, Skip: 4, Times: 5},
		"events:rateLimitExceeded":                {Place: "events", Kind: "rateLimitExceeded"},
	} {
		if got, err := fakegoogle.ParseFault(text); err != nil || got != want {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "503", "token", "token:", "token:99", "token:600", "mail:503", "events:fire", "events:delay", "events:slow=x",
		"events:delay=-1s", "events:429,retry-after=", "events:429,retry-after=x", "events:429,wait=1", "events:429@", "events:429*x", "events:503 ",
		"events:503=x", "events:cut=x", "events:slow-head"} {
		if f, err := fakegoogle.ParseFault(text); err == nil || !strings.HasPrefix(err.Error(), fmt.Sprintf("fakegoogle: fault %q", text)) {
			t.Errorf("%q: %+v, %v", text, f, err)
		}
	}
	names := fakegoogle.FaultNames()
	if !slices.IsSorted(names) || len(slices.Compact(slices.Clone(names))) != len(names) {
		t.Errorf("%q", names)
	}
	for _, name := range names {
		value := map[string]string{"delay": "=1s", "slow": "=1s", "slow-head": "=1s"}[name]
		if f, err := fakegoogle.ParseFault("all:" + name + value); err != nil || f.Kind != name {
			t.Errorf("%s: %+v, %v", name, f, err)
		}
	}
}
