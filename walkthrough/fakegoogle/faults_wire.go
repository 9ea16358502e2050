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

// play sends an answer the way the fault wants it.
func (f *Fault) play(w http.ResponseWriter, r *http.Request, a *answer) {
	half := a.body[:len(a.body)/2]
	switch f.Kind {
	case "slow":
		a.head(w)
		for piece := range slices.Chunk(a.body, max(1, len(a.body)/8)) {
			w.Write(piece)
			flush(w)
			if !pause(r.Context(), f.Delay) {
				panic(http.ErrAbortHandler) // a mere return would end the body in good order
			}
		}
	case "slow-head":
		f.slowHead(hijack(w), a)
	case "reset":
		reset(hijack(w))
	case "reset-head":
		conn, head := hijack(w), a.raw(len(a.body))
		conn.Write(head[:len(head)/2])
		reset(conn)
	case "reset-body":
		a.head(w)
		w.Write(half)
		flush(w)
		reset(hijack(w))
	case "cut":
		a.head(w)
		w.Write(half)
		flush(w)
		panic(http.ErrAbortHandler) // closes the connection
	case "cut-gzip":
		if a.header.Get("Content-Encoding") == "" {
			a.zip() // also for a client that has not said "gzip" in its User-Agent
		}
		a.body = a.body[:len(a.body)/2]
		a.header.Set("Content-Length", strconv.Itoa(len(a.body)))
		a.write(w, r)
	case "length":
		a.header.Set("Content-Length", strconv.Itoa(len(a.body)+1000))
		a.write(w, r)
	case "short":
		conn := hijack(w)
		conn.Write(slices.Concat(a.raw(len(half)), a.body))
		conn.Close()
	case "oversize":
		a.header.Del("Content-Length")
		a.header.Del("Content-Encoding")
		a.head(w)
		block := []byte(strings.Repeat("x", 1<<20))
		w.Write([]byte(`{"kind":"`))
		for n := 0; n < 101 && r.Context().Err() == nil; n++ {
			if _, err := w.Write(block); err != nil {
				return
			}
		}
		w.Write([]byte(`"}`))
	default:
		a.write(w, r)
	}
}

// raw is status line and header as bytes: net/http sends them only whole, and refuses a body longer than it says.
func (a *answer) raw(length int) []byte {
	a.header.Set("Content-Length", strconv.Itoa(length))
	a.header.Set("Connection", "close")
	var b bytes.Buffer
	fmt.Fprintf(&b, "HTTP/1.1 %d %s\r\n", a.status, http.StatusText(a.status))
	a.header.Write(&b)
	b.WriteString("\r\n")
	return b.Bytes()
}

// slowHead sends the header piece by piece, and then the body. net/http no longer tells when the client leaves.
func (f *Fault) slowHead(conn net.Conn, a *answer) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	defer conn.Close() // which also ends the goroutine
	go func() {
		defer cancel()
		io.Copy(io.Discard, conn)
	}()
	head := a.raw(len(a.body))
	for piece := range slices.Chunk(head, max(1, len(head)/8)) {
		conn.Write(piece)
		if !pause(ctx, f.Delay) {
			return
		}
	}
	conn.Write(a.body)
}

// pause lets time pass, and reports whether the client is still there then.
func pause(ctx context.Context, d time.Duration) bool {
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

// hijack takes the connection from net/http. Where that cannot be (HTTP/2), the answer just breaks off.
func hijack(w http.ResponseWriter) net.Conn {
	if h, ok := w.(http.Hijacker); ok {
		if conn, _, err := h.Hijack(); err == nil {
			return conn
		}
	}
	panic(http.ErrAbortHandler)
}

// reset ends a TCP connection with RST: what is under way is lost on both sides.
func reset(conn net.Conn) {
	if tcp, ok := conn.(*net.TCPConn); ok {
		tcp.SetLinger(0)
	}
	conn.Close()
}
