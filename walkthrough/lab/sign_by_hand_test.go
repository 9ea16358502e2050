// SPDX-License-Identifier: 0BSD

package lab

import (
	"encoding/json"
	"maps"
	"os"
	"testing"
)

// The other key is valid, and is that of RFC 7515. It is in two folders, so
// that jwt can be copied alone.
func TestOtherKey(t *testing.T) {
	text, err := os.ReadFile("../../jwt/testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors struct{ Keys map[string]map[string]string }
	if err := json.Unmarshal(text, &vectors); err != nil {
		t.Fatal(err)
	}
	var other struct{ JWK map[string]string }
	if err := json.Unmarshal(otherJWK, &other); err != nil {
		t.Fatal(err)
	}
	same := vectors.Keys["RFC 7515, appendix A.2"]
	if len(same) != 9 || !maps.Equal(other.JWK, same) {
		t.Error("other.jwk differs from jwt/testdata/vectors.json")
	}
	if key := otherKey(); key.Validate() != nil || key.N.BitLen() != 2048 {
		t.Errorf("%d bits, %v", key.N.BitLen(), key.Validate())
	}
}
