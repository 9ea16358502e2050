// SPDX-License-Identifier: 0BSD

package tokenexchange

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
)

// Transport returns what a [Client] uses if its HTTP has no Transport, for one
// of yours to wrap: a copy of http.DefaultTransport that closes the connection
// after each request, and whose errors name a proxy that refuses to connect. If
// http.DefaultTransport is of another type, it's returned unchanged.
func Transport() http.RoundTripper {
	if t, ok := http.DefaultTransport.(*http.Transport); ok {
		return careful(t)
	}
	return http.DefaultTransport
}

// careful returns a copy of t that calls onConnect: otherwise the error would be
// in the proxy's own words, which may be anything. The copy keeps no
// connections, because net/http logs what a server sends on an idle one, and
// that may be half a token.
func careful(t *http.Transport) *http.Transport {
	t = t.Clone()
	t.DisableKeepAlives = true
	if t.OnProxyConnectResponse == nil {
		t.OnProxyConnectResponse = onConnect
	}
	return t
}

// setTransport gives client a careful transport if it has none, or one that
// sends the request through a proxy and has no hook of the caller's.
func setTransport(client *http.Client, req *http.Request) {
	t, ok := client.Transport.(*http.Transport)
	switch {
	case client.Transport == nil:
		client.Transport = Transport()
	case ok && t.OnProxyConnectResponse == nil && usesProxy(t, req):
		client.Transport = careful(t)
	}
}

// usesProxy reports whether t sends the request through a proxy.
func usesProxy(t *http.Transport, req *http.Request) bool {
	if t.Proxy == nil {
		return false
	}
	proxy, _ := t.Proxy(req)
	return proxy != nil
}

// onConnect refuses every answer to CONNECT except 200, as net/http does. It says
// whose answer that was, and uses Go's name for the status: the proxy's own may
// echo the password that it was sent.
func onConnect(_ context.Context, proxy *url.URL, _ *http.Request, resp *http.Response) error {
	status := resp.StatusCode
	if status == 200 {
		return nil
	}
	text := fmt.Sprintf("the proxy %s answered %d %s", proxy.Host, status, http.StatusText(status))
	// A proxy that isn't allowed to connect never will be. One that failed (5xx)
	// may succeed on the next attempt.
	return &Error{Problem: text, network: status >= 500, proxy: true}
}
