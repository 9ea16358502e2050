// SPDX-License-Identifier: 0BSD

package jwt

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
)

// Decode splits an assertion and returns the JSON texts of its header and its
// claims, unchanged. Use it to see what an assertion says, never to decide
// whether it is genuine: Decode doesn't verify the signature.
//
// It accepts only strict base64url, without padding, line breaks or stray bits,
// so that there is only one way to write an assertion down. Its errors never
// quote the assertion.
func Decode(assertion string) (header, claims []byte, err error) {
	// RFC 7515, section 7.1: three parts, joined by two dots.
	if dots := strings.Count(assertion, "."); dots != 2 {
		return nil, nil, fmt.Errorf("jwt: not a JWT: it should have 2 dots and has %d", dots)
	}
	parts := strings.Split(assertion, ".")
	header, err = decodeObject("header", parts[0])
	if err != nil {
		return nil, nil, err
	}
	claims, err = decodeObject("claims set", parts[1])
	if err != nil {
		return nil, nil, err
	}
	_, err = decodePart("signature", parts[2])
	if err != nil {
		return nil, nil, err
	}
	return header, claims, nil
}

// decodeObject decodes a part that must be a JSON object.
func decodeObject(name, part string) ([]byte, error) {
	text, err := decodePart(name, part)
	if err != nil {
		return nil, err
	}
	if !json.Valid(text) || !bytes.HasPrefix(bytes.TrimSpace(text), []byte("{")) {
		return nil, fmt.Errorf("jwt: the %s is not a JSON object", name)
	}
	return text, nil
}

// decodePart undoes base64url. The name of the part is for the error.
func decodePart(name, part string) ([]byte, error) {
	// Strict refuses stray bits at the end, but not line breaks within.
	decoded, err := base64.RawURLEncoding.Strict().DecodeString(part)
	if err != nil || strings.ContainsAny(part, "\r\n") {
		return nil, fmt.Errorf("jwt: the %s is not base64url without padding "+
			"(RFC 7515, section 2)", name)
	}
	return decoded, nil
}
