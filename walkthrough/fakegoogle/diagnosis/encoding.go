// SPDX-License-Identifier: 0BSD

package diagnosis

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
)

const (
	// RFC 7515, section 7.1.
	sendParts = "send base64url(header).base64url(claims).base64url(signature) and nothing more"
	// RFC 7515, section 2.
	encodePart = "encode the UTF-8 bytes of the JSON once, in base64url: " +
		"- and _ for + and /, no =, no line breaks"
)

// wrongAssertion explains an assertion that can't be taken apart.
func (p *posted) wrongAssertion() Mistake {
	if !p.form.Has("assertion") {
		return p.noAssertion()
	}
	if m := p.wrongWrapping(); m.Name != "" {
		return m
	}
	if m := p.wrongPartCount(); m.Name != "" {
		return m
	}
	if m := wrongPart("header", p.header.sent); m.Name != "" {
		return m
	}
	if m := wrongPart("claims", p.claims.sent); m.Name != "" {
		return m
	}
	if m := wrongAlphabet("signature", p.signature); m.Name != "" {
		return m
	}
	if p.form.Has("scope") {
		return Mistake{
			Name:  "scope-in-form",
			Wrong: "the form has a parameter scope",
			Fix:   "put the scope into the claims; the form has grant_type and assertion only",
		}
	}
	return Mistake{
		Name:  Unknown,
		Wrong: "the assertion has three parts that look right, and yet it can't be read",
		Fix:   sendParts,
	}
}

// noAssertion explains a form without an assertion.
func (p *posted) noAssertion() Mistake {
	query, _ := url.ParseQuery(p.Query)
	if query.Has("assertion") {
		return Mistake{
			Name: "form-in-query",
			Wrong: "assertion is in the URL, where Google doesn't look, " +
				"and which servers write to their logs",
			Fix: sendForm,
		}
	}
	for _, name := range []string{
		"jwt", "client_assertion", "token", "id_token", "access_token", "code",
		"refresh_token", "subject_token", "JWT", "Assertion",
	} {
		if p.form.Has(name) {
			return Mistake{
				Name:  "assertion-name",
				Wrong: "the form has a parameter " + name + ", and none with the name assertion",
				Fix:   "call the parameter assertion (RFC 7523, section 2.1)",
			}
		}
	}
	return Mistake{
		Name:  "assertion-missing",
		Wrong: "the form has no assertion",
		Fix:   sendForm,
	}
}

// wrongWrapping finds what isn't part of the assertion but came with it.
func (p *posted) wrongWrapping() Mistake {
	a := p.assertion
	wrong := func(name, what, fix string) Mistake {
		return Mistake{Name: name, Wrong: what, Fix: fix}
	}
	unescaped, _ := url.QueryUnescape(a)
	switch {
	case strings.TrimSpace(a) == "":
		return wrong("assertion-empty", "assertion is empty", sendForm)
	case a == "undefined", a == "null", a == "None", strings.HasPrefix(a, "[object "):
		return wrong("assertion-placeholder",
			"assertion is the word "+quoted(a)+": the variable held no text",
			"wait for what makes the assertion (await), and send the text that it returns")
	case strings.Contains(a, "PRIVATE KEY"):
		return wrong("assertion-private-key",
			"assertion is the private key, which must never leave your machine",
			"delete this key in the console, since it was sent over the network; "+
				"sign a JWT with a new one and send the JWT")
	case strings.HasPrefix(a, "ya29."):
		return wrong("assertion-access-token",
			"assertion is an access token, which is what this request should return",
			"send the JWT that you signed")
	case strings.HasPrefix(a, "b'"), strings.HasPrefix(a, `b"`):
		return wrong("assertion-bytes",
			"assertion is Python's notation of bytes, b'...'",
			"make it text first: assertion.decode()")
	case strings.Trim(a, `"'`) != a:
		return wrong("assertion-quoted",
			"there are quotes around the assertion",
			sendParts+": the text itself, not its JSON")
	case len(a) > 7 && strings.EqualFold(a[:7], "Bearer "):
		return wrong("assertion-bearer",
			"assertion begins with Bearer, which belongs to the header of step 5",
			sendParts)
	case strings.ContainsAny(a, "\r\n"):
		return wrong("assertion-line-break",
			"there is a line break in the assertion or at its end",
			sendParts+" (tools: base64 -w0, openssl base64 -A, printf instead of echo)")
	case strings.TrimSpace(a) != a:
		return wrong("assertion-space", "there is a space before or after the assertion", sendParts)
	case unescaped != a && strings.Contains(a, "%"):
		return wrong("assertion-escaped-twice",
			"assertion was escaped twice: after decoding the form it still has a %",
			"escape it once: give your HTTP library the plain text")
	}
	return Mistake{}
}

// wrongPartCount explains an assertion of more or fewer than three parts.
func (p *posted) wrongPartCount() Mistake {
	count := strings.Count(p.assertion, ".") + 1
	decoded, _ := decodeAny(p.assertion)
	switch {
	case count == 3:
		return Mistake{}
	case count == 1 && bytes.Count(decoded, []byte(".")) == 2:
		return Mistake{
			Name:  "encoding-twice",
			Wrong: "the whole assertion was encoded in base64 again",
			Fix:   sendParts,
		}
	case count == 2:
		return Mistake{
			Name:  "assertion-two-parts",
			Wrong: "the assertion has two parts: the signature is missing",
			Fix:   sendParts,
		}
	case count == 5:
		return Mistake{
			Name:  "assertion-five-parts",
			Wrong: "the assertion has five parts, like an encrypted token (a JWE)",
			Fix:   "sign the claims (a JWS), don't encrypt them; " + sendParts,
		}
	}
	return Mistake{
		Name:  "assertion-parts",
		Wrong: fmt.Sprintf("the assertion has %d dots instead of two", count-1),
		Fix:   sendParts,
	}
}

