// SPDX-License-Identifier: 0BSD

package fakegoogle

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

const (
	jwtBearer = "urn:ietf:params:oauth:grant-type:jwt-bearer" // RFC 7523 section 2.1

	skew      = 300  // seconds that a clock may be off; no official figure exists (R)
	maxLength = 3900 // seconds between iat and exp: the documented hour and the grace that clients were seen to get (R)
	lifetime  = 3600 // seconds that an access token is good for (D)
	tokenSize = 1024 // characters of an access token, dots included: V googleapis/google-auth-library-nodejs#1499
	maxTokens = 1000 // known tokens before expired ones are thrown out
	google    = "https://www.googleapis.com/auth/"
)

// tokenPaths are where the token endpoint answers; tokenURLs are Google's own addresses for it, each good as aud.
var (
	tokenPaths = []string{"/token", "/oauth2/v4/token", "/o/oauth2/token"}
	tokenURLs  = []string{"https://oauth2.googleapis.com/token", "https://www.googleapis.com/oauth2/v4/token", "https://accounts.google.com/o/oauth2/token"}
)

// grant is what an access token stands for.
type grant struct {
	account string // e-mail address of the service account
	subject string // who acts: the account, or the user it was delegated for
	scopes  []string
	expires time.Time
}

// token answers POST /token. The order of the checks is C (DiametralGroup/ga-mock, 2026-09-02), but for delegation, which
// that record does not cover, and for the account before the signature, V googleapis/google-api-python-client#605.
func (s *Server) token(r *http.Request, body []byte) *answer {
	if r.Method != http.MethodPost {
		return noSuchPage(r, body) // R
	}
	// A body that is not a form, JSON for instance, is not looked into: V googleapis/google-api-ruby-client#862.
	var form url.Values
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind == "application/x-www-form-urlencoded" {
		form, _ = url.ParseQuery(string(body))
	}
	if form.Get("grant_type") != jwtBearer {
		return unsupportedGrant(form.Get("grant_type")).answer()
	}
	jwt, ok := parseAssertion(form.Get("assertion"))
	if !ok {
		return badAssertion.answer()
	}
	if form.Has("scope") {
		return downscoping.answer()
	}
	account := s.accounts[jwt.text("iss")]
	if account == nil {
		return accountNotFound.answer()
	}
	if !jwt.signedBy(account.keys) {
		return badSignature.answer()
	}
	if !jwt.has("iat") {
		return noIssuedAt.answer()
	}
	if !jwt.has("exp") {
		return noExpiry.answer()
	}
	now := float64(s.now().UnixNano()) / 1e9
	iat, ok1 := jwt.seconds("iat")
	exp, ok2 := jwt.seconds("exp")
	if !ok1 || !ok2 || iat > now+skew || exp <= now-skew || exp <= iat || exp-iat > maxLength {
		return badWindow.answer()
	}
	scope, wantsID := jwt.text("scope"), jwt.text("target_audience")
	scopes := strings.Fields(scope)
	if len(scopes) == 0 && wantsID == "" || strings.ContainsAny(scope, ",\"\\\t\r\n") {
		return badScope.answer()
	}
	// An aud that is a JSON array fails, too (V), which text sees to.
	if aud := jwt.text("aud"); aud != ownURL(r) && !slices.Contains(tokenURLs, aud) {
		return badAudience.answer()
	}
	email := jwt.text("iss")
	g := &grant{email, email, scopes, s.now().Add(lifetime * time.Second)}
	sub := jwt.text("sub")
	if sub == "" {
		sub = jwt.text("prn") // its name of old, which Google's Go client still writes
	}
	if sub != "" {
		for _, scope := range scopes {
			if !slices.Contains(s.delegated[account.clientID], scope) {
				return notDelegated.answer()
			}
		}
		if !s.users[sub] {
			return noSuchUser.answer()
		}
		g.subject = sub
	}
	for _, scope := range scopes {
		if !known(scope) && wantsID == "" {
			wantsID = scope
		}
	}
	if wantsID != "" {
		return s.idToken(g, account, wantsID)
	}
	return s.accessToken(g, form.Get("assertion"))
}

