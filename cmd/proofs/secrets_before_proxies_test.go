// SPDX-License-Identifier: 0BSD

package proofs

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
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

// address is the proxy's URL, with a password, a secret, as it has to be written there.
func (p *proxy) address() *url.URL {
	u, _ := url.Parse(p.URL)
	u.User = url.UserPassword(proxyUser, proxyWord)
	return u
}

// What a proxy says when it is asked to CONNECT.
func refusals() map[string]func(r *http.Request) string {
	fixed := func(text string) func(*http.Request) string { return func(*http.Request) string { return text } }
	return map[string]func(r *http.Request) string{
		"407": fixed("HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n"),
		"407, echo": func(r *http.Request) string {
			return "HTTP/1.1 407 " + r.Header.Get("Proxy-Authorization") + "\r\n\r\n"
		},
		"302":     fixed("HTTP/1.1 302 Found\r\nLocation: https://login.example/\r\nContent-Length: 0\r\n\r\n"),
		"HTML":    fixed("HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\n\r\n<html>Sign in"),
		"garbage": fixed("HTTP/1.1 200 OK\r\n\r\n\x00\x01\x02<html>no TLS here"),
		"echo": func(r *http.Request) string {
			return "HTTP/1.1 200 OK\r\n\r\n" + r.Header.Get("Proxy-Authorization") + strings.Repeat("x", 200)
		},
		"no HTTP": fixed("SSH-2.0-x\r\n"),
	}
}

// secretsBeforeProxies goes through proxies that carry the bytes and through proxies
// that do not. Their password is a secret, too.
func secretsBeforeProxies(t *testing.T, c *canaries) {
	for _, http2 := range []bool{false, true} {
		w := newWorld(t)
		server := httptest.NewUnstartedServer(w.Server)
		server.EnableHTTP2 = http2
		server.StartTLS()
		p := newProxy(t, "", carries)
		transport := server.Client().Transport.(*http.Transport)
		transport.Proxy = http.ProxyURL(p.address())
		c.before(t, "through a proxy", server.URL, server.Client())
		transport.CloseIdleConnections()
		server.Close()
		if n := len(w.Requests()); n < 5 {
			t.Errorf("%d requests", n)
		}
		asked, through := p.saw()
		c.see(t, "what goes through a proxy", through)
		if len(asked) == 0 || through == "" {
			t.Errorf("the proxy was asked %q and carried %d bytes", asked, len(through))
		}
		for _, text := range asked {
			before, _, knows := strings.Cut(text, "Proxy-Authorization") // it does know its own password
			if !strings.HasPrefix(text, "CONNECT ") || !knows || c.leak(before) != "" {
				t.Errorf("a proxy is asked %q", text)
			}
		}
	}
	for name, answer := range refusals() {
		p := newProxy(t, "", answer)
		c.before(t, "a proxy with "+name, "https://www.googleapis.com", &http.Client{Transport: &http.Transport{Proxy: http.ProxyURL(p.address())}})
		if asked, _ := p.saw(); len(asked) == 0 || !strings.HasPrefix(asked[0], "CONNECT www.googleapis.com:443 ") {
			t.Errorf("%s: the proxy was asked %q", name, asked)
		}
	}
	for _, address := range []string{"http://canary:" + url.QueryEscape(proxyWord) + "%zz@127.0.0.1:1", "socks5://canary:" + url.QueryEscape(proxyWord) + "@127.0.0.1:1", "ftp://canary:" + url.QueryEscape(proxyWord) + "@127.0.0.1:1", "http://canary:" + url.QueryEscape(proxyWord) + "@127.0.0.1:1"} {
		c.before(t, "a proxy's bad address", "https://www.googleapis.com", &http.Client{Transport: &http.Transport{Proxy: func(*http.Request) (*url.URL, error) { return url.Parse(address) }}})
	}
}
