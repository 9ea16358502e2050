// SPDX-License-Identifier: 0BSD

package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestSyncFileIsNoFile checks that -sync doesn't open what may never answer,
// and doesn't read what may never end.
func TestSyncFileIsNoFile(t *testing.T) {
	w := newWorld(t)
	fifo := filepath.Join(w.dir, "fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	large := filepath.Join(w.dir, "large")
	if err := os.WriteFile(large, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(large, 1<<40); err != nil { // without a block on the disk
		t.Skip("not run: no sparse files here")
	}
	link := filepath.Join(w.dir, "link-to-fifo")
	if err := os.Symlink(fifo, link); err != nil {
		t.Fatal(err)
	}
	before := len(w.Requests())
	for path, want := range map[string]string{
		fifo:        "fifo is not a regular file",
		link:        "fifo is not a regular file",
		"/dev/zero": "/dev/zero is not a regular file",
		os.DevNull:  "/dev/null is not a regular file",
		w.dir:       " is not a regular file",
		large:       "large is not a file that -sync has written",
	} {
		_, stderr, status := w.events("-sync", path, you)
		if status != exitFailed || !strings.Contains(stderr, want) {
			t.Errorf("%s: %d %s", path, status, stderr)
		}
	}
	if len(w.Requests()) != before {
		t.Error("Google was asked before the file was read")
	}
	_, stderr, status := w.events("-sync", "", you)
	if status != exitUsage || !strings.Contains(stderr, "-sync is empty") {
		t.Errorf("%d %s", status, stderr)
	}
}

// TestSyncThroughLinks checks that the state is written where a link leads, and
// that the link stays.
func TestSyncThroughLinks(t *testing.T) {
	w := newWorld(t)
	in := func(names ...string) string { return filepath.Join(append([]string{w.dir}, names...)...) }
	for _, dir := range []string{in("a"), in("a", "b"), in("c")} {
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	links := map[string]string{ // to nothing yet
		in("to-file"):     in("a", "file"),
		in("to-relative"): "a/relative",
		in("to-link"):     "to-file-2",
		in("to-file-2"):   "a/file-2",
		in("folder"):      "a/b",
		in("c", "up"):     "../folder/../up", // folder/.. is a
	}
	for link, target := range links {
		if err := os.Symlink(target, link); err != nil {
			t.Fatal(err)
		}
	}
	for link, target := range map[string]string{
		in("to-file"):     in("a", "file"),
		in("to-relative"): in("a", "relative"),
		in("to-link"):     in("a", "file-2"),
		in("c", "up"):     in("a", "up"),
	} {
		for run, want := range []int{6, 0} {
			stdout, stderr, status := w.events("-json", "-sync", link, you)
			if status != 0 || stderr != "" || strings.Count(stdout, "\n") != want {
				t.Errorf("%s, run %d: %d %s", link, run, status, stderr)
			}
		}
		if info, err := os.Lstat(target); err != nil || !info.Mode().IsRegular() {
			t.Errorf("%s: %v", target, err)
		}
		if to, err := os.Readlink(link); err != nil || to != links[link] {
			t.Errorf("%s leads to %s, %v", link, to, err)
		}
	}
	if err := os.Symlink("loop", in("loop")); err != nil {
		t.Fatal(err)
	}
	_, stderr, status := w.events("-sync", in("loop"), you)
	if status != exitFailed || !strings.Contains(stderr, "too many symbolic links") {
		t.Errorf("%d %s", status, stderr)
	}
}

// TestSyncWithoutOutput checks that the state doesn't move if nobody can have
// seen the events.
func TestSyncWithoutOutput(t *testing.T) {
	w := realWorld(t)
	state := filepath.Join(w.dir, "state")
	tool := w.command("events", "-key", "KEY", "-api", "API", "-sync", state, you)
	run := func(redirect string) (stderr string, code int) {
		var errs bytes.Buffer
		script := `exec "$0" "$@" ` + redirect
		cmd := exec.Command("/bin/sh", append([]string{"-c", script}, tool.Args...)...)
		cmd.Env, cmd.Stderr = tool.Env, &errs
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		code = status(t, cmd)
		return errs.String(), code
	}
	written := func() bool { _, err := os.Stat(state); return err == nil }
	for redirect, want := range map[string]string{
		">&-":          "step 5: standard output is closed\n",
		">/dev/full":   "no space left on device",
		"1</dev/null":  "step 5: standard output is closed\n",
		"1<>/dev/null": "step 5: standard output is closed\n", // the same to a program
	} {
		if _, err := os.Stat("/dev/full"); err != nil && strings.Contains(redirect, "full") {
			continue
		}
		stderr, code := run(redirect)
		if code != exitFailed || !strings.Contains(stderr, want) || written() {
			t.Errorf("%s: %d %s, written: %v", redirect, code, stderr, written())
		}
	}
	if stderr, code := run(">/dev/null"); code != exitDone || stderr != "" || !written() {
		t.Errorf("%d %s, written: %v", code, stderr, written())
	}
	os.Remove(state)
	if stderr, code := run(">'" + w.dir + "/out'"); code != exitDone || stderr != "" || !written() {
		t.Errorf("%d %s, written: %v", code, stderr, written())
	}
}
