// SPDX-License-Identifier: 0BSD

package main

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"flag"
	"os"
	"strings"
	"testing"
	"time"
)

// canaryWorld is a world whose account has the canary's key.
func canaryWorld(t *testing.T, c *canaries) *world {
	t.Helper()
	w := newWorld(t)
	account, err := w.CreateAccount(c.account)
	if err != nil {
		t.Fatal(err)
	}
	w.account = account
	w.writeKey(string(account.KeyFile(w.url + "/token")))
	w.Share(you, account.Email, "reader")
	w.AddToList(you, account.Email)
	return w
}

// addSent makes canaries of all assertions and tokens that the fake has received, in
// fewer spellings than others have, as there are many.
func (c *canaries) addSent(w *world) {
	for _, r := range w.Requests() {
		var secret []byte
		if token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "); strings.HasPrefix(token, "ya29.c.c0AS") {
			secret = []byte(strings.Trim(token[len("ya29.c.c0AS"):], "."))
		} else if _, assertion, ok := bytes.Cut(r.Body, []byte("assertion=")); ok && bytes.Count(assertion, []byte(".")) == 2 {
			secret = assertion[bytes.LastIndexByte(assertion, '.')+1:]
		}
		if len(secret) < window || c.leak(string(secret[:window])) != "" { // none, or known
			continue
		}
		for _, form := range []string{string(secret), hex.EncodeToString(secret), base64.StdEncoding.EncodeToString(secret)} {
			c.addWindows("what was sent to a fake", form)
		}
	}
}

// secretsOfCommands runs each command, well and through each failure. Standard error
// never shows a canary; standard output does where it is the answer.
func secretsOfCommands(t *testing.T, c *canaries) {
	w := canaryWorld(t, c)
	try := func(stdin string, args ...string) (stdout string, status int) {
		stdout, stderr, status := w.run(stdin, args...)
		c.addSent(w)
		what := "fivestep " + strings.Join(args, " ")
		c.see(t, what+": standard error", stderr)
		isAnswer := (args[0] == "jwt" || args[0] == "token") && status == exitDone && args[len(args)-1] != "-decode" && args[len(args)-1] != "-h"
		if !isAnswer {
			c.see(t, what+": standard output", stdout)
		} else if strings.Contains(stdout, "PRIVATE") || strings.Count(stdout, "\n") != 1 {
			t.Errorf("%s prints %q", what, stdout)
		}
		return stdout, status
	}
	everything := func() (done int) {
		assertion, _ := try("", "jwt", "-key", "KEY")
		token, _ := try(assertion, "token")
		for _, run := range []struct {
			stdin string
			args  []string
		}{
			{"", []string{"key", "KEY"}}, {assertion, []string{"jwt", "-decode"}}, {"", []string{"token", "-key", "KEY"}}, {"", []string{"token", "-key", "KEY", "-json"}},
			{"", []string{"token", "-key", "KEY", "-header"}}, {token, []string{"events", "-api", "API", you}}, {"", []string{"events", "-key", "KEY", "-api", "API", you}},
			{"", []string{"events", "-key", "KEY", "-api", "API", "-json", you}}, {"", []string{"events", "-key", "KEY", "-api", "API", "-sync", "DIR/state", you}},
			{"", []string{"calendars", "-key", "KEY", "-api", "API"}}, {"", []string{"calendars", "-key", "KEY", "-api", "API", "-json"}},
		} {
			if _, status := try(run.stdin, run.args...); status == exitDone {
				done++
			}
		}
		return done
	}
	if done := everything(); done != 11 {
		t.Fatalf("%d of 11 commands work", done)
	}
	if state, err := os.ReadFile(w.dir + "/state"); err != nil {
		t.Error(err)
	} else {
		c.see(t, "the file of -sync", string(state))
	}
	eachFault(t, w, "token", func(string) { try("", "token", "-key", "KEY") })
	eachFault(t, w, "events", func(string) { try("", "events", "-key", "KEY", "-api", "API", you) })
	eachFault(t, w, "calendarList", func(string) { try("", "calendars", "-key", "KEY", "-api", "API") })
	for _, broken := range []func(*world){
		func(w *world) { w.Advance(2 * time.Hour) }, func(w *world) { w.Share(you, w.account.Email, "") }, func(w *world) { w.SetAPIEnabled(w.account.ProjectID, false) },
		func(w *world) { w.RevokeKey(w.account.Email, w.account.KeyID) }, func(w *world) { w.DeleteAccount(w.account.Email) },
		func(w *world) { w.writeKey(string(w.account.KeyFile("http://127.0.0.1:1/token"))) }, func(w *world) { w.writeKey(string(w.account.KeyFile("http://elsewhere.example/token"))) },
		func(w *world) { os.Chmod(w.key(), 0o644) }, func(w *world) { w.writeKey(strings.ReplaceAll(string(w.account.KeyFile("")), `\n`, `\\n`)) },
		func(w *world) { w.writeKey(string(w.account.KeyFile(""))[:1200]) }, func(w *world) { os.Remove(w.key()) },
	} {
		w = canaryWorld(t, c)
		broken(w)
		everything()
	}
	// Piped in where something else belongs.
	w = canaryWorld(t, c)
	file := string(w.account.KeyFile(w.url + "/token"))
	for _, stdin := range []string{file, c.assertion, c.assertion + "x", c.assertion + "." + c.assertion, longToken, shortToken, longToken + "\n" + longToken, "Authorization: Bearer " + longToken, `{"access_token":"` + longToken + `"}`} {
		try(stdin, "token", "-timeout", "1ns") // the assertion's aud is Google's own
		try(stdin, "events", "-api", "API", you)
		try(stdin, "calendars", "-api", "API")
		try(stdin, "jwt", "-decode")
	}
}

