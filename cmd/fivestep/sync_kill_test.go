// SPDX-License-Identifier: 0BSD

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// mirror is a calendar that changes, a program that is killed while it copies it, and the copy.
type mirror struct {
	*world
	file, api      string
	rand           *rand.Rand
	events, copied map[string]string // id -> title, or cancelled: in the calendar, and as the program's lines tell it
	pending        map[string]bool   // ids that changed since the sync file was written
	onRequest      atomic.Pointer[func()]
}

const pageOf = 50 // events a page: Google may send fewer than are asked for

// TestSyncKilled kills the program fifty times, wherever it happens to be, and lets it run undisturbed now and
// then. Whoever keeps all lines it has ever printed has the calendar: its last line about an event says what the
// event is.
func TestSyncKilled(t *testing.T) {
	t.Parallel()
	m := newMirror(t)
	kills, runs, phases := 0, 0, map[string]int{}
	for ; kills < 50; runs++ {
		if runs == 500 {
			t.Fatalf("%d kills in %d runs", kills, runs)
		}
		m.change()
		before, _ := os.ReadFile(m.file)
		killed := m.run(m.plan())
		after, err := os.ReadFile(m.file)
		switch {
		case err != nil && (!os.IsNotExist(err) || before != nil || !killed):
			t.Fatalf("run %d: %v", runs, err)
		case bytes.Equal(before, after) && !killed && len(m.pending) > 0:
			t.Fatalf("run %d: done, and the sync file is as it was", runs)
		case !bytes.Equal(before, after):
			m.check(fmt.Sprintf("run %d, killed: %v", runs, killed)) // it is the new file: nothing may be owed
		}
		if killed {
			kills++
			phases[fmt.Sprintf("file there before: %v, written: %v", before != nil, !bytes.Equal(before, after))]++
		}
	}
	t.Logf("%d kills in %d runs: %v", kills, runs, phases)

	// Undisturbed it ends, and has nothing to tell the next time. What killed runs left is swept up once it is old.
	old, young := filepath.Join(m.dir, ".fivestep-1.tmp"), filepath.Join(m.dir, ".fivestep-2.tmp")
	for _, path := range append(m.leftovers(), old, young) {
		hours := 2 * time.Hour
		if path == young {
			hours = 0
		}
		if err := errors.Join(os.WriteFile(path, nil, 0o600), os.Chtimes(path, time.Time{}, time.Now().Add(-hours))); err != nil {
			t.Fatal(err)
		}
	}
	m.run(never)
	m.check("in the end")
	if got := m.leftovers(); len(got) != 1 || got[0] != young {
		t.Errorf("left: %v", got)
	}
	clear(m.copied)
	if m.run(never); len(m.copied) > 0 {
		t.Errorf("printed again: %v", m.copied)
	}
}

func newMirror(t *testing.T) *mirror {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	m := &mirror{world: realWorld(t), rand: rand.New(rand.NewPCG(seed, 0)), events: map[string]string{}, copied: map[string]string{}, pending: map[string]bool{}}
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.URL.RawQuery = strings.Replace(r.URL.RawQuery, "maxResults=2500", fmt.Sprintf("maxResults=%d", pageOf), 1)
		if f := m.onRequest.Load(); f != nil {
			(*f)()
		}
		m.ServeHTTP(w, r)
	}))
	t.Cleanup(front.Close)
	m.writeKey(string(m.account.KeyFile(front.URL + "/token")))
	m.api = front.URL + "/calendar/v3"
	m.file = filepath.Join(m.dir, "state.json")
	for _, id := range allEvents {
		if err := m.DeleteEvent(you, id); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 350 {
		m.put(fmt.Sprintf("e%04d", i), "new")
	}
	return m
}

func (m *mirror) put(id, title string) {
	err := m.AddEvent(you, fmt.Sprintf(`{"id":%q,"summary":%q,"start":{"date":"2023-11-15"},"end":{"date":"2023-11-16"}}`, id, title))
	if err != nil {
		m.t.Fatal(err)
	}
	m.events[id], m.pending[id] = title, true
}

