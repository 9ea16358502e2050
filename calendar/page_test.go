// SPDX-License-Identifier: 0BSD

package calendar

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// A page that breaks off among its events is read again, and no event is
// yielded twice.
func TestCutPageIsReadAgain(t *testing.T) {
	for name, cut := range map[string]func(w http.ResponseWriter, body string){
		"wrong Content-Length": func(w http.ResponseWriter, body string) {
			w.Header().Set("Content-Length", fmt.Sprint(len(body)))
			_, _ = w.Write([]byte(body[:len(body)/2]))
		},
		"clean end": func(w http.ResponseWriter, body string) {
			_, _ = w.Write([]byte(body[:len(body)/2]))
		},
		"reset": func(w http.ResponseWriter, body string) {
			_, _ = w.Write([]byte(body[:len(body)/2]))
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		},
		"empty": func(w http.ResponseWriter, body string) {},
	} {
		t.Run(name, func(t *testing.T) {
			bad := map[string]bool{}
			var failed atomic.Int32
			c, s := serve(t, nil)
			s.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				s.mu.Lock()
				first := !bad[r.FormValue("pageToken")]
				bad[r.FormValue("pageToken")] = true
				s.mu.Unlock()
				var from int
				fmt.Sscan(r.FormValue("pageToken"), &from)
				body := pageText(from, min(from+100, 250), 250)
				if first {
					failed.Add(1)
					cut(w, body)
				} else {
					_, _ = w.Write([]byte(body))
				}
			})
			ids, err := collect(c, context.Background(), Query{MaxResults: 100})
			if err != nil || failed.Load() != 3 {
				t.Fatalf("%v, %d cuts", err, failed.Load())
			}
			checkAll(t, ids, 250)
		})
	}
}

// stutter is a body that continues after an error, which no body should do. Its
// part "" is the error.
type stutter []string

func (s *stutter) Read(p []byte) (int, error) {
	if len(*s) == 0 {
		return 0, io.EOF
	}
	part := (*s)[0]
	*s = (*s)[1:]
	if part == "" {
		return 0, errors.New("lost for a moment")
	}
	return copy(p, part), nil
}

// A page is lost if its connection was lost for a moment, wherever that was.
func TestBodyThatContinuesAfterAnError(t *testing.T) {
	const head, a, b, end = `{"kind":"calendar#events","items":[`, `{"id":"a"}`, `,{"id":"b"}`, `]}`
	for _, parts := range [][]string{
		{head, "", a, end},
		{head, a, "", b, end},
		{head, a, "", end},
		{head, a, "", b},
		{head, a, "]", "", "}"},
		{head, a, end, ""},
	} {
		c := client(token, func() *http.Response {
			answer, body := answer(http.StatusOK, ""), stutter(parts)
			answer.Body = io.NopCloser(&body)
			return answer
		})
		ids, err := collect(c, context.Background(), Query{})
		e := fault(t, err)
		text := "the answer broke off: lost for a moment"
		if len(ids) != 0 || !e.Temporary() || !strings.HasSuffix(e.Error(), text) {
			t.Errorf("%q: %q %v", parts, ids, err)
		}
	}
}

// An attempt that broke off announced another next page than the attempt that
// succeeded. That other page is given up before the events are yielded, so that
// it's never a third page in memory.
func TestOtherNextPageOnRetry(t *testing.T) {
	asked, dropped := make(chan bool), make(chan bool)
	var first atomic.Bool
	c, _ := serve(t, func(w http.ResponseWriter, r *http.Request, _ int) {
		switch r.FormValue("pageToken") {
		case "":
			if first.CompareAndSwap(false, true) {
				fmt.Fprint(w, `{"kind":"calendar#events","nextPageToken":"old",`)
				w.(http.Flusher).Flush()
				<-asked // until the old next page has been asked for
				panic(http.ErrAbortHandler)
			}
			fmt.Fprint(w, pageText(0, 10, 20))
		case "old":
			close(asked)
			<-r.Context().Done() // it never answers
			close(dropped)
		default:
			fmt.Fprint(w, pageText(10, 20, 20))
		}
	})
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	var ids []string
	for event, err := range c.Events(ctx, "you@gmail.com", Query{}) {
		if err != nil {
			t.Fatal(err)
		}
		if ids = append(ids, event.ID); len(ids) == 1 {
			select {
			case <-dropped:
			case <-ctx.Done():
				t.Fatal("the old next page is still being read")
			}
		}
	}
	checkAll(t, ids, 20)
}

