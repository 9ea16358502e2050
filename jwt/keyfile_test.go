// SPDX-License-Identifier: 0BSD

package jwt

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"strings"
	"testing"
	"unicode/utf16"
)

func TestParseKeyFile(t *testing.T) {
	k := testKeyFile(t)
	got := *k
	got.PrivateKey = nil
	want := KeyFile{
		Type:                    "service_account",
		ProjectID:               "fivestep-lesson",
		PrivateKeyID:            "370ab79b4513eb9bad7c9bd16a95cb76b5b2a56a",
		ClientEmail:             "reader@fivestep-lesson.iam.gserviceaccount.com",
		ClientID:                "113258942105700140798",
		AuthURI:                 "https://accounts.google.com/o/oauth2/auth",
		TokenURI:                "https://oauth2.googleapis.com/token",
		AuthProviderX509CertURL: "https://www.googleapis.com/oauth2/v1/certs",
		ClientX509CertURL:       "https://www.googleapis.com/robot/v1/metadata/x509/reader%40fivestep-lesson.iam.gserviceaccount.com",
		UniverseDomain:          "googleapis.com",
	}
	if got != want {
		t.Errorf("%+v is not %+v", [1]any{got.ClientX509CertURL}, [1]any{want.ClientX509CertURL})
	}
	if bits := k.PrivateKey.N.BitLen(); bits != 2048 || k.PrivateKey.E != 65537 {
		t.Errorf("RSA key of %d bits, exponent %d", bits, k.PrivateKey.E)
	}
}

// lenientKeyFiles are good files, though not exactly as the console writes
// them: Windows line breaks, unknown members, spaces around.
func lenientKeyFiles(t testing.TB) map[string]string {
	good := string(read(t, "key.json"))
	return map[string]string{
		"CRLF between members": strings.ReplaceAll(good, "\n", "\r\n"),
		"CRLF in the PEM":      strings.ReplaceAll(good, `\n`, `\r\n`),
		"unknown members":      strings.Replace(good, "{", `{"new": {"a": [1]}, "Client_Email": 7, "new": null,`, 1),
		"no universe_domain":   strings.Replace(good, `"universe_domain"`, `"other"`, 1),
		"spaces around":        "\n\t " + good + "\r\n\n",
		"loopback http":        strings.Replace(good, "https://oauth2.googleapis.com", "http://[::1]:8085", 1),
	}
}

func TestParseKeyFileLenient(t *testing.T) {
	for name, text := range lenientKeyFiles(t) {
		k, err := ParseKeyFile([]byte(text))
		if err != nil || k.ClientEmail != "reader@fivestep-lesson.iam.gserviceaccount.com" {
			t.Errorf("%s: %v, %v", name, k, err)
		}
	}
}

// with returns the good file with one member changed, or removed if value is
// nil.
func with(t testing.TB, member string, value any) []byte {
	t.Helper()
	m := make(map[string]any)
	if err := json.Unmarshal(read(t, "key.json"), &m); err != nil {
		t.Fatal(err)
	}
	if m[member] = value; value == nil {
		delete(m, member)
	}
	data, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func pemOf(label string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: label, Bytes: der}))
}

func utf16LE(s string) []byte {
	b := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(s)) {
		b = append(b, byte(u), byte(u>>8))
	}
	return b
}

// falseKey returns the PKCS#8 of a key in which 3 divides one of the primes. Its
// numbers fit each other otherwise. crypto/x509 wouldn't write it.
func falseKey(t testing.TB, good *rsa.PrivateKey) []byte {
	one, two, e := big.NewInt(1), big.NewInt(2), big.NewInt(65537)
	p, q := new(big.Int).Set(good.Primes[0]), good.Primes[1]
	var d *big.Int
	for d == nil || new(big.Int).Mod(p, big.NewInt(3)).Sign() != 0 {
		p.Sub(p, two)
		order := new(big.Int).Mul(new(big.Int).Sub(p, one), new(big.Int).Sub(q, one))
		d = new(big.Int).ModInverse(e, order)
	}
	// RSAPrivateKey (RFC 8017, appendix A.1.2).
	pkcs1, err := asn1.Marshal([]*big.Int{
		new(big.Int), new(big.Int).Mul(p, q), e, d, p, q,
		new(big.Int).Mod(d, new(big.Int).Sub(p, one)),
		new(big.Int).Mod(d, new(big.Int).Sub(q, one)),
		new(big.Int).ModInverse(q, p),
	})
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := asn1.Marshal(struct {
		Version   int
		Algorithm pkix.AlgorithmIdentifier
		Key       []byte
	}{0, pkix.AlgorithmIdentifier{
		Algorithm:  asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}, // rsaEncryption
		Parameters: asn1.NullRawValue,
	}, pkcs1})
	if err != nil {
		t.Fatal(err)
	}
	return pkcs8
}

