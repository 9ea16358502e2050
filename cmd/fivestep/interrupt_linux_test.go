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

// wholeLines fails unless text is the beginning of a listing of addMany and
// ends with a line break. It returns the number of lines.
func wholeLines(t testing.TB, text string) int {
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

const caught = "^C" // what a terminal shows after Ctrl-C

// TestStopped stops a listing of two pages in the middle: the second never
// ends.
func TestStopped(t *testing.T) {
	t.Parallel()
	w := realWorld(t)
	w.addMany(2600)
	for name, test := range map[string]func(*testing.T, *world){
		"Ctrl-C on a terminal":   ctrlC,
		"Ctrl-C with a count":    ctrlCWithCount,
		"nobody reads":           readerGone,
		"interrupted":            interrupted,
		"interrupted when stuck": interruptedWhileBlocked,
	} {
		t.Run(name, func(t *testing.T) {
			w.t = t
			w.ClearFaults()
			test(t, w)
		})
	}
	w.t = t
}

// ctrlC checks that Ctrl-C in a long listing on a terminal leaves whole lines,
// and exits with 130.
func ctrlC(t *testing.T, w *world) {
	// The lines that are written before the tool waits for the second page.
	// Ctrl-C makes a terminal drop output that is still on its way to the
	// screen, so all of them must have arrived.
	first, _, _ := w.events("-from", "2023-11-14", "-max", "2500", you)
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
	text := strings.ReplaceAll(strings.Replace(screen, caught, "", 1), "\r\n", "\n")
	if n := wholeLines(t, text); n < 2300 {
		t.Errorf("%d lines", n)
	}
}

// ctrlCWithCount checks that the terminal shows a count if the events go to a
// file, and nothing in the end.
func ctrlCWithCount(t *testing.T, w *world) {
	w.AddFault(fault(t, "events:slow=1h@1"))
	out := filepath.Join(w.dir, "out")
	s := w.onTerminal([]string{"TERM=dumb"}, " >'"+out+"'",
		"events", "-key", "KEY", "-api", "API", "-from", "2023-11-14", you)
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

// readerGone checks that the count is erased, too, when the reader of a pipe is
// gone.
func readerGone(t *testing.T, w *world) {
	fifo := filepath.Join(w.dir, "fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := os.OpenFile(fifo, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	s := w.onTerminal(nil, " >'"+fifo+"'",
		"events", "-key", "KEY", "-api", "API", "-from", "2023-11-14", you)
	s.until("1000 events") // before the pipe is full
	r.Close()
	erased := "\r1000 events\r" + strings.Repeat(" ", 20) + "\r"
	if got := status(t, s.cmd); got != exitPipe || s.screen() != erased {
		t.Errorf("%d %q", got, s.screen())
	}
}

// interrupted does the same without a terminal.
func interrupted(t *testing.T, w *world) {
	w.AddFault(fault(t, "events:slow=1h@1"))
	if n := w.interruptAfter(90_000, 65_536); n < 2000 { // bytes, of 107,000
		t.Errorf("%d lines", n)
	}
}

// interruptedWhileBlocked checks that the tool ends even if nobody takes its
// output, as when less waits for its user. The pipe has room for the first
// lines, and for no more until they are read.
func interruptedWhileBlocked(t *testing.T, w *world) {
	if n := w.interruptAfter(1, 4096); n < 50 || n > 100 {
		t.Errorf("%d lines", n)
	}
}

// interruptAfter sends the signal after so many bytes were read from a pipe of
// that size. It returns how many lines there are in all.
func (w *world) interruptAfter(bytesRead int, size uintptr) int {
	t := w.t
	t.Helper()
	var stderr bytes.Buffer
	cmd := w.command("events", "-key", "KEY", "-api", "API", "-from", "2023-11-14", you)
	cmd.Stderr = &stderr
	r, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, _, errno := syscall.Syscall(syscall.SYS_FCNTL, out.Fd(), setPipeSize, size); errno != 0 {
		t.Fatal(errno)
	}
	cmd.Stdout = out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	out.Close()
	r.SetReadDeadline(time.Now().Add(long))
	first := make([]byte, bytesRead)
	if _, err := io.ReadFull(r, first); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	got := status(t, cmd)
	rest, err := io.ReadAll(r)
	if err != nil || got != exitInterrupt || stderr.Len() > 0 {
		t.Errorf("%d, %v, %s", got, err, &stderr)
	}
	return wholeLines(t, string(first)+string(rest))
}
