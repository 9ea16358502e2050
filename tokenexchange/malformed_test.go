// SPDX-License-Identifier: 0BSD

package tokenexchange

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// malformed has an answer for each place in which net/http's errors quote a
// server (grep its source for %q), and what the error must end with. The server
// breaks up the assertion so that no other rule would find it.
var malformed = []struct{ name, answer, want string }{
	{"an answer", "%s\r\n\r\n", "malformed HTTP response [withheld]"},
	{"a version", "HTTP/%s 200 OK\r\n\r\n", "malformed HTTP version [withheld]"},
	{"a status code", "HTTP/1.1 2%s OK\r\n\r\n", "malformed HTTP status code [withheld]"},
	{"the first line of a header", "HTTP/1.1 200 OK\r\n %s\r\n\r\n", ""},
	{"a header without a colon", "HTTP/1.1 200 OK\r\nA: b\r\n%s\r\n\r\n", "[withheld]"},
	{"a header's name", "HTTP/1.1 200 OK\r\n%s: b\r\n\r\n", "[withheld]"},
	{"a length", "HTTP/1.1 200 OK\r\nContent-Length: %s\r\n\r\n", "bad Content-Length [withheld]"},
	{"two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: %s\r\n\r\n", "[withheld]"},
	{"an encoding", "HTTP/1.1 200 OK\r\nTransfer-Encoding: %s\r\n\r\n", "unsupported transfer encoding: [withheld]"},
	{"a trailer's name", "HTTP/1.1 200 OK\r\nTrailer: Content-Length\r\nX: %s\r\nTransfer-Encoding: chunked\r\n\r\n", "bad trailer key [withheld]"},
	{"a trailer", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n%s\r\n\r\n", "[withheld]"},
	{"a redirect", "HTTP/1.1 302 Found\r\nLocation: http://%%zz%s\r\n\r\n", "failed to parse Location header [withheld]"},
}

func TestMalformedAnswers(t *testing.T) {
	assertion := testAssertion(t)
	const part = 6
	for _, sep := range []string{"\u00ad", "\x01", "\xff", `"`, `\`, " "} {
		for _, test := range malformed {
			url, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
				io.Copy(io.Discard, r.Body)
				if conn, _, err := w.(http.Hijacker).Hijack(); err == nil {
					fmt.Fprintf(conn, test.answer, wrap(assertion[:90], part, sep))
					conn.Close()
				}
			})
			_, err := (&Client{MaxAttempts: 1}).Exchange(context.Background(), url, assertion)
			var e *Error
			if !errors.As(err, &e) || !e.Temporary() && e.StatusCode == 0 {
				t.Errorf("%s with %q: %v", test.name, sep, err)
				continue
			}
			// Spaces, or bytes that HTTP doesn't allow, can make it malformed elsewhere.
			if sep == "\u00ad" && !strings.HasSuffix(e.Error(), test.want) {
				t.Errorf("%s: %v; want %s", test.name, e, test.want)
			}
			for i := 0; i < 90; i += part {
				if strings.Contains(e.Error()+e.Advice(), assertion[i:i+part]) {
					t.Errorf("%s with %q: %v", test.name, sep, e)
				}
			}
		}
	}
}

// The names in a certificate aren't quoted. They show no piece of the assertion.
func TestNamesInCertificate(t *testing.T) {
	assertion := testAssertion(t)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	names := strings.Split(wrap(strings.ReplaceAll(assertion[:90], "_", "x"), 15, "."), ".")
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		SubjectKeyId:          []byte{1}, // otherwise a SHA-1, which FIPS 140 forbids
		NotAfter:              time.Now().Add(time.Hour),
		DNSNames:              names,
		IsCA:                  true,
		BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // the handshake is meant to fail
	server.TLS = &tls.Config{
		Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}},
	}
	server.StartTLS()
	defer server.Close()
	roots := x509.NewCertPool()
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots.AddCert(certificate)
	own := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}
	c := &Client{HTTP: &http.Client{Transport: own}, MaxAttempts: 1}
	url := strings.Replace(server.URL, "127.0.0.1", "localhost", 1)
	_, err = c.Exchange(context.Background(), url, assertion)
	if err == nil || !strings.HasSuffix(err.Error(), ": [withheld: it quotes a secret]") {
		t.Error(err)
	}
}
