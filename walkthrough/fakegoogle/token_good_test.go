// SPDX-License-Identifier: 0BSD

package fakegoogle_test

import (
	"encoding/base64"
	"fmt"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"
)

// A good request is never accused of anything. What differs here is the way
// that some clients write their JSON, which claims they send, and how they
// escape the form.
func TestGoodTokenRequests(t *testing.T) {
	w := newTokenWorld(t)
	now := start.Unix()
	const scope = scopePrefix + "calendar.readonly"
	kid := w.account.KeyID
	claims := fmt.Sprintf(`"iss":"%s","scope":"%s","aud":"%s"`, accountEmail, scope, tokenURL)
	times := fmt.Sprintf(`"iat":%d,"exp":%d`, now, now+3600)
	withKid := `{"alg":"RS256","typ":"JWT","kid":"` + kid + `"}`
	const old = "https://www.googleapis.com/oauth2/v4/token"
	oldClaims := strings.Replace(claims, tokenURL, old, 1)

	for _, c := range []struct{ name, header, claims, path string }{
		{"this project's jwt and tokenexchange", withKid, `{` + claims + `,` +
			fmt.Sprintf(`"iat":%d,"exp":%d`, now-10, now+3590) + `}`, "/token"},
		{"members in another order", `{"kid":"` + kid + `","typ":"JWT","alg":"RS256"}`,
			`{` + times + `,` + claims + `}`, "/token"},
		{"google-auth for Python: spaces in the JSON",
			`{"typ": "JWT", "alg": "RS256", "kid": "` + kid + `"}`,
			`{` + strings.ReplaceAll(times+","+claims, `":`, `": `) + `}`, "/token"},
		{"gtoken for Node.js: no typ, no kid, the old address", `{"alg":"RS256"}`,
			`{` + oldClaims + `,` + times + `}`, "/oauth2/v4/token"},
		{"oauth2 for Go: no typ, empty prn",
			`{"alg":"RS256","typ":"JWT","kid":"` + kid + `"}`,
			`{` + claims + `,` + times + `,"sub":"","prn":""}`, "/token"},
		{"signet for Ruby: a minute ago", `{"alg":"RS256"}`, `{` + claims + `,` +
			fmt.Sprintf(`"iat":%d,"exp":%d`, now-60, now+3540) + `}`, "/token"},
		{"PHP: escaped slashes", `{"typ":"JWT","alg":"RS256","kid":"` + kid + `"}`,
			`{` + strings.ReplaceAll(claims, "/", `\/`) + `,` + times + `}`, "/token"},
		{"Java: pretty-printed", "{\n  \"alg\" : \"RS256\",\n  \"kid\" : \"" + kid + "\"\n}",
			"{\n  " + claims + ",\n  " + times + "\n}", "/token"},
		{"jose: jti and nbf", withKid,
			`{"jti":"5c2d","nbf":` + fmt.Sprint(now) + `,` + claims + `,` + times + `}`, "/token"},
		{"half an hour, with fractions", withKid,
			fmt.Sprintf(`{%s,"iat":%d.123456,"exp":%d.123456}`, claims, now, now+1800), "/token"},
		{"an hour, with fractions", withKid,
			fmt.Sprintf(`{%s,"iat":%d.765432,"exp":%d.765432}`, claims, now, now+3600), "/token"},
		{"exponents", withKid, `{` + claims + `,"iat":1.7e9,"exp":1.7000036e9}`, "/token"},
		{"a clock that is a little off", withKid, `{` + claims + `,` +
			fmt.Sprintf(`"iat":%d,"exp":%d`, now+120, now+3720) + `}`, "/token"},
		{"two scopes", withKid, `{` + strings.Replace(claims, scope, scope+" openid", 1) +
			`,` + times + `}`, "/token"},
		{"aud of this server", withKid, `{` +
			strings.Replace(claims, tokenURL, "http://"+fakeHost+"/token", 1) +
			`,` + times + `}`, "/token"},
	} {
		client := w.newClient()
		client.target = c.path
		parts := []string{c.header, c.claims}
		client.encode = func(string) string {
			part := parts[0]
			parts = parts[1:]
			return b64([]byte(part))
		}
		requireGood(t, c.name, client)
	}
}

// The same request may be written down in several ways.
func TestGoodForms(t *testing.T) {
	w := newTokenWorld(t)
	grant := url.QueryEscape(jwtBearer)
	for name, change := range map[string]func(c *tokenClient){
		"a charset": func(c *tokenClient) {
			c.contentType = []string{formType + "; charset=utf-8"}
		},
		"a Content-Type in upper case": func(c *tokenClient) {
			c.contentType = []string{strings.ToUpper(formType)}
		},
		"the assertion first": func(c *tokenClient) {
			c.body = func(a string) string { return form("assertion", a, "grant_type", grant) }
		},
		"lower case escapes": func(c *tokenClient) {
			c.body = func(a string) string {
				return form("grant_type", strings.ToLower(grant), "assertion", a)
			}
		},
		"every character escaped": func(c *tokenClient) {
			c.body = func(a string) string {
				return form("grant_type", grant, "assertion", strings.ReplaceAll(a, ".", "%2E"))
			}
		},
		"parameters that Google ignores": func(c *tokenClient) {
			c.target = "/token?alt=json"
			c.body = func(a string) string { return exchangeForm(a) + "&client_id=x" }
		},
		"a second key": func(c *tokenClient) {
			c.signWith(w.second.Key)
			c.header = c.header.with("kid", w.second.KeyID)
		},
		"another account": func(c *tokenClient) {
			c.signWith(w.other.Key)
			c.header = c.header.with("kid", w.other.KeyID)
			c.set("iss", otherEmail)
		},
		"delegation, with sub and prn": func(c *tokenClient) {
			c.delegated()
			c.set("sub", kim)
			c.set("prn", kim)
			c.setScope("calendar.readonly")
		},
	} {
		c := w.newClient()
		change(c)
		requireGood(t, name, c)
	}
}

