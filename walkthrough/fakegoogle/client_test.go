// SPDX-License-Identifier: 0BSD

package fakegoogle_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"flag"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/fivestep/walkthrough/fakegoogle"
)

var update = flag.Bool("update", false, "write the golden files anew")

const (
	reader = "reader@lesson.iam.gserviceaccount.com"
	mine   = "you@gmail.com"
	scopes = "https://www.googleapis.com/auth/"
)

var start = time.Unix(1700000000, 0) // 2023-11-14T22:13:20Z, a Tuesday

// world is a server on a port, with one account and one calendar that is shared with it.
type world struct {
	*fakegoogle.Server
	t       testing.TB
	url     string
	account *fakegoogle.Account
	client  *http.Client
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{Server: fakegoogle.New(), t: t}
	w.SetClock(start)
	account, err := w.CreateAccount(fakegoogle.Account{ProjectID: "lesson", ProjectNumber: "336992806363", Email: reader,
		ClientID: "113258942105700140798", KeyID: "370ab79b4513eb9bad7c9bd16a95cb76b5b2a56a", Key: testKey(t)})
	if err != nil {
		t.Fatal(err)
	}
	w.account = account
	w.AddCalendar(fakegoogle.Calendar{ID: mine, Summary: "You", TimeZone: "Asia/Seoul"})
	w.Share(mine, reader, "reader")
	server := httptest.NewServer(w.Server)
	t.Cleanup(server.Close)
	w.url, w.client = server.URL, server.Client()
	w.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	w.client.Timeout = 30 * time.Second
	return w
}

// testKey is the RSA-2048 test key of RFC 9500 section 2.1, public and in use nowhere.
func testKey(t testing.TB) *rsa.PrivateKey {
	t.Helper()
	text, err := os.ReadFile("testdata/testkey.pem")
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode([]byte(strings.ReplaceAll(string(text), "TESTING KEY", "PRIVATE KEY")))
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return key.(*rsa.PrivateKey)
}

type claims map[string]any

// claims are good ones, for reading events.
func (w *world) claims() claims {
	now := w.Now().Unix()
	return claims{"iss": w.account.Email, "scope": scopes + "calendar.events.readonly", "aud": "https://oauth2.googleapis.com/token", "iat": now, "exp": now + 3600}
}

// with changes one claim; nil takes it away.
func (c claims) with(name string, value any) claims {
	c = maps.Clone(c)
	c[name] = value
	if value == nil {
		delete(c, name)
	}
	return c
}

var b64 = base64.RawURLEncoding.EncodeToString

func (w *world) sign(c claims) string {
	text, err := json.Marshal(c)
	if err != nil {
		w.t.Fatal(err)
	}
	return w.signText(b64([]byte(`{"alg":"RS256","typ":"JWT"}`)), b64(text))
}

// signText signs two parts as they are.
func (w *world) signText(header, payload string) string {
	digest := sha256.Sum256([]byte(header + "." + payload))
	signature, err := rsa.SignPKCS1v15(rand.Reader, w.account.Key, crypto.SHA256, digest[:])
	if err != nil {
		w.t.Fatal(err)
	}
	return header + "." + payload + "." + b64(signature)
}

// reply is an answer, read to its end.
type reply struct {
	*http.Response
	body string
}

func (w *world) do(req *http.Request, err error) reply {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
	resp, err := w.client.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return reply{resp, string(body)}
}

// exchange posts an assertion.
func (w *world) exchange(assertion string) reply {
	w.t.Helper()
	return w.post("application/x-www-form-urlencoded", url.Values{"grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"}, "assertion": {assertion}}.Encode())
}

func (w *world) post(contentType, body string) reply {
	w.t.Helper()
	req, err := http.NewRequest("POST", w.url+"/token", strings.NewReader(body))
	if err == nil {
		req.Header.Set("Content-Type", contentType)
	}
	return w.do(req, err)
}

// token gets an access token for these scopes, by their last words.
func (w *world) token(names ...string) string {
	w.t.Helper()
	return w.tokenFor(w.claims().with("scope", scopes+strings.Join(names, " "+scopes)))
}

func (w *world) tokenFor(c claims) string {
	w.t.Helper()
	r := w.exchange(w.sign(c))
	var answer struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.Unmarshal([]byte(r.body), &answer); err != nil || answer.AccessToken == "" {
		w.t.Fatalf("no access token: %s %s", r.Status, r.body)
	}
	return answer.AccessToken
}

// get reads a path under /calendar/v3/. headers are names and values in turn.
func (w *world) get(token, path string, headers ...string) reply {
	w.t.Helper()
	req, err := http.NewRequest("GET", w.url+"/calendar/v3/"+path, nil)
	if err == nil {
		if token != "" {
			req.Header.Set("Authorization", "Bearer "+token)
		}
		for i := 0; i < len(headers); i += 2 {
			req.Header.Set(headers[i], headers[i+1])
		}
	}
	return w.do(req, err)
}

// dump writes an answer as it came, headers sorted.
func dump(r reply) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s\n", r.Proto, r.Status)
	if r.TransferEncoding != nil {
		fmt.Fprintf(&b, "Transfer-Encoding: %s\n", strings.Join(r.TransferEncoding, ", "))
	}
	for _, name := range slices.Sorted(maps.Keys(r.Header)) {
		for _, value := range r.Header[name] {
			fmt.Fprintf(&b, "%s: %s\n", name, value)
		}
	}
	return b.String() + "\n" + r.body
}

// book collects named texts and compares them with a golden file.
type book struct {
	t    *testing.T
	name string
	text strings.Builder
}

func (b *book) add(title, text string) {
	fmt.Fprintf(&b.text, "=== %s\n%s", title, text)
	if !strings.HasSuffix(text, "\n") {
		b.text.WriteString("\n(no line end)\n")
	}
	b.text.WriteString("\n")
}

func (b *book) compare() {
	b.t.Helper()
	path, got := filepath.Join("testdata", b.name), b.text.String()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o666); err != nil {
			b.t.Fatal(err)
		}
	}
	text, err := os.ReadFile(path)
	if err != nil {
		b.t.Fatal(err)
	}
	want, have := strings.Split(string(text), "\n"), strings.Split(got, "\n")
	for i := range max(len(want), len(have)) {
		if i >= len(want) || i >= len(have) || want[i] != have[i] {
			b.t.Fatalf("%s:%d: want %q, got %q (go test -update writes it anew)", path, i+1, want[i:min(i+1, len(want))], have[i:min(i+1, len(have))])
		}
	}
}
