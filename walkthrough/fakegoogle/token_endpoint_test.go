// SPDX-License-Identifier: 0BSD

package fakegoogle_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"example.com/fivestep/walkthrough/fakegoogle"
)

// Every refusal of the token endpoint. A request is wrong in what its title
// says, and also in everything that is checked later: that shows the order of
// the checks.
func TestTokenRefusals(t *testing.T) {
	w := newWorld(t)
	w.SetLog(nil) // the last requests here ask for an ID token
	g := newGolden(t, "token.txt")
	addFormRefusals(w, g)
	addAssertionRefusals(w, g)
	addSignatureRefusals(w, g)
	addTimeRefusals(w, g)
	addClaimRefusals(w, g)
	g.compare()
}

// The claims for these tests. Each is wrong in one more thing than the one
// before.
func goodClaims(w *world) claims { return w.claims() }
func badAudience(w *world) claims {
	return goodClaims(w).with("aud", "https://example.com").with("sub", "who@example.com")
}
func noScope(w *world) claims { return badAudience(w).with("scope", "") }
func expired(w *world) claims { return noScope(w).with("exp", w.Now().Unix()-300) }

// breakSignature returns an assertion with another signature of the same
// length.
func breakSignature(jwt string) string {
	return jwt[:len(jwt)-8] + "AAAAAAAA"
}

func addFormRefusals(w *world, g *goldenFile) {
	const grant = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer"
	form := func(body string) reply { return w.post("/token", formType, body) }
	const inJSON = `{"grant_type":"` + jwtBearer + `"}`

	g.addReply("GET instead of POST", w.request("GET", "/token"))
	g.addReply("grant_type missing", form("assertion=x"))
	g.addReply("grant_type password", form("grant_type=password&assertion=x"))
	g.addReply("JSON instead of a form", w.post("/token", "application/json", inJSON))
	g.addReply("no Content-Type", w.post("/token", "", grant+"&assertion=x"))
	g.addReply("assertion missing", form(grant))
}

func addAssertionRefusals(w *world, g *goldenFile) {
	parts := strings.Split(w.sign(goodClaims(w)), ".")
	signed := parts[0] + "." + parts[1]
	broken := parts[2][:8] + "\n" + parts[2][8:]

	g.addReply("assertion of two parts", w.exchange(signed))
	g.addReply("not base64url", w.exchange(signed+".+/+/"))
	g.addReply("a line break in base64url", w.exchange(signed+"."+broken))
	g.addReply("header is not JSON", w.exchange(w.signParts(b64([]byte("{")), parts[1])))
	g.addReply("claims are a JSON array", w.exchange(w.signParts(parts[0], b64([]byte("[]")))))
	g.addReply("claims are null", w.exchange(w.signParts(parts[0], b64([]byte("null")))))

	form, _ := url.ParseQuery(exchangeForm(w.sign(expired(w).with("iss", "x"))))
	form.Set("scope", "s")
	g.addReply("scope as a form parameter", w.post("/token", formType, form.Encode()))
}

func addSignatureRefusals(w *world, g *goldenFile) {
	wrong := func(c claims) reply { return w.exchange(breakSignature(w.sign(c))) }
	parts := strings.Split(w.sign(goodClaims(w)), ".")
	otherClaims := b64([]byte(`{"iss":"` + accountEmail + `"}`))
	withHeader := func(header string) reply {
		return w.exchange(w.signParts(b64([]byte(header)), parts[1]))
	}

	late := expired(w)
	g.addReply("iss missing", wrong(late.with("iss", nil)))
	g.addReply("iss unknown", wrong(late.with("iss", "x@lesson.iam.gserviceaccount.com")))
	g.addReply("iss in another case", wrong(late.with("iss", strings.ToUpper(accountEmail))))
	g.addReply("signature wrong", wrong(late.with("iat", nil)))
	g.addReply("signature empty", w.exchange(parts[0]+"."+parts[1]+"."))
	g.addReply("claims changed after signing",
		w.exchange(parts[0]+"."+otherClaims+"."+parts[2]))
	g.addReply("alg HS256", withHeader(`{"alg":"HS256"}`))
	g.addReply("alg none", withHeader(`{"alg":"none"}`))
	g.addReply("alg absent", withHeader(`{"typ":"JWT"}`))
}

