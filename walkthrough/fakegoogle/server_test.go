// SPDX-License-Identifier: 0BSD

package fakegoogle_test

import (
	"fmt"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/fivestep/walkthrough/fakegoogle"
)

// Requests reports exactly what was received, and the grade of each response.
func TestRequests(t *testing.T) {
	const query = "?q=%20a&timeZone=UTC"
	w := newWorld(t)
	w.get("ya29.c.x", eventsPath+query, "X-GFE-SSL", "yes")
	w.setFaults("token:reset")
	_, err := w.client.Post(w.url+"/token", "application/json", strings.NewReader("{}"))
	if err == nil {
		t.Error("the connection was not reset")
	}
	got := w.Requests()
	if len(got) != 2 {
		t.Fatalf("%d requests", len(got))
	}
	one, two := got[0], got[1]
	if one.Method != "GET" || one.Path != "/calendar/v3/"+eventsPath+query ||
		one.Proto != "HTTP/1.1" || "http://"+one.Host != w.url ||
		one.Header.Get("X-GFE-SSL") != "yes" || len(one.Body) != 0 ||
		!one.Time.Equal(start) || one.Fault != "" ||
		one.Status != 401 || one.Grade != "V" ||
		!strings.Contains(one.Source, "Inky-Calendar-Server#77") {
		t.Errorf("%+v", one)
	}
	if two.Method != "POST" || string(two.Body) != "{}" || two.Status != 0 ||
		two.Fault != "reset" {
		t.Errorf("%+v", two)
	}
	one.Header.Set("X-GFE-SSL", "no")
	two.Body[0] = 'x'
	again := w.Requests()
	if again[0].Header.Get("X-GFE-SSL") != "yes" || string(again[1].Body) != "{}" {
		t.Error("a caller can change what the server remembers")
	}
}

// Every response has a grade, and a source unless the grade is R.
func TestGrades(t *testing.T) {
	w := newWorld(t)
	const strange = "a \x01\"\u2028@example.com"
	w.AddExample(strange)
	w.Share(strange, accountEmail, "reader")
	token := w.token("calendar.readonly")
	r := w.get(token, "calendars/"+url.PathEscape(strange)+"/events")
	if !strings.Contains(r.body, "calendar event #1") {
		t.Errorf("%s %s", r.Status, r.body)
	}
	w.get(token, "calendars/primary")
	w.get(token, listPath)
	w.get(token, "nowhere")
	w.get("", eventsPath)
	w.exchange("x")
	kinds := append(fakegoogle.FaultNames(),
		"400", "401", "403", "404", "409", "410", "412", "429", "500", "502", "503")
	for _, kind := range kinds {
		w.AddFault(fakegoogle.Fault{Kind: kind, Times: 3})
		for _, path := range []string{
			"/calendar/v3/" + eventsPath, "/calendar/v3/" + listPath, "/token",
		} {
			if r, err := w.client.Get(w.url + path); err == nil {
				r.Body.Close()
			}
		}
		w.ClearFaults()
	}
	if got := len(w.Requests()); got < 30 {
		t.Errorf("%d requests", got)
	}
	letter := regexp.MustCompile(`\b[VDCFR]\b`)
	for _, r := range w.Requests() {
		if letter.MatchString(r.Source) {
			t.Errorf("%s: a source repeats its grade: %s", r.Path, r.Source)
		}
		if (r.Fault != "") != (r.Verdict.Name == "fault") {
			t.Errorf("%s, fault %q: %s", r.Path, r.Fault, r)
		}
		isGrade := len(r.Grade) == 1 && strings.Contains("VDCFR", r.Grade)
		if !isGrade || r.Source == "" && r.Grade != "R" {
			t.Errorf("%s %s, fault %q: grade %q, source %q",
				r.Method, r.Path, r.Fault, r.Grade, r.Source)
		}
	}
}

// The server remembers at most the last 10,000 requests, and not many fewer.
func TestRequestsAreBounded(t *testing.T) {
	s := fakegoogle.New()
	for i := range 10500 {
		r := httptest.NewRequest("GET", fmt.Sprint("/", i), nil)
		s.ServeHTTP(httptest.NewRecorder(), r)
	}
	got := s.Requests()
	if len(got) > 10000 || len(got) < 9000 || got[len(got)-1].Path != "/10499" {
		t.Errorf("%d requests", len(got))
	}
}

