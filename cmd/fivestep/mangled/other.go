// SPDX-License-Identifier: 0BSD

package mangled

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// beginnings are those of files that are something else. They are in lower
// case.
var beginnings = []struct{ text, why, fix string }{
	{"version https://git-lfs", "It's a Git LFS pointer: the file itself was never fetched.",
		"Fetch it with git lfs pull. Better keep the key out of the repository."},
	{"/annex/objects/", "It's a git-annex pointer: the file itself was never fetched.",
		"Fetch it with git annex get."},
	{"<!doctype html", "It's a web page (HTML): of a login or an error, " +
		"for example.", downloadAgain},
	{"<html", "It's a web page (HTML): of a login or an error, for example.", downloadAgain},
	{"<?xml", "It's XML: an error of a storage service, or the settings of an app.", downloadAgain},
	{"<error", "It's XML: an error of a storage service.", downloadAgain},
	{"$ansible_vault", "It's encrypted with Ansible Vault.", "Decrypt it: ansible-vault view FILE."},
	{"-----begin pgp", "It's encrypted with PGP.", "Decrypt it: gpg -d FILE."},
	{"-----begin age", "It's encrypted with age.", "Decrypt it: age -d FILE."},
	{"age-encryption.org", "It's encrypted with age.", "Decrypt it: age -d FILE."},
	{"\x00gitcrypt", "It's encrypted with git-crypt.", "Decrypt it: git-crypt unlock."},
	{"salted__", "It's encrypted with openssl enc.", "Decrypt it: openssl enc -d."},
	{"u2fsdgvkx1", "It's encrypted with openssl enc, in base64.", "Decrypt it: openssl enc -d -a."},
	{"h4si", "It's compressed with gzip, in base64.", "Unpack it: base64 -d FILE | gunzip."},
	{"ls0tls1crudjti", "It's base64 of PEM: of the private key alone, without the JSON around it.",
		copyKeyFile},
	{"\x1f\x8b", "It's compressed with gzip.", "Unpack it: gunzip -c FILE."},
	{"pk\x03\x04", "It's a ZIP archive.", "Unpack it: unzip FILE."},
	{"ya29.", "It's an access token. That is what you get for a key, not a key.",
		"Pipe it into fivestep events."},
	{"aiza", "It's an API key, not a key file. It can only read public calendars.", FromConsole},
	{"gocspx-", "It's the secret of an OAuth client, which is for users who log in.", FromConsole},
	{"curl: ", commandFailed, downloadAgain},
	{"cat: ", commandFailed, downloadAgain},
	{"base64: ", commandFailed, downloadAgain},
	{"error: ", commandFailed, downloadAgain},
	{"error from server", commandFailed, downloadAgain},
	{"404", commandFailed, downloadAgain},
	{"not found", commandFailed, downloadAgain},
	{"accessdenied", commandFailed, downloadAgain},
}

const (
	downloadAgain = "Get the file again, and see whether that worked before you use it."
	commandFailed = "It's the error message of a command that failed."
)

func guessBeginning(text string) *Guess {
	lower := strings.ToLower(text[:min(len(text), 100)])
	for _, b := range beginnings {
		if strings.HasPrefix(lower, b.text) || strings.HasPrefix(text, b.text) { // or binary
			return &Guess{Why: b.why, Fix: b.fix}
		}
	}
	if IsAssertion(text) {
		return &Guess{
			Why: "It's an assertion, or another JWT. A key makes those; it isn't one.",
			Fix: "If fivestep jwt made it, pipe it into fivestep token.",
		}
	}
	return nil
}

// guessType is for credentials of the other types that Google's libraries know.
func guessType(kind, text string) *Guess {
	token := "gcloud auth print-access-token --impersonate-service-account=" + impersonated(text) +
		" --scopes=" + scope + " | fivestep events CALENDAR"
	switch kind {
	case "external_account", "external_account_authorized_user":
		return &Guess{
			Why: "It's for workloads and people of another provider (" + kind +
				"): it has no key, and doesn't need one.",
			Fix: "Let gcloud get the token: gcloud auth login --cred-file=FILE; " + token,
		}
	case "impersonated_service_account":
		return &Guess{
			Why: "It's for someone who may act as a service account, without its key.",
			Fix: "Let gcloud get the token: " + token,
		}
	case "authorized_user":
		return &Guess{
			Why: "It's a person's, as gcloud auth application-default login writes it: " +
				"no key is in it.",
			Fix: "If that person may act as a service account: " + token,
		}
	case "gdch_service_account":
		return &Guess{
			Why: "It's a key of Google Distributed Cloud, which has no Calendar.",
			Fix: "Use a service account of Google Cloud. " + FromConsole,
		}
	}
	return nil
}

// impersonated returns the service account that a file names in the URL of its
// tokens, or ACCOUNT.
func impersonated(text string) string {
	_, account, _ := strings.Cut(text, "serviceAccounts/")
	account, _, found := strings.Cut(account, ":generate")
	if !found || !only(account, nameCharacters+".@-") || IsSecret(account) {
		return "ACCOUNT"
	}
	return account
}

// otherObjects are JSON objects that aren't key files, known by their members.
var otherObjects = []struct {
	members  []string
	why, fix string
}{
	{[]string{"project_info", "client"},
		"It's google-services.json: the Firebase configuration of an Android app, " +
			"with no key in it.",
		FromConsole},
	{[]string{"apiKey", "authDomain"}, "It's the Firebase configuration of a web app, " +
		"with no key in it.",
		FromConsole},
	{[]string{"sops"}, "It's encrypted with SOPS.", "Decrypt it: sops -d FILE."},
	{[]string{"refresh_token"}, "It's the stored token of a person who logged in (token.json of a " +
		"quickstart), not a service account's key.", FromConsole},
	{[]string{"access_token"}, "It's the answer with an access token: steps 1 to 4 are done.",
		"Pipe the token into fivestep events: " +
			"jq -r .access_token <FILE | fivestep events CALENDAR"},
	{[]string{"error"}, "It's the error of a server, saved instead of the file.", downloadAgain},
	{[]string{"errors"}, "It's the error of a server, saved instead of the file.", downloadAgain},
}

// guessObject is for a JSON object without a private key.
func guessObject(members map[string]json.RawMessage, text string) *Guess {
	const depth = 3 // objects in objects
	if inner, path, decode := findInside(members, depth); inner != nil {
		g := &Guess{
			Why:     fmt.Sprintf("A key file is inside, in the member %q.", path[len(path)-1]),
			Inner:   inner,
			Command: jqPath(path, decode),
		}
		switch {
		case members["privateKeyData"] != nil:
			g.Why = "It's the answer of the IAM API: privateKeyData is the key file in base64."
		case strings.Contains(text, `"Secret"`) && members["kind"] != nil:
			g.Why = "It's a Kubernetes Secret: the key file is inside, in its data."
		}
		return g
	}
	for name := range members {
		if strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(name)) == "privatekey" {
			return &Guess{
				Why: "Its members have other names than those of a key file, " +
					"such as private_key: " +
					"they are the settings of another program.",
				Fix: copyKeyFile,
			}
		}
	}
	for _, other := range otherObjects {
		missing := func(name string) bool { return members[name] == nil }
		if !slices.ContainsFunc(other.members, missing) {
			return &Guess{Why: other.why, Fix: other.fix}
		}
	}
	return nil
}