func addTimeRefusals(w *world, g *goldenFile) {
	now := w.Now().Unix()
	add := func(title string, c claims) { g.addReply(title, w.exchange(w.sign(c))) }
	header, _, _ := strings.Cut(w.sign(goodClaims(w)), ".")
	nullExpiry := b64([]byte(`{"iss":"` + accountEmail + `","iat":1,"exp":null}`))

	add("iat missing", expired(w).with("iat", nil).with("exp", nil))
	add("exp missing", noScope(w).with("iat", now+301).with("exp", nil))
	g.addReply("exp null", w.exchange(w.signParts(header, nullExpiry)))
	add("expired", expired(w))
	add("longer than 65 minutes", noScope(w).with("exp", now+3901))
	add("iat in the future", noScope(w).with("iat", now+301).with("exp", now+3600))
	add("exp before iat", noScope(w).with("iat", now+10).with("exp", now+9))
	add("iat is a word", noScope(w).with("iat", "now"))
	add("iat is Infinity", noScope(w).with("iat", "Infinity"))
}

// The last responses here aren't refusals, but they show where the order ends.
func addClaimRefusals(w *world, g *goldenFile) {
	const calendarScope, driveScope = scopePrefix + "calendar", scopePrefix + "drive"
	add := func(title string, c claims) { g.addReply(title, w.exchange(w.sign(c))) }
	bad, good := badAudience(w), goodClaims(w)

	add("scope missing", bad.with("scope", nil))
	add("scope empty", noScope(w))
	add("scopes with a comma", bad.with("scope", calendarScope+","+driveScope))
	add("aud missing", bad.with("aud", nil))
	add("aud of another host", bad)
	add("aud without /token", bad.with("aud", "https://oauth2.googleapis.com"))
	add("aud as an array", bad.with("aud", []string{tokenURL}))
	add("sub without delegation", good.with("sub", "who@example.com"))
	add("prn, the old name of sub", good.with("prn", "who@example.com"))
	add("scope unknown: an ID token", good.with("scope", scopePrefix+"calendar.event"))
	add("one scope known, one not",
		good.with("scope", calendarScope+" "+scopePrefix+"kalender"))
	add("target_audience: an ID token",
		good.with("scope", nil).with("target_audience", "https://example.com"))
	add("no error", good)
}

// An exp that isn't a number is refused just like such an iat.
func TestExpiryIsNotANumber(t *testing.T) {
	w := newWorld(t)
	r := w.exchange(w.sign(w.claims().with("exp", "later")))
	if r.StatusCode != 400 || !strings.Contains(r.body, "Check your iat and exp values") {
		t.Errorf("%s %s", r.Status, r.body)
	}
}

