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
	"example.com/fivestep/walkthrough/fakegoogle/diagnosis"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const (
	accountEmail = "reader@lesson.iam.gserviceaccount.com"
	calendarID   = "you@gmail.com"
	scopePrefix  = "https://www.googleapis.com/auth/"
	tokenURL     = "https://oauth2.googleapis.com/token"

	// Paths under /calendar/v3/.
	calendarPath = "calendars/" + calendarID
	eventsPath   = calendarPath + "/events"
	listPath     = "users/me/calendarList"

	// Paths on the server.
	certificatesPath = "/robot/v1/metadata/x509/"

	formType  = "application/x-www-form-urlencoded"
	jwtBearer = "urn:ietf:params:oauth:grant-type:jwt-bearer"
)

// start is 2023-11-14T22:13:20Z, a Tuesday.
var start = time.Unix(1700000000, 0)

// world is a server on a port, with one account and one calendar that the
// account can read. Its clock is stopped.
type world struct {
	*fakegoogle.Server
	t       testing.TB
	url     string
	account *fakegoogle.Account
	client  *http.Client

	// mistakes are those that clients make and the Calendar API accepts; see
	// checkInnocent.
	mistakes []string
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{Server: fakegoogle.New(), t: t}
	w.SetClock(start)
	w.accuseNobody()
	account, err := w.CreateAccount(fakegoogle.Account{
		ProjectID:     "lesson",
		ProjectNumber: "336992806363",
		Email:         accountEmail,
		ClientID:      "113258942105700140798",
		KeyID:         "370ab79b4513eb9bad7c9bd16a95cb76b5b2a56a",
		Key:           testKey(t),
	})
	if err != nil {
		t.Fatal(err)
	}
	w.account = account
	w.AddCalendar(fakegoogle.Calendar{ID: calendarID, Summary: "You", TimeZone: "Asia/Seoul"})
	w.Share(calendarID, accountEmail, "reader")
	server := httptest.NewServer(w.Server)
	t.Cleanup(server.Close)
	t.Cleanup(w.checkInnocent)
	w.url = server.URL
	w.client = server.Client()
	w.client.Timeout = 30 * time.Second
	w.client.CheckRedirect = func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}
	return w
}

// checkInnocent fails if the Calendar API has accepted a request and a mistake
// was found in it that no client has made. It runs at the end of every test
// that has a world.
func (w *world) checkInnocent() {
	for _, r := range w.Requests() {
		isCall := slices.Equal(r.Verdict.Checks, diagnosis.CalendarChecks)
		isAccused := r.Fault == "" && r.Verdict.Refused == 0 && r.Verdict.Name != ""
		if isCall && isAccused && !slices.Contains(w.mistakes, r.Verdict.Name) {
			w.t.Errorf("accused without a mistake: %s", r)
		}
		if isCall && r.Verdict.Refused > 0 && r.Verdict.Wrong == "" {
			w.t.Errorf("refused without a reason: %s", r)
		}
	}
}

// testKey is the RSA-2048 test key of RFC 9500 section 2.1. It's public, and
// nothing real uses it.
func testKey(t testing.TB) *rsa.PrivateKey {
	t.Helper()
	text, err := os.ReadFile("testdata/testkey.pem")
	if err != nil {
		t.Fatal(err)
	}
	text = []byte(strings.ReplaceAll(string(text), "TESTING KEY", "PRIVATE KEY"))
	block, _ := pem.Decode(text)
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return key.(*rsa.PrivateKey)
}

// addEvent adds an event to the calendar.
func (w *world) addEvent(text string, instances ...string) {
	w.t.Helper()
	if err := w.AddEvent(calendarID, text, instances...); err != nil {
		w.t.Fatal(err)
	}
}

// addOneEvent adds an event that has only what it needs.
func (w *world) addOneEvent(id string) {
	w.t.Helper()
	w.addEvent(`{"id":"` + id + `","start":{"date":"2023-11-15"},"end":{"date":"2023-11-16"}}`)
}

func (w *world) deleteEvent(id string) {
	w.t.Helper()
	if err := w.DeleteEvent(calendarID, id); err != nil {
		w.t.Fatal(err)
	}
}

type claims map[string]any

// claims returns good claims, for reading events.
func (w *world) claims() claims {
	now := w.Now().Unix()
	return claims{
		"iss":   w.account.Email,
		"scope": scopePrefix + "calendar.events.readonly",
		"aud":   tokenURL,
		"iat":   now,
		"exp":   now + 3600,
	}
}

