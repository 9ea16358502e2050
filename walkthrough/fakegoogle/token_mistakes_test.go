// SPDX-License-Identifier: 0BSD

package fakegoogle_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	_ "crypto/md5"
	"crypto/rand"
	"crypto/rsa"
	_ "crypto/sha1"
	"crypto/sha256"
	_ "crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"math/big"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"example.com/fivestep/walkthrough/fakegoogle/diagnosis"
)

// tokenMistake is one thing that a client does wrong.
type tokenMistake struct {
	name  string // that the server must give it
	title string
	do    func(c *tokenClient)
}

var escapedGrant = url.QueryEscape(jwtBearer)

var formMistakes = []tokenMistake{
	{"form-method", "GET instead of POST", func(c *tokenClient) {
		c.method = "GET"
		c.body = func(string) string { return "" }
	}},
	{"form-method", "GET with the parameters in the URL", func(c *tokenClient) {
		c.method, c.target = "GET", "/token?"+exchangeForm(c.makeAssertion())
		c.body = func(string) string { return "" }
	}},
	{"form-in-query", "POST with the parameters in the URL", func(c *tokenClient) {
		c.target = "/token?" + exchangeForm(c.makeAssertion())
		c.body = func(string) string { return "" }
	}},
	{"form-in-query", "only the assertion in the URL", func(c *tokenClient) {
		c.target = "/token?assertion=" + c.makeAssertion()
		c.body = func(string) string { return form("grant_type", escapedGrant) }
	}},
	{"form-empty", "an empty body", func(c *tokenClient) {
		c.body = func(string) string { return "" }
	}},
	{"form-json", "a JSON body", func(c *tokenClient) {
		c.contentType = []string{"application/json"}
		c.body = func(a string) string {
			return `{"grant_type":"` + jwtBearer + `","assertion":"` + a + `"}`
		}
	}},
	{"form-json", "a JSON body, declared as a form", func(c *tokenClient) {
		c.body = func(a string) string {
			return `{"grant_type":"` + jwtBearer + `","assertion":"` + a + `"}`
		}
	}},
	{"form-multipart", "multipart", func(c *tokenClient) {
		c.contentType = []string{"multipart/form-data; boundary=x"}
		c.body = func(a string) string {
			const field = "--x\r\nContent-Disposition: form-data; name="
			return field + "grant_type\r\n\r\n" + jwtBearer + "\r\n" +
				field + "assertion\r\n\r\n" + a + "\r\n--x--\r\n"
		}
	}},
	{"form-content-type-missing", "no Content-Type", func(c *tokenClient) {
		c.contentType = nil
	}},
	{"form-content-type", "the Content-Type of a string", func(c *tokenClient) {
		c.contentType = []string{"text/plain;charset=UTF-8"}
	}},
	{"form-bare-assertion", "the assertion alone as the body", func(c *tokenClient) {
		c.body = func(a string) string { return a }
	}},
	{"grant-type-missing", "no grant_type", func(c *tokenClient) {
		c.body = func(a string) string { return form("assertion", a) }
	}},
	{"grant-type-misspelled", "grant_type misspelled", func(c *tokenClient) {
		c.body = func(a string) string {
			return form("grant_type", strings.Replace(escapedGrant, "bearer", "baerer", 1),
				"assertion", a)
		}
	}},
	{"grant-type-misspelled", "grant_type in quotes", func(c *tokenClient) {
		c.body = func(a string) string {
			return form("grant_type", `"`+escapedGrant+`"`, "assertion", a)
		}
	}},
	{"grant-type-escaped-twice", "grant_type escaped twice", func(c *tokenClient) {
		c.body = func(a string) string {
			return form("grant_type", url.QueryEscape(escapedGrant), "assertion", a)
		}
	}},
	{"grant-type-not-escaped", "grant_type not escaped", func(c *tokenClient) {
		c.body = func(a string) string { return form("grant_type", jwtBearer, "assertion", a) }
	}},
	{"grant-type-client-assertion", "the name of client authentication", func(c *tokenClient) {
		c.body = func(a string) string {
			return form("grant_type",
				"urn:ietf:params:oauth:client-assertion-type:jwt-bearer", "assertion", a)
		}
	}},
	{"grant-type-other", "another grant", func(c *tokenClient) {
		c.body = func(a string) string {
			return form("grant_type", "client_credentials", "assertion", a)
		}
	}},
	{"assertion-name", "the assertion called jwt", func(c *tokenClient) {
		c.body = func(a string) string { return form("grant_type", escapedGrant, "jwt", a) }
	}},
	{"assertion-name", "the assertion called client_assertion", func(c *tokenClient) {
		c.body = func(a string) string {
			return form("grant_type", escapedGrant, "client_assertion", a)
		}
	}},
	{"assertion-name", "the assertion called token", func(c *tokenClient) {
		c.body = func(a string) string { return form("grant_type", escapedGrant, "token", a) }
	}},
	{"assertion-missing", "no assertion", func(c *tokenClient) {
		c.body = func(string) string { return form("grant_type", escapedGrant) }
	}},
	{"scope-in-form", "the scope in the form", func(c *tokenClient) {
		c.body = func(a string) string { return exchangeForm(a) + "&scope=calendar" }
	}},
}

