// SPDX-License-Identifier: 0BSD

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"example.com/fivestep/calendar"
	"example.com/fivestep/jwt"
	"example.com/fivestep/tokenexchange"
)

// panics are programs that die with a secret in their hands.
var panics = map[string]func(path string){
	"with a key":     func(path string) { panic(mustKey(path)) },
	"with its value": func(path string) { panic(*mustKey(path)) },
	"with a token":   func(string) { panic(&tokenexchange.Token{AccessToken: longToken, TokenType: "Bearer"}) },
	"with its copy":  func(string) { panic(tokenexchange.Token{AccessToken: shortToken, TokenType: "Bearer"}) },
	"with both":      func(path string) { panic([]any{mustKey(path), tokenexchange.Token{AccessToken: longToken}}) },
	"with a request": func(path string) {
		key := mustKey(path)
		assertion, _ := jwt.Sign(jwt.Header{Algorithm: "RS256"}, jwt.NewClaims(key, epoch), key.PrivateKey)
		req, _ := tokenexchange.NewRequest(context.Background(), key.TokenURI, assertion)
		panic(req)
	},
	"with an error of jwt": func(path string) {
		data, _ := os.ReadFile(path)
		_, err := jwt.ParseKeyFile(data[:1500])
		panic(err)
	},
	"with an error of tokenexchange": func(path string) {
		_, err := tokenexchange.ParseResponse(&http.Response{StatusCode: 400, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(`{"error":"` + longToken + `","access_token":"` + shortToken + `"}`))}, epoch)
		panic(fmt.Errorf("wrapped: %w", err))
	},
	"with an error of calendar": func(string) {
		client := &calendar.Client{Token: func(context.Context) (string, error) { return shortToken, nil }, BaseURL: "http://127.0.0.1:1", MaxAttempts: 1}
		_, err := client.Calendar(context.Background(), you)
		panic(errors.Join(err, err))
	},
	"in Fetch": func(path string) {
		key := mustKey(path)
		source := &tokenexchange.Source{Fetch: func(context.Context) (*tokenexchange.Token, error) { panic(key) }}
		source.Token(context.Background())
	},
	"in Client.Token": func(string) {
		token := tokenexchange.Token{AccessToken: longToken}
		client := &calendar.Client{Token: func(context.Context) (string, error) { panic(token) }}
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

// secretsOfProcesses looks at what processes print as they die, and at what the tool
// prints that only a process of its own can be made to print.
func secretsOfProcesses(t *testing.T, c *canaries) {
	w := canaryWorld(t, c)
	for name := range panics {
		stdout, stderr, status := w.child(name, "", []string{"FIVESTEP_KEY=" + w.key(), "GOTRACEBACK=all"})
		c.see(t, "a panic "+name, stdout+stderr)
		if status != 2 || !strings.HasPrefix(stderr, "panic: ") || !strings.Contains(stderr, "goroutine ") {
			t.Errorf("a panic %s: exit %d: %.300s", name, status, stderr)
		}
	}

	// Proxies, as HTTPS_PROXY names them. None lets anything through to Google.
	google := filepath.Join(w.dir, "google.json")
	if err := os.WriteFile(google, w.account.KeyFile(""), 0o600); err != nil {
		t.Fatal(err)
	}
	environments := map[string]string{"a bad address": "http://canary:" + proxyWord + "%zz@proxy.example"}
	var proxies []*proxy
	for name, answer := range refusals() {
		p := newProxy(t, "", answer)
		proxies, environments[name] = append(proxies, p), p.address().String()
	}
	for name, address := range environments {
		for _, args := range [][]string{{"token", "-key", google, "-timeout", "150ms"}, {"events", "-timeout", "150ms", you}} {
			stdout, stderr, status := w.child("tool", longToken, []string{"HTTPS_PROXY=" + address}, args...)
			c.see(t, "a proxy with "+name, stdout+stderr)
			if status == exitDone || stdout != "" || stderr == "" {
				t.Errorf("%s, %s: exit %d: %s%s", name, args[0], status, stdout, stderr)
			}
		}
	}
	if !slices.ContainsFunc(proxies, func(p *proxy) bool { asked, _ := p.saw(); return len(asked) > 0 }) { // in so little time, perhaps not each
		t.Error("no proxy was asked")
	}

	// A server that says more than it announced: net/http logs it, the first time
	// while the tool waits to try again.
	base := talkative(t)
	stdout, stderr, status := w.child("tool", shortToken, nil, "events", "-api", base, you)
	c.see(t, "a server that announces too little", stdout+stderr)
	if status != exitFailed || !strings.Contains(stderr, "step 5: ") {
		t.Errorf("exit %d: %s", status, stderr)
	}
}

// talkative is a server that answers with both tokens, and announces two bytes: twice,
// and the first answer asks for another try.
func talkative(t *testing.T) string {
	t.Helper()
	var asked atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		defer conn.Close()
		status := map[bool]string{true: "503 Later", false: "403 No"}[asked.Add(1) == 1]
		fmt.Fprintf(conn, "HTTP/1.1 %s\r\nContent-Length: 2\r\n\r\n{}%s %s", status, received(r), longToken)
		io.Copy(io.Discard, conn)
	}))
	t.Cleanup(server.Close)
	return server.URL
}
