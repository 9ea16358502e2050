// SPDX-License-Identifier: 0BSD

package fakegoogle_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"example.com/fivestep/walkthrough/fakegoogle"
)

const jwtBearer = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer"

// What the token endpoint refuses: each row is wrong in what its name says and, to show the order of the checks, in
// everything that is looked at later, too.
func TestTokenRefusals(t *testing.T) {
	w := newWorld(t)
	form := func(body string) reply { return w.post("application/x-www-form-urlencoded", body) }
	good := w.claims()
	now := w.Now().Unix()
	bad := good.with("aud", "https://example.com").with("sub", "who@example.com") // wrong for the last two checks
	noScope := bad.with("scope", "")
	late := noScope.with("exp", now-300)
	parts := strings.Split(w.sign(good), ".")
	twist := func(jwt string) string { // another signature of the same length
		return strings.TrimSuffix(jwt, jwt[len(jwt)-8:]) + "AAAAAAAA"
	}
	b := &book{t: t, name: "token.txt"}
	for _, row := range []struct {
		name string
		r    reply
	}{
		{"GET instead of POST", w.do(http.NewRequest("GET", w.url+"/token", nil))},
		{"grant_type missing", form("assertion=x")},
		{"grant_type password", form("grant_type=password&assertion=x")},
		{"JSON instead of a form", w.post("application/json", `{"grant_type":"urn:ietf:params:oauth:grant-type:jwt-bearer"}`)},
		{"no Content-Type", w.post("", jwtBearer+"&assertion=x")},
		{"assertion missing", form(jwtBearer)},
		{"assertion of two parts", w.exchange(parts[0] + "." + parts[1])},
		{"not base64url", w.exchange(parts[0] + "." + parts[1] + ".+/+/")},
		{"a line end in base64url", w.exchange(parts[0] + "." + parts[1] + "." + parts[2][:8] + "\n" + parts[2][8:])},
		{"header is not JSON", w.exchange(w.signText(b64([]byte("{")), parts[1]))},
		{"claims are a JSON array", w.exchange(w.signText(parts[0], b64([]byte("[]"))))},
		{"claims are null", w.exchange(w.signText(parts[0], b64([]byte("null"))))},
		{"scope as a form parameter", form(jwtBearer + "&scope=s&assertion=" + w.sign(late.with("iss", "x")))},
		{"iss missing", w.exchange(twist(w.sign(late.with("iss", nil))))},
		{"iss unknown", w.exchange(twist(w.sign(late.with("iss", "x@lesson.iam.gserviceaccount.com"))))},
		{"iss in another case", w.exchange(twist(w.sign(late.with("iss", strings.ToUpper(reader)))))},
		{"signature wrong", w.exchange(twist(w.sign(late.with("iat", nil))))},
		{"signature empty", w.exchange(parts[0] + "." + parts[1] + ".")},
		{"claims changed after signing", w.exchange(parts[0] + "." + b64([]byte(`{"iss":"`+reader+`"}`)) + "." + parts[2])},
		{"alg HS256", w.exchange(w.signText(b64([]byte(`{"alg":"HS256"}`)), parts[1]))},
		{"alg none", w.exchange(w.signText(b64([]byte(`{"alg":"none"}`)), parts[1]))},
		{"alg absent", w.exchange(w.signText(b64([]byte(`{"typ":"JWT"}`)), parts[1]))},
		{"iat missing", w.exchange(w.sign(late.with("iat", nil).with("exp", nil)))},
		{"exp missing", w.exchange(w.sign(noScope.with("iat", now+301).with("exp", nil)))},
		{"exp null", w.exchange(w.signText(parts[0], b64([]byte(`{"iss":"`+reader+`","iat":1,"exp":null}`))))},
		{"expired", w.exchange(w.sign(late))},
		{"longer than 65 minutes", w.exchange(w.sign(noScope.with("exp", now+3901)))},
		{"iat in the future", w.exchange(w.sign(noScope.with("iat", now+301).with("exp", now+3600)))},
		{"exp before iat", w.exchange(w.sign(noScope.with("iat", now+10).with("exp", now+9)))},
		{"iat is a word", w.exchange(w.sign(noScope.with("iat", "now")))},
		{"iat is Infinity", w.exchange(w.sign(noScope.with("iat", "Infinity")))},
		{"scope missing", w.exchange(w.sign(bad.with("scope", nil)))},
		{"scope empty", w.exchange(w.sign(noScope))},
		{"scopes with a comma", w.exchange(w.sign(bad.with("scope", scopes+"calendar,"+scopes+"drive")))},
		{"aud missing", w.exchange(w.sign(bad.with("aud", nil)))},
		{"aud of another host", w.exchange(w.sign(bad))},
		{"aud without /token", w.exchange(w.sign(bad.with("aud", "https://oauth2.googleapis.com")))},
		{"aud as an array", w.exchange(w.sign(bad.with("aud", []string{"https://oauth2.googleapis.com/token"})))},
		{"sub without delegation", w.exchange(w.sign(good.with("sub", "who@example.com")))},
		{"prn, the old name of sub", w.exchange(w.sign(good.with("prn", "who@example.com")))},
		{"scope unknown: an ID token", w.exchange(w.sign(good.with("scope", scopes+"calendar.event")))},
		{"one scope known, one not", w.exchange(w.sign(good.with("scope", scopes+"calendar "+scopes+"kalender")))},
		{"target_audience: an ID token", w.exchange(w.sign(good.with("scope", nil).with("target_audience", "https://example.com")))},
		{"all well", w.exchange(w.sign(good))},
	} {
		b.add(row.name, dump(row.r))
	}
	b.compare()
}

