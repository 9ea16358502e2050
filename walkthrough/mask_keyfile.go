// SPDX-License-Identifier: 0BSD

package walkthrough

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
)

// KeyFilePart returns a key file that is safe to show: the private key, and
// every member that isn't known to be public, is masked. A file that can't be
// parsed is masked as a whole.
func KeyFilePart(file []byte) Part {
	p := Part{Name: "key-file", Title: "key.json", Kind: JSON, Bytes: file}
	shown, ok := shownKeyFile(file)
	if !ok {
		shown = []byte(masked(string(file)))
	}
	p.replace(shown)
	return p
}

// maxMemberName is longer than any name in a key file. A longer one could be
// the key itself.
const maxMemberName = 40

// shownKeyFile masks the members of a JSON object one by one.
func shownKeyFile(file []byte) (shown []byte, ok bool) {
	dec := json.NewDecoder(bytes.NewReader(file))
	if open, err := dec.Token(); err != nil || open != json.Delim('{') {
		return nil, false
	}
	done := 0
	for dec.More() {
		token, err := dec.Token()
		if err != nil {
			return nil, false
		}
		name, _ := token.(string)
		var value json.RawMessage
		if len(name) > maxMemberName || dec.Decode(&value) != nil {
			return nil, false
		}
		end := int(dec.InputOffset())
		shown = append(shown, file[done:end-len(value)]...)
		shown = append(shown, shownMember(name, string(value))...)
		done = end
	}
	rest := strings.TrimSpace(string(file[done:]))
	if len(rest) > 1 { // something after the closing brace: it could be anything
		return nil, false
	}
	return append(shown, file[done:]...), true
}

// publicMembers are the members of a key file that may be shown.
var publicMembers = []string{
	"type", "project_id", "private_key_id", "client_email", "client_id", "auth_uri", "token_uri",
	"auth_provider_x509_cert_url", "client_x509_cert_url", "universe_domain",
}

// keyBody matches a PEM file in a JSON string. Its second group is the base64
// (RFC 7468, section 10).
var keyBody = regexp.MustCompile(
	`^("-----BEGIN [A-Z ]{1,40}-----[\\n]{1,4})` +
		`([^\\"]+(?:\\+n[A-Za-z0-9+/=]+)*)` +
		`((?:\\+n)?-----END [A-Z ]{1,40}-----[\\n]{0,4}")$`)

// keyLike matches what a public member never contains: PEM, or a long run of
// base64.
var keyLike = regexp.MustCompile(`PRIVATE KEY|[A-Za-z0-9+/=]{64,}`)

// shownMember returns a member's value, masked unless it is public.
func shownMember(name, value string) string {
	var text string
	isText := json.Unmarshal([]byte(value), &text) == nil
	if isText && slices.Contains(publicMembers, name) && !keyLike.MatchString(text) {
		return value
	}
	if m := keyBody.FindStringSubmatch(value); m != nil && name == "private_key" {
		return m[1] + masked(m[2]) + m[3]
	}
	return `"` + masked(strings.Trim(value, `"`)) + `"`
}
