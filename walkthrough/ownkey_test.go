// SPDX-License-Identifier: 0BSD

package walkthrough

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"example.com/fivestep/walkthrough/fakegoogle"
)

// ownGoogle is a fake on a port of this machine, with an account whose key nobody
// else has, and its key file.
func ownGoogle(t *testing.T, serve func(http.Handler) *httptest.Server) (google *fakegoogle.Server, url string, file []byte, config *tls.Config) {
	t.Helper()
	google = fakegoogle.New()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	account, err := google.CreateAccount(fakegoogle.Account{Key: key})
	if err != nil {
		t.Fatal(err)
	}
	google.AddExample(calendarID)
	google.Share(calendarID, account.Email, "reader")
	server := serve(google)
	t.Cleanup(server.Close)
	if server.Certificate() != nil {
		config = &tls.Config{RootCAs: x509.NewCertPool()}
		config.RootCAs.AddCert(server.Certificate())
	}
	return google, server.URL, account.KeyFile(server.URL + "/token"), config
}

// secretsOf are all runs of 24 characters of what must not be shown.
func secretsOf(file []byte, google *fakegoogle.Server) (all []string) {
	secrets := []string{string(file[bytes.Index(file, []byte("KEY-----"))+8+2+8 : bytes.Index(file, []byte(`\n-----END`))])}
	for _, r := range google.Requests() {
		secrets = append(secrets, strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
		secrets = append(secrets, string(r.Body[bytes.LastIndexByte(r.Body, '.')+1:]))
	}
	for _, s := range secrets {
		for i := 0; i+24 <= len(s); i++ {
			if strings.Trim(s[i:i+24], ".") != "" {
				all = append(all, s[i:i+24])
			}
		}
	}
	return all
}

func keyText(t *testing.T, r *KeyRun) string {
	t.Helper()
	var plain, coloured strings.Builder
	if err := r.WriteText(&plain, false); err != nil {
		t.Fatal(err)
	}
	if err := r.WriteText(&coloured, true); err != nil {
		t.Fatal(err)
	}
	if regexp.MustCompile("\x1b\\[[0-9]+m").ReplaceAllString(coloured.String(), "") != plain.String() {
		t.Error("the coloured text says something else")
	}
	for _, line := range strings.Split(plain.String(), "\n") {
		if columns(line) > 78 || line != strings.TrimRight(line, " ") || line != printable(line) {
			t.Errorf("%d columns, or what a line should not have: %q", columns(line), line)
		}
	}
	return plain.String()
}

// The five steps over a real network, in the clear and inside TLS, and no secret
// in what is shown, neither in lines nor across them.
func TestKey(t *testing.T) {
	for name, serve := range map[string]func(http.Handler) *httptest.Server{"http": httptest.NewServer, "https": httptest.NewTLSServer} {
		google, url, file, config := ownGoogle(t, serve)
		r := keySetting{newRealWire(config), google.Now, nil}.run(context.Background(), file, calendarID, url+"/calendar/v3")
		if r.Failed != 0 || len(r.Events) < 3 || len(r.Steps) != 5 {
			t.Fatalf("%s: step %d fails: %q", name, r.Failed, r.Says)
		}
		received := google.Requests()
		if len(received) != 2 {
			t.Fatalf("%s: %d requests", name, len(received))
		}
		text := keyText(t, r)
		everything := text + regexp.MustCompile(`\n *[┆│] ?|\n`).ReplaceAllString(text, "") + fmt.Sprintf("%+v %q", r, r.Says)
		for _, step := range r.Steps {
			for _, part := range step.Parts {
				everything += "\n" + string(part.Bytes)
			}
		}
		secrets := secretsOf(file, google)
		if len(secrets) < 2000 {
			t.Fatalf("%s: %d secrets", name, len(secrets))
		}
		for _, secret := range secrets {
			if strings.Contains(everything, secret) {
				t.Fatalf("%s: a secret is shown: %s", name, secret)
			}
		}
		for _, want := range []string{"POST /token HTTP/1.1", "Weekly stand-up", "팀 점심", r.Email, received[1].Path[:60]} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: %q is not shown", name, want)
			}
		}
		if n := strings.Count(text, "withheld]"); n < 4 {
			t.Errorf("%s: %d masks", name, n)
		}
	}
}

