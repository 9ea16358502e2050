// SPDX-License-Identifier: 0BSD

package proofs

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// canaryWorld returns a world whose account has the canary's key.
func canaryWorld(t *testing.T, c *canaries) *world {
	t.Helper()
	w := newWorld(t)
	account, err := w.CreateAccount(c.account)
	if err != nil {
		t.Fatal(err)
	}
	w.account = account
	w.writeKey(account.KeyFile(w.url + "/token"))
	w.Share(you, account.Email, "reader")
	w.AddToList(you, account.Email)
	return w
}

// addSent makes canaries of all assertions and tokens that the fake has
// received. There are many, so it adds fewer spellings than for the others.
func (c *canaries) addSent(w *world) {
	const head = "ya29.c.c0AS" // of every token
	const sent = "a secret in a request"
	for _, r := range w.Requests() {
		var secret []byte
		token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
		_, assertion, found := bytes.Cut(r.Body, []byte("assertion="))
		switch {
		case strings.HasPrefix(token, head):
			secret = []byte(strings.Trim(token[len(head):], "."))
		case found && bytes.Count(assertion, []byte(".")) == 2:
			secret = assertion[bytes.LastIndexByte(assertion, '.')+1:]
		}
		if len(secret) < window || c.leak(string(secret[:window])) != "" {
			continue // there is none, or it is known
		}
		c.addWindows(sent, string(secret))
		c.addWindows(sent, hex.EncodeToString(secret))
		c.addWindows(sent, base64.StdEncoding.EncodeToString(secret))
	}
}

// commands returns the commands of fivestep, each with its flags, as its help
// lists them.
func (w *world) commands() map[string][]string {
	w.t.Helper()
	overview, _, _ := w.run("", "-h")
	names := regexp.MustCompile(`(?m)^  (\w+)  +\S`).FindAllStringSubmatch(overview, -1)
	flag := regexp.MustCompile(`(?m)^  -(\w+)`)
	all, count := map[string][]string{}, 0
	for _, name := range names {
		help, _, _ := w.run("", name[1], "-h")
		for _, m := range flag.FindAllStringSubmatch(help, -1) {
			all[name[1]] = append(all[name[1]], m[1])
			count++
		}
	}
	if len(all) < 5 || count < 25 {
		w.t.Fatalf("%d commands with %d flags: %q", len(all), count, all)
	}
	return all
}

// try runs a command and looks for canaries. Standard error must never show
// one. Standard output may only show the assertion or token that the command
// was run for.
func (w *world) try(
	t *testing.T, c *canaries, stdin string, args ...string,
) (stdout string, status int) {
	t.Helper()
	stdout, stderr, status := w.run(stdin, args...)
	c.addSent(w)
	what := "fivestep " + strings.Join(args, " ")
	c.see(t, what+": standard error", stderr)
	isAnswer := status == exitDone && (args[0] == "jwt" || args[0] == "token") &&
		!slices.Contains(args, "-decode")
	if !isAnswer {
		c.see(t, what+": standard output", stdout)
	} else if strings.Contains(stdout, "PRIVATE") || strings.Count(stdout, "\n") != 1 {
		t.Errorf("%s prints %q", what, stdout)
	}
	return stdout, status
}

// everyCommand runs each command in each of its forms, and returns how many
// succeed.
func (w *world) everyCommand(t *testing.T, c *canaries, timeout string) (done int) {
	t.Helper()
	assertion, _ := w.try(t, c, "", "jwt", "-key", "KEY")
	token, _ := w.try(t, c, assertion, "token", "-timeout", timeout)
	state := filepath.Join(w.dir, "state")
	for _, run := range []struct {
		stdin string
		args  []string
	}{
		{"", []string{"key", "KEY"}},
		{assertion, []string{"jwt", "-decode"}},
		{"", []string{"token", "-key", "KEY"}},
		{"", []string{"token", "-key", "KEY", "-json"}},
		{"", []string{"token", "-key", "KEY", "-header"}},
		{token, []string{"events", "-api", "API", you}},
		{"", []string{"events", "-key", "KEY", "-api", "API", you}},
		{"", []string{"events", "-key", "KEY", "-api", "API", "-json", you}},
		{"", []string{"events", "-key", "KEY", "-api", "API", "-sync", state, you}},
		{"", []string{"calendars", "-key", "KEY", "-api", "API"}},
		{"", []string{"calendars", "-key", "KEY", "-api", "API", "-json"}},
	} {
		if run.args[0] != "key" && run.args[0] != "jwt" {
			run.args = append(run.args, "-timeout", timeout)
		}
		if _, status := w.try(t, c, run.stdin, run.args...); status == exitDone {
			done++
		}
	}
	return done
}

// hurry is a -timeout that leaves time for one attempt or two: waits between
// attempts are real here.
const hurry = "1s"

