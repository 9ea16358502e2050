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

// secretsOverHTTP2 sends all secrets to the servers of echoing over HTTP/2, and
// to servers that send broken HTTP/2 frames.
func secretsOverHTTP2(t *testing.T, c *canaries) {
	for name, handler := range echoing() {
		var proto atomic.Int64
		counting := func(w http.ResponseWriter, r *http.Request) {
			proto.Store(int64(r.ProtoMajor))
			handler(w, r)
		}
		server := httptest.NewUnstartedServer(http.HandlerFunc(counting))
		server.EnableHTTP2 = true
		server.StartTLS()
		c.sendAll(t, name+" in HTTP/2", server.URL, server.Client())
		server.CloseClientConnections()
		server.Close()
		if proto.Load() != 2 {
			t.Errorf("%s: HTTP/%d", name, proto.Load())
		}
	}
	for name, answer := range badFrames() {
		for _, secret := range []string{c.assertion, longToken, shortToken} {
			base, client := rawHTTP2(t, answer(secret))
			var err error
			if secret == c.assertion {
				exchange := tokenexchange.Client{HTTP: client, MaxAttempts: 1}
				_, err = exchange.Exchange(context.Background(), base, secret)
			} else {
				reader := calendar.Client{
					Token:       func(context.Context) (string, error) { return secret, nil },
					HTTP:        client,
					BaseURL:     base,
					MaxAttempts: 1,
				}
				_, err = reader.Calendar(context.Background(), you)
			}
			if err == nil {
				t.Errorf("%s: no error", name)
			}
			c.print(t, name, err)
		}
	}
}

// badFrames returns answers in HTTP/2 that show a secret where they can, and
// break the rules or end the connection.
func badFrames() map[string]func(secret string) []byte {
	// GOAWAY: the last stream, 1, and an error code (RFC 9113, section 6.8).
	const (
		internalError = "\x00\x00\x00\x01\x00\x00\x00\x02"
		noError       = "\x00\x00\x00\x01\x00\x00\x00\x00"
	)
	// A number that never ends (RFC 7541, section 5.1).
	const tooLong = "\x3f\xff\xff\xff\xff\xff\xff\xff\xff"
	ok := field(":status", "200")
	return map[string]func(s string) []byte{
		"GOAWAY":               func(s string) []byte { return frame(7, 0, 0, internalError+s) },
		"GOAWAY without error": func(s string) []byte { return frame(7, 0, 0, noError+s) },
		"RST_STREAM":           func(s string) []byte { return frame(3, 0, 1, "\x00\x00\x00\x0b") },
		"a bad status":         func(s string) []byte { return headers(field(":status", s)) },
		"a bad header name":    func(s string) []byte { return headers(ok + field("Bad "+s, s)) },
		"a bad header value":   func(s string) []byte { return headers(ok + field("x", s+"\n")) },
		"an unknown :header":   func(s string) []byte { return headers(ok + field(":"+s, s)) },
		"bad compression":      func(s string) []byte { return headers(tooLong + s) },
		"a bad length": func(s string) []byte {
			return headers(ok + field("content-length", s))
		},
		"a bad setting": func(s string) []byte { return frame(4, 0, 0, s) },
	}
}

// headers returns a HEADERS frame that ends its stream.
func headers(fields string) []byte { return frame(1, 5, 1, fields) }

// frame returns a frame of RFC 9113, section 4.1.
func frame(kind, flags byte, stream byte, payload string) []byte {
	n := len(payload)
	head := []byte{byte(n >> 16), byte(n >> 8), byte(n), kind, flags, 0, 0, 0, stream}
	return append(head, payload...)
}

// field returns a header field without compression (RFC 7541, section 6.2.2).
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
						io.Copy(io.Discard, conn) // so that no reset overtakes the answer
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
	client = &http.Client{Transport: transport, Timeout: 10 * time.Second}
	return "https://" + listener.Addr().String(), client
}
