// SPDX-License-Identifier: 0BSD

package fakegoogle_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.com/fivestep/walkthrough/fakegoogle"
)

// setFaults replaces the server's faults.
func (w *world) setFaults(texts ...string) {
	w.t.Helper()
	w.ClearFaults()
	for _, text := range texts {
		f, err := fakegoogle.ParseFault(text)
		if err != nil {
			w.t.Fatal(err)
		}
		w.AddFault(f)
	}
}

// outcome is all that a client sees of a response.
type outcome struct {
	resp    *http.Response
	headErr error
	body    []byte
	bodyErr error
}

func (o outcome) err() error { return errors.Join(o.headErr, o.bodyErr) }

// isWhole reports whether the client got all of a body and no error.
func (o outcome) isWhole(body []byte) bool {
	return o.err() == nil && bytes.Equal(o.body, body)
}

// isPart reports whether the client got only the beginning of a body.
func (o outcome) isPart(whole []byte) bool {
	return o.resp != nil && o.resp.StatusCode == 200 &&
		len(o.body) < len(whole) && bytes.HasPrefix(whole, o.body)
}

// tryList lists events, whatever happens.
func (w *world) tryList(ctx context.Context, token string) (o outcome) {
	w.t.Helper()
	req, err := w.newGet(token, eventsPath)
	if err != nil {
		w.t.Fatal(err)
	}
	o.resp, o.headErr = w.client.Do(req.WithContext(ctx))
	if o.headErr != nil {
		return o
	}
	defer o.resp.Body.Close()
	o.body, o.bodyErr = io.ReadAll(o.resp.Body)
	return o
}

// Google's response for every status and reason, from the token endpoint and
// from the Calendar API.
func TestFaultAnswers(t *testing.T) {
	w := newWorld(t)
	token := w.token("calendar.readonly")
	g := newGolden(t, "faults.txt")
	for _, kind := range []string{
		"400", "401", "403", "404", "409", "410", "412", "429",
		"500", "502", "503", "504",
		"rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded",
		"requiredAccessLevel", "fullSyncRequired", "updatedMinTooLongAgo",
		"dailyLimitExceeded", "accessNotConfigured", "insufficientPermissions",
		"html", "empty", "body={}",
	} {
		w.setFaults("all:" + kind)
		g.addReply("events:"+kind, w.get(token, eventsPath))
		g.addReply("token:"+kind, w.exchange("x"))
	}
	for _, fault := range []string{
		"all:redirect=https://example.com/a?b@c",
		"all:redirect",
		"all:307=/other",
		"all:303",
		"all:204",
		"all:304",
		"all:503,retry-after=2",
		"all:429,retry-after=1m30s",
		"all:503,retry-date=2",
		"all:delay=0,retry-after=1",
	} {
		w.setFaults(fault)
		g.addReply(fault, w.get(token, eventsPath))
	}
	g.compare()
}

// What a plain client sees of trouble on the wire.
func TestFaultsOnTheWire(t *testing.T) {
	w := newWorld(t)
	w.addHours(100)
	token := w.token("calendar.readonly")
	whole := w.tryList(context.Background(), token).body
	plain := w.client.Transport
	for _, gzipped := range []bool{false, true} {
		w.client.Transport = gzipAgent{gzipped, plain}
		isWhole := func(o outcome) bool { return o.isWhole(whole) }
		for fault, check := range map[string]func(outcome) bool{
			"events:slow=1ms":      isWhole,
			"events:delay=1ms":     isWhole,
			"events:slow-head=1ms": isWhole,
			"events:cut": func(o outcome) bool {
				return o.isPart(whole) && o.bodyErr == io.ErrUnexpectedEOF
			},
			"events:cut-gzip": func(o outcome) bool {
				return o.isPart(whole) && o.bodyErr == io.ErrUnexpectedEOF && o.resp.Uncompressed
			},
			"events:length": func(o outcome) bool {
				// A client that decompresses doesn't miss the rest.
				return o.resp.StatusCode == 200 && bytes.Equal(o.body, whole) &&
					(o.bodyErr == io.ErrUnexpectedEOF || gzipped)
			},
			"events:short": func(o outcome) bool {
				// Only a client that decompresses notices.
				return o.isPart(whole) && (o.bodyErr != nil) == gzipped
			},
			"events:reset": func(o outcome) bool {
				return o.resp == nil && isReset(o.headErr)
			},
			"events:reset-head": func(o outcome) bool {
				return o.resp == nil &&
					(isReset(o.headErr) || errors.Is(o.headErr, io.ErrUnexpectedEOF))
			},
			"events:reset-body": func(o outcome) bool { return isReset(o.err()) },
		} {
			w.setFaults(fault)
			if o := w.tryList(context.Background(), token); !check(o) {
				t.Errorf("%s, gzip %v: %d bytes, %v", fault, gzipped, len(o.body), o.err())
			}
			w.ClearFaults()
			o := w.tryList(context.Background(), token)
			if !bytes.Equal(o.body, whole) {
				t.Errorf("after %s: %d bytes", fault, len(o.body))
			}
		}
	}
}

