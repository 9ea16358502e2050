// SPDX-License-Identifier: 0BSD

package main

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
)

// lines hands output on in whole lines only, so that it ends in the end of one
// however the tool is stopped. A pipe takes what fits into this buffer at once or
// not at all (POSIX, write, of {PIPE_BUF}; 4096 on Linux).
type lines struct {
	to     io.Writer
	buffer []byte
}

func (l *lines) print(line []byte) error {
	if len(l.buffer)+len(line)+1 > 4096 {
		if err := l.flush(); err != nil {
			return err
		}
	}
	l.buffer = append(append(l.buffer, line...), '\n')
	return nil
}

func (l *lines) flush() error {
	if len(l.buffer) == 0 {
		return nil
	}
	_, err := l.to.Write(l.buffer)
	l.buffer = l.buffer[:0]
	return err
}

// say writes a line to standard error: every word that the tool has for people but
// its help comes by here, as values from files, arguments and servers are in it.
func (t *tool) say(format string, values ...any) {
	fmt.Fprintln(t.stderr, printable(fmt.Sprintf(format, values...)))
}

// progress shows the count of a long listing on standard error if that is a
// terminal and the events go elsewhere; -1 wipes it, with blanks, which the dumbest
// terminal has.
func (t *tool) progress() func(count int) {
	if !isTerminal(t.stderr) || isTerminal(t.stdout) {
		return func(int) {}
	}
	shown := false
	return func(count int) {
		if count > 0 && count%1000 == 0 {
			fmt.Fprintf(t.stderr, "\r%d events", count)
			shown = true
		} else if count < 0 && shown {
			fmt.Fprintf(t.stderr, "\r%s\r", strings.Repeat(" ", 20)) // the ^C that a terminal shows, too
		}
	}
}

// isTerminal reports whether w is a terminal. Another device may be taken for one,
// but not the null device, where cron jobs send what nobody is to read; on Windows,
// where os.SameFile takes all devices for the same, that one, too.
func isTerminal(w any) bool {
	file, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return false
	}
	null, err := os.Stat(os.DevNull)
	return err != nil || runtime.GOOS == "windows" || !os.SameFile(info, null)
}
