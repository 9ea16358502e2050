// SPDX-License-Identifier: 0BSD

//go:build !js && !wasip1

package tokenexchange

import (
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// An HTTP/2 server can say anything when it goes away. (The network of js and
// WASI exists only within the process, and has no half-closed connections.)
func TestGoAway(t *testing.T) {
	assertion := testAssertion(t)
	debug := []byte(wrap(assertion[:90], 6, "\u00ad"))
	server := httptest.NewUnstartedServer(nil)
	server.TLS = &tls.Config{NextProtos: []string{"h2"}}
	server.Config.TLSNextProto = map[string]func(*http.Server, *tls.Conn, http.Handler){
		"h2": func(_ *http.Server, conn *tls.Conn, _ http.Handler) {
			settings := []byte{0, 0, 0, 4, 0, 0, 0, 0, 0}
			length := byte(len(debug) + 8) // the last stream, and the error's number
			goAway := []byte{0, 0, length, 7, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0}
			conn.Write(bytes.Join([][]byte{settings, goAway, debug}, nil))
			io.CopyN(io.Discard, conn, 100) // the client's first frames
			conn.Close()
		},
	}
	server.StartTLS()
	defer server.Close()
	own := server.Client().Transport.(*http.Transport)
	own.ForceAttemptHTTP2 = true
	c := &Client{HTTP: &http.Client{Transport: own}, MaxAttempts: 1}
	_, err := c.Exchange(context.Background(), server.URL, assertion)
	if err == nil || !strings.HasSuffix(err.Error(), "ErrCode=NO_ERROR, debug=[withheld]") {
		t.Error(err)
	}
}
