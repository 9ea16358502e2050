// SPDX-License-Identifier: 0BSD

package page

import (
	"context"
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"maps"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"example.com/fivestep/jwt"
	"example.com/fivestep/walkthrough"
	"example.com/fivestep/walkthrough/lab"
)

// unreadable says whether a mistake with the key file is noticed: nil if it
// isn't.
var unreadable = map[string]func(b *beginner) error{
	"literal": func(b *beginner) error {
		text := strings.ReplaceAll(privateKey(b.t), "\n", `\n`)
		if block, _ := pem.Decode([]byte(text)); block == nil {
			return fmt.Errorf("no PEM")
		}
		return nil
	},
	"pkcs1": func(b *beginner) error {
		block, _ := pem.Decode([]byte(privateKey(b.t)))
		_, err := x509.ParsePKCS1PrivateKey(block.Bytes)
		return err
	},
	"oauth-client": func(b *beginner) error {
		_, err := jwt.ParseKeyFile([]byte(`{"installed": {"client_id": "1"}}`))
		return err
	},
	"user": func(b *beginner) error {
		_, err := jwt.ParseKeyFile([]byte(`{"type": "authorized_user", "client_id": "1"}`))
		return err
	},
	"certificate": func(b *beginner) error {
		w := b.send("GET", "https://www.googleapis.com/robot/v1/metadata/x509/"+b.key.ClientEmail, "")
		var certificates map[string]string
		if err := json.Unmarshal(w.Body.Bytes(), &certificates); err != nil {
			b.t.Fatal(err)
		}
		block, _ := pem.Decode([]byte(certificates[b.key.PrivateKeyID]))
		_, err := x509.ParsePKCS8PrivateKey(block.Bytes)
		return err
	},
}

// privateKey returns the PEM in the lesson's key file.
func privateKey(t *testing.T) string {
	var file struct {
		PrivateKey string `json:"private_key"`
	}
	if err := json.Unmarshal(walkthrough.KeyFile(), &file); err != nil {
		t.Fatal(err)
	}
	return file.PrivateKey
}

// badSignatures return the third part of a JWT with one mistake in it.
var badSignatures = map[string]func(b *beginner) string{
	"signs-json":   func(b *beginner) string { return base64URL(b.sign(b.header + "." + b.claims)) },
	"signs-claims": func(b *beginner) string { return base64URL(b.sign(base64URL(b.claims))) },
	"newline":      func(b *beginner) string { return base64URL(b.sign(b.input() + "\n")) },
	"hashes-twice": func(b *beginner) string { return base64URL(b.sign(string(b.digest()))) },
	"hex-digest":   func(b *beginner) string { return base64URL(b.sign(hex.EncodeToString(b.digest()))) },
	"no-digestinfo": func(b *beginner) string {
		return base64URL(b.signDigest(crypto.Hash(0), b.digest()))
	},
	"sha1": func(b *beginner) string {
		digest := sha1.Sum([]byte(b.input()))
		return base64URL(b.signDigest(crypto.SHA1, digest[:]))
	},
	"pss": func(b *beginner) string {
		signature, err := rsa.SignPSS(rand.Reader, b.key.PrivateKey, crypto.SHA256, b.digest(), nil)
		if err != nil {
			b.t.Fatal(err)
		}
		return base64URL(string(signature))
	},
	"hs256": func(b *beginner) string {
		b.header = strings.Replace(b.header, "RS256", "HS256", 1)
		mac := hmac.New(sha256.New, walkthrough.KeyFile())
		mac.Write([]byte(b.input()))
		return base64URL(string(mac.Sum(nil)))
	},
	"serialized-twice": func(b *beginner) string {
		signature := b.sign(b.input())
		b.replace(",", ", ")
		return base64URL(signature)
	},
	"hex-base64": func(b *beginner) string {
		return base64URL(hex.EncodeToString([]byte(b.sign(b.input()))))
	},
	"other-key": func(b *beginner) string {
		other, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			b.t.Fatal(err)
		}
		b.key.PrivateKey = other
		return base64URL(b.sign(b.input()))
	},
	"standard-base64": func(b *beginner) string {
		return base64.StdEncoding.EncodeToString([]byte(b.sign(b.input())))
	},
}

// badClaims are replacements in the claims.
var badClaims = map[string][]string{
	"milliseconds":   {"1699999990", "1699999990000", "1700003590", "1700003590000"},
	"durations":      {"1700003590", "3600"},
	"a-day":          {"1700003590", "1700086390"},
	"local-time":     {"1699999990", "1700032390", "1700003590", "1700035990"}, // Seoul's
	"missing-iat":    {`"iat":1699999990,`, ``},
	"aud-api":        {tokenURL, "https://www.googleapis.com/calendar/v3"},
	"aud-auth":       {tokenURL, "https://accounts.google.com/o/oauth2/auth"},
	"aud-slash":      {tokenURL, tokenURL + "/"},
	"aud-http":       {tokenURL, "http://oauth2.googleapis.com/token"},
	"iss-client-id":  {"reader@fivestep-lesson.iam.gserviceaccount.com", "113258942105700140798"},
	"iss-project":    {"reader@fivestep-lesson.iam.gserviceaccount.com", "fivestep-lesson"},
	"iss-you":        {"reader@fivestep-lesson.iam.gserviceaccount.com", "you@gmail.com"},
	"scopes":         {`"scope":`, `"scopes":`},
	"scope-array":    {`"` + scopeURL + `"`, `["` + scopeURL + `"]`},
	"scope-comma":    {scopeURL, scopeURL + ",https://www.googleapis.com/auth/calendar.readonly"},
	"scope-misspelt": {"calendar.events", "calendar.event"},
	"scope-short":    {scopeURL, "calendar.events.readonly"},
	"sub":            {`{"iss"`, `{"sub":"you@gmail.com","iss"`},
}