// wrap has the client change the assertion before it's sent.
func wrap(f func(assertion string) string) func(c *tokenClient) {
	return func(c *tokenClient) { c.wrap = f }
}

// instead has the client send something else for the assertion.
func instead(text string) func(c *tokenClient) {
	return wrap(func(string) string { return text })
}

var encodingMistakes = []tokenMistake{
	{"assertion-empty", "an empty assertion", instead("")},
	{"assertion-placeholder", "a promise that wasn't awaited", instead("[object Promise]")},
	{"assertion-placeholder", "a variable without a value", instead("undefined")},
	{"assertion-private-key", "the key file as the assertion", func(c *tokenClient) {
		c.wrap = func(string) string { return string(c.w.account.KeyFile("")) }
	}},
	{"assertion-access-token", "an access token as the assertion", func(c *tokenClient) {
		c.wrap = func(string) string { return c.w.token("calendar") }
	}},
	{"assertion-bytes", "Python's bytes made text", wrap(func(a string) string {
		return "b'" + a + "'"
	})},
	{"assertion-quoted", "quotes around it", wrap(func(a string) string { return `"` + a + `"` })},
	{"assertion-bearer", "Bearer before it", wrap(func(a string) string { return "Bearer " + a })},
	{"assertion-line-break", "a line break after it", wrap(func(a string) string {
		return a + "\n"
	})},
	{"assertion-line-break", "line breaks in it, as base64 adds them", func(c *tokenClient) {
		c.write = func(signature []byte) string {
			text := b64(signature)
			return text[:76] + "\n" + text[76:]
		}
	}},
	{"assertion-space", "a space before it", wrap(func(a string) string { return " " + a })},
	{"assertion-escaped-twice", "escaped twice", func(c *tokenClient) {
		c.encode = padIt
		c.wrap = url.QueryEscape
	}},
	{"assertion-two-parts", "two parts", func(c *tokenClient) {
		c.join = func(h, c, _ string) string { return h + "." + c }
	}},
	{"assertion-five-parts", "five parts", wrap(func(a string) string { return a + ".aa.bb" })},
	{"assertion-parts", "four parts", wrap(func(a string) string { return a + "." })},
	{"encoding-twice", "all of it in base64 again", wrap(std)},
	{"encoding-twice", "the claims in base64 twice", func(c *tokenClient) {
		c.encodePart(1, func(json string) string { return b64([]byte(std(json))) })
	}},
	{"encoding-standard-base64", "standard base64", func(c *tokenClient) {
		c.set("sub", "?~?~?~") // has the bits that make + and /
		c.encode = func(json string) string { return unpad(std(json)) }
	}},
	{"encoding-standard-base64", "standard base64, and its + not escaped", func(c *tokenClient) {
		c.set("sub", "~>~>~>~>~>~>~>")
		c.encode = func(json string) string { return unpad(std(json)) }
		c.body = func(a string) string { return form("grant_type", escapedGrant, "assertion", a) }
	}},
	{"encoding-padding", "padding, signed and sent", func(c *tokenClient) {
		c.encode = padIt
	}},
	{"encoding-padding", "padding of the signature", func(c *tokenClient) {
		c.write = func(s []byte) string { return base64.URLEncoding.EncodeToString(s) }
	}},
	{"encoding-empty", "an empty header", func(c *tokenClient) {
		c.encodePart(0, func(string) string { return "" })
	}},
	{"encoding-none", "a header that isn't encoded", func(c *tokenClient) {
		c.encodePart(0, func(json string) string { return json })
	}},
	{"encoding-hex", "hexadecimal", func(c *tokenClient) { c.encode = toHex }},
	{"encoding-alphabet", "a character of no base64", func(c *tokenClient) {
		c.encodePart(0, func(json string) string { return b64([]byte(json)) + "*" })
	}},
	{"encoding-truncated", "claims cut by a character", func(c *tokenClient) {
		c.encodePart(1, func(json string) string {
			text := b64([]byte(json))
			return text[:len(text)/4*4-3]
		})
	}},
	{"encoding-bom", "a byte order mark", func(c *tokenClient) {
		c.encode = func(json string) string { return b64([]byte("\ufeff" + json)) }
	}},
	{"encoding-utf16", "UTF-16", func(c *tokenClient) {
		c.encode = func(json string) string { return b64([]byte(inUTF16(json))) }
	}},
	{"json-twice", "JSON made twice", func(c *tokenClient) {
		c.encodePart(1, func(json string) string { return b64([]byte(quoteJSON(json))) })
	}},
	{"json-not-object", "claims that are null", func(c *tokenClient) {
		c.encodePart(1, func(string) string { return b64([]byte("null")) })
	}},
	{"json-single-quotes", "a dict of Python", func(c *tokenClient) {
		c.encodePart(1, func(json string) string {
			return b64([]byte(strings.ReplaceAll(json, `"`, `'`)))
		})
	}},
	{"json-invalid", "a comma too many", func(c *tokenClient) {
		c.replaceInJSON("}", ",}")
	}},
}

