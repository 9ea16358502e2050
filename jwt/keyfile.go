// SPDX-License-Identifier: 0BSD

package jwt

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"strings"
)

// KeyFile is a service account's key: the JSON file that the Google Cloud
// console lets you download once, when it creates the key. The fields are the
// members of that JSON, checked by [ParseKeyFile].
// https://cloud.google.com/iam/docs/keys-create-delete
//
// The file holds the key unencrypted: anyone who can read it can act as the
// account. A KeyFile itself prints masked; see [KeyFile.String].
type KeyFile struct {
	// Type is always "service_account". Other kinds of credentials are JSON
	// files too, with another type.
	Type string

	// ProjectID is the Cloud project that the account belongs to.
	ProjectID string

	// PrivateKeyID names the key. It becomes kid in the header, so that Google
	// knows which of the account's keys to check the signature with.
	PrivateKeyID string

	// PrivateKey is the key itself, of 2048 to 8192 bits. Google keeps only its
	// public half.
	PrivateKey *rsa.PrivateKey

	// ClientEmail names the account. It becomes iss in the claims, and it is
	// what you share a calendar with.
	ClientEmail string

	// ClientID is the account's number, in decimal digits. Domain-wide
	// delegation is granted to it.
	ClientID string

	// TokenURI is where the assertion is posted, and becomes aud in the claims.
	// AuthURI is for users who log in; this flow doesn't use it.
	AuthURI  string
	TokenURI string

	// The certificates of Google's login service, not used in this flow, and
	// those of the account's own keys, to check its signatures with.
	AuthProviderX509CertURL string
	ClientX509CertURL       string

	// UniverseDomain is "googleapis.com". Older files don't have it.
	UniverseDomain string
}

// ParseKeyFile is step 1: it reads the JSON of a service account's key file and
// the RSA key in it. It ignores unknown members. A file that can't be used is
// refused with a *[KeyFileError], which has a specific message for each known
// way a key file can be broken.
func ParseKeyFile(data []byte) (*KeyFile, error) {
	k, privateKey, err := readJSON(data)
	if err != nil {
		return nil, err
	}
	k.PrivateKey, err = parsePrivateKey(privateKey)
	if err != nil {
		return nil, err
	}
	return k, nil
}

// parsePrivateKey unwraps the key in the member private_key, layer by layer:
//
//	PEM     text around bytes: base64 between a BEGIN and an END line
//	PKCS#8  bytes around a key of any kind: which algorithm, then its key
//	RSA     the key: the modulus, the exponents and the primes
func parsePrivateKey(text string) (*rsa.PrivateKey, error) {
	// PEM (RFC 7468, section 10).
	block, rest := pem.Decode([]byte(text))
	if err := checkPEM(text, block, rest); err != nil {
		return nil, err
	}
	// PKCS#8 (RFC 5958, section 2).
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, notPKCS8()
	}
	// RSA (RFC 8017, appendix A.1.2).
	return checkRSA(key)
}

// readJSON reads the members of the key file and checks them. The exception is
// private_key: it's returned as text, without spaces around it.
func readJSON(data []byte) (k *KeyFile, privateKey string, err error) {
	if err := checkText(data); err != nil {
		return nil, "", err
	}
	k = new(KeyFile)
	fields := map[string]*string{
		"type":                        &k.Type,
		"project_id":                  &k.ProjectID,
		"private_key_id":              &k.PrivateKeyID,
		"private_key":                 &privateKey,
		"client_email":                &k.ClientEmail,
		"client_id":                   &k.ClientID,
		"auth_uri":                    &k.AuthURI,
		"token_uri":                   &k.TokenURI,
		"auth_provider_x509_cert_url": &k.AuthProviderX509CertURL,
		"client_x509_cert_url":        &k.ClientX509CertURL,
		"universe_domain":             &k.UniverseDomain,
	}
	present, err := readMembers(data, fields)
	if err != nil {
		return nil, "", err
	}
	if present["web"] || present["installed"] {
		return nil, "", &KeyFileError{"", "an OAuth client file, not a service account's key",
			"The console's Credentials page has both; this one is for users who log in.", useKey}
	}
	if err := checkMembers(k, fields); err != nil {
		return nil, "", err
	}
	return k, strings.TrimSpace(privateKey), nil
}

// readMembers reads the JSON object in data into fields, by the members' names,
// and returns the set of names that are present. It goes member by member
// because json.Unmarshal would accept a member that appears twice, or is
// spelled in capitals.
func readMembers(data []byte, fields map[string]*string) (present map[string]bool, err error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.Token() // the opening brace; without it, the next token fails
	present = make(map[string]bool)
	for dec.More() {
		token, err := dec.Token()
		if err != nil {
			return nil, notJSON(data)
		}
		name, _ := token.(string)            // always a string: the decoder refuses other names
		var value any = new(json.RawMessage) // for members that this package doesn't know
		if field := fields[name]; field != nil {
			value = field
			if present[name] {
				return nil, badMember(name, "appears twice", edited)
			}
		}
		switch dec.Decode(value).(type) {
		case nil:
		case *json.UnmarshalTypeError:
			return nil, badMember(name, "is not a string", edited)
		default:
			return nil, notJSON(data)
		}
		present[name] = true
	}
	if _, err := dec.Token(); err != nil { // the closing brace
		return nil, notJSON(data)
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, badFile("there is more after the end of the JSON object",
			"Two files were joined, or something was appended.")
	}
	return present, nil
}

// String names the account and its key, and leaves out the key itself.
//
// # Masking
//
// A KeyFile prints like this under every fmt verb, in JSON and in logs. There
// is one exception: fmt can't call methods on the unexported fields of a
// struct. In such a field it prints the other members, and PrivateKey as an
// address.
func (k KeyFile) String() string {
	return fmt.Sprintf("service account %s, key %s (private key withheld)",
		k.ClientEmail, k.PrivateKeyID)
}

// Format prints String under every verb: %+v and %#v would print the key.
func (k KeyFile) Format(f fmt.State, verb rune) { io.WriteString(f, k.String()) }

// MarshalText returns String, for encoding/json and log/slog.
func (k KeyFile) MarshalText() ([]byte, error) { return []byte(k.String()), nil }
