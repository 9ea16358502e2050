// SPDX-License-Identifier: 0BSD

package calendar

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// What a server sends after its answer may hold the token. net/http doesn't
// write it to the log, because a plain client keeps no connection.
func TestNothingIsLogged(t *testing.T) {
	var logged bytes.Buffer
	log.SetOutput(&logged)
	defer log.SetOutput(os.Stderr)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	closed := make(chan bool, 2)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			request := make([]byte, 4096)
			_, _ = conn.Read(request)
			body := pageText(0, 1, 1)
			_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: "+
				strconv.Itoa(len(body))+"\r\n\r\n"+body)
			time.Sleep(10 * time.Millisecond) // the client has read it
			_, _ = conn.Write(request)        // has the token
			_, _ = io.Copy(io.Discard, conn)  // until the client closes it
			_ = conn.Close()
			closed <- true
		}
	}()
	c := &Client{Token: always(token), BaseURL: "http://" + listener.Addr().String()}
	ids, err := collect(c, context.Background(), Query{})
	if err != nil || len(ids) != 1 {
		t.Fatal(ids, err)
	}
	<-closed
	if logged.Len() > 0 {
		t.Errorf("logged: %s", &logged)
	}
}

// through a proxy that answers CONNECT with a line. It returns the error, and
// how often the proxy was asked.
func throughProxy(t *testing.T, user *url.Userinfo, line string) (e *Error, asked int) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	connections := make(chan bool, 10)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			connections <- true
			_, _ = conn.Read(make([]byte, 4096))
			_, _ = io.WriteString(conn, line+"\r\nContent-Length: 0\r\n\r\n")
			_ = conn.Close()
		}
	}()
	proxy := &url.URL{Scheme: "http", Host: listener.Addr().String(), User: user}
	transport := newTransport(false).(*http.Transport)
	transport.Proxy = http.ProxyURL(proxy)
	c := &Client{
		Token: always(token),
		HTTP:  &http.Client{Transport: transport},
		Sleep: func(context.Context, time.Duration) error { return nil },
	}
	_, err = c.Calendar(context.Background(), "primary")
	return fault(t, err), len(connections)
}

// A proxy's refusal is told as such. It's final, unless the proxy is in trouble.
func TestProxyRefuses(t *testing.T) {
	for line, want := range map[string]string{
		"HTTP/1.1 403 Forbidden":                     "answered 403 Forbidden",
		"HTTP/1.1 405 Method Not Allowed":            "answered 405 Method Not Allowed",
		"HTTP/1.1 407 Proxy Authentication Required": "answered 407 Proxy Authentication Required",
		"HTTP/1.0 302 Found":                         "answered 302 Found",
		"HTTP/1.1 503 Service Unavailable":           "answered 503 Service Unavailable",
	} {
		e, asked := throughProxy(t, nil, line)
		passing := strings.Contains(line, "503")
		if !strings.Contains(e.Error(), ": the proxy 127.0.0.1:") || !hasText(e.Error(), want) {
			t.Errorf("%s: %v", line, e)
		}
		if e.Temporary() != passing || (asked == 4) != passing || e.StatusCode != 0 {
			t.Errorf("%s: temporary %v, asked %d times", line, e.Temporary(), asked)
		}
		if named := strings.HasPrefix(e.Advice(), "A proxy "); named == passing {
			t.Errorf("%s: %s", line, e.Advice())
		}
	}
}

// A proxy may quote the user and password that it was sent.
func TestProxyQuotesPassword(t *testing.T) {
	basic := base64.StdEncoding.EncodeToString([]byte("me:Canary"))
	for _, words := range []string{
		"no Basic " + basic, "no basic " + basic, basic, "me:Canary", "Canary",
		"x;" + strings.ToLower(basic),
	} {
		e, _ := throughProxy(t, url.UserPassword("me", "Canary"), "HTTP/1.1 407 "+words)
		text := e.Error() + e.Advice()
		if strings.Contains(strings.ToLower(text), strings.ToLower(basic)) {
			t.Errorf("%s: %s", words, text)
		}
	}
}

