// SPDX-License-Identifier: 0BSD

package fakegoogle_test

import (
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"example.com/fivestep/walkthrough/fakegoogle"
)

// The key file, byte for byte as the console writes it, but for the label of the test key.
func TestKeyFile(t *testing.T) {
	w := newWorld(t)
	b := &book{t: t, name: "keyfile.txt"}
	mask := strings.NewReplacer("PRIVATE KEY", "TESTING KEY").Replace
	b.add("Google's token_uri", mask(string(w.account.KeyFile(""))))
	b.add("another token_uri", mask(string(w.account.KeyFile("http://127.0.0.1:8085/token?a&b"))))
	b.compare()
	var file struct {
		PrivateKey string `json:"private_key"`
	}
	if err := json.Unmarshal(w.account.KeyFile(""), &file); err != nil {
		t.Fatal(err)
	}
	block, rest := pem.Decode([]byte(file.PrivateKey))
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil || len(rest) > 0 || !w.account.Key.Equal(key) {
		t.Errorf("the key comes back as another one: %v, %q after it", err, rest)
	}
}

// What CreateAccount fills in.
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
	one, two := create(fakegoogle.Account{}), create(fakegoogle.Account{})
	for _, a := range []*fakegoogle.Account{one, two} {
		for of, form := range map[string]string{
			a.Email: `^calendar-reader(-2)?@` + a.ProjectID + `\.iam\.gserviceaccount\.com$`, a.ProjectID: `^[a-z-]+-\d{6}$`,
			a.ProjectNumber: `^[1-9]\d{11}$`, a.ClientID: `^[1-9]\d{20}$`, a.KeyID: `^[0-9a-f]{40}$`,
		} {
			if !regexp.MustCompile(form).MatchString(of) {
				t.Errorf("%q is not %s", of, form)
			}
		}
		if a.Key.N.BitLen() != 2048 {
			t.Errorf("a key of %d bits", a.Key.N.BitLen())
		}
	}
	if one.Email == two.Email || one.ClientID == two.ClientID || one.KeyID == two.KeyID || one.ProjectNumber != two.ProjectNumber {
		t.Errorf("two accounts of a project: %q %q", one.Email, two.Email)
	}
	named := create(fakegoogle.Account{Email: "x@some-project.iam.gserviceaccount.com", Key: testKey(t)})
	if named.ProjectID != "some-project" {
		t.Errorf("project %q", named.ProjectID)
	}
	for _, a := range []fakegoogle.Account{
		{Email: "nobody", Key: testKey(t)}, {Email: "@x", Key: testKey(t)}, {Email: "x@", Key: testKey(t)},
		{Email: named.Email, ClientID: "1", Key: testKey(t)}, {Email: named.Email, ProjectID: "p", Key: testKey(t)},
		{KeyID: "not hexadecimal", Key: testKey(t)},
	} {
		if got, err := s.CreateAccount(a); err == nil || got != nil || !strings.HasPrefix(err.Error(), "fakegoogle: ") {
			t.Errorf("%+v: %v", a.Email, err)
		}
	}
}

// The certificate endpoint: one self-signed certificate for each key that is not revoked.
func TestCertificates(t *testing.T) {
	w := newWorld(t)
	second, err := w.CreateAccount(fakegoogle.Account{Email: reader, KeyID: "00ff"})
	if err != nil {
		t.Fatal(err)
	}
	get := func(path string) (certs map[string]string) {
		t.Helper()
		r := w.do(http.NewRequest("GET", w.url+path, nil))
		if err := json.Unmarshal([]byte(r.body), &certs); err != nil || r.StatusCode != 200 || !strings.HasPrefix(r.body, "{\n  \"") {
			t.Fatalf("%s %v %s", r.Status, err, r.body)
		}
		return certs
	}
	certs := get("/robot/v1/metadata/x509/reader%40lesson.iam.gserviceaccount.com")
	for _, a := range []*fakegoogle.Account{w.account, second} {
		block, _ := pem.Decode([]byte(certs[a.KeyID]))
		if block == nil {
			t.Fatalf("no certificate for %s: %q", a.KeyID, certs)
		}
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		if err := cert.CheckSignature(cert.SignatureAlgorithm, cert.RawTBSCertificate, cert.Signature); err != nil {
			t.Error(err)
		}
		if !a.Key.PublicKey.Equal(cert.PublicKey) || cert.Subject.CommonName != a.ClientID || start.Before(cert.NotBefore) {
			t.Errorf("certificate of %s from %s", cert.Subject, cert.NotBefore)
		}
	}
	w.RevokeKey(reader, second.KeyID)
	if certs := get("/robot/v1/metadata/x509/" + reader); len(certs) != 1 || certs[w.account.KeyID] == "" {
		t.Errorf("after the second is revoked: %q", certs)
	}
	if r := w.do(http.NewRequest("POST", w.url+"/robot/v1/metadata/x509/"+reader, nil)); r.StatusCode != 404 {
		t.Errorf("POST: %s", r.Status)
	}
}

// The clock, stopped and running.
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