// A token outlives thousands of others, but not more than the server promises.
func TestTokensAreBounded(t *testing.T) {
	w := newWorld(t)
	first := w.token("calendar.readonly")
	second := w.token("calendar.readonly")
	assertion := w.sign(w.claims())
	for i := range 5000 - 1 {
		if i == 1000 {
			if r := w.get(first, eventsPath); r.StatusCode != 200 {
				t.Errorf("after %d tokens, the first is refused: %s", i, r.Status)
			}
		}
		if got := w.postAssertion(assertion); got.Code != 200 {
			t.Fatalf("%d %s", got.Code, got.Body)
		}
	}
	last := w.token("calendar.readonly")
	for token, want := range map[string]int{first: 401, second: 401, last: 200} {
		if r := w.get(token, eventsPath); r.StatusCode != want {
			t.Errorf("%s, want %d", r.Status, want)
		}
	}
	w.ForgetTokens()
	if r := w.get(w.token("calendar.readonly"), eventsPath); r.StatusCode != 200 {
		t.Errorf("a token after ForgetTokens: %s", r.Status)
	}
}

func TestHead(t *testing.T) {
	w := newWorld(t)
	token := w.token("calendar.readonly")
	want := w.get(token, eventsPath)
	req, err := w.newGet(token, eventsPath)
	if err == nil {
		req.Method = "HEAD"
	}
	r := w.do(req, err)
	if r.StatusCode != 200 || r.body != "" || r.ContentLength != int64(len(want.body)) {
		t.Errorf("%s, %d bytes of %d", r.Status, len(r.body), r.ContentLength)
	}
}

// Everything happens at once, for the race detector. Each client still sees a
// whole list.
func TestConcurrency(t *testing.T) {
	w := newWorld(t)
	w.addHours(50)
	token := w.token("calendar.readonly")
	assertion := w.sign(w.claims())
	list := func(zone string) {
		got := w.allIDs(token, eventsPath+"?maxResults=20&q=&timeZone="+zone)
		if len(got) < 50 || len(got) > 51 {
			t.Errorf("%d events", len(got))
		}
	}
	actions := []func(){
		func() {
			w.Share(calendarID, "other@example.com", "reader")
			w.AddUser("0")
			w.Delegate("1", "scope")
			w.SetAPIEnabled("other", false)
			w.Advance(time.Millisecond)
		},
		func() {
			const event = `{"id":"new","start":{"date":"2023-11-15"},"end":{"date":"2023-11-16"}}`
			if err := w.AddEvent(calendarID, event); err != nil {
				t.Error(err)
			}
			if err := w.DeleteEvent(calendarID, "new"); err != nil {
				t.Error(err)
			}
		},
		func() {
			w.AddFault(fakegoogle.Fault{Place: "calendarList", Kind: "503", Times: 1})
			w.Requests()
			w.ClearFaults()
		},
		func() {
			if r := w.exchange(assertion); r.StatusCode != 200 {
				t.Errorf("token: %s", r.Status)
			}
		},
		func() { list("UTC") },
		func() { list("Asia/Seoul") },
		func() { list("UTC") },
		func() { list("Asia/Seoul") },
	}
	var wait sync.WaitGroup
	for _, action := range actions {
		wait.Add(1)
		go func() {
			defer wait.Done()
			for range 20 {
				action()
			}
		}()
	}
	wait.Wait()
}

// The log has a line for each request, and the reason below a refusal. It holds
// neither the assertion nor an access token, wherever a client puts them.
func TestLog(t *testing.T) {
	w := newWorld(t)
	w.mistakes = []string{"token-in-query"}
	var log strings.Builder
	w.SetLog(&log)
	token := w.token("calendar.events.readonly")
	jwt := w.sign(w.claims())
	w.request("GET", "/calendar/v3/calendars/you@gmail.com/events?access_token="+token)
	w.request("GET", "/calendar/v3/calendars/"+token+"/events")
	w.request("GET", "/"+jwt)
	w.post("/token", formType, exchangeForm(breakSignature(jwt)))
	w.AddFault(fakegoogle.Fault{Kind: "503", Times: 1})
	w.request("GET", "/token")
	got := log.String()
	for _, want := range []string{
		"POST /token 200\n",
		"GET /calendar/v3/calendars/you@gmail.com/events 200  accepted, but:\n    wrong: ",
		"GET /calendar/v3/calendars/.../events 401 required  check 2 of 7: the access token\n",
		"GET /... 404\n    wrong: ",
		"POST /token 400 invalid_grant  check 5 of 11: the signature\n",
		"GET /token 503 temporarily_unavailable  check 1 of 11: the service\n    wrong: ",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	for _, secret := range []string{token, jwt} {
		for _, piece := range []string{secret[:20], secret[300:320]} {
			if strings.Contains(got, piece) {
				t.Errorf("%q is in\n%s", piece, got)
			}
		}
	}
}
