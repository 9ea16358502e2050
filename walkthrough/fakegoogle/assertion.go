// SPDX-License-Identifier: 0BSD

package fakegoogle

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strconv"
	"strings"
)

// assertion is a JWT as it arrived (RFC 7519, in the compact form of RFC 7515 section 3.1).
type assertion struct {
	header, claims map[string]json.RawMessage // names are case-sensitive, RFC 7519 section 4
	signed         string                     // the first two parts as sent, which is what the signature covers
	signature      []byte
}

// parseAssertion takes an assertion apart. It says false to what Google answers with "Bad Request" and no explanation:
// not three parts, not base64url, header or claims not a JSON object.
func parseAssertion(text string) (a assertion, ok bool) {
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		return a, false
	}
	header, ok1 := decode(parts[0])
	claims, ok2 := decode(parts[1])
	signature, ok3 := decode(parts[2])
	if !ok1 || !ok2 || !ok3 || json.Unmarshal(header, &a.header) != nil || json.Unmarshal(claims, &a.claims) != nil {
		return a, false
	}
	a.signed, a.signature = parts[0]+"."+parts[1], signature
	return a, a.header != nil && a.claims != nil // the JSON null leaves them nil
}

// decode reads base64url. RFC 7515 section 2 leaves the padding out; Google takes it nevertheless, since google-auth for
// Python sent it for years (googleapis/google-auth-library-python#324).
func decode(part string) ([]byte, bool) {
	if strings.ContainsAny(part, "\r\n") { // which encoding/base64 would skip
		return nil, false
	}
	data, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(part, "="))
	return data, err == nil
}

// signedBy reports whether one of the keys made the signature: RSASSA-PKCS1-v1_5 with SHA-256, RFC 7518 section 3.3.
// That kid need not name the right key is R; that it may be missing is V (Google's own client for Ruby sends none).
func (a assertion) signedBy(keys map[string]publicKey) bool {
	var alg string
	if json.Unmarshal(a.header["alg"], &alg) != nil || alg != "RS256" {
		return false
	}
	digest := sha256.Sum256([]byte(a.signed))
	for _, k := range keys {
		if rsa.VerifyPKCS1v15(k.key, crypto.SHA256, digest[:], a.signature) == nil {
			return true
		}
	}
	return false
}

// text returns a claim that is a string, or "".
func (a assertion) text(claim string) (s string) {
	json.Unmarshal(a.claims[claim], &s)
	return s
}

// has reports whether a claim is there and not null.
func (a assertion) has(claim string) bool {
	return len(a.claims[claim]) > 0 && string(a.claims[claim]) != "null"
}

// seconds reads a NumericDate (RFC 7519 section 2). Fractions are in order there; Google takes a string of digits, too.
func (a assertion) seconds(claim string) (float64, bool) {
	text := strings.Trim(string(a.claims[claim]), `"`)
	v, err := strconv.ParseFloat(text, 64)
	return v, err == nil && !strings.ContainsAny(text, "xXnN_") // no hexadecimal, NaN, Inf
}
