// SPDX-License-Identifier: 0BSD

package calendar

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
	"time"
)

// A certificate that isn't trusted won't be trusted a second later: no retries.
func TestUntrustedCertificate(t *testing.T) {
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // the handshake is meant to fail
	server.StartTLS()
	defer server.Close()
	waits := 0
	c := &Client{
		BaseURL: server.URL,
		Token:   always("secret"),
		Sleep:   func(context.Context, time.Duration) error { waits++; return nil },
	}
	_, err := c.Calendar(context.Background(), "you@gmail.com")
	var certificate *tls.CertificateVerificationError
	e := fault(t, err)
	if !errors.As(err, &certificate) || e.Temporary() || waits != 0 {
		t.Errorf("%v, temporary %v, %d waits", err, e.Temporary(), waits)
	}
	if !strings.HasPrefix(e.Advice(), "This machine doesn't trust the server's certificate") {
		t.Errorf("advice: %s", e.Advice())
	}
}