func quoteJSON(text string) string {
	return `"` + strings.ReplaceAll(text, `"`, `\"`) + `"`
}

func inUTF16(text string) string {
	var b []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		b = append(b, byte(unit), byte(unit>>8))
	}
	return string(b)
}

// signs has the client sign another text. It's told the encoded parts.
func signs(text func(header, claims string) string) func(c *tokenClient) {
	return func(c *tokenClient) { c.textToSign = text }
}

// signsDigest has the client sign the digest of a digest.
func signsDigest(write func(digest []byte) string) func(c *tokenClient) {
	return func(c *tokenClient) {
		right := c.sign
		c.sign = func(text string) []byte {
			digest := sha256.Sum256([]byte(text))
			return right(write(digest[:]))
		}
	}
}

// declares has the client write another alg into the header.
func declares(alg any) func(c *tokenClient) {
	return func(c *tokenClient) { c.header = c.header.with("alg", alg) }
}

// hs256 has the client sign with an HMAC.
func (c *tokenClient) hs256(secret string) {
	c.header = c.header.with("alg", "HS256")
	c.sign = func(text string) []byte {
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write([]byte(text))
		return mac.Sum(nil)
	}
}

// privateKey returns the PEM text in the key file.
func (w *tokenWorld) privateKey() string {
	_, text, _ := strings.Cut(string(w.account.KeyFile("")), `"private_key": "`)
	text, _, _ = strings.Cut(text, `"`)
	return strings.ReplaceAll(text, `\n`, "\n")
}

func plain(text string) string {
	data, _ := base64.RawURLEncoding.DecodeString(text)
	return string(data)
}

