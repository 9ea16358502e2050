// SPDX-License-Identifier: 0BSD

package tokenexchange

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
)

// setTransport changes client if it has no transport, or one that sends the
// request through a proxy. It then gets a copy that calls onConnect: otherwise
// the error would be in the proxy's own words, which may be anything. The copy
// keeps no connections, because net/http logs what a server sends on an idle
// one, and that may be half a token. A transport of another type isn't copied,
// nor is one that has its own hook in onConnect's place.
func setTransport(client *http.Client, req *http.Request) {
	t, ok := cmp.Or(client.Transport, http.DefaultTransport).(*http.Transport)
	if !ok || t.OnProxyConnectResponse != nil || client.Transport != nil && !usesProxy(t, req) {
		return
	}
	t = t.Clone()
	t.DisableKeepAlives = true
	t.OnProxyConnectResponse = onConnect
	client.Transport = t
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