// requireGood posts a request, which must be accepted without a word.
func requireGood(t *testing.T, name string, c *tokenClient) {
	t.Helper()
	r, req := c.post()
	if r.StatusCode != 200 || !strings.Contains(r.body, `"access_token"`) {
		t.Errorf("%s: %s %.200s\n%s", name, r.Status, r.body, req)
	}
	if req.Verdict.Mistake.Name != "" || strings.Contains(req.String(), "\n") {
		t.Errorf("%s is accused: %s", name, req)
	}
}

// A request is never accused of a mistake in a later check: each of these
// makes two.
func TestFirstMistakeIsTold(t *testing.T) {
	w := newTokenWorld(t)
	for _, c := range []struct {
		first, second func(c *tokenClient)
		want          string
	}{
		{sets("iss", nil), declares("none"), "iss-missing"},
		{declares("none"), sets("exp", nil), "alg-none"},
		{sets("exp", nil), sets("scope", ""), "exp-missing"},
		{times(600, 4200), sets("scope", ""), "clock-ahead"},
		{sets("scope", ""), sets("aud", nil), "scope-empty"},
		{sets("aud", nil), sets("sub", kim), "aud-missing"},
		{sets("sub", kim), sets("scope", "calendar"), "sub-not-delegated"},
	} {
		client := w.newClient()
		c.first(client)
		c.second(client)
		if _, req := client.post(); req.Verdict.Name != c.want {
			t.Errorf("want %s: %s", c.want, req)
		}
	}
}

// A signature is tried with a limited number of keys, those of iss first.
func TestManyKeys(t *testing.T) {
	w := newTokenWorld(t)
	for i := range 40 {
		a := *w.second
		a.Email = fmt.Sprintf("a%02d@lesson.iam.gserviceaccount.com", i)
		a.ClientID = ""
		if _, err := w.CreateAccount(a); err != nil {
			t.Fatal(err)
		}
	}
	c := w.newClient()
	c.signWith(w.stranger)
	_, req := c.post()
	if !strings.Contains(req.Verdict.Wrong, "none of the 20 public keys") {
		t.Error(req)
	}
	c = w.newClient()
	c.textToSign = func(h, _ string) string { return h }
	if _, req := c.post(); req.Verdict.Name != "signature-of-header" {
		t.Errorf("the account's own key wasn't tried first: %s", req)
	}
}

// In one process, a fake may be reached at Google's address without TLS.
func TestGooglesAddressWithoutTLS(t *testing.T) {
	w := newWorld(t)
	form := exchangeForm(w.sign(w.claims().with("aud", "https://example.com/")))
	r := httptest.NewRequest("POST", "http://oauth2.googleapis.com/token",
		strings.NewReader(form))
	r.Header.Set("Content-Type", formType)
	w.ServeHTTP(httptest.NewRecorder(), r)
	v := w.Requests()[0].Verdict
	if !strings.HasSuffix(v.Fix, "; here "+tokenURL) || !strings.HasSuffix(v.Wrong, tokenURL) {
		t.Errorf("%+v", v)
	}
}

// An account often has one key only.
func TestOnlyKey(t *testing.T) {
	w := newWorld(t)
	w.exchange(breakSignature(w.sign(w.claims())))
	v := w.Requests()[0].Verdict
	if v.Name != "signature-unknown-key" || !strings.HasPrefix(v.Wrong, "the only public key") {
		t.Errorf("%+v", v)
	}
}

// A client's own text is shown in a line, in quotes, and not all of it.
func TestClientsTextIsBounded(t *testing.T) {
	w := newTokenWorld(t)
	r := httptest.NewRequest("POST", "/token", strings.NewReader(exchangeForm(
		w.sign(w.claims().with("aud", "x")))))
	r.Host = strings.Repeat("long.", 200)
	r.Header.Set("Content-Type", formType)
	w.ServeHTTP(httptest.NewRecorder(), r)
	if v := w.Requests()[0].Verdict; v.Name != "aud-not-url" || len(v.Wrong+v.Fix) > 500 {
		t.Errorf("a long host: %+v", v)
	}
	random := base64.RawURLEncoding.EncodeToString(w.stranger.N.Bytes())
	for name, value := range map[string]string{
		"long":      strings.Repeat("https://example.com/ ", 1000),
		"a secret":  random,
		"a secret.": "x." + random + "." + random,
		"control":   strings.Repeat("\x1b[31m\u202e\n", 50),
		"no UTF-8":  strings.Repeat("\xff", 200),
		"wide":      strings.Repeat("\U0001f600한", 100),
	} {
		for _, claim := range []string{"iss", "aud", "scope", "sub", "iat", "target_audience"} {
			c := w.newClient()
			c.set(claim, value)
			_, req := c.post()
			text := req.String()
			isLong := len(text) > 1000 || strings.Count(text, "\n") > 2
			if isLong || !utf8.ValidString(text) || sharesRun(text, random) {
				t.Errorf("%s in %s: %q", name, claim, text)
			}
			for _, r := range strings.ReplaceAll(text, "\n", "") {
				if r < ' ' || r == 0x7f || r == 0x202e {
					t.Errorf("%s in %s: %q isn't printable", name, claim, text)
					break
				}
			}
		}
	}
}
