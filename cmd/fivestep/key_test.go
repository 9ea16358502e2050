// SPDX-License-Identifier: 0BSD

package main

import (
	"fmt"
	"os"
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
