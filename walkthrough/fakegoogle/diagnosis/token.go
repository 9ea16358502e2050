// SPDX-License-Identifier: 0BSD

package diagnosis

import (
	"bytes"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// TokenRequest is a request to the token endpoint, and what the server knows
// that matters for it.
type TokenRequest struct {
	Method string
	Query  string // of the URL, not decoded
	Header http.Header
	Body   []byte

	Refused int       // number of the check that refused it, or 0
	Now     time.Time // by the server's clock

	URL        string   // the endpoint's address, as this request reached it
	GoogleURLs []string // Google's own addresses of the endpoint; the first is today's
	Scopes     []string // all that the server knows, as URLs
	Accounts   []Account
}

// Account is a service account.
type Account struct {
	Email, ClientID          string
	ProjectID, ProjectNumber string
	Delegated                []string // scopes of its domain-wide delegation
	Keys                     []Key
}

// Key is a key of a service account. Only its public half is known.
type Key struct {
	ID      string // the kid of a JWT
	Public  *rsa.PublicKey
	Revoked bool
	Secrets []Secret
}

// Secret is a text that people take for the secret of an HMAC, such as the
// whole key file. Nobody needs to keep the text: HMAC uses the hash of a secret
// that is longer than 64 bytes (RFC 2104, section 2).
type Secret struct {
	Name   string   // the last part of a mistake's name, such as "key-file"
	SHA256 [32]byte // hash of the text
}

// jwtBearer is the grant type of RFC 7523, section 2.1.
const jwtBearer = "urn:ietf:params:oauth:grant-type:jwt-bearer"

// Token says what is wrong with a request to the token endpoint. It looks for
// mistakes in the order of Google's checks, and reports the first that explains
// the refusal. If the request was accepted, it reports what Google forgave.
//
// It repeats values of the client's header and claims, in quotes and shortened,
// but neither the signature nor a whole part of the assertion.
func Token(req TokenRequest) Mistake {
	if req.Method != http.MethodPost {
		return wrongMethod(req)
	}
	p := takeApart(req)
	switch req.Refused {
	case 0:
		return p.forgiven()
	case GrantType:
		return p.wrongForm()
	case AssertionForm:
		return p.wrongAssertion()
	case Issuer:
		return p.wrongIssuer()
	case Signature:
		return p.wrongSignature()
	case TimesPresent, TimeWindow:
		return p.wrongTimes()
	case Scope:
		return p.wrongScope()
	case Audience:
		return p.wrongAudience()
	case Subject:
		return p.wrongSubject()
	}
	return Mistake{
		Name:  Unknown,
		Wrong: "the server refused the request, and this package doesn't know why",
	}
}

// posted is a request whose parts have names. What can't be read is empty.
type posted struct {
	TokenRequest
	form      url.Values
	assertion string

	header, claims part
	signature      string   // the third part, as it was sent
	account        *Account // that of iss, or nil
}

// part is a part of the assertion that should be a JSON object in base64url.
type part struct {
	sent    string // as it was sent
	json    []byte // decoded
	members map[string]json.RawMessage
	twice   string // a name that appears twice, or ""
}

func takeApart(req TokenRequest) *posted {
	p := &posted{TokenRequest: req}
	p.form, _ = url.ParseQuery(string(req.Body))
	p.assertion = p.form.Get("assertion")
	parts := strings.Split(p.assertion, ".")
	if len(parts) != 3 {
		return p
	}
	p.header, p.claims, p.signature = readPart(parts[0]), readPart(parts[1]), parts[2]
	iss, _ := p.claims.text("iss")
	for i, account := range req.Accounts {
		if account.Email == iss {
			p.account = &req.Accounts[i]
		}
	}
	return p
}

func readPart(sent string) part {
	p := part{sent: sent}
	p.json, _ = decodeAny(sent)
	if json.Unmarshal(p.json, &p.members) == nil {
		p.twice = nameTwice(p.json)
	}
	return p
}

// decodeAny decodes base64 in any of its forms: with the alphabet of RFC 4648,
// section 4 or 5, with padding or without.
func decodeAny(text string) (data []byte, ok bool) {
	toURL := strings.NewReplacer("+", "-", "/", "_", " ", "-")
	text = strings.TrimRight(toURL.Replace(text), "=")
	data, err := base64.RawURLEncoding.DecodeString(text)
	return data, err == nil
}

// nameTwice returns a member name that appears twice in a JSON object, or "".
// RFC 7519, section 4: a reader may refuse that, or use the last of them.
func nameTwice(object []byte) string {
	seen := map[string]bool{}
	dec := json.NewDecoder(bytes.NewReader(object))
	dec.Token() // the brace
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return ""
		}
		text, _ := name.(string)
		if seen[text] {
			return text
		}
		seen[text] = true
		var value json.RawMessage
		if dec.Decode(&value) != nil {
			return ""
		}
	}
	return ""
}

// has reports whether a member is there and isn't null.
func (p part) has(name string) bool {
	return len(p.members[name]) > 0 && string(p.members[name]) != "null"
}

// text returns a member that is a JSON string. If it's something else, isText
// is false.
func (p part) text(name string) (s string, isText bool) {
	if !p.has(name) {
		return "", false
	}
	err := json.Unmarshal(p.members[name], &s)
	return s, err == nil
}

// value describes a member in a form that can be shown.
func (p part) value(name string) string {
	text, isText := p.text(name)
	switch {
	case !p.has(name):
		return "null"
	case isText:
		return quoted(text)
	case p.members[name][0] == '[':
		return "a JSON array"
	case p.members[name][0] == '{':
		return "a JSON object"
	}
	return unquoted(string(p.members[name])) // a number, true or false
}
