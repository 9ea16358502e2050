// SPDX-License-Identifier: 0BSD

package walkthrough

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"net/url"
	"sync"
)

// wire is a network inside this process. Whatever host a client asks for, it is
// connected to one handler, and what it writes and reads is kept byte for byte:
// for https just what TLS would encrypt. No name is looked up, no port opened.
type wire struct {
	server    *http.Server
	transport *http.Transport
	incoming  chan net.Conn
	closed    chan struct{}

	mu        sync.Mutex
	exchanges []*exchange // in the order of their first byte
}

// exchange is a request with its answer, as the client's end of the connection
// saw them.
type exchange struct {
	address        string // host:port that was asked for
	sent, received []byte
}

func newWire(handler http.Handler) *wire {
	w := &wire{server: &http.Server{Handler: handler}, incoming: make(chan net.Conn), closed: make(chan struct{})}
	w.transport = &http.Transport{
		DialContext:    w.dial,
		DialTLSContext: w.dial,
		// No "Accept-Encoding: gzip", so that the answers can be read.
		DisableCompression: true,
	}
	go w.server.Serve(listener{w})
	return w
}

// close ends all connections.
func (w *wire) close() {
	w.transport.CloseIdleConnections()
	close(w.closed)
	w.server.Close()
}

// recorded returns the exchanges so far, as they are now.
func (w *wire) recorded() (all []exchange) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, e := range w.exchanges {
		all = append(all, exchange{e.address, bytes.Clone(e.sent), bytes.Clone(e.received)})
	}
	return all
}

func (w *wire) dial(ctx context.Context, _, address string) (net.Conn, error) {
	client, server := net.Pipe()
	select {
	case w.incoming <- server:
		return &tap{Conn: client, wire: w, address: address}, nil
	case <-w.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// tap is the client's end of a connection, which records what passes.
type tap struct {
	net.Conn
	wire    *wire
	address string
	current *exchange
}

// Write begins a new exchange when the one before has had its answer: a
// connection may be used for several, one after the other.
func (t *tap) Write(p []byte) (int, error) {
	t.wire.mu.Lock()
	if t.current == nil || len(t.current.received) > 0 {
		t.current = &exchange{address: t.address}
		t.wire.exchanges = append(t.wire.exchanges, t.current)
	}
	t.current.sent = append(t.current.sent, p...)
	t.wire.mu.Unlock()
	return t.Conn.Write(p)
}

func (t *tap) Read(p []byte) (int, error) {
	n, err := t.Conn.Read(p)
	t.wire.mu.Lock()
	defer t.wire.mu.Unlock()
	if t.current != nil {
		t.current.received = append(t.current.received, p[:n]...)
	}
	return n, err
}

// listener is where the server finds the other ends.
type listener struct{ *wire }

func (l listener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.incoming:
		return conn, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l listener) Close() error   { return nil }
func (l listener) Addr() net.Addr { return &net.UnixAddr{Name: "in-process", Net: "unix"} }

// last are the last request and its answer, without the secrets. Nothing was sent
// over a connection that never came to be.
func (w *wire) last(name string, secrets ...string) (sent, received Part) {
	sent, received = Part{Name: name + "-request", Title: "sent", Kind: HTTP}, Part{Name: name + "-response", Title: "received", Kind: HTTP}
	if all := w.recorded(); len(all) > 0 {
		last := all[len(all)-1]
		host, _, _ := net.SplitHostPort(last.address)
		sent.Title, sent.Bytes = "to "+host, last.sent
		received.Title, received.Bytes = "from "+host, unchunked(last.received)
	}
	for _, secret := range secrets {
		for _, spelling := range []string{secret, url.QueryEscape(secret)} {
			withhold(&sent, spelling)
			withhold(&received, spelling)
		}
	}
	return sent, received
}