var signatureMistakes = []tokenMistake{
	{"signature-of-json", "signs the JSON", signs(func(h, c string) string {
		return plain(h) + "." + plain(c)
	})},
	{"signature-of-json", "signs the JSON, without a dot", signs(func(h, c string) string {
		return plain(h) + plain(c)
	})},
	{"signature-of-json", "signs the JSON on two lines", signs(func(h, c string) string {
		return plain(h) + "\n" + plain(c)
	})},
	{"signature-of-header", "signs the header only, as JSON", signs(func(h, _ string) string {
		return plain(h)
	})},
	{"signature-of-header", "signs the header and the dot", signs(func(h, _ string) string {
		return h + "."
	})},
	{"signature-of-header", "signs the header only", signs(func(h, _ string) string { return h })},
	{"signature-of-claims", "signs the claims only", signs(func(_, c string) string { return c })},
	{"signature-of-claims", "signs the claims only, as JSON", signs(func(_, c string) string {
		return plain(c)
	})},
	{"signature-with-line-break", "signs with a line break", signs(func(h, c string) string {
		return h + "." + c + "\n"
	})},
	{"signature-with-line-break", "signs with a line break of Windows",
		signs(func(h, c string) string { return h + "." + c + "\r\n" })},
	{"signature-with-line-break", "signs a line break after each part",
		signs(func(h, c string) string { return h + "\n." + c + "\n" })},
	{"signature-of-other-dots", "signs without the dot", signs(func(h, c string) string {
		return h + c
	})},
	{"signature-of-other-dots", "signs the second dot, too", signs(func(h, c string) string {
		return h + "." + c + "."
	})},
	{"signature-of-padded", "signs with padding, sends without", func(c *tokenClient) {
		c.encode = padIt
		c.join = func(h, c, s string) string { return unpad(h) + "." + unpad(c) + "." + s }
	}},
	{"signature-of-unpadded", "signs without padding, sends it", func(c *tokenClient) {
		c.encode = padIt
		c.textToSign = func(h, c string) string { return unpad(h) + "." + unpad(c) }
	}},
	{"signature-of-standard-base64", "signs standard base64, sends base64url",
		func(c *tokenClient) {
			c.set("jti", "?~?~?~")
			c.textToSign = func(h, c string) string { return std(plain(h)) + "." + std(plain(c)) }
		}},
	{"signature-of-standard-base64", "the same without padding", func(c *tokenClient) {
		c.set("jti", "?~?~?~")
		c.textToSign = func(h, c string) string {
			return unpad(std(plain(h))) + "." + unpad(std(plain(c)))
		}
	}},
	{"signature-of-utf16", "signs UTF-16", signs(func(h, c string) string {
		return inUTF16(h + "." + c)
	})},
	{"signature-of-quoted", "signs the text in quotes", signs(func(h, c string) string {
		return `"` + h + "." + c + `"`
	})},
	{"signature-of-base64", "signs the base64 of the text", signs(func(h, c string) string {
		return std(h + "." + c)
	})},
	{"signature-of-nothing", "signs nothing", signs(func(h, c string) string { return "" })},
	{"signature-hashed-twice", "hashes twice", signsDigest(func(digest []byte) string {
		return string(digest)
	})},
	{"signature-of-hex-digest", "signs the hex of the digest", signsDigest(hex.EncodeToString)},
	{"signature-of-hex-digest", "signs the hex in upper case", signsDigest(func(d []byte) string {
		return strings.ToUpper(hex.EncodeToString(d))
	})},
	{"signature-of-base64-digest", "signs the base64 of the digest", signsDigest(b64)},
	{"signature-of-other-text", "makes the JSON again after signing", func(c *tokenClient) {
		c.join = func(h, claims, s string) string {
			later := c.encode(strings.ReplaceAll(plain(claims), ",", ", "))
			return h + "." + later + "." + s
		}
	}},
	{"signature-no-digestinfo", "signs a bare digest", func(c *tokenClient) {
		c.sign = func(text string) []byte {
			digest := sha256.Sum256([]byte(text))
			return c.signDigest(c.w.account.Key, 0, digest[:])
		}
	}},
	{"signature-no-padding", "signs a digest without padding", func(c *tokenClient) {
		c.sign = func(text string) []byte {
			digest := sha256.Sum256([]byte(text))
			key := c.w.account.Key
			m := new(big.Int).SetBytes(digest[:])
			return m.Exp(m, key.D, key.N).FillBytes(make([]byte, key.Size()))
		}
	}},
	{"signature-no-digestinfo", "signs the hex of a digest, without a hash",
		func(c *tokenClient) {
			c.sign = func(text string) []byte {
				digest := sha256.Sum256([]byte(text))
				return c.signDigest(c.w.account.Key, 0, []byte(hex.EncodeToString(digest[:])))
			}
		}},
	{diagnosis.Unknown, "signs the bare digest of another text", func(c *tokenClient) {
		c.sign = func(text string) []byte {
			digest := sha256.Sum256([]byte(text + " "))
			return c.signDigest(c.w.account.Key, 0, digest[:])
		}
	}},
	{diagnosis.Unknown, "signs some bytes without a hash", func(c *tokenClient) {
		c.sign = func(text string) []byte {
			return c.signDigest(c.w.account.Key, 0, []byte(text[:20]))
		}
	}},
	{"signature-md5", "MD5", func(c *tokenClient) { c.signHash(crypto.MD5) }},
	{"signature-sha1", "SHA-1", func(c *tokenClient) { c.signHash(crypto.SHA1) }},
	{"signature-sha224", "SHA-224", func(c *tokenClient) { c.signHash(crypto.SHA224) }},
	{"signature-sha384", "SHA-384", func(c *tokenClient) { c.signHash(crypto.SHA384) }},
	{"signature-sha512", "SHA-512", func(c *tokenClient) { c.signHash(crypto.SHA512) }},
	{"signature-sha512", "RS512, and says so", func(c *tokenClient) {
		c.signHash(crypto.SHA512)
		declares("RS512")(c)
	}},
	{"signature-pss", "PSS", func(c *tokenClient) { c.pss() }},
	{"signature-pss", "PS256, and says so", func(c *tokenClient) {
		c.pss()
		declares("PS256")(c)
	}},
	{"hs256-pem", "HS256 with the private key as text", func(c *tokenClient) {
		c.hs256(c.w.privateKey())
	}},
	{"hs256-pem", "HS256 with the private key, trimmed", func(c *tokenClient) {
		c.hs256(strings.TrimSpace(c.w.privateKey()))
	}},
	{"hs256-pem", `HS256 with the private key, its \n left alone`, func(c *tokenClient) {
		c.hs256(strings.ReplaceAll(c.w.privateKey(), "\n", `\n`))
	}},
	{"hs256-key-id", "HS256 with the key ID", func(c *tokenClient) {
		c.hs256(c.w.account.KeyID)
	}},
	{"hs256-key-file", "HS256 with the whole file", func(c *tokenClient) {
		c.hs256(string(c.w.account.KeyFile("")))
	}},
	{"hs256-key-file", "HS256 with the file of this server", func(c *tokenClient) {
		c.hs256(strings.TrimSpace(string(c.w.account.KeyFile("http://" + fakeHost + "/token"))))
	}},
	{"hs256-key-id", "HMAC, though alg says RS256", func(c *tokenClient) {
		c.hs256(c.w.account.KeyID)
		declares("RS256")(c)
	}},
	{"hs256-unknown-secret", "HS256 with some secret", func(c *tokenClient) {
		c.hs256("secret")
	}},
	{"signature-is-hash", "sends the hash as the signature", func(c *tokenClient) {
		c.sign = func(text string) []byte {
			digest := sha256.Sum256([]byte(text))
			return digest[:]
		}
	}},
	{"alg-es256", "ES256", func(c *tokenClient) {
		c.ecdsa(false)
		declares("ES256")(c)
	}},
	{"signature-es256", "an elliptic curve, though alg says RS256", func(c *tokenClient) {
		c.ecdsa(false)
	}},
	{"signature-es256", "the same in DER", func(c *tokenClient) { c.ecdsa(true) }},
	{"alg-none", "alg none", func(c *tokenClient) {
		declares("none")(c)
		c.sign = func(string) []byte { return nil }
	}},
	{"signature-empty", "no signature", func(c *tokenClient) {
		c.sign = func(string) []byte { return nil }
	}},
	{"alg-missing", "no alg", declares(nil)},
	{"alg-case", "alg in lower case", declares("rs256")},
	{"alg-unknown", "alg as Java calls it", declares("SHA256withRSA")},
	{"alg-unknown", "alg is a number", declares(256)},
	{"signature-standard-base64", "the signature in standard base64", func(c *tokenClient) {
		c.write = func(signature []byte) string { return std(string(signature)) }
	}},
	{"signature-hex", "the signature in hex", func(c *tokenClient) {
		c.write = hex.EncodeToString
	}},
	{"signature-base64-of-hex", "the signature's hex in base64", func(c *tokenClient) {
		c.write = func(signature []byte) string {
			return b64([]byte(hex.EncodeToString(signature)))
		}
	}},
	{"signature-base64-twice", "the signature in base64 twice", func(c *tokenClient) {
		c.write = func(signature []byte) string { return b64([]byte(b64(signature))) }
	}},
	{"signature-little-endian", "the signature's bytes reversed", func(c *tokenClient) {
		right := c.sign
		c.sign = func(text string) []byte {
			signature := right(text)
			slices.Reverse(signature)
			return signature
		}
	}},
	{"signature-leading-zero", "the signature as a signed number", func(c *tokenClient) {
		right := c.sign
		c.sign = func(text string) []byte { return append([]byte{0}, right(text)...) }
	}},
	{"signature-leading-zero", "the signature as a number", func(c *tokenClient) {
		for i := 0; ; i++ { // the first byte is zero once in 256 times
			c.set("jti", i)
			text := c.encode(c.toJSON(c.header)) + "." + c.encode(c.toJSON(c.claims))
			if c.sign(text)[0] == 0 {
				break
			}
		}
		right := c.sign
		c.sign = func(text string) []byte { return new(big.Int).SetBytes(right(text)).Bytes() }
	}},
	{"signature-truncated", "the signature cut", func(c *tokenClient) {
		c.write = func(signature []byte) string { return b64(signature[:200]) }
	}},
	{"signature-too-long", "something after the signature", func(c *tokenClient) {
		c.write = func(signature []byte) string { return b64(append(signature, '\n')) }
	}},
	{"signature-too-long", "the modulus added", func(c *tokenClient) {
		right := c.sign
		c.sign = func(text string) []byte {
			s := new(big.Int).SetBytes(right(text))
			n := c.w.account.Key.N
			for s.BitLen() <= n.BitLen() {
				s.Add(s, n)
			}
			return s.Bytes()
		}
	}},
	{"signature-key-size", "a key of 1,024 bits", func(c *tokenClient) {
		c.sign = func(string) []byte { return make([]byte, 128) }
	}},
	{"signature-other-account", "another account's key", func(c *tokenClient) {
		c.signWith(c.w.other.Key)
	}},
	{"signature-revoked-key", "a key that was deleted", func(c *tokenClient) {
		c.signWith(c.w.revoked.Key)
	}},
	{"signature-unknown-key", "a key that nobody knows", func(c *tokenClient) {
		c.signWith(c.w.stranger)
	}},
	{"signature-unknown-key", "a key that nobody knows, and its kid", func(c *tokenClient) {
		c.signWith(c.w.stranger)
		c.header = c.header.with("kid", "12345")
	}},
	{"signature-unknown-key", "a key that nobody knows, and no kid", func(c *tokenClient) {
		c.signWith(c.w.stranger)
		c.header = c.header.with("kid", nil)
	}},
	{"kid-other-key", "kid of one key, signature of another", func(c *tokenClient) {
		c.signWith(c.w.second.Key)
	}},
	{"kid-unknown", "kid of no key", func(c *tokenClient) {
		c.header = c.header.with("kid", "key1")
	}},
}

