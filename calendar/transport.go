// SPDX-License-Identifier: 0BSD

package calendar

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
)

// transport returns rt as a Client uses it: with a bound for headers, and with
// the answer of a proxy as the error if the proxy refuses to connect. By
// default, net/http returns only the proxy's words, which may be any. A
// RoundTripper that isn't net/http's own is left alone.
func transport(rt http.RoundTripper) http.RoundTripper {
	if rt == nil {
		rt = http.DefaultTransport
	}
	t, ok := rt.(*http.Transport)
	if !ok {
		return rt
	}
	t = t.Clone()
	t.MaxResponseHeaderBytes = maxHeader
	if t.OnProxyConnectResponse == nil {
		t.OnProxyConnectResponse = refusedBy
	}
	return t
}

// refusedBy returns an error if the answer of a proxy to CONNECT isn't a 200.
// RFC 9110, section 9.3.6
func refusedBy(_ context.Context, proxy *url.URL, _ *http.Request, resp *http.Response) error {
	if resp.StatusCode == 200 {
		return nil
	}
	return &proxyError{proxy.Host, resp.StatusCode}
}

// proxyError is a proxy's answer to CONNECT.
type proxyError struct {
	host   string
	status int
}

func (e *proxyError) Error() string {
	return fmt.Sprintf("the proxy %s answered %d %s", e.host, e.status, http.StatusText(e.status))
}