// Every way to write an assertion that Google has been seen to accept.
func TestTokenAccepts(t *testing.T) {
	w := newWorld(t)
	w.SetLog(nil) // checked one by one
	forgiven := map[string]string{
		"65 minutes":        "lifetime-too-long",
		"strings of digits": "time-as-text",
		"another kid":       "kid-unknown",
		"padding":           "encoding-padding",
		"old aud":           "aud-legacy",
		"older aud":         "aud-legacy",
	}
	good := w.claims()
	now := w.Now().Unix()
	text, err := json.Marshal(good)
	if err != nil {
		t.Fatal(err)
	}
	withHeader := func(header string) string {
		return w.signParts(b64([]byte(header)), b64(text))
	}
	times := func(iat, exp any) string {
		return w.sign(good.with("iat", iat).with("exp", exp))
	}
	aud := func(aud string) string { return w.sign(good.with("aud", aud)) }
	padded := w.signParts(
		base64.URLEncoding.EncodeToString([]byte(`{"alg":"RS256"}`+" ")),
		base64.URLEncoding.EncodeToString(text))
	fourScopes := scopePrefix + "calendar " + scopePrefix + "calendar.events " +
		scopePrefix + "drive openid"
	for name, assertion := range map[string]string{
		"an hour":                w.sign(good),
		"65 minutes":             times(now-60, now+3840),
		"iat 5 minutes ahead":    w.sign(good.with("iat", now+300)),
		"expired 299 s ago":      times(now-3600, now-299),
		"fractions":              times(float64(now)+0.25, float64(now)+3600.25),
		"strings of digits":      times(fmt.Sprint(now), fmt.Sprint(now+3600)),
		"no typ":                 withHeader(`{"alg":"RS256"}`),
		"another kid":            withHeader(`{"alg":"RS256","kid":"x"}`),
		"padding":                padded,
		"aud is this server":     aud(w.url + "/token"),
		"old aud":                aud("https://www.googleapis.com/oauth2/v4/token"),
		"older aud":              aud("https://accounts.google.com/o/oauth2/token"),
		"four scopes":            w.sign(good.with("scope", fourScopes)),
		"unknown claims":         w.sign(good.with("jti", "x").with("nbf", []int{1})),
		"sub is an empty string": w.sign(good.with("sub", "")),
	} {
		r := w.exchange(assertion)
		if r.StatusCode != 200 ||
			!strings.HasPrefix(r.body, `{"access_token":"ya29.c.`) ||
			!strings.HasSuffix(r.body, `","expires_in":3599,"token_type":"Bearer"}`) {
			t.Errorf("%s: %s %s", name, r.Status, r.body)
		}
		all := w.Requests()
		if v := all[len(all)-1].Verdict; v.Name != forgiven[name] {
			t.Errorf("%s: %+v", name, v)
		}
	}
	r := w.post("/token", formType+"; charset=utf-8", exchangeForm(w.sign(good)))
	if r.StatusCode != 200 {
		t.Errorf("a charset: %s %s", r.Status, r.body)
	}
	for _, path := range []string{"/oauth2/v4/token", "/o/oauth2/token"} {
		own := aud(w.url + path)
		if r := w.post(path, formType, exchangeForm(own)); r.StatusCode != 200 {
			t.Errorf("%s: %s %s", path, r.Status, r.body)
		}
		r := w.exchange(own)
		if r.StatusCode != 400 || !strings.Contains(r.body, "Failed audience check") {
			t.Errorf("aud of another path: %s %s", r.Status, r.body)
		}
	}
}

// An access token has 1,024 characters. Each one differs, but a second run
// repeats them.
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

// Some events end an access token, others don't.
func TestEndOfToken(t *testing.T) {
	for _, c := range []struct {
		name  string
		event func(w *world)
		want  int
	}{
		{"nothing", func(*world) {}, 200},
		{"3599 s", func(w *world) { w.Advance(3599 * time.Second) }, 200},
		{"an hour", func(w *world) { w.Advance(time.Hour) }, 401},
		{"ForgetTokens", func(w *world) { w.ForgetTokens() }, 401},
		{"DeleteAccount", func(w *world) { w.DeleteAccount(accountEmail) }, 401},
		{"RevokeKey", func(w *world) { w.RevokeKey(accountEmail, w.account.KeyID) }, 200},
	} {
		w := newWorld(t)
		token := w.token("calendar.readonly")
		c.event(w)
		if r := w.get(token, eventsPath); r.StatusCode != c.want {
			t.Errorf("%s: %s, want %d", c.name, r.Status, c.want)
		}
	}
}

// An account's keys are added and revoked one by one.
func TestKeys(t *testing.T) {
	w := newWorld(t)
	check := func(when, want string) {
		t.Helper()
		if r := w.exchange(w.sign(w.claims())); !strings.Contains(r.body, want) {
			t.Errorf("%s: %s %s", when, r.Status, r.body)
		}
	}
	check("first key", "access_token")
	first := w.account
	second, err := w.CreateAccount(fakegoogle.Account{Email: accountEmail})
	if err != nil {
		t.Fatal(err)
	}
	if second.KeyID == first.KeyID || second.ClientID != first.ClientID ||
		second.ProjectNumber != first.ProjectNumber {
		t.Errorf("second key: %q of %+v", second.KeyID, second.ClientID)
	}
	check("first key beside a second", "access_token")
	w.RevokeKey(accountEmail, first.KeyID)
	check("first key, revoked", "Invalid JWT Signature.")
	w.account = second
	check("second key", "access_token")
	w.DeleteAccount(accountEmail)
	check("deleted account", "Invalid grant: account not found")
	w.RevokeKey(accountEmail, second.KeyID) // no such account: nothing happens
}

