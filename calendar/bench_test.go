// SPDX-License-Identifier: 0BSD

package calendar

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"runtime/metrics"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// floor is what a thing cannot do without, or is to be compared with.
type floor struct {
	name string
	run  func()
}

// beside times thing and its floors in turn, so that whatever else this machine does
// falls on all of them, and reports the ratios of their fast tenths: what disturbs a
// run only ever makes it longer, so mean and median of a busy machine tell about the
// machine.
func beside(b *testing.B, thing func(), floors ...floor) {
	all := append([]floor{{"", thing}}, floors...)
	times := map[string][]time.Duration{}
	for range b.N {
		for _, f := range all {
			start := time.Now()
			f.run()
			times[f.name] = append(times[f.name], time.Since(start))
		}
		slices.Reverse(all) // each as often first as last
	}
	fast := func(name string) float64 {
		slices.Sort(times[name])
		return float64(times[name][b.N/10])
	}
	b.ReportMetric(fast(""), "ns/op")
	for _, f := range floors {
		b.ReportMetric(fast("")/fast(f.name), "x-"+f.name)
	}
}

// agenda is what a list of dates shows.
const agenda = "id,status,summary,location,start,end"

// busy is an event of 1 KB, as they are in an office; what an agenda shows comes first.
func busy(i int, whole bool) string {
	day := 1 + i%28
	text := fmt.Sprintf(`{"id":"%026d","status":"confirmed","summary":"Review of the quarter, part %d","location":"Room %d, second floor",`+
		`"start":{"dateTime":"2026-11-%02dT10:00:00+09:00","timeZone":"Asia/Seoul"},"end":{"dateTime":"2026-11-%02dT10:30:00+09:00","timeZone":"Asia/Seoul"}`, i*7919, i, i%40, day, day)
	if whole {
		text += fmt.Sprintf(`,"kind":"calendar#event","etag":"\"%016d\"","htmlLink":"https://www.google.com/calendar/event?eid=NmoyczhscTV2MGszZ2sxbTdoNHQ5YzJiMW%016d",`+
			`"created":"2026-10-05T07:58:49.000Z","updated":"2026-10-06T09:12:01.%03dZ","description":"Bring the figures of your team.\nThe room has no screen: send slides to Ann before noon.",`+
			`"creator":{"email":"ann@example.com"},"organizer":{"email":"ann@example.com","displayName":"Ann"},"iCalUID":"%026d@google.com","sequence":0,`+
			`"attendees":[{"email":"ann@example.com","organizer":true,"responseStatus":"accepted"},{"email":"you@example.com","self":true,"responseStatus":"needsAction"}],`+
			`"reminders":{"useDefault":true},"eventType":"default"`, i*31, i*7919, i%1000, i*7919)
	}
	return text + "}"
}

// office serves n busy events, in pages of 2,500: whole ones, or an agenda's members
// to those who ask for them, after thinking for a while. Pages have all the same
// items, made before: a benchmark is not to measure its server.
type office struct {
	n           int
	items       [2][2][]byte // an agenda's or whole; as they are or compressed
	think, sent atomic.Int64 // nanoseconds, bytes
}

func (o *office) pages() int { return (o.n + 2499) / 2500 }

func newOffice(n int) *office {
	o := &office{n: n}
	for i, whole := range []bool{false, true} {
		var all []string
		for i := range min(n, 2500) {
			all = append(all, busy(i, whole))
		}
		text := []byte(strings.Join(all, ","))
		o.items[i] = [2][]byte{text, zipped(string(text))}
	}
	return o
}

func (o *office) answer(w http.ResponseWriter, r *http.Request, _ int) {
	time.Sleep(time.Duration(o.think.Load()))
	whole, gz := 1, 0
	if strings.HasSuffix(r.FormValue("fields"), "("+agenda+")") {
		whole = 0
	}
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") && strings.Contains(r.UserAgent(), "gzip") {
		gz = 1
		w.Header().Set("Content-Encoding", "gzip")
	}
	page, _ := strconv.Atoi(r.FormValue("pageToken"))
	next := `"nextSyncToken":"sync"`
	if page+1 < o.pages() {
		next = fmt.Sprintf(`"nextPageToken":"%d"`, page+1)
	}
	for _, part := range []string{`{"kind":"calendar#events",` + next + `,"items":[`, "", `]}`} {
		data := []byte(part)
		if part == "" {
			data = o.items[whole][gz]
		} else if gz == 1 {
			data = zipped(part) // gzip members one after the other are one (RFC 1952, section 2.2)
		}
		n, _ := w.Write(data)
		o.sent.Add(int64(n))
	}
}

