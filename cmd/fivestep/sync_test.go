// SPDX-License-Identifier: 0BSD

package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func (w *world) sync() (stdout, stderr string, status int) {
	w.t.Helper()
	return w.run("", "events", "-key", "KEY", "-api", "API", "-json", "-sync", "DIR/state.json", you)
}

func TestSync(t *testing.T) {
	w := newWorld(t)
	first, stderr, status := w.sync()
	if status != 0 || stderr != "" || strings.Count(first, "\n") != 6 {
		t.Fatalf("first run: %d %s%s", status, stderr, first)
	}
	path := filepath.Join(w.dir, "state.json")
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	if again, stderr, status := w.sync(); status != 0 || again != "" || stderr != "" {
		t.Errorf("nothing changed: %d %s%s", status, stderr, again)
	}

	w.Advance(1e9)
	if err := w.AddEvent(you, `{"id":"new","summary":"New","start":{"date":"2023-12-01"},"end":{"date":"2023-12-02"}}`); err != nil {
		t.Fatal(err)
	}
	if err := w.DeleteEvent(you, "call"); err != nil {
		t.Fatal(err)
	}
	changes, _, status := w.sync()
	if status != 0 || strings.Count(changes, "\n") != 2 || !strings.Contains(changes, `"id":"new"`) || !strings.Contains(changes, `"status":"cancelled"`) {
		t.Errorf("changes: %d %s", status, changes)
	}

	// Cut off in the middle: nothing is lost, the state is as it was.
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	w.AddFault(fault(t, "events:500"))
	if stdout, _, status := w.sync(); status != exitTemporary || stdout != "" {
		t.Errorf("%d %s", status, stdout)
	}
	w.ClearFaults()
	if after, err := os.ReadFile(path); err != nil || string(after) != string(before) {
		t.Errorf("the state changed after a failure: %s, %v", after, err)
	}

	// A token that Google has forgotten: everything anew, and it is said.
	w.AddFault(fault(t, "events:410*1"))
	all, stderr, status := w.sync()
	if status != 0 || strings.Count(all, "\n") != 6 || !strings.Contains(stderr, "here are all events, so forget what you stored before") {
		t.Errorf("410: %d %s%s", status, stderr, all)
	}
}

// Output that cannot be written leaves the state as it was.
func TestSyncAfterBrokenOutput(t *testing.T) {
	w := newWorld(t)
	tool := w.tool
	tool.stdin, tool.stdout, tool.stderr = strings.NewReader(""), broken{}, new(strings.Builder)
	status := tool.run(context.Background(), []string{"events", "-key", w.key(), "-api", w.url + "/calendar/v3", "-sync", filepath.Join(w.dir, "state.json"), you})
	if _, err := os.Stat(filepath.Join(w.dir, "state.json")); status != exitFailed || !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%d, %v", status, err)
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestSyncFileOfSomethingElse(t *testing.T) {
	w := newWorld(t)
	path := filepath.Join(w.dir, "state.json")
	for text, want := range map[string]string{
		"hello\n": "is not a file that -sync has written",
		`{"api":"` + w.url + `/calendar/v3","calendar":"other@example.com","account":"` + w.account.Email + `","syncToken":"x"}`:                          "belongs to another calendar, account, user, zone or API: to other@example.com",
		`{"api":"` + w.url + `/calendar/v3","calendar":"you@gmail.com","account":"other@example.com","syncToken":"x"}`:                                    `account "other@example.com"`,
		`{"api":"` + w.url + `/calendar/v3","calendar":"you@gmail.com","account":"` + w.account.Email + `","subject":"boss@example.com","syncToken":"x"}`: `user "boss@example.com"`,
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, stderr, status := w.sync(); status != exitFailed || !strings.Contains(stderr, want) {
			t.Errorf("%d %s", status, stderr)
		}
		if after, err := os.ReadFile(path); err != nil || string(after) != text {
			t.Errorf("the file was changed: %s, %v", after, err)
		}
	}
	if _, stderr, status := w.run("", "events", "-key", "KEY", "-api", "API", "-sync", "DIR/none/state.json", you); status != exitFailed || !strings.Contains(stderr, "no such file or directory") {
		t.Errorf("a folder that is not there: %d %s", status, stderr)
	}
	if err := (syncState{}).write(filepath.Join(w.dir, "none", "state.json")); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}