func isReset(err error) bool {
	if runtime.GOOS == "windows" {
		return err != nil
	}
	return errors.Is(err, syscall.ECONNRESET) || errors.Is(err, io.EOF)
}

// gzipAgent has "gzip" in its User-Agent or not. [http.Transport] decompresses
// the response.
type gzipAgent struct {
	gzip bool
	next http.RoundTripper
}

func (a gzipAgent) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("User-Agent", "test")
	if a.gzip {
		r.Header.Set("User-Agent", "test (gzip)")
	}
	return a.next.RoundTrip(r)
}

// Faults corrupt the JSON of a complete response. An HTML page stays unchanged.
func TestFaultsInTheJSON(t *testing.T) {
	w := newWorld(t)
	w.addEvent(`{"id":"one","summary":"a \"b\"",
		"start":{"date":"2023-11-15"},"end":{"date":"2023-11-16"}}`)
	token := w.token("calendar.readonly")
	deep := `{"deep":` + strings.Repeat("[", 100000) + strings.Repeat("]", 100000) + `,`
	for _, c := range []struct{ fault, events, token string }{
		{"all:utf8", "\"summary\": \"\xffa \\\"b", "\"access_token\":\"\xffya29."},
		{"all:twice", "\n,\n \"kind\":\"\"}", `,"access_token":""}`},
		{"all:deep", deep, `]]],"access_token":"ya29.`},
		{"all:types", `"summary": ["a \"b\""]`, `"token_type":["Bearer"]`},
	} {
		w.setFaults(c.fault)
		if r := w.get(token, eventsPath); !strings.Contains(r.body, c.events) {
			t.Errorf("%s: events: %.300q", c.fault, r.body)
		}
		if r := w.exchange(w.sign(w.claims())); !strings.Contains(r.body, c.token) {
			t.Errorf("%s: token: %.300q", c.fault, r.body)
		}
		if r := w.get("wrong", "calendars"); !strings.Contains(r.body, "<!DOCTYPE html>") {
			t.Errorf("%s: a page: %.300q", c.fault, r.body)
		}
	}
}

func TestOversize(t *testing.T) {
	w := newWorld(t)
	w.setFaults("all:oversize")
	resp, err := w.client.Get(w.url + "/token")
	if err != nil {
		t.Fatal(err)
	}
	n, err := io.Copy(io.Discard, resp.Body)
	if err != nil || n < 100_000_000 || resp.ContentLength >= 0 {
		t.Errorf("%d bytes, %v, announced %d", n, err, resp.ContentLength)
	}
	resp.Body.Close()
	resp, err = w.client.Get(w.url + "/token")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close() // the client has seen enough; the server notices
}

// If the server can't take over the connection, it aborts the response.
func TestResetWithoutConnection(t *testing.T) {
	s := fakegoogle.New()
	s.AddFault(fakegoogle.Fault{Kind: "reset"})
	defer func() {
		if got := recover(); got != http.ErrAbortHandler {
			t.Errorf("panic %v", got)
		}
	}()
	s.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
}

// A delay ends when the client leaves. Then the server can be closed at once;
// a goroutine that is left would prevent that.
func TestFaultEndsWithTheRequest(t *testing.T) {
	for _, fault := range []string{
		"events:delay=1h", "events:slow=1h", "events:slow-head=1h", "events:503,delay=1h",
	} {
		w := newWorld(t)
		token := w.token("calendar.readonly")
		w.setFaults(fault)
		ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
		defer cancel()
		o := w.tryList(ctx, token)
		if !errors.Is(o.err(), context.DeadlineExceeded) {
			t.Errorf("%s: %v", fault, o.err())
		}
	}
}

