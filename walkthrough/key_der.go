// SPDX-License-Identifier: 0BSD

package walkthrough

import (
	"encoding/json"
	"encoding/pem"
)

// publicHalf returns the DER of the private key in a key file, up to and
// including the public exponent: everything after it is secret. It returns nil
// if there is no RSA key.
func publicHalf(keyFile []byte) []byte {
	var file struct {
		PrivateKey string `json:"private_key"`
	}
	if json.Unmarshal(keyFile, &file) != nil {
		return nil
	}
	block, _ := pem.Decode([]byte(file.PrivateKey))
	if block == nil {
		return nil
	}
	pieces := splitDER(block.Bytes)
	if len(pieces) == 0 || pieces[len(pieces)-1].key != "exponent" {
		return nil
	}
	return block.Bytes[:pieces[len(pieces)-1].end]
}

// The DER tags in an RSA key (X.690, section 8).
const (
	tagInteger     = 0x02
	tagOctetString = 0x04
	tagNull        = 0x05
	tagOID         = 0x06
	tagSequence    = 0x30
)

// derValues are the public values at the start of an RSA key in PKCS#8 (RFC
// 5958, section 2; RFC 8017, appendix A.1.2). If a value contains the values
// after it, its piece is only its tag and length.
var derValues = []struct {
	key      string
	tag      byte
	contains bool
}{
	{"key info", tagSequence, true},
	{"key info version", tagInteger, false},
	{"algorithm", tagSequence, true},
	{"rsaEncryption", tagOID, false},
	{"parameters", tagNull, false},
	{"octets", tagOctetString, true},
	{"RSA key", tagSequence, true},
	{"RSA version", tagInteger, false},
	{"modulus", tagInteger, false},
	{"exponent", tagInteger, false},
}

// derPiece is one value. It ends where the next one begins.
type derPiece struct {
	key string
	end int
}

// splitDER finds these values in order, and stops at the first that is missing.
func splitDER(der []byte) (pieces []derPiece) {
	at := 0
	for _, v := range derValues {
		if at+2 > len(der) || der[at] != v.tag {
			return pieces
		}
		start, length, ok := derLength(der, at+1)
		if !ok {
			return pieces
		}
		end := start + length
		if v.contains {
			end = start
		}
		if end > len(der) {
			return pieces
		}
		if v.key == "modulus" {
			if length > 0 && der[start] == 0 { // this byte keeps the number positive
				start++
			}
			pieces = append(pieces, derPiece{"modulus head", start})
		}
		pieces = append(pieces, derPiece{v.key, end})
		at = end
	}
	return pieces
}

// derLength reads the length at der[at], and returns where the value starts. A
// length is one byte below 128, or 128 plus the number of bytes that hold it
// (X.690, section 8.1.3).
func derLength(der []byte, at int) (start, length int, ok bool) {
	length, start = int(der[at]), at+1
	if length < 0x80 {
		return start, length, true
	}
	n := length - 0x80
	if n > 2 || start+n > len(der) {
		return 0, 0, false
	}
	length = 0
	for _, b := range der[start : start+n] {
		length = length<<8 | int(b)
	}
	return start + n, length, true
}
