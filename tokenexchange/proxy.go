// SPDX-License-Identifier: 0BSD

package tokenexchange

import (
	"cmp"
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
)

// throughProxy makes client, which must be a copy, report it if a proxy refuses
// to connect. It returns the secrets that the proxy is sent: its password, and
// the form that this has in the header Proxy-Authorization.
func throughProxy(client *http.Client, req *http.Request) (secrets []string) {
	transport, _ := cmp.Or(client.Transport, http.DefaultTransport).(*http.Transport)
	if transport == nil || transport.Proxy == nil {
		return nil
	}
	proxy, _ := transport.Proxy(req) // net/http calls it again, and reports its error
	if proxy == nil {
		return nil
	}
	if transport.OnProxyConnectResponse == nil {
		// The caller's own stays unchanged. The copy keeps no connections: nobody
		// could close them.
		transport = transport.Clone()
		transport.DisableKeepAlives = true
		transport.OnProxyConnectResponse = onConnect
		client.Transport = transport
	}
	password, _ := proxy.User.Password()
	login := []byte(proxy.User.Username() + ":" + password)
	return []string{password, base64.StdEncoding.EncodeToString(login)}
}

// onConnect refuses every answer to CONNECT except 200, as net/http does. It says
// whose answer that was, and uses Go's name for the status: the proxy's own may
// echo the password that it was sent.
func onConnect(_ context.Context, proxy *url.URL, _ *http.Request, resp *http.Response) error {
	if resp.StatusCode == http.StatusOK {
		return nil
	}
	return &Error{
		Problem: fmt.Sprintf("the proxy %s answered %d %s",
			proxy.Host, resp.StatusCode, http.StatusText(resp.StatusCode)),
		network: resp.StatusCode >= http.StatusInternalServerError,
		proxy:   true,
	}
}
