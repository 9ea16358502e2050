// SPDX-License-Identifier: 0BSD

package main

import (
	"bufio"
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
	"net"
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
	proxy    string // its address
	roots    string // file with the certificate to trust
	mutex    sync.Mutex
	tunnels  []string // CONNECT lines that the proxy was sent, with all that came with them
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

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	g.proxy = "http://" + listener.Addr().String()
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go g.tunnel(conn, server.Listener.Addr().String())
		}
	}()
	return g
}

// tunnel answers one CONNECT and hands on what follows, which it cannot read.
func (g *google) tunnel(conn net.Conn, to string) {
	defer conn.Close()
	from := bufio.NewReader(conn)
	r, err := http.ReadRequest(from)
	if err != nil {
		return
	}
	g.mutex.Lock()
	g.tunnels = append(g.tunnels, fmt.Sprintf("%s %s %v", r.Method, r.RequestURI, r.Header))
	g.mutex.Unlock()
	server, err := net.Dial("tcp", to)
	if err != nil {
		return
	}
	defer server.Close()
	fmt.Fprint(conn, "HTTP/1.1 200 OK\r\n\r\n")
	go func() {
		io.Copy(server, from)
		server.(*net.TCPConn).CloseWrite()
	}()
	io.Copy(conn, server)
}

// The tool as a process, with a key file as Google makes them and no address of
// its own: it talks to two hosts, tells the one the assertion and the other the
// token, and a proxy on the way learns their names.
func TestHosts(t *testing.T) {
	w := realWorld(t)
	g := behindProxy(t, w)
	w.writeKey(string(w.account.KeyFile("https://oauth2.googleapis.com/token")))
	var stdout, stderr strings.Builder
	cmd := w.command("events", "-key", "KEY", "-from", "2023-11-15", you)
	cmd.Env = append(cmd.Env, "HTTPS_PROXY="+g.proxy, "SSL_CERT_FILE="+g.roots, "SSL_CERT_DIR=/nonexistent", "NO_PROXY=")
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if status := status(t, cmd); status != exitDone || strings.Count(stdout.String(), "\n") != 6 || stderr.Len() > 0 {
		t.Fatalf("%d %s%s", status, stdout.String(), stderr.String())
	}
	if want := "[CONNECT oauth2.googleapis.com:443 map[User-Agent:[Go-http-client/1.1]] CONNECT www.googleapis.com:443 map[User-Agent:[Go-http-client/1.1]]]"; fmt.Sprint(g.tunnels) != want {
		t.Errorf("the proxy was told %q", g.tunnels)
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