// list reads all events through the package.
func (o *office) list(b *testing.B, c *Client, q Query) {
	n := 0
	for _, err := range c.Events(context.Background(), "you@gmail.com", q) {
		if err != nil {
			b.Fatal(err)
		}
		n++
	}
	if n != o.n {
		b.Fatalf("%d events, not %d", n, o.n)
	}
}

// plain gets the same pages with net/http alone, one after the other.
func plain(b *testing.B, c *Client, fields string, pages int, read func(io.Reader) error) {
	for page := range pages {
		resp, err := c.HTTP.Get(fmt.Sprintf("%s/?pageToken=%d&fields=items(%s)", c.BaseURL, page, fields))
		if err != nil {
			b.Fatal(err)
		}
		if err = read(resp.Body); err != nil {
			b.Fatal(err)
		}
		_ = resp.Body.Close()
	}
}

// BenchmarkEvents lists whole events, or what an agenda shows of them, uncompressed.
// x-json: beside encoding/json of the pages with whole events into the same struct.
// x-get: beside getting the very same bytes and throwing them away.
func BenchmarkEvents(b *testing.B) {
	for _, fields := range []string{"", agenda} {
		for _, n := range []int{1, 250, 2500, 25000, 250000} {
			b.Run(map[string]string{"": "whole", agenda: "agenda"}[fields]+fmt.Sprintf("/%d", n), func(b *testing.B) {
				o := newOffice(n)
				c, s := serve(b, o.answer)
				c.HTTP.Transport.(*http.Transport).DisableCompression = true
				list := func() { o.list(b, c, Query{Fields: fields}) }
				decode := func() {
					plain(b, c, "", o.pages(), func(r io.Reader) error { return json.NewDecoder(r).Decode(new(Page)) })
				}
				get := func() {
					plain(b, c, fields, o.pages(), func(r io.Reader) error { _, err := io.Copy(io.Discard, r); return err })
				}
				beside(b, list, floor{"json", decode}, floor{"get", get})
				before, sent := s.count(), o.sent.Load()
				allocs := testing.AllocsPerRun(1, list)
				b.ReportMetric(float64(s.count()-before)/2, "requests") // AllocsPerRun runs it twice
				b.ReportMetric(float64(o.sent.Load()-sent)/2, "wire-B")
				b.ReportMetric(allocs/float64(n), "allocs/event")
			})
		}
	}
}

// BenchmarkHeap lists 2,500 events a hundred times, and 250,000 once, and compares the
// most that is held, as the collector finds it in the middle of each page: what has not
// been collected yet depends on the machine's other work.
func BenchmarkHeap(b *testing.B) {
	held := func() float64 {
		runtime.GC()
		heap := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
		metrics.Read(heap)
		return float64(heap[0].Value.Uint64()) / 1e6
	}
	for _, fields := range []string{"", agenda} {
		b.Run(map[string]string{"": "whole", agenda: "agenda"}[fields], func(b *testing.B) {
			var most [2]float64
			for i, n := range []int{2500, 250000} {
				o := newOffice(n)
				c, _ := serve(b, o.answer)
				before := held()
				for range b.N * (250000 / n) {
					seen := 0
					for _, err := range c.Events(context.Background(), "you@gmail.com", Query{Fields: fields}) {
						if err != nil {
							b.Fatal(err)
						}
						if seen++; seen%2500 == 1250 {
							most[i] = max(most[i], held()-before)
						}
					}
				}
				b.ReportMetric(most[i], fmt.Sprintf("MB-%d", n))
			}
			b.ReportMetric(most[1]-most[0], "MB-more")
		})
	}
}

// BenchmarkThink lists 25,000 events from a server that thinks about each page for as
// long as reading the page takes, beside asking for one page after the other.
func BenchmarkThink(b *testing.B) {
	o := newOffice(25000)
	c, _ := serve(b, o.answer)
	c.HTTP.Transport.(*http.Transport).DisableCompression = true
	var q Query // whole events: a page takes long enough for a server's timer to be exact
	serial := func() {
		for token := ""; ; {
			p, err := c.EventsPage(context.Background(), "you@gmail.com", q, token)
			if err != nil {
				b.Fatal(err)
			}
			if token = p.NextPageToken; token == "" {
				return
			}
		}
	}
	noThink := func() {
		o.think.Store(0)
		start := time.Now()
		serial()
		o.think.Store(int64(time.Since(start)) / int64(o.pages()))
	}
	noThink()
	beside(b, func() { o.list(b, c, q) }, floor{"serial", serial}, floor{"no-think", noThink})
}
