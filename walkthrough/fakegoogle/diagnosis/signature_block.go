// SPDX-License-Identifier: 0BSD

package diagnosis

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	_ "crypto/sha512" // for isPSS
	"encoding/hex"
	"fmt"
	"math/big"
	"slices"
	"strings"
)

// maxKeys bounds how many public keys a signature is tried with. Each takes a
// fraction of a millisecond.
const maxKeys = 20

// block is the text that the private operation was applied to. Anyone who has
// the public key can see it: that is how a signature is checked.
type block struct {
	padded bool   // as RSASSA-PKCS1-v1_5 pads
	hash   string // named in the DigestInfo, or "" if there's no DigestInfo
	digest []byte
}

// openSignature undoes the private operation with the public key: RSAVP1,
// RFC 8017, section 5.2.2. If the key doesn't fit, the result is noise, which
// block doesn't describe.
func openSignature(key *rsa.PublicKey, signature []byte) (block, bool) {
	s := new(big.Int).SetBytes(signature)
	if s.Cmp(key.N) >= 0 {
		return block{}, false
	}
	m := new(big.Int).Exp(s, big.NewInt(int64(key.E)), key.N)
	return readBlock(m.FillBytes(make([]byte, key.Size())))
}

// readBlock recognizes two ways to fill a block. By chance, noise looks like
// one of them less than once in 2^64 times.
func readBlock(text []byte) (block, bool) {
	const leastPadding = 8
	// EMSA-PKCS1-v1_5: 00 01 ff...ff 00 DigestInfo. RFC 8017, section 9.2.
	if rest, ok := bytes.CutPrefix(text, []byte{0, 1}); ok {
		contents := bytes.TrimLeft(rest, "\xff")
		padded := len(rest)-len(contents) >= leastPadding
		if padded && len(contents) > 0 && contents[0] == 0 {
			return readDigestInfo(contents[1:]), true
		}
	}
	// Nothing but a digest, or its hexadecimal digits, as a number.
	const most = 2 * sha256.Size
	zeros := len(text) - len(bytes.TrimLeft(text, "\x00"))
	if zeros >= leastPadding && len(text)-zeros <= most && zeros < len(text) {
		return block{digest: text[zeros:]}, true
	}
	return block{}, false
}

// digestInfos are the DER texts before a digest that name its hash, RFC 8017,
// section 9.2, note 1.
var digestInfos = []struct {
	hash   string
	prefix []byte
}{
	{"SHA-256", unhex("3031300d060960864801650304020105000420")},
	{"SHA-1", unhex("3021300906052b0e03021a05000414")},
	{"SHA-224", unhex("302d300d06096086480165030402040500041c")},
	{"SHA-384", unhex("3041300d060960864801650304020205000430")},
	{"SHA-512", unhex("3051300d060960864801650304020305000440")},
	{"MD5", unhex("3020300c06082a864886f70d020505000410")},
}

func unhex(digits string) []byte {
	data, _ := hex.DecodeString(digits)
	return data
}

func readDigestInfo(contents []byte) block {
	for _, info := range digestInfos {
		size := int(info.prefix[len(info.prefix)-1]) // DER writes it before the digest
		digest, ok := bytes.CutPrefix(contents, info.prefix)
		if ok && len(digest) == size {
			return block{padded: true, hash: info.hash, digest: digest}
		}
	}
	return block{padded: true, digest: contents}
}

// isPSS reports whether the key signed the right text as PS256, PS384 or PS512
// do (RFC 7518, section 3.5). A block of PSS is masked, so that it can't be
// recognized without the text.
func (p *posted) isPSS(key *rsa.PublicKey, signature []byte) bool {
	for _, hash := range []crypto.Hash{crypto.SHA256, crypto.SHA384, crypto.SHA512} {
		h := hash.New()
		h.Write([]byte(p.header.sent + "." + p.claims.sent))
		if rsa.VerifyPSS(key, hash, h.Sum(nil), signature, nil) == nil {
			return true
		}
	}
	return false
}

