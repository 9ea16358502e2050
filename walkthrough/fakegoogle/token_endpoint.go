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

	"example.com/fivestep/walkthrough/fakegoogle/diagnosis"
)

const (
	// RFC 7523 section 2.1.
	jwtBearer = "urn:ietf:params:oauth:grant-type:jwt-bearer"

	// clockSkew is how many seconds a client's clock may be off. Google
	// publishes no figure (R).
	clockSkew = 300
	// maxAssertionLifetime bounds the seconds between iat and exp: the
	// documented hour, and the grace that clients have been seen to get (R).
	maxAssertionLifetime = 3900

	// tokenLifetime is how many seconds an access token is valid (D).
	tokenLifetime = 3600
	// tokenLength is the length of an access token with its dots, V
	// googleapis/google-auth-library-nodejs#1499.
	tokenLength = 1024
	// maxTokens is how many access tokens the server remembers. Older ones are
	// refused as if they had expired.
	maxTokens = 5000

	scopePrefix = "https://www.googleapis.com/auth/"
)

// tokenPaths are the paths of the token endpoint. tokenURLs are Google's own
// addresses for it; each of them is valid as aud.
var (
	tokenPaths = []string{"/token", "/oauth2/v4/token", "/o/oauth2/token"}
	tokenURLs  = []string{
		"https://oauth2.googleapis.com/token",
		"https://www.googleapis.com/oauth2/v4/token",
		"https://accounts.google.com/o/oauth2/token",
	}
)

// accessToken is what the server knows about an access token.
type accessToken struct {
	account string // e-mail address of the service account
	subject string // who acts: the account, or the user it acts for
	scopes  []string
	expires time.Time
}

// serveToken answers POST /token. The order of the checks, here and in
// checkAssertion, is C (DiametralGroup/ga-mock, 2026-09-02). That record
// doesn't cover delegation. That the account comes before the signature is V
// googleapis/google-api-python-client#605.
func (s *Server) serveToken(r *http.Request, body []byte) *response {
	if r.Method != http.MethodPost {
		return notFoundPage(r, body) // R
	}
	form := parseForm(r, body)
	if form.Get("grant_type") != jwtBearer {
		return unsupportedGrant(form.Get("grant_type")).response()
	}
	jwt, ok := parseAssertion(form.Get("assertion"))
	if !ok {
		return badAssertion.response()
	}
	if form.Has("scope") {
		return scopeInForm.response()
	}
	if refusal := s.checkAssertion(jwt, ownURL(r)); refusal != nil {
		return refusal.response()
	}
	token, refusal := s.newToken(jwt)
	if refusal != nil {
		return refusal.response()
	}
	if audience := idTokenAudience(jwt, token.scopes); audience != "" {
		return s.issueIDToken(token.account, audience)
	}
	return s.issueAccessToken(token, form.Get("assertion"))
}

// tokenVerdict says why a request to the token endpoint was answered like that.
func (s *Server) tokenVerdict(
	r *http.Request, body []byte, resp *response,
) diagnosis.Verdict {
	mistake := diagnosis.Token(diagnosis.TokenRequest{
		Method:     r.Method,
		Query:      r.URL.RawQuery,
		Header:     r.Header,
		Body:       body,
		Refused:    resp.check,
		Now:        s.now(),
		URL:        ownURL(r),
		GoogleURLs: tokenURLs,
		Scopes:     scopeURLs,
		Accounts:   s.accountsForDiagnosis(resp.check, ownURL(r)),
	})
	if r.Method != http.MethodPost { // nothing is served for other methods
		return diagnosis.Verdict{Mistake: mistake}
	}
	return diagnosis.Verdict{
		Checks:  diagnosis.TokenChecks,
		Refused: resp.check,
		Mistake: mistake,
	}
}

// accountsForDiagnosis returns what is known of the accounts. If the signature
// was refused, that includes the hashes of their key files, which may name any
// address of the token endpoint.
func (s *Server) accountsForDiagnosis(refused int, ownURL string) []diagnosis.Account {
	describe := func(id string, k publicKey) diagnosis.Key {
		key := diagnosis.Key{ID: id, Public: k.key}
		if refused == diagnosis.Signature {
			key.Secrets = k.secrets.list(append([]string{ownURL}, tokenURLs...))
		}
		return key
	}
	var accounts []diagnosis.Account
	for _, email := range slices.Sorted(maps.Keys(s.accounts)) {
		account := s.accounts[email]
		known := diagnosis.Account{
			Email:         email,
			ClientID:      account.clientID,
			ProjectID:     account.projectID,
			ProjectNumber: account.projectNumber,
			Delegated:     s.delegated[account.clientID],
		}
		for _, id := range slices.Sorted(maps.Keys(account.keys)) {
			known.Keys = append(known.Keys, describe(id, account.keys[id]))
		}
		for _, id := range slices.Sorted(maps.Keys(account.revoked)) {
			key := describe(id, account.revoked[id])
			key.Revoked = true
			known.Keys = append(known.Keys, key)
		}
		accounts = append(accounts, known)
	}
	return accounts
}

