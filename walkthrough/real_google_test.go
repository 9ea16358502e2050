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
	"strings"
	"testing"
	"time"

	"example.com/fivestep/walkthrough/fakegoogle"
)

// local is a fake Google on a local port, with an account whose key no other
// test uses.
type local struct {
	*fakegoogle.Server
	url     string
	keyFile []byte
	config  *tls.Config // trusts the fake's certificate
}

func newLocal(t *testing.T, serve func(http.Handler) *httptest.Server) *local {
	t.Helper()
	google := fakegoogle.New()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	account, err := google.CreateAccount(fakegoogle.Account{Key: key})
	if err != nil {
		t.Fatal(err)
	}
	google.AddExample(CalendarID)
	google.Share(CalendarID, account.Email, "reader")
	server := serve(google)
	t.Cleanup(server.Close)
	l := &local{Server: google, url: server.URL, keyFile: account.KeyFile(server.URL + "/token")}
	if server.Certificate() != nil {
		l.config = &tls.Config{RootCAs: x509.NewCertPool()}
		l.config.RootCAs.AddCert(server.Certificate())
	}
	return l
}

// runKey is RunKey with the fake's clock and certificate, and without waiting.
func (l *local) runKey(file []byte, calendarID, api string) *KeyRun {
	transport, recording := realNetwork(l.config)
	k := keyRunner{
		transport: transport,
		recording: recording,
		now:       l.Now,
		sleep:     func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
		run:       &KeyRun{Now: l.Now(), Calendar: calendarID},
	}
	k.fiveSteps(context.Background(), file, api)
	return k.run
}

// secrets returns every run of 24 characters of everything that must not be
// shown: the private key, the signatures and the access tokens.
func (l *local) secrets() (all []string) {
	const window = 24
	body := l.keyFile[bytes.Index(l.keyFile, []byte(`KEY-----\n`))+len(`KEY-----\n`):]
	body = body[len("MIIEvQIB"):bytes.Index(body, []byte(`\n-----END`))]
	secrets := []string{string(body)}
	for _, r := range l.Requests() {
		secrets = append(secrets, strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
		secrets = append(secrets, string(r.Body[bytes.LastIndexByte(r.Body, '.')+1:]))
	}
	for _, s := range secrets {
		for i := 0; i+window <= len(s); i++ {
			if strings.Trim(s[i:i+window], ".") != "" {
				all = append(all, s[i:i+window])
			}
		}
	}
	return all
}

// everythingIn returns everything that a program could print about a run.
func everythingIn(r *KeyRun) string {
	all := fmt.Sprintf("%+v %q", r, r.Says)
	for _, step := range r.Steps {
		for _, part := range step.Parts {
			all += "\n" + string(part.Bytes)
		}
	}
	return all
}

// The five steps over a real network, without TLS and with it.
func TestKey(t *testing.T) {
	for name, serve := range map[string]func(http.Handler) *httptest.Server{
		"http":  httptest.NewServer,
		"https": httptest.NewTLSServer,
	} {
		google := newLocal(t, serve)
		r := google.runKey(google.keyFile, CalendarID, google.url+"/calendar/v3")
		if r.Failed != 0 || len(r.Events) < 3 || len(r.Steps) != 5 {
			t.Fatalf("%s: step %d fails: %q", name, r.Failed, r.Says)
		}
		if n := len(google.Requests()); n != 2 {
			t.Fatalf("%s: %d requests", name, n)
		}
		everything := everythingIn(r)
		secrets := google.secrets()
		if len(secrets) < 2000 {
			t.Fatalf("%s: %d secrets", name, len(secrets))
		}
		for _, secret := range secrets {
			if strings.Contains(everything, secret) {
				t.Fatalf("%s: a secret is in the run: %s", name, secret)
			}
		}
		path := google.Requests()[1].Path
		for _, want := range []string{
			"POST /token HTTP/1.1", "Weekly stand-up", "팀 점심", r.Email, path,
		} {
			if !strings.Contains(everything, want) {
				t.Errorf("%s: %q is not in the run", name, want)
			}
		}
	}
}

// echo serves a token endpoint that repeats the assertion, unchanged and in
// base64. It stores the secrets of both in echoed.
func echo(t *testing.T, echoed *[]string) (url string) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.ParseForm()
		assertion := r.Form.Get("assertion")
		coded := base64.StdEncoding.EncodeToString([]byte(assertion))
		*echoed = []string{assertion[len(assertion)-24:], coded[len(coded)-24:]}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprintf(w, `{"error":"invalid_grant","error_description":`+
			`"java.security.SignatureException: Invalid signature for token: %s","more":"%s"}`,
			assertion, coded)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// Whatever fails, the steps before it are recorded without a secret, and the
// message is the tool's.
func TestKeyFailures(t *testing.T) {
	google := newLocal(t, httptest.NewServer)
	var echoed []string
	echoURL := echo(t, &echoed)
	file, api := google.keyFile, google.url+"/calendar/v3"
	at := func(url string) []byte {
		return bytes.Replace(file, []byte(google.url), []byte(url), 1)
	}
	noJSON := []byte("-----BEGIN PRIVATE KEY-----\nMIIEsecret\n-----END PRIVATE KEY-----\n")
	for _, test := range []struct {
		name          string
		file          []byte
		calendar, api string
		failed        int
		says          string
	}{
		{"no JSON", noJSON, CalendarID, api, 1, "PEM, not JSON"},
		{"cut off", file[:len(file)/2], CalendarID, api, 1, "cut off"},
		{"empty", nil, CalendarID, api, 1, "the file is empty"},
		{"more after it", append(bytes.Clone(file), file...), CalendarID, api, 1, "more after the end"},
		{"nobody there", at("http://127.0.0.1:1"), CalendarID, api, 3, "connection refused"},
		{"echo", at(echoURL), CalendarID, api, 4, "SignatureException"},
		{"not shared", file, "else@example.com", api, 5, "404 notFound"},
		{"no id", file, "", api, 5, "is not a valid ID"},
		{"no API", file, CalendarID, "http://127.0.0.1:1", 5, "connection refused"},
		{"bad API", file, CalendarID, "http://example.com", 5, "base URL must be https"},
	} {
		r := google.runKey(test.file, test.calendar, test.api)
		if r.Failed != test.failed || len(r.Steps) < r.Failed ||
			!strings.Contains(strings.Join(r.Says, " "), test.says) {
			t.Errorf("%s: step %d fails: %q", test.name, r.Failed, r.Says)
		}
		everything := everythingIn(r)
		for _, secret := range append(append(google.secrets(), "MIIEsecret"), echoed...) {
			if strings.Contains(everything, secret) {
				t.Fatalf("%s: a secret is in the run: %s", test.name, secret)
			}
		}
	}
}
