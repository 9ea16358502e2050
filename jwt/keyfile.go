// SPDX-License-Identifier: 0BSD

package jwt

import (
	"bytes"
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
// A KeyFile prints masked under every fmt verb, in JSON and in logs. The file it
// came from holds the key unencrypted: whoever can read it is the account.
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
	if err != nil {
		return nil, err
	}
	if err := checkEmail(k.ClientEmail); err != nil {
		return nil, err
	}
	if err := checkTokenURI(k.TokenURI); err != nil {
		return nil, err
	}
	k.PrivateKey, err = parsePrivateKey(privateKey)
	if err != nil {
		return nil, err
	}
	return k, nil
}

// checkText looks at the file before JSON does, whose errors would only puzzle.
func checkText(data []byte) error {
	text := bytes.TrimSpace(data)
	switch {
	case len(text) == 0:
		return wrongFile("the file is empty", "A download or a copy was cut off, or a variable was not set when the file was written.")
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		return wrongFile("the file starts with a UTF-8 byte order mark", "An editor (on Windows, usually) saved it as \"UTF-8 with BOM\"; JSON has none (RFC 8259, section 8.1).")
	case data[0] == '0' && !utf8.Valid(data): // 0x30, the tag of a DER SEQUENCE
		return wrongFile("the file is binary (DER), not JSON", "It may be a P12 key, the other format that the console offers.")
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")), bytes.IndexByte(data, 0) >= 0:
		return wrongFile("the file is UTF-16, not UTF-8", "PowerShell's > writes UTF-16; JSON is UTF-8 (RFC 8259, section 8.1).")
	case !utf8.Valid(data):
		return wrongFile("the file is not UTF-8 text", "It was saved in another encoding, or is not a key file at all.")
	case bytes.HasPrefix(text, []byte("-----BEGIN")):
		return wrongFile("the file is PEM, not JSON", "Only the key was saved; the account's e-mail address and token_uri stand in the JSON around it.")
	}
	return nil
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
	dec := json.NewDecoder(bytes.NewReader(data))
	if open, err := dec.Token(); err != nil {
		return "", notJSON(data)
	} else if open != json.Delim('{') {
		return "", wrongFile("the JSON is not an object", "A key file is one JSON object, { ... }.")
	}
	oauthClient := false
	seen := make(map[string]bool)
	for dec.More() {
		token, err := dec.Token()
		if err != nil {
			return "", notJSON(data)
		}
		name, _ := token.(string) // the decoder accepts nothing else here
		field, known := members[name]
		if !known {
			oauthClient = oauthClient || name == "web" || name == "installed"
			field = new(string)
		} else if seen[name] {
			return "", badMember(name, "stands in the file twice", "Two files were merged, or one was edited by hand.")
		}
		seen[name] = true
		var wrongType *json.UnmarshalTypeError
		err = dec.Decode(field)
		if errors.As(err, &wrongType) && known {
			return "", badMember(name, "is not a string", "The file was edited or written anew by a program that changed the member's type.")
		}
		if err != nil && wrongType == nil {
			return "", notJSON(data)
		}
	}
	if _, err := dec.Token(); err != nil {
		return "", notJSON(data)
	}
	if _, err := dec.Token(); err != io.EOF {
		return "", wrongFile("there is more after the end of the JSON object", "Two files were joined, or something was appended.")
	}
	return privateKey, checkType(k.Type, oauthClient)
}

func checkType(typ string, oauthClient bool) error {
	switch {
	case typ == "service_account":
		return nil
	case oauthClient:
		return wrongFile("an OAuth client file, not a service account's key", "The console's page Credentials has both; the one with \"web\" or \"installed\" is for users who log in.")
	case typ == "authorized_user":
		return badMember("type", `"authorized_user": a person's credentials, not a service account's key`, "gcloud auth application-default login writes such a file.")
	case typ == "":
		return badMember("type", "is missing or empty", "It may be another program's file.")
	}
	return badMember("type", fmt.Sprintf("%q, where \"service_account\" is needed", typ), "Google has other kinds of credential files; this flow starts from a service account's key.")
}

func checkEmail(email string) error {
	switch {
	case email == "":
		return badMember("client_email", "is missing or empty", "The file was edited or is not from the console.")
	case !strings.Contains(email, "@") || strings.ContainsAny(email, " \t\r\n"):
		return badMember("client_email", fmt.Sprintf("%q is not an e-mail address", email), "The file was edited; even a trailing blank makes it another account.")
	}
	return nil
}