// badPosts post a good JWT in a wrong way, or one that was damaged later.
var badPosts = map[string]func(b *beginner) *httptest.ResponseRecorder{
	"padding": func(b *beginner) *httptest.ResponseRecorder {
		signature := b.sign(b.input())
		padded := base64.URLEncoding.EncodeToString([]byte(b.header)) + "." +
			base64.URLEncoding.EncodeToString([]byte(b.claims))
		return b.trade(padded + "." + base64URL(signature))
	},
	"no-signature": func(b *beginner) *httptest.ResponseRecorder { return b.trade(b.input()) },
	"clock": func(b *beginner) *httptest.ResponseRecorder {
		b.google.Advance(-10 * time.Minute)
		return b.trade(b.jwt())
	},
	"json-body": func(b *beginner) *httptest.ResponseRecorder {
		body := fmt.Sprintf(`{"grant_type": %q, "assertion": %q}`, jwtBearer, b.jwt())
		return b.send("POST", tokenURL, body, "Content-Type", "application/json")
	},
	"no-content-type": func(b *beginner) *httptest.ResponseRecorder {
		return b.send("POST", tokenURL, form("grant_type", jwtBearer, "assertion", b.jwt()))
	},
	"in-query": func(b *beginner) *httptest.ResponseRecorder {
		query := form("grant_type", jwtBearer, "assertion", b.jwt())
		return b.send("POST", tokenURL+"?"+query, "", "Content-Type", formType)
	},
	"grant-short": func(b *beginner) *httptest.ResponseRecorder {
		return b.post("grant_type", "jwt-bearer", "assertion", b.jwt())
	},
	"grant-escaped-twice": func(b *beginner) *httptest.ResponseRecorder {
		return b.post("grant_type", url.QueryEscape(jwtBearer), "assertion", b.jwt())
	},
	"client-credentials": func(b *beginner) *httptest.ResponseRecorder {
		return b.post("grant_type", "client_credentials", "assertion", b.jwt())
	},
	"other-name": func(b *beginner) *httptest.ResponseRecorder {
		return b.post("grant_type", jwtBearer, "client_assertion", b.jwt())
	},
	"quotes": func(b *beginner) *httptest.ResponseRecorder { return b.trade(`"` + b.jwt() + `"`) },
	"bearer": func(b *beginner) *httptest.ResponseRecorder { return b.trade("Bearer " + b.jwt()) },
	"newline-after": func(b *beginner) *httptest.ResponseRecorder {
		return b.trade(b.jwt() + "\n")
	},
	"get": func(b *beginner) *httptest.ResponseRecorder {
		return b.send("GET", tokenURL+"?"+form("grant_type", jwtBearer, "assertion", b.jwt()), "")
	},
}

// badRequests ask for events in a wrong way, or with a wrong token.
var badRequests = map[string]func(b *beginner) *httptest.ResponseRecorder{
	"undefined": func(b *beginner) *httptest.ResponseRecorder {
		return b.list("undefined", walkthrough.CalendarID, "")
	},
	"dots": func(b *beginner) *httptest.ResponseRecorder {
		return b.list(strings.TrimRight(b.token(), "."), walkthrough.CalendarID, "")
	},
	"jwt-itself": func(b *beginner) *httptest.ResponseRecorder {
		return b.list(b.jwt(), walkthrough.CalendarID, "")
	},
	"expired": func(b *beginner) *httptest.ResponseRecorder {
		token := b.token()
		b.google.Advance(time.Hour)
		return b.list(token, walkthrough.CalendarID, "")
	},
	"no-token": func(b *beginner) *httptest.ResponseRecorder {
		return b.send("GET", fmt.Sprintf(eventsURL, walkthrough.CalendarID, ""), "")
	},
	"scheme": func(b *beginner) *httptest.ResponseRecorder {
		address := fmt.Sprintf(eventsURL, walkthrough.CalendarID, "")
		return b.send("GET", address, "", "Authorization", b.token())
	},
	"not-shared": func(b *beginner) *httptest.ResponseRecorder {
		b.google.Share(walkthrough.CalendarID, b.key.ClientEmail, "")
		return b.list(b.token(), walkthrough.CalendarID, "")
	},
	"title": func(b *beginner) *httptest.ResponseRecorder { return b.list(b.token(), "Work", "") },
	"hash": func(b *beginner) *httptest.ResponseRecorder {
		address := fmt.Sprintf(eventsURL, "ko.south_korea#holiday@group.v.calendar.google.com", "")
		sent, _, _ := strings.Cut(address, "#")
		return b.send("GET", sent, "", "Authorization", "Bearer "+b.token())
	},
	"small-scope": func(b *beginner) *httptest.ResponseRecorder {
		b.replace("calendar.events.readonly", "calendar.calendarlist.readonly")
		return b.list(b.token(), walkthrough.CalendarID, "")
	},
	"primary": func(b *beginner) *httptest.ResponseRecorder {
		return b.list(b.token(), "primary", "")
	},
	"first-page": func(b *beginner) *httptest.ResponseRecorder {
		b.addEvents(300)
		return b.list(b.token(), walkthrough.CalendarID, "")
	},
}