// ownURL is the address of the token endpoint as this request reached it.
func ownURL(r *http.Request) string {
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + r.Host + r.URL.Path
}

// accessToken gives a token out. It is made of hashes of account, assertion and a counter: with a stopped clock a run
// repeats byte for byte. The beginning ya29.c. and the dots at the end are those of real ones (V).
func (s *Server) accessToken(g *grant, assertion string) *answer {
	s.issued++
	token := "ya29.c.c0AS"
	for i := range 22 {
		h := sha256.Sum256(fmt.Appendf(nil, "%s\n%s\n%d\n%d", g.account, assertion, s.issued, i))
		token += base64.RawURLEncoding.EncodeToString(h[:])
	}
	token += strings.Repeat(".", tokenSize-len(token))
	if len(s.tokens) >= maxTokens {
		maps.DeleteFunc(s.tokens, func(_ string, g *grant) bool { return !s.now().Before(g.expires) })
	}
	s.tokens[token] = g
	body := fmt.Sprintf(`{"access_token":"%s","expires_in":%d,"token_type":"Bearer"}`, token, lifetime-1)
	return &answer{http.StatusOK, tokenHeader.Clone(), []byte(body), "V", "googleworkspace/apps-script-oauth2#311: these members, in this order, no scope"}
}

// idToken answers a scope that Google does not know: it is taken for the audience of an ID token, and the answer has no
// access_token. The token's signature is filler that no key made.
func (s *Server) idToken(g *grant, account *robot, audience string) *answer {
	b64 := base64.RawURLEncoding.EncodeToString
	head := b64([]byte(`{"alg":"RS256","kid":"` + digits(account.project, 40) + `","typ":"JWT"}`))
	now := s.now().Unix()
	claims := b64(encode(nil, object{
		{"aud", audience}, {"azp", g.account}, {"email", g.account}, {"email_verified", true}, {"exp", int(now + lifetime)},
		{"iat", int(now)}, {"iss", "https://accounts.google.com"}, {"sub", account.clientID},
	}, "", ""))
	filler := sha256.Sum256([]byte(claims))
	body := `{"id_token":"` + head + "." + claims + "." + b64(bytes.Repeat(filler[:], 8)) + `"}`
	return &answer{http.StatusOK, tokenHeader.Clone(), []byte(body), "C", "DiametralGroup/ga-mock docs/CONFORMITE-REELLE.md; what the ID token says is reconstructed"}
}

// known reports whether Google knows a scope: those of the Calendar API (D, its discovery document), and a few others that
// stand in examples. Google knows hundreds more.
func known(scope string) bool {
	name, ok := strings.CutPrefix(scope, google)
	return ok && slices.Contains(knownScopes, name) || slices.Contains([]string{"openid", "email", "profile"}, scope)
}

var knownScopes = strings.Fields(`
	calendar calendar.acls calendar.acls.readonly calendar.app.created calendar.calendarlist calendar.calendarlist.readonly
	calendar.calendars calendar.calendars.readonly calendar.events calendar.events.freebusy calendar.events.owned
	calendar.events.owned.readonly calendar.events.public.readonly calendar.events.readonly calendar.freebusy
	calendar.readonly calendar.settings.readonly
	cloud-platform cloud-platform.read-only devstorage.read_only devstorage.read_write devstorage.full_control drive
	drive.file drive.readonly drive.metadata.readonly spreadsheets spreadsheets.readonly documents documents.readonly
	gmail.readonly gmail.send tasks tasks.readonly contacts.readonly admin.directory.user admin.directory.user.readonly
	admin.directory.group.readonly prediction pubsub bigquery userinfo.email userinfo.profile`)