// Google has words of its own for a person's address in iss.
func TestPersonAsIssuer(t *testing.T) {
	const (
		notFound = "Invalid grant: account not found"
		person   = "Robot is missing a project number."
	)
	w := newWorld(t)
	w.AddUser("kim@example.com")
	w.AddExample("you@gmail.com")
	w.AddCalendar(fakegoogle.Calendar{ID: "team@group.calendar.google.com"})
	w.AddCalendar(fakegoogle.Calendar{ID: "gone@lesson.iam.gserviceaccount.com"})
	for issuer, want := range map[string]string{
		"kim@example.com":                     person,
		"you@gmail.com":                       person,
		"team@group.calendar.google.com":      notFound,
		"gone@lesson.iam.gserviceaccount.com": notFound,
		"nobody@example.com":                  notFound,
		"":                                    notFound,
	} {
		r := w.exchange(w.sign(w.claims().with("iss", issuer)))
		if r.StatusCode != 400 || !strings.Contains(r.body, `"invalid_grant"`) ||
			!strings.Contains(r.body, want) {
			t.Errorf("%q: %s %s", issuer, r.Status, r.body)
		}
	}
}

func TestDelegation(t *testing.T) {
	const (
		kim           = "kim@example.com"
		calendarScope = scopePrefix + "calendar"
		readScope     = scopePrefix + "calendar.readonly"
		driveScope    = scopePrefix + "drive"
	)
	w := newWorld(t)
	w.AddUser(kim)
	w.Delegate(w.account.ClientID, readScope, driveScope)
	exchange := func(sub, scope string) reply {
		return w.exchange(w.sign(w.claims().with("sub", sub).with("scope", scope)))
	}
	for _, c := range []struct{ sub, scope, want string }{
		{kim, readScope, "access_token"},
		{kim, driveScope + " " + readScope, "access_token"},
		{kim, readScope + " " + calendarScope, "unauthorized_client"},
		{"lee@example.com", readScope, "Invalid email or User ID"},
	} {
		if r := exchange(c.sub, c.scope); !strings.Contains(r.body, c.want) {
			t.Errorf("%s for %s: %s %s", c.scope, c.sub, r.Status, r.body)
		}
	}
	token := w.tokenAs(kim)
	r := w.get(token, "calendars/primary")
	if !strings.Contains(r.body, `"id": "kim@example.com"`) {
		t.Errorf("kim's primary calendar: %s", r.body)
	}
	if r := w.get(token, calendarPath); r.StatusCode != 404 {
		t.Errorf("kim sees what is shared with the account: %s", r.Status)
	}
	w.Delegate(w.account.ClientID)
	if r := exchange(kim, readScope); r.StatusCode != 401 {
		t.Errorf("delegation revoked: %s", r.Status)
	}
}

// Under TLS, the server's own aud is an https address.
func TestTLS(t *testing.T) {
	w := newWorld(t)
	server := httptest.NewTLSServer(w.Server)
	defer server.Close()
	w.url, w.client = server.URL, server.Client()
	withAud := func(aud string) reply {
		return w.exchange(w.sign(w.claims().with("aud", aud)))
	}
	if r := withAud(server.URL + "/token"); r.StatusCode != 200 {
		t.Errorf("%s %s", r.Status, r.body)
	}
	plain := strings.Replace(server.URL, "https", "http", 1)
	if r := withAud(plain + "/token"); r.StatusCode != 400 {
		t.Errorf("http: %s", r.Status)
	}
	w.setFaults("all:reset")
	if _, err := w.client.Get(w.url); err == nil {
		t.Error("the connection was not reset")
	}
}
