// SPDX-License-Identifier: 0BSD

//go:build linux && !race

package main

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
)

// TestMemory runs the tool on pages that take nearly as much memory as package
// calendar allows, one after the other, from a server that ignores maxResults.
func TestMemory(t *testing.T) {
	title := func(n int) string { return `{"summary":"` + strings.Repeat("x", n) + `"}` }
	const guests = 1200
	for _, kind := range []struct {
		name   string
		item   string
		weight int // of an item, as package calendar weighs it
		flag   string
	}{
		{"text", title(6000), 13_100, "-max=0"},
		{"text as JSON", title(6000), 13_100, "-json"},
		{"long titles", title(100_000), 201_100, "-max=0"},
		{"guests", `{"attendees":[` + repeat(guests, "{}") + `]}`, 192*guests + 8300, "-max=0"},
		{"series", `{"id":"` + strings.Repeat("x", 800) + `","summary":"A","recurrence":[]}`,
			2800, "-max=0"},
		{"empty events", `{}`, 1030, "-max=0"},
	} {
		for _, calendars := range []int{1, 3, 10, maxCalendars} {
			// The last item is in buffers, too, and each comma may be one in a list.
			last := 4*len(kind.item) + 192*strings.Count(kind.item, ",")
			items := min(maxResults, (maxWeight/calendars-last)/100*95/kind.weight)
			t.Run(fmt.Sprintf("%s of %d", kind.name, calendars), func(t *testing.T) {
				args := []string{kind.flag}
				for i := range calendars {
					args = append(args, fmt.Sprintf("%d@example.com", i))
				}
				runOnPages(t, repeat(items, kind.item), calendars, args)
			})
		}
	}
}

// repeat returns text n times, with commas.
func repeat(n int, text string) string { return strings.Repeat(","+text, n)[1:] }

// runOnPages runs events on pages with these items.
func runOnPages(t *testing.T, items string, calendars int, args []string) {
	const most = 200 << 10       // KB
	pages := max(3, 8/calendars) // of a calendar
	var process, peak, answered atomic.Int64
	started := make(chan bool)
	answer := func(w http.ResponseWriter, r *http.Request) {
		<-started
		// By the last page, the process has held several.
		if now := peakOf(process.Load()); now > peak.Load() {
			peak.Store(now)
		}
		w.Header().Set("Content-Type", "application/json")
		if strings.HasSuffix(r.FormValue("fields"), "items(id)") {
			fmt.Fprint(w, `{"kind":"calendar#events","accessRole":"reader"}`)
			return
		}
		answered.Add(1)
		next := ""
		if page, _ := strconv.Atoi(r.FormValue("pageToken")); page+1 < pages {
			next = fmt.Sprintf(`"nextPageToken":"%d",`, page+1)
		}
		fmt.Fprintf(w, `{"kind":"calendar#events",%s"items":[%s]}`, next, items)
	}
	server := httptest.NewServer(http.HandlerFunc(answer))
	defer server.Close()
	cmd := newWorld(t).command(append([]string{"events", "-api", server.URL}, args...)...)
	var stderr bytes.Buffer
	cmd.Stdin, cmd.Stderr = strings.NewReader("ya29.c.token"), &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	process.Store(int64(cmd.Process.Pid))
	close(started)
	got := status(t, cmd)
	t.Logf("%d MB", peak.Load()>>10)
	if got != 0 || answered.Load() != int64(pages*calendars) || peak.Load() > most {
		t.Errorf("exit %d after %d pages, %d KB: %.600s", got, answered.Load(), peak.Load(), &stderr)
	}
}

// peakOf returns the most memory, in KB, that a process has had in RAM. (The
// figure of wait4 counts the process that started it, too.)
func peakOf(process int64) int64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", process))
	if err != nil {
		return 0
	}
	found := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(text)
	if found == nil {
		return 0
	}
	n, _ := strconv.ParseInt(string(found[1]), 10, 64)
	return n
}