// Whatever goes wrong, what was reached is shown, and the error is the tool's.
func TestKeyFailures(t *testing.T) {
	google, url, file, _ := ownGoogle(t, httptest.NewServer)
	var echoed []string
	echo := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.ParseForm()
		assertion := r.Form.Get("assertion")
		coded := base64.StdEncoding.EncodeToString([]byte(assertion))
		echoed = []string{assertion[len(assertion)-24:], coded[len(coded)-24:]}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprintf(w, `{"error":"invalid_grant","error_description":"java.security.SignatureException: Invalid signature for token: %s","more":"%s"}`,
			assertion, coded)
	}))
	defer echo.Close()
	with := func(other string) []byte { return bytes.Replace(file, []byte(url), []byte(other), 1) }
	api := url + "/calendar/v3"
	for _, test := range []struct {
		name          string
		file          []byte
		calendar, api string
		failed        int
		says          string
	}{
		{"no JSON", []byte("-----BEGIN PRIVATE KEY-----\nMIIEsecret\n-----END PRIVATE KEY-----\n"), calendarID, api, 1, "PEM, not JSON"},
		{"cut off", file[:len(file)/2], calendarID, api, 1, "cut off"},
		{"empty", nil, calendarID, api, 1, "the file is empty"},
		{"more after it", append(bytes.Clone(file), file...), calendarID, api, 1, "more after the end"},
		{"nobody there", with("http://127.0.0.1:1"), calendarID, api, 3, "connection refused"},
		{"echo", with(echo.URL), calendarID, api, 4, "SignatureException"},
		{"not shared", file, "else@example.com", api, 5, "404 notFound"},
		{"no id", file, "", api, 5, "is not the id of anything"},
		{"no API", file, calendarID, "http://127.0.0.1:1", 5, "connection refused"},
		{"bad API", file, calendarID, "http://example.com", 5, "base URL must be https"},
	} {
		r := keySetting{newRealWire(nil), google.Now, noSleep}.run(context.Background(), test.file, test.calendar, test.api)
		if r.Failed != test.failed || !strings.Contains(strings.Join(r.Says, " "), test.says) || len(r.Steps) < r.Failed {
			t.Errorf("%s: step %d fails: %q", test.name, r.Failed, r.Says)
		}
		text := regexp.MustCompile(`\n *[┆│] ?|\n`).ReplaceAllString(keyText(t, r), "") + strings.Join(r.Says, " ")
		for _, secret := range append(append(secretsOf(file, google), "MIIEsecret"), echoed...) {
			if strings.Contains(text, secret) {
				t.Fatalf("%s: a secret is shown: %s", test.name, secret)
			}
		}
	}
	if (&KeyRun{}).WriteText(full{}, false) == nil {
		t.Error("a failing writer was not noticed")
	}
}

// Of a key file only what is known to be public is shown.
func TestKeyFilePart(t *testing.T) {
	for _, test := range []struct{ file, want string }{
		{`{"type":"service_account","private_key":"-----BEGIN PRIVATE KEY-----\nMIIEvQIBxyz\n-----END PRIVATE KEY-----\n"}`,
			`{"type":"service_account","private_key":"-----BEGIN PRIVATE KEY-----\nMIIEvQIB[... 3 more characters withheld]\n-----END PRIVATE KEY-----\n"}`},
		{`{"private_key":"-----BEGIN PRIVATE KEY-----\\nMIIx\\n-----END PRIVATE KEY-----"}`,
			`{"private_key":"-----BEGIN PRIVATE KEY-----\\n[... 4 more characters withheld]\\n-----END PRIVATE KEY-----"}`},
		{`{"private_key":"MIIEvQIBxyz"}`, `{"private_key":"MIIEvQIB[... 3 more characters withheld]"}`},
		{`{"client_email":"-----BEGIN PRIVATE KEY-----\nabc"}`, `{"client_email":"[... 32 more characters withheld]"}`},
		{`{"client_id":"` + strings.Repeat("MIIE", 20) + `"}`, `{"client_id":"` + masked(strings.Repeat("MIIE", 20)) + `"}`},
		{`{"type":{"k":"-----BEGIN KEY-----"}}`, `{"type":"[... 27 more characters withheld]"}`},
		{`{"` + strings.Repeat("k", 41) + `":1}`, `[... 47 more characters withheld]`},
		{`{"password":"secret","n":12345}`, `{"password":"[... 6 more characters withheld]","n":"[... 5 more characters withheld]"}`},
		{`{"type":"x"} secret`, `[... 19 more characters withheld]`},
		{`["secret"]`, `[... 10 more characters withheld]`},
		{`{"type":"x","private_key":"sec`, `[... 30 more characters withheld]`},
		{"", "[... 0 more characters withheld]"},
	} {
		part := keyFilePart([]byte(test.file))
		if string(part.Bytes) != test.want {
			t.Errorf("%s\nis shown as %s\nand not as  %s", test.file, part.Bytes, test.want)
		}
	}
}