// wrongBlock opens the signature with the keys of the account, and if none
// fits, with those of other accounts.
func (p *posted) wrongBlock(signature []byte) Mistake {
	reversed := slices.Clone(signature)
	slices.Reverse(reversed)
	tried := 0
	for _, account := range p.accountsInOrder() {
		for _, key := range account.Keys {
			if tried++; tried > maxKeys {
				return Mistake{}
			}
			if b, ok := openSignature(key.Public, signature); ok {
				return p.wrongOwnerOrBlock(account, key, b, len(signature))
			}
			if p.isPSS(key.Public, signature) {
				return Mistake{
					Name:  "signature-pss",
					Wrong: "the signature has the padding PSS (PS256), and RS256 has PKCS#1 v1.5",
					Fix:   signRS256,
				}
			}
			if _, ok := openSignature(key.Public, reversed); ok {
				return Mistake{
					Name: "signature-little-endian",
					Wrong: "the signature's bytes are in reverse order, " +
						"as Windows' CryptSignHash returns them",
					Fix: "reverse them before you encode them (RFC 8017, section 4.1)",
				}
			}
		}
	}
	return Mistake{}
}

// accountsInOrder returns the accounts, that of iss first.
func (p *posted) accountsInOrder() []Account {
	accounts := slices.Clone(p.Accounts)
	slices.SortStableFunc(accounts, func(a, b Account) int {
		switch p.account.Email {
		case a.Email:
			return -1
		case b.Email:
			return 1
		}
		return 0
	})
	return accounts
}

// wrongOwnerOrBlock explains a signature that a known key made.
func (p *posted) wrongOwnerOrBlock(account Account, key Key, b block, length int) Mistake {
	switch {
	case account.Email != p.account.Email:
		return Mistake{
			Name: "signature-other-account",
			Wrong: "the signature is by a key of " + account.Email +
				", and iss is " + p.account.Email,
			Fix: "take private_key and client_email from the same key file",
		}
	case key.Revoked:
		return Mistake{
			Name:  "signature-revoked-key",
			Wrong: "the signature is by a key that was deleted from the account",
			Fix: "create a new key in the console, and use its key file: " +
				"a deleted key doesn't return",
		}
	case length != key.Public.Size():
		return Mistake{
			Name: "signature-leading-zero",
			Wrong: fmt.Sprintf("the signature was written as a number, in %d bytes; "+
				"as bytes it has %d, and some of them are zeros in front",
				length, key.Public.Size()),
			Fix: "keep it as bytes: a conversion to a big integer and back " +
				"loses or adds a zero once in a while (RFC 8017, section 4.1)",
		}
	}
	return p.wrongHash(b)
}

// wrongHash explains a block that isn't that of RS256, or has the digest of
// another text.
func (p *posted) wrongHash(b block) Mistake {
	switch {
	case !b.padded && p.isRightDigest(b.digest):
		return Mistake{
			Name: "signature-no-padding",
			Wrong: "the digest was signed without padding, " +
				"by a plain RSA operation with the private key",
			Fix: signRS256,
		}
	case b.hash == "" && p.isRightDigest(b.digest):
		return Mistake{
			Name: "signature-no-digestinfo",
			Wrong: "the signature holds a bare digest: a function that encrypts with the " +
				"private key " +
				"(openssl pkeyutl without -pkeyopt digest:sha256, privateEncrypt) " +
				"leaves out the name of the hash",
			Fix: signRS256 + "; a signing function adds it (RFC 8017, section 9.2)",
		}
	case b.hash == "":
		return Mistake{
			Name: Unknown,
			Wrong: fmt.Sprintf("a key of the account signed %d bytes that are neither the digest "+
				"of header.claims nor a DigestInfo", len(b.digest)),
			Fix: signRS256,
		}
	case b.hash != "SHA-256":
		return Mistake{
			Name: "signature-" + strings.ToLower(strings.Replace(b.hash, "SHA-", "sha", 1)),
			Wrong: "the hash in the signature is " + b.hash + ", and alg says RS256; " +
				"the key and the padding are right",
			Fix: signRS256,
		}
	}
	return p.wrongText(b.digest)
}

// isRightDigest reports whether a text is the SHA-256 of header.claims, or its
// hexadecimal digits. Zeros in front may be lost.
func (p *posted) isRightDigest(text []byte) bool {
	hash := sha256.Sum256([]byte(p.header.sent + "." + p.claims.sent))
	digest := bytes.TrimLeft(hash[:], "\x00")
	digits := hex.EncodeToString(hash[:])
	return bytes.Equal(bytes.TrimLeft(text, "\x00"), digest) ||
		strings.EqualFold(string(text), digits)
}