// Pages that are too large for a file of vectors.
func TestMalformedLargePage(t *testing.T) {
	const head = `{"kind":"calendar#events",`
	for _, test := range []struct{ name, body, want string }{
		{"token too long", head + `"nextPageToken":"` + strings.Repeat("x", 8<<10+1) + `"}`, "nextPageToken: longer than 8 KiB"},
		{"sync token too long", head + `"nextSyncToken":"` + strings.Repeat("x", 8<<10+1) + `"}`, "nextSyncToken: longer than 8 KiB"},
		{"long list", head + `"items":[{"recurrence":[""` + strings.Repeat(`,""`, 200_000) + `]}]}`, "items: number 1: ...a value is larger than 384 KiB"},
		{"item not closed, and space", head + `"nextSyncToken":"s","items":[{"id":"a"}` + strings.Repeat(" ", 128<<10) + `,{"id":"b"}`, "more than 64 KiB of white space"},
		{"list not closed, and space", head + `"items":[{"id":"a"}` + strings.Repeat(" ", 128<<10) + `]}`, "more than 64 KiB of white space"},
		{"deep", head + `"x":` + strings.Repeat("[", 1e6), "x: ...exceeded max depth"},
		{"deep in an item", head + `"items":[{"x":` + strings.Repeat(`{"x":`, 1e6), "items: number 1: ...exceeded max depth"},
	} {
		checkMalformed(t, test.name, test.body, test.want)
	}
}

// A page without items is an empty one, in the middle of a list and at its end.
// Google isn't known to send one, but doesn't rule it out.
func TestPageWithoutItems(t *testing.T) {
	c, _ := serve(t, func(w http.ResponseWriter, r *http.Request, _ int) {
		fmt.Fprint(w, map[string]string{
			"":  `{"kind":"calendar#events","nextPageToken":"2"}`,
			"2": `{"kind":"calendar#events","nextPageToken":"3","items":[{"id":"e0"}]}`,
			"3": `{"kind":"calendar#events","nextSyncToken":"sync"}`,
		}[r.FormValue("pageToken")])
	})
	sync := ""
	ids, err := collect(c, context.Background(), Query{NextSyncToken: &sync})
	if err != nil || sync != "sync" {
		t.Errorf("%v, sync token %q", err, sync)
	}
	checkAll(t, ids, 1)
}

// The bound for a value doesn't count what follows it, however much is read at
// once.
func TestValueOfAlmostTheBound(t *testing.T) {
	body := `{"kind":"calendar#events","items":[` +
		`{"summary":"` + strings.Repeat("x", maxValue-100_000) + `"}` +
		strings.Repeat(`,{"summary":"`+strings.Repeat("y", 3000)+`"}`, 1000) + `]}`
	c := client(token, func() *http.Response { return answer(http.StatusOK, body) })
	p, err := c.EventsPage(context.Background(), "you@gmail.com", Query{}, "")
	if err != nil || len(p.Items) != 1001 {
		t.Errorf("%v %v", p, err)
	}
}

// Each event's JSON is kept byte for byte, even if an event is longer than what
// is read at once, or begins in one read and ends in another.
func TestRawIsExact(t *testing.T) {
	var items []string
	for i := range 500 {
		description := strings.Repeat("é; ", i*i%2001*(1+i%100/99*20))
		item := fmt.Sprintf(`{"id":"e%d", "description":%q,"later":[{}]}`, i, description)
		items = append(items, item)
	}
	body := `{"kind":"calendar#events", "later":{"items":[{}]},"items":[` + "\n" +
		strings.Join(items, " ,\r\n\t") + " ]}"
	c, _ := serve(t, text(200, body))
	n := 0
	for event, err := range c.Events(context.Background(), "you@gmail.com", Query{KeepRaw: true}) {
		if err != nil {
			t.Fatal(err)
		}
		if string(event.Raw) != items[n] {
			t.Fatalf("event %d is kept as %.80q", n, event.Raw)
		}
		n++
	}
	if n != len(items) {
		t.Errorf("%d events of %d", n, len(items))
	}
}
