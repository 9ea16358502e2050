// SPDX-License-Identifier: 0BSD

package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// setPipeSize is F_SETPIPE_SZ of fcntl(2).
const setPipeSize = 1031

// wholeLines fails unless text is what a listing of addMany prints, up to the end of
// a line, and returns how many lines that is.
func wholeLines(t *testing.T, text string) int {
	t.Helper()
	good := regexp.MustCompile(`^20\d\d-\d\d-\d\d \w{3}  \d\d:00-\d\d:00    Number \d{5}$|  \S`)
	lines := strings.SplitAfter(text, "\n")
	for i, l := range lines[:len(lines)-1] {
		if !good.MatchString(strings.TrimSuffix(l, "\n")) {
			t.Errorf("line %d: %q", i+1, l)
		}
	}
	if rest := lines[len(lines)-1]; rest != "" {
		t.Errorf("after %d lines there is %q", len(lines)-1, rest)
	}
	return len(lines) - 1
}

const caught = "^C" // what a terminal shows of a Ctrl-C

// Ctrl-C in the middle of a long listing on a terminal: 130, with whole lines.
func TestCtrlCOnTerminal(t *testing.T) {
	w := realWorld(t)
	w.addMany(2600)
	// What is handed over before the wait. A terminal throws away what is on its way
	// to the screen when Ctrl-C comes, so all of that must have arrived.
	first, _, _ := w.run("", "events", "-key", "KEY", "-api", "API", "-from", "2023-11-14", "-max", "2500", you)
	w.AddFault(fault(t, "events:slow=1h@1")) // the second page
	var handedOver strings.Builder
	out := &lines{to: &handedOver}
	for _, l := range strings.SplitAfter(strings.TrimSuffix(first, "\n"), "\n") {
		if err := out.print([]byte(strings.TrimSuffix(l, "\n"))); err != nil {
			t.Fatal(err)
		}
	}
	last := handedOver.String()[handedOver.Len()-30:]
	s := w.onTerminal(nil, "", "events", "-key", "KEY", "-api", "API", "-from", "2023-11-14", you)
	s.until(strings.ReplaceAll(last, "\n", "\r\n"))
	io.WriteString(s.keys, "\x03")
	if got := status(t, s.cmd); got != exitInterrupt {
		t.Errorf("status %d", got)
	}
	screen := s.screen()
	if strings.Count(screen, caught) != 1 || strings.ContainsAny(screen, "\x1b") {
		t.Errorf("%q", screen[max(0, len(screen)-300):])
	}
	if n := wholeLines(t, strings.ReplaceAll(strings.Replace(screen, caught, "", 1), "\r\n", "\n")); n < 2300 {
		t.Errorf("%d lines", n)
	}
}

// With the events in a file the terminal shows how far it is, and in the end nothing.
func TestCtrlCWithProgress(t *testing.T) {
	w := realWorld(t)
	w.addMany(2600)
	w.AddFault(fault(t, "events:slow=1h@1"))
	out := filepath.Join(w.dir, "out")
	s := w.onTerminal([]string{"TERM=dumb"}, " >'"+out+"'", "events", "-key", "KEY", "-api", "API", "-from", "2023-11-14", you)
	s.until("2000 events")
	io.WriteString(s.keys, "\x03")
	if got := status(t, s.cmd); got != exitInterrupt {
		t.Errorf("status %d", got)
	}
	want := "\r1000 events\r2000 events" + caught + "\r" + strings.Repeat(" ", 20) + "\r"
	if got := s.screen(); got != want {
		t.Errorf("%q", got)
	}
	text, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if n := wholeLines(t, string(text)); n < 2000 {
		t.Errorf("%d lines", n)
	}
}

// The same signal without a terminal, and when nobody takes the output, as less does
// until its reader turns the page.
func TestInterruptedProcess(t *testing.T) {
	w := realWorld(t)
	w.addMany(2600)
	for _, taken := range []bool{true, false} {
		w.ClearFaults()
		w.AddFault(fault(t, "events:slow=1h@1"))
		var stderr bytes.Buffer
		cmd := w.command("events", "-key", "KEY", "-api", "API", "-from", "2023-11-14", you)
		cmd.Stderr = &stderr
		r, out, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		cmd.Stdout = out
		first := make([]byte, 90_000) // of 107,000
		if !taken {
			// Room for the first lines, and for no others while one byte of them is left.
			if _, _, errno := syscall.Syscall(syscall.SYS_FCNTL, out.Fd(), setPipeSize, 4096); errno != 0 {
				t.Fatal(errno)
			}
			first = first[:1]
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		out.Close()
		r.SetReadDeadline(time.Now().Add(long))
		if _, err := io.ReadFull(r, first); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		got := status(t, cmd)
		rest, err := io.ReadAll(r)
		if err != nil || got != exitInterrupt || stderr.Len() > 0 {
			t.Errorf("taken %v: %d, %v, %s", taken, got, err, &stderr)
		}
		if n := wholeLines(t, string(first)+string(rest)); n < 50 || taken && n < 2000 || !taken && n > 100 {
			t.Errorf("taken %v: %d lines", taken, n)
		}
	}
}
