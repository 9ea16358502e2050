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

// floor is something to compare a thing with, such as the least that it needs.
type floor struct {
	name string
	run  func()
}

// beside times thing and its floors in turn, so that whatever else this machine
// does slows all of them down. It reports the ratios of their fast tenths:
// noise only ever makes a run longer, so the mean and the median on a busy
// machine say more about the machine.
func beside(b *testing.B, thing func(), floors ...floor) {
	all := append([]floor{{"", thing}}, floors...)
	times := map[string][]time.Duration{}
	for range b.N {
		for _, f := range all {
			start := time.Now()
			f.run()
			times[f.name] = append(times[f.name], time.Since(start))
		}
		slices.Reverse(all) // each is first as often as last
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

// agenda names the members that a list of dates shows.
const agenda = "id,status,summary,location,start,end"

// busy is an event of 1 KB, as in an office. The members of agenda come first.
func busy(i int, whole bool) string {
	day := 1 + i%28
	text := fmt.Sprintf(`{"id":"%026d","status":"confirmed",`+
		`"summary":"Review of the quarter, part %d","location":"Room %d, second floor",`+
		`"start":{"dateTime":"2026-11-%02dT10:00:00+09:00","timeZone":"Asia/Seoul"},`+
		`"end":{"dateTime":"2026-11-%02dT10:30:00+09:00","timeZone":"Asia/Seoul"}`,
		i*7919, i, i%40, day, day)
	if whole {
		text += fmt.Sprintf(`,"kind":"calendar#event","etag":"\"%016d\"",`+
			`"htmlLink":"https://www.google.com/calendar/event?`+
			`eid=NmoyczhscTV2MGszZ2sxbTdoNHQ5YzJiMW%016d",`+
			`"created":"2026-10-05T07:58:49.000Z","updated":"2026-10-06T09:12:01.%03dZ",`+
			`"description":"Bring the figures of your team.\n`+
			`The room has no screen: send slides to Ann before noon.",`+
			`"creator":{"email":"ann@example.com"},`+
			`"organizer":{"email":"ann@example.com","displayName":"Ann"},`+
			`"iCalUID":"%026d@google.com","sequence":0,`+
			`"attendees":[`+
			`{"email":"ann@example.com","organizer":true,"responseStatus":"accepted"},`+
			`{"email":"you@example.com","self":true,"responseStatus":"needsAction"}],`+
			`"reminders":{"useDefault":true},"eventType":"default"`,
			i*31, i*7919, i%1000, i*7919)
	}
	return text + "}"
}

// office serves n busy events in pages of 2,500. A query for an agenda's
// members gets only those. Before each page it thinks for a while. All pages
// have the same items, made in advance and never compressed, because a
// benchmark shouldn't measure its server.
type office struct {
	n           int
	items       [2][]byte    // with an agenda's members, and whole
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

// list reads all events through the package. each, if not nil, is called with
// the number of each event.
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

// plain gets the same pages one after the other, with net/http alone.
func plain(b *testing.B, c *Client, fields string, pages int, read func(io.Reader) error) {
	for page := range pages {
		query := fmt.Sprintf("pageToken=%d&fields=items(%s)", page, fields)
		resp, err := c.HTTP.Get(c.BaseURL + "/?" + query)
		if err != nil {
			b.Fatal(err)
		}
		if err = read(resp.Body); err != nil {
			b.Fatal(err)
		}
		_ = resp.Body.Close()
	}
}

// serial reads all events with EventsPage, one page after the other.
func (o *office) serial(b *testing.B, c *Client, q Query) {
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

// ways are what the benchmarks ask for: all members of Event, those of an
// agenda, and all of them together with their JSON.
var ways = []struct {
	name  string
	query Query
}{{"whole", Query{}}, {"agenda", Query{Fields: agenda}}, {"raw", Query{KeepRaw: true}}}

var sizes = []int{1, 250, 2500, 25000, 250000}

// BenchmarkEvents lists events. It reports the time relative to:
//
//   - x-json: decoding the pages, with whole events, into the same struct with
//     encoding/json, one after the other
//   - x-serial: reading the pages with EventsPage, one after the other; only
//     for lists of more than one page
//   - x-get: getting the same bytes and throwing them away
func BenchmarkEvents(b *testing.B) {
	for _, way := range ways {
		for _, n := range sizes {
			b.Run(fmt.Sprintf("%s/%d", way.name, n), func(b *testing.B) {
				o := newOffice(n)
				c, s := serve(b, o.answer)
				list := func() { o.list(b, c, way.query, nil) }
				floors := []floor{
					{"json", func() { plain(b, c, "", o.pages(), decodePage) }},
					{"get", func() { plain(b, c, way.query.Fields, o.pages(), discard) }},
				}
				if o.pages() > 1 {
					serial := func() { o.serial(b, c, way.query) }
					floors = append(floors, floor{"serial", serial})
				}
				beside(b, list, floors...)
				before, sent := s.count(), o.sent.Load()
				allocs := testing.AllocsPerRun(1, list)
				// AllocsPerRun has run it twice.
				b.ReportMetric(float64(s.count()-before)/2, "requests")
				b.ReportMetric(float64(o.sent.Load()-sent)/2, "wire-B")
				b.ReportMetric(allocs/float64(n), "allocs/event")
			})
		}
	}
}

func decodePage(r io.Reader) error { return json.NewDecoder(r).Decode(new(Page)) }

func discard(r io.Reader) error {
	_, err := io.Copy(io.Discard, r)
	return err
}

// BenchmarkHeap lists 250,000 events: in one list, or in shorter lists one
// after the other. However long a list is, it holds two pages at most, so
// 250,000 events take no more than 25,000. It reports, without what was there
// before:
//
//   - MB-held: the most that is held when the garbage collector is called in
//     the middle of each page
//   - MB-peak: the largest heap, seen ten thousand times a second while nothing
//     interrupts the lists. The collector runs when the heap has grown by a
//     tenth. By default it lets the heap double first, and then the peak would
//     mostly depend on when it happens to run.
func BenchmarkHeap(b *testing.B) {
	defer debug.SetGCPercent(debug.SetGCPercent(10))
	for _, way := range ways {
		for _, n := range sizes {
			b.Run(fmt.Sprintf("%s/%d", way.name, n), func(b *testing.B) {
				o := newOffice(n)
				c, _ := serve(b, o.answer)
				o.list(b, c, way.query, nil) // opens the connection, and fills caches
				before := heldMB()
				held, peak := math.Inf(1), math.Inf(1) // noise only ever makes them larger
				for range b.N {
					held = min(held, o.mostHeld(b, c, way.query)-before)
					peak = min(peak, peakMB(func() {
						for range 250000 / max(n, 2500) {
							o.list(b, c, way.query, nil)
						}
					})-before)
				}
				b.ReportMetric(held, "MB-held")
				b.ReportMetric(peak, "MB-peak")
				b.ReportMetric(0, "ns/op") // not shown: it says nothing
			})
		}
	}
}

// mostHeld returns the most that is held in the middle of a page, in megabytes.
func (o *office) mostHeld(b *testing.B, c *Client, q Query) (most float64) {
	o.list(b, c, q, func(i int) {
		if i%2500 == (min(o.n, 2500)+1)/2 {
			most = max(most, heldMB())
		}
	})
	return most
}

// heldMB returns how much the collector leaves, in megabytes.
func heldMB() float64 {
	runtime.GC()
	return readMB("/gc/heap/live:bytes")
}

// peakMB returns how large the heap becomes during run, in megabytes.
func peakMB(run func()) (peak float64) {
	runtime.GC()
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for tick := time.NewTicker(100 * time.Microsecond); ; {
			select {
			case <-stop:
				return
			case <-tick.C:
				peak = max(peak, readMB("/memory/classes/heap/objects:bytes"))
			}
		}
	}()
	run()
	close(stop)
	<-done
	return peak
}

// readMB reads a metric of the runtime.
func readMB(name string) float64 {
	sample := []metrics.Sample{{Name: name}}
	metrics.Read(sample)
	return float64(sample[0].Value.Uint64()) / 1e6
}

// BenchmarkThink lists 25,000 events from a server that thinks about each page
// for as long as it takes to read the page. x-serial compares that with reading
// one page after the other. x-no-think does too, but with a server that doesn't
// think.
func BenchmarkThink(b *testing.B) {
	o := newOffice(25000)
	c, _ := serve(b, o.answer)
	q := Query{} // whole events: a page takes long enough for a server's timer to be exact
	serial := func() { o.serial(b, c, q) }
	noThink := func() {
		o.think.Store(0)
		start := time.Now()
		serial()
		o.think.Store(int64(time.Since(start)) / int64(o.pages()))
	}
	noThink()
	list := func() { o.list(b, c, q, nil) }
	beside(b, list, floor{"serial", serial}, floor{"no-think", noThink})
}
