// SPDX-License-Identifier: 0BSD

package fakegoogle

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// slowPieces is how many pieces a slow fault makes of a body or a header.
const slowPieces = 8

// delaysStart reports whether Delay comes before the response rather than
// between its pieces.
func (f *Fault) delaysStart() bool {
	return f.Kind != "slow" && f.Kind != "slow-head"
}

// send sends a response as the fault wants it.
func (f *Fault) send(w http.ResponseWriter, r *http.Request, resp *response) {
	half := resp.body[:len(resp.body)/2]
	switch f.Kind {
	case "slow":
		f.sendSlowly(w, r, resp)
	case "slow-head":
		f.sendHeaderSlowly(hijack(w), resp)
	case "reset":
		reset(hijack(w))
	case "reset-head":
		conn := hijack(w)
		header := resp.rawHeader(len(resp.body))
		conn.Write(header[:len(header)/2])
		reset(conn)
	case "reset-body":
		resp.writeHeader(w)
		w.Write(half)
		flush(w)
		reset(hijack(w))
	case "cut":
		resp.writeHeader(w)
		w.Write(half)
		flush(w)
		panic(http.ErrAbortHandler) // closes the connection
	case "cut-gzip":
		if resp.header.Get("Content-Encoding") == "" {
			resp.compress() // even if User-Agent doesn't ask for it
		}
		resp.body = resp.body[:len(resp.body)/2]
		resp.header.Set("Content-Length", strconv.Itoa(len(resp.body)))
		resp.write(w, r)
	case "length":
		resp.header.Set("Content-Length", strconv.Itoa(len(resp.body)+1000))
		resp.write(w, r)
	case "short":
		conn := hijack(w)
		conn.Write(slices.Concat(resp.rawHeader(len(half)), resp.body))
		conn.Close()
	case "oversize":
		sendOversize(w, r, resp)
	default:
		resp.write(w, r)
	}
}

func (f *Fault) sendSlowly(w http.ResponseWriter, r *http.Request, resp *response) {
	resp.writeHeader(w)
	for piece := range slices.Chunk(resp.body, max(1, len(resp.body)/slowPieces)) {
		w.Write(piece)
		flush(w)
		if !wait(r.Context(), f.Delay) {
			panic(http.ErrAbortHandler) // returning would end the body properly
		}
	}
}

// sendOversize sends a JSON string of 101 MiB.
func sendOversize(w http.ResponseWriter, r *http.Request, resp *response) {
	const blocks, blockSize = 101, 1 << 20
	resp.header.Del("Content-Length")
	resp.header.Del("Content-Encoding")
	resp.writeHeader(w)
	w.Write([]byte(`{"kind":"`))
	block := []byte(strings.Repeat("x", blockSize))
	for range blocks {
		if r.Context().Err() != nil {
			break
		}
		if _, err := w.Write(block); err != nil {
			return
		}
	}
	w.Write([]byte(`"}`))
}

// sendHeaderSlowly sends the header in pieces and then the body. net/http
// doesn't watch a connection that was taken from it, so this does.
func (f *Fault) sendHeaderSlowly(conn net.Conn, resp *response) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	defer conn.Close() // this also ends the goroutine
	go func() {
		defer cancel()
		io.Copy(io.Discard, conn) // until the client leaves
	}()
	header := resp.rawHeader(len(resp.body))
	for piece := range slices.Chunk(header, max(1, len(header)/slowPieces)) {
		conn.Write(piece)
		if !wait(ctx, f.Delay) {
			return
		}
	}
	conn.Write(resp.body)
}

// rawHeader returns the status line and the header as bytes, with the
// Content-Length given. net/http sends a header only whole, and a body only as
// long as announced.
func (resp *response) rawHeader(length int) []byte {
	resp.header.Set("Content-Length", strconv.Itoa(length))
	resp.header.Set("Connection", "close")
	var b bytes.Buffer
	fmt.Fprintf(&b, "HTTP/1.1 %d %s\r\n", resp.status, http.StatusText(resp.status))
	resp.header.Write(&b)
	b.WriteString("\r\n")
	return b.Bytes()
}

// wait waits for d, or until ctx ends. It reports whether ctx is still alive:
// whether the client is still there.
func wait(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// hijack takes the connection from net/http. If that's impossible, as with
// HTTP/2, it breaks off the response.
func hijack(w http.ResponseWriter) net.Conn {
	if h, ok := w.(http.Hijacker); ok {
		if conn, _, err := h.Hijack(); err == nil {
			return conn
		}
	}
	panic(http.ErrAbortHandler)
}

// reset closes a TCP connection with RST. Both sides lose any data in transit.
func reset(conn net.Conn) {
	if tcp, ok := conn.(*net.TCPConn); ok {
		tcp.SetLinger(0)
	}
	conn.Close()
}
