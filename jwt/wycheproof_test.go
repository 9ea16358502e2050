// SPDX-License-Identifier: 0BSD

//go:build wycheproof

package jwt

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// wycheproof reads a file of Project Wycheproof's vectors. .ci/wycheproof
// fetches them.
func wycheproof(t *testing.T, name string, groups any) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(os.Getenv("WYCHEPROOF"), name))
	if err != nil {
		t.Fatal(err)
	}
	file := struct {
		TestGroups any `json:"testGroups"`
	}{groups}
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
}

// Signatures of any message: PKCS#1 v1.5 with SHA-256. Each key comes in a key
// file, which is refused if the key is too small.
func TestWycheproofSign(t *testing.T) {
	signed, small := 0, 0
	for _, bits := range []string{"1024", "1536", "2048", "3072", "4096"} {
		var groups []struct {
			KeySize       int    `json:"keySize"`
			PrivateKeyDER string `json:"privateKeyPkcs8"`
			SHA           string `json:"sha"`
			Tests         []struct{ Msg, Sig string }
		}
		wycheproof(t, "rsa_pkcs1_"+bits+"_sig_gen_test.json", &groups)
		for _, group := range groups {
			if group.SHA != "SHA-256" {
				continue
			}
			privateKey := pemOf("PRIVATE KEY", fromHex(t, group.PrivateKeyDER))
			file := changed(t, string(read(t, "key.json")), map[string]any{"private_key": privateKey})
			k, err := ParseKeyFile([]byte(file))
			if group.KeySize < 2048 {
				small++
				var bad *KeyFileError
				if !errors.As(err, &bad) || !strings.Contains(bad.Problem, bits+" bits") {
					t.Errorf("%s bits: %v", bits, err)
				}
				continue
			}
			if err != nil {
				t.Fatalf("%s bits: %v", bits, err)
			}
			for _, test := range group.Tests {
				signed++
				signOther(t, signedVector{
					SigningInput: string(fromHex(t, test.Msg)),
					Signature:    base64url(fromHex(t, test.Sig)),
				}, k.PrivateKey)
			}
		}
	}
	if signed < 27 || small < 3 {
		t.Errorf("%d signatures, %d small keys", signed, small)
	}
	t.Logf("%d signatures, %d small keys", signed, small)
}

// Whole tokens, among them that of RFC 7520, section 4.1: every valid one with
// RS256 is what Sign makes.
func TestWycheproofJWS(t *testing.T) {
	var groups []struct {
		Private json.RawMessage
		Tests   []struct{ JWS, Result string }
	}
	wycheproof(t, "json_web_signature_test.json", &groups)
	signed := 0
	for _, group := range groups {
		var key struct {
			Alg string
			jwk
		}
		if err := json.Unmarshal(group.Private, &key); err != nil {
			t.Fatal(err)
		}
		if key.KTY != "RSA" || key.Alg != "RS256" {
			continue
		}
		for _, test := range group.Tests {
			if test.Result != "valid" {
				continue
			}
			signed++
			dot := strings.LastIndexByte(test.JWS, '.')
			header, _, _ := strings.Cut(test.JWS, ".")
			text, err := base64.RawURLEncoding.DecodeString(header)
			if err != nil || !writtenAs(string(text), new(Header)) {
				t.Errorf("this package writes another header than %s, %v", text, err)
			}
			v := signedVector{SigningInput: test.JWS[:dot], Signature: test.JWS[dot+1:]}
			signOther(t, v, key.private(t))
		}
	}
	if signed < 8 {
		t.Errorf("%d tokens", signed)
	}
	t.Logf("%d tokens", signed)
}

func fromHex(t *testing.T, text string) []byte {
	t.Helper()
	data, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