// Every way to write an assertion that Google has been seen to take.
func TestTokenAccepts(t *testing.T) {
	w := newWorld(t)
	good := w.claims()
	now := w.Now().Unix()
	padded := func(text string) string { return base64.URLEncoding.EncodeToString([]byte(text)) }
	text, _ := json.Marshal(good)
	for name, assertion := range map[string]string{
		"an hour":                w.sign(good),
		"65 minutes":             w.sign(good.with("iat", now-60).with("exp", now+3840)),
		"iat 5 minutes ahead":    w.sign(good.with("iat", now+300)),
		"expired 299 s ago":      w.sign(good.with("iat", now-3600).with("exp", now-299)),
		"floats":                 w.sign(good.with("iat", float64(now)+0.25).with("exp", float64(now)+3600.25)),
		"strings of digits":      w.sign(good.with("iat", fmt.Sprint(now)).with("exp", fmt.Sprint(now+3600))),
		"no typ":                 w.signText(b64([]byte(`{"alg":"RS256"}`)), b64(text)),
		"another kid":            w.signText(b64([]byte(`{"alg":"RS256","kid":"x"}`)), b64(text)),
		"padding":                w.signText(padded(`{"alg":"RS256","typ":"JWT"}`), padded(string(text))),
		"aud is this server":     w.sign(good.with("aud", w.url+"/token")),
		"aud of old":             w.sign(good.with("aud", "https://www.googleapis.com/oauth2/v4/token")),
		"aud of older":           w.sign(good.with("aud", "https://accounts.google.com/o/oauth2/token")),
		"four scopes":            w.sign(good.with("scope", scopes+"calendar "+scopes+"calendar.events "+scopes+"drive openid")),
		"claims nobody asked":    w.sign(good.with("jti", "x").with("nbf", []int{1})),
		"sub is an empty string": w.sign(good.with("sub", "")),
	} {
		r := w.exchange(assertion)
		if r.StatusCode != 200 || !strings.HasPrefix(r.body, `{"access_token":"ya29.c.`) || !strings.HasSuffix(r.body, `","expires_in":3599,"token_type":"Bearer"}`) {
			t.Errorf("%s: %s %s", name, r.Status, r.body)
		}
	}
	if r := w.post("application/x-www-form-urlencoded; charset=utf-8", jwtBearer+"&assertion="+w.sign(good)); r.StatusCode != 200 {
		t.Errorf("a charset: %s %s", r.Status, r.body)
	}
	for _, path := range []string{"/oauth2/v4/token", "/o/oauth2/token"} {
		own := w.sign(good.with("aud", w.url+path))
		r := w.do(postForm(w.url+path, own))
		if r.StatusCode != 200 {
			t.Errorf("%s: %s %s", path, r.Status, r.body)
		}
		if r := w.exchange(own); r.StatusCode != 400 || !strings.Contains(r.body, "Failed audience check") {
			t.Errorf("aud of another path: %s %s", r.Status, r.body)
		}
	}
}

func postForm(to, assertion string) (*http.Request, error) {
	form := url.Values{"grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"}, "assertion": {assertion}}
	req, err := http.NewRequest("POST", to, strings.NewReader(form.Encode()))
	if err == nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return req, err
}

