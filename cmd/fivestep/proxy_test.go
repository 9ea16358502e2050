// SPDX-License-Identifier: 0BSD

package main

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
)

// proxy stands between a client and a server, and keeps all that it is sent.
type proxy struct {
	*httptest.Server
	mu      sync.Mutex
	asked   []string     // method, address and header of each request to it
	through bytes.Buffer // what clients send through it
}

// newProxy answers CONNECT with these words, or if there are none carries bytes: to
// one server, or if to is empty, to the one that is asked for.
func newProxy(t *testing.T, to string, answer func(r *http.Request) string) *proxy {
	t.Helper()
	p := new(proxy)
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		p.asked = append(p.asked, fmt.Sprintf("%s %s %v", r.Method, r.RequestURI, r.Header))
		p.mu.Unlock()
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		if text := answer(r); text != "" {
			io.WriteString(conn, text)
			return
		}
		server, err := net.Dial("tcp", cmp.Or(to, r.Host))
		if err != nil {
			t.Error(err)
			return
		}
		defer server.Close()
		io.WriteString(conn, "HTTP/1.1 200 Connection established\r\n\r\n")
		go io.Copy(conn, server)
		io.Copy(io.MultiWriter(server, p), conn)
	}))
	t.Cleanup(func() { p.CloseClientConnections(); p.Close() })
	return p
}

// carries is the answer of a proxy that does what it is asked.
func carries(*http.Request) string { return "" }

// Write is for what a client sends through.
func (p *proxy) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.through.Write(b)
}

func (p *proxy) saw() (asked []string, through string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.asked), p.through.String()
}