// pss has the client sign with the other padding of RSA.
func (c *tokenClient) pss() {
	c.sign = func(text string) []byte {
		digest := sha256.Sum256([]byte(text))
		signature, err := rsa.SignPSS(rand.Reader, c.w.account.Key, crypto.SHA256, digest[:], nil)
		if err != nil {
			c.w.t.Fatal(err)
		}
		return signature
	}
}

// ecdsa has the client sign with an elliptic curve key: in DER, or in the form
// of JWS.
func (c *tokenClient) ecdsa(inDER bool) {
	c.sign = func(text string) []byte {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			c.w.t.Fatal(err)
		}
		digest := sha256.Sum256([]byte(text))
		for inDER {
			signature, _ := ecdsa.SignASN1(rand.Reader, key, digest[:])
			if len(signature) == 71 { // or 70, or 72
				return signature
			}
		}
		r, s, _ := ecdsa.Sign(rand.Reader, key, digest[:])
		return append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)
	}
}

// sets has the client write a claim with this value. nil removes it.
func sets(name string, value any) func(c *tokenClient) {
	return func(c *tokenClient) { c.set(name, value) }
}

// times has the client write these times, in seconds after now.
func times(iat, exp int64) func(c *tokenClient) {
	return func(c *tokenClient) { c.setTimes(iat, exp) }
}

