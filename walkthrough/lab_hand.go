// SPDX-License-Identifier: 0BSD

package walkthrough

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"strings"

	"example.com/fivestep/jwt"
)

// signAnything makes an RS256 JWT of any two texts, as package jwt refuses to.
func signAnything(header, claims string, key *rsa.PrivateKey) (string, error) {
	encode := base64.RawURLEncoding.EncodeToString
	input := encode([]byte(header)) + "." + encode([]byte(claims))
	digest := sha256.Sum256([]byte(input))
	signature, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, digest[:])
	return input + "." + encode(signature), err
}

// refusal is what package jwt says when it is asked for these very texts; nil if
// it makes them, and also if there is no way to ask for them.
func refusal(header, claims string) error {
	var h jwt.Header
	var c jwt.Claims
	if !asked(header, &h) || !asked(claims, &c) {
		return nil
	}
	_, err := jwt.SigningInput(h, c)
	return err
}

// asked reads text into to, and reports whether to makes the same text.
func asked(text string, to any) bool {
	if json.Unmarshal([]byte(text), to) != nil {
		return false
	}
	var again bytes.Buffer
	enc := json.NewEncoder(&again)
	enc.SetEscapeHTML(false)
	return enc.Encode(to) == nil && again.String() == text+"\n"
}

// http is a client for the fake Google. It edits requests on their way.
func (a *attempt) http(edit func(*http.Request)) *http.Client {
	return &http.Client{Transport: editor{a.wire.transport, edit}}
}

type editor struct {
	next http.RoundTripper
	edit func(*http.Request)
}

func (e editor) RoundTrip(req *http.Request) (*http.Response, error) {
	if e.edit != nil {
		req = req.Clone(req.Context())
		e.edit(req)
	}
	return e.next.RoundTrip(req)
}

func (a *attempt) editForm(req *http.Request) {
	if a.form == nil {
		return
	}
	body, _ := io.ReadAll(req.Body) // of a strings.Reader
	text := a.form(string(body))
	req.Body, req.ContentLength = io.NopCloser(strings.NewReader(text)), int64(len(text))
}

func (a *attempt) editAddress(req *http.Request) {
	if a.address != nil {
		a.address(req.URL)
	}
}