type badKeyFile struct {
	name string
	data []byte
	want string // the error's text
}

// badKeyFiles has every known way a key file can be broken.
func badKeyFiles(t testing.TB) []badKeyFile {
	t.Helper()
	good := read(t, "key.json")
	goodPEM := string(read(t, "testkey.pem"))
	body := strings.ReplaceAll(goodPEM[28:len(goodPEM)-26], "\n", "")
	key := testKeyFile(t).PrivateKey
	pkcs8 := func(key any) string {
		der, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			t.Fatal(err)
		}
		return pemOf("PRIVATE KEY", der)
	}
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	sec1, err := x509.MarshalECPrivateKey(ec)
	if err != nil {
		t.Fatal(err)
	}
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	spki, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.CreateCertificate(rand.Reader,
		&x509.Certificate{SerialNumber: big.NewInt(1)}, &x509.Certificate{}, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	const keyMember = "jwt: key file: private_key: "
	return []badKeyFile{
		{"empty", nil, "jwt: key file: the file is empty"},
		{"only spaces", []byte(" \r\n"), "jwt: key file: the file is empty"},
		{"BOM", append([]byte("\xef\xbb\xbf"), good...), "jwt: key file: the file starts with a UTF-8 byte order mark"},
		{"UTF-16", utf16LE(string(good)), "jwt: key file: the file is UTF-16, not UTF-8"},
		{"UTF-16 without a mark", utf16LE(string(good))[2:], "jwt: key file: the file is UTF-16, not UTF-8"},
		{"UTF-16, big-endian mark", []byte("\xfe\xff\x00{\x00}"), "jwt: key file: the file is UTF-16, not UTF-8"},
		{"gzip", []byte("\x1f\x8b\x08\x00\x00"), "jwt: key file: the file is not UTF-8 text"},
		{"comma too many at the end", []byte(`{"type":"service_account",}`), "jwt: key file: not JSON: line 1, column 27"},
		{"key in client_email", with(t, "client_email", goodPEM), `jwt: key file: client_email: has a character that isn't visible ASCII, such as a space`},
		{"key in type", with(t, "type", goodPEM), `jwt: key file: type: is not "service_account"`},
		{"body of a key in client_email", with(t, "client_email", body), `jwt: key file: client_email: is not an email address`},
		{"body of a key in token_uri", with(t, "token_uri", "http://"+body), `jwt: key file: token_uri: is not https`},
		{"Latin-1", bytes.Replace(good, []byte("reader"), []byte("l\xe9o"), 1), "jwt: key file: the file is not UTF-8 text"},
		{"P12", append([]byte("0\x82\x09\xd4\x02\x01\x03"), 0xff), "jwt: key file: the file is binary (DER), not JSON"},
		{"PEM", []byte(goodPEM), "jwt: key file: the file is PEM, not JSON"},
		{"a word", []byte("key.json"), `jwt: key file: not a JSON object: it begins with "k"`},
		{"a list", []byte("[]"), `jwt: key file: not a JSON object: it begins with "["`},
		{"edited", bytes.Replace(good, []byte(",\n"), []byte("\n"), 1), "jwt: key file: not JSON: line 3, column 3"},
		{"bare member", []byte(`{"type": "service_account", type}`), "jwt: key file: not JSON: line 1, column 29"},
		{"line breaks unescaped", bytes.ReplaceAll(good, []byte(`\n`), []byte("\n")), "jwt: key file: not JSON: line 5, column 46: a line break inside a string"},
		{"cut in a string", good[:1000], "jwt: key file: not JSON: the file ends in the middle"},
		{"cut between members", good[:bytes.Index(good, []byte(",\n"))], "jwt: key file: not JSON: the file ends in the middle"},
		{"trailing data", append(bytes.Clone(good), good...), "jwt: key file: there is more after the end of the JSON object"},
		{"trailing brace", append(bytes.Clone(good), '}'), "jwt: key file: there is more after the end of the JSON object"},
		{"twice", bytes.Replace(good, []byte("{"), []byte(`{"client_email": "other@example.com",`), 1), "jwt: key file: client_email: appears twice"},
		{"wrong type of member", with(t, "client_id", int64(113258942105700140)), "jwt: key file: client_id: is not a string"},
		{"OAuth client, web", []byte(`{"web":{"client_id":"1.apps.googleusercontent.com"}}`), "jwt: key file: an OAuth client file, not a service account's key"},
		{"OAuth client, installed", []byte(`{"installed":{"client_secret":"x"}}`), "jwt: key file: an OAuth client file, not a service account's key"},
		{"authorized_user", []byte(`{"type":"authorized_user","refresh_token":"1//x"}`), `jwt: key file: type: is "authorized_user", not "service_account"`},
		{"external_account", with(t, "type", "external_account"), `jwt: key file: type: is "external_account", not "service_account"`},
		{"no type", with(t, "type", nil), "jwt: key file: type: missing or empty"},
		{"no client_email", with(t, "client_email", nil), "jwt: key file: client_email: missing or empty"},
		{"empty client_email", with(t, "client_email", ""), "jwt: key file: client_email: missing or empty"},
		{"trailing space", with(t, "client_email", "a@b.iam.gserviceaccount.com "), `jwt: key file: client_email: has a character that isn't visible ASCII, such as a space`},
		{"no token_uri", with(t, "token_uri", nil), "jwt: key file: token_uri: missing or empty"},
		{"http token_uri", with(t, "token_uri", "http://oauth2.googleapis.com/token"), `jwt: key file: token_uri: is not https`},
		{"ends like loopback", with(t, "token_uri", "http://notlocalhost/token"), `jwt: key file: token_uri: is not https`},
		{"almost loopback", with(t, "token_uri", "http://127.0.0.1.example.com/token"), `jwt: key file: token_uri: is not https`},
		{"token_uri without host", with(t, "token_uri", "oauth2.googleapis.com/token"), "jwt: key file: token_uri: is not the URL of a token endpoint"},
		{"token_uri with user", with(t, "token_uri", "https://a:b@oauth2.googleapis.com/token"), "jwt: key file: token_uri: is not the URL of a token endpoint"},
		{"no private_key", with(t, "private_key", nil), keyMember + "missing or empty"},
		{"null private_key", bytes.Replace(with(t, "private_key", "@"), []byte(`"@"`), []byte("null"), 1), keyMember + "missing or empty"},
		{`literal \n`, with(t, "private_key", strings.ReplaceAll(goodPEM, "\n", `\n`)), keyMember + "has a backslash and an n where line breaks belong"},
		{"no BEGIN line", with(t, "private_key", goodPEM[28:]), keyMember + "does not start with a -----BEGIN PRIVATE KEY----- line"},
		{"truncated", with(t, "private_key", goodPEM[:900]), keyMember + "has no -----END line: the key is cut off"},
		{"one line", with(t, "private_key", strings.ReplaceAll(goodPEM, "\n", " ")), keyMember + "is all on one line"},
		{"damaged base64", with(t, "private_key", strings.Replace(goodPEM, "MII", "M!I", 1)), keyMember + "is not valid PEM (RFC 7468)"},
		{"two keys", with(t, "private_key", goodPEM+goodPEM), keyMember + "has more text after its END line"},
		{"encrypted PKCS#8", with(t, "private_key", pemOf("ENCRYPTED PRIVATE KEY", []byte{1})), keyMember + "is encrypted with a passphrase"},
		{"encrypted PKCS#1", with(t, "private_key", "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n-----END RSA PRIVATE KEY-----\n"), keyMember + "is encrypted with a passphrase"},
		{"PKCS#1", with(t, "private_key", pemOf("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(key))), keyMember + "is PKCS#1 (BEGIN RSA PRIVATE KEY), where the console writes PKCS#8"},
		{"EC, SEC 1", with(t, "private_key", pemOf("EC PRIVATE KEY", sec1)), keyMember + "is an elliptic curve key, not RSA"},
		{"EC, PKCS#8", with(t, "private_key", pkcs8(ec)), keyMember + "is a *ecdsa.PrivateKey, not an RSA key"},
		{"Ed25519", with(t, "private_key", pkcs8(ed)), keyMember + "is a ed25519.PrivateKey, not an RSA key"},
		{"public key", with(t, "private_key", pemOf("PUBLIC KEY", spki)), keyMember + "is a public key or a certificate, not a private key"},
		{"certificate", with(t, "private_key", pemOf("CERTIFICATE", certificate)), keyMember + "is a public key or a certificate, not a private key"},
		{"OpenSSH", with(t, "private_key", pemOf("OPENSSH PRIVATE KEY", []byte{1})), keyMember + "is PEM with a label other than PRIVATE KEY"},
		{"not PKCS#8", with(t, "private_key", pemOf("PRIVATE KEY", spki)), keyMember + "is not a valid PKCS#8 key (RFC 5958)"},
		{"1024 bits", with(t, "private_key", string(read(t, "small.pem"))), keyMember + "the RSA key has 1024 bits: it needs at least 2048 and at most 8192"},
		{"huge", with(t, "private_key", pemOf("PRIVATE KEY", make([]byte, 5001))), keyMember + "is too large for an RSA key of 8192 bits"},
		{"factor 3", with(t, "private_key", pemOf("PRIVATE KEY", falseKey(t, key))), keyMember + "is false: its modulus has a factor below 50"},
		{"variable not expanded", []byte("$SERVICE_ACCOUNT_JSON"), `jwt: key file: not a JSON object: it begins with "$"`},
		{"base64 of the file", []byte("ewogICJ0eXBlIjog"), `jwt: key file: not a JSON object: it begins with "e"`},
		{"masked", []byte("***"), `jwt: key file: not a JSON object: it begins with "*"`},
		{"quotes around", []byte("'" + string(good) + "'"), `jwt: key file: not a JSON object: it begins with "'"`},
		{"JSON string", []byte(`"{}"`), `jwt: key file: not a JSON object: it begins with "\""`},
		{"typographic quote", []byte("\u201c{}\u201d"), "jwt: key file: not a JSON object: it begins with \"\u201c\""},
		{"no-break space before", append([]byte("\u00a0"), good...), "jwt: key file: not JSON: line 1, column 1"},
		{"null", []byte("null"), `jwt: key file: not a JSON object: it begins with "n"`},
		{"escaped quotes", bytes.ReplaceAll(good, []byte(`"`), []byte(`\"`)), "jwt: key file: not JSON: line 2, column 3"},
		{"no colon", []byte("{\n\"type\" 1}"), "jwt: key file: not JSON: line 2, column 8"},
		{"cut after the brace", []byte("\n {"), "jwt: key file: not JSON: the file ends in the middle"},
		{"only email and key", []byte(`{"client_email":"a@b","private_key":"x"}`), "jwt: key file: type, token_uri: missing or empty"},
		{"another program's", []byte(`{"project_info":{}}`), "jwt: key file: type, private_key, client_email, token_uri: missing or empty"},
		{"impersonated", with(t, "type", "impersonated_service_account"), `jwt: key file: type: is "impersonated_service_account", not "service_account"`},
		{"gdch", with(t, "type", "gdch_service_account"), `jwt: key file: type: is "gdch_service_account", not "service_account"`},
		{"external user", with(t, "type", "external_account_authorized_user"), `jwt: key file: type: is "external_account_authorized_user", not "service_account"`},
		{"space in token_uri", with(t, "token_uri", "https://oauth2.googleapis.com/token "), "jwt: key file: token_uri: has a character that isn't visible ASCII, such as a space"},
		{"token_uri with a port only", with(t, "token_uri", "https://:443/token"), "jwt: key file: token_uri: is not the URL of a token endpoint"},
		{"port 99999", with(t, "token_uri", "https://h:99999/"), "jwt: key file: token_uri: is not the URL of a token endpoint"},
		{"port 0", with(t, "token_uri", "https://h:0/"), "jwt: key file: token_uri: is not the URL of a token endpoint"},
	}
}

// Every known way a key file can be broken has its own message.
func TestBadKeyFiles(t *testing.T) {
	goodPEM := string(read(t, "testkey.pem"))
	for _, test := range badKeyFiles(t) {
		k, err := ParseKeyFile(test.data)
		var bad *KeyFileError
		if k != nil || !errors.As(err, &bad) || err.Error() != test.want {
			t.Errorf("%s: %v, %v\nwant %s", test.name, k, err, test.want)
			continue
		}
		cause, remedy, ok := strings.Cut(bad.Advice(), "\n")
		if !ok || cause == "" || remedy == "" || strings.Contains(remedy, "\n") {
			t.Errorf("%s: advice is %q, not two lines", test.name, bad.Advice())
		}
		for i := 40; i+12 <= len(goodPEM)-40; i++ { // inside the base64
			if strings.Contains(fmt.Sprintf("%+v %#v %s", err, err, bad.Advice()), goodPEM[i:i+12]) {
				t.Errorf("%s: the error shows a piece of the key", test.name)
			}
		}
	}
}

// A character that can't be seen makes it another account or URL.
func TestInvisibleCharacters(t *testing.T) {
	for _, c := range "\u00a0\u200b\ufeff\x00\x1b\u202e\ufffd\v\u3000\u0085\u00ad\x7f\t한" {
		for _, member := range []string{"client_email", "token_uri"} {
			data := with(t, member, "https://a@b"+string(c))
			_, err := ParseKeyFile(data)
			want := "jwt: key file: " + member + ": has a character that isn't visible ASCII, such as a space"
			if err == nil || err.Error() != want {
				t.Errorf("%q: %v", c, err)
			}
		}
	}
}

// The advice never asks for another key if this one may be good.
func TestAdviceFitsTheCause(t *testing.T) {
	noGoodKey := map[string]bool{
		"authorized_user": true, "external_account": true, "impersonated": true, "gdch": true,
		"external user": true, "OAuth client, web": true, "OAuth client, installed": true,
		"EC, SEC 1": true, "EC, PKCS#8": true, "Ed25519": true, "OpenSSH": true, "1024 bits": true,
		"huge": true, "factor 3": true, "key in type": true,
	}
	for _, test := range badKeyFiles(t) {
		_, err := ParseKeyFile(test.data)
		var bad *KeyFileError
		if !errors.As(err, &bad) {
			t.Fatal(test.name)
		}
		_, fix, _ := strings.Cut(bad.Advice(), "\n")
		again := strings.HasPrefix(fix, "Copy the file again")
		if again == noGoodKey[test.name] || strings.Contains(bad.Advice(), "delete") {
			t.Errorf("%s: %s", test.name, fix)
		}
	}
}

// No verb and no encoding shows the key, by value or by pointer.
func TestKeyFileIsMasked(t *testing.T) {
	k := testKeyFile(t)
	var out strings.Builder
	for _, v := range []any{
		k, *k, []KeyFile{*k}, map[string]*KeyFile{"k": k},
		struct{ K *KeyFile }{k}, struct{ k *KeyFile }{k}, struct{ k KeyFile }{*k},
	} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
		data, err := json.Marshal(v)
		if err != nil {
			t.Error(err)
		}
		out.Write(data)
		slog.New(slog.NewTextHandler(&out, nil)).Info("key", "k", v)
		slog.New(slog.NewJSONHandler(&out, nil)).Info("key", "k", v)
	}
	for name, secret := range map[string]*big.Int{
		"d": k.PrivateKey.D, "p": k.PrivateKey.Primes[0], "q": k.PrivateKey.Primes[1],
	} {
		for _, form := range []string{secret.String(), hex.EncodeToString(secret.Bytes())} {
			if strings.Contains(strings.ToLower(out.String()), form[:20]) {
				t.Errorf("%s is printed", name)
			}
		}
	}
	want := "service account reader@fivestep-lesson.iam.gserviceaccount.com, " +
		"key 370ab79b4513eb9bad7c9bd16a95cb76b5b2a56a (private key withheld)\n"
	if !strings.HasPrefix(out.String(), want+want+strings.TrimSuffix(want, "\n")) {
		t.Errorf("%%v prints %.200s", out.String())
	}
}
