// SPDX-License-Identifier: 0BSD

package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
)

// TestKeyFileForOthers checks that each command that reads a key file warns,
// once, if others can read it, and only then.
func TestKeyFileForOthers(t *testing.T) {
	w := newWorld(t)
	w.AddToList(you, w.account.Email)
	const warning = "fivestep: warning: others can read %s (mode %04o); run chmod 600 %[1]s\n"
	modes := []os.FileMode{
		0o600, 0o400, 0o700, 0o640, 0o604, 0o620, 0o644, 0o666, 0o610,
	}
	for _, args := range [][]string{
		{"key", "KEY"},
		{"key", "-key", "KEY"},
		{"jwt", "-key", "KEY"},
		{"token", "-key", "KEY"},
		{"events", "-key", "KEY", "-api", "API", you},
		{"calendars", "-key", "KEY", "-api", "API"},
	} {
		for _, mode := range modes {
			if err := os.Chmod(w.key(), mode); err != nil {
				t.Fatal(err)
			}
			want := ""
			if mode&0o077 != 0 {
				want = fmt.Sprintf(warning, w.key(), mode)
			}
			if _, stderr, status := w.run("", args...); status != exitDone || stderr != want {
				t.Errorf("%v, mode %04o: exit %d: %q", args, mode, status, stderr)
			}
			w.env[keyVariable] = w.key()
			if args[0] == "token" {
				if _, stderr, status := w.run("", "token"); status != exitDone || stderr != want {
					t.Errorf("from the environment, mode %04o: exit %d: %q", mode, status, stderr)
				}
			}
		}
	}
	// A damaged key file counts, too; a file without a key doesn't.
	w.writeKey("notes")
	os.Chmod(w.key(), 0o644)
	if _, stderr, _ := w.run("", "key", "KEY"); strings.Contains(stderr, "warning") {
		t.Errorf("%q", stderr)
	}
	whole := string(w.account.KeyFile(w.url + "/token"))
	w.writeKey(whole[:len(whole)-9])
	os.Chmod(w.key(), 0o644)
	_, stderr, _ := w.run("", "key", "KEY")
	if !strings.HasPrefix(stderr, "fivestep: warning: ") || !strings.Contains(stderr, "step 1") {
		t.Errorf("%q", stderr)
	}
}

