// SPDX-License-Identifier: 0BSD

package main

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
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// google is both of Google's hosts behind a proxy, under their own names.
type google struct {
	*proxy
	roots    string // file with the certificate to trust
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
	template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{"oauth2.googleapis.com", "www.googleapis.com"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(g.roots, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(strings.NewReader(string(body)))
		g.mutex.Lock()
		g.requests = append(g.requests, fmt.Sprintf("%s %s https://%s%s\n%v\n%s", r.Proto, r.Method, r.Host, r.RequestURI, r.Header, body))
		g.mutex.Unlock()
		w.ServeHTTP(rw, r)
	}))
	server.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	server.EnableHTTP2 = true
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	g.proxy = newProxy(t, server.Listener.Addr().String(), carries)
	return g
}

// The tool as a process, with a key file as Google makes them and no address of
// its own: it talks to two hosts, tells the one the assertion and the other the
// token, and a proxy on the way learns their names.
func TestHosts(t *testing.T) {
	w := realWorld(t)
	g := behindProxy(t, w)
	w.writeKey(string(w.account.KeyFile("https://oauth2.googleapis.com/token")))
	stdout, stderr, status := w.child("tool", "", []string{"HTTPS_PROXY=" + g.URL, "SSL_CERT_FILE=" + g.roots, "SSL_CERT_DIR=/nonexistent"},
		"events", "-key", "KEY", "-from", "2023-11-15", you)
	if status != exitDone || strings.Count(stdout, "\n") != 6 || stderr != "" {
		t.Fatalf("%d %s%s", status, stdout, stderr)
	}
	asked, through := g.saw()
	if want := "[CONNECT oauth2.googleapis.com:443 map[User-Agent:[Go-http-client/1.1]] CONNECT www.googleapis.com:443 map[User-Agent:[Go-http-client/1.1]]]"; fmt.Sprint(asked) != want {
		t.Errorf("the proxy was asked %q", asked)
	}
	if through == "" || strings.Contains(through, "calendars/") {
		t.Errorf("through the proxy went %q", through)
	}
	if len(g.requests) != 2 {
		t.Fatalf("%d requests: %q", len(g.requests), g.requests)
	}
	const post, get = "HTTP/2.0 POST https://oauth2.googleapis.com/token\n", "HTTP/2.0 GET https://www.googleapis.com/calendar/v3/calendars/you@gmail.com/events?"
	for i, want := range []struct{ begins, secret, other string }{{post, "&assertion=eyJ", "ya29"}, {get, "Bearer ya29.c.", "eyJ"}} {
		if got := g.requests[i]; !strings.HasPrefix(got, want.begins) || strings.Count(got, want.secret) != 1 || strings.Contains(got, want.other) || strings.Contains(got, "PRIVATE") {
			t.Errorf("request %d: %s", i+1, got)
		}
	}
}