// with returns the claims with one of them changed. nil removes it.
func (c claims) with(name string, value any) claims {
	c = maps.Clone(c)
	c[name] = value
	if value == nil {
		delete(c, name)
	}
	return c
}

var b64 = base64.RawURLEncoding.EncodeToString

// sign returns an assertion.
func (w *world) sign(c claims) string {
	text, err := json.Marshal(c)
	if err != nil {
		w.t.Fatal(err)
	}
	return w.signParts(b64([]byte(`{"alg":"RS256","typ":"JWT"}`)), b64(text))
}

// signParts returns an assertion with these parts, whatever they are.
func (w *world) signParts(header, claims string) string {
	digest := sha256.Sum256([]byte(header + "." + claims))
	signature, err := rsa.SignPKCS1v15(rand.Reader, w.account.Key, crypto.SHA256, digest[:])
	if err != nil {
		w.t.Fatal(err)
	}
	return header + "." + claims + "." + b64(signature)
}

// reply is a response, read to its end.
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

// request sends a request without a body to a path on the server.
func (w *world) request(method, path string) reply {
	w.t.Helper()
	return w.do(http.NewRequest(method, w.url+path, nil))
}

// exchange posts an assertion to the token endpoint.
func (w *world) exchange(assertion string) reply {
	w.t.Helper()
	return w.post("/token", formType, exchangeForm(assertion))
}

func exchangeForm(assertion string) string {
	form := url.Values{"grant_type": {jwtBearer}, "assertion": {assertion}}
	return form.Encode()
}

func (w *world) post(path, contentType, body string) reply {
	w.t.Helper()
	req, err := http.NewRequest("POST", w.url+path, strings.NewReader(body))
	if err == nil {
		req.Header.Set("Content-Type", contentType)
	}
	return w.do(req, err)
}

// token returns an access token for a scope, given without scopePrefix.
func (w *world) token(scope string) string {
	w.t.Helper()
	return w.tokenFor(w.claims().with("scope", scopePrefix+scope))
}

// tokenAs returns an access token to read a user's calendars, by domain-wide
// delegation.
func (w *world) tokenAs(user string) string {
	w.t.Helper()
	c := w.claims().with("scope", scopePrefix+"calendar.readonly")
	return w.tokenFor(c.with("sub", user))
}

func (w *world) tokenFor(c claims) string {
	w.t.Helper()
	r := w.exchange(w.sign(c))
	var answer struct {
		AccessToken string `json:"access_token"`
	}
	err := json.Unmarshal([]byte(r.body), &answer)
	if err != nil || answer.AccessToken == "" {
		w.t.Fatalf("no access token: %s %s", r.Status, r.body)
	}
	return answer.AccessToken
}

// get gets a path under /calendar/v3/. headers alternates between names and
// values.
func (w *world) get(token, path string, headers ...string) reply {
	w.t.Helper()
	return w.do(w.newGet(token, path, headers...))
}

func (w *world) newGet(token, path string, headers ...string) (*http.Request, error) {
	req, err := http.NewRequest("GET", w.url+"/calendar/v3/"+path, nil)
	if err != nil {
		return nil, err
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	return req, nil
}

// dump writes a response with its headers sorted.
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

// goldenFile collects texts under titles and compares them with a file.
type goldenFile struct {
	t    *testing.T
	name string
	text strings.Builder
}

func newGolden(t *testing.T, name string) *goldenFile {
	return &goldenFile{t: t, name: name}
}

func (g *goldenFile) add(title, text string) {
	fmt.Fprintf(&g.text, "=== %s\n%s", title, text)
	if !strings.HasSuffix(text, "\n") {
		g.text.WriteString("\n(no newline at the end)\n")
	}
	g.text.WriteString("\n")
}

func (g *goldenFile) addReply(title string, r reply) {
	g.add(title, dump(r))
}

func (g *goldenFile) compare() {
	g.t.Helper()
	path := filepath.Join("testdata", g.name)
	if *update {
		if err := os.WriteFile(path, []byte(g.text.String()), 0o666); err != nil {
			g.t.Fatal(err)
		}
	}
	text, err := os.ReadFile(path)
	if err != nil {
		g.t.Fatal(err)
	}
	want := strings.Split(string(text), "\n")
	got := strings.Split(g.text.String(), "\n")
	for i := range max(len(want), len(got)) {
		if i >= len(want) || i >= len(got) || want[i] != got[i] {
			g.t.Fatalf("%s:%d: want %q, got %q (go test -update rewrites it)",
				path, i+1, lineAt(want, i), lineAt(got, i))
		}
	}
}

func lineAt(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return "the end of the file"
}