// change changes some events, sometimes most, and deletes a few; and now and then who keeps the copy begins anew. No
// event is deleted as long as there is no sync file: a first listing does not name events that are gone.
func (m *mirror) change() {
	_, err := os.Stat(m.file)
	if err == nil && m.rand.IntN(8) == 0 {
		if err = os.Remove(m.file); err != nil {
			m.t.Fatal(err)
		}
		err = fs.ErrNotExist
		clear(m.copied)
		maps.DeleteFunc(m.events, func(_, title string) bool { return title == "cancelled" })
		for id := range m.events {
			m.pending[id] = true
		}
	}
	for range []int{0, 1, 15, 100, 350}[m.rand.IntN(5)] {
		id := fmt.Sprintf("e%04d", m.rand.IntN(500))
		switch old := m.events[id]; {
		case old == "cancelled":
		case old != "" && err == nil && m.rand.IntN(10) == 0:
			if err := m.DeleteEvent(you, id); err != nil {
				m.t.Fatal(err)
			}
			m.events[id], m.pending[id] = "cancelled", true
		default:
			m.put(id, fmt.Sprintf("title %d", m.rand.Uint64()))
		}
	}
}

// plan is when to kill: before an answer, or when so many lines have come, or never.
type plan struct {
	request int64 // from 1
	lines   int   // -1: not then
	after   time.Duration
}

var never = plan{0, -1, 0}

func (m *mirror) plan() plan {
	switch pages := max(1, (len(m.pending)+pageOf-1)/pageOf); m.rand.IntN(4) {
	case 0:
		return plan{1 + m.rand.Int64N(1+int64(pages)), -1, 0} // the first is for the token
	case 1:
		return plan{0, m.rand.IntN(1 + len(m.pending)), 0}
	case 2: // all is printed: it writes the file about now
		return plan{0, len(m.pending), time.Duration(m.rand.Int64N(int64(3 * time.Millisecond)))}
	}
	return never
}

// run runs the program once and takes in the lines that came whole.
func (m *mirror) run(p plan) (killed bool) {
	var stderr bytes.Buffer
	cmd := m.command("events", "-json", "-sync", m.file, "-key", "KEY", "-api", m.api, you)
	cmd.Stderr = &stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		m.t.Fatal(err)
	}
	kill := func() { cmd.Process.Kill() }
	var requests atomic.Int64
	started := make(chan struct{})
	onRequest := func() {
		<-started
		if requests.Add(1) == p.request {
			kill()
		}
	}
	m.onRequest.Store(&onRequest)
	if err := cmd.Start(); err != nil {
		m.t.Fatal(err)
	}
	close(started)
	var all bytes.Buffer
	for buffer := make([]byte, 4096); err == nil; {
		if p.lines >= 0 && bytes.Count(all.Bytes(), []byte("\n")) >= p.lines {
			time.AfterFunc(p.after, kill)
			p.lines = -1
		}
		var n int
		n, err = stdout.Read(buffer)
		all.Write(buffer[:n])
	}
	err = cmd.Wait()
	if killed = cmd.ProcessState.ExitCode() == -1; err != nil && !killed {
		m.t.Fatalf("%v\n%s", err, &stderr)
	}
	lines := strings.SplitAfter(all.String(), "\n")
	for _, line := range lines[:len(lines)-1] { // the last has no end
		var event struct{ ID, Status, Summary string }
		if err := json.Unmarshal([]byte(line), &event); err != nil {
			m.t.Fatalf("%q: %v", line, err)
		}
		if event.Status == "cancelled" {
			event.Summary = event.Status
		}
		m.copied[event.ID] = event.Summary
	}
	return killed
}

// check compares the copy with the calendar after the sync file was written anew.
func (m *mirror) check(when string) {
	m.t.Helper()
	if _, err := readSync(m.file, syncState{API: m.api, Calendar: you, Account: m.account.Email}); err != nil {
		m.t.Fatalf("%s: %v", when, err)
	}
	if !maps.Equal(m.copied, m.events) {
		for id, title := range m.events {
			if m.copied[id] != title {
				m.t.Fatalf("%s: event %s is %q, and what was printed says %q", when, id, title, m.copied[id])
			}
		}
		m.t.Fatalf("%s: %d events were printed, and there are %d", when, len(m.copied), len(m.events))
	}
	clear(m.pending)
}

func (m *mirror) leftovers() []string {
	paths, err := filepath.Glob(filepath.Join(m.dir, ".fivestep-*"))
	if err != nil {
		m.t.Fatal(err)
	}
	return paths
}