// An answer that is chunked, or not understood, shows no token either.
func TestWithoutTokens(t *testing.T) {
	const head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
	token := "ya29.c.c0AS" + strings.Repeat("secret", 20)
	for _, test := range []struct{ name, message, want string }{
		{"chunked", head + "5\r\n{\"acc\r\n16\r\ness_token\":\"" + token[:10] + "\r\n86\r\n" + token[10:] + "\",\"scope\":\"s\"\r\n1\r\n}\r\n0\r\n\r\n",
			head + `{"access_token":"ya29.c.c0AS[... 120 more characters withheld]","scope":"s"}`},
		{"unknown members", "HTTP/1.1 200 OK\r\n\r\n" + `{"Access_Token":"secret","token_type":"mac"}`, "HTTP/1.1 200 OK\r\n\r\n[... 44 more characters withheld]"},
		{"a list of tokens", "HTTP/1.1 200 OK\r\n\r\n" + `{"access_token":["secret"]}`, "HTTP/1.1 200 OK\r\n\r\n[... 27 more characters withheld]"},
		{"an echo with line breaks", "HTTP/1.1 400 Bad Request\r\n\r\n" + `{"error":"e","error_description":"` + strings.Repeat(strings.Repeat("s", 60)+`\n`, 2) + `"}`,
			"HTTP/1.1 400 Bad Request\r\n\r\n" + `{"error":"e","error_description":"` + `[... 60 more characters withheld]\[... 61 more characters withheld]\n` + `"}`},
		{"broken chunks", head + "1f\r\n{\"access_token\":\"ya29.c.secrets", head + "[... 31 more characters withheld]"},
		{"short", `{"access_token" : "secret\u0041", "id_token":"x.y"}`, `{"access_token" : "[... 12 more characters withheld]", "id_token":"[... 3 more characters withheld]"}`},
		{"elsewhere", "<p>" + token + "</p>", "<p>ya29.c.c0AS[... 120 more characters withheld]</p>"},
		{"no chunks", "HTTP/1.1 200 OK\r\n\r\n5\r\n", "HTTP/1.1 200 OK\r\n\r\n[... 3 more characters withheld]"},
		{"in the head of what is not understood", "HTTP/1.1 502 Bad Gateway\r\nX-Sent: " + token + "\r\n\r\nsecret", "HTTP/1.1 502 Bad Gateway\r\nX-Sent: ya29.c.c0AS[... 120 more characters withheld]\r\n\r\n[... 6 more characters withheld]"},
		{"a token that ends in a mask", `{"access_token":"secret[... 9 more characters withheld]"}`, `{"access_token":"[... 38 more characters withheld]"}`},
		{"a mask", `{"access_token":"ya29.c.[... 9 more characters withheld]"}`, `{"access_token":"ya29.c.[... 9 more characters withheld]"}`},
		{"nothing", "", ""},
	} {
		got := withoutTokens(Part{Bytes: unchunked([]byte(test.message))})
		if string(got.Bytes) != test.want {
			t.Errorf("%s: %q, not %q", test.name, got.Bytes, test.want)
		}
	}
}