const hour = 3600

var timeMistakes = []tokenMistake{
	{"time-in-milliseconds", "milliseconds", func(c *tokenClient) {
		c.set("iat", start.UnixMilli())
		c.set("exp", start.UnixMilli()+hour*1000)
	}},
	{"time-in-milliseconds", "only exp in milliseconds", func(c *tokenClient) {
		c.set("exp", start.UnixMilli()+hour*1000)
	}},
	{"time-in-microseconds", "microseconds", sets("iat", start.UnixMicro())},
	{"time-in-nanoseconds", "nanoseconds", sets("iat", start.UnixNano())},
	{"time-zone", "the local time of Seoul", times(9*hour, 10*hour)},
	{"time-zone", "the local time of New York", times(-5*hour-10, -4*hour-10)},
	{"time-zone", "the local time of Kathmandu", times(5*hour+2700, 6*hour+2700)},
	{"time-is-duration", "exp is an hour", sets("exp", hour)},
	{"time-is-duration", "iat is 0", sets("iat", 0)},
	{"time-as-text", "times as ISO text", sets("iat", "2023-11-14T22:13:20Z")},
	{"time-as-text", "times as digits in quotes", sets("exp", "1700003600")},
	{"time-as-text", "exp is a word", sets("exp", "later")},
	{"lifetime-too-long", "exp never comes", sets("exp", 1e300)},
	{"lifetime-too-long", "a day", times(0, 24*hour)},
	{"lifetime-too-long", "an hour and four minutes", times(0, hour+240)},
	{"exp-before-iat", "exp before iat", times(0, -60)},
	{"clock-ahead", "a clock ten minutes ahead", times(600, hour+600)},
	{"expired", "a clock 70 minutes behind", times(-4200, -600)},
	{"iat-missing", "no iat", sets("iat", nil)},
	{"exp-missing", "no exp", sets("exp", nil)},
	{"member-twice", "iat twice", func(c *tokenClient) {
		c.replaceInJSON(`"iat":`, `"iat":1700000000,"iat":1`)
	}},
	{"member-twice", "alg twice, and good", func(c *tokenClient) {
		c.replaceInJSON(`"alg":`, `"alg":"none","alg":`)
	}},
	{"member-twice", "exp twice, and good", func(c *tokenClient) {
		c.replaceInJSON(`"exp":`, `"exp":1,"exp":`)
	}},
}

