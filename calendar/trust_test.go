// SPDX-License-Identifier: 0BSD

//go:build !js && !wasip1

package calendar

import (
	"crypto/x509"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// A machine without certificates, as an image from scratch is, trusts nobody.
// It's another process (which js can't start), because the certificates are
// read only once.
func TestMachineThatTrustsNobody(t *testing.T) {
	if os.Getenv("FIVESTEP_TRUSTS_NOBODY") != "" {
		e, _ := untrusted(t)
		if !strings.Contains(e.Advice(), "trusts nobody at all: install the package ca-cert") {
			t.Errorf("advice: %s", e.Advice())
		}
		return
	}
	roots, err := x509.SystemCertPool()
	if err != nil || roots.Equal(x509.NewCertPool()) {
		t.Skip("not run: this machine trusts nobody")
	}
	if hint := adviseOnTrust(nil, x509.SystemRootsError{}); !strings.Contains(hint, "nobody") {
		t.Errorf("advice: %s", hint)
	}
	trust, _ := untrusted(t)
	if !strings.Contains(trust.Advice(), "\nIf the issuer is your company") {
		t.Errorf("advice: %s", trust.Advice())
	}
	again := exec.Command(os.Args[0], "-test.run=^TestMachineThatTrustsNobody$")
	again.Env = append(os.Environ(), "FIVESTEP_TRUSTS_NOBODY=1",
		"SSL_CERT_FILE=/dev/null", "SSL_CERT_DIR=/nowhere")
	if out, err := again.CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}
