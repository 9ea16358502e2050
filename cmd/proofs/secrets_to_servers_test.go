// SPDX-License-Identifier: 0BSD

package proofs

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"example.com/fivestep/calendar"
	"example.com/fivestep/tokenexchange"
)

// received returns the secret of a request: the assertion or the access token.
func received(r *http.Request) string {
	if token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		return token
	}
	return r.PostFormValue("assertion")
}

// echo answers with this text, in which %[1]s becomes the secret, %[2]s the
// secret escaped for JSON, and %[3]s the secret escaped for a URL.
func echo(status int, body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		secret := received(r)
		inJSON, _ := json.Marshal(secret)
		fill := strings.NewReplacer(
			"%[1]s", secret,
			"%[2]s", strings.Trim(string(inJSON), `"`),
			"%[3]s", url.QueryEscape(secret),
		)
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], fill.Replace(headers[i+1]))
		}
		w.WriteHeader(status)
		io.WriteString(w, fill.Replace(body))
	}
}

// raw answers byte by byte, with something that net/http wouldn't send.
func raw(answer string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		secret := received(r)
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil { // HTTP/2 has no raw connection to write to
			w.WriteHeader(http.StatusBadGateway)
			io.WriteString(w, secret)
			return
		}
		defer conn.Close()
		io.WriteString(conn, strings.ReplaceAll(answer, "%[1]s", secret))
	}
}

// echoing returns servers that send the secret back, wherever they can.
func echoing() map[string]http.HandlerFunc {
	const tokenError = `{"error":"%[2]s","error_description":"no %[2]s!","error_uri":"%[2]s"}`
	const apiError = `{"error":{"code":1,"message":"no %[2]s!","status":"%[2]s",` +
		`"errors":[{"reason":"r%[2]s","message":"%[2]s","domain":"%[2]s",` +
		`"location":"%[2]s","locationType":"%[2]s"}],` +
		`"details":[{"links":[{"url":"https://x/%[2]s"}]}]}}`
	const chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
	servers := map[string]http.HandlerFunc{
		"no JSON, 200":         echo(200, `your secret is %[1]s`),
		"a type, 200":          echo(200, `no`, "Content-Type", "text/%[1]s"),
		"a kind":               echo(200, `{"kind":"%[2]s"}`),
		"names":                echo(200, `{"%[2]s":1,"%[2]s":2,"kind":["%[2]s"]}`),
		"cut off":              echo(200, `{"kind":"%[2]s`),
		"cut in an item":       echo(200, `{"kind":"calendar#events","items":[{"id":"%[2]s"},{"id":["%[2]s"]}]}`),
		"too short":            echo(200, `{"kind":"%[2]s"}`, "Content-Length", "1000"),
		"a token of that name": echo(200, `{"access_token":"%[2]s","token_type":"%[2]s"}`),
		"a token and an error": echo(400, `{"access_token":"%[2]s","error":"%[2]s","error_description":"%[2]s"}`),
		"an ID token":          echo(200, `{"id_token":"%[2]s","scope":"%[2]s"}`),
		"HTML":                 echo(403, `<title>%[1]s</title>`, "Content-Type", "text/html; charset=%[1]s"),
		"escaped":              echo(403, `{"error":{"message":"%[3]s","errors":[{"reason":"%[3]s"}]}}`),
		"every header": echo(503, apiError, "Retry-After", "%[1]s", "Date", "%[1]s",
			"Www-Authenticate", `Bearer realm="%[1]s"`, "X-Echo", "%[1]s",
			"Set-Cookie", "a=%[1]s; Domain=%[1]s"),
		"not gzip": echo(200, `%[1]s`, "Content-Encoding", "gzip"),
		"a trailer": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Trailer", "X-Echo")
			echo(500, tokenError)(w, r)
			w.Header().Set("X-Echo", received(r))
		},
		"stream reset": func(http.ResponseWriter, *http.Request) {
			panic(http.ErrAbortHandler)
		},
		"reset later": func(w http.ResponseWriter, r *http.Request) {
			echo(200, `{"kind":"%[2]s",`)(w, r)
			http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		},
		"status text":         raw("HTTP/1.1 403 %[1]s\r\n\r\n"),
		"status code":         raw("HTTP/1.1 %[1]s\r\n\r\n"),
		"status line":         raw("%[1]s\r\n\r\n"),
		"version":             raw("HTTP/%[1]s 200 OK\r\n\r\n"),
		"header line":         raw("HTTP/1.1 200 OK\r\n%[1]s\r\n\r\n"),
		"header name":         raw("HTTP/1.1 200 OK\r\n %[1]s : x\r\n\r\n"),
		"length":              raw("HTTP/1.1 200 OK\r\nContent-Length: %[1]s\r\n\r\n"),
		"two lengths":         raw("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: %[1]s\r\n\r\n"),
		"encoding":            raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: %[1]s\r\n\r\n"),
		"chunk":               raw(chunked + "%[1]s\r\n"),
		"chunk's end":         raw(chunked + "1\r\n{%[1]s\r\n0\r\n\r\n"),
		"malformed trailer":   raw(chunked + "2\r\n{}\r\n0\r\n%[1]s\r\n\r\n"),
		"malformed Location":  raw("HTTP/1.1 302 Found\r\nLocation: http://%zz%[1]s\r\nContent-Length: 0\r\n\r\n"),
		"early hints":         raw("HTTP/1.1 103 %[1]s\r\nLink: %[1]s\r\n\r\nHTTP/1.1 500 %[1]s\r\n\r\n"),
		"endless hints":       raw(strings.Repeat("HTTP/1.1 103 %[1]s\r\n\r\n", 10)),
		"switching protocols": raw("HTTP/1.1 101 %[1]s\r\nUpgrade: %[1]s\r\nConnection: Upgrade\r\n\r\n%[1]s"),
		"not HTTP":            raw("SSH-2.0-%[1]s\r\n"),
	}
	for _, status := range []int{200, 201, 204, 400, 401, 403, 404, 407, 410, 429, 500, 502} {
		if status != 204 {
			servers[fmt.Sprint("token error, ", status)] = echo(status, tokenError)
			servers[fmt.Sprint("flat, ", status)] = echo(status, `{"error":"%[2]s"}`, "Content-Type", "%[1]s")
		}
		servers[fmt.Sprint("API error, ", status)] = echo(status, apiError)
	}
	return servers
}

