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

// assertion is a JWT as it arrived: RFC 7519, in the compact form of RFC 7515
// section 3.1.
type assertion struct {
	// Names are case-sensitive, RFC 7519 section 4.
	header, claims map[string]json.RawMessage

	signingInput string // the first two parts exactly as they were sent
	signature    []byte
}

// parseAssertion takes an assertion apart. It returns false for everything
// that Google answers with "Bad Request" and no explanation: not three parts,
// not base64url, or a header or claims that aren't a JSON object.
func parseAssertion(text string) (assertion, bool) {
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		return assertion{}, false
	}
	a := assertion{signingInput: parts[0] + "." + parts[1]}
	var ok bool
	if a.header, ok = decodeObject(parts[0]); !ok {
		return assertion{}, false
	}
	if a.claims, ok = decodeObject(parts[1]); !ok {
		return assertion{}, false
	}
	if a.signature, ok = decodeBase64URL(parts[2]); !ok {
		return assertion{}, false
	}
	return a, true
}

func decodeObject(part string) (map[string]json.RawMessage, bool) {
	text, ok := decodeBase64URL(part)
	if !ok {
		return nil, false
	}
	var members map[string]json.RawMessage
	err := json.Unmarshal(text, &members)
	return members, err == nil && members != nil // null leaves it nil
}

// decodeBase64URL decodes base64url. RFC 7515 section 2 omits the padding.
// Google accepts it anyway: google-auth for Python sent it for years
// (googleapis/google-auth-library-python#324).
func decodeBase64URL(part string) ([]byte, bool) {
	if strings.ContainsAny(part, "\r\n") { // encoding/base64 would skip them
		return nil, false
	}
	data, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(part, "="))
	return data, err == nil
}

// signedBy reports whether one of the keys made the signature:
// RSASSA-PKCS1-v1_5 with SHA-256, RFC 7518 section 3.3. That kid needn't name
// the right key is R. That it may be missing is V: Google's own client for
// Ruby sends none.
func (a assertion) signedBy(keys map[string]publicKey) bool {
	var alg string
	err := json.Unmarshal(a.header["alg"], &alg)
	if err != nil || alg != "RS256" {
		return false
	}
	digest := sha256.Sum256([]byte(a.signingInput))
	for _, k := range keys {
		if rsa.VerifyPKCS1v15(k.key, crypto.SHA256, digest[:], a.signature) == nil {
			return true
		}
	}
	return false
}

// stringClaim returns a claim that is a string, or "".
func (a assertion) stringClaim(name string) (s string) {
	json.Unmarshal(a.claims[name], &s)
	return s
}

// hasClaim reports whether a claim is present and not null.
func (a assertion) hasClaim(name string) bool {
	return len(a.claims[name]) > 0 && string(a.claims[name]) != "null"
}

// numericDate returns a claim that is a NumericDate, in seconds. RFC 7519
// section 2 allows fractions. Google accepts a string of digits, too.
func (a assertion) numericDate(name string) (seconds float64, ok bool) {
	text := strings.Trim(string(a.claims[name]), `"`)
	if strings.ContainsAny(text, "xXnN_") { // hexadecimal, NaN, Inf, 1_000
		return 0, false
	}
	seconds, err := strconv.ParseFloat(text, 64)
	return seconds, err == nil
}
