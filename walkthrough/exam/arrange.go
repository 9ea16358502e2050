// SPDX-License-Identifier: 0BSD

package exam

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"example.com/fivestep/walkthrough/fakegoogle"
)

// What makes the fake special in a trial.

// faults adds faults, as fakegoogle -fault writes them.
func faults(texts ...string) func(*world) {
	return func(w *world) {
		for _, text := range texts {
			f, err := fakegoogle.ParseFault(text)
			if err != nil {
				panic(err) // a test runs every trial
			}
			w.google.AddFault(f)
		}
	}
}

// withoutEmail empties client_email in the key file.
func withoutEmail(w *world) {
	w.keyFile = bytes.Replace(w.keyFile,
		fmt.Appendf(nil, `"client_email": %q`, w.account.Email),
		[]byte(`"client_email": ""`), 1)
}

// neverAnswers makes the token endpoint wait for longer than any client lives.
// TIMEOUT is short here, so that the client has time to keep to it.
func neverAnswers(w *world) {
	w.hurry = 5
	faults("token:delay=1h")(w)
}

func redirectPost(w *world) {
	w.google.AddFault(fakegoogle.Fault{
		Place: "token", Kind: "307", Value: w.elsewhere + "/token",
	})
}

func redirectGet(w *world) {
	w.google.AddFault(fakegoogle.Fault{
		Place: "events", Kind: "302", Value: w.elsewhere + "/events",
	})
}

// tenMinutesBehind sets Google's clock back, so that the client's is ahead.
func tenMinutesBehind(w *world) { w.google.Advance(-10 * time.Minute) }

// echoAssertion makes the token endpoint repeat the assertion in its error.
func echoAssertion(w *world) {
	w.change = func(r *http.Request, a *answer) {
		r.ParseForm()
		a.set(http.StatusBadRequest, fmt.Sprintf(
			`{"error":"invalid_grant","error_description":"Invalid JWT: %s"}`,
			url.QueryEscape(r.PostForm.Get("assertion"))))
	}
}

// idTokenInstead makes the token endpoint answer as if a scope were misspelled.
// The ID token says {"alg":"none"} and nothing else.
func idTokenInstead(w *world) {
	w.change = func(_ *http.Request, a *answer) {
		a.set(http.StatusOK, `{"id_token":"eyJhbGciOiJub25lIn0.e30."}`)
	}
}

// hugeAnswer makes the token endpoint answer with 101 MiB, and counts the bytes
// that could be sent.
func hugeAnswer(w *world) {
	w.google.AddFault(fakegoogle.Fault{Place: "token", Kind: "oversize"})
	w.token = func(rw http.ResponseWriter, r *http.Request) {
		w.google.ServeHTTP(&counter{rw, w}, r)
	}
}

// counter counts the bytes of an answer.
type counter struct {
	http.ResponseWriter
	world *world
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.ResponseWriter.Write(p)
	c.world.mu.Lock()
	defer c.world.mu.Unlock()
	c.world.sent += n
	return n, err
}

// longToken replaces access tokens by longer ones.
func longToken(w *world) {
	short := map[string]string{} // by the long one; guarded by w.mu
	w.change = func(_ *http.Request, a *answer) {
		body := a.body.String()
		_, rest, _ := strings.Cut(body, `"access_token":"`)
		token, _, ok := strings.Cut(rest, `"`)
		if !ok {
			return
		}
		long := lengthen(token)
		w.mu.Lock()
		defer w.mu.Unlock()
		short[long] = token
		a.set(a.status, strings.Replace(body, token, long, 1))
	}
	w.calendar = func(rw http.ResponseWriter, r *http.Request) {
		sent := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
		w.mu.Lock()
		token := short[sent]
		w.mu.Unlock()
		if token != "" {
			r.Header.Set("Authorization", "Bearer "+token)
		}
		w.serveCalendar(rw, r)
	}
}

// longestToken is the most that Google documents, in bytes.
// https://developers.google.com/identity/protocols/oauth2#size
const longestToken = 2048

// lengthen makes a token longer, so that no beginning of it is the token.
func lengthen(token string) string {
	long := strings.Repeat(strings.TrimRight(token, "."), 2)
	return long + strings.Repeat(".", longestToken-len(long))
}

// pagesOfTwo makes a list of so many events, two on each page.
func pagesOfTwo(events int) func(*world) {
	return func(w *world) {
		w.pageSize = 2
		for i := range events {
			w.addTimed(titles[i])
		}
	}
}

// tokenExpires makes a list of two pages. The first token says that it expires
// after a second. The first page is held back until that's over, and by then
// the token has expired for Google, too. So no clock has to be exact.
func tokenExpires(w *world) {
	const announced, held = time.Second, 1500 * time.Millisecond
	pagesOfTwo(3)(w)
	first := true // guarded by w.mu
	w.change = func(_ *http.Request, a *answer) {
		w.mu.Lock()
		defer w.mu.Unlock()
		if first {
			a.set(a.status, strings.Replace(a.body.String(), `"expires_in":3599`,
				fmt.Sprintf(`"expires_in":%d`, int(announced.Seconds())), 1))
		}
	}
	w.calendar = func(rw http.ResponseWriter, r *http.Request) {
		w.mu.Lock()
		hold := first
		first = false
		w.mu.Unlock()
		if !hold {
			w.serveCalendar(rw, r)
			return
		}
		page := &answer{header: http.Header{}}
		w.serveCalendar(page, r)
		w.google.ForgetTokens()
		select {
		case <-time.After(held):
			page.send(rw)
		case <-r.Context().Done():
		}
	}
}

// emptyFirstPage puts a page without events before the list.
func emptyFirstPage(w *world) {
	const token = "CiAKGjBpNDd2Nmp2Zml2cXRwYjBpOXA"
	page := []string{
		`{`,
		` "kind": "calendar#events",`,
		` "timeZone": "UTC",`,
		` "accessRole": "reader",`,
		` "nextPageToken": "` + token + `",`,
		` "items": []`,
		`}`,
	}
	w.google.AddFault(fakegoogle.Fault{
		Place: "events", Kind: "body", Times: 1, Value: strings.Join(page, "\n"),
	})
	w.calendar = func(rw http.ResponseWriter, r *http.Request) {
		query := r.URL.Query()
		if query.Get("pageToken") == token {
			query.Del("pageToken")
			r.URL.RawQuery = query.Encode()
		}
		w.serveCalendar(rw, r)
	}
}

func secondPageGone(w *world) {
	pagesOfTwo(3)(w)
	faults("events:404@1")(w)
}

func holidays(w *world) { w.addCalendar("en.south_korea#holiday@group.v.calendar.google.com") }

func koreanTitle(w *world) { w.addTimed("이사회 회의") }

func allDay(w *world) { w.addAllDay("Conference") }

func notShared(w *world) {
	w.addCalendar(usualCalendar)
	w.google.Share(usualCalendar, w.account.Email, "")
}

func apiOff(w *world) { w.google.SetAPIEnabled(w.account.ProjectID, false) }
