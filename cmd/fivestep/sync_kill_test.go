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

// mirror is a calendar that changes, a program that is killed while it copies
// the calendar, and the copy.
type mirror struct {
	*world
	file, api string
	rand      *rand.Rand
	titles    map[string]string // by ID, in the calendar; of a deleted event, "cancelled"
	copied    map[string]string // the same, in the lines that the program has printed
	pending   map[string]bool   // the IDs that changed since the sync file was written
	onRequest atomic.Pointer[func()]
}

const pageOf = 50 // events a page: Google may send fewer than are asked for

// TestSyncKilled kills the program fifty times, at random moments, and
// sometimes lets it run to its end. Anyone who keeps all lines that it has ever
// printed has the calendar: the last line about an event is right.
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
			t.Fatalf("run %d: done, and the sync file hasn't changed", runs)
		case !bytes.Equal(before, after): // a new file: everything must have been printed
			m.check(fmt.Sprintf("run %d, killed: %v", runs, killed))
		}
		if killed {
			kills++
			phases[fmt.Sprintf("file existed before: %v, written: %v",
				before != nil, !bytes.Equal(before, after))]++
		}
	}
	t.Logf("%d kills in %d runs: %v", kills, runs, phases)

	// Left alone, it runs to its end, and next time it has nothing to print. It
	// removes the files of killed runs when they are old.
	old, young := filepath.Join(m.dir, ".fivestep-1.tmp"), filepath.Join(m.dir, ".fivestep-2.tmp")
	for _, path := range append(m.leftovers(), old, young) {
		hours := 2 * time.Hour
		if path == young {
			hours = 0
		}
		err := errors.Join(
			os.WriteFile(path, nil, 0o600),
			os.Chtimes(path, time.Time{}, time.Now().Add(-hours)),
		)
		if err != nil {
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
	m := &mirror{
		world:   realWorld(t),
		rand:    rand.New(rand.NewPCG(seed, 0)),
		titles:  map[string]string{},
		copied:  map[string]string{},
		pending: map[string]bool{},
	}
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		small := fmt.Sprintf("maxResults=%d", pageOf)
		r.URL.RawQuery = strings.Replace(r.URL.RawQuery, "maxResults=2500", small, 1)
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
	const event = `{"id":%q,"summary":%q,` +
		`"start":{"date":"2023-11-15"},"end":{"date":"2023-11-16"}}`
	if err := m.AddEvent(you, fmt.Sprintf(event, id, title)); err != nil {
		m.t.Fatal(err)
	}
	m.titles[id], m.pending[id] = title, true
}

// change changes some events, sometimes most of them, and deletes a few. Now
// and then it removes the copy, to start from the beginning. It deletes no
// event while there is no sync file, because a first listing doesn't name
// deleted events.
func (m *mirror) change() {
	_, err := os.Stat(m.file)
	if err == nil && m.rand.IntN(8) == 0 {
		if err = os.Remove(m.file); err != nil {
			m.t.Fatal(err)
		}
		err = fs.ErrNotExist
		clear(m.copied)
		maps.DeleteFunc(m.titles, func(_, title string) bool { return title == "cancelled" })
		for id := range m.titles {
			m.pending[id] = true
		}
	}
	for range []int{0, 1, 15, 100, 350}[m.rand.IntN(5)] {
		id := fmt.Sprintf("e%04d", m.rand.IntN(500))
		switch old := m.titles[id]; {
		case old == "cancelled":
		case old != "" && err == nil && m.rand.IntN(10) == 0:
			if err := m.DeleteEvent(you, id); err != nil {
				m.t.Fatal(err)
			}
			m.titles[id], m.pending[id] = "cancelled", true
		default:
			m.put(id, fmt.Sprintf("title %d", m.rand.Uint64()))
		}
	}
}

// plan says when to kill: before an answer, after so many lines, or never.
type plan struct {
	request int64 // from 1
	lines   int   // -1: not then
	after   time.Duration
}

var never = plan{0, -1, 0}

func (m *mirror) plan() plan {
	switch pages := max(1, (len(m.pending)+pageOf-1)/pageOf); m.rand.IntN(4) {
	case 0:
		return plan{1 + m.rand.Int64N(1+int64(pages)), -1, 0} // the first request is for the token
	case 1:
		return plan{0, m.rand.IntN(1 + len(m.pending)), 0}
	case 2: // everything is printed: about now it writes the file
		return plan{0, len(m.pending), time.Duration(m.rand.Int64N(int64(3 * time.Millisecond)))}
	}
	return never
}

// run runs the program once and reads its complete lines.
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
	for _, line := range lines[:len(lines)-1] { // the last one isn't complete
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

// check compares the copy with the calendar, after the sync file was replaced.
func (m *mirror) check(when string) {
	m.t.Helper()
	of := syncState{API: m.api, Calendar: you, Account: m.account.Email}
	if _, err := readSync(m.file, of); err != nil {
		m.t.Fatalf("%s: %v", when, err)
	}
	if !maps.Equal(m.copied, m.titles) {
		for id, title := range m.titles {
			if m.copied[id] != title {
				m.t.Fatalf("%s: event %s is %q, and %q was printed", when, id, title, m.copied[id])
			}
		}
		m.t.Fatalf("%s: %d events were printed, and there are %d",
			when, len(m.copied), len(m.titles))
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
