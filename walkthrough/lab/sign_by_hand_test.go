// SPDX-License-Identifier: 0BSD

package lab

import (
	"bytes"
	"os"
	"testing"
)

// The other key is valid, and is that of RFC 7515. It is in two folders, so
// that jwt can be copied alone.
func TestOtherKey(t *testing.T) {
	same, err := os.ReadFile("../../jwt/testdata/rfc7515-a2.json")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(otherJWK, same) {
		t.Error("other.jwk differs from jwt/testdata/rfc7515-a2.json")
	}
	if key := otherKey(); key.Validate() != nil || key.N.BitLen() != 2048 {
		t.Errorf("%d bits, %v", key.N.BitLen(), key.Validate())
	}
}
