// SPDX-License-Identifier: 0BSD

package calendar

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"sync"
)

// These are the transports of Clients that bring none. Each is made when it's
// first used, from what http.DefaultTransport is then. The plain one keeps no
// connection, because net/http logs what a server sends on one that is idle.
var (
	plainTransport   = sync.OnceValue(func() http.RoundTripper { return newTransport(false) })
	keepingTransport = sync.OnceValue(func() http.RoundTripper { return newTransport(true) })
)

// newTransport returns a transport that bounds headers, and whose error is a
// proxy's answer if the proxy refuses to connect. Without that, net/http's error
// is the proxy's words, which may be any.
func newTransport(keepConnections bool) http.RoundTripper {
	t, ok := http.DefaultTransport.(*http.Transport)
	if !ok { // the program replaced it
		return http.DefaultTransport
	}
	t = t.Clone()
	t.DisableKeepAlives = !keepConnections
	t.MaxResponseHeaderBytes = maxHeader
	t.OnProxyConnectResponse = onConnect
	return t
}

// onConnect refuses every answer to CONNECT except 200, as net/http does. It
// uses Go's name for the status: the proxy's own may quote the password that it
// was sent. If the proxy itself is in trouble, that may pass.
func onConnect(_ context.Context, proxy *url.URL, _ *http.Request, resp *http.Response) error {
	status := resp.StatusCode
	if status == 200 {
		return nil
	}
	text := fmt.Sprintf("the proxy %s answered %d %s", proxy.Host, status, http.StatusText(status))
	e := &Error{Message: text, at: atProxy}
	if status >= 500 {
		e.at = atNetwork
	}
	return e
}
