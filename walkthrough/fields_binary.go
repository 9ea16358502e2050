// SPDX-License-Identifier: 0BSD

package walkthrough

import "crypto/sha256"

// keyDER covers the public half of a key.
func (t *tiler) keyDER() {
	for _, piece := range splitDER(t.part.Bytes) {
		class := Plain
		if piece.key == "modulus" || piece.key == "exponent" {
			class = Signature // these check it
		}
		t.upTo(piece.end, piece.key, class)
	}
}

// signatureBlock covers the block that a signature opens to.
func (t *tiler) signatureBlock() {
	end := fillerEnd(t.part.Bytes)
	if end < 0 {
		return
	}
	t.upTo(2, "start", Signature)
	t.upTo(end, "filler", Signature)
	t.upTo(end+1, "end", Signature)
	for _, piece := range []struct {
		length int
		key    string
	}{
		{2, "info"},
		{2, "algorithm"},
		{11, "SHA-256"},
		{2, "parameters"},
		{2, "octets"},
		{sha256.Size, "digest"},
	} {
		t.upTo(t.at+piece.length, piece.key, Digest)
	}
}
