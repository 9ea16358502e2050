// SPDX-License-Identifier: 0BSD

package proofs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"example.com/fivestep/calendar"
	"example.com/fivestep/jwt"
	"example.com/fivestep/tokenexchange"
)

// panics are programs that die holding a secret.
var panics = map[string]func(path string){
	"with a key":     func(path string) { panic(mustKey(path)) },
	"with its value": func(path string) { panic(*mustKey(path)) },
	"with a token": func(string) {
		panic(&tokenexchange.Token{AccessToken: longToken, TokenType: "Bearer"})
	},
	"with its copy": func(string) {
		panic(tokenexchange.Token{AccessToken: shortToken, TokenType: "Bearer"})
	},
	"with both": func(path string) {
		panic([]any{mustKey(path), tokenexchange.Token{AccessToken: longToken}})
	},
	"with a request": func(path string) {
		key := mustKey(path)
		header, claims := jwt.Header{Algorithm: "RS256"}, jwt.NewClaims(key, epoch)
		assertion, _ := jwt.Sign(header, claims, key.PrivateKey)
		req, _ := tokenexchange.NewRequest(context.Background(), key.TokenURI, assertion)
		panic(req)
	},
	"with an error of jwt": func(path string) {
		data, _ := os.ReadFile(path)
		_, err := jwt.ParseKeyFile(data[:1500])
		panic(err)
	},
	"with an error of tokenexchange": func(path string) {
		body := `{"error":"` + longToken + `","access_token":"` + shortToken + `"}`
		_, err := tokenexchange.ParseResponse(&http.Response{
			StatusCode: 400,
			Header:     http.Header{},
			Body:       io.NopCloser(strings.NewReader(body)),
		}, epoch)
		panic(fmt.Errorf("wrapped: %w", err))
	},
	"with an error of calendar": func(string) {
		client := &calendar.Client{
			Token:       func(context.Context) (string, error) { return shortToken, nil },
			BaseURL:     "http://127.0.0.1:1",
			MaxAttempts: 1,
		}
		_, err := client.Calendar(context.Background(), you)
		panic(errors.Join(err, err))
	},
	"in Fetch": func(path string) {
		key := mustKey(path)
		fetch := func(context.Context) (*tokenexchange.Token, error) { panic(key) }
		source := &tokenexchange.Source{Fetch: fetch}
		source.Token(context.Background())
	},
	"in Client.Token": func(string) {
		token := tokenexchange.Token{AccessToken: longToken}
		client := &calendar.Client{
			Token: func(context.Context) (string, error) { panic(token) },
		}
		for range client.Events(context.Background(), you, calendar.Query{}) {
		}
	},
}

func mustKey(path string) *jwt.KeyFile {
	data, err := os.ReadFile(path)
	if err != nil {
		os.Exit(3)
	}
	key, err := jwt.ParseKeyFile(data)
	if err != nil {
		os.Exit(3)
	}
	return key
}

// secretsInProcesses looks at what processes print as they die, and what the
// tool prints behind proxies and for a server that breaks the rules of HTTP.
func secretsInProcesses(t *testing.T, c *canaries) {
	w := canaryWorld(t, c)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for name := range panics {
		cmd := exec.Command(self)
		cmd.Env = environment("PROOFS_PANIC="+name, "PROOFS_KEY="+w.key(), "GOTRACEBACK=all")
		stdout, stderr, status := run(t, cmd, "")
		c.see(t, "a panic "+name, stdout+stderr)
		panicked := strings.HasPrefix(stderr, "panic: ") && strings.Contains(stderr, "goroutine ")
		if status != 2 || !panicked {
			t.Errorf("a panic %s: exit %d: %.300s", name, status, stderr)
		}
	}

	// Proxies, as HTTPS_PROXY names them. None of them lets anything through to
	// Google.
	google := filepath.Join(w.dir, "google.json")
	if err := os.WriteFile(google, w.account.KeyFile(""), 0o600); err != nil {
		t.Fatal(err)
	}
	environments := map[string]string{
		"a bad address": "http://canary:" + proxyPassword + "%zz@proxy.example",
	}
	var proxies []*proxy
	for name, answer := range refusals() {
		p := newProxy(t, "", answer)
		proxies, environments[name] = append(proxies, p), p.address().String()
	}
	for name, address := range environments {
		for _, args := range [][]string{
			{"token", "-key", google, "-timeout", "150ms"},
			{"events", "-timeout", "150ms", you},
		} {
			env := []string{"HTTPS_PROXY=" + address}
			stdout, stderr, status := w.runWith(env, longToken, args...)
			c.see(t, "a proxy with "+name, stdout+stderr)
			if status == exitDone || stdout != "" || stderr == "" {
				t.Errorf("%s, %s: exit %d: %s%s", name, args[0], status, stdout, stderr)
			}
		}
	}
	// The timeout is short, so perhaps not every proxy was asked.
	if !slices.ContainsFunc(proxies, func(p *proxy) bool {
		asked, _ := p.saw()
		return len(asked) > 0
	}) {
		t.Error("no proxy was asked")
	}

	// A server that sends more than it announced. net/http logs the rest, the
	// first time while the tool waits before another attempt.
	base := talkative(t)
	stdout, stderr, status := w.run(shortToken, "events", "-api", base, you)
	c.see(t, "a server that announces too little", stdout+stderr)
	if status != exitFailed || !strings.Contains(stderr, "step 5: ") {
		t.Errorf("exit %d: %s", status, stderr)
	}
}

// talkative returns the address of a server that announces two bytes and then
// sends both tokens. Its first answer asks the client to try again.
func talkative(t *testing.T) string {
	t.Helper()
	var asked atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		defer conn.Close()
		status := "403 No"
		if asked.Add(1) == 1 {
			status = "503 Later"
		}
		fmt.Fprintf(conn, "HTTP/1.1 %s\r\nContent-Length: 2\r\n\r\n{}%s %s",
			status, received(r), longToken)
		io.Copy(io.Discard, conn)
	}))
	t.Cleanup(server.Close)
	return server.URL
}
