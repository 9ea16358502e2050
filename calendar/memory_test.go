// SPDX-License-Identifier: 0BSD

package calendar

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
)

// worstItem is an item that takes as much memory as it can, by one bound.
type worstItem struct {
	name string
	text string
	keep bool // Query.KeepRaw
}

// distinctMembers is n members of an object, each after a comma.
func distinctMembers(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `,"%x":""`, i)
	}
	return b.String()
}

// worstItems are worst by one bound each. Whatever a list has two of at a time
// is in the page in hand and in the page that's being decoded. length is how
// many elements the longest list has.
func worstItems(length int) []worstItem {
	list := func(head, element, tail string, n int) string {
		return head + element + strings.Repeat(","+element, n-1) + tail
	}
	distinct := func(n int) string { return distinctMembers(n)[1:] }
	title := func(text string) string { return `{"summary":"` + text + `"}` }
	invalid := title(strings.Repeat("\xff", 3*length))
	return []worstItem{
		{"plain text kept", title(strings.Repeat("x", 25_000)), true},
		{"not UTF-8", invalid, false},
		{"empty guests", list(`{"attendees":[`, "{}", "]}", length), false},
		{"guests that aren't objects", list(`{"attendees":[`, "null", "]}", 1200), true},
		{"empty overrides", list(`{"reminders":{"overrides":[`, "{}", "]}}", length), false},
		{"empty rules", list(`{"recurrence":[`, `""`, "]}", length), true},
		{"empty entry points", list(`{"conferenceData":{"entryPoints":[`, "{}", "]}}", 9), false},
		{"properties", `{"extendedProperties":{"shared":{` + distinct(9) + `}}}`, false},
		{"many properties", `{"extendedProperties":{"private":{` + distinct(length/4) + `}}}`, false},
		{"guests and a title", list(`{"attendees":[`, "{}", `],"summary":"`, 2500) +
			strings.Repeat("x", 17_500) + `"}`, false},
		{"empty events", "{}", true},
	}
}

// answer is a page of n items. atEnd is called when all of it has been read.
func (w worstItem) answer(n int, next string, atEnd func()) *http.Response {
	head := `{"kind":"calendar#events","nextPageToken":"` + next + `","items":[`
	rest, sent := strings.NewReader(head), 0
	a := answer(http.StatusOK, "")
	a.Body = io.NopCloser(readerFunc(func(p []byte) (int, error) {
		if rest.Len() > 0 {
			return rest.Read(p)
		}
		switch sent++; {
		case sent == 1:
			rest.Reset(w.text)
		case sent <= n:
			rest.Reset("," + w.text)
		case sent == n+1:
			rest.Reset("]}")
		default:
			atEnd()
			return 0, io.EOF
		}
		return rest.Read(p)
	}))
	return a
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// most returns how many of the items a page may have, or a little less: it
// counts how many of them are asked for before a page without end is refused.
func (w worstItem) most(t *testing.T) int {
	item := strings.NewReader("")
	n := 0
	c := client(token, func() *http.Response {
		a := answer(http.StatusOK, "")
		a.Body = io.NopCloser(io.MultiReader(
			strings.NewReader(`{"kind":"calendar#events","items":[`+w.text),
			readerFunc(func(p []byte) (int, error) {
				if item.Len() == 0 {
					item.Reset("," + w.text)
					n++
				}
				return item.Read(p)
			})))
		return a
	})
	q := Query{KeepRaw: w.keep}
	if _, err := c.EventsPage(context.Background(), "x", q, ""); err == nil {
		t.Fatal("a page without end was accepted")
	}
	return min(max(1, n-1-n/50), maxItems)
}

// list lists three pages of n items. It returns how many there were, and how
// many MB that took. The consumer doesn't continue before the next page is whole
// in memory, too.
func (w worstItem) list(t *testing.T, n int) (seen int, peak float64) {
	page := 0
	ahead := make(chan bool, 3)
	c := through(func(*http.Request) (*http.Response, error) {
		page++
		next := []string{"", "2", "3", ""}[page]
		first := page == 1
		return w.answer(n, next, func() {
			if !first {
				ahead <- true
			}
		}), nil
	})
	before := heldMB()
	peak = peakMB(func() {
		for _, err := range c.Events(context.Background(), "x", Query{KeepRaw: w.keep}) {
			if err != nil {
				t.Fatal(err)
			}
			if seen == 0 || seen == n {
				<-ahead // until the next page is decoded
			}
			seen++
		}
	})
	return seen, peak - before
}

// Whatever a server sends, the heap stays below 200 MB. Under the race detector,
// which takes ten times as long, the pages have a smaller item each.
func TestWorstPages(t *testing.T) {
	info, _ := debug.ReadBuildInfo()
	slow := slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
	length := 125_000 // as many as maxValue allows
	if slow {
		length = 10_000
	}
	for _, w := range worstItems(length) {
		t.Run(w.name, func(t *testing.T) {
			n := 1
			if !slow {
				n = w.most(t)
			}
			seen, peak := w.list(t, n)
			t.Logf("pages of %d items of %d bytes: %.0f MB", n, len(w.text), peak)
			if seen != 3*n || peak > 200 {
				t.Errorf("%d events, %.0f MB", seen, peak)
			}
		})
	}
}

// Client.MaxPage bounds the weight of a page, and of what is being read of it: a
// value's buffers, and the list that its commas may be in.
func TestMaxPage(t *testing.T) {
	events := func(n int, event string) string {
		return `{"kind":"calendar#events","items":[` + strings.Repeat(event+",", n) + `{}]}`
	}
	for _, test := range []struct {
		name, body  string
		most, least int // KiB that don't suffice, and that do
		keep        bool
	}{
		{"text", events(10, `{"summary":"`+strings.Repeat("x", 10_000)+`"}`), 90, 160, false},
		{"a long value", events(1, `{"summary":"`+strings.Repeat("x", 100_000)+`"}`), 300, 500, false},
		{"a long list", events(1, `{"attendees":[{}`+strings.Repeat(",{}", 20_000)+"]}"), 3000, 4200, false},
		{"empty events", events(2000, "{}"), 1900, 2100, false},
		{"text kept", events(10, `{"summary":"`+strings.Repeat("x", 10_000)+`"}`), 190, 300, true},
		{"members", `{"kind":"calendar#events"` + distinctMembers(2000) + "}", 370, 450, false},
	} {
		for _, kib := range []int{test.most, test.least} {
			c := through(func(*http.Request) (*http.Response, error) {
				return answer(http.StatusOK, test.body), nil
			})
			c.MaxPage = kib << 10
			_, err := c.EventsPage(context.Background(), "x", Query{KeepRaw: test.keep}, "")
			if kib == test.least {
				if err != nil {
					t.Errorf("%s: %v", test.name, err)
				}
				continue
			}
			want := fmt.Sprintf("larger than %d KiB, as text or in memory", kib)
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v", test.name, err)
			}
		}
	}
}
