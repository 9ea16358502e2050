// SPDX-License-Identifier: 0BSD

package walkthrough

import (
	"bytes"
	"crypto/rsa"
	"crypto/sha256"
	"errors"
	"math/big"
)

// digestInfo is the DER before a SHA-256 digest in a signature: a SEQUENCE of
// the algorithm's name and a string of 32 bytes (RFC 8017, section 9.2, note
// 1).
var digestInfo = []byte{
	0x30, 0x31,
	0x30, 0x0d,
	0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01,
	0x05, 0x00,
	0x04, 0x20,
}

// openSignature raises a signature to the public exponent (RSAVP1, RFC 8017,
// section 5.2.2). The result is the block that the private key was applied to.
// Use this only to show a valid signature; to verify one, use
// [rsa.VerifyPKCS1v15].
func openSignature(key *rsa.PublicKey, signature []byte) ([]byte, error) {
	n := new(big.Int).SetBytes(signature)
	n.Exp(n, big.NewInt(int64(key.E)), key.N)
	block := n.FillBytes(make([]byte, key.Size()))
	if fillerEnd(block) < 0 {
		return nil, errors.New("walkthrough: the signature does not open to a SHA-256 DigestInfo")
	}
	return block, nil
}

// fillerEnd returns the end of a block's filler. A block is 00 01, any number
// of ff, 00, the DigestInfo and the digest (RFC 8017, section 9.2). For
// anything else fillerEnd returns -1.
func fillerEnd(block []byte) int {
	info := len(block) - sha256.Size - len(digestInfo)
	end := info - 1
	switch {
	case end < 2:
		return -1
	case !bytes.HasPrefix(block, []byte{0, 1}):
		return -1
	case bytes.Count(block[2:end], []byte{0xff}) != end-2:
		return -1
	case block[end] != 0:
		return -1
	case !bytes.HasPrefix(block[info:], digestInfo):
		return -1
	}
	return end
}
