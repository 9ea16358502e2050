// SPDX-License-Identifier: 0BSD

package fakegoogle_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/fivestep/walkthrough/fakegoogle"
)

// What was received is told as it came, with the grade of what was answered.
func TestRequests(t *testing.T) {
	w := newWorld(t)
	w.get("ya29.c.x", events+"?q=%20a&timeZone=UTC", "X-GFE-SSL", "yes")
	w.arm("token:reset")
	if _, err := w.client.Post(w.url+"/token", "application/json", strings.NewReader("{}")); err == nil {
		t.Error("the connection was not reset")
	}
	got := w.Requests()
	if len(got) != 2 {
		t.Fatalf("%d requests", len(got))
	}
	one, two := got[0], got[1]
	if one.Method != "GET" || one.Path != "/calendar/v3/"+events+"?q=%20a&timeZone=UTC" || one.Proto != "HTTP/1.1" || "http://"+one.Host != w.url ||
		one.Header.Get("X-GFE-SSL") != "yes" || len(one.Body) != 0 || !one.Time.Equal(start) || one.Status != 401 || one.Grade != "V" ||
		!strings.Contains(one.Source, "Inky-Calendar-Server#77") || one.Fault != "" {
		t.Errorf("%+v", one)
	}
	if two.Method != "POST" || string(two.Body) != "{}" || two.Status != 0 || two.Fault != "reset" {
		t.Errorf("%+v", two)
	}
	one.Header.Set("X-GFE-SSL", "no")
	two.Body[0] = 'x'
	if again := w.Requests(); again[0].Header.Get("X-GFE-SSL") != "yes" || string(again[1].Body) != "{}" {
		t.Error("the log can be changed from outside")
	}
}

// Every answer has a grade, and each but R a source.
func TestGrades(t *testing.T) {
	w := newWorld(t)
	const strange = "a \x01\"\u2028@example.com"
	w.AddExample(strange)
	w.Share(strange, reader, "reader")
	token := w.token("calendar.readonly")
	if r := w.get(token, "calendars/"+url.PathEscape(strange)+"/events"); !strings.Contains(r.body, "calendar event #1") {
		t.Errorf("%s %s", r.Status, r.body)
	}
	w.get(token, "calendars/primary")
	w.get(token, "users/me/calendarList")
	w.get(token, "nowhere")
	w.get("", events)
	w.exchange("x")
	for _, kind := range append(fakegoogle.FaultNames(), "400", "401", "403", "404", "409", "410", "412", "429", "500", "502", "503") {
		w.AddFault(fakegoogle.Fault{Kind: kind, Times: 2})
		for _, path := range []string{"/calendar/v3/" + events, "/token"} {
			if r, err := w.client.Get(w.url + path); err == nil {
				r.Body.Close()
			}
		}
		w.ClearFaults()
	}
	if got := len(w.Requests()); got < 30 {
		t.Errorf("%d requests", got)
	}
	for _, r := range w.Requests() {
		if regexp.MustCompile(`\b[VDCFR]\b`).MatchString(r.Source) {
			t.Errorf("%s: a source says in words how sure it is: %s", r.Path, r.Source)
		}
		if len(r.Grade) != 1 || !strings.Contains("VDCFR", r.Grade) || r.Source == "" && r.Grade != "R" {
			t.Errorf("%s %s, fault %q: grade %q, source %q", r.Method, r.Path, r.Fault, r.Grade, r.Source)
		}
	}
}

// The log keeps the last 10,000 at most, and some thousands at least.
func TestRequestsAreBounded(t *testing.T) {
	s := fakegoogle.New()
	for i := range 10500 {
		s.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", fmt.Sprint("/", i), nil))
	}
	got := s.Requests()
	if len(got) > 10000 || len(got) < 9000 || got[len(got)-1].Path != "/10499" {
		t.Errorf("%d requests", len(got))
	}
}

// A thousand tokens later those that have expired are forgotten, and only those.
func TestTokensAreBounded(t *testing.T) {
	w := newWorld(t)
	w.token("calendar.readonly")
	w.Advance(30 * time.Minute)
	live := w.token("calendar.readonly")
	w.Advance(-30 * time.Minute)
	assertion := w.sign(w.claims())
	for range 1000 {
		if r := w.exchange(assertion); r.StatusCode != 200 {
			t.Fatalf("%s %s", r.Status, r.body)
		}
	}
	w.Advance(time.Hour)
	token := w.token("calendar.readonly")
	for _, token := range []string{live, token} {
		if r := w.get(token, events); r.StatusCode != 200 {
			t.Errorf("a live token: %s", r.Status)
		}
	}
}

func TestHead(t *testing.T) {
	w := newWorld(t)
	token := w.token("calendar.readonly")
	want := w.get(token, events)
	req, err := http.NewRequest("HEAD", w.url+"/calendar/v3/"+events, nil)
	if err == nil {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	if r := w.do(req, err); r.StatusCode != 200 || r.body != "" || r.ContentLength != int64(len(want.body)) {
		t.Errorf("%s, %d bytes of %d", r.Status, len(r.body), r.ContentLength)
	}
}

// Under TLS, aud is the https address.
func TestTLS(t *testing.T) {
	w := newWorld(t)
	server := httptest.NewTLSServer(w.Server)
	defer server.Close()
	w.url, w.client = server.URL, server.Client()
	if r := w.exchange(w.sign(w.claims().with("aud", server.URL+"/token"))); r.StatusCode != 200 {
		t.Errorf("%s %s", r.Status, r.body)
	}
	if r := w.exchange(w.sign(w.claims().with("aud", strings.Replace(server.URL, "https", "http", 1)+"/token"))); r.StatusCode != 400 {
		t.Errorf("http: %s", r.Status)
	}
	w.arm("all:reset")
	if _, err := w.client.Get(w.url); err == nil {
		t.Error("the connection was not reset")
	}
}

// Everything at once, for the race detector; each client sees a whole list.
func TestConcurrency(t *testing.T) {
	w := newWorld(t)
	w.addHours(50)
	token, assertion := w.token("calendar.readonly"), w.sign(w.claims())
	var wait sync.WaitGroup
	for n := range 8 {
		wait.Add(1)
		go func() {
			defer wait.Done()
			for range 20 {
				switch n {
				case 0:
					w.Share(mine, "other@example.com", "reader")
					w.AddUser(fmt.Sprint(n))
					w.Delegate("1", "scope")
					w.SetAPIEnabled("other", false)
					w.Advance(time.Millisecond)
				case 1:
					if err := w.AddEvent(mine, `{"id":"new","start":{"date":"2023-11-15"},"end":{"date":"2023-11-16"}}`); err != nil {
						t.Error(err)
					}
					if err := w.DeleteEvent(mine, "new"); err != nil {
						t.Error(err)
					}
				case 2:
					w.AddFault(fakegoogle.Fault{Place: "calendarList", Kind: "503", Times: 1})
					w.Requests()
					w.ClearFaults()
				case 3:
					if r := w.exchange(assertion); r.StatusCode != 200 {
						t.Errorf("token: %s", r.Status)
					}
				default:
					zone := []string{"UTC", "Asia/Seoul"}[n%2]
					if got := w.all(token, events+"?maxResults=20&q=&timeZone="+zone); len(got) < 50 || len(got) > 51 {
						t.Errorf("%d events", len(got))
					}
				}
			}
		}()
	}
	wait.Wait()
}