// addEvents adds events to the lesson's calendar.
func (b *beginner) addEvents(count int) {
	for i := range count {
		day := fmt.Sprintf(`{"date": "%d-01-01"}`, 2100+i)
		text := fmt.Sprintf(`{"summary": "Added", "start": %s, "end": %s}`, day, day)
		if err := b.google.AddEvent(walkthrough.CalendarID, text); err != nil {
			b.t.Fatal(err)
		}
	}
}

// badQueries are queries for events.
var badQueries = map[string]string{
	"plus":        "?timeMin=2023-11-15T00:00:00+09:00",
	"no-offset":   "?timeMin=2023-11-15T00:00:00",
	"date":        "?timeMin=2023-11-15",
	"order":       "?orderBy=startTime",
	"empty-range": "?timeMin=2023-11-15T00:00:00Z&timeMax=2023-11-14T00:00:00Z",
}

// mistakeMakers returns what makes each mistake, and describes the answer.
func mistakeMakers() map[string]func(b *beginner) string {
	makers := map[string]func(b *beginner) string{}
	for name, read := range unreadable {
		makers[name] = func(b *beginner) string {
			if read(b) == nil {
				return "the key can be read"
			}
			return "No request: your library can't read the key."
		}
	}
	for name, sign := range badSignatures {
		makers[name] = func(b *beginner) string {
			signature := sign(b)
			return short(b.trade(b.input() + "." + signature))
		}
	}
	for name, replacements := range badClaims {
		makers[name] = func(b *beginner) string {
			b.replace(replacements...)
			return short(b.trade(b.jwt()))
		}
	}
	for name, query := range badQueries {
		makers[name] = func(b *beginner) string {
			return short(b.list(b.token(), walkthrough.CalendarID, query))
		}
	}
	requests := maps.Clone(badPosts)
	maps.Copy(requests, badRequests)
	for name, send := range requests {
		makers[name] = func(b *beginner) string { return short(send(b)) }
	}
	return makers
}

// Every mistake on the page leads to the answer above it. Without a mistake,
// Google answers with a token and with events.
func TestMistakes(t *testing.T) {
	trace := lesson(t)
	b := newBeginner(t, trace)
	if got := short(b.trade(b.jwt())); got != "200, with an access_token" {
		t.Errorf("without a mistake: %s", got)
	}
	if got := short(b.list(b.token(), walkthrough.CalendarID, "")); got != "200, with events" {
		t.Errorf("without a mistake: %s", got)
	}
	makers := mistakeMakers()
	for _, stage := range newTestWritePage(t).Stages {
		for _, m := range stage.Mistakes {
			start, _, _ := strings.Cut(m.Answer, "…")
			for _, mistake := range m.All {
				make := makers[mistake.Name]
				if make == nil {
					t.Errorf("%s: nothing makes this mistake", mistake.Name)
					continue
				}
				delete(makers, mistake.Name)
				got := make(newBeginner(t, trace))
				if got != m.Answer && (start == m.Answer || !strings.HasPrefix(got, start)) {
					t.Errorf("%s: %s\nnot %s", mistake.Name, got, m.Answer)
				}
			}
		}
	}
	for name := range makers {
		t.Errorf("the page doesn't have the mistake %s", name)
	}
}

// The breakage beside an answer shows that answer.
func TestMistakesInLab(t *testing.T) {
	for _, stage := range newTestWritePage(t).Stages {
		for _, m := range stage.Mistakes {
			name, ok := strings.CutPrefix(m.Lab, "/lab?break=")
			if !ok || !m.Google() {
				continue
			}
			result, err := lab.Break(context.Background(), name)
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			head, body, _ := strings.Cut(string(result.Answer.Bytes), "\r\n\r\n")
			status, _, _ := strings.Cut(strings.TrimPrefix(head, "HTTP/1.1 "), " ")
			w := httptest.NewRecorder()
			fmt.Sscan(status, &w.Code)
			w.Body.WriteString(body)
			start, _, _ := strings.Cut(m.Answer, "…")
			if got := short(w); !strings.HasPrefix(got, start) {
				t.Errorf("%s: the lab shows %s\nnot %s", name, got, m.Answer)
			}
		}
	}
}
