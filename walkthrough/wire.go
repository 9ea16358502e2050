// SPDX-License-Identifier: 0BSD

package walkthrough

import (
	"context"
	"net"
	"net/http"
)

// Wire is a network inside this process. Whatever host a client asks for, it
// reaches one handler, and everything it writes and reads is recorded byte for
// byte. For https that is exactly what TLS would encrypt. No name is looked up
// and no port is opened.
type Wire struct {
	recording
	server    *http.Server
	transport *http.Transport
	incoming  chan net.Conn
	closed    chan struct{}
}

// NewWire returns a network that leads to handler. The caller closes it.
func NewWire(handler http.Handler) *Wire {
	w := &Wire{
		server:   &http.Server{Handler: handler},
		incoming: make(chan net.Conn),
		closed:   make(chan struct{}),
	}
	w.transport = &http.Transport{
		DialContext:    w.dial,
		DialTLSContext: w.dial,
		// No "Accept-Encoding: gzip", so that people can read the answers.
		DisableCompression: true,
	}
	go w.server.Serve(listener{w})
	return w
}

// Transport sends requests over this network.
func (w *Wire) Transport() http.RoundTripper { return w.transport }

// Exchanges returns how many requests were sent so far.
func (w *Wire) Exchanges() int { return len(w.exchanges()) }

// Last returns the last request and its response as the parts NAME-request and
// NAME-response, with the secrets masked. Both are empty if nothing was sent.
func (w *Wire) Last(name string, secrets ...string) (sent, received Part) {
	return w.last(name, secrets...)
}

// Close ends all connections.
func (w *Wire) Close() {
	w.transport.CloseIdleConnections()
	close(w.closed)
	w.server.Close()
}

func (w *Wire) dial(ctx context.Context, _, address string) (net.Conn, error) {
	client, server := net.Pipe()
	select {
	case w.incoming <- server:
		return w.tap(client, address), nil
	case <-w.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// listener gives the server its ends of the connections.
type listener struct{ *Wire }

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
