// SPDX-License-Identifier: 0BSD

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A file that holds a secret is written anew under another name, readable by its owner
// alone whatever the umask says, and then takes the place of the old one: who still
// has that open, or linked, sees nothing of the new.
func secretFiles(t *testing.T, fakegoogle string) {
	w := realWorld(t)
	folder := filepath.Join(w.dir, "folder")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, write := range map[string]func(path string){
		"-sync": func(path string) {
			cmd := exec.Command("sh", append([]string{"-c", `umask 0; exec "$0" "$@"`}, w.command("events", "-key", "KEY", "-api", "API", "-sync", path, you).Args...)...)
			cmd.Env = environment()
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v: %s", err, out)
			}
		},
		"-write-key": func(path string) { start(t, 0, fakegoogle, "-addr", "127.0.0.1:0", "-write-key", path).stop(t) },
	} {
		t.Run(name, func(t *testing.T) {
			path, link := filepath.Join(folder, "file"), filepath.Join(folder, "link")
			write(path)
			first, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.Link(path, link); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(path, 0o666); err != nil {
				t.Fatal(err)
			}
			write(path)
			old, err1 := os.Stat(link)
			info, err2 := os.Stat(path)
			if err1 != nil || err2 != nil || os.SameFile(old, info) || info.Mode() != 0o600 {
				t.Errorf("%v, %v, %v, %v", old, info, err1, err2)
			}
			if linked, err := os.ReadFile(link); err != nil || string(linked) != string(first) {
				t.Errorf("the old file was changed: %v", err)
			}
			if names, err := filepath.Glob(filepath.Join(folder, "*")); err != nil || len(names) != 2 {
				t.Errorf("left in the folder: %q, %v", names, err)
			}
			if names, err := filepath.Glob(filepath.Join(folder, ".*")); err != nil || len(names) != 0 {
				t.Errorf("left in the folder: %q, %v", names, err)
			}
			os.Remove(path)
			os.Remove(link)
		})
	}
}

// Each command that reads a key file warns of one that others can read, once, and of
// no other.
func TestKeyFileForOthers(t *testing.T) {
	w := newWorld(t)
	w.AddToList(you, w.account.Email)
	for _, args := range [][]string{{"key", "KEY"}, {"key", "-key", "KEY"}, {"jwt", "-key", "KEY"}, {"token", "-key", "KEY"}, {"events", "-key", "KEY", "-api", "API", you}, {"calendars", "-key", "KEY", "-api", "API"}} {
		for _, mode := range []os.FileMode{0o600, 0o400, 0o700, 0o640, 0o604, 0o620, 0o644, 0o666, 0o610} {
			if err := os.Chmod(w.key(), mode); err != nil {
				t.Fatal(err)
			}
			want := ""
			if mode&0o077 != 0 {
				want = fmt.Sprintf("fivestep: warning: others can read %s (mode %04o); run chmod 600 %[1]s\n", w.key(), mode)
			}
			if _, stderr, status := w.run("", args...); status != exitDone || stderr != want {
				t.Errorf("%v, mode %04o: exit %d: %q", args, mode, status, stderr)
			}
			w.env["GOOGLE_APPLICATION_CREDENTIALS"] = w.key()
			if args[0] == "token" {
				if _, stderr, status := w.run("", "token"); status != exitDone || stderr != want {
					t.Errorf("from the environment, mode %04o: exit %d: %q", mode, status, stderr)
				}
			}
		}
	}
	// One that has been damaged is one, too; what holds no key is none.
	w.writeKey("notes")
	os.Chmod(w.key(), 0o644)
	if _, stderr, _ := w.run("", "key", "KEY"); strings.Contains(stderr, "warning") {
		t.Errorf("%q", stderr)
	}
	whole := string(w.account.KeyFile(w.url + "/token"))
	w.writeKey(whole[:len(whole)-9])
	os.Chmod(w.key(), 0o644)
	if _, stderr, _ := w.run("", "key", "KEY"); !strings.HasPrefix(stderr, "fivestep: warning: ") || !strings.Contains(stderr, "step 1") {
		t.Errorf("%q", stderr)
	}
}
