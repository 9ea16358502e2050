// SPDX-License-Identifier: 0BSD

package proofs

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/big"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/fivestep/jwt"
	"example.com/fivestep/walkthrough/fakegoogle"
)

// Two access tokens: one as long as Google's, and one with every character that
// RFC 6750, section 2.1, allows, so short that it looks like any other word.
// The password is one that a URL must escape.
const (
	longToken     = "ya29.c.c0ASVvTsJ4hG0wQe8QmZr1xWqYk3LdPfGh7NbTuEoVaXsCiRj5KwMzUy2OtHlDg6FpBnSeAv9QcIrJx4YkLmNoPqRsTu......"
	shortToken    = "od+d/T0k~n-_=="
	proxyUser     = "canary"
	proxyPassword = "Pa55 w/rd+?"
)

// window is the length of a piece of a long secret that must not show.
const window = 36

// canaries are secrets that must not show anywhere.
type canaries struct {
	key       *jwt.KeyFile
	account   fakegoogle.Account
	assertion string

	mutex   sync.RWMutex
	windows map[string]string // every piece of a long secret, in any spelling: its name
	words   map[string]string // every short secret, in any spelling: its name
}

func newCanaries(t *testing.T) *canaries {
	t.Helper()
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	c := &canaries{windows: map[string]string{}, words: map[string]string{}}
	c.account = fakegoogle.Account{
		ProjectID: "canary-471108",
		Email:     "canary@canary-471108.iam.gserviceaccount.com",
		KeyID:     strings.Repeat("c0", 20),
		Key:       private,
	}
	if c.key, err = jwt.ParseKeyFile(c.account.KeyFile("")); err != nil {
		t.Fatal(err)
	}
	c.assertion = c.sign(t, "https://oauth2.googleapis.com/token")
	c.addKey(t, private)
	// All of it is withheld, even the part that is public.
	c.addLong("the key's PEM", mustDER(t, private)[38:])
	c.addToken("the long token", longToken)
	for _, form := range spellings([]byte(shortToken)) {
		c.words[form] = "the short token"
	}
	for _, form := range append(spellings([]byte(proxyPassword)),
		base64.StdEncoding.EncodeToString([]byte(proxyUser+":"+proxyPassword)),
		url.UserPassword("", proxyPassword).String(),
	) {
		c.words[form] = "the proxy's password"
	}
	return c
}

// sign signs an assertion for an audience, and makes its signature a canary.
// Its header and its claims aren't secret.
func (c *canaries) sign(t *testing.T, audience string) string {
	t.Helper()
	claims := jwt.NewClaims(c.key, time.Now())
	claims.Audience = audience
	header := jwt.Header{Algorithm: "RS256", Type: "JWT", KeyID: c.key.PrivateKeyID}
	assertion, err := jwt.Sign(header, claims, c.key.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	c.addAssertion(assertion)
	return assertion
}

func (c *canaries) addAssertion(assertion string) {
	c.addLong("an assertion", []byte(assertion[strings.LastIndexByte(assertion, '.')+1:]))
}

// addToken leaves out the characters that every token of Google's begins and
// ends with.
func (c *canaries) addToken(name, token string) {
	c.addLong(name, []byte(strings.Trim(strings.TrimPrefix(token, "ya29.c.c0AS"), ".")))
}

// addKey makes a key a canary, as a file and as numbers.
func (c *canaries) addKey(t *testing.T, key *rsa.PrivateKey) {
	t.Helper()
	der := mustDER(t, key)
	// The modulus is public, and the bytes before it are the same in every key.
	_, private, _ := bytes.Cut(der, key.N.Bytes())
	c.addLong("the key's DER", private)
	for name, n := range map[string]*big.Int{
		"D":    key.D,
		"P":    key.Primes[0],
		"Q":    key.Primes[1],
		"Dp":   key.Precomputed.Dp,
		"Dq":   key.Precomputed.Dq,
		"Qinv": key.Precomputed.Qinv,
	} {
		c.addLong(name, n.Bytes())
		for _, form := range []string{
			n.String(),
			n.Text(16),
			strings.ToUpper(n.Text(16)),
			fmt.Sprint(n.Bits()),
			fmt.Sprintf("%#v", n.Bits()),
		} {
			c.addWindows(name, form)
		}
	}
}

func (c *canaries) addLong(name string, secret []byte) {
	c.addWindows(name, string(secret))
	for _, form := range spellings(secret) {
		c.addWindows(name, form)
	}
	// Base64 encodes groups of three bytes, so there is a spelling for each
	// position that the first byte may have in its group.
	for skip := range 3 {
		for _, enc := range []*base64.Encoding{base64.StdEncoding, base64.URLEncoding} {
			form := enc.EncodeToString(secret[skip : len(secret)-(len(secret)-skip)%3])
			c.addWindows(name, form)
		}
	}
}

func (c *canaries) addWindows(name, form string) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	for i := 0; i+window <= len(form); i++ {
		c.windows[form[i:i+window]] = name
	}
}

