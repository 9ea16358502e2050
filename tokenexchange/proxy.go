// SPDX-License-Identifier: 0BSD

package tokenexchange

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"sync"
)

// defaultTransport returns the transport of clients that don't bring their own.
var defaultTransport = sync.OnceValue(newTransport)

// newTransport returns net/http's default, changed to say so if a proxy refuses
// to connect, and to keep no connections: net/http logs what a server sends
// after its answer on one that it keeps, and that may be half a token. If the
// program has put something else in the default's place, that stays unchanged.
func newTransport() http.RoundTripper {
	shared := http.DefaultTransport
	own, ok := shared.(*http.Transport)
	if !ok {
		return shared
	}
	own = own.Clone()
	own.DisableKeepAlives = true
	own.OnProxyConnectResponse = onConnect
	return own
}

// onConnect refuses every answer to CONNECT except 200, as net/http does. It says
// whose answer that was, and uses Go's name for the status: the proxy's own may
// echo the password that it was sent.
func onConnect(_ context.Context, proxy *url.URL, _ *http.Request, resp *http.Response) error {
	if resp.StatusCode == http.StatusOK {
		return nil
	}
	// A proxy that isn't allowed to connect never will be. One that failed (5xx)
	// may succeed on the next attempt.
	return &Error{
		Problem: fmt.Sprintf("the proxy %s answered %d %s",
			proxy.Host, resp.StatusCode, http.StatusText(resp.StatusCode)),
		network: resp.StatusCode >= http.StatusInternalServerError,
		proxy:   true,
	}
}
