// SPDX-License-Identifier: 0BSD

package diagnosis

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"unicode/utf16"
)

// A digest doesn't tell of what text it is. But there are not many texts that
// people sign instead of the right one, and each can be hashed and compared.

// otherText is a text that people sign instead of header.claims.
type otherText struct {
	name, text, wrong string
}

// otherTexts returns what may have been signed.
func (p *posted) otherTexts() []otherText {
	const (
		json     = "signature-of-json"
		header   = "signature-of-header"
		claims   = "signature-of-claims"
		newline  = "signature-with-line-break"
		dots     = "signature-of-other-dots"
		padded   = "signature-of-padded"
		unpadded = "signature-of-unpadded"
		standard = "signature-of-standard-base64"

		isJSON    = "the JSON was signed, not its base64url"
		isHeader  = "only the header was signed"
		isClaims  = "only the claims were signed"
		isNewline = "a line break after the text was signed, too, as echo and some heredocs add one"
		isPadded  = "the text was signed with padding (=) and sent without"
		isBare    = "the text was signed without padding (=) and sent with it"
		isBase64  = "the text was signed in standard base64 (+ and /) and sent in base64url"
	)
	h, c := p.header.sent, p.claims.sent
	headerJSON, claimsJSON := string(p.header.json), string(p.claims.json)
	input := h + "." + c
	url, std := base64.URLEncoding, base64.StdEncoding
	return []otherText{
		{json, headerJSON + "." + claimsJSON, isJSON},
		{json, headerJSON + claimsJSON, isJSON},
		{json, headerJSON + "\n" + claimsJSON, isJSON},

		{header, h, isHeader},
		{header, h + ".", isHeader},
		{header, headerJSON, isHeader + ", and as JSON"},
		{claims, c, isClaims},
		{claims, claimsJSON, isClaims + ", and as JSON"},

		{newline, input + "\n", isNewline},
		{newline, input + "\r\n", isNewline},
		{newline, h + "\n." + c + "\n", "each part was signed with a line break at its end"},

		{dots, h + c, "header and claims were signed without the dot between them"},
		{dots, input + ".", "the second dot was signed, too, which belongs to the signature"},

		{padded, pad(h) + "." + pad(c), isPadded},
		{unpadded, unpad(h) + "." + unpad(c), isBare},
		{standard, encode(std, p.header) + "." + encode(std, p.claims), isBase64},
		{standard, unpad(encode(std, p.header)) + "." + unpad(encode(std, p.claims)), isBase64},

		{"signature-of-utf16", inUTF16(input),
			"the text was signed in UTF-16, as .NET's Encoding.Unicode writes it"},
		{"signature-of-quoted", `"` + input + `"`, "the text was signed with quotes around it"},
		{"signature-of-base64", encode(url, part{json: []byte(input)}),
			"the text was encoded in base64 again before it was signed"},
		{"signature-of-base64", encode(std, part{json: []byte(input)}),
			"the text was encoded in base64 again before it was signed"},
		{"signature-of-nothing", "",
			"an empty text was signed: the text didn't reach the signing function"},
	}
}

// encode returns the base64 of a part, with padding.
func encode(enc *base64.Encoding, p part) string { return enc.EncodeToString(p.json) }

func unpad(text string) string { return strings.TrimRight(text, "=") }

// pad adds the padding of RFC 4648, section 4.
func pad(text string) string {
	text = unpad(text)
	return text + strings.Repeat("=", (4-len(text)%4)%4)
}

// inUTF16 returns a text in UTF-16, the low byte of each pair first.
func inUTF16(text string) string {
	var b strings.Builder
	for _, unit := range utf16.Encode([]rune(text)) {
		b.WriteByte(byte(unit))
		b.WriteByte(byte(unit >> 8))
	}
	return b.String()
}

// wrongText explains an RS256 signature of another text.
func (p *posted) wrongText(digest []byte) Mistake {
	for _, other := range p.otherTexts() {
		hash := sha256.Sum256([]byte(other.text))
		if bytes.Equal(hash[:], digest) {
			return Mistake{Name: other.name, Wrong: other.wrong, Fix: signText}
		}
	}
	if m := p.hashedTwice(digest); m.Name != "" {
		return m
	}
	return Mistake{
		Name: "signature-of-other-text",
		Wrong: "it's a good signature of another text: header or claims were changed " +
			"or made JSON again after signing, and a time, a space or the order differs",
		Fix: "make the text header.claims once, keep it in a variable, sign it and send it",
	}
}

// hashedTwice explains a digest of the right text's digest. A signing function
// hashes its input; a digest is hashed again.
func (p *posted) hashedTwice(digest []byte) Mistake {
	const fix = "pass the text header.claims to the signing function, which hashes it itself"
	once := sha256.Sum256([]byte(p.header.sent + "." + p.claims.sent))
	digits := hex.EncodeToString(once[:])
	for _, again := range []struct {
		name, text, wrong string
	}{
		{"signature-hashed-twice", string(once[:]), "the text was hashed twice"},
		{"signature-of-hex-digest", digits,
			"the hexadecimal digits of the text's hash were signed"},
		{"signature-of-hex-digest", strings.ToUpper(digits),
			"the hexadecimal digits of the text's hash were signed"},
		{"signature-of-base64-digest", base64.StdEncoding.EncodeToString(once[:]),
			"the text's hash in base64 was signed"},
		{"signature-of-base64-digest", base64.RawURLEncoding.EncodeToString(once[:]),
			"the text's hash in base64url was signed"},
	} {
		hash := sha256.Sum256([]byte(again.text))
		if bytes.Equal(hash[:], digest) {
			return Mistake{Name: again.name, Wrong: again.wrong, Fix: fix}
		}
	}
	return Mistake{}
}