// secretsAsArguments puts a key, an assertion or a token where each flag or argument
// is, or the path of the key file in the environment.
func secretsAsArguments(t *testing.T, c *canaries) {
	w := canaryWorld(t, c)
	file := string(w.account.KeyFile(w.url + "/token"))
	pem := file[strings.Index(file, "-----BEGIN"):strings.Index(file, "PRIVATE KEY-----\\n\"")]
	for _, secret := range []string{file, pem, strings.ReplaceAll(pem, `\n`, "\n"), c.assertion, longToken} {
		api := w.url + "/calendar/v3"
		runs := [][]string{{secret}, {"-key", secret}, {"help", secret}, {"events", "-key", w.key(), "-api", api, secret}, {"events", "-key", w.key(), "-api", api, "-sub", secret, you},
			{"jwt", "-key", w.key(), "-scope", secret}, {"token", "-key", w.key(), "-sub", secret}, {"calendars", "-key", w.key(), "-api", api, "-scope", secret},
			{"token", "-key", w.key(), "-scope", "a", "-scope", secret}, {"events", "-key", w.key(), "-api", api, "-q", "Bearer " + secret, you}}
		for _, command := range commands {
			runs = append(runs, []string{command.name, secret}, []string{command.name, "-" + secret}, []string{command.name, w.key(), secret})
			newFlags(command).set.VisitAll(func(g *flag.Flag) {
				runs = append(runs, []string{command.name, "-" + g.Name + "=" + secret}, []string{command.name, "-" + g.Name, secret, you})
			})
		}
		for _, args := range runs {
			for _, fromEnvironment := range []bool{false, true} {
				delete(w.env, "GOOGLE_APPLICATION_CREDENTIALS")
				if fromEnvironment {
					w.env["GOOGLE_APPLICATION_CREDENTIALS"] = secret
				}
				stdout, stderr, status := w.runAsIs("", args...)
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

// An address that happens to begin as a token does is an address.
func TestAddressIsNoSecret(t *testing.T) {
	w := newWorld(t)
	for _, id := range []string{"eyJohn@example.com", "ya29.lee@example.com"} {
		if _, stderr, status := w.run("", "events", "-key", "KEY", "-api", "API", id); status != exitFailed || !strings.Contains(stderr, "404 notFound") {
			t.Errorf("%s: %d %s", id, status, stderr)
		}
	}
}
