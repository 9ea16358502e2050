// SPDX-License-Identifier: 0BSD

package jwt

import (
	"bytes"
	"cmp"
	"crypto/rsa"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net/url"
	"slices"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxDER bounds a PKCS#8 key, in bytes. One of 8192 bits has about 4,700.
const maxDER = 5000

// smallPrimes is the product of all primes from 3 to 47: 3 * 5 * 7 * ... * 47.
const smallPrimes = 307_444_891_294_245_705

// KeyFileError says what is wrong with a key file. It never holds bytes of the
// key, so it can be logged.
type KeyFileError struct {
	// Member is the JSON member at fault, such as "private_key", or "" if the
	// fault is in the file as a whole. If several are missing, it names them
	// all: "type, token_uri".
	Member string

	// Problem says what is wrong, such as "is not a string".
	Problem string

	cause string // how this usually happens
	fix   string
}

// Error is one line: the member at fault, if there is one, and the problem.
func (e *KeyFileError) Error() string {
	if e.Member == "" {
		return "jwt: key file: " + e.Problem
	}
	return "jwt: key file: " + e.Member + ": " + e.Problem
}

// Advice is two lines: how the problem usually happens, and how to fix it. It
// asks for a new key only if this one can't be good: other programs may use it.
func (e *KeyFileError) Advice() string { return e.cause + "\n" + e.fix }

// Causes that several problems share.
const (
	edited         = "The file was edited by hand, or rewritten by a program."
	notFromConsole = "The file was edited, or isn't from the console."
	notRSA         = "It belongs to something else: service accounts sign with RSA."
)

// What to do about it: with a key that is good, though its copy isn't, and with
// what isn't a good key at all.
const (
	copyAgain = "Copy the file again, exactly as downloaded: the key in it is probably good. " +
		"If you no longer have the download, create a new key: " + inConsole + "."
	useKey = "Use a JSON key of the service account, or create one (" + inConsole + "), " +
		"or get an access token without a key: gcloud auth print-access-token."
	inConsole = "console, IAM & Admin > Service Accounts > Keys > Add key > Create new key > JSON"
)

// badFile returns an error about the file as a whole.
func badFile(problem, cause string) error {
	return badMember("", problem, cause)
}

// badMember returns an error about one member.
func badMember(member, problem, cause string) error {
	return &KeyFileError{member, problem, cause, copyAgain}
}

// badKey returns an error about a private_key that was good once.
func badKey(problem, cause string) error {
	return badMember("private_key", problem, cause)
}

// wrongKey returns an error about a private_key that was never good.
func wrongKey(problem, cause string) error {
	return &KeyFileError{"private_key", problem, cause, useKey}
}

// otherFiles are the beginnings of files that aren't JSON. The JSON decoder would
// refuse them too, but with errors that only confuse.
var otherFiles = []struct{ beginning, problem, cause string }{
	{"\xef\xbb\xbf", "the file starts with a UTF-8 byte order mark",
		`An editor (on Windows, usually) saved it as "UTF-8 with BOM"; JSON must not have that mark.`},
	{"\xff\xfe", inUTF16, utf16Cause},
	{"\xfe\xff", inUTF16, utf16Cause},
	{"{\x00", inUTF16, utf16Cause},
	{"0\x82", "the file is binary (DER), not JSON",
		"It may be a P12 key, the other format that the console offers."},
	{"-----BEGIN", "the file is PEM, not JSON",
		"Only the key was saved; the JSON around it has the account's email address and token_uri."},
}

const (
	inUTF16    = "the file is UTF-16, not UTF-8"
	utf16Cause = "PowerShell's > writes UTF-16; JSON is UTF-8 (RFC 8259, section 8.1)."
)

// checkText recognizes files that aren't JSON at all.
func checkText(data []byte) error {
	text := bytes.TrimSpace(data)
	if len(text) == 0 {
		return badFile("the file is empty",
			"A copy was cut off, or a variable wasn't set when the file was written.")
	}
	for _, other := range otherFiles {
		if bytes.HasPrefix(text, []byte(other.beginning)) {
			return badFile(other.problem, other.cause)
		}
	}
	switch {
	case !utf8.Valid(text):
		return badFile("the file is not UTF-8 text",
			"It was saved in another encoding, decoded once too often, or isn't a key file at all.")
	// One character gives nothing away: of a key in base64, it's always M.
	case text[0] != '{':
		return badFile(fmt.Sprintf("not a JSON object: it begins with %.1q", text),
			"It was encoded, wrapped or quoted on its way, or isn't a key file at all.")
	}
	return nil
}

// notJSON says where the JSON breaks off, in lines and columns as editors count
// them. It doesn't quote the file there: that may be part of the key.
func notJSON(data []byte) error {
	offset := badByte(data)
	if offset == len(data) {
		return badFile("not JSON: the file ends in the middle",
			"A download or a copy was cut off.")
	}
	before := data[:offset]
	line := bytes.Count(before, []byte("\n")) + 1
	column := offset - bytes.LastIndexByte(before, '\n')
	where := fmt.Sprintf("not JSON: line %d, column %d", line, column)
	if bad := data[offset]; bad == '\n' || bad == '\r' {
		return badFile(where+": a line break inside a string",
			`The \n in private_key were turned into real line breaks.`)
	}
	return badFile(where, edited)
}

// badByte returns the offset of the first byte that no JSON has there, or the
// length of the text if only its end is missing. It tries one length after
// another: how a json.SyntaxError counts depends on the version of
// encoding/json.
func badByte(data []byte) int {
	return sort.Search(len(data), func(n int) bool {
		var syntax *json.SyntaxError
		dec := json.NewDecoder(bytes.NewReader(data[:n+1]))
		return errors.As(dec.Decode(new(json.RawMessage)), &syntax)
	})
}

// otherTypes are the types that Google's libraries know, except a service
// account's key: a person's credentials, and those that get their tokens
// elsewhere. None of these names is a secret.
var otherTypes = []string{
	"authorized_user",
	"external_account",
	"external_account_authorized_user",
	"impersonated_service_account",
	"gdch_service_account",
}

// checkMembers checks the members except private_key. It quotes only what it
// knows: someone may have pasted the key into the wrong one.
func checkMembers(k *KeyFile, fields map[string]*string) error {
	if k.Type != "" && k.Type != "service_account" {
		problem := `is not "service_account"`
		if slices.Contains(otherTypes, k.Type) {
			problem = fmt.Sprintf(`is %q, not "service_account"`, k.Type)
		}
		return &KeyFileError{"type", problem,
			"It's a person's credentials, or those of another program or cloud.", useKey}
	}
	var missing []string
	for _, name := range []string{"type", "private_key", "client_email", "token_uri"} {
		value := *fields[name]
		if value == "" {
			missing = append(missing, name)
		}
		if name != "private_key" && strings.ContainsFunc(value, notVisible) {
			return badMember(name, "has a character that isn't visible ASCII, such as a space",
				"The file was edited; even a trailing space makes it another account or URL.")
		}
	}
	switch {
	case missing != nil:
		return badMember(strings.Join(missing, ", "), "missing or empty",
			"The file was put together from variables, or is another program's. "+
				"(Google's token_uri is https://oauth2.googleapis.com/token.)")
	case !strings.Contains(k.ClientEmail, "@"):
		return badMember("client_email", "is not an email address", notFromConsole)
	}
	return checkTokenURI(k.TokenURI)
}

// checkTokenURI refuses what isn't the URL of an endpoint, and a URL to which
// the assertion would travel unencrypted.
func checkTokenURI(tokenURI string) error {
	u, err := url.Parse(tokenURI)
	switch {
	case err != nil || !isHost(u) || u.User != nil || u.Fragment != "":
		return badMember("token_uri", "is not the URL of a token endpoint", notFromConsole)
	case u.Scheme == "https" || u.Scheme == "http" && isLoopback(u.Hostname()):
		return nil
	}
	return badMember("token_uri", "is not https",
		"Anyone who reads an assertion on its way can use it; "+
			"plain http is accepted only for localhost, 127.0.0.1 and ::1.")
}

// isHost reports whether u names a host, and a port of 1 to 65535 if any.
func isHost(u *url.URL) bool {
	port, err := strconv.ParseUint(cmp.Or(u.Port(), "443"), 10, 16)
	return err == nil && port > 0 && u.Hostname() != ""
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
	case strings.Contains(text, `\n`):
		return badKey("has a backslash and an n where line breaks belong",
			"The JSON was escaped twice, as happens in environment variables and templates.")
	case !strings.HasPrefix(text, "-----BEGIN "):
		return badKey("does not start with a -----BEGIN PRIVATE KEY----- line",
			"Only the base64 was copied, something is before it, such as a quote, "+
				"or it was encoded again. It may also be another secret.")
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
	// crypto/x509 takes two minutes to read a key of 65,536 bits.
	case len(block.Bytes) > maxDER:
		return wrongKey("is too large for an RSA key of 8192 bits", "Google issues no such keys.")
	}
	return checkLabel(block)
}