// In each place in which net/http's errors quote a server or a proxy (grep its
// source for %q), a piece of a secret may be. Broken up as here, no other rule
// would find it.
func TestMalformedAnswers(t *testing.T) {
	for _, answer := range []string{
		"%s", "HTTP/%s 200 OK", "HTTP/1.1 2%s OK", "HTTP/1.1 200 OK\r\n %s",
		"HTTP/1.1 200 OK\r\nA: b\r\n%s", "HTTP/1.1 200 OK\r\n%s: b",
		"HTTP/1.1 200 OK\r\nContent-Length: %s",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: %s",
		"HTTP/1.1 200 OK\r\nTrailer: Content-Length\r\nX: %s\r\nTransfer-Encoding: chunked",
		"HTTP/1.1 302 Found\r\nLocation: http://%%zz%s",
	} {
		for _, sep := range []string{"", "\u00ad", "\x01", "\xff", `"`, `\`} {
			secret := strings.Join([]string{"Canary", "Canary", "Canary"}, sep)
			text := fmt.Sprintf(answer, secret)
			e, _ := throughProxy(t, url.UserPassword("me", "Canary"), text) // fault finds it
			c := through(func(r *http.Request) (*http.Response, error) {
				in := bufio.NewReader(strings.NewReader(text + "\r\n\r\n0\r\n" + secret + "\r\n"))
				return http.ReadResponse(in, r)
			})
			c.MaxAttempts = 1
			c.Token = always(strings.Repeat("Canary", 3))
			_, err := c.Calendar(context.Background(), "primary")
			for _, e := range []*Error{e, fault(t, err)} {
				if strings.Contains(e.Error()+e.Advice(), "Canary") {
					t.Errorf("%q: %v", text, e)
				}
			}
		}
	}
}

// A plain client opens a connection for each page, and one of the caller's keeps
// them: two, because two pages are read at a time.
func TestConnections(t *testing.T) {
	for _, test := range []struct {
		name   string
		client *http.Client
		opened func(n int32) bool
	}{
		{"plain", nil, func(n int32) bool { return n == 10 }},
		{"empty", &http.Client{}, func(n int32) bool { return n <= 2 }},
	} {
		var opened atomic.Int32
		s := httptest.NewUnstartedServer(http.HandlerFunc(
			func(w http.ResponseWriter, r *http.Request) { pages(10, 0, nil)(w, r, 0) }))
		s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
			if state == http.StateNew {
				opened.Add(1)
			}
		}
		s.Start()
		c := &Client{Token: always(token), BaseURL: s.URL, HTTP: test.client}
		ids, err := collect(c, context.Background(), Query{MaxResults: 1})
		keepingTransport().(*http.Transport).CloseIdleConnections()
		s.Close()
		if err != nil {
			t.Fatal(err)
		}
		checkAll(t, ids, 10)
		if !test.opened(opened.Load()) {
			t.Errorf("%s: %d connections", test.name, opened.Load())
		}
	}
}

// A caller's own transport is used unchanged, and the package's own are made
// once. A program may have replaced http.DefaultTransport.
func TestCallersTransport(t *testing.T) {
	own := &http.Transport{}
	c := &Client{HTTP: &http.Client{Transport: own}}
	if got := c.withDefaults().HTTP.Transport; got != own {
		t.Errorf("%T isn't the caller's", got)
	}
	if own.MaxResponseHeaderBytes != 0 || own.OnProxyConnectResponse != nil {
		t.Error("the caller's transport was changed")
	}
	plain := new(Client).withDefaults().HTTP.Transport
	keeping := (&Client{HTTP: &http.Client{}}).withDefaults().HTTP.Transport
	if plain != plainTransport() || keeping != keepingTransport() || plain == keeping {
		t.Error("the package's transports aren't made once")
	}
	if plain == http.DefaultTransport || keeping == http.DefaultTransport {
		t.Error("http.DefaultTransport isn't cloned")
	}
	defer func(t http.RoundTripper) { http.DefaultTransport = t }(http.DefaultTransport)
	http.DefaultTransport = roundTripper(nil)
	if _, ok := newTransport(false).(roundTripper); !ok {
		t.Error("another RoundTripper isn't kept")
	}
	if err := onConnect(context.Background(), nil, nil, &http.Response{StatusCode: 200}); err != nil {
		t.Error(err)
	}
}

func TestLargeHeader(t *testing.T) {
	c, _ := serve(t, func(w http.ResponseWriter, _ *http.Request, _ int) {
		w.Header().Set("X", strings.Repeat("x", 2*maxHeader))
		_, _ = io.WriteString(w, pageText(0, 1, 1))
	})
	c.MaxAttempts = 1
	for _, client := range []*http.Client{nil, {}} {
		c.HTTP = client
		_, err := collect(c, context.Background(), Query{})
		if e := fault(t, err); !strings.Contains(e.Error(), "exceeded 65536 bytes") {
			t.Error(err)
		}
	}
}

// untrusted is the error for a server whose certificate isn't trusted.
func untrusted(t *testing.T) (e *Error, waits int) {
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // the handshake is meant to fail
	server.StartTLS()
	defer server.Close()
	c := &Client{
		BaseURL: server.URL,
		Token:   always("secret"),
		Sleep:   func(context.Context, time.Duration) error { waits++; return nil },
	}
	_, err := c.Calendar(context.Background(), "you@gmail.com")
	return fault(t, err), waits
}

// A certificate that isn't trusted won't be trusted a second later: no retries.
func TestUntrustedCertificate(t *testing.T) {
	e, waits := untrusted(t)
	var certificate *tls.CertificateVerificationError
	if !errors.As(e, &certificate) || e.Temporary() || waits != 0 {
		t.Errorf("%v, temporary %v, %d waits", e, e.Temporary(), waits)
	}
	const why = "This machine doesn't trust the server's certificate, issued by O=Acme Co,"
	if !strings.HasPrefix(e.Advice(), why) {
		t.Errorf("advice: %s", e.Advice())
	}
	// The error of another TLS library may have no certificates.
	c := through(func(*http.Request) (*http.Response, error) {
		return nil, new(tls.CertificateVerificationError)
	})
	c.MaxAttempts = 1
	if _, err := c.Calendar(context.Background(), "x"); err == nil {
		t.Error("no error")
	}
}
