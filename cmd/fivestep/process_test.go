// SPDX-License-Identifier: 0BSD

package main

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestMain runs the tests, or the tool itself in a process that a test has
// started.
func TestMain(m *testing.M) {
	if os.Getenv("FIVESTEP_CHILD") == "tool" {
		main()
	}
	os.Exit(m.Run())
}

// realWorld is a world with the real clock, which the tool uses as a process.
func realWorld(t testing.TB) *world {
	t.Helper()
	w := newWorld(t)
	w.SetClock(time.Now())
	w.tool.now = time.Now
	return w
}

// environment returns this process's environment without proxies and key files.
func environment(more ...string) []string {
	own := slices.DeleteFunc(os.Environ(), func(v string) bool {
		return strings.Contains(strings.ToLower(v), "proxy")
	})
	return slices.Concat(own, []string{
		"FIVESTEP_CHILD=tool", "TZ=Asia/Seoul", keyVariable + "=", "TERM=xterm",
		"GORACE=atexit_sleep_ms=0",
	}, more)
}

// command returns the tool as a command to start: it's this test binary.
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
