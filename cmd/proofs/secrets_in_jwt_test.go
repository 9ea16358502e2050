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

// driveParseKeyFile passes the canary's key file to ParseKeyFile, damaged in
// every way.
func driveParseKeyFile(t *testing.T, c *canaries, see func(...any)) {
	bad := damaged(t, c)
	refused := 0
	for _, data := range bad {
		k, err := jwt.ParseKeyFile(data)
		see(err)
		if err != nil {
			refused++
			see(*err.(*jwt.KeyFileError))
		} else if k.PrivateKeyID == c.key.PrivateKeyID && k.ClientEmail == c.key.ClientEmail {
			// Only if the key isn't in the place of a public member.
			see(k, *k)
		}
	}
	if refused < 80 {
		t.Errorf("%d of %d bad files are refused", refused, len(bad))
	}
}

// damaged returns the canary's key file cut off anywhere, with each member
// missing, of another type, or twice, and with the key in the place of each
// other member.
func damaged(t *testing.T, c *canaries) [][]byte {
	t.Helper()
	good := c.account.KeyFile("")
	var members map[string]string
	if err := json.Unmarshal(good, &members); err != nil {
		t.Fatal(err)
	}
	pem := members["private_key"]
	replaced := func(old, new string) []byte {
		return bytes.ReplaceAll(good, []byte(old), []byte(new))
	}
	bad := [][]byte{
		replaced(`\n`, `\\n`),
		replaced(`\n`, "\n"),
		replaced(`\n`, ""),
		replaced("PRIVATE KEY", "RSA PRIVATE KEY"),
		replaced("PRIVATE KEY", "ENCRYPTED PRIVATE KEY"),
		replaced("PRIVATE KEY", "EC PRIVATE KEY"),
		replaced("PRIVATE KEY", "CERTIFICATE"),
		bytes.Replace(good, []byte("MIIE"), []byte("MII!"), 1),
		bytes.Replace(good, []byte("MIIE"), []byte("AAAA"), 1),
		append([]byte("\xef\xbb\xbf"), good...),
		append(good, good...),
		[]byte(pem),
		[]byte(fmt.Sprintf("%q", pem)),
		mustDER(t, c.account.Key),
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
		remake(name, func(m map[string]any) {
			m[name] = "http://" + strings.ReplaceAll(pem[28:], "\n", "")
		})
		twice := []byte(fmt.Sprintf(`{%q:%q,`, name, pem))
		bad = append(bad, append(twice, bytes.TrimSpace(good)[1:]...))
	}
	return bad
}

func driveKeyFile(t *testing.T, c *canaries, see func(...any)) {
	text, err := c.key.MarshalText()
	see(c.key, *c.key, []*jwt.KeyFile{c.key}, c.key.String(), text, string(text), err)
	// fmt calls no methods on unexported fields; the key is behind a pointer
	// there.
	see(struct{ key jwt.KeyFile }{*c.key}, struct{ key *jwt.KeyFile }{c.key})
}

// signer fails, and says everything it knows.
type signer struct {
	crypto.Signer
	answer []byte
	err    error
}

func (s signer) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) {
	return s.answer, s.err
}

func driveSign(t *testing.T, c *canaries, see func(...any)) {
	header := jwt.Header{Algorithm: "RS256", Type: "JWT", KeyID: c.key.PrivateKeyID}
	claims := jwt.NewClaims(c.key, epoch)
	input, err := jwt.SigningInput(header, claims)
	see(header, claims, input, err, jwt.NewClaims(c.key, epoch, "a", "b"))
	private := c.key.PrivateKey
	small := &rsa.PrivateKey{
		PublicKey: rsa.PublicKey{N: private.Primes[0], E: 65537},
		D:         private.D,
		Primes:    private.Primes,
	}
	for _, key := range []crypto.Signer{
		nil,
		(*rsa.PrivateKey)(nil),
		new(rsa.PrivateKey),
		small,
		signer{private, []byte(c.assertion), nil},
		signer{private, nil, errors.New("no")},
	} {
		assertion, err := jwt.Sign(header, claims, key)
		if err == nil {
			t.Errorf("%T signs", key)
		}
		see(assertion, err)
	}
	for _, change := range []func(*jwt.Header, *jwt.Claims){
		func(h *jwt.Header, _ *jwt.Claims) { h.Algorithm = "none" },
		func(h *jwt.Header, _ *jwt.Claims) { h.Type = "at+jwt" },
		func(h *jwt.Header, _ *jwt.Claims) { h.KeyID = "\xff" },
		func(_ *jwt.Header, c *jwt.Claims) { c.Issuer = "" },
		func(_ *jwt.Header, c *jwt.Claims) { c.Audience = "" },
		func(_ *jwt.Header, c *jwt.Claims) { c.ExpiresAt = 0 },
		func(_ *jwt.Header, c *jwt.Claims) { c.Scope = "a,b" },
		func(_ *jwt.Header, c *jwt.Claims) { c.Scope = "a a" },
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
	h, cl, s := parts[0], parts[1], parts[2]
	for _, bad := range []string{
		s,
		s + "." + s + "." + s,
		h + "." + s + "." + s,
		s + "." + cl + "." + s,
		h + "." + cl + "." + s[:100] + "+" + s[101:],
		"." + s + ".",
		c.assertion + "=",
		c.assertion + "\n",
		c.assertion + ".",
		"Bearer " + c.assertion,
		longToken,
		shortToken,
	} {
		header, claims, err := jwt.Decode(bad)
		if err == nil {
			t.Errorf("%.20q is an assertion", bad)
		}
		see(header, claims, err)
	}
}
