// SPDX-License-Identifier: 0BSD

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.com/fivestep/jwt"
)

// TestErrors shows what a person sees after each kind of failure. Each has its
// own why and hint, with the values of the user's own key file.
func TestErrors(t *testing.T) {
	const (
		keyFile    = `{"type":"service_account","private_key":"SECRET"}`
		misspelled = "https://www.googleapis.com/auth/calendar.event.readonly"
	)
	events := []string{"events", "-key", "KEY", "-api", "API", you}
	for _, test := range []struct {
		name  string
		setup func(w *world)
		stdin string
		args  []string
	}{
		{"no command", nil, "", nil},
		{"unknown command", nil, "", []string{"evnts"}},
		{"unknown flag", nil, "", []string{"events", "-form", "today", you}},
		{"no calendar", nil, "", []string{"events", "-key", "KEY"}},
		{"bad day", nil, "", []string{"events", "-key", "KEY", "-from", "tomorow", you}},
		{"bad zone", nil, "", []string{"events", "-key", "KEY", "-tz", "Asia/Soul", you}},
		{"no key file", nil, "", []string{"jwt"}},
		{"key file not there", nil, "", []string{"key", "DIR/nothing.json"}},
		{"OAuth client file", func(w *world) { w.writeKey(`{"installed":{}}`) }, "", []string{"key", "KEY"}},
		{"literal \\n", func(w *world) {
			w.writeKey(strings.ReplaceAll(string(w.account.KeyFile(w.url+"/token")), `\n`, `\\n`))
		}, "", events},
		{"readable by others", func(w *world) {
			os.Chmod(w.key(), 0o644)
		}, "", []string{"jwt", "-key", "KEY", "-scope", "a,b"}},
		{"misspelt scope", nil, "", append([]string{"-scope", misspelled}, events[1:]...)},
		{"clock ten minutes ahead", func(w *world) { w.Advance(-10 * time.Minute) }, "", events},
		// This is no error: the assertion has 50 minutes left.
		{"clock ten minutes behind", func(w *world) { w.Advance(10 * time.Minute) }, "", events},
		{"clock two hours behind", func(w *world) { w.Advance(2 * time.Hour) }, "", events},
		{"key revoked", func(w *world) { w.RevokeKey(w.account.Email, w.account.KeyID) }, "", events},
		{"account deleted", func(w *world) { w.DeleteAccount(w.account.Email) }, "", events},
		{"wrong aud", func(w *world) {
			w.writeKey(string(w.account.KeyFile(w.url + "/token?x")))
		}, "", events},
		{"sub without delegation", func(w *world) {
			w.AddUser("boss@example.com")
		}, "", append([]string{"-sub", "boss@example.com"}, events[1:]...)},
		{"Gmail sub", func(w *world) {
			w.Delegate(w.account.ClientID, jwt.DefaultScope)
		}, "", append([]string{"-sub", "boss@gmail.com"}, events[1:]...)},
		{"not shared", func(w *world) { w.Share(you, w.account.Email, "") }, "", events},
		{"an id that does not print", nil, "", []string{"events", "-key", "KEY",
			"-api", "API", "you\x1b[2J\u202e@gmail.com"}},
		{"API not enabled", func(w *world) { w.SetAPIEnabled("fivestep-lesson", false) }, "", events},
		{"scope too small", nil, "", append([]string{"-scope", calendarListScope}, events[1:]...)},
		{"scope too small for the list", nil, "", []string{"calendars", "-key", "KEY",
			"-api", "API", "-scope", jwt.DefaultScope}},
		{"primary", nil, "", []string{"events", "-key", "KEY", "-api", "API", "primary"}},
		{"empty range", nil, "", append([]string{"-to", "-1d"}, events[1:]...)},
		{"no time at all", nil, "", append([]string{"-from", "now", "-to", "now"}, events[1:]...)},
		{"token refused", nil, "ya29.c.wrong", []string{"events", "-api", "API", you}},
		{"token as JSON", nil, `{"access_token":"ya29.c.x"}`, []string{"events", "-api", "API", you}},
		{"empty pipe to events", nil, "", []string{"events", "-api", "API", you}},
		{"empty pipe to token", nil, "", []string{"token"}},
		{"empty pipe to decode", nil, "", []string{"jwt", "-decode"}},
		{"not an assertion", nil, "aGVsbG8", []string{"token"}},
		{"assertion without aud", nil, "e30.e30.AA", []string{"token"}},
		{"server down", func(w *world) { w.AddFault(fault(w.t, "token:503")) }, "", events},
		{"rate limit", func(w *world) { w.AddFault(fault(w.t, "events:429")) }, "", events},
		{"no network", nil, "", []string{"events", "-key", "KEY",
			"-api", "http://127.0.0.1:1/calendar/v3", you}},
		{"key text for a path", func(w *world) {
			w.env[keyVariable] = string(w.account.KeyFile(""))
		}, "", []string{"key"}},
		{"token for a calendar", nil, "", []string{"events", "-key", "KEY", "ya29.c.SECRET"}},
		{"assertion for a token", nil, "eyJh.eyJp.c2ln", []string{"events", "-api", "API", you}},
		{"token for an assertion", nil, "ya29.c.SECRET", []string{"token"}},
		{"token to decode", nil, "ya29.c.SECRET", []string{"jwt", "-decode"}},
		{"key file for an assertion", nil, keyFile, []string{"token"}},
		{"key file for a token", nil, keyFile, []string{"events", "-api", "API", you}},
		{"sub with a piped token", nil, "ya29.c.x",
			[]string{"events", "-api", "API", "-sub", "boss@example.com", "primary"}},
		{"scope with a piped assertion", nil, "eyJh.eyJp.c2ln", []string{"token", "-scope", "x"}},
		{"wrong API", nil, "", []string{"events", "-key", "KEY", "-api", "127.0.0.1:8085", you}},
		{"API without its path", nil, "", []string{"events", "-key", "KEY", "-api", "HOST", you}},
		{"API of the fake forgotten", nil, "", []string{"events", "-key", "KEY", you}},
		{"a file that is no key", func(w *world) {
			w.writeKey("# Notes\n")
			os.Chmod(w.key(), 0o644)
		}, "", []string{"key", "KEY"}},
		{"negative timeout", nil, "", []string{"token", "-key", "KEY", "-timeout", "-3s"}},
		{"quota used up", func(w *world) { w.AddFault(fault(w.t, "events:quotaExceeded")) }, "", events},
		{"-sync with -q", nil, "",
			[]string{"events", "-key", "KEY", "-sync", "DIR/state", "-q", "x", you}},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			if test.setup != nil {
				test.setup(w)
			}
			args := test.args
			if len(args) > 0 && strings.HasPrefix(args[0], "-") {
				args = append([]string{"events"}, args...)
			}
			name := strings.NewReplacer(" ", "-", `\`, "").Replace(test.name)
			golden(t, "errors/"+name+".txt", w.transcript(test.stdin, args...))
		})
	}
}

// TestErrorsNameTheUsersValues checks that the hints for common failures have
// the values of the user's own key file and arguments, so that you can follow
// them as they are.
func TestErrorsNameTheUsersValues(t *testing.T) {
	w := newWorld(t)
	var key map[string]string
	if err := json.Unmarshal(w.account.KeyFile("http://127.0.0.1:8085/token"), &key); err != nil {
		t.Fatal(err)
	}
	const clock = "why: This machine's clock is "
	for name, hints := range map[string][]string{
		"clock-ten-minutes-ahead": {key["token_uri"], clock + "10m0s ahead of the server's."},
		"clock-two-hours-behind":  {key["token_uri"], clock + "2h0m0s behind the server's."},
		"not-shared":              {key["client_email"], "share " + you + " with"},
		"API-not-enabled":         {"--project=" + key["project_id"]},
		"scope-too-small":         {key["client_email"] + " asked for: " + calendarListScope},
		"primary":                 {key["client_email"]},
		"Gmail-sub":               {key["client_email"], "-sub is boss@gmail.com"},
		"sub-without-delegation":  {key["client_id"], jwt.DefaultScope},
		"misspelt-scope": {key["client_email"] +
			" asked for: https://www.googleapis.com/auth/calendar.event.readonly"},
		"key-revoked": {
			key["private_key_id"],
			"--iam-account=" + key["client_email"],
			"--project=" + key["project_id"],
		},
		"account-deleted": {key["client_email"], "--project=" + key["project_id"]},
	} {
		text, err := os.ReadFile("testdata/errors/" + name + ".txt")
		if err != nil {
			t.Fatal(err)
		}
		// The server's text, before that, is no advice.
		_, advice, _ := strings.Cut(string(text), "\n! why: ")
		advice = "why: " + advice
		if !strings.Contains(advice, "\n! hint: ") {
			t.Errorf("%s has no hint", name)
		}
		for _, want := range hints {
			if want == "" || !strings.Contains(advice, want) {
				t.Errorf("%s does not tell %q", name, want)
			}
		}
	}
	// Without a key file there are no such values, and none is made up.
	token, _, _ := w.run("", "token", "-key", "KEY")
	_, stderr, status := w.run(token, "events", "-api", "API", "primary")
	named := strings.Contains(stderr, "@")
	if status != 0 || !strings.Contains(stderr, "shared with the account;") || named {
		t.Errorf("%d %s", status, stderr)
	}
}

// TestClockBehindRefused checks that the tool measures this machine's clock by
// the Date of the answer, whatever reason the server gives.
func TestClockBehindRefused(t *testing.T) {
	w := newWorld(t)
	refuse := func(answer http.ResponseWriter, _ *http.Request) {
		answer.Header().Set("Date", epoch.Add(10*time.Minute).UTC().Format(http.TimeFormat))
		answer.WriteHeader(http.StatusBadRequest)
		io.WriteString(answer, `{"error":"invalid_grant","error_description":"Invalid JWT: `+
			`Token must be a short-lived token (60 minutes) and in a reasonable timeframe."}`)
	}
	strict := httptest.NewServer(http.HandlerFunc(refuse))
	defer strict.Close()
	w.writeKey(string(w.account.KeyFile(strict.URL + "/token")))
	_, stderr, status := w.run("", "token", "-key", "KEY")
	if status != exitFailed {
		t.Errorf("exit %d", status)
	}
	for _, want := range []string{
		"\nwhy: This machine's clock is 10m0s behind the server's.\nhint: Set this machine's clock",
		"curl -sI " + strict.URL + "/token",
	} {
		if !strings.Contains(stderr, want) {
			t.Errorf("%q is not in\n%s", want, stderr)
		}
	}
}

// TestClockIsWrong checks that a wrong clock is told before it's so wrong that
// assertions are refused.
func TestClockIsWrong(t *testing.T) {
	for ahead, want := range map[time.Duration]string{
		time.Minute: "", -time.Minute: "",
		4 * time.Minute:  "fivestep: warning: this machine's clock is 4m0s behind the token endpoint's: set it, ",
		-4 * time.Minute: "fivestep: warning: this machine's clock is 4m0s ahead of the token endpoint's: set it, ",
	} {
		w := newWorld(t)
		w.Advance(ahead)
		for _, args := range [][]string{{"token", "-key", "KEY"}, {"events", "-key", "KEY", "-api", "API", you}} {
			_, stderr, status := w.run("", args...)
			if status != exitDone || !strings.HasPrefix(stderr, want) || (want == "") != (stderr == "") {
				t.Errorf("%v: %d %q", ahead, status, stderr)
			}
		}
	}
}

func TestFlagsFirst(t *testing.T) {
	_, stderr, status := newWorld(t).run("", "-key", "KEY", "events", you)
	const want = "fivestep: no command \"-key\": " +
		"flags come after the command (see fivestep -h)\n"
	if status != exitUsage || stderr != want {
		t.Errorf("%d %s", status, stderr)
	}
}

// TestLongWord checks that a long word in a wrong place is cut between two
// characters.
func TestLongWord(t *testing.T) {
	for word, want := range map[string]string{
		strings.Repeat("x", 41): strings.Repeat("x", 29) + "... is",
		strings.Repeat("가", 41): strings.Repeat("가", 29) + "... is",
		strings.Repeat("가", 30): strings.Repeat("가", 30) + `" is`,
	} {
		_, stderr, status := newWorld(t).run("", "events", "-key", "KEY", "-from", word, you)
		if status != exitUsage || !strings.Contains(stderr, ` "`+want) {
			t.Errorf("%s: %d %s", word, status, stderr)
		}
	}
}

// TestInterrupt checks that Ctrl-C exits with 130 and no error, whatever the
// tool waits for.
func TestInterrupt(t *testing.T) {
	w := newWorld(t)
	w.AddFault(fault(t, "token:delay=1h"))
	for name, stdin := range map[string]io.Reader{
		"the server":     strings.NewReader(""),
		"standard input": neverRead{},
	} {
		ctx, cancel := context.WithCancel(context.Background())
		time.AfterFunc(50*time.Millisecond, cancel)
		var stdout, stderr bytes.Buffer
		tool := w.tool
		tool.stdin, tool.stdout, tool.stderr = stdin, &stdout, &stderr
		args := []string{"token"}
		if name == "the server" {
			args = append(args, "-key", w.key())
		}
		if status := tool.run(ctx, args); status != exitInterrupt || stdout.Len()+stderr.Len() > 0 {
			t.Errorf("waiting for %s: %d %s%s", name, status, &stdout, &stderr)
		}
	}
}

// neverRead is a pipe whose other end is still running.
type neverRead struct{}

func (neverRead) Read([]byte) (int, error) { select {} }

// TestTimeoutWhileReadingTheKey checks that even reading the key file can end
// early.
func TestTimeoutWhileReadingTheKey(t *testing.T) {
	w := newWorld(t)
	fifo := filepath.Join(w.dir, "fifo")
	if err := exec.Command("mkfifo", fifo).Run(); err != nil {
		t.Skip("not run: no mkfifo on this machine")
	}
	_, stderr, status := w.run("", "token", "-key", fifo, "-timeout", "50ms")
	const want = "fivestep: step 1: context deadline exceeded"
	if status != exitTemporary || !strings.HasPrefix(stderr, want) {
		t.Errorf("%d %s", status, stderr)
	}
}

// TestServerAsksForTooMuchTime checks that the tool doesn't wait if a server
// asks for more time than there is, and reports what the server said.
func TestServerAsksForTooMuchTime(t *testing.T) {
	w := newWorld(t)
	w.AddFault(fault(t, "token:503,retry-after=40"))
	_, stderr, status := w.run("", "events", "-key", "KEY", "-api", "API", "-timeout", "10s", you)
	if status != exitTemporary || !strings.HasPrefix(stderr, "fivestep: step 4: 503 ") {
		t.Errorf("%d %s", status, stderr)
	}
}

// TestTimeout checks that it's worth trying again after the time of -timeout is
// over.
func TestTimeout(t *testing.T) {
	w := newWorld(t)
	w.AddFault(fault(t, "events:delay=1h"))
	token, _, _ := w.run("", "token", "-key", "KEY") // before, as it may take its time
	_, stderr, status := w.run(token, "events", "-api", "API", "-timeout", "100ms", you)
	if status != exitTemporary || !strings.HasPrefix(stderr, "fivestep: step 5: ") {
		t.Errorf("%d %s", status, stderr)
	}
}

// TestReadOnlyHome checks that nothing is written except where the user says.
func TestReadOnlyHome(t *testing.T) {
	w := newWorld(t)
	t.Setenv("HOME", filepath.Join(w.dir, "no-such-home"))
	if _, stderr, status := w.events(you); status != 0 {
		t.Errorf("%d %s", status, stderr)
	}
	entries, err := os.ReadDir(w.dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("%v, %v", entries, err)
	}
}
