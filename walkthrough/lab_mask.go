// SPDX-License-Identifier: 0BSD

package walkthrough

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// known is what secrets begin with that is no secret: of an access token what all
// of them begin with, of a private key the lengths and the version that all of its
// size have.
var known = regexp.MustCompile(`^(?:ya29\.c\.(?:c0AS)?|MIIEv[AQgw]IB)`)

// onlyMask is a mask and nothing else.
var onlyMask = regexp.MustCompile(known.String() + `?\[\.\.\. \d+ more characters withheld\]$`)

// masked is what stands in the place of a secret. A mask stays as it is.
func masked(secret string) string {
	if onlyMask.MatchString(secret) {
		return secret
	}
	shown := known.FindString(secret)
	return fmt.Sprintf("%s[... %d more characters withheld]", shown, len(secret)-len(shown))
}

// withhold masks a secret wherever it stands in a part.
func withhold(p *Part, secret string) {
	if secret != "" {
		p.replace(bytes.ReplaceAll(p.Bytes, []byte(secret), []byte(masked(secret))))
	}
}

// replace puts bytes with masks in the place of those of the part, and remembers
// how many there were.
func (p *Part) replace(shown []byte) {
	p.withheld += len(p.Bytes) - len(shown)
	p.Bytes = shown
	p.markMasks()
}

var mask = regexp.MustCompile(`(?:ya29\.[A-Za-z0-9._-]*|MII[A-Za-z0-9+/]*)?\[\.\.\. \d+ more characters withheld\]`)

// markMasks makes a field of each mask.
func (p *Part) markMasks() {
	p.Fields = nil
	for _, at := range mask.FindAllIndex(p.Bytes, -1) {
		p.Fields = append(p.Fields, Field{Name: "a secret, withheld", Class: Secret, Start: at[0], End: at[1]})
	}
}

// What a key file may say aloud (RFC 8259 text as the console writes it).
var publicMembers = []string{"type", "project_id", "private_key_id", "client_email", "client_id", "auth_uri", "token_uri",
	"auth_provider_x509_cert_url", "client_x509_cert_url", "universe_domain"}

// keyBody is the base64 of a PEM, as it stands in JSON.
var keyBody = regexp.MustCompile(`^("-----BEGIN [A-Z ]{1,40}-----[\\n]{1,4})([^\\"]+(?:\\+n[A-Za-z0-9+/=]+)*)((?:\\+n)?-----END [A-Z ]{1,40}-----[\\n]{0,4}")$`)

// keyLike is what does not stand in a public member: a PEM, or a long run of base64.
var keyLike = regexp.MustCompile(`PRIVATE KEY|[A-Za-z0-9+/=]{64,}`)

// keyFilePart is a key file to be shown: the private key and whatever is not
// known to be public are masked. What cannot be read is masked whole.
func keyFilePart(file []byte) (p Part) {
	p = Part{Name: "key-file", Title: "key.json", Kind: JSON}
	defer func() { p.withheld = len(file) - len(p.Bytes); p.markMasks() }()
	whole := []byte(masked(string(file)))
	dec := json.NewDecoder(bytes.NewReader(file))
	if open, err := dec.Token(); err != nil || open != json.Delim('{') {
		p.Bytes = whole
		return p
	}
	done := 0
	for dec.More() {
		name, err := dec.Token()
		var value json.RawMessage
		if member, _ := name.(string); err != nil || len(member) > 40 || dec.Decode(&value) != nil {
			p.Bytes = whole
			return p
		}
		end := int(dec.InputOffset())
		p.Bytes = append(p.Bytes, file[done:end-len(value)]...)
		p.Bytes = append(p.Bytes, shownMember(name, string(value))...)
		done = end
	}
	if len(strings.TrimSpace(string(file[done:]))) > 1 { // more than a brace: of it nothing is known
		p.Bytes = whole
		return p
	}
	p.Bytes = append(p.Bytes, file[done:]...)
	return p
}

// shownMember is the value of a member of a key file as it may be shown.
func shownMember(name json.Token, value string) string {
	member, _ := name.(string)
	var text string
	plain := json.Unmarshal([]byte(value), &text) == nil && !keyLike.MatchString(text)
	if slices.Contains(publicMembers, member) && plain {
		return value
	}
	if m := keyBody.FindStringSubmatch(value); m != nil && member == "private_key" {
		return m[1] + masked(m[2]) + m[3]
	}
	return `"` + masked(strings.Trim(value, `"`)) + `"`
}
