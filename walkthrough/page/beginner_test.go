// SPDX-License-Identifier: 0BSD

package page

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"example.com/fivestep/jwt"
	"example.com/fivestep/walkthrough"
	"example.com/fivestep/walkthrough/fakegoogle"
)

// beginner is a client with the lesson's key, calendar and clock. Used as it is,
// it makes no mistake.
type beginner struct {
	t      *testing.T
	google *fakegoogle.Server
	key    *jwt.KeyFile

	header, claims string // JSON
}

func newBeginner(t *testing.T, trace *walkthrough.Trace) *beginner {
	t.Helper()
	google := fakegoogle.New()
	key, err := walkthrough.SetUp(google)
	if err != nil {
		t.Fatal(err)
	}
	return &beginner{
		t:      t,
		google: google,
		key:    key,
		header: partText(t, trace, "header"),
		claims: partText(t, trace, "claims"),
	}
}

// partText returns the bytes of a part of the lesson.
func partText(t *testing.T, trace *walkthrough.Trace, name string) string {
	t.Helper()
	part, err := trace.Part(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(part.Bytes)
}

// input is the signing input.
func (b *beginner) input() string { return base64URL(b.header) + "." + base64URL(b.claims) }

func (b *beginner) digest() []byte {
	digest := sha256.Sum256([]byte(b.input()))
	return digest[:]
}

func (b *beginner) jwt() string { return b.input() + "." + base64URL(b.sign(b.input())) }

func (b *beginner) sign(text string) string {
	digest := sha256.Sum256([]byte(text))
	return b.signDigest(crypto.SHA256, digest[:])
}

func (b *beginner) signDigest(hash crypto.Hash, digest []byte) string {
	b.t.Helper()
	signature, err := rsa.SignPKCS1v15(nil, b.key.PrivateKey, hash, digest)
	if err != nil {
		b.t.Fatal(err)
	}
	return string(signature)
}

func base64URL(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }

// replace changes texts in the claims: an old and a new one, in turn.
func (b *beginner) replace(oldNew ...string) {
	b.t.Helper()
	changed := strings.NewReplacer(oldNew...).Replace(b.claims)
	if changed == b.claims {
		b.t.Fatalf("%q changes nothing in %s", oldNew, b.claims)
	}
	b.claims = changed
}

const (
	tokenURL  = "https://oauth2.googleapis.com/token"
	eventsURL = "https://www.googleapis.com/calendar/v3/calendars/%s/events%s"
	scopeURL  = "https://www.googleapis.com/auth/calendar.events.readonly"
	jwtBearer = "urn:ietf:params:oauth:grant-type:jwt-bearer"
	formType  = "application/x-www-form-urlencoded"
)

// form returns a form of names and values, in turn.
func form(nameValue ...string) string {
	values := url.Values{}
	for i := 0; i < len(nameValue); i += 2 {
		values.Set(nameValue[i], nameValue[i+1])
	}
	return values.Encode()
}

// send sends a request, with names and values of header lines in turn.
func (b *beginner) send(method, url, body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, url, strings.NewReader(body))
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	b.google.ServeHTTP(w, r)
	return w
}

// post posts a form to the token endpoint.
func (b *beginner) post(nameValue ...string) *httptest.ResponseRecorder {
	return b.send("POST", tokenURL, form(nameValue...), "Content-Type", formType)
}

// trade posts an assertion.
func (b *beginner) trade(assertion string) *httptest.ResponseRecorder {
	return b.post("grant_type", jwtBearer, "assertion", assertion)
}

// token gets an access token.
func (b *beginner) token() string {
	b.t.Helper()
	w := b.trade(b.jwt())
	answer := shortAnswer{}
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || answer.AccessToken == "" {
		b.t.Fatalf("no token: %s", w.Body)
	}
	return answer.AccessToken
}

// list asks for a calendar's events. The query is "" or begins with a question
// mark.
func (b *beginner) list(token, calendar, query string) *httptest.ResponseRecorder {
	address := fmt.Sprintf(eventsURL, calendar, query)
	return b.send("GET", address, "", "Authorization", "Bearer "+token)
}

// shortAnswer is what matters in Google's answers, for both servers.
type shortAnswer struct {
	Kind          string
	AccessToken   string `json:"access_token"`
	NextPageToken string
	Items         []any

	Error            json.RawMessage
	ErrorDescription string `json:"error_description"`
}

// short describes an answer as mistakes.txt does.
func short(w *httptest.ResponseRecorder) string {
	var answer shortAnswer
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
		return fmt.Sprintf("%d, and no JSON", w.Code)
	}
	var code string
	var apiError struct {
		Errors []struct{ Reason, Message string }
	}
	switch {
	case answer.Error == nil && answer.AccessToken != "":
		return "200, with an access_token"
	case answer.Error == nil && answer.Kind == "":
		return "200, without an access_token"
	case answer.Error == nil && answer.NextPageToken != "":
		return "200, with a nextPageToken"
	case answer.Error == nil && len(answer.Items) == 0:
		return "200, without events"
	case answer.Error == nil:
		return "200, with events"
	case json.Unmarshal(answer.Error, &code) == nil:
		return fmt.Sprintf("%d %s: %s", w.Code, code, answer.ErrorDescription)
	case json.Unmarshal(answer.Error, &apiError) == nil && len(apiError.Errors) > 0:
		return fmt.Sprintf("%d %s: %s", w.Code, apiError.Errors[0].Reason, apiError.Errors[0].Message)
	}
	return fmt.Sprintf("%d, and an error of another form", w.Code)
}
