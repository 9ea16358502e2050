// SPDX-License-Identifier: 0BSD

package main

import (
	"bytes"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestMain runs the tests. In a process that a test has started it is the tool
// itself, or a program that panics.
func TestMain(m *testing.M) {
	switch child := os.Getenv("FIVESTEP_CHILD"); child {
	case "":
		os.Exit(m.Run())
	case "tool":
		main()
	default:
		panics[child](os.Getenv("FIVESTEP_KEY"))
		select {} // until another goroutine has died of it
	}
}

// realWorld is a world by the real clock, which the tool as a process goes by.
func realWorld(t testing.TB) *world {
	t.Helper()
	w := newWorld(t)
	w.SetClock(time.Now())
	w.tool.now = time.Now
	return w
}

// environment is that of the process: of this one without what would tell it of proxies
// and keys.
func environment(more ...string) []string {
	own := slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.Contains(strings.ToLower(v), "proxy") })
	return slices.Concat(own, []string{"FIVESTEP_CHILD=tool", "TZ=Asia/Seoul", "GOOGLE_APPLICATION_CREDENTIALS=", "TERM=xterm", "GORACE=atexit_sleep_ms=0"}, more)
}

// command is the tool as a command to start: this test binary.
func (w *world) command(args ...string) *exec.Cmd {
	w.t.Helper()
	self, err := os.Executable()
	if err != nil {
		w.t.Fatal(err)
	}
	cmd := exec.Command(self, w.real(args)...)
	cmd.Env = environment()
	return cmd
}

// child runs the tool, or one of panics.
func (w *world) child(what, stdin string, env []string, args ...string) (stdout, stderr string, status int) {
	w.t.Helper()
	cmd := w.command(args...)
	cmd.Env = environment(append(env, "FIVESTEP_CHILD="+what)...)
	var out, errs bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &out, &errs
	if err := cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	hung := time.AfterFunc(time.Minute, func() { cmd.Process.Kill() })
	defer hung.Stop()
	cmd.Wait() // its status says how it ended
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}
