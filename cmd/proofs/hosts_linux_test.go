// SPDX-License-Identifier: 0BSD

package proofs

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// google plays both of Google's hosts, under their real names, behind a proxy.
type google struct {
	*proxy
	roots    string // the file with the certificate to trust
	mutex    sync.Mutex
	requests []string
}

func behindProxy(t *testing.T, w *world) *google {
	t.Helper()
	g := &google{roots: filepath.Join(w.dir, "roots.pem")}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		DNSNames:              []string{"oauth2.googleapis.com", "www.googleapis.com"},
		NotBefore:             time.Now().Add(-time.Hour),
		NotAfter:              time.Now().Add(time.Hour),
		IsCA:                  true,
		BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	if err := os.WriteFile(g.roots, certificate, 0o600); err != nil {
		t.Fatal(err)
	}
	handler := http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(strings.NewReader(string(body)))
		g.mutex.Lock()
		g.requests = append(g.requests, fmt.Sprintf("%s %s https://%s%s\n%v\n%s",
			r.Proto, r.Method, r.Host, r.RequestURI, r.Header, body))
		g.mutex.Unlock()
		w.ServeHTTP(rw, r)
	})
	server := httptest.NewUnstartedServer(handler)
	server.TLS = &tls.Config{
		Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}},
	}
	server.EnableHTTP2 = true
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	g.proxy = newProxy(t, server.Listener.Addr().String(), carries)
	return g
}

// environment sends a program through the proxy, and makes it trust the hosts.
func (g *google) environment() []string {
	return []string{"HTTPS_PROXY=" + g.URL, "SSL_CERT_FILE=" + g.roots, "SSL_CERT_DIR=/nonexistent"}
}

// TestHosts runs the tool with a key file like Google's, and names no other
// host. It contacts two hosts: one gets the assertion, the other the access
// token. A proxy in between learns only their names.
func TestHosts(t *testing.T) {
	w := newWorld(t)
	g := behindProxy(t, w)
	w.writeKey(w.account.KeyFile("https://oauth2.googleapis.com/token"))
	stdout, stderr, status := w.runWith(g.environment(), "",
		"events", "-key", "KEY", "-from", "2023-11-15", you)
	if status != exitDone || strings.Count(stdout, "\n") != 2 || stderr != "" {
		t.Fatalf("%d %s%s", status, stdout, stderr)
	}
	const connect = "CONNECT %s:443 map[User-Agent:[Go-http-client/1.1]]"
	asked, through := g.saw()
	if want := []string{
		fmt.Sprintf(connect, "oauth2.googleapis.com"),
		fmt.Sprintf(connect, "www.googleapis.com"),
	}; !slices.Equal(asked, want) {
		t.Errorf("the proxy was asked %q", asked)
	}
	if through == "" || strings.Contains(through, "calendars/") {
		t.Errorf("through the proxy went %q", through)
	}
	if len(g.requests) != 2 {
		t.Fatalf("%d requests: %q", len(g.requests), g.requests)
	}
	const api = "https://www.googleapis.com/calendar/v3/calendars/you@gmail.com/events?"
	_, assertion, _ := strings.Cut(g.requests[0], "&assertion=")
	_, token, _ := strings.Cut(g.requests[1], "Bearer ")
	token, _, _ = strings.Cut(token, "]")
	if !strings.HasPrefix(assertion, "eyJ") || !strings.HasPrefix(token, "ya29.c.") {
		t.Fatalf("no assertion or no token: %q", g.requests)
	}
	for i, want := range []struct{ begins, secret, other string }{
		{"HTTP/2.0 POST https://oauth2.googleapis.com/token\n", assertion, token},
		{"HTTP/2.0 GET " + api, token, assertion},
	} {
		got := g.requests[i]
		if !strings.HasPrefix(got, want.begins) || strings.Count(got, want.secret) != 1 ||
			containsPartOf(got, want.other) || strings.Contains(got, "PRIVATE") {
			t.Errorf("request %d: %s", i+1, got)
		}
	}
}

// containsPartOf reports whether text contains 16 consecutive characters of a
// secret. That doesn't happen by chance, as it does with a prefix such as eyJ.
func containsPartOf(text, secret string) bool {
	const length = 16
	for i := range len(secret) - length + 1 {
		if strings.Contains(text, secret[i:i+length]) {
			return true
		}
	}
	return false
}

// TestTogether runs the program in README.md as you would: pasted into a file,
// with a key file beside it.
func TestTogether(t *testing.T) {
	w := newWorld(t)
	g := behindProxy(t, w)
	w.writeKey(w.account.KeyFile("https://oauth2.googleapis.com/token"))
	day := func(n int) string { return time.Now().AddDate(0, 0, n).Format(time.DateOnly) }
	err := w.AddEvent(you, fmt.Sprintf(
		`{"summary":"Lunch","start":{"date":%q},"end":{"date":%q}}`, day(7), day(8)))
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(w.dir, "together")
	build := exec.Command("go", "build", "-o", name, "./testdata/together")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, test := range []struct {
		args           []string
		stdout, stderr string
		status         int
	}{
		{[]string{you}, day(7) + " Lunch\n", "", 0},
		{[]string{"boss@example.com"}, "", "404 notFound", 1},
		{nil, "", "usage", 1},
	} {
		cmd := exec.Command(name, test.args...)
		cmd.Dir, cmd.Env = w.dir, environment(g.environment()...)
		stdout, stderr, status := run(t, cmd, "")
		ok := stdout == test.stdout && strings.Contains(stderr, test.stderr)
		if !ok || status != test.status {
			t.Errorf("%q: %d %s%s", test.args, status, stdout, stderr)
		}
	}
}