// A fault says where it hits, how many requests pass first, and how many it
// hits.
func TestFaultCounts(t *testing.T) {
	w := newWorld(t)
	w.addOneEvent("one")
	token := w.token("calendar.readonly")
	for faults, want := range map[string]string{
		"events:503":     "[503 503 503 503 503]",
		"events:503*2":   "[503 503 200 200 200]",
		"events:503@1":   "[200 503 503 503 503]",
		"events:503@1*2": "[200 503 503 200 200]",
		// The first that fits hits the request. The others don't count it.
		"events:503*1 all:429@1*1":      "[503 200 429 200 200]",
		"token:503 event:503 certs:503": "[200 200 200 200 200]",
		"calendar:503 calendarList:503": "[200 200 200 200 200]",
		"all:500@4 events:404":          "[404 404 404 404 500]",
	} {
		w.setFaults(strings.Fields(faults)...)
		var statuses []int
		for range 5 {
			statuses = append(statuses, w.get(token, eventsPath).StatusCode)
		}
		if got := fmt.Sprint(statuses); got != want {
			t.Errorf("%s: %s, want %s", faults, got, want)
		}
	}
	for place, path := range map[string]string{
		"events":       eventsPath,
		"event":        eventsPath + "/one",
		"calendar":     calendarPath,
		"calendarList": listPath,
	} {
		w.setFaults(place + ":503")
		if r := w.get(token, path); r.StatusCode != 503 {
			t.Errorf("%s: %s", place, r.Status)
		}
	}
	w.setFaults("certs:503")
	if r := w.request("GET", certificatesPath+accountEmail); r.StatusCode != 503 {
		t.Errorf("certs: %s", r.Status)
	}
}

func TestParseFault(t *testing.T) {
	for text, want := range map[string]fakegoogle.Fault{
		"token:503": {Place: "token", Kind: "503"},
		"all:html":  {Place: "all", Kind: "html"},
		"events:429,retry-after=2": {
			Place: "events", Kind: "429", RetryAfter: 2 * time.Second,
		},
		"events:429,retry-date=1m": {
			Place: "events", Kind: "429", RetryAfter: time.Minute, RetryDate: true,
		},
		"event:500,delay=2s": {Place: "event", Kind: "500", Delay: 2 * time.Second},
		"events:delay=2s":    {Place: "events", Kind: "delay", Delay: 2 * time.Second},
		"events:slow=0.5s":   {Place: "events", Kind: "slow", Delay: 500 * time.Millisecond},
		"token:slow-head=1":  {Place: "token", Kind: "slow-head", Delay: time.Second},
		"all:redirect":       {Place: "all", Kind: "redirect"},
		"calendar:reset@2":   {Place: "calendar", Kind: "reset", Skip: 2},
		"calendarList:reset-body*3": {
			Place: "calendarList", Kind: "reset-body", Times: 3,
		},
		"certs:cut@2*3": {Place: "certs", Kind: "cut", Skip: 2, Times: 3},
		"all:redirect=https://x/?a=b*1": {
			Place: "all", Kind: "redirect", Value: "https://x/?a=b", Times: 1,
		},
		"token:body={\"a\":1,\"b\":2}": {
			Place: "token", Kind: "body", Value: `{"a":1,"b":2}`,
		},
		"token:302=/x,delay=1s,retry-after=3@4*5": {
			Place: "token", Kind: "302", Value: "/x",
			Delay: time.Second, RetryAfter: 3 * time.Second, Skip: 4, Times: 5,
		},
		"events:rateLimitExceeded": {Place: "events", Kind: "rateLimitExceeded"},
	} {
		if got, err := fakegoogle.ParseFault(text); err != nil || got != want {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{
		"", "503", "token", "token:", "token:99", "token:600", "mail:503",
		"events:fire", "events:delay", "events:slow=x", "events:delay=-1s",
		"events:429,retry-after=", "events:429,retry-after=x", "events:429,wait=1",
		"events:429@", "events:429*x", "events:503 ", "events:503=x",
		"events:cut=x", "events:slow-head",
		"events:slow=2s,foo=1", "events:delay=2s,foo=1,retry-after=3",
		"events:slow=2s,retry-after=1,foo=2", "events:503,delay=1s,foo=2",
		"events:slow=2s,delay=3s", "events:503,delay=1,delay=1",
		"events:503,retry-after=1,retry-date=2", "events:503,retry-after=0",
		"events:503,retry-date=1.5s", "events:503*0", "events:503@1*0",
		"events:delay=9999999999999", "events:delay=10000000000",
	} {
		want := fmt.Sprintf("fakegoogle: fault %q", text)
		f, err := fakegoogle.ParseFault(text)
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %+v, %v", text, f, err)
		}
	}
}

func TestFaultNames(t *testing.T) {
	names := fakegoogle.FaultNames()
	if !slices.IsSorted(names) || len(slices.Compact(slices.Clone(names))) != len(names) {
		t.Errorf("%q", names)
	}
	for _, name := range names {
		text := "all:" + name
		switch name {
		case "delay", "slow", "slow-head":
			text += "=1s"
		}
		f, err := fakegoogle.ParseFault(text)
		if err != nil || f.Kind != name {
			t.Errorf("%s: %+v, %v", name, f, err)
		}
	}
}