// An access token: 1,024 characters, another each time, the same in a second run.
func TestAccessToken(t *testing.T) {
	one, two := newWorld(t), newWorld(t)
	a, b := one.token("calendar.readonly"), one.token("calendar.readonly")
	if len(a) != 1024 || !strings.HasSuffix(a, "....") || a == b {
		t.Errorf("%q, then %q", a, b)
	}
	if c := two.token("calendar.readonly"); a != c {
		t.Errorf("a second run has another token: %q", c)
	}
}

// What ends an access token, and what does not.
func TestEndOfToken(t *testing.T) {
	const list = "calendars/" + mine + "/events"
	for _, c := range []struct {
		name  string
		event func(w *world)
		want  int
	}{
		{"nothing", func(*world) {}, 200},
		{"3599 s", func(w *world) { w.Advance(3599 * time.Second) }, 200},
		{"an hour", func(w *world) { w.Advance(time.Hour) }, 401},
		{"ForgetTokens", func(w *world) { w.ForgetTokens() }, 401},
		{"DeleteAccount", func(w *world) { w.DeleteAccount(reader) }, 401},
		{"RevokeKey", func(w *world) { w.RevokeKey(reader, w.account.KeyID) }, 200},
	} {
		w := newWorld(t)
		token := w.token("calendar.readonly")
		c.event(w)
		if r := w.get(token, list); r.StatusCode != c.want {
			t.Errorf("%s: %s, want %d", c.name, r.Status, c.want)
		}
	}
}

// The life of an account's keys, as the token endpoint sees it.
func TestKeys(t *testing.T) {
	w := newWorld(t)
	check := func(when, want string) {
		t.Helper()
		if r := w.exchange(w.sign(w.claims())); !strings.Contains(r.body, want) {
			t.Errorf("%s: %s %s", when, r.Status, r.body)
		}
	}
	check("first key", "access_token")
	second, err := w.CreateAccount(fakegoogle.Account{Email: reader})
	if err != nil {
		t.Fatal(err)
	}
	if second.KeyID == w.account.KeyID || second.ClientID != w.account.ClientID || second.ProjectNumber != w.account.ProjectNumber {
		t.Errorf("second key: %q of %+v", second.KeyID, second.ClientID)
	}
	check("first key beside a second", "access_token")
	w.RevokeKey(reader, w.account.KeyID)
	check("first key, revoked", "Invalid JWT Signature.")
	w.account = second
	check("second key", "access_token")
	w.DeleteAccount(reader)
	check("deleted account", "Invalid grant: account not found")
	w.RevokeKey(reader, second.KeyID) // of nobody: nothing happens
}

func TestDelegation(t *testing.T) {
	w := newWorld(t)
	w.AddUser("kim@example.com")
	w.Delegate(w.account.ClientID, scopes+"calendar.readonly", scopes+"drive")
	as := func(sub, scope string) reply {
		return w.exchange(w.sign(w.claims().with("sub", sub).with("scope", scope)))
	}
	for _, c := range []struct{ sub, scope, want string }{
		{"kim@example.com", scopes + "calendar.readonly", "access_token"},
		{"kim@example.com", scopes + "drive " + scopes + "calendar.readonly", "access_token"},
		{"kim@example.com", scopes + "calendar.readonly " + scopes + "calendar", "unauthorized_client"},
		{"lee@example.com", scopes + "calendar.readonly", "Invalid email or User ID"},
	} {
		if r := as(c.sub, c.scope); !strings.Contains(r.body, c.want) {
			t.Errorf("%s for %s: %s %s", c.scope, c.sub, r.Status, r.body)
		}
	}
	token := w.tokenFor(w.claims().with("sub", "kim@example.com").with("scope", scopes+"calendar.readonly"))
	if r := w.get(token, "calendars/primary"); !strings.Contains(r.body, `"id": "kim@example.com"`) {
		t.Errorf("primary of kim: %s", r.body)
	}
	if r := w.get(token, "calendars/"+mine); r.StatusCode != 404 {
		t.Errorf("kim sees what is shared with the account: %s", r.Status)
	}
	w.Delegate(w.account.ClientID)
	if r := as("kim@example.com", scopes+"calendar.readonly"); r.StatusCode != 401 {
		t.Errorf("delegation taken away: %s", r.Status)
	}
}
