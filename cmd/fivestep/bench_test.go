// SPDX-License-Identifier: 0BSD

package main

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"testing"
	"time"

	"example.com/fivestep/walkthrough/fakegoogle"
)

// BenchmarkWire counts the bytes of the answers to `fivestep events`: as the
// tool asks, without `fields`, without gzip, and without both ("plain"). The
// calendar is the walkthrough's, or has a thousand events like the first of
// that.
func BenchmarkWire(b *testing.B) {
	for _, more := range []int{0, 1000} {
		b.Run(fmt.Sprintf("more=%d", more), func(b *testing.B) {
			w := newWorld(b)
			w.AddExample(you)
			w.addTypical(more)
			if _, stderr, status := w.events(you); status != 0 {
				b.Fatal(stderr)
			}
			requests := w.Requests()
			asked := requests[len(requests)-1]
			bytes := make(map[string]int64)
			for range b.N {
				for _, without := range []string{"", "fields", "gzip", "plain"} {
					bytes[without] = w.answerSize(b, asked, without)
				}
			}
			b.ReportMetric(float64(bytes[""]), "wire-B")
			for _, without := range []string{"fields", "gzip", "plain"} {
				b.ReportMetric(float64(bytes[""])/float64(bytes[without]), "x-"+without)
			}
		})
	}
}

// addTypical adds n events as people make them, one a day.
func (w *world) addTypical(n int) {
	w.t.Helper()
	for i := range n {
		day := epoch.In(seoul).AddDate(0, 0, i)
		const event = `{"summary":"calendar event #%d",` +
			`"description":"Description #%[1]d 한글 포함",` +
			`"creator":{"email":%q,"self":true},"organizer":{"email":%[2]q,"self":true},` +
			`"start":{"date":%q},"end":{"date":%q},"transparency":"transparent"}`
		start, end := day.Format(time.DateOnly), day.AddDate(0, 0, 1).Format(time.DateOnly)
		if err := w.AddEvent(you, fmt.Sprintf(event, i, you, start, end)); err != nil {
			w.t.Fatal(err)
		}
	}
}

// answerSize repeats a request without something that makes its answer small,
// and returns the number of bytes in the answer's body.
func (w *world) answerSize(b *testing.B, asked fakegoogle.Request, without string) int64 {
	b.Helper()
	u, err := url.Parse(w.url + asked.Path)
	if err != nil {
		b.Fatal(err)
	}
	req := &http.Request{Method: asked.Method, URL: u, Header: asked.Header.Clone()}
	if query := u.Query(); without == "fields" || without == "plain" {
		query.Del("fields")
		u.RawQuery = query.Encode()
	}
	if without == "gzip" || without == "plain" {
		req.Header.Set("Accept-Encoding", "identity")
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil || resp.StatusCode != http.StatusOK {
		b.Fatal(resp, err)
	}
	defer resp.Body.Close()
	size, err := io.Copy(io.Discard, resp.Body)
	if err != nil {
		b.Fatal(err)
	}
	return size
}