// spellings returns the forms in which a secret may be written.
func spellings(secret []byte) []string {
	s := string(secret)
	asJSON, _ := json.Marshal(s)
	inGo := strings.TrimPrefix(fmt.Sprintf("%#v", secret), "[]byte{")
	return []string{
		s,
		url.QueryEscape(s),
		url.PathEscape(s),
		hex.EncodeToString(secret),
		strings.ToUpper(hex.EncodeToString(secret)),
		strings.Trim(strconv.Quote(s), `"`),
		strings.Trim(string(asJSON), `"`),
		base64.StdEncoding.EncodeToString(secret),
		base64.RawURLEncoding.EncodeToString(secret),
		strings.Trim(fmt.Sprint(secret), "[]"),
		strings.TrimSuffix(inGo, "}"),
	}
}

// leak returns the name of a canary in a text, or "" if there is none. It finds
// short ones, and pieces of long ones that are at least three bytes longer than
// a window.
func (c *canaries) leak(text string) string {
	c.mutex.RLock()
	defer c.mutex.RUnlock()
	for i := 0; i+window <= len(text); i += 4 {
		if name, ok := c.windows[text[i:i+window]]; ok {
			return found(name, text, i)
		}
	}
	for word, name := range c.words {
		if i := strings.Index(text, word); i >= 0 {
			return found(name, text, i)
		}
	}
	return ""
}

// found says where a canary shows, with the text around it.
func found(name, text string, at int) string {
	const around = 200
	from, to := max(0, at-around), min(len(text), at+around)
	return fmt.Sprintf("%s, at %d in %q", name, at, text[from:to])
}

// TestCanariesAreFound checks that the search finds each canary in each
// spelling. Otherwise the other tests would prove nothing.
func TestCanariesAreFound(t *testing.T) {
	c := newCanaries(t)
	key := c.account.Key
	signature := c.assertion[strings.LastIndexByte(c.assertion, '.')+1:]
	login, sent := url.UserPassword(proxyUser, proxyPassword), []byte(proxyUser+":"+proxyPassword)
	type raw struct{ Token, Signature string }
	for name, text := range map[string]string{
		"a key file":           string(c.account.KeyFile("")),
		"its PEM, decoded":     fmt.Sprintf("%x", mustDER(t, key)),
		"D":                    fmt.Sprint(key.D),
		"the words of P":       fmt.Sprintf("%#v", *key.Primes[0]),
		"an *rsa.PrivateKey":   fmt.Sprintf("%v", *key.Precomputed.Qinv),
		"an assertion":         "Bad assertion: " + c.assertion[:len(c.assertion)-40],
		"a struct":             fmt.Sprintf("%#v", raw{longToken, "x"}),
		"a struct, in hex":     fmt.Sprintf("%x", raw{longToken, "x"}),
		"in base64":            base64.StdEncoding.EncodeToString([]byte("Bearer " + longToken)),
		"a signature in hex":   fmt.Sprintf("%X", signature),
		"bytes":                fmt.Sprint([]byte("Bearer " + longToken)),
		"bytes in Go's syntax": fmt.Sprintf("%#v", []byte(signature)),
		"a short one":          "Authorization: Bearer " + shortToken,
		"a short one, quoted":  fmt.Sprintf("%q", "Bearer "+shortToken),
		"a short one in a URL": url.Values{"t": {shortToken}}.Encode(),
		"a short one in hex":   fmt.Sprintf("%x", "Bearer "+shortToken),
		"a password":           "http://" + login.String() + "@proxy",
		"a password as sent":   "Basic " + base64.StdEncoding.EncodeToString(sent),
	} {
		if c.leak(text) == "" {
			t.Errorf("%s is not found in %.100q", name, text)
		}
	}
	signingInput := strings.TrimSuffix(c.assertion, "."+signature)
	if leak := c.leak(printed(c.key) + printed(*c.key) + signingInput); leak != "" {
		t.Errorf("something public is taken for %s", leak)
	}
}

func mustDER(t *testing.T, key *rsa.PrivateKey) []byte {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return der
}