// parseForm reads the body of a request if it's a form. Google ignores any
// other body, such as JSON: V googleapis/google-api-ruby-client#862.
func parseForm(r *http.Request, body []byte) url.Values {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind != "application/x-www-form-urlencoded" {
		return nil
	}
	form, _ := url.ParseQuery(string(body))
	return form
}

// ownURL is the address of the token endpoint as this request reached it.
func ownURL(r *http.Request) string {
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + r.Host + r.URL.Path
}

// checkAssertion checks who signed an assertion, and its claims (RFC 7523
// section 3). It returns nil if there's nothing to refuse.
func (s *Server) checkAssertion(jwt assertion, ownURL string) *tokenError {
	issuer := jwt.stringClaim("iss")
	account := s.accounts[issuer]
	switch {
	case account == nil && s.isPerson(issuer):
		return noProjectNumber
	case account == nil:
		return accountNotFound
	}
	if !jwt.signedBy(account.keys) {
		return badSignature
	}
	if !jwt.hasClaim("iat") {
		return noIssuedAt
	}
	if !jwt.hasClaim("exp") {
		return noExpiry
	}
	if !s.inWindow(jwt) {
		return badWindow
	}
	scope := jwt.stringClaim("scope")
	if strings.ContainsAny(scope, ",\"\\\t\r\n") {
		return badScope
	}
	if len(strings.Fields(scope)) == 0 && jwt.stringClaim("target_audience") == "" {
		return badScope
	}
	// An array fails, too (V), since it isn't a string.
	aud := jwt.stringClaim("aud")
	if aud != ownURL && !slices.Contains(tokenURLs, aud) {
		return badAudience
	}
	return nil
}

// isPerson reports whether an address is a person's: that of a Workspace user,
// or of somebody whose own calendar is here. Other calendars have an ID at
// group.calendar.google.com or the like.
func (s *Server) isPerson(address string) bool {
	if strings.HasSuffix(address, ".gserviceaccount.com") {
		return false
	}
	ownCalendar := s.calendars[address] != nil &&
		!strings.HasSuffix(address, ".calendar.google.com")
	return s.users[address] || ownCalendar
}

// inWindow reports whether an assertion is valid now, and not for too long.
func (s *Server) inWindow(jwt assertion) bool {
	iat, ok := jwt.numericDate("iat")
	if !ok {
		return false
	}
	exp, ok := jwt.numericDate("exp")
	if !ok {
		return false
	}
	now := float64(s.now().UnixNano()) / 1e9
	switch {
	case iat > now+clockSkew: // issued in the future
		return false
	case exp <= now-clockSkew: // expired
		return false
	case exp <= iat:
		return false
	}
	return exp-iat <= maxAssertionLifetime
}

// newToken returns the access token that a valid assertion asks for. It
// refuses a subject that the account may not act for.
func (s *Server) newToken(jwt assertion) (*accessToken, *tokenError) {
	email := jwt.stringClaim("iss")
	token := &accessToken{
		account: email,
		subject: email,
		scopes:  strings.Fields(jwt.stringClaim("scope")),
		expires: s.now().Add(tokenLifetime * time.Second),
	}
	sub := jwt.stringClaim("sub")
	if sub == "" {
		sub = jwt.stringClaim("prn") // its old name, which Google's Go client still writes
	}
	if sub == "" {
		return token, nil
	}
	delegated := s.delegated[s.accounts[email].clientID]
	for _, scope := range token.scopes {
		if !slices.Contains(delegated, scope) {
			return nil, notDelegated
		}
	}
	if !s.users[sub] {
		return nil, noSuchUser
	}
	token.subject = sub
	return token, nil
}

// idTokenAudience returns the audience of an ID token if that's what Google
// issues instead of an access token, and "" otherwise. Google takes a scope
// that it doesn't know for an audience.
func idTokenAudience(jwt assertion, scopes []string) string {
	if audience := jwt.stringClaim("target_audience"); audience != "" {
		return audience
	}
	for _, scope := range scopes {
		if !isKnownScope(scope) {
			return scope
		}
	}
	return ""
}

