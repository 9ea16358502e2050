// SPDX-License-Identifier: 0BSD

package main

import (
	"context"
	"fmt"
	"io"
	"net/http/httptrace"
	"os"
	"runtime"
	"strings"
	"sync"
	"time"
	"unicode"
)

// atomicWrite is how many bytes a pipe takes at once or not at all: {PIPE_BUF}
// of POSIX, as Linux has it.
const atomicWrite = 4096

// lines writes whole lines only, so that the output ends with a complete line
// however the tool is stopped.
type lines struct {
	to     io.Writer
	buffer []byte
}

func (l *lines) print(line []byte) error {
	if len(l.buffer)+len(line)+1 > atomicWrite {
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

// say writes a line to standard error. Everything the tool tells people, except
// its help, goes through here, because it may quote files, arguments and
// servers.
func (t *tool) say(format string, values ...any) {
	fmt.Fprintln(t.stderr, printable(fmt.Sprintf(format, values...)))
}

// progress counts the events of a long listing on standard error, if that is a
// terminal and the events go somewhere else. A count of -1 erases it, with
// spaces: every terminal can do that.
func (t *tool) progress() func(count int) {
	if !isTerminal(t.stderr) || isTerminal(t.stdout) {
		return func(int) {}
	}
	const every = 1000
	shown := false
	return func(count int) {
		switch {
		case count > 0 && count%every == 0:
			fmt.Fprintf(t.stderr, "\r%d events", count)
			shown = true
		case count < 0 && shown:
			const width = 20 // room for the ^C that a terminal shows, too
			fmt.Fprintf(t.stderr, "\r%s\r", strings.Repeat(" ", width))
		}
	}
}

// isTerminal reports whether w is a terminal. It may be wrong about other
// devices, but not about the null device, where cron jobs send their output,
// except on Windows: os.SameFile takes all devices there for the same.
func isTerminal(w any) bool {
	file, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return false
	}
	return runtime.GOOS == "windows" || !isNull(file)
}

// isNull reports whether a file is the null device.
func isNull(file *os.File) bool {
	info, err := file.Stat()
	if err != nil {
		return false
	}
	null, err := os.Stat(os.DevNull)
	return err == nil && os.SameFile(info, null)
}

// waits tells people at a terminal about the time between two attempts, which
// would look as if the tool hung.
type waits struct {
	tool  *tool
	sleep func(context.Context, time.Duration) error

	mu       sync.Mutex
	attempts map[context.Context]int // that failed; each request has its own context
	broken   error                   // why there's no connection
	answered bool                    // whether an answer has begun since the last request
}

// watch returns a context for requests, and makes t tell about their waits.
func (t *tool) watch(ctx context.Context) context.Context {
	w := &waits{tool: t, sleep: t.sleep, attempts: make(map[context.Context]int)}
	if w.sleep == nil {
		w.sleep = timer
	}
	t.sleep = w.tellAndSleep
	note := func(err error, answered bool) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.broken, w.answered = err, answered
	}
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		DNSDone:              func(info httptrace.DNSDoneInfo) { note(info.Err, false) },
		ConnectDone:          func(_, _ string, err error) { note(err, false) },
		GotConn:              func(httptrace.GotConnInfo) { note(nil, false) },
		GotFirstResponseByte: func() { note(nil, true) },
	})
}

func (w *waits) tellAndSleep(ctx context.Context, d time.Duration) error {
	w.mu.Lock()
	w.attempts[ctx]++
	next := w.attempts[ctx] + 1
	why := "there was no answer"
	switch {
	case w.broken != nil:
		why = w.broken.Error()
	case w.answered:
		why = "the server has a problem or a limit, or its answer broke off"
	}
	w.mu.Unlock()
	fmt.Fprint(w.tool.stderr, "\r") // over the count of a long listing
	w.tool.say("fivestep: %s; attempt %d follows in %v", why, next, d.Round(time.Second/10))
	return w.sleep(ctx, d)
}

// timer waits for d, or until ctx ends.
func timer(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// printable makes other people's text safe for a terminal. It replaces
// characters that don't print, such as escape sequences and marks that change
// the direction of writing, and turns line breaks and tabs into spaces. For
// titles see clean.
func printable(s string) string { return strings.Map(printableRune, s) }

const (
	nonJoiner = '\u200c' // Persian needs it,
	joiner    = '\u200d' // and emoji need this
)

func printableRune(r rune) rune {
	switch {
	case unicode.IsPrint(r), r == joiner, r == nonJoiner:
		return r
	case unicode.IsSpace(r):
		return ' '
	}
	return unicode.ReplacementChar
}