// TestMountedSecret checks that nothing is said about the mode of a file that
// Kubernetes mounts, and that a link of another kind doesn't hide the mode.
func TestMountedSecret(t *testing.T) {
	if runtime.GOOS == "windows" || runtime.GOOS == "plan9" {
		return // no modes, or no links
	}
	w := newWorld(t)
	for folder, want := range map[string]int{"..2026_11_25_18_05_41.123456789": 0, "2026": 1} {
		key, err := os.ReadFile(w.key())
		if err != nil {
			t.Fatal(err)
		}
		mount := t.TempDir()
		inside := filepath.Join(mount, folder, "key.json")
		for _, err := range []error{
			os.Mkdir(filepath.Dir(inside), 0o755),
			os.WriteFile(inside, key, 0o600),
			os.Chmod(inside, 0o644),
			os.Symlink(folder, filepath.Join(mount, "..data")),
			os.Symlink(filepath.Join("..data", "key.json"), filepath.Join(mount, "key.json")),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
		_, stderr, status := w.run("", "key", filepath.Join(mount, "key.json"))
		if status != exitDone || strings.Count(stderr, "others can read") != want {
			t.Errorf("%s: %d %q", folder, status, stderr)
		}
	}
}

// TestPath checks what is said about a path that can't be read, and that it
// came from the environment.
func TestPath(t *testing.T) {
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"DIR":               "Docker makes one",
		"KEY\r":             `key.json\\r".*carriage return`,
		"KEY\n":             `key.json\\n".*line break`,
		" KEY":              `" .*key.json".*with a space`,
		`"KEY"`:             `"\\".*key.json\\"".*quotes are part of the path`,
		"'KEY'":             "quotes are part of the path",
		"~/key.json":        "Only a shell",
		"$HOME/key.json":    "Nothing replaced the variable",
		"${HOME}/key.json":  "Nothing replaced the variable",
		"file:///key.json":  "It's a URL",
		"gs://b/key.json":   "It's a URL",
		"nokey.json":        "relative to the current folder, " + regexp.QuoteMeta(here),
		"DIR/nothing":       "No file can be read",
		`C:\Users\key.json`: "a path of Windows",
	} {
		if runtime.GOOS == "windows" && strings.Contains(path, `\`) {
			continue
		}
		w := newWorld(t)
		w.env[keyVariable] = w.real([]string{path})[0]
		for _, args := range [][]string{{"key"}, {"key", "-key", path}, {"token", "-key", path}} {
			_, stderr, status := w.run("", args...)
			if status != exitFailed || !regexp.MustCompile("(?s)"+want).MatchString(stderr) {
				t.Errorf("%q: %d, want %q\n%s", path, status, want, stderr)
			}
			if named := strings.Contains(stderr, keyVariable); named != (len(args) == 1) {
				t.Errorf("%q: the variable is named: %v\n%s", path, named, stderr)
			}
		}
	}
}

// TestKeyInVariable checks that a key in the variable that should hold its path
// is answered with the command that pipes it in.
func TestKeyInVariable(t *testing.T) {
	good := goodKeyFile(t)
	for text, want := range map[string]string{
		good:                 "printenv GOOGLE_APPLICATION_CREDENTIALS | fivestep jwt -key -",
		`{"type":"x"}`:       "printenv GOOGLE_APPLICATION_CREDENTIALS | fivestep jwt -key -",
		encode(good) + "===": "printenv GOOGLE_APPLICATION_CREDENTIALS | base64 -d | fivestep jwt -key -",
	} {
		w := newWorld(t)
		w.env[keyVariable] = text
		_, stderr, status := w.run("", "jwt")
		if status != exitUsage || !strings.Contains(stderr, want) {
			t.Errorf("%d %s", status, stderr)
		}
		checkNoSecret(t, "variable", stderr)
	}
}

// TestKeyFromPipe checks that every command that takes -key takes -key -.
func TestKeyFromPipe(t *testing.T) {
	w := newWorld(t)
	w.AddToList(you, w.account.Email)
	good, err := os.ReadFile(w.key())
	if err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"key", "-key", "KEY"},
		{"key", "KEY"},
		{"jwt", "-key", "KEY"},
		{"token", "-key", "KEY"},
		{"events", "-key", "KEY", "-api", "API", you},
		{"calendars", "-key", "KEY", "-api", "API"},
	} {
		want, _, _ := w.run("", args...)
		piped := strings.Split(strings.ReplaceAll(strings.Join(args, " "), "KEY", "-"), " ")
		for _, before := range []string{"", "\ufeff"} {
			got, stderr, status := w.run(before+string(good), piped...)
			got, want = w.legible(got), w.legible(want)
			if status != exitDone || stderr != "" || got != want {
				t.Errorf("%v: %d %s%s", piped, status, stderr, got)
			}
		}
	}
	w.env[keyVariable] = w.key() // -key - comes first
	_, stderr, status := w.run("{}", "token", "-key", "-")
	if status != exitFailed || !strings.HasPrefix(stderr, "fivestep: step 1: standard input: type, ") {
		t.Errorf("%d %s", status, stderr)
	}
	_, stderr, status = w.run(strings.Repeat("x", maxInput+1), "key", "-")
	if status != exitFailed || !strings.Contains(stderr, "larger than 1 MiB") {
		t.Errorf("%d %s", status, stderr)
	}
	w.tool.stdin, err = os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	var errs bytes.Buffer
	tool := w.tool
	tool.stdout, tool.stderr = io.Discard, &errs
	if status := tool.run(context.Background(), []string{"key", "-"}); status != exitUsage {
		t.Errorf("%d %s", status, &errs)
	}
}

// TestTimeoutInStep1 checks that a timeout isn't told as a missing file.
func TestTimeoutInStep1(t *testing.T) {
	w := newWorld(t)
	tool := w.tool
	var errs bytes.Buffer
	tool.stdin, tool.stdout, tool.stderr = neverRead{}, io.Discard, &errs
	status := tool.run(context.Background(), []string{"token", "-key", "-", "-timeout", "20ms"})
	if status != exitTemporary || !strings.Contains(errs.String(), "before -timeout stopped it") {
		t.Errorf("%d %s", status, &errs)
	}
}
