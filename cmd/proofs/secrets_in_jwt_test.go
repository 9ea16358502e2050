// SPDX-License-Identifier: 0BSD

package proofs

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"example.com/fivestep/jwt"
)

// driveParseKeyFile gives it the canary's key file, and the same damaged: cut off
// everywhere, each member missing, of another type, or twice, and the key in each
// other member's place.
func driveParseKeyFile(t *testing.T, c *canaries, see func(...any)) {
	good := c.account.KeyFile("")
	var members map[string]string
	if err := json.Unmarshal(good, &members); err != nil {
		t.Fatal(err)
	}
	pem := members["private_key"]
	bad := [][]byte{
		bytes.ReplaceAll(good, []byte(`\n`), []byte(`\\n`)), bytes.ReplaceAll(good, []byte(`\n`), []byte("\n")), bytes.ReplaceAll(good, []byte(`\n`), nil),
		append([]byte("\xef\xbb\xbf"), good...), append(good, good...), []byte(pem), []byte(fmt.Sprintf("%q", pem)), mustDER(t, c.account.Key),
		bytes.ReplaceAll(good, []byte("PRIVATE KEY"), []byte("RSA PRIVATE KEY")), bytes.ReplaceAll(good, []byte("PRIVATE KEY"), []byte("ENCRYPTED PRIVATE KEY")),
		bytes.ReplaceAll(good, []byte("PRIVATE KEY"), []byte("EC PRIVATE KEY")), bytes.ReplaceAll(good, []byte("PRIVATE KEY"), []byte("CERTIFICATE")),
		bytes.Replace(good, []byte("MIIE"), []byte("MII!"), 1), bytes.Replace(good, []byte("MIIE"), []byte("AAAA"), 1),
	}
	for cut := 1; cut < len(good); cut += 37 {
		bad = append(bad, good[:cut], good[cut:])
	}
	remake := func(name string, change func(map[string]any)) {
		m := map[string]any{}
		for k, v := range members {
			m[k] = v
		}
		change(m)
		data, err := json.Marshal(m)
		if err != nil {
			t.Fatal(name, err)
		}
		bad = append(bad, data)
	}
	for name := range members {
		remake(name, func(m map[string]any) { delete(m, name) })
		remake(name, func(m map[string]any) { m[name] = []string{pem} })
		remake(name, func(m map[string]any) { m[name], m["private_key"] = pem, m[name] })
		remake(name, func(m map[string]any) { m[name] = "http://" + strings.ReplaceAll(pem[28:], "\n", "") })
		bad = append(bad, append([]byte(fmt.Sprintf(`{%q:%q,`, name, pem)), bytes.TrimSpace(good)[1:]...))
	}
	refused := 0
	for _, data := range bad {
		k, err := jwt.ParseKeyFile(data)
		see(err)
		if err != nil {
			refused++
			see(*err.(*jwt.KeyFileError))
		} else if k.PrivateKeyID == c.key.PrivateKeyID && k.ClientEmail == c.key.ClientEmail {
			see(k, *k) // but not if the key's text stands for its id or its account: these are shown
		}
	}
	if refused < 80 {
		t.Errorf("%d of %d bad files are refused", refused, len(bad))
	}
}

func driveKeyFile(t *testing.T, c *canaries, see func(...any)) {
	text, err := c.key.MarshalText()
	see(c.key, *c.key, []*jwt.KeyFile{c.key}, c.key.String(), text, string(text), err)
	// fmt calls no methods on unexported fields; the key is behind a pointer there.
	see(struct{ key jwt.KeyFile }{*c.key}, struct{ key *jwt.KeyFile }{c.key})
}

// signer fails, and says all that it knows.
type signer struct {
	crypto.Signer
	answer []byte
	err    error
}

func (s signer) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) { return s.answer, s.err }

func driveSign(t *testing.T, c *canaries, see func(...any)) {
	header, claims := jwt.Header{Algorithm: "RS256", Type: "JWT", KeyID: c.key.PrivateKeyID}, jwt.NewClaims(c.key, epoch)
	input, err := jwt.SigningInput(header, claims)
	see(header, claims, input, err, jwt.NewClaims(c.key, epoch, "a", "b"))
	small := &rsa.PrivateKey{PublicKey: rsa.PublicKey{N: c.key.PrivateKey.Primes[0], E: 65537}, D: c.key.PrivateKey.D, Primes: c.key.PrivateKey.Primes}
	for _, key := range []crypto.Signer{nil, (*rsa.PrivateKey)(nil), new(rsa.PrivateKey), small, signer{c.key.PrivateKey, []byte(c.assertion), nil}, signer{c.key.PrivateKey, nil, errors.New("no")}} {
		assertion, err := jwt.Sign(header, claims, key)
		if err == nil {
			t.Errorf("%T signs", key)
		}
		see(assertion, err)
	}
	for _, change := range []func(*jwt.Header, *jwt.Claims){
		func(h *jwt.Header, _ *jwt.Claims) { h.Algorithm = "none" }, func(h *jwt.Header, _ *jwt.Claims) { h.Type = "at+jwt" },
		func(h *jwt.Header, _ *jwt.Claims) { h.KeyID = "\xff" }, func(_ *jwt.Header, c *jwt.Claims) { c.Issuer = "" },
		func(_ *jwt.Header, c *jwt.Claims) { c.Audience = "" }, func(_ *jwt.Header, c *jwt.Claims) { c.ExpiresAt = 0 },
		func(_ *jwt.Header, c *jwt.Claims) { c.Scope = "a,b" }, func(_ *jwt.Header, c *jwt.Claims) { c.Scope = "a a" },
	} {
		h, bad := header, claims
		change(&h, &bad)
		assertion, err1 := jwt.Sign(h, bad, c.key.PrivateKey)
		_, err2 := jwt.SigningInput(h, bad)
		if err1 == nil || err2 == nil {
			t.Errorf("%+v %+v is signed", h, bad)
		}
		see(assertion, err1, err2)
	}
}

func driveDecode(t *testing.T, c *canaries, see func(...any)) {
	header, claims, err := jwt.Decode(c.assertion)
	see(header, string(header), claims, string(claims), err)
	parts := strings.Split(c.assertion, ".")
	for _, bad := range []string{
		parts[2], parts[2] + "." + parts[2] + "." + parts[2], c.assertion + "=", c.assertion + "\n", c.assertion + ".", "." + parts[2] + ".", longToken, shortToken,
		parts[0] + "." + parts[2] + "." + parts[2], parts[2] + "." + parts[1] + "." + parts[2], "Bearer " + c.assertion, parts[0] + "." + parts[1] + "." + parts[2][:100] + "+" + parts[2][101:],
	} {
		header, claims, err := jwt.Decode(bad)
		if err == nil {
			t.Errorf("%.20q is an assertion", bad)
		}
		see(header, claims, err)
	}
}
