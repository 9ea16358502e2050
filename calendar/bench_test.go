// SPDX-License-Identifier: 0BSD

package calendar

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"runtime"
	"runtime/debug"
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
// items, made before, and are never compressed: a benchmark is not to measure its server.
type office struct {
	n           int
	items       [2][]byte    // an agenda's or whole
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
		o.items[i] = []byte(strings.Join(all, ","))
	}
	return o
}

func (o *office) answer(w http.ResponseWriter, r *http.Request, _ int) {
	time.Sleep(time.Duration(o.think.Load()))
	whole := 1
	if strings.HasSuffix(r.FormValue("fields"), "("+agenda+")") {
		whole = 0
	}
	page, _ := strconv.Atoi(r.FormValue("pageToken"))
	next := `"nextSyncToken":"sync"`
	if page+1 < o.pages() {
		next = fmt.Sprintf(`"nextPageToken":"%d"`, page+1)
	}
	for _, part := range []string{`{"kind":"calendar#events",` + next + `,"items":[`, "", `]}`} {
		data := []byte(part)
		if part == "" {
			data = o.items[whole]
		}
		n, _ := w.Write(data)
		o.sent.Add(int64(n))
	}
}

// list reads all events through the package, and calls each, if it is not nil, with
// the number of each of them.
func (o *office) list(b *testing.B, c *Client, q Query, each func(n int)) {
	n := 0
	for _, err := range c.Events(context.Background(), "you@gmail.com", q) {
		if err != nil {
			b.Fatal(err)
		}
		if n++; each != nil {
			each(n)
		}
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

// ways are what the benchmarks ask for: all that Event has, what an agenda shows of
// it, and all with its JSON.
var ways = []struct {
	name  string
	query Query
}{{"whole", Query{}}, {"agenda", Query{Fields: agenda}}, {"raw", Query{KeepRaw: true}}}

var sizes = []int{1, 250, 2500, 25000, 250000}

// BenchmarkEvents lists events. x-json: beside encoding/json of the pages with whole
// events into the same struct. x-get: beside getting the very same bytes and throwing
// them away.
func BenchmarkEvents(b *testing.B) {
	for _, way := range ways {
		for _, n := range sizes {
			b.Run(fmt.Sprintf("%s/%d", way.name, n), func(b *testing.B) {
				o := newOffice(n)
				c, s := serve(b, o.answer)
				list := func() { o.list(b, c, way.query, nil) }
				decode := func() {
					plain(b, c, "", o.pages(), func(r io.Reader) error { return json.NewDecoder(r).Decode(new(Page)) })
				}
				get := func() {
					plain(b, c, way.query.Fields, o.pages(), func(r io.Reader) error { _, err := io.Copy(io.Discard, r); return err })
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

// BenchmarkHeap lists 250,000 events: at once, or in lists of fewer, one after the
// other. MB-held is the most that is held, as the collector finds it when it is called
// in the middle of each page. MB-peak is the largest heap that is seen, ten thousand
// times a second, in lists that nobody interrupts, with a collector that comes when a
// tenth has been added to what it left. By default it waits for as much again: then a
// heap grows to twice what is held and more, by where in a page it happens to come.
// Both are less what was there before.
func BenchmarkHeap(b *testing.B) {
	read := func(name string) float64 {
		sample := []metrics.Sample{{Name: name}}
		metrics.Read(sample)
		return float64(sample[0].Value.Uint64()) / 1e6
	}
	held := func() float64 { runtime.GC(); return read("/gc/heap/live:bytes") }
	size := func() float64 { return read("/memory/classes/heap/objects:bytes") }
	defer debug.SetGCPercent(debug.SetGCPercent(10))
	for _, way := range ways {
		for _, n := range sizes {
			b.Run(fmt.Sprintf("%s/%d", way.name, n), func(b *testing.B) {
				o := newOffice(n)
				c, _ := serve(b, o.answer)
				o.list(b, c, way.query, nil) // the connection, and what encoding/json knows of Event
				before := held()
				leastHeld, leastPeak := math.Inf(1), math.Inf(1) // whatever disturbs a run only makes them larger
				for range b.N {
					most := 0.0
					o.list(b, c, way.query, func(i int) {
						if i%2500 == (min(n, 2500)+1)/2 {
							most = max(most, held()-before)
						}
					})
					leastHeld = min(leastHeld, most)

					runtime.GC()
					peak, stop, done := 0.0, make(chan struct{}), make(chan struct{})
					go func() {
						defer close(done)
						for tick := time.NewTicker(100 * time.Microsecond); ; {
							select {
							case <-stop:
								return
							case <-tick.C:
								peak = max(peak, size()-before)
							}
						}
					}()
					for range 250000 / max(n, 2500) {
						o.list(b, c, way.query, nil)
					}
					close(stop)
					<-done
					leastPeak = min(leastPeak, peak)
				}
				b.ReportMetric(leastHeld, "MB-held")
				b.ReportMetric(leastPeak, "MB-peak")
				b.ReportMetric(0, "ns/op") // not shown: it says nothing
			})
		}
	}
}

// BenchmarkThink lists 25,000 events from a server that thinks about each page for as
// long as reading the page takes, beside asking for one page after the other.
func BenchmarkThink(b *testing.B) {
	o := newOffice(25000)
	c, _ := serve(b, o.answer)
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
	beside(b, func() { o.list(b, c, q, nil) }, floor{"serial", serial}, floor{"no-think", noThink})
}
