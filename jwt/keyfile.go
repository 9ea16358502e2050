// SPDX-License-Identifier: 0BSD

package jwt

import (
	"bytes"
	"cmp"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"unicode/utf8"
)

// KeyFile is a service account's key as the Google Cloud console hands it out,
// once, as a JSON file. The fields are the members of that JSON, checked:
// https://cloud.google.com/iam/docs/keys-create-delete
//
// A KeyFile prints masked under every fmt verb, in JSON and in logs; in an
// unexported field, where fmt calls no methods, its PrivateKey prints as an address.
// The file it came from holds the key unencrypted: whoever can read it is the account.
type KeyFile struct {
	Type                    string // always "service_account"
	ProjectID               string
	PrivateKeyID            string          // names the key; goes into the header as kid
	PrivateKey              *rsa.PrivateKey // at least 2048 bits; parsed once, here
	ClientEmail             string          // the account; goes into the claims as iss
	ClientID                string          // decimal digits; what domain-wide delegation is granted to
	AuthURI                 string          // not used in this flow
	TokenURI                string          // where the assertion is posted, and its aud
	AuthProviderX509CertURL string          // not used in this flow
	ClientX509CertURL       string          // the certificates that others check signatures with
	UniverseDomain          string          // "googleapis.com"; absent in older files
}

// String names the account and its key, without the key.
func (k KeyFile) String() string {
	return fmt.Sprintf("service account %s, key %s (private key withheld)", k.ClientEmail, k.PrivateKeyID)
}

// Format prints String whatever the verb: %+v and %#v must not show the key.
func (k KeyFile) Format(f fmt.State, verb rune) { io.WriteString(f, k.String()) }

// MarshalText gives String to encoding/json and log/slog.
func (k KeyFile) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// ParseKeyFile reads the JSON of a service account's key file. Unknown members
// are ignored. Whatever is wrong comes back as a *[KeyFileError], a sentence of
// its own for each way in which such files are known to be bad.
func ParseKeyFile(data []byte) (*KeyFile, error) {
	if err := checkText(data); err != nil {
		return nil, err
	}
	k := new(KeyFile)
	privateKey, err := k.readMembers(data)
	if err == nil {
		k.PrivateKey, err = parsePrivateKey(strings.TrimSpace(privateKey))
	}
	if err != nil {
		return nil, err
	}
	return k, nil
}