// checkLabel checks the label in the BEGIN line. PRIVATE KEY means PKCS#8
// (RFC 7468, section 10); other labels mean other formats, or other keys.
func checkLabel(block *pem.Block) error {
	switch label := block.Type; {
	case label == "ENCRYPTED PRIVATE KEY" || block.Headers["Proc-Type"] != "":
		return badKey("is encrypted with a passphrase",
			"The console never encrypts it; somebody did that later "+
				"(openssl pkcs8 -in FILE decrypts it).")
	case label == "PRIVATE KEY":
		return nil
	case label == "RSA PRIVATE KEY":
		return badKey("is PKCS#1 (BEGIN RSA PRIVATE KEY), where the console writes PKCS#8",
			"A tool converted it; openssl pkcs8 -topk8 -nocrypt -in FILE converts it back.")
	case label == "EC PRIVATE KEY":
		return wrongKey("is an elliptic curve key, not RSA", notRSA)
	case strings.HasSuffix(label, "PUBLIC KEY"), label == "CERTIFICATE":
		return badKey("is a public key or a certificate, not a private key",
			"The public half was copied; it checks signatures and can't make them.")
	}
	return wrongKey("is PEM with a label other than PRIVATE KEY", notRSA)
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
	private, isRSA := key.(*rsa.PrivateKey)
	if !isRSA {
		return nil, wrongKey(fmt.Sprintf("is a %T, not an RSA key", key), notRSA)
	}
	if err := checkBits(private.N.BitLen()); err != nil {
		return nil, wrongKey(err.Error(), "Google's keys have 2048 bits.")
	}
	// Testing the two primes would take at least seven times as long as reading
	// the key. This finds nearly all false ones that aren't made on purpose, and
	// Sign doesn't return a wrong signature with the others.
	if new(big.Int).GCD(nil, nil, private.N, big.NewInt(smallPrimes)).BitLen() > 1 {
		return nil, wrongKey("is false: its modulus has a factor below 50",
			"Google's keys have two primes of 1024 bits.")
	}
	return private, nil
}
