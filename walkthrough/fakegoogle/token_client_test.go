// SPDX-License-Identifier: 0BSD

package fakegoogle_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"example.com/fivestep/walkthrough/fakegoogle"
)

// tokenClient is a client written by hand, which does everything right. Each
// field is one thing that it does, so that a test can have it do one wrong.
type tokenClient struct {
	w *tokenWorld

	header, claims claims
	toJSON         func(claims) string
	encode         func(json string) string                // one part, into base64url
	textToSign     func(header, claims string) string      // of the encoded parts
	sign           func(text string) []byte                // RS256
	write          func(signature []byte) string           // into base64url
	join           func(header, claims, sig string) string // with dots
	wrap           func(assertion string) string           // nothing
	body           func(assertion string) string           // the form

	method, target string
	contentType    []string
}

// tokenWorld has whatever a client may confuse: a second key of the account,
// a deleted one, and another account.
type tokenWorld struct {
	*world
	second, revoked, other *fakegoogle.Account
	stranger               *rsa.PrivateKey // of nobody
}

const (
	otherEmail = "writer@lesson.iam.gserviceaccount.com"
	kim        = "kim@example.com"
	fakeHost   = "localhost:8085" // what the clients think they talk to
)

// accuseNobody fails a test at its end if an accepted request for a token was
// said to have a mistake. Nearly all tests send good ones, or ask for an ID
// token because they want one. A test that doesn't calls SetLog(nil) first.
func (w *world) accuseNobody() {
	var accused accusations
	w.SetLog(&accused)
	w.t.Cleanup(func() {
		if len(accused.found) > 0 {
			w.t.Errorf("good requests are accused: %q", accused.found)
		}
	})
}

// accusations collects what the log says about accepted requests for a token.
type accusations struct{ found []string }

func (a *accusations) Write(text []byte) (int, error) {
	isToken := strings.HasPrefix(string(text), "POST /")
	isDeliberate := strings.Contains(string(text), "target_audience asks for")
	if isToken && !isDeliberate && strings.Contains(string(text), "accepted, but") {
		a.found = append(a.found, string(text))
	}
	return len(text), nil
}

func newTokenWorld(t testing.TB) *tokenWorld {
	w := &tokenWorld{world: newWorld(t)}
	w.SetLog(nil) // it would be full of mistakes
	create := func(a fakegoogle.Account) *fakegoogle.Account {
		created, err := w.CreateAccount(a)
		if err != nil {
			t.Fatal(err)
		}
		return created
	}
	w.second = create(fakegoogle.Account{Email: accountEmail})
	w.revoked = create(fakegoogle.Account{Email: accountEmail})
	w.RevokeKey(accountEmail, w.revoked.KeyID)
	w.other = create(fakegoogle.Account{Email: otherEmail})
	w.AddUser(kim)
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	w.stranger = key
	return w
}

// newClient returns a client that does everything right.
func (w *tokenWorld) newClient() *tokenClient {
	c := &tokenClient{
		w:      w,
		header: claims{"alg": "RS256", "typ": "JWT", "kid": w.account.KeyID},
		claims: w.claims(),
		toJSON: func(members claims) string {
			text, err := json.Marshal(members)
			if err != nil {
				w.t.Fatal(err)
			}
			return string(text)
		},
		encode:      func(json string) string { return b64([]byte(json)) },
		textToSign:  func(header, claims string) string { return header + "." + claims },
		write:       func(signature []byte) string { return b64(signature) },
		join:        func(h, c, s string) string { return h + "." + c + "." + s },
		wrap:        func(assertion string) string { return assertion },
		body:        exchangeForm,
		method:      "POST",
		target:      "/token",
		contentType: []string{formType},
	}
	c.signWith(w.account.Key)
	return c
}

// signWith has the client sign with a key.
func (c *tokenClient) signWith(key *rsa.PrivateKey) {
	c.sign = func(text string) []byte {
		digest := sha256.Sum256([]byte(text))
		return c.signDigest(key, crypto.SHA256, digest[:])
	}
}

// signDigest signs a digest as RSASSA-PKCS1-v1_5 does. With hash 0 it leaves
// out the DigestInfo.
func (c *tokenClient) signDigest(key *rsa.PrivateKey, hash crypto.Hash, digest []byte) []byte {
	signature, err := rsa.SignPKCS1v15(nil, key, hash, digest)
	if err != nil {
		c.w.t.Fatal(err)
	}
	return signature
}

// signHash has the client sign with another hash.
func (c *tokenClient) signHash(hash crypto.Hash) {
	c.sign = func(text string) []byte {
		h := hash.New()
		h.Write([]byte(text))
		return c.signDigest(c.w.account.Key, hash, h.Sum(nil))
	}
}

// makeAssertion does steps 1 and 2.
func (c *tokenClient) makeAssertion() string {
	header := c.encode(c.toJSON(c.header))
	claims := c.encode(c.toJSON(c.claims))
	signature := c.sign(c.textToSign(header, claims))
	return c.join(header, claims, c.write(signature))
}

// post does step 3, and returns how the server saw it.
func (c *tokenClient) post() (reply, fakegoogle.Request) {
	w := c.w
	body := strings.NewReader(c.body(c.wrap(c.makeAssertion())))
	req, err := http.NewRequest(c.method, w.url+c.target, body)
	if err == nil {
		req.Host = fakeHost
		req.Header["Content-Type"] = c.contentType
	}
	r := w.do(req, err)
	all := w.Requests()
	return r, all[len(all)-1]
}

// set changes a claim. nil removes it.
func (c *tokenClient) set(name string, value any) { c.claims = c.claims.with(name, value) }

// setTimes sets iat and exp, in seconds after now.
func (c *tokenClient) setTimes(iat, exp int64) {
	now := c.w.Now().Unix()
	c.set("iat", now+iat)
	c.set("exp", now+exp)
}

// setScope sets a scope, given without the beginning of its URL.
func (c *tokenClient) setScope(scope string) { c.set("scope", scopePrefix+scope) }

// replaceInJSON changes the text of the claims.
func (c *tokenClient) replaceInJSON(old, new string) {
	toJSON := c.toJSON
	c.toJSON = func(m claims) string { return strings.Replace(toJSON(m), old, new, 1) }
}

// parts has only one of the two parts changed: 0 is the header, 1 the claims.
func (c *tokenClient) encodePart(which int, encode func(json string) string) {
	right, count := c.encode, 0
	c.encode = func(json string) string {
		count++
		if count-1 == which {
			return encode(json)
		}
		return right(json)
	}
}

// form writes a form whose values aren't escaped.
func form(namesAndValues ...string) string {
	var b strings.Builder
	for i := 0; i < len(namesAndValues); i += 2 {
		if i > 0 {
			b.WriteString("&")
		}
		b.WriteString(namesAndValues[i] + "=" + namesAndValues[i+1])
	}
	return b.String()
}

var (
	std   = func(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }
	padIt = func(text string) string { return base64.URLEncoding.EncodeToString([]byte(text)) }
	unpad = func(text string) string { return strings.TrimRight(text, "=") }
	toHex = func(text string) string { return hex.EncodeToString([]byte(text)) }
)
