// SPDX-License-Identifier: 0BSD

package jwt

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/rsa"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"
)

// KeyFileError says what is wrong with a key file. It never holds bytes of the
// key, so it can be logged.
type KeyFileError struct {
	// Member is the JSON member at fault, such as "private_key", or "" if the
	// fault is in the file as a whole.
	Member string

	// Problem says what is wrong, such as "is missing or empty".
	Problem string

	cause string // how this usually happens
}

// Error is one line: the member at fault, if there is one, and the problem.
func (e *KeyFileError) Error() string {
	if e.Member == "" {
		return "jwt: key file: " + e.Problem
	}
	return "jwt: key file: " + e.Member + ": " + e.Problem
}

// Advice is two lines: how the problem usually happens, and how to fix it.
func (e *KeyFileError) Advice() string {
	// The same for every problem: a fresh file solves them all.
	const fix = "Fix that, or create a new JSON key for the account, " +
		"use the file exactly as downloaded, and delete the old key: " +
		"console, IAM & Admin > Service Accounts > Keys > Add key > Create new key > JSON."
	return e.cause + "\n" + fix
}

// Causes that several problems share.
const (
	edited         = "The file was edited by hand, or rewritten by a program."
	notFromConsole = "The file was edited, or isn't from the console."
	notRSA         = "It belongs to something else: service accounts sign with RSA."
)

// badFile returns an error about the file as a whole.
func badFile(problem, cause string) error {
	return &KeyFileError{Problem: problem, cause: cause}
}

// badMember returns an error about one member.
func badMember(member, problem, cause string) error {
	return &KeyFileError{Member: member, Problem: problem, cause: cause}
}

// badKey returns an error about the member private_key.
func badKey(problem, cause string) error {
	return badMember("private_key", problem, cause)
}

// checkText recognizes files that aren't JSON at all: empty ones, other formats
// and other encodings. The JSON decoder would refuse them too, but with errors
// that only confuse.
func checkText(data []byte) error {
	text := bytes.TrimSpace(data)
	switch {
	case len(text) == 0:
		return badFile("the file is empty",
			"A download or a copy was cut off, "+
				"or a variable wasn't set when the file was written.")
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		return badFile("the file starts with a UTF-8 byte order mark",
			`An editor (on Windows, usually) saved it as "UTF-8 with BOM"; `+
				"JSON must not have that mark (RFC 8259, section 8.1).")
	case !utf8.Valid(data):
		return notUTF8(data)
	case bytes.IndexByte(data, 0) >= 0:
		return badFile("the file is UTF-16, not UTF-8",
			"It was saved as UTF-16 without a byte order mark; "+
				"JSON is UTF-8 (RFC 8259, section 8.1).")
	case bytes.HasPrefix(text, []byte("-----BEGIN")):
		return badFile("the file is PEM, not JSON",
			"Only the key was saved; the JSON around it has "+
				"the account's email address and token_uri.")
	}
	return nil
}

// notUTF8 says what the data is if it isn't UTF-8, judging by its first bytes.
func notUTF8(data []byte) error {
	const derSequence = 0x30 // the first byte of nearly all DER files
	littleEndian, bigEndian := []byte("\xff\xfe"), []byte("\xfe\xff")
	switch {
	case data[0] == derSequence:
		return badFile("the file is binary (DER), not JSON",
			"It may be a P12 key, the other format that the console offers.")
	case bytes.HasPrefix(data, littleEndian), bytes.HasPrefix(data, bigEndian):
		return badFile("the file is UTF-16, not UTF-8",
			"PowerShell's > writes UTF-16; JSON is UTF-8 (RFC 8259, section 8.1).")
	}
	return badFile("the file is not UTF-8 text",
		"It was saved in another encoding, or isn't a key file at all.")
}

// notJSON says where the JSON breaks off, in lines and columns as editors count
// them. It doesn't quote the file there: that may be part of the key.
func notJSON(data []byte) error {
	// Unmarshal counts the bytes that it read, the bad one included.
	offset, ended := 0, false
	var syntax *json.SyntaxError
	if errors.As(json.Unmarshal(data, &struct{}{}), &syntax) {
		offset = max(int(syntax.Offset)-1, 0)
		ended = syntax.Error() == "unexpected end of JSON input"
	}
	before, bad := data[:offset], data[offset]
	line := bytes.Count(before, []byte("\n")) + 1
	column := offset - bytes.LastIndexByte(before, '\n')
	where := fmt.Sprintf("not JSON: line %d, column %d", line, column)
	switch {
	case ended:
		return badFile("not JSON: the file ends in the middle",
			"A download or a copy was cut off.")
	case bad == '\n' || bad == '\r':
		return badFile(where+": a line break inside a string",
			`The \n in private_key were turned into real line breaks.`)
	}
	return badFile(where, "The file was edited, or isn't a key file.")
}

// notAnObject is for JSON that is an array, a string, a number or null.
func notAnObject() error {
	return badFile("the JSON is not an object", "A key file is one JSON object, { ... }.")
}

// moreThanOne is for a JSON object with something after it.
func moreThanOne() error {
	return badFile("there is more after the end of the JSON object",
		"Two files were joined, or something was appended.")
}

