// SPDX-License-Identifier: 0BSD

package main

import (
	"bytes"
	"context"
	"errors"
	"io"
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

// wire counts open connections and the bytes that are read. For requests that
// the fault hits, it refuses the connection, which no server can do, or ends
// the wait for an answer that takes an hour.
type wire struct {
	http.Transport
	fault      fakegoogle.Fault
	refuse     bool
	played     func() int   // how many requests the fault has hit, by the server's count
	seen       atomic.Int64 // requests at the place of the fault
	open, read atomic.Int64 // connections; bytes
}

func newWire(google *fakegoogle.Server, f fakegoogle.Fault, refuse bool) *wire {
	w := &wire{fault: f, refuse: refuse}
	w.played = func() (n int) {
		for _, r := range google.Requests() {
			if r.Fault != "" {
				n++
			}
		}
		return n
	}
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
	n := 0 // of those that the fault hits
	if (r.Method == http.MethodPost) == (w.fault.Place == "token") {
		n = int(w.seen.Add(1)) - w.fault.Skip
	}
	switch {
	case n <= 0 || w.fault.Times > 0 && n > w.fault.Times:
	case w.refuse:
		r = r.Clone(r.Context())
		r.URL.Host = "127.0.0.1:1" // where nobody listens
	case w.fault.Delay > time.Minute:
		return w.timeOut(r, n)
	}
	return w.Transport.RoundTrip(r)
}

// timeOut does what http.Client.Timeout does, but only once the server plays
// the fault. With a fixed time, a busy machine would decide which request it
// hits.
func (w *wire) timeOut(r *http.Request, n int) (*http.Response, error) {
	ctx, cancel := context.WithCancel(r.Context())
	go func() {
		defer cancel()
		for w.played() < n && ctx.Err() == nil {
			time.Sleep(time.Millisecond)
		}
		time.Sleep(20 * time.Millisecond) // for the bytes before the fault
	}()
	resp, err := w.Transport.RoundTrip(r.WithContext(ctx))
	if err != nil {
		cancel()
		return nil, context.DeadlineExceeded
	}
	resp.Body = &timedBody{resp.Body, cancel}
	return resp, nil
}

type timedBody struct {
	io.ReadCloser
	end func()
}

func (b *timedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if errors.Is(err, context.Canceled) {
		err = context.DeadlineExceeded
	}
	return n, err
}

func (b *timedBody) Close() error {
	defer b.end()
	return b.ReadCloser.Close()
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

// leavesNothing runs f and checks that no goroutine and no connection outlives
// it. A goroutine inherits the label of the one that starts it, so f's aren't
// confused with those of other tests.
func (w *wire) leavesNothing(t *testing.T, name string, f func(context.Context)) {
	labels := pprof.Labels("leaves-nothing", name)
	pprof.Do(context.Background(), labels, f)
	w.CloseIdleConnections()
	var running bytes.Buffer
	label := `"leaves-nothing":"` + name + `"`
	end := time.Now().Add(20 * time.Second)
	for time.Now().Before(end) { // both may take a moment to end
		running.Reset()
		pprof.Lookup("goroutine").WriteTo(&running, 1)
		if w.open.Load() == 0 && !strings.Contains(running.String(), label) {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Errorf("%s: %d connections are open; goroutines:\n%s", name, w.open.Load(), &running)
}
