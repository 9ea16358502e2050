// SPDX-License-Identifier: 0BSD

package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// long is how long a test waits for something that should happen at once.
const long = 20 * time.Second

// program returns the path of a program that a test needs. Without it the test
// is skipped, but in CI it fails.
func program(t testing.TB, name, packet string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("no %s, which CI must have: apt-get install %s", name, packet)
		}
		t.Skipf("not run: no %s on this machine: apt-get install %s", name, packet)
	}
	return path
}

// session is a command on its own terminal, which script(1) provides.
type session struct {
	t     testing.TB
	cmd   *exec.Cmd
	keys  io.WriteCloser
	mutex sync.Mutex
	shown bytes.Buffer
	grown chan bool
}

func (s *session) Write(p []byte) (int, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.shown.Write(p)
	select {
	case s.grown <- true:
	default:
	}
	return len(p), nil
}

func (s *session) screen() string {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.shown.String()
}

// onTerminal starts the tool with these arguments, and a redirection or "", as
// a shell does.
func (w *world) onTerminal(env []string, redirect string, args ...string) *session {
	w.t.Helper()
	script := program(w.t, "script", "bsdutils")
	line := "exec"
	for _, word := range w.command(args...).Args {
		line += " '" + word + "'"
	}
	cmd := exec.Command(script, "-qefc", line+redirect, os.DevNull)
	s := &session{t: w.t, cmd: cmd, grown: make(chan bool, 1)}
	s.cmd.Env = append(environment(env...), "SHELL=/bin/sh")
	s.cmd.Stdout, s.cmd.Stderr = s, s
	var err error
	if s.keys, err = s.cmd.StdinPipe(); err != nil {
		w.t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { s.cmd.Process.Kill() })
	return s
}

// until waits for text on the terminal.
func (s *session) until(text string) {
	s.t.Helper()
	deadline := time.After(long)
	for !strings.Contains(s.screen(), text) {
		select {
		case <-s.grown:
		case <-deadline:
			s.t.Fatalf("%q does not come; there is %q", text, s.screen())
		}
	}
}

// status waits for a process, which must end soon, and returns its exit status.
func status(t testing.TB, cmd *exec.Cmd) int {
	t.Helper()
	hung := time.AfterFunc(long, func() { cmd.Process.Kill() })
	err := cmd.Wait()
	if !hung.Stop() {
		t.Fatal("it does not end")
	}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if ws := cmd.ProcessState.Sys().(syscall.WaitStatus); ws.Signaled() {
		return 128 + int(ws.Signal()) // as a shell reports it
	}
	return cmd.ProcessState.ExitCode()
}