// checkTokenURI refuses to send the assertion in the clear. Only this machine's
// own names are excepted, for a fake Google.
func checkTokenURI(uri string) error {
	if uri == "" {
		return badMember("token_uri", "is missing or empty", "The file was edited or is not from the console; there it is https://oauth2.googleapis.com/token.")
	}
	u, err := url.Parse(uri)
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.Fragment != "":
		return badMember("token_uri", "is not the URL of a token endpoint", "The file was edited; from the console it is https://oauth2.googleapis.com/token.")
	case u.Scheme == "https":
		return nil
	case u.Scheme == "http" && (u.Hostname() == "localhost" || u.Hostname() == "127.0.0.1" || u.Hostname() == "::1"):
		return nil
	}
	return badMember("token_uri", fmt.Sprintf("%q is not https", u.Scheme+"://"+u.Host), "Whoever reads an assertion on the way can use it; plain http is accepted for localhost, 127.0.0.1 and ::1 only.")
}

// parsePrivateKey goes from PEM (RFC 7468) through PKCS#8 (RFC 5958) to the RSA key.
func parsePrivateKey(text string) (*rsa.PrivateKey, error) {
	bad := func(problem, cause string) (*rsa.PrivateKey, error) {
		return nil, badMember("private_key", problem, cause)
	}
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return bad("is missing or empty", "The file is a template, or the key was taken out on purpose.")
	case strings.Contains(text, `\n`):
		return bad(`holds a backslash and an n where line breaks belong`, "The JSON was escaped twice, as happens in environment variables and templates.")
	case !strings.HasPrefix(text, "-----BEGIN "):
		return bad("does not start with a -----BEGIN PRIVATE KEY----- line", "Only the base64 was copied, or something stands before it.")
	case !strings.Contains(text, "-----END "):
		return bad("has no -----END line: the key is cut off", "A variable or a database column was too short for it.")
	case !strings.Contains(text, "\n"):
		return bad("is all on one line", "The line breaks of the PEM were lost, as happens in environment variables.")
	}
	block, rest := pem.Decode([]byte(text))
	switch {
	case block == nil:
		return bad("is not valid PEM (RFC 7468)", "The base64 or the BEGIN and END lines were damaged in copying.")
	case len(bytes.TrimSpace(rest)) > 0:
		return bad("has more after its END line", "Several keys or certificates were joined.")
	case block.Type == "ENCRYPTED PRIVATE KEY" || block.Headers["Proc-Type"] != "":
		return bad("is encrypted with a passphrase", "The console never encrypts it; somebody did afterwards (openssl pkcs8 -in FILE decrypts it).")
	case block.Type == "RSA PRIVATE KEY":
		return bad("is PKCS#1 (BEGIN RSA PRIVATE KEY), where the console writes PKCS#8", "A tool converted it; openssl pkcs8 -topk8 -nocrypt -in FILE converts it back.")
	case block.Type == "EC PRIVATE KEY":
		return bad("is an elliptic curve key, not RSA", "It belongs to something else: service accounts sign with RSA.")
	case strings.HasSuffix(block.Type, "PUBLIC KEY") || block.Type == "CERTIFICATE":
		return bad("is a public key or a certificate, not a private key", "The public half was copied; it checks signatures and cannot make them.")
	case block.Type != "PRIVATE KEY":
		return bad("is PEM of another kind than PRIVATE KEY", "It belongs to something else.")
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		// The cause is left out: what a decoder says about key bytes stays here.
		return bad("is not a valid PKCS#8 key (RFC 5958)", "The base64 was damaged in copying, or the key is of a kind that Google does not issue.")
	}
	rsaKey, ok := key.(*rsa.PrivateKey)
	if _, ec := key.(*ecdsa.PrivateKey); ec {
		return bad("is an elliptic curve key, not RSA", "It belongs to something else: service accounts sign with RSA.")
	} else if !ok {
		return bad("is not an RSA key", "It belongs to something else: service accounts sign with RSA.")
	}
	if bits := rsaKey.N.BitLen(); bits < minBits {
		return bad(fmt.Sprintf("is an RSA key of %d bits, fewer than %d", bits, minBits), "RS256 asks for 2048 bits at least (RFC 7518, section 3.3), and Google issues no smaller ones.")
	}
	return rsaKey, nil
}