// checkText looks at the file before JSON does, whose errors would only puzzle.
func checkText(data []byte) error {
	text, binary := bytes.TrimSpace(data), !utf8.Valid(data)
	return firstOf([]finding{
		{len(text) == 0, "", "the file is empty", "A download or a copy was cut off, or a variable was not set when the file was written."},
		{bytes.HasPrefix(data, []byte("\xef\xbb\xbf")), "", "the file starts with a UTF-8 byte order mark", `An editor (on Windows, usually) saved it as "UTF-8 with BOM"; JSON has none (RFC 8259, section 8.1).`},
		{binary && data[0] == 0x30, "", "the file is binary (DER), not JSON", "It may be a P12 key, the other format that the console offers."}, // 0x30 begins a SEQUENCE
		{binary && (bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff"))), "", "the file is UTF-16, not UTF-8", "PowerShell's > writes UTF-16; JSON is UTF-8 (RFC 8259, section 8.1)."},
		{!binary && bytes.IndexByte(data, 0) >= 0, "", "the file is UTF-16, not UTF-8", "It was saved as UTF-16 without a mark; JSON is UTF-8 (RFC 8259, section 8.1)."},
		{binary, "", "the file is not UTF-8 text", "It was saved in another encoding, or is not a key file at all."},
		{bytes.HasPrefix(text, []byte("-----BEGIN")), "", "the file is PEM, not JSON", "Only the key was saved; the account's e-mail address and token_uri stand in the JSON around it."},
	})
}

// readMembers fills k from the JSON object in data and returns private_key.
// It reads member by member, as encoding/json alone would accept a member twice
// or spelt in capitals.
func (k *KeyFile) readMembers(data []byte) (privateKey string, err error) {
	members := map[string]*string{
		"type": &k.Type, "project_id": &k.ProjectID, "private_key_id": &k.PrivateKeyID, "private_key": &privateKey,
		"client_email": &k.ClientEmail, "client_id": &k.ClientID, "auth_uri": &k.AuthURI, "token_uri": &k.TokenURI,
		"auth_provider_x509_cert_url": &k.AuthProviderX509CertURL, "client_x509_cert_url": &k.ClientX509CertURL,
		"universe_domain": &k.UniverseDomain,
	}
	const edited = "The file was edited by hand, or written anew by a program."
	dec := json.NewDecoder(bytes.NewReader(data))
	if open, err := dec.Token(); err != nil {
		return "", notJSON(data)
	} else if open != json.Delim('{') {
		return "", &KeyFileError{"", "the JSON is not an object", "A key file is one JSON object, { ... }."}
	}
	seen := make(map[string]bool)
	for dec.More() {
		token, err := dec.Token()
		if err != nil {
			return "", notJSON(data)
		}
		name, _ := token.(string) // the decoder accepts nothing else here
		field := members[name]
		if field != nil && seen[name] {
			return "", &KeyFileError{name, "stands in the file twice", edited}
		}
		seen[name] = true
		var wrongType *json.UnmarshalTypeError
		if field == nil {
			err = dec.Decode(new(json.RawMessage))
		} else if err = dec.Decode(field); errors.As(err, &wrongType) {
			return "", &KeyFileError{name, "is not a string", edited}
		}
		if err != nil {
			return "", notJSON(data)
		}
	}
	if _, err := dec.Token(); err != nil {
		return "", notJSON(data)
	}
	if _, err := dec.Token(); err != io.EOF {
		return "", &KeyFileError{"", "there is more after the end of the JSON object", "Two files were joined, or something was appended."}
	}
	return privateKey, k.check(seen["web"] || seen["installed"])
}

// check looks at the members but the key, and quotes none: a key may stand where it
// does not belong. An assertion must not travel in the clear: http is accepted for
// this machine's own names only, for a fake Google.
func (k *KeyFile) check(oauthClient bool) error {
	const edited = "The file was edited, or is not from the console."
	// What is not a URL has no host, and is refused for that.
	u, _ := url.Parse(k.TokenURI)
	u = cmp.Or(u, new(url.URL))
	loopback := u.Hostname() == "localhost" || u.Hostname() == "127.0.0.1" || u.Hostname() == "::1"
	return firstOf([]finding{
		{oauthClient && k.Type == "", "", "an OAuth client file, not a service account's key", `The console's page Credentials has both; the one with "web" or "installed" is for users who log in.`},
		{k.Type == "authorized_user", "type", `"authorized_user": a person's credentials, not a service account's key`, "gcloud auth application-default login writes such a file."},
		{k.Type == "", "type", "is missing or empty", "It may be another program's file."},
		{k.Type != "service_account", "type", `is not "service_account"`, "Google has other kinds of credential files; this flow starts from a service account's key."},
		{k.ClientEmail == "", "client_email", "is missing or empty", edited},
		{strings.ContainsAny(k.ClientEmail, " \t\r\n"), "client_email", "has a blank or a line break in it", "The file was edited; even a trailing blank makes it another account."},
		{!strings.Contains(k.ClientEmail, "@"), "client_email", "is not an e-mail address", edited},
		{k.TokenURI == "", "token_uri", "is missing or empty", edited},
		{u.Host == "" || u.User != nil || u.Fragment != "", "token_uri", "is not the URL of a token endpoint", edited},
		{u.Scheme != "https" && !(u.Scheme == "http" && loopback), "token_uri", "is not https", "Whoever reads an assertion on the way can use it; plain http is accepted for localhost, 127.0.0.1 and ::1 only."},
	})
}

// parsePrivateKey goes from PEM (RFC 7468) through PKCS#8 (RFC 5958) to the RSA
// key. What decoders say about the key's bytes is left out of the errors.
func parsePrivateKey(text string) (*rsa.PrivateKey, error) {
	const member, notRSA = "private_key", "It belongs to something else: service accounts sign with RSA."
	block, rest := pem.Decode([]byte(text))
	damaged := block == nil
	block = cmp.Or(block, new(pem.Block))
	if err := firstOf([]finding{
		{text == "", member, "is missing or empty", "The file is a template, or the key was taken out on purpose."},
		{strings.Contains(text, `\n`), member, "holds a backslash and an n where line breaks belong", "The JSON was escaped twice, as happens in environment variables and templates."},
		{!strings.HasPrefix(text, "-----BEGIN "), member, "does not start with a -----BEGIN PRIVATE KEY----- line", "Only the base64 was copied, or something stands before it."},
		{!strings.Contains(text, "-----END "), member, "has no -----END line: the key is cut off", "A variable or a database column was too short for it."},
		{!strings.Contains(text, "\n"), member, "is all on one line", "The line breaks of the PEM were lost, as happens in environment variables."},
		{damaged, member, "is not valid PEM (RFC 7468)", "The base64 or the BEGIN and END lines were damaged in copying."},
		{len(bytes.TrimSpace(rest)) > 0, member, "has more after its END line", "Several keys or certificates were joined."},
		{block.Type == "ENCRYPTED PRIVATE KEY" || block.Headers["Proc-Type"] != "", member, "is encrypted with a passphrase", "The console never encrypts it; somebody did afterwards (openssl pkcs8 -in FILE decrypts it)."},
		{block.Type == "RSA PRIVATE KEY", member, "is PKCS#1 (BEGIN RSA PRIVATE KEY), where the console writes PKCS#8", "A tool converted it; openssl pkcs8 -topk8 -nocrypt -in FILE converts it back."},
		{block.Type == "EC PRIVATE KEY", member, "is an elliptic curve key, not RSA", notRSA},
		{strings.HasSuffix(block.Type, "PUBLIC KEY") || block.Type == "CERTIFICATE", member, "is a public key or a certificate, not a private key", "The public half was copied; it checks signatures and cannot make them."},
		{block.Type != "PRIVATE KEY", member, "is PEM of another kind than PRIVATE KEY", "It belongs to something else."},
	}); err != nil {
		return nil, err
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	rsaKey, isRSA := key.(*rsa.PrivateKey)
	_, isEC := key.(*ecdsa.PrivateKey)
	return rsaKey, firstOf([]finding{
		{err != nil, member, "is not a valid PKCS#8 key (RFC 5958)", "The base64 was damaged in copying, or the key is of a kind that Google does not issue."},
		{isEC, member, "is an elliptic curve key, not RSA", notRSA},
		{!isRSA, member, "is not an RSA key", notRSA},
		{isRSA && rsaKey.N.BitLen() < minBits, member, "is an RSA key of fewer than 2048 bits", "RS256 asks for 2048 bits at least (RFC 7518, section 3.3), and Google issues no smaller ones."},
	})
}

// KeyFileError says what is wrong with a key file. It never holds bytes of the key.
type KeyFileError struct {
	Member  string // the JSON member at fault, such as "private_key"; empty for the file as a whole
	Problem string // what is wrong
	cause   string // how that usually comes about
}

// Error is one line: the member at fault, if it is one, and the problem.
func (e *KeyFileError) Error() string {
	return "jwt: key file: " + strings.TrimPrefix(e.Member+": "+e.Problem, ": ")
}

// Advice is two lines: how the problem usually comes about, and what to do.
func (e *KeyFileError) Advice() string {
	return e.cause + "\nMend that, or create a new JSON key for the account, use the file as downloaded, and delete the old key: " +
		"console, IAM & Admin > Service Accounts > Keys > Add key > Create new key > JSON."
}

// finding is a row of a table of what may be wrong.
type finding struct {
	found                  bool
	member, problem, cause string
}

// firstOf returns the first row that was found, or nil.
func firstOf(table []finding) error {
	for _, f := range table {
		if f.found {
			return &KeyFileError{f.member, f.problem, f.cause}
		}
	}
	return nil
}

// notJSON says where the JSON breaks off, in lines and columns as editors count them.
func notJSON(data []byte) error {
	syntax := new(json.SyntaxError)
	errors.As(json.Unmarshal(data, &struct{}{}), &syntax)
	before := data[:max(syntax.Offset-1, 0)] // Offset counts the offending byte
	line, column := bytes.Count(before, []byte("\n"))+1, len(before)-bytes.LastIndexByte(before, '\n')
	where, bad := fmt.Sprintf("not JSON: line %d, column %d", line, column), data[len(before)]
	return firstOf([]finding{
		{syntax.Error() == "unexpected end of JSON input", "", "not JSON: the file ends in the middle", "A download or a copy was cut off."},
		{bad == '\n' || bad == '\r', "", where + ": a line break inside a string", "The \\n in private_key were turned into real line breaks."},
		{true, "", where, "The file was edited, or is not a key file."},
	})
}
