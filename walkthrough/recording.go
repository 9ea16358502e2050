// SPDX-License-Identifier: 0BSD

package walkthrough

import (
	"bytes"
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/url"
	"sync"
)

// recording keeps every byte that clients write to their connections and read
// from them, above TLS.
type recording struct {
	mu  sync.Mutex
	all []*exchange // in the order of their first byte
}

// exchange is a request and its response, as the client saw them.
type exchange struct {
	address        string // host:port that the client asked for
	sent, received []byte
}

// exchanges returns a copy of everything recorded so far.
func (r *recording) exchanges() (all []exchange) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range r.all {
		all = append(all, exchange{e.address, bytes.Clone(e.sent), bytes.Clone(e.received)})
	}
	return all
}

// last returns the last request and its response, with the secrets masked. They
// are empty if no connection was ever made.
func (r *recording) last(name string, secrets ...string) (sent, received Part) {
	sent = Part{Name: name + "-request", Title: "sent", Kind: HTTP}
	received = Part{Name: name + "-response", Title: "received", Kind: HTTP}
	if all := r.exchanges(); len(all) > 0 {
		last := all[len(all)-1]
		host, _, _ := net.SplitHostPort(last.address)
		sent.Title, sent.Bytes = "to "+host, last.sent
		received.Title, received.Bytes = "from "+host, unchunked(last.received)
	}
	for _, secret := range secrets {
		for _, spelling := range []string{secret, url.QueryEscape(secret)} {
			sent.withhold(spelling)
			received.withhold(spelling)
		}
	}
	return sent, received
}

// tap returns conn wrapped, so that it is recorded.
func (r *recording) tap(conn net.Conn, address string) net.Conn {
	return &tap{Conn: conn, recording: r, address: address}
}

// tap is the client's end of a connection.
type tap struct {
	net.Conn
	recording *recording
	address   string
	current   *exchange
}

// Write begins a new exchange if the last one has been answered, since a
// connection may serve several requests one after another.
func (t *tap) Write(p []byte) (int, error) {
	t.recording.mu.Lock()
	if t.current == nil || len(t.current.received) > 0 {
		t.current = &exchange{address: t.address}
		t.recording.all = append(t.recording.all, t.current)
	}
	t.current.sent = append(t.current.sent, p...)
	t.recording.mu.Unlock()
	return t.Conn.Write(p)
}

func (t *tap) Read(p []byte) (int, error) {
	n, err := t.Conn.Read(p)
	t.recording.mu.Lock()
	defer t.recording.mu.Unlock()
	if t.current != nil {
		t.current.received = append(t.current.received, p[:n]...)
	}
	return n, err
}

// realNetwork returns a transport to the real network and the recording of its
// traffic. A nil config means Go's default.
func realNetwork(config *tls.Config) (*http.Transport, *recording) {
	config = config.Clone() // nil if config is nil
	if config == nil {
		config = new(tls.Config)
	}
	config.NextProtos = []string{"http/1.1"} // people can't read HTTP/2
	r := new(recording)
	transport := &http.Transport{
		DialContext:        r.tapAll(new(net.Dialer).DialContext),
		DialTLSContext:     r.tapAll((&tls.Dialer{Config: config}).DialContext),
		DisableCompression: true,
	}
	return transport, r
}

type dialFunc func(ctx context.Context, network, address string) (net.Conn, error)

// tapAll records every connection that dial makes.
func (r *recording) tapAll(dial dialFunc) dialFunc {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return r.tap(conn, address), nil
	}
}