var claimMistakes = []tokenMistake{
	{"iss-missing", "no iss", sets("iss", nil)},
	{"iss-not-text", "iss is a list", sets("iss", []string{accountEmail})},
	{"iss-client-id", "iss is client_id", sets("iss", "113258942105700140798")},
	{"iss-client-id", "iss is an OAuth client", sets("iss", "1-a.apps.googleusercontent.com")},
	{"iss-user", "iss is the user's address", sets("iss", calendarID)},
	{"iss-user", "iss is a Workspace user", sets("iss", kim)},
	{"iss-project", "iss is the project", sets("iss", "lesson")},
	{"iss-project", "iss is the project's number", sets("iss", "336992806363")},
	{"iss-key-id", "iss is the key's ID", func(c *tokenClient) { c.set("iss", c.w.account.KeyID) }},
	{"iss-space", "a space after iss", sets("iss", accountEmail+" ")},
	{"iss-case", "iss in upper case", sets("iss", strings.ToUpper(accountEmail))},
	{"iss-is-aud", "iss and aud exchanged", func(c *tokenClient) {
		c.set("iss", tokenURL)
		c.set("aud", accountEmail)
	}},
	{"iss-misspelled", "a letter missing in iss", sets("iss", accountEmail[1:])},
	{"iss-unknown", "iss of another project", sets("iss", "a@b-471108.iam.gserviceaccount.com")},
	{"claims-private-key", "iss is the private key", func(c *tokenClient) {
		c.set("iss", c.w.privateKey())
	}},
	{"member-twice", "iss twice", func(c *tokenClient) {
		c.replaceInJSON(`"iss":`, `"iss":"`+accountEmail+`","iss":"x`+`","x":`)
	}},

	{"scope-missing", "no scope", sets("scope", nil)},
	{"scope-empty", "an empty scope", sets("scope", " ")},
	{"scope-not-text", "scope is an object", sets("scope", map[string]any{})},
	{"scope-named-scopes", "scopes instead of scope", func(c *tokenClient) {
		c.set("scopes", []string{scopePrefix + "calendar"})
		c.set("scope", nil)
	}},
	{"scope-array", "a list of scopes", sets("scope", []string{scopePrefix + "calendar"})},
	{"scope-comma", "scopes with a comma", func(c *tokenClient) {
		c.setScope("calendar," + scopePrefix + "drive")
	}},
	{"scope-line-break", "scopes on two lines", func(c *tokenClient) {
		c.setScope("calendar\n" + scopePrefix + "drive")
	}},
	{"scope-quoted", "quotes in scope", func(c *tokenClient) { c.setScope(`calendar"`) }},
	{"scope-prefix-missing", "a scope without its prefix", sets("scope", "calendar.readonly")},
	{"scope-misspelled", "a misspelled scope", func(c *tokenClient) {
		c.setScope("calendar.event.readonly")
	}},
	{"scope-misspelled", "a scope with http", sets("scope",
		"http://www.googleapis.com/auth/calendar.readonly")},
	{"scope-unknown", "a scope of somebody else", sets("scope", "https://example.com/read")},
	{"member-twice", "scope twice", func(c *tokenClient) {
		c.replaceInJSON(`"scope":`, `"scope":"openid","scope":"","x":`)
	}},

	{"aud-missing", "no aud", sets("aud", nil)},
	{"aud-not-text", "aud is a number", sets("aud", 1)},
	{"aud-array", "aud is a list", sets("aud", []string{tokenURL})},
	{"aud-calendar-api", "aud is the API", sets("aud", "https://www.googleapis.com/calendar/v3")},
	{"aud-auth-uri", "aud is auth_uri", sets("aud", "https://accounts.google.com/o/oauth2/auth")},
	{"aud-slash", "aud with a slash", sets("aud", tokenURL+"/")},
	{"aud-space", "aud with a space", sets("aud", tokenURL+" ")},
	{"aud-http", "aud with http", sets("aud", "http://oauth2.googleapis.com/token")},
	{"aud-https", "this server with https", sets("aud", "https://"+fakeHost+"/token")},
	{"aud-without-path", "aud is the host only", sets("aud", "https://oauth2.googleapis.com")},
	{"aud-legacy", "an old aud", sets("aud", "https://www.googleapis.com/oauth2/v3/token")},
	{"aud-legacy", "an old aud that still works",
		sets("aud", "https://www.googleapis.com/oauth2/v4/token")},
	{"aud-other-api", "aud is another API", sets("aud", "https://sheets.googleapis.com/")},
	{"aud-email", "aud is the account", sets("aud", accountEmail)},
	{"aud-host", "another name of this server", sets("aud", "http://127.0.0.1:8085/token")},
	{"aud-path", "another path of this server", sets("aud", "http://"+fakeHost+"/oauth2/v4/token")},
	{"aud-not-url", "aud is a word", sets("aud", "google")},
	{"aud-other", "aud is somebody else", sets("aud", "https://example.com/")},
	{"member-twice", "aud twice", func(c *tokenClient) {
		c.replaceInJSON(`"aud":`, `"aud":"`+tokenURL+`","aud":"x","x":`)
	}},

	{"sub-not-delegated", "sub without delegation", sets("sub", kim)},
	{"sub-not-delegated", "prn without delegation", sets("prn", kim)},
	{"sub-gmail", "sub of gmail.com", sets("sub", "you@gmail.com")},
	{"sub-own-address", "sub is the account", sets("sub", accountEmail)},
	{"sub-calendar", "sub is a calendar", sets("sub", "team@group.calendar.google.com")},
	{"sub-scope-not-delegated", "a scope that isn't delegated", func(c *tokenClient) {
		c.delegated()
		c.set("sub", kim)
	}},
	{"sub-unknown-user", "sub is nobody", func(c *tokenClient) {
		c.delegated()
		c.set("sub", "lee@example.com")
		c.setScope("calendar.readonly")
	}},
	{"member-twice", "sub twice", func(c *tokenClient) {
		c.replaceInJSON(`{"`, `{"sub":"","sub":"`+kim+`","`)
	}},

	{"target-audience", "asks for an ID token", sets("target_audience", "https://example.com")},
	{"claims-of-id-token", "claims of an ID token", sets("email_verified", true)},
	{"claims-needless", "a claim of the client's own", sets("user_id", 7)},
	{"claims-private-key", "the key file as claims", func(c *tokenClient) {
		c.set("private_key", c.w.privateKey())
	}},
}

