// SPDX-License-Identifier: 0BSD

//go:build wycheproof

package walkthrough

import (
	"bytes"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"math/big"
	"os"
	"path/filepath"
	"testing"
)

// An opened signature shows the message's digest if it's valid, and only then.
// There is one exception: openSignature reads the signature as a number, and
// takes it modulo the key's. A verifier refuses a number that isn't smaller
// than the modulus (RFC 8017, section 5.2.2).
func TestWycheproofOpenSignature(t *testing.T) {
	valid, invalid := 0, 0
	for _, bits := range []string{"2048", "3072", "4096", "8192"} {
		name := "rsa_signature_" + bits + "_sha256_test.json"
		data, err := os.ReadFile(filepath.Join(os.Getenv("WYCHEPROOF"), name))
		if err != nil {
			t.Fatal(err)
		}
		var file struct {
			TestGroups []struct {
				PublicKeyDER string `json:"publicKeyDer"`
				Tests        []struct {
					ID                        int `json:"tcId"`
					Comment, Msg, Sig, Result string
				}
			} `json:"testGroups"`
		}
		if err := json.Unmarshal(data, &file); err != nil {
			t.Fatal(err)
		}
		for _, group := range file.TestGroups {
			parsed, err := x509.ParsePKIXPublicKey(fromHex(t, group.PublicKeyDER))
			if err != nil {
				t.Fatal(err)
			}
			key := parsed.(*rsa.PublicKey)
			for _, test := range group.Tests {
				signature := fromHex(t, test.Sig)
				inRange := new(big.Int).SetBytes(signature).Cmp(key.N) < 0
				shown := inRange && shows(key, fromHex(t, test.Msg), signature)
				if shown != (test.Result == "valid") {
					t.Errorf("%s bits, %d (%s): shown: %v", bits, test.ID, test.Comment, shown)
				}
				if test.Result == "valid" {
					valid++
				} else {
					invalid++
				}
			}
		}
	}
	if valid < 31 || invalid < 1003 {
		t.Errorf("%d valid signatures, %d others", valid, invalid)
	}
	t.Logf("%d valid signatures, %d others", valid, invalid)
}

// shows reports whether a signature opens to the digest of a message.
func shows(key *rsa.PublicKey, message, signature []byte) bool {
	block, err := openSignature(key, signature)
	if err != nil {
		return false
	}
	digest := sha256.Sum256(message)
	return bytes.HasSuffix(block, digest[:])
}

func fromHex(t *testing.T, text string) []byte {
	t.Helper()
	data, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
