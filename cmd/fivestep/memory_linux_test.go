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
// calendar allows, one after the other.
func TestMemory(t *testing.T) {
	repeat := func(n int, text string) string { return strings.Repeat(","+text, n)[1:] }
	title := func(n int) string { return `{"summary":"` + strings.Repeat("x", n) + `"}` }
	for name, test := range map[string]struct {
		item  string
		items int
		args  []string
	}{
		"text":         {title(6000), 2400, []string{you}},
		"text as JSON": {title(6000), 2400, []string{"-json", you}},
		"long titles":  {title(350_000), 38, []string{you}},
		"guests":       {`{"attendees":[` + repeat(1200, "{}") + `]}`, 130, []string{you}},
		"series": {`{"id":"` + strings.Repeat("x", 800) + `","summary":"A","recurrence":[]}`,
			2500, []string{you}},
		"two calendars": {title(6000), 1100, []string{you, "b@example.com"}},
	} {
		t.Run(name, func(t *testing.T) { runOnPages(t, repeat(test.items, test.item), test.args) })
	}
}

// runOnPages runs events on pages with these items.
func runOnPages(t *testing.T, items string, args []string) {
	const (
		most  = 200 << 10 // KB
		pages = 8
	)
	var process, peak, answered atomic.Int64
	started := make(chan bool)
	answer := func(w http.ResponseWriter, _ *http.Request) {
		<-started
		// By the last page, the process has held several.
		if now := peakOf(process.Load()); now > peak.Load() {
			peak.Store(now)
		}
		next := ""
		if n := answered.Add(1); n < pages {
			next = fmt.Sprintf(`"nextPageToken":"%d",`, n)
		}
		w.Header().Set("Content-Type", "application/json")
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
	if got != 0 || answered.Load() < pages || peak.Load() == 0 || peak.Load() > most {
		t.Errorf("exit %d after %d pages, %d KB: %.300s", got, answered.Load(), peak.Load(), &stderr)
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