// spelled returns servers that spell a long secret in another way.
func spelled() map[string]http.HandlerFunc {
	servers := map[string]http.HandlerFunc{}
	for name, spell := range map[string]func(string) string{
		"hex":    func(s string) string { return fmt.Sprintf("%x", s) },
		"base64": func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
		"quoted": func(s string) string { return fmt.Sprintf("%q", fmt.Sprintf("%q", s)) },
		"bytes": func(s string) string {
			return strings.Trim(strings.ReplaceAll(fmt.Sprint([]byte(s)), " ", ""), "[]")
		},
	} {
		servers[name] = func(w http.ResponseWriter, r *http.Request) {
			text, _ := json.Marshal(spell(received(r)))
			w.Header().Set("Content-Type", "text/"+string(text))
			w.WriteHeader(400)
			fmt.Fprintf(w, `{"error":%s,"error_description":%[1]s}`, text)
		}
	}
	return servers
}

// sendAll sends all secrets to a server, and looks for canaries in the errors.
// It doesn't look at events and calendars, because a server may put any text
// there.
func (c *canaries) sendAll(t *testing.T, what, base string, client *http.Client) {
	t.Helper()
	ctx := context.Background()
	exchange := &tokenexchange.Client{HTTP: client, Sleep: noSleep, MaxAttempts: 2}
	token, err := exchange.Exchange(ctx, base+"/token", c.assertion)
	c.print(t, what, token, err)
	for _, secret := range []string{longToken, shortToken} {
		reader := &calendar.Client{
			Token:       func(context.Context) (string, error) { return secret, nil },
			HTTP:        client,
			BaseURL:     base,
			Sleep:       noSleep,
			MaxAttempts: 2,
		}
		for _, err := range reader.Events(ctx, you, calendar.Query{}) {
			c.print(t, what, err)
		}
		_, err := reader.Calendar(ctx, you)
		c.print(t, what, err)
	}
}

// secretsToServers sends assertions and tokens to servers that try to make them
// leak. It looks for canaries in the errors and in net/http's log.
func secretsToServers(t *testing.T, c *canaries) {
	var logged bytes.Buffer
	log.SetOutput(&logged)
	for name, handler := range echoing() {
		server := httptest.NewServer(handler)
		transport := &http.Transport{DisableKeepAlives: true}
		c.sendAll(t, name, server.URL, &http.Client{Transport: transport})
		server.Close()
	}
	for name, handler := range spelled() {
		server := httptest.NewServer(handler)
		ctx, what := context.Background(), "spelled in "+name
		exchange := &tokenexchange.Client{Sleep: noSleep}
		_, err := exchange.Exchange(ctx, server.URL, c.assertion)
		c.print(t, what, err)
		reader := &calendar.Client{
			Token:   func(context.Context) (string, error) { return longToken, nil },
			BaseURL: server.URL,
		}
		readAll(ctx, reader, func(values ...any) { c.print(t, what, values...) })
		server.CloseClientConnections()
		server.Close()
	}
	redirects(t, c)
	log.SetOutput(os.Stderr)
	c.see(t, "package log", logged.String())
}

// redirects sends all secrets to servers that redirect, to the same host or
// another. No redirect may be followed.
func redirects(t *testing.T, c *canaries) {
	var followed atomic.Int64
	count := func(http.ResponseWriter, *http.Request) { followed.Add(1) }
	elsewhere := httptest.NewTLSServer(http.HandlerFunc(count))
	defer elsewhere.Close()
	locations := []string{
		"/followed",
		elsewhere.URL + "/",
		elsewhere.URL + "/?x=%[1]s#%[1]s",
		"https://%[3]s.elsewhere.example/",
		"https://u:%[3]s@elsewhere.example/",
		"//%[1]s/",
		"%[1]s",
		"",
	}
	for _, status := range []int{300, 301, 302, 303, 305, 307, 308} {
		for _, location := range locations {
			redirect := echo(status, `<a href="%[1]s">`,
				"Location", location, "Refresh", "0; url="+location)
			handler := func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/followed" {
					followed.Add(1)
				}
				redirect(w, r)
			}
			server := httptest.NewServer(http.HandlerFunc(handler))
			client := elsewhere.Client() // trusts the other server, so it could follow
			c.sendAll(t, fmt.Sprintf("%d to %q", status, location), server.URL, client)
			server.CloseClientConnections()
			server.Close()
		}
	}
	if n := followed.Load(); n != 0 {
		t.Errorf("%d requests followed a redirect", n)
	}
}
