// SPDX-License-Identifier: 0BSD

package proofs

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"example.com/fivestep/walkthrough"
	"example.com/fivestep/walkthrough/fakegoogle"
	"example.com/fivestep/walkthrough/terminal"
)

// secretsWithOwnKey does the five steps as the lesson does them with your own
// key: with the program, and with hostile servers.
func secretsWithOwnKey(t *testing.T, c *canaries) {
	ownKeyInProgram(t, c)
	ownKeyWithServers(t, c)
}

func ownKeyInProgram(t *testing.T, c *canaries) {
	w := canaryWorld(t, c)
	name := program(t, "walkthrough")
	steps := func() *exec.Cmd {
		return exec.Command(name, "-key", w.key(), "-calendar", you, "-api", w.url+"/calendar/v3")
	}
	for _, faultName := range []string{
		"", "token:400", "token:html", "token:redirect=https://elsewhere.example/",
		"events:403", "events:html", "events:410",
	} {
		if faultName != "" {
			w.AddFault(fault(t, faultName))
		}
		out, err := steps().CombinedOutput()
		c.addSent(w)
		c.see(t, "walkthrough -key, "+faultName, unbroken(string(out)))
		if (err == nil) != (faultName == "") {
			t.Errorf("%s: %v: %s", faultName, err, out)
		}
		w.ClearFaults()
	}
	for mode, warnings := range map[os.FileMode]int{0o600: 0, 0o400: 0, 0o640: 1, 0o604: 1} {
		if err := os.Chmod(w.key(), mode); err != nil {
			t.Fatal(err)
		}
		var stderr bytes.Buffer
		cmd := steps()
		cmd.Stderr = &stderr
		err := cmd.Run()
		warned := strings.Count(stderr.String(), "others can read")
		if err != nil || warned != warnings || strings.Count(stderr.String(), "\n") != warnings {
			t.Errorf("mode %04o: %v: %q", mode, err, &stderr)
		}
	}
	talking := filepath.Join(w.dir, "talking.json")
	if err := os.WriteFile(talking, w.account.KeyFile(talkative(t)+"/token"), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(name, "-key", talking, "-calendar", you).CombinedOutput()
	c.see(t, "walkthrough -key, a server that announces too little", unbroken(string(out)))
	if err == nil {
		t.Errorf("%s", out)
	}
}

func ownKeyWithServers(t *testing.T, c *canaries) {
	account := canaryWorld(t, c).account
	hostiles := spelled()
	for _, name := range []string{
		"no JSON, 200", "names", "a token of that name", "a token and an error", "HTML",
		"escaped", "every header", "token error, 400", "API error, 403", "status text",
		"header line", "malformed trailer",
	} {
		hostiles[name] = echoing()[name]
	}
	for name, handler := range hostiles {
		for _, token := range []string{"", longToken, shortToken} {
			if token == shortToken && spelled()[name] != nil {
				continue
			}
			run, assertions := runWithServer(t, account, name, handler, token)
			for _, assertion := range assertions {
				c.addAssertion(assertion)
			}
			for _, step := range run.Steps {
				for _, part := range step.Parts {
					c.see(t, "a part of "+step.Title+", "+name, string(part.Bytes))
				}
			}
			var text strings.Builder
			if err := terminal.WriteKeyRun(&text, run, false); err != nil {
				t.Error(err)
			}
			c.see(t, "a run with your own key, "+name, unbroken(text.String()))
			c.see(t, "a run with your own key, "+name, loosely(run))
		}
	}
}

// runWithServer does the five steps with a hostile server, which issues token
// unless that is "". It returns the run and the assertions that were signed for
// it.
func runWithServer(
	t *testing.T, account *fakegoogle.Account, name string, hostile http.HandlerFunc, token string,
) (run *walkthrough.KeyRun, assertions []string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	sent := make(chan string, 100)
	var asked atomic.Bool
	handler := func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/token" {
			sent <- received(r)
			if token != "" {
				const answer = `{"access_token":%q,"token_type":"Bearer","expires_in":3599}`
				fmt.Fprintf(w, answer, token)
				return
			}
		}
		asked.Store(true)
		defer time.AfterFunc(50*time.Millisecond, cancel) // no long waits between attempts
		hostile(w, r)
	}
	server := httptest.NewServer(http.HandlerFunc(handler))
	run = walkthrough.RunKey(ctx, account.KeyFile(server.URL+"/token"), you, server.URL)
	server.CloseClientConnections()
	server.Close()
	close(sent)
	if !asked.Load() {
		t.Errorf("%s was asked nothing", name)
	}
	for assertion := range sent {
		assertions = append(assertions, assertion)
	}
	return run, assertions
}