// wrongPart explains a header or claims that can't be read.
func wrongPart(name, sent string) Mistake {
	hexed, _ := hex.DecodeString(sent)
	switch {
	case sent == "":
		return Mistake{
			Name:  "encoding-empty",
			Wrong: "the " + name + " part is empty",
			Fix:   sendParts,
		}
	case sent[0] == '{':
		return Mistake{
			Name:  "encoding-none",
			Wrong: "the " + name + " part is plain JSON",
			Fix:   encodePart,
		}
	case bytes.HasPrefix(hexed, []byte("{")):
		return Mistake{
			Name:  "encoding-hex",
			Wrong: "the " + name + " part is written in hexadecimal",
			Fix:   encodePart,
		}
	}
	if m := wrongAlphabet(name, sent); m.Name != "" {
		return m
	}
	text, _ := decodeAny(sent)
	if m := wrongCharacters(name, text); m.Name != "" {
		return m
	}
	return wrongJSON(name, text)
}

// wrongAlphabet explains a part that isn't base64url.
func wrongAlphabet(name, sent string) Mistake {
	bare := strings.TrimRight(sent, "=")
	stray := strings.IndexFunc(bare, notBase64URL)
	standard := strings.Map(func(r rune) rune {
		if strings.ContainsRune("+/ ", r) { // a + that wasn't escaped became a space
			return -1
		}
		return r
	}, bare)
	switch {
	case stray >= 0 && strings.IndexFunc(standard, notBase64URL) < 0:
		m := Mistake{
			Name:  "encoding-standard-base64",
			Wrong: "the " + name + " part is in standard base64, with + or /",
			Fix:   encodePart,
		}
		if name == "signature" {
			m.Name = "signature-standard-base64"
			m.Fix = encodeSignature
		}
		if strings.Contains(bare, " ") {
			m.Wrong += "; in the form, a + that isn't escaped means a space"
		}
		return m
	case stray >= 0:
		return Mistake{
			Name: "encoding-alphabet",
			Wrong: fmt.Sprintf("the %s part has a character that base64url doesn't have: %s",
				name, quoted(firstRune(bare[stray:]))),
			Fix: encodePart,
		}
	case len(bare)%4 == 1:
		return Mistake{
			Name: "encoding-truncated",
			Wrong: fmt.Sprintf("the %s part has %d characters, which no base64 text has: "+
				"it was cut, or something was added", name, len(bare)),
			Fix: sendParts,
		}
	}
	return Mistake{}
}

// notBase64URL reports whether a character isn't in the alphabet of RFC 4648,
// section 5.
func notBase64URL(r rune) bool { return notBase64(r) || strings.ContainsRune("+/=", r) }

func firstRune(text string) string {
	for _, r := range text {
		return string(r)
	}
	return ""
}

// wrongCharacters explains a JSON text that isn't in plain UTF-8 (RFC 8259,
// section 8.1), or that is still encoded.
func wrongCharacters(name string, text []byte) Mistake {
	again, isBase64 := decodeAny(string(text))
	switch {
	case bytes.HasPrefix(text, []byte("\xef\xbb\xbf")):
		return Mistake{
			Name:  "encoding-bom",
			Wrong: "the JSON of the " + name + " begins with a byte order mark",
			Fix:   encodePart + "; choose UTF-8 without BOM",
		}
	case bytes.HasPrefix(text, []byte("\xff\xfe")), bytes.HasPrefix(text, []byte("\xfe\xff")),
		bytes.HasPrefix(text, []byte("{\x00")), bytes.HasPrefix(text, []byte("\x00{")):
		return Mistake{
			Name:  "encoding-utf16",
			Wrong: "the JSON of the " + name + " is in UTF-16",
			Fix:   encodePart + " (Encoding.UTF8 in .NET, not Encoding.Unicode)",
		}
	case isBase64 && bytes.HasPrefix(again, []byte("{")):
		return Mistake{
			Name:  "encoding-twice",
			Wrong: "the " + name + " part was encoded in base64 twice",
			Fix:   encodePart,
		}
	}
	return Mistake{}
}

// wrongJSON explains a text that isn't a JSON object.
func wrongJSON(name string, text []byte) Mistake {
	var value json.RawMessage
	err := json.Unmarshal(text, &value) // reports what isn't JSON
	var inner string
	isText := json.Unmarshal(text, &inner) == nil
	switch {
	case err == nil && bytes.HasPrefix(bytes.TrimSpace(text), []byte("{")):
		return Mistake{}
	case isText && strings.HasPrefix(inner, "{"):
		return Mistake{
			Name: "json-twice",
			Wrong: "the " + name + " part was made JSON twice: " +
				"it's a JSON string that holds an object",
			Fix: "call json.dumps, JSON.stringify or the like once",
		}
	case err == nil:
		return Mistake{
			Name:  "json-not-object",
			Wrong: "the " + name + " part is JSON, but not an object: " + unquoted(string(text)),
			Fix:   "make it an object: {\"...\": ...}",
		}
	case bytes.HasPrefix(text, []byte("{'")):
		return Mistake{
			Name:  "json-single-quotes",
			Wrong: "the " + name + " part has single quotes, as Python's str() writes a dict",
			Fix:   "write it with json.dumps",
		}
	}
	return Mistake{
		Name:  "json-invalid",
		Wrong: "the " + name + " part isn't JSON: " + err.Error(),
		Fix:   "let a JSON library write it",
	}
}
