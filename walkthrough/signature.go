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
// section 5.2.2) and names the pieces of the block that comes out: what the
// private key had been applied to. It shows a good signature, it does not judge
// one: for that there is [rsa.VerifyPKCS1v15].
func openSignature(key *rsa.PublicKey, signature []byte) (block []byte, fields []Field, err error) {
	n := new(big.Int).SetBytes(signature)
	n.Exp(n, big.NewInt(int64(key.E)), key.N)
	block = n.FillBytes(make([]byte, key.Size()))

	digest := len(block) - sha256.Size
	hash := digest - len(digestInfo)
	end := hash - 1
	if !bytes.HasPrefix(block, []byte{0, 1}) || block[end] != 0 || !bytes.Equal(block[hash:digest], digestInfo) ||
		len(bytes.Trim(block[2:end], "\xff")) > 0 {
		return nil, nil, fmt.Errorf("walkthrough: the signature does not open to a SHA-256 DigestInfo")
	}
	return block, []Field{{BlockStart, 0, 2}, {BlockFiller, 2, end}, {BlockEnd, end, hash}, {BlockHash, hash, digest}, {BlockDigest, digest, len(block)}}, nil
}
