// SPDX-License-Identifier: 0BSD

package walkthrough

import (
	"bytes"
	"crypto/rsa"
	"crypto/sha256"
	"fmt"
	"math/big"
)

// digestInfo is the DER that stands before a SHA-256 digest in a signature: a
// SEQUENCE of the algorithm's name and a string of 32 bytes (RFC 8017, section
// 9.2, note 1).
var digestInfo = []byte{0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20}

// openSignature raises the signature to the public exponent (RSAVP1, RFC 8017,
// section 5.2.2): what comes out is the block that the private key was applied to.
// It shows a good signature, it does not judge one: for that there is
// [rsa.VerifyPKCS1v15].
func openSignature(key *rsa.PublicKey, signature []byte) ([]byte, error) {
	n := new(big.Int).SetBytes(signature)
	n.Exp(n, big.NewInt(int64(key.E)), key.N)
	block := n.FillBytes(make([]byte, key.Size()))
	if fillerEnd(block) < 0 {
		return nil, fmt.Errorf("walkthrough: the signature does not open to a SHA-256 DigestInfo")
	}
	return block, nil
}

// fillerEnd is where the byte 00 stands that ends the filler: the block is 00 01,
// bytes ff, 00, the DigestInfo and the digest (RFC 8017, section 9.2). It is -1 if
// the block is anything else.
func fillerEnd(block []byte) int {
	hash := len(block) - sha256.Size - len(digestInfo)
	end := hash - 1
	if end < 2 || !bytes.HasPrefix(block, []byte{0, 1}) || block[end] != 0 || !bytes.HasPrefix(block[hash:], digestInfo) ||
		len(bytes.Trim(block[2:end], "\xff")) > 0 {
		return -1
	}
	return end
}

// block lays the block that a signature opens to.
func (t *tiler) block() {
	end := fillerEnd(t.part.Bytes)
	if end < 0 {
		return
	}
	t.to(2, "start", Signature)
	t.to(end, "filler", Signature)
	t.to(end+1, "end", Signature)
	for _, piece := range []struct {
		length int
		key    string
	}{{2, "info"}, {2, "algorithm"}, {11, "SHA-256"}, {2, "parameters"}, {2, "octets"}, {sha256.Size, "digest"}} {
		t.to(t.at+piece.length, piece.key, Digest)
	}
}
