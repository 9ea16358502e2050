// SPDX-License-Identifier: 0BSD

package walkthrough

import (
	"bytes"
	"fmt"
	"regexp"
)

// A mask replaces a secret. It shows the secret's beginning, if all secrets of
// that kind begin alike, and how many characters are missing:
//
//	ya29.c.c0AS[... 1013 more characters withheld]

// publicStart matches the beginning of a secret, as far as that is public: the
// prefix of every access token, and the lengths and the version at the start of
// every private key of this size.
var publicStart = regexp.MustCompile(`^(?:ya29\.c\.(?:c0AS)?|MIIEv[AQgw]IB)`)

// mask matches a mask anywhere.
var mask = regexp.MustCompile(
	`(?:ya29\.[A-Za-z0-9._-]*|MII[A-Za-z0-9+/]*)?` +
		`\[\.\.\. \d+ more characters withheld\]`)

// onlyMask matches a mask and nothing else.
var onlyMask = regexp.MustCompile(
	publicStart.String() + `?\[\.\.\. \d+ more characters withheld\]$`)

// masked returns the mask for a secret. It returns a mask unchanged.
func masked(secret string) string {
	if onlyMask.MatchString(secret) {
		return secret
	}
	shown := publicStart.FindString(secret)
	return fmt.Sprintf("%s[... %d more characters withheld]", shown, len(secret)-len(shown))
}

// Masks returns the start and the end of each mask in a text.
func Masks(text string) [][]int { return mask.FindAllStringIndex(text, -1) }

// withhold masks a secret everywhere in the part.
func (p *Part) withhold(secret string) {
	if secret != "" {
		p.replace(bytes.ReplaceAll(p.Bytes, []byte(secret), []byte(masked(secret))))
	}
}

// replace replaces the part's bytes with a masked version, and counts the bytes
// that this withholds.
func (p *Part) replace(shown []byte) {
	p.withheld += len(p.Bytes) - len(shown)
	p.Bytes = shown
	p.markMasks()
}

// markMasks makes each mask a field.
func (p *Part) markMasks() {
	p.Fields = nil
	for _, at := range mask.FindAllIndex(p.Bytes, -1) {
		f := Field{Name: "a secret, withheld", Class: Secret, Start: at[0], End: at[1]}
		p.Fields = append(p.Fields, f)
	}
}
