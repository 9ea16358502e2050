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

// proxy is between a client and a server, and keeps everything it is sent.
type proxy struct {
	*httptest.Server
	mu      sync.Mutex
	asked   []string     // method, address and header of each request to it
	through bytes.Buffer // the bytes that clients send through it
}

// newProxy starts a proxy that answers CONNECT with a text. If that is "", it
// passes bytes on to one server, or, if to is empty, to the server that is
// asked for.
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

// carries makes a proxy pass bytes on.
func carries(*http.Request) string { return "" }

// Write keeps what a client sends through the proxy.
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

// address returns the proxy's URL, with its password, a secret, escaped.
func (p *proxy) address() *url.URL {
	u, _ := url.Parse(p.URL)
	u.User = url.UserPassword(proxyUser, proxyPassword)
	return u
}

// refusals returns proxies by how they answer CONNECT.
func refusals() map[string]func(r *http.Request) string {
	fixed := func(text string) func(*http.Request) string {
		return func(*http.Request) string { return text }
	}
	return map[string]func(r *http.Request) string{
		"407": fixed("HTTP/1.1 407 Proxy Authentication Required\r\n" +
			"Proxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n"),
		"407, echo": func(r *http.Request) string {
			return "HTTP/1.1 407 " + r.Header.Get("Proxy-Authorization") + "\r\n\r\n"
		},
		"302": fixed("HTTP/1.1 302 Found\r\n" +
			"Location: https://login.example/\r\nContent-Length: 0\r\n\r\n"),
		"HTML":    fixed("HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\n\r\n<html>Sign in"),
		"garbage": fixed("HTTP/1.1 200 OK\r\n\r\n\x00\x01\x02<html>no TLS here"),
		"echo": func(r *http.Request) string {
			password := r.Header.Get("Proxy-Authorization")
			return "HTTP/1.1 200 OK\r\n\r\n" + password + strings.Repeat("x", 200)
		},
		"no HTTP": fixed("SSH-2.0-x\r\n"),
	}
}

// secretsThroughProxies sends all secrets through proxies that pass the bytes
// on, and through proxies that don't. A proxy's password is a secret, too.
func secretsThroughProxies(t *testing.T, c *canaries) {
	for _, http2 := range []bool{false, true} {
		w := newWorld(t)
		server := httptest.NewUnstartedServer(w.Server)
		server.EnableHTTP2 = http2
		server.StartTLS()
		p := newProxy(t, "", carries)
		transport := server.Client().Transport.(*http.Transport)
		transport.Proxy = http.ProxyURL(p.address())
		c.sendAll(t, "through a proxy", server.URL, server.Client())
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
			// The proxy itself must receive its own password.
			before, _, knows := strings.Cut(text, "Proxy-Authorization")
			if !strings.HasPrefix(text, "CONNECT ") || !knows || c.leak(before) != "" {
				t.Errorf("a proxy is asked %q", text)
			}
		}
	}
	through := func(what string, proxy func(*http.Request) (*url.URL, error)) {
		client := &http.Client{Transport: &http.Transport{Proxy: proxy}}
		c.sendAll(t, what, "https://www.googleapis.com", client)
	}
	for name, answer := range refusals() {
		p := newProxy(t, "", answer)
		through("a proxy with "+name, http.ProxyURL(p.address()))
		asked, _ := p.saw()
		const want = "CONNECT www.googleapis.com:443 "
		if len(asked) == 0 || !strings.HasPrefix(asked[0], want) {
			t.Errorf("%s: the proxy was asked %q", name, asked)
		}
	}
	user := "canary:" + url.QueryEscape(proxyPassword)
	for _, address := range []string{
		"http://" + user + "%zz@127.0.0.1:1",
		"socks5://" + user + "@127.0.0.1:1",
		"ftp://" + user + "@127.0.0.1:1",
		"http://" + user + "@127.0.0.1:1",
	} {
		through("a proxy with a bad address", func(*http.Request) (*url.URL, error) {
			return url.Parse(address)
		})
	}
}
