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
	return w.events("-json", "-sync", "DIR/state.json", you)
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
	const event = `{"id":"new","summary":"New",` +
		`"start":{"date":"2023-12-01"},"end":{"date":"2023-12-02"}}`
	if err := w.AddEvent(you, event); err != nil {
		t.Fatal(err)
	}
	if err := w.DeleteEvent(you, "call"); err != nil {
		t.Fatal(err)
	}
	changes, _, status := w.sync()
	added := strings.Contains(changes, `"id":"new"`)
	deleted := strings.Contains(changes, `"status":"cancelled"`)
	if status != 0 || strings.Count(changes, "\n") != 2 || !added || !deleted {
		t.Errorf("changes: %d %s", status, changes)
	}

	// After a failure nothing is lost: the state is unchanged.
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

	// Google has forgotten the token: everything is printed again, with a
	// remark.
	w.AddFault(fault(t, "events:410*1"))
	all, stderr, status := w.sync()
	const remark = "here are all events, so forget what you stored before"
	if status != 0 || strings.Count(all, "\n") != 6 || !strings.Contains(stderr, remark) {
		t.Errorf("410: %d %s%s", status, stderr, all)
	}
}

// TestSyncAfterBrokenOutput checks that the state is unchanged if the output
// can't be written.
func TestSyncAfterBrokenOutput(t *testing.T) {
	w := newWorld(t)
	tool := w.tool
	tool.stdin, tool.stdout, tool.stderr = strings.NewReader(""), broken{}, new(strings.Builder)
	args := []string{"events", "-key", "KEY", "-api", "API", "-sync", "DIR/state.json", you}
	status := tool.run(context.Background(), w.real(args))
	_, err := os.Stat(filepath.Join(w.dir, "state.json"))
	if status != exitFailed || !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%d, %v", status, err)
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestSyncFileOfSomethingElse(t *testing.T) {
	w := newWorld(t)
	path := filepath.Join(w.dir, "state.json")
	api, account := `{"api":"`+w.url+`/calendar/v3",`, `"account":"`+w.account.Email+`",`
	for text, want := range map[string]string{
		"hello\n": "is not a file that -sync has written",
		api + `"calendar":"other@example.com",` + account + `"syncToken":"x"}`: "belongs to " +
			"another calendar, account, user, zone, type or API: to other@example.com",
		api + `"calendar":"you@gmail.com","account":"other@example.com","syncToken":"x"}`: "" +
			`account "other@example.com"`,
		api + `"calendar":"you@gmail.com",` + account + `"subject":"boss@example.com",` +
			`"syncToken":"x"}`: `user "boss@example.com"`,
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
	_, stderr, status := w.events("-sync", "DIR/none/state.json", you)
	if status != exitFailed || !strings.Contains(stderr, "no such file or directory") {
		t.Errorf("a folder that does not exist: %d %s", status, stderr)
	}
	err := (syncState{}).write(filepath.Join(w.dir, "none", "state.json"))
	if !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}
