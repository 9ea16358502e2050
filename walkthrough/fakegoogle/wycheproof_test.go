// SPDX-License-Identifier: 0BSD

//go:build wycheproof

package fakegoogle

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"math/big"
	"os"
	"path/filepath"
	"slices"
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

// The server accepts a signature of any text exactly if it's valid. Those that
// lack a NULL in the DigestInfo, which a verifier may accept, aren't.
func TestWycheproofVerify(t *testing.T) {
	count := map[string]int{}
	for _, bits := range []string{"2048", "3072", "4096", "8192"} {
		var groups []struct {
			PublicKeyDER string `json:"publicKeyDer"`
			Tests        []struct {
				ID                        int `json:"tcId"`
				Comment, Msg, Sig, Result string
			}
		}
		wycheproof(t, "rsa_signature_"+bits+"_sha256_test.json", &groups)
		for _, group := range groups {
			key, err := x509.ParsePKIXPublicKey(fromHex(t, group.PublicKeyDER))
			if err != nil {
				t.Fatal(err)
			}
			for _, test := range group.Tests {
				count[test.Result]++
				a := assertion{
					header:       map[string]json.RawMessage{"alg": json.RawMessage(`"RS256"`)},
					signingInput: string(fromHex(t, test.Msg)),
					signature:    fromHex(t, test.Sig),
				}
				want := test.Result == "valid"
				if a.signedBy(map[string]publicKey{"": {key: key.(*rsa.PublicKey)}}) != want {
					t.Errorf("%s bits, %d (%s): accepted: %v", bits, test.ID, test.Comment, !want)
				}
			}
		}
	}
	if count["valid"] < 31 || count["invalid"] < 999 || count["acceptable"] < 4 {
		t.Errorf("%v", count)
	}
	t.Log(count)
}

// Whole tokens by RSA keys. Google accepts RS256 only, so others are refused
// even if they're valid.
func TestWycheproofJWS(t *testing.T) {
	var groups []struct {
		Public struct{ KTY, Alg, N, E string }
		Tests  []struct {
			ID                   int `json:"tcId"`
			Comment, JWS, Result string
		}
	}
	wycheproof(t, "json_web_signature_test.json", &groups)
	number := func(text string) *big.Int {
		b, err := base64.RawURLEncoding.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		return new(big.Int).SetBytes(b)
	}
	algorithms := []string{"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"}
	accepted, refused := 0, 0
	for _, group := range groups {
		if group.Public.KTY != "RSA" || !slices.Contains(algorithms, group.Public.Alg) {
			continue // or a key that isn't for signatures
		}
		n, e := number(group.Public.N), number(group.Public.E)
		key := publicKey{key: &rsa.PublicKey{N: n, E: int(e.Int64())}}
		for _, test := range group.Tests {
			// Keys of accounts have no algorithm: they are for RS256. So a good
			// RS256 signature by a key for another algorithm can't be told.
			if group.Public.Alg != "RS256" && test.Comment == "UsingRS256" {
				continue
			}
			want := test.Result == "valid" && group.Public.Alg == "RS256"
			if verifies(test.JWS, key) != want {
				t.Errorf("%d (%s): accepted: %v", test.ID, test.Comment, !want)
			}
			if want {
				accepted++
			} else {
				refused++
			}
		}
	}
	if accepted < 8 || refused < 300 {
		t.Errorf("%d accepted, %d refused", accepted, refused)
	}
	t.Logf("%d accepted, %d refused", accepted, refused)
}

// verifies reports whether the key signed a token. Its payload may be any
// bytes, where parseAssertion needs claims.
func verifies(jws string, key publicKey) bool {
	parts := strings.Split(jws, ".")
	if len(parts) != 3 {
		return false
	}
	header, isObject := decodeObject(parts[0])
	signature, isBase64URL := decodeBase64URL(parts[2])
	a := assertion{header: header, signature: signature}
	a.signingInput = parts[0] + "." + parts[1]
	return isObject && isBase64URL && a.signedBy(map[string]publicKey{"": key})
}

func fromHex(t *testing.T, text string) []byte {
	t.Helper()
	data, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
