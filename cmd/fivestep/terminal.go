// SPDX-License-Identifier: 0BSD

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
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
	why      string                  // what happened to the last request
}

// watch makes t tell about the waits between attempts.
func (t *tool) watch() {
	t.waits = &waits{tool: t, sleep: t.sleep, attempts: make(map[context.Context]int)}
	if t.sleep == nil {
		t.waits.sleep = timer
	}
	t.sleep = t.waits.tellAndSleep
}

func (w *waits) tellAndSleep(ctx context.Context, d time.Duration) error {
	w.mu.Lock()
	w.attempts[ctx]++
	next, why := w.attempts[ctx]+1, w.why
	w.mu.Unlock()
	fmt.Fprint(w.tool.stderr, "\r") // over the count of a long listing
	w.tool.say("fivestep: %s; attempt %d follows in %v", why, next, d.Round(time.Second/10))
	return w.sleep(ctx, d)
}

// note remembers how a request ended. If another attempt follows an answer with
// status 200, its body broke off.
func (w *waits) note(host string, resp *http.Response, err error) {
	why := "there was no answer from " + host
	switch dial := dialError(err); {
	case dial != nil:
		why = dial.Error()
	case err != nil: // may quote what a server sent
	case resp.StatusCode == http.StatusOK:
		why = "the answer of " + host + " broke off"
	default:
		status := fmt.Sprintf("%d %s", resp.StatusCode, http.StatusText(resp.StatusCode))
		why = strings.TrimSpace(status) + " from " + host
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.why = why
}

// dialError returns why there's no connection, or nil.
func dialError(err error) error {
	var failed *net.OpError
	for errors.As(err, &failed) {
		if failed.Op == "dial" {
			return failed
		}
		err = failed.Err // that of a connection to a proxy
	}
	return nil
}

// noting is a transport that notes how requests end.
type noting struct {
	http.RoundTripper
	tool *tool
}

func (t *tool) noting(transport http.RoundTripper) *http.Client {
	return &http.Client{Transport: noting{transport, t}}
}

func (n noting) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := n.RoundTripper.RoundTrip(r)
	if n.tool.waits != nil {
		n.tool.waits.note(r.URL.Host, resp, err)
	}
	if err == nil && r.Method == http.MethodPost && resp.StatusCode == http.StatusOK {
		n.tool.checkClock(resp.Header.Get("Date"))
	}
	return resp, err
}

// checkClock warns if this machine's clock is wrong, but not so wrong that the
// token endpoint refused its assertion. date is that of the endpoint's answer.
func (t *tool) checkClock(date string) {
	const tolerable = 2 * time.Minute // Google refuses a clock about 5 minutes ahead
	theirs, err := http.ParseTime(date)
	off := t.now().Sub(theirs).Round(time.Second)
	if err != nil || off.Abs() <= tolerable {
		return
	}
	direction := "ahead of"
	if off < 0 {
		direction = "behind"
	}
	t.say("fivestep: warning: this machine's clock is %v %s the token endpoint's: set it, "+
		"because assertions will be refused if the difference grows", off.Abs(), direction)
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

// escaped makes JSON safe for a terminal. Only its strings can hold characters
// that don't print, and there an escape means the same.
func escaped(text []byte) []byte {
	isUnsafe := func(r rune) bool { return r > '~' && printableRune(r) != r }
	if !bytes.ContainsFunc(text, isUnsafe) {
		return text
	}
	var safe []byte
	for _, r := range string(text) {
		switch {
		case !isUnsafe(r):
			safe = utf8.AppendRune(safe, r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			safe = fmt.Appendf(safe, `\u%04x\u%04x`, high, low)
		default:
			safe = fmt.Appendf(safe, `\u%04x`, r)
		}
	}
	return safe
}

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