// delegated has the client be the other account, and delegates one scope to it.
func (c *tokenClient) delegated() {
	c.w.Delegate(c.w.other.ClientID, scopePrefix+"calendar.readonly")
	c.set("iss", otherEmail)
	c.header = c.header.with("kid", c.w.other.KeyID)
	c.signWith(c.w.other.Key)
}

// sharesRun reports whether a text shows more than 24 characters in a row of a
// secret.
func sharesRun(text, secret string) bool {
	const most = 24
	for i := 0; i+most < len(secret); i++ {
		if strings.Contains(text, secret[i:i+most+1]) {
			return true
		}
	}
	return false
}

// Each mistake of a client is told from the others. What the server says about
// them is in testdata/token-mistakes.txt.
func TestTokenMistakes(t *testing.T) {
	w := newTokenWorld(t)
	g := newGolden(t, "token-mistakes.txt")
	for _, section := range [][]tokenMistake{
		formMistakes, encodingMistakes, signatureMistakes, timeMistakes, claimMistakes,
	} {
		for _, m := range section {
			c := w.newClient()
			m.do(c)
			r, req := c.post()
			v := req.Verdict
			if v.Name != m.name {
				t.Errorf("%s: %s is taken for %s: %s\n%s",
					m.title, m.name, v.Name, req, r.body)
			}
			if v.Wrong == "" || v.Fix == "" || len(v.Wrong)+len(v.Fix) > 1000 {
				t.Errorf("%s: %+v", m.title, v.Mistake)
			}
			assertion := c.wrap(c.makeAssertion())
			signature := assertion[strings.LastIndex(assertion, ".")+1:]
			for _, secret := range []string{signature, w.privateKey(), w.token("calendar")} {
				if sharesRun(req.String(), secret) {
					t.Errorf("%s: a secret is shown: %s", m.title, req)
				}
			}
			g.add(m.title+" ("+v.Name+")", req.String()+"\n")
		}
	}
	g.compare()
}