// secretsInCommands runs each command, first without a fault, then with each of
// them.
func secretsInCommands(t *testing.T, c *canaries) {
	w := canaryWorld(t, c)
	if done := w.everyCommand(t, c, "1m"); done != 11 {
		t.Fatalf("%d of 11 commands work", done)
	}
	state, err := os.ReadFile(filepath.Join(w.dir, "state"))
	if err != nil {
		t.Error(err)
	}
	c.see(t, "the file of -sync", string(state))

	// Most of what follows is waiting, so it runs in parallel.
	var running sync.WaitGroup
	defer running.Wait()
	start := func(f func(w *world)) {
		w := canaryWorld(t, c)
		running.Add(1)
		go func() {
			defer running.Done()
			f(w)
		}()
	}
	for place, args := range map[string][]string{
		"token":        {"token", "-key", "KEY", "-timeout", hurry},
		"events":       {"events", "-key", "KEY", "-api", "API", "-timeout", hurry, you},
		"calendarList": {"calendars", "-key", "KEY", "-api", "API", "-timeout", hurry},
	} {
		start(func(w *world) {
			eachFault(t, w.Server, place, func() { w.try(t, c, "", args...) })
		})
	}
	for _, breakIt := range breakages {
		start(func(w *world) {
			breakIt(w)
			w.everyCommand(t, c, hurry)
		})
	}
	start(func(w *world) { pipedIntoTheWrongPlace(t, c, w) })
}

// breakages are ways to make an account or a key file useless.
var breakages = []func(*world){
	func(w *world) { w.Advance(2 * time.Hour) },
	func(w *world) { w.Share(you, w.account.Email, "") },
	func(w *world) { w.SetAPIEnabled(w.account.ProjectID, false) },
	func(w *world) { w.RevokeKey(w.account.Email, w.account.KeyID) },
	func(w *world) { w.DeleteAccount(w.account.Email) },
	func(w *world) { w.writeKey(w.account.KeyFile("http://127.0.0.1:1/token")) },
	func(w *world) { w.writeKey(w.account.KeyFile("http://elsewhere.example/token")) },
	func(w *world) { os.Chmod(w.key(), 0o644) },
	func(w *world) {
		w.writeKey(bytes.ReplaceAll(w.account.KeyFile(""), []byte(`\n`), []byte(`\\n`)))
	},
	func(w *world) { w.writeKey(w.account.KeyFile("")[:1200]) },
	func(w *world) { os.Remove(w.key()) },
}

func pipedIntoTheWrongPlace(t *testing.T, c *canaries, w *world) {
	for _, stdin := range []string{
		string(w.account.KeyFile(w.url + "/token")),
		c.assertion,
		c.assertion + "x",
		c.assertion + "." + c.assertion,
		longToken,
		shortToken,
		longToken + "\n" + longToken,
		"Authorization: Bearer " + longToken,
		`{"access_token":"` + longToken + `"}`,
	} {
		w.try(t, c, stdin, "token", "-timeout", "1ns") // the assertion's aud is Google's own
		w.try(t, c, stdin, "events", "-api", "API", "-timeout", hurry, you)
		w.try(t, c, stdin, "calendars", "-api", "API", "-timeout", hurry)
		w.try(t, c, stdin, "jwt", "-decode")
	}
}

// secretsInArguments uses a key, an assertion or a token as each flag and
// argument, and as the path of the key file in the environment.
func secretsInArguments(t *testing.T, c *canaries) {
	w := canaryWorld(t, c)
	commands := w.commands()
	file := string(w.account.KeyFile(w.url + "/token"))
	pem := file[strings.Index(file, "-----BEGIN"):strings.Index(file, `PRIVATE KEY-----\n"`)]
	secrets := []string{file, pem, strings.ReplaceAll(pem, `\n`, "\n"), c.assertion, longToken}
	for _, secret := range secrets {
		runs := [][]string{
			{secret},
			{"-key", secret},
			{"help", secret},
			{"events", "-key", "KEY", "-api", "API", secret},
			{"events", "-key", "KEY", "-api", "API", "-sub", secret, you},
			{"jwt", "-key", "KEY", "-scope", secret},
			{"token", "-key", "KEY", "-sub", secret},
			{"calendars", "-key", "KEY", "-api", "API", "-scope", secret},
			{"token", "-key", "KEY", "-scope", "a", "-scope", secret},
			{"events", "-key", "KEY", "-api", "API", "-q", "Bearer " + secret, you},
		}
		for name, flags := range commands {
			runs = append(runs,
				[]string{name, secret},
				[]string{name, "-" + secret},
				[]string{name, "KEY", secret},
			)
			for _, flag := range flags {
				runs = append(runs,
					[]string{name, "-" + flag + "=" + secret},
					[]string{name, "-" + flag, secret, you},
				)
			}
		}
		for _, args := range runs {
			for _, env := range [][]string{nil, {"GOOGLE_APPLICATION_CREDENTIALS=" + secret}} {
				stdout, stderr, status := w.runWith(env, "", args...)
				c.see(t, "a secret among the arguments of "+args[0], stdout+stderr)
				if status != exitUsage && status != exitFailed && args[0] != "help" {
					t.Errorf("%.60q: exit %d", args, status)
				}
			}
		}
	}
	if n := len(w.Requests()); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
}
