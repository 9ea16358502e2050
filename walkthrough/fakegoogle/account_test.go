// SPDX-License-Identifier: 0BSD

package fakegoogle_test

import (
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"regexp"
	"strings"
	"testing"
	"time"

	"example.com/fivestep/walkthrough/fakegoogle"
)

// A key file is byte for byte what the console writes, except for the label of
// the test key.
func TestKeyFile(t *testing.T) {
	w := newWorld(t)
	g := newGolden(t, "keyfile.txt")
	relabel := strings.NewReplacer("PRIVATE KEY", "TESTING KEY")
	const otherURL = "http://127.0.0.1:8085/token?a&b"
	g.add("Google's token_uri", relabel.Replace(string(w.account.KeyFile(""))))
	g.add("another token_uri", relabel.Replace(string(w.account.KeyFile(otherURL))))
	g.compare()
	var file struct {
		PrivateKey string `json:"private_key"`
	}
	if err := json.Unmarshal(w.account.KeyFile(""), &file); err != nil {
		t.Fatal(err)
	}
	block, rest := pem.Decode([]byte(file.PrivateKey))
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil || len(rest) > 0 || !w.account.Key.Equal(key) {
		t.Errorf("the file has another key: %v, %q after it", err, rest)
	}
}

// CreateAccount fills in what isn't given, and refuses what doesn't fit.
func TestCreateAccount(t *testing.T) {
	s := fakegoogle.New()
	create := func(a fakegoogle.Account) *fakegoogle.Account {
		t.Helper()
		got, err := s.CreateAccount(a)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	one := create(fakegoogle.Account{})
	two := create(fakegoogle.Account{})
	for _, a := range []*fakegoogle.Account{one, two} {
		host := a.ProjectID + `\.iam\.gserviceaccount\.com`
		for value, pattern := range map[string]string{
			a.Email:         `^calendar-reader(-2)?@` + host + `$`,
			a.ProjectID:     `^[a-z-]+-\d{6}$`,
			a.ProjectNumber: `^[1-9]\d{11}$`,
			a.ClientID:      `^[1-9]\d{20}$`,
			a.KeyID:         `^[0-9a-f]{40}$`,
		} {
			if !regexp.MustCompile(pattern).MatchString(value) {
				t.Errorf("%q is not %s", value, pattern)
			}
		}
		if a.Key.N.BitLen() != 2048 {
			t.Errorf("a key of %d bits", a.Key.N.BitLen())
		}
	}
	if one.Email == two.Email || one.ClientID == two.ClientID || one.KeyID == two.KeyID ||
		one.ProjectNumber != two.ProjectNumber {
		t.Errorf("two accounts of a project: %q %q", one.Email, two.Email)
	}
	key := testKey(t)
	named := create(fakegoogle.Account{Email: "x@some-project.iam.gserviceaccount.com", Key: key})
	if named.ProjectID != "some-project" {
		t.Errorf("project %q", named.ProjectID)
	}
	for _, a := range []fakegoogle.Account{
		{Email: "nobody", Key: key},
		{Email: "@x", Key: key},
		{Email: "x@", Key: key},
		{Email: named.Email, ClientID: "1", Key: key},
		{Email: named.Email, ProjectID: "p", Key: key},
		{KeyID: "not hexadecimal", Key: key},
	} {
		got, err := s.CreateAccount(a)
		if err == nil || got != nil || !strings.HasPrefix(err.Error(), "fakegoogle: ") {
			t.Errorf("%+v: %v", a.Email, err)
		}
	}
}

// There's a self-signed certificate for each key that isn't revoked.
func TestCertificates(t *testing.T) {
	w := newWorld(t)
	second, err := w.CreateAccount(fakegoogle.Account{Email: accountEmail, KeyID: "00ff"})
	if err != nil {
		t.Fatal(err)
	}
	get := func(email string) (certs map[string]string) {
		t.Helper()
		r := w.request("GET", certificatesPath+email)
		err := json.Unmarshal([]byte(r.body), &certs)
		if err != nil || r.StatusCode != 200 || !strings.HasPrefix(r.body, "{\n  \"") {
			t.Fatalf("%s %v %s", r.Status, err, r.body)
		}
		return certs
	}
	certs := get("reader%40lesson.iam.gserviceaccount.com")
	for _, a := range []*fakegoogle.Account{w.account, second} {
		block, _ := pem.Decode([]byte(certs[a.KeyID]))
		if block == nil {
			t.Fatalf("no certificate for %s: %q", a.KeyID, certs)
		}
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		err = cert.CheckSignature(cert.SignatureAlgorithm, cert.RawTBSCertificate, cert.Signature)
		if err != nil {
			t.Error(err)
		}
		if !a.Key.PublicKey.Equal(cert.PublicKey) || cert.Subject.CommonName != a.ClientID ||
			start.Before(cert.NotBefore) {
			t.Errorf("certificate of %s from %s", cert.Subject, cert.NotBefore)
		}
	}
	w.RevokeKey(accountEmail, second.KeyID)
	certs = get(accountEmail)
	if len(certs) != 1 || certs[w.account.KeyID] == "" {
		t.Errorf("after the second is revoked: %q", certs)
	}
	if r := w.request("POST", certificatesPath+accountEmail); r.StatusCode != 404 {
		t.Errorf("POST: %s", r.Status)
	}
}

// The clock can run, be moved, and be stopped.
func TestClock(t *testing.T) {
	s := fakegoogle.New()
	if off := time.Since(s.Now()); off < 0 || off > time.Minute {
		t.Errorf("the clock is %v behind", off)
	}
	s.Advance(-time.Hour)
	if off := time.Since(s.Now()); off < time.Hour || off > time.Hour+time.Minute {
		t.Errorf("the clock is %v behind", off)
	}
	s.SetClock(start)
	s.Advance(time.Second)
	if !s.Now().Equal(start.Add(time.Second)) {
		t.Errorf("%v", s.Now())
	}
}
