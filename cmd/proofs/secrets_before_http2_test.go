// SPDX-License-Identifier: 0BSD

package proofs

import (
	"context"
	"crypto/tls"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"example.com/fivestep/calendar"
	"example.com/fivestep/tokenexchange"
)

// secretsBeforeHTTP2 does the same over HTTP/2, and with frames that only HTTP/2 has.
func secretsBeforeHTTP2(t *testing.T, c *canaries) {
	for name, handler := range echoing() {
		var proto atomic.Int64
		server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			proto.Store(int64(r.ProtoMajor))
			handler(w, r)
		}))
		server.EnableHTTP2 = true
		server.StartTLS()
		c.before(t, name+" in HTTP/2", server.URL, server.Client())
		server.CloseClientConnections()
		server.Close()
		if proto.Load() != 2 {
			t.Errorf("%s: HTTP/%d", name, proto.Load())
		}
	}
	for name, frames := range map[string]func(secret string) []byte{
		"GOAWAY":                 func(s string) []byte { return frame(7, 0, 0, "\x00\x00\x00\x01\x00\x00\x00\x02"+s) },
		"GOAWAY of all is well":  func(s string) []byte { return frame(7, 0, 0, "\x00\x00\x00\x01\x00\x00\x00\x00"+s) },
		"RST_STREAM":             func(s string) []byte { return frame(3, 0, 1, "\x00\x00\x00\x0b") },
		"a status that is none":  func(s string) []byte { return frame(1, 5, 1, field(":status", s)) },
		"a header of bad name":   func(s string) []byte { return frame(1, 5, 1, field(":status", "200")+field("Bad "+s, s)) },
		"a header of bad value":  func(s string) []byte { return frame(1, 5, 1, field(":status", "200")+field("x", s+"\n")) },
		"a header of its own":    func(s string) []byte { return frame(1, 5, 1, field(":status", "200")+field(":"+s, s)) },
		"a header that is a lie": func(s string) []byte { return frame(1, 5, 1, "\x3f\xff\xff\xff\xff\xff\xff\xff\xff"+s) },
		"a length that is none":  func(s string) []byte { return frame(1, 5, 1, field(":status", "200")+field("content-length", s)) },
		"a setting that is none": func(s string) []byte { return frame(4, 0, 0, s) },
	} {
		for _, secret := range []string{c.assertion, longToken, shortToken} {
			base, client := rawHTTP2(t, frames(secret))
			ctx := context.Background()
			if secret == c.assertion {
				_, err := (&tokenexchange.Client{HTTP: client, MaxAttempts: 1}).Exchange(ctx, base, secret)
				if err == nil {
					t.Errorf("%s: a token", name)
				}
				c.print(t, name, err)
			} else {
				_, err := (&calendar.Client{Token: func(context.Context) (string, error) { return secret, nil }, HTTP: client, BaseURL: base, MaxAttempts: 1}).Calendar(ctx, you)
				if err == nil {
					t.Errorf("%s: a calendar", name)
				}
				c.print(t, name, err)
			}
		}
	}
}

// frame is one of RFC 9113, section 4.1.
func frame(kind, flags byte, stream byte, payload string) []byte {
	n := len(payload)
	return append([]byte{byte(n >> 16), byte(n >> 8), byte(n), kind, flags, 0, 0, 0, stream}, payload...)
}

// field is a header field spelt out (RFC 7541, section 6.2.2).
func field(name, value string) string {
	text := func(s string) string {
		if n := len(s) - 127; n >= 0 {
			length := []byte{127}
			for ; n >= 128; n /= 128 {
				length = append(length, byte(n%128+128))
			}
			return string(append(length, byte(n))) + s
		}
		return string([]byte{byte(len(s))}) + s
	}
	return "\x00" + text(name) + text(value)
}

// rawHTTP2 answers each connection with these bytes once a request has begun.
func rawHTTP2(t *testing.T, answer []byte) (base string, client *http.Client) {
	t.Helper()
	certified := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(certified.Close)
	config := &tls.Config{Certificates: certified.TLS.Certificates, NextProtos: []string{"h2"}}
	listener, err := tls.Listen("tcp", "127.0.0.1:0", config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				io.CopyN(io.Discard, conn, int64(len("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")))
				conn.Write(frame(4, 0, 0, ""))
				for head := make([]byte, 9); ; {
					if _, err := io.ReadFull(conn, head); err != nil {
						return
					}
					io.CopyN(io.Discard, conn, int64(head[0])<<16|int64(head[1])<<8|int64(head[2]))
					if head[3] == 1 { // HEADERS
						conn.Write(answer)
						conn.(*tls.Conn).CloseWrite()
						io.Copy(io.Discard, conn) // lest a reset overtakes the answer
						return
					}
				}
			}()
		}
	}()
	transport := certified.Client().Transport.(*http.Transport).Clone()
	transport.ForceAttemptHTTP2 = true
	transport.TLSClientConfig.NextProtos = []string{"h2"}
	t.Cleanup(transport.CloseIdleConnections)
	return "https://" + listener.Addr().String(), &http.Client{Transport: transport, Timeout: 10 * time.Second}
}