// checkMembers checks the members except private_key. It quotes none of them:
// someone may have pasted the key into the wrong one. oauthClient tells whether
// the file has a member that only OAuth client files have.
func checkMembers(k *KeyFile, oauthClient bool) error {
	switch {
	case k.Type == "" && oauthClient:
		return badFile("an OAuth client file, not a service account's key",
			"The console's Credentials page has both; "+
				`the one with "web" or "installed" is for users who log in.`)
	case k.Type == "":
		return badMember("type", "is missing or empty",
			"It may be another program's file.")
	case k.Type == "authorized_user":
		return badMember("type",
			`"authorized_user": a person's credentials, not a service account's key`,
			"gcloud auth application-default login writes such a file.")
	case k.Type != "service_account":
		return badMember("type", `is not "service_account"`,
			"Google has other kinds of credential files; "+
				"this flow starts from a service account's key.")
	case k.ClientEmail == "":
		return badMember("client_email", "is missing or empty", notFromConsole)
	case strings.ContainsAny(k.ClientEmail, " \t\r\n"):
		return badMember("client_email", "contains a space or a line break",
			"The file was edited; even a trailing space makes it another account.")
	case !strings.Contains(k.ClientEmail, "@"):
		return badMember("client_email", "is not an email address", notFromConsole)
	}
	return checkTokenURI(k.TokenURI)
}

// checkTokenURI refuses what isn't the URL of an endpoint, and a URL to which
// the assertion would travel unencrypted.
func checkTokenURI(tokenURI string) error {
	if tokenURI == "" {
		return badMember("token_uri", "is missing or empty", notFromConsole)
	}
	u, err := url.Parse(tokenURI)
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.Fragment != "":
		return badMember("token_uri", "is not the URL of a token endpoint", notFromConsole)
	case u.Scheme == "https" || u.Scheme == "http" && isLoopback(u.Hostname()):
		return nil
	}
	return badMember("token_uri", "is not https",
		"Anyone who reads an assertion on its way can use it; "+
			"plain http is accepted only for localhost, 127.0.0.1 and ::1.")
}

// isLoopback reports whether host is one of this machine's own names. What is
// sent there doesn't leave the machine, so a fake Google may run without TLS.
func isLoopback(host string) bool {
	return host == "localhost" || host == "127.0.0.1" || host == "::1"
}

// checkPEM checks the PEM in private_key, which should look like this:
//
//	-----BEGIN PRIVATE KEY-----
//	(lines of base64)
//	-----END PRIVATE KEY-----
//
// block and rest are what pem.Decode made of text. It skips what it can't read,
// and returns a nil block if it finds no PEM. So the text itself comes first:
// it shows how the PEM was damaged.
func checkPEM(text string, block *pem.Block, rest []byte) error {
	switch {
	case text == "":
		return badKey("is missing or empty",
			"The file is a template, or the key was removed on purpose.")
	case strings.Contains(text, `\n`):
		return badKey("has a backslash and an n where line breaks belong",
			"The JSON was escaped twice, as happens in environment variables and templates.")
	case !strings.HasPrefix(text, "-----BEGIN "):
		return badKey("does not start with a -----BEGIN PRIVATE KEY----- line",
			"Only the base64 was copied, or there is something before it.")
	case !strings.Contains(text, "-----END "):
		return badKey("has no -----END line: the key is cut off",
			"A variable or a database column was too short for it.")
	case !strings.Contains(text, "\n"):
		return badKey("is all on one line",
			"The line breaks of the PEM were lost, as happens in environment variables.")
	case block == nil:
		return badKey("is not valid PEM (RFC 7468)",
			"The base64 or the BEGIN and END lines were damaged in copying.")
	case len(bytes.TrimSpace(rest)) > 0:
		return badKey("has more text after its END line",
			"Several keys or certificates were joined.")
	}
	return checkLabel(block)
}

// checkLabel checks the label in the BEGIN line. PRIVATE KEY means PKCS#8
// (RFC 7468, section 10); other labels mean other formats, or other keys.
func checkLabel(block *pem.Block) error {
	switch {
	case block.Type == "ENCRYPTED PRIVATE KEY" || block.Headers["Proc-Type"] != "":
		return badKey("is encrypted with a passphrase",
			"The console never encrypts it; somebody did that later "+
				"(openssl pkcs8 -in FILE decrypts it).")
	case block.Type == "PRIVATE KEY":
		return nil
	case block.Type == "RSA PRIVATE KEY":
		return badKey("is PKCS#1 (BEGIN RSA PRIVATE KEY), where the console writes PKCS#8",
			"A tool converted it; openssl pkcs8 -topk8 -nocrypt -in FILE converts it back.")
	case block.Type == "EC PRIVATE KEY":
		return badKey("is an elliptic curve key, not RSA", notRSA)
	case strings.HasSuffix(block.Type, "PUBLIC KEY"), block.Type == "CERTIFICATE":
		return badKey("is a public key or a certificate, not a private key",
			"The public half was copied; it checks signatures and can't make them.")
	}
	return badKey("is PEM with a label other than PRIVATE KEY", "It belongs to something else.")
}

// notPKCS8 is for bytes that crypto/x509 refuses. It leaves out the reason that
// crypto/x509 states, since a decoder may quote what it reads: here, the key.
func notPKCS8() error {
	return badKey("is not a valid PKCS#8 key (RFC 5958)",
		"The base64 was damaged in copying, or Google doesn't issue this kind of key.")
}

// checkRSA returns the key if RS256 can sign with it. PKCS#8 may hold a key of
// any kind, but Google's token endpoint accepts only RS256, which needs RSA.
func checkRSA(key any) (*rsa.PrivateKey, error) {
	switch key := key.(type) {
	case *rsa.PrivateKey:
		if key.N.BitLen() < minBits {
			return nil, badKey("is an RSA key of fewer than 2048 bits",
				"RS256 needs at least 2048 bits (RFC 7518, section 3.3), "+
					"and Google issues no smaller keys.")
		}
		return key, nil
	case *ecdsa.PrivateKey:
		return nil, badKey("is an elliptic curve key, not RSA", notRSA)
	}
	return nil, badKey("is not an RSA key", notRSA)
}