// issueAccessToken answers with a new access token. It's made of hashes of the
// account, the assertion and a counter, so under a stopped clock a run repeats
// byte for byte. Real ones begin with ya29.c. and end with dots, too (V).
func (s *Server) issueAccessToken(token *accessToken, assertion string) *response {
	const hashes = 22 // of 43 characters each; dots fill the rest
	s.issued++
	text := "ya29.c.c0AS"
	for i := range hashes {
		seed := fmt.Appendf(nil, "%s\n%s\n%d\n%d", token.account, assertion, s.issued, i)
		hash := sha256.Sum256(seed)
		text += base64URL(hash[:])
	}
	text += strings.Repeat(".", tokenLength-len(text))
	s.remember(text, token)
	return &response{
		status: http.StatusOK,
		header: tokenHeader.Clone(),
		body: fmt.Appendf(nil, `{"access_token":"%s","expires_in":%d,"token_type":"Bearer"}`,
			text, tokenLifetime-1),
		grade:  "V",
		source: "googleworkspace/apps-script-oauth2#311: these members, in this order, no scope",
	}
}

// remember makes an access token valid, and forgets the oldest if there are too
// many. It keeps each scope once, however often the assertion names it.
func (s *Server) remember(text string, token *accessToken) {
	slices.Sort(token.scopes)
	token.scopes = slices.Compact(token.scopes)
	for i, scope := range token.scopes {
		token.scopes[i] = strings.Clone(scope) // not a piece of a long claim
	}
	token.scopes = slices.Clone(token.scopes)
	if len(s.issuedAs) == maxTokens {
		delete(s.tokens, s.issuedAs[0])
		s.issuedAs = slices.Delete(s.issuedAs, 0, 1)
	}
	s.tokens[text] = token
	s.issuedAs = append(s.issuedAs, text)
}

// issueIDToken answers with an ID token and no access token. No key made the
// ID token's signature: it's filler.
func (s *Server) issueIDToken(email, audience string) *response {
	account := s.accounts[email]
	now := int(s.now().Unix())
	header := base64URL(appendJSON(nil, object{
		{"alg", "RS256"},
		{"kid", digits(account.projectID, 40)},
		{"typ", "JWT"},
	}, "", ""))
	claims := base64URL(appendJSON(nil, object{
		{"aud", audience},
		{"azp", email},
		{"email", email},
		{"email_verified", true},
		{"exp", now + tokenLifetime},
		{"iat", now},
		{"iss", "https://accounts.google.com"},
		{"sub", account.clientID},
	}, "", ""))
	hash := sha256.Sum256([]byte(claims))
	filler := bytes.Repeat(hash[:], 8) // 256 bytes, as a signature by RSA-2048
	idToken := header + "." + claims + "." + base64URL(filler)
	return &response{
		status: http.StatusOK,
		header: tokenHeader.Clone(),
		body:   []byte(`{"id_token":"` + idToken + `"}`),
		grade:  "C",
		source: conformanceRecord + "; what the ID token says is reconstructed",
	}
}

func base64URL(data []byte) string { return base64.RawURLEncoding.EncodeToString(data) }

// isKnownScope reports whether Google knows a scope. Google knows hundreds
// more than these: the Calendar API's (D, its discovery document), and a few
// others that often appear in examples.
func isKnownScope(scope string) bool { return slices.Contains(scopeURLs, scope) }

var scopeURLs = allScopes()

func allScopes() []string {
	scopes := []string{"openid", "email", "profile"}
	for _, name := range knownScopes {
		scopes = append(scopes, scopePrefix+name)
	}
	return scopes
}

var knownScopes = strings.Fields(`
	calendar calendar.acls calendar.acls.readonly calendar.app.created
	calendar.calendarlist calendar.calendarlist.readonly
	calendar.calendars calendar.calendars.readonly
	calendar.events calendar.events.freebusy calendar.events.owned
	calendar.events.owned.readonly calendar.events.public.readonly
	calendar.events.readonly calendar.freebusy calendar.readonly
	calendar.settings.readonly

	admin.directory.group.readonly admin.directory.user
	admin.directory.user.readonly bigquery cloud-platform
	cloud-platform.read-only contacts.readonly devstorage.full_control
	devstorage.read_only devstorage.read_write documents documents.readonly
	drive drive.file drive.metadata.readonly drive.readonly gmail.readonly
	gmail.send prediction pubsub spreadsheets spreadsheets.readonly tasks
	tasks.readonly userinfo.email userinfo.profile`)
