// SPDX-License-Identifier: 0BSD

package main

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"runtime/pprof"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.com/fivestep/walkthrough/fakegoogle"
)

// wire is a way to the server that counts what is open and what has been read, and makes the one fault that no
// server can: a connection refused.
type wire struct {
	http.Transport
	refused    *fakegoogle.Fault // nil: none
	seen       atomic.Int64      // requests at the place of refused
	open, read atomic.Int64      // connections; bytes
}

func newWire(refused *fakegoogle.Fault) *wire {
	w := &wire{refused: refused}
	w.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		w.open.Add(1)
		return &countedConn{Conn: conn, wire: w}, nil
	}
	return w
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	if f := w.refused; f != nil && (r.Method == http.MethodPost) == (f.Place == "token") {
		if n := int(w.seen.Add(1)) - f.Skip; n > 0 && (f.Times == 0 || n <= f.Times) {
			r = r.Clone(r.Context())
			r.URL.Host = "127.0.0.1:1" // where nobody listens
		}
	}
	return w.Transport.RoundTrip(r)
}

type countedConn struct {
	net.Conn
	wire *wire
	once sync.Once
}

func (c *countedConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.wire.read.Add(int64(n))
	return n, err
}

func (c *countedConn) Close() error {
	c.once.Do(func() { c.wire.open.Add(-1) })
	return c.Conn.Close()
}

// leavesNothing runs f and checks that no goroutine and no connection outlives it. Goroutines inherit the label of
// the one that starts them, whoever does, so that those of other tests are not mistaken for its own.
func (w *wire) leavesNothing(t *testing.T, name string, f func(context.Context)) {
	labels := pprof.Labels("leaves-nothing", name)
	pprof.Do(context.Background(), labels, f)
	w.CloseIdleConnections()
	var running bytes.Buffer
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		running.Reset()
		pprof.Lookup("goroutine").WriteTo(&running, 1)
		if w.open.Load() == 0 && !strings.Contains(running.String(), `"leaves-nothing":"`+name+`"`) {
			return // both take a moment to go
		}
	}
	t.Errorf("%s: %d connections are open; goroutines:\n%s", name, w.open.Load(), &running)
}
