// SPDX-License-Identifier: 0BSD

package walkthrough

import (
	"encoding/json"
	"encoding/pem"
)

// publicHalf returns the DER of the private key in a key file up to the public
// exponent: all that follows is secret. It returns nil if there is no such key.
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
	pieces := derPieces(block.Bytes)
	if len(pieces) < len(derKeys)+1 {
		return nil
	}
	return block.Bytes[:pieces[len(pieces)-1].end]
}

// derKeys are the values that an RSA key in PKCS#8 begins with, one within the
// other or one after the other (RFC 5958, section 2; RFC 8017, appendix A.1.2). Of
// those in which others lie, only tag and length are a piece.
var derKeys = []struct {
	key   string
	tag   byte
	outer bool
}{
	{"key info", 0x30, true}, {"key info version", 0x02, false},
	{"algorithm", 0x30, true}, {"rsaEncryption", 0x06, false}, {"parameters", 0x05, false},
	{"octets", 0x04, true}, {"RSA key", 0x30, true}, {"RSA version", 0x02, false},
	{"modulus", 0x02, false}, {"exponent", 0x02, false},
}

type derPiece struct {
	key string
	end int
}

// derPieces finds them in turn, and stops at what is not as it should be.
func derPieces(der []byte) (pieces []derPiece) {
	at := 0
	for _, k := range derKeys {
		if at+2 > len(der) || der[at] != k.tag {
			return pieces
		}
		// X.690, section 8.1.3: a length below 128, or how many bytes of it follow.
		length, value := int(der[at+1]), at+2
		if n := length - 0x80; n >= 0 {
			if n > 2 || value+n > len(der) {
				return pieces
			}
			for length = 0; n > 0; n-- {
				length, value = length<<8|int(der[value]), value+1
			}
		}
		end := value + length
		switch {
		case k.outer:
			end = value
		case end > len(der):
			return pieces
		case k.key == "modulus":
			if length > 0 && der[value] == 0 { // it keeps the number positive
				value++
			}
			pieces = append(pieces, derPiece{"modulus head", value})
		}
		pieces = append(pieces, derPiece{k.key, end})
		at = end
	}
	return pieces
}

// keyDER lays the public half of a key.
func (t *tiler) keyDER() {
	for _, piece := range derPieces(t.part.Bytes) {
		class := Plain
		if piece.key == "modulus" || piece.key == "exponent" {
			class = Signature // it is checked with these
		}
		t.to(piece.end, piece.key, class)
	}
}
