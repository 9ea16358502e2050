// SPDX-License-Identifier: 0BSD

package page

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"example.com/fivestep/walkthrough"
	"example.com/fivestep/walkthrough/fakegoogle"
)

// flow is a run of flow.sh with the lesson's clock.
type flow struct {
	stdout, stderr string
	err            error
	commands       string // arguments and environment of everything that it started
}

// flowCommands are the commands that flow.sh may start. In the test, each is a
// script that records what others on the machine could see, and then starts the
// real one. The clock is the lesson's. Google's token endpoint is the test's.
var flowCommands = []string{"curl", "date", "grep", "head", "od", "openssl", "sed", "tr"}

func runFlow(t *testing.T, google http.Handler, keyFile []byte) flow {
	t.Helper()
	needs(t, append([]string{"bash", "env"}, flowCommands...)...)
	server := httptest.NewServer(google)
	defer server.Close()
	folder, record := t.TempDir(), filepath.Join(t.TempDir(), "record")
	for _, name := range flowCommands {
		script := fmt.Sprintf("#!/bin/sh\n(printf '%%s ' \"$0\" \"$@\"; %s) >>'%s'\n",
			lookPath(t, "env"), record)
		start := "exec " + lookPath(t, name) + ` "$@"`
		switch name {
		case "date":
			start = "echo 1699999990"
		case "curl":
			script += fmt.Sprintf(`for word; do
				shift
				[ "$word" != %s ] || word=%s/token
				set -- "$@" "$word"
			done
			`, tokenURL, server.URL)
		}
		err := os.WriteFile(filepath.Join(folder, name), []byte(script+start+"\n"), 0o700)
		if err != nil {
			t.Fatal(err)
		}
	}
	keyName := filepath.Join(t.TempDir(), "key.json")
	if err := os.WriteFile(keyName, keyFile, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(lookPath(t, "bash"), "flow.sh")
	cmd.Env = []string{
		"PATH=" + folder, "TMPDIR=" + t.TempDir(), "LC_ALL=C",
		"GOOGLE_APPLICATION_CREDENTIALS=" + keyName,
		"CALENDAR_ID=" + walkthrough.CalendarID,
		"CALENDAR_API=" + server.URL + "/calendar/v3",
	}
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	commands, readErr := os.ReadFile(record)
	if readErr != nil {
		t.Fatal(readErr)
	}
	return flow{stdout.String(), stderr.String(), err, string(commands)}
}

func lookPath(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// The script prints every event, page by page. Its JWT is the lesson's.
func TestFlow(t *testing.T) {
	trace := lesson(t)
	b := newBeginner(t, trace)
	b.addEvents(300)
	run := runFlow(t, b.google, walkthrough.KeyFile())
	if run.err != nil || run.stderr != "" {
		t.Fatalf("%v: %s", run.err, run.stderr)
	}
	lesson := newTestWritePage(t).Printed()
	if !strings.HasPrefix(run.stdout, "2020-07-08 calendar event #1\n") ||
		!strings.Contains(run.stdout, lesson+"2100-01-01 Added\n") ||
		!strings.HasSuffix(run.stdout, "2399-01-01 Added\n") {
		t.Errorf("it printed\n%s", run.stdout)
	}
	requests := b.google.Requests()
	if len(requests) != 3 {
		t.Fatalf("%d requests", len(requests))
	}
	form, err := url.ParseQuery(string(requests[0].Body))
	if err != nil || form.Get("assertion") != partText(t, trace, "assertion") {
		t.Errorf("its JWT isn't the lesson's: %s", requests[0].Body)
	}
	token := strings.TrimPrefix(requests[1].Header.Get("Authorization"), "Bearer ")
	checkFlowSecrets(t, run, token, form.Get("assertion"))
}

// checkFlowSecrets looks for secrets in what the script prints, and in the
// arguments and the environment of what it starts. A signature is a secret; the
// text that it signs isn't, but is only sent to openssl through a pipe.
func checkFlowSecrets(t *testing.T, run flow, secrets ...string) {
	t.Helper()
	key := strings.Join(strings.Split(privateKey(t), "\n")[1:], "")
	seen := run.stdout + run.stderr + run.commands
	for _, secret := range append(secrets, key) {
		const window = 24
		for i := 0; i+window <= len(secret); i++ {
			if strings.Contains(seen, secret[i:i+window]) {
				t.Fatalf("%q is in what the script shows", secret[i:i+window])
			}
		}
		if len(secret) < window {
			t.Errorf("no secret to look for: %q", secret)
		}
	}
	for _, command := range flowCommands {
		if !strings.Contains(run.commands, "/"+command+" ") {
			t.Errorf("the script didn't start %s", command)
		}
	}
}

// The script fails if an answer isn't what it should be.
func TestFlowFails(t *testing.T) {
	for fault, says := range map[string]string{
		"token:redirect":           "flow.sh: an answer without an access token",
		"token:html":               "flow.sh: an answer without an access token",
		"token:body={}":            "flow.sh: an answer without an access token",
		"token:400":                "flow.sh: no token: {",
		"events:redirect":          "flow.sh: an answer without events",
		"events:html":              "flow.sh: an answer without events",
		"events:empty":             "flow.sh: an answer without events",
		"events:cut":               "flow.sh: no events: {",
		"events:rateLimitExceeded": `"reason": "rateLimitExceeded"`,
	} {
		b := newBeginner(t, lesson(t))
		f, err := fakegoogle.ParseFault(fault)
		if err != nil {
			t.Fatal(err)
		}
		b.google.AddFault(f)
		run := runFlow(t, b.google, walkthrough.KeyFile())
		if run.err == nil || run.stdout != "" || !strings.Contains(run.stderr, says) {
			t.Errorf("%s: %v, %s", fault, run.err, run.stderr)
		}
	}
}

// Without one of the members that it needs, the script sends nothing.
func TestFlowKeyFile(t *testing.T) {
	for _, name := range []string{"client_email", "private_key_id", "private_key", "token_uri"} {
		b := newBeginner(t, lesson(t))
		keyFile := bytes.Replace(walkthrough.KeyFile(), []byte(`"`+name+`"`), []byte(`"x"`), 1)
		run := runFlow(t, b.google, keyFile)
		if run.err == nil || !strings.Contains(run.stderr, "flow.sh: no "+name+"\n") ||
			len(b.google.Requests()) > 0 {
			t.Errorf("without %s: %v, %s, %d requests",
				name, run.err, run.stderr, len(b.google.Requests()))
		}
	}
}

// Google has been seen to repeat the assertion in an error. The script doesn't
// print it.
func TestFlowRepeated(t *testing.T) {
	run := runFlow(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		io.WriteString(w, `{"error_description":"not good: `+r.FormValue("assertion")+`"}`)
	}), walkthrough.KeyFile())
	assertion := partText(t, lesson(t), "assertion")
	if run.err == nil || !strings.Contains(run.stderr, "not good: JWT") ||
		strings.Contains(run.stderr, assertion[:24]) {
		t.Errorf("%v: %s", run.err, run.stderr)
	}
}

// The script fits on a screen.
func TestFlowFits(t *testing.T) {
	const maxLines, maxColumns = 60, 90
	lines := strings.Split(strings.TrimRight(flowScript, "\n"), "\n")
	if len(lines) > maxLines {
		t.Errorf("flow.sh has %d lines, more than %d", len(lines), maxLines)
	}
	for i, line := range lines {
		if len(line) > maxColumns {
			t.Errorf("flow.sh:%d has %d columns, more than %d", i+1, len(line), maxColumns)
		}
	}
}
