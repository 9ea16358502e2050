// SPDX-License-Identifier: 0BSD

package tokenexchange

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// A certificate that isn't trusted now won't be trusted a second later.
func TestUntrustedCertificate(t *testing.T) {
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // the handshake is meant to fail
	server.StartTLS()
	defer server.Close()
	rec := new(recorder)
	_, err := (&Client{Sleep: rec.sleep}).Exchange(context.Background(), server.URL, "a.b.c")
	var certificate *tls.CertificateVerificationError
	var e *Error
	if !errors.As(err, &certificate) || !errors.As(err, &e) || e.Temporary() ||
		len(rec.waits) != 0 ||
		!strings.HasPrefix(e.Advice(), "This machine doesn't trust the server's certificate, "+
			`issued by "O=Acme Co", so the assertion wasn't sent.`) {
		t.Errorf("%v, waits %v: %s", err, rec.waits, e.Advice())
	}
	for _, want := range []string{"ca-certificates", "SSL_CERT_FILE", "clock"} {
		if !strings.Contains(e.Advice(), want) {
			t.Errorf("no %s in %s", want, e.Advice())
		}
	}
	// The error of another TLS library may have no certificates.
	e = &Error{Err: new(tls.CertificateVerificationError)}
	if !strings.Contains(e.Advice(), "certificate, so") {
		t.Error(e.Advice())
	}
}
