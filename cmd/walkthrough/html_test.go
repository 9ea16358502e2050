// SPDX-License-Identifier: 0BSD

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestHTML(t *testing.T) {
	name := filepath.Join(t.TempDir(), "lesson.html")
	var stdout, stderr strings.Builder
	got := run(context.Background(), []string{"-html", name}, &stdout, &stderr, false)
	if got != 0 || stdout.Len()+stderr.Len() > 0 {
		t.Errorf("exit %d: %s%s", got, &stdout, &stderr)
	}
	data, err := os.ReadFile(name)
	page := string(data)
	if err != nil || !strings.HasPrefix(page, "<!DOCTYPE html>") ||
		!strings.Contains(page, `id="lab-aud"`) {
		t.Errorf("%v, %.100q", err, page)
	}
	args := []string{"-html", filepath.Join(name, "nowhere")}
	got = run(context.Background(), args, &stdout, &stderr, false)
	if got != 1 || !strings.Contains(stderr.String(), "nowhere") {
		t.Errorf("exit %d: %s", got, &stderr)
	}
}

// writeLesson writes the new content in these tests.
func writeLesson(w io.Writer) error {
	_, err := io.WriteString(w, "a lesson")
	return err
}

// If the disk is full, the old file remains, and nothing else.
func TestHTMLWholeOrNotAtAll(t *testing.T) {
	full := errors.New("no space left on device")
	fill := func(w io.Writer) error {
		fmt.Fprint(w, "half of")
		return full
	}
	dir := t.TempDir()
	name := filepath.Join(dir, "lesson.html")
	if err := replaceFile(name, fill); !errors.Is(err, full) {
		t.Errorf("a new file: %v", err)
	}
	if err := os.WriteFile(name, []byte("an old lesson"), 0o640); err != nil {
		t.Fatal(err)
	}
	if err := replaceFile(name, fill); !errors.Is(err, full) {
		t.Errorf("an old file: %v", err)
	}
	checkFile(t, name, "an old lesson", 0o640)
	if err := replaceFile(name, writeLesson); err != nil {
		t.Error(err)
	}
	checkFile(t, name, "a lesson", 0o640)
	checkFolder(t, dir, "lesson.html")
}

func checkFile(t *testing.T, name, want string, mode os.FileMode) {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil || string(text) != want {
		t.Errorf("%s: %q, %v", name, text, err)
	}
	info, err := os.Lstat(name)
	if err != nil || runtime.GOOS != "windows" && info.Mode() != mode {
		t.Errorf("%s: %v, %v", name, info.Mode(), err)
	}
}

func checkFolder(t *testing.T, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	if err != nil || strings.Join(names, " ") != strings.Join(want, " ") {
		t.Errorf("the folder holds %q, %v", names, err)
	}
}

// A symbolic link is kept: the file that it names is replaced.
func TestHTMLThroughALink(t *testing.T) {
	dir := t.TempDir()
	name, link := filepath.Join(dir, "lesson.html"), filepath.Join(dir, "link.html")
	if err := os.WriteFile(name, []byte("an old lesson"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("lesson.html", link); err != nil {
		t.Skip(err)
	}
	if err := replaceFile(link, writeLesson); err != nil {
		t.Error(err)
	}
	checkFile(t, name, "a lesson", 0o600)
	if target, err := os.Readlink(link); err != nil || target != "lesson.html" {
		t.Errorf("the link leads to %q, %v", target, err)
	}
	checkFolder(t, dir, "lesson.html", "link.html")
}

// Anything but a regular file is written to directly, and isn't replaced.
func TestHTMLNotAFile(t *testing.T) {
	if err := replaceFile(t.TempDir(), writeLesson); err == nil {
		t.Error("a folder was replaced")
	}
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip(err)
	}
	if err := replaceFile("/dev/full", writeLesson); err == nil {
		t.Error("no error from a device that is always full")
	}
	if err := replaceFile("/dev/null", writeLesson); err != nil {
		t.Error(err)
	}
	info, err := os.Stat("/dev/null")
	if err != nil || info.Mode().IsRegular() {
		t.Errorf("/dev/null is %v now, %v", info.Mode(), err)
	}
}
