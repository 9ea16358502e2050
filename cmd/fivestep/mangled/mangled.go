// SPDX-License-Identifier: 0BSD

// Package mangled guesses how a key file got damaged on its way to a program, or
// what was put in its place, from public bug reports. It never shows anything
// that can be secret.
package mangled

import (
	"encoding/json"
	"strings"
)

// Guess says how a file probably became what it is, and what to do about it.
type Guess struct {
	Why, Fix string

	// Inner is the key file inside, if there is one, and Command gets it out
	// of the file that is its standard input. Without a Command, Fix says how.
	Inner   []byte
	Command string
}

const (
	copyKeyFile = "Copy the file again, exactly as downloaded."

	// FromConsole says where a key file comes from.
	FromConsole = "Get the account's JSON key from the console: " +
		"IAM & Admin > Service Accounts > " +
		"Keys > Add key > Create new key > JSON."

	tokenURL = "https://oauth2.googleapis.com/token"
	scope    = "https://www.googleapis.com/auth/calendar.events.readonly"
)

// Look guesses what happened to the text of a key file. member is the member
// that its reader found to be wrong, or "" if there's none to name. Look returns
// nil if it has no guess.
func Look(member, text string) *Guess {
	text = strings.TrimSpace(text)
	var members map[string]json.RawMessage
	if json.Unmarshal([]byte(text), &members) != nil || members == nil {
		return guessText(text)
	}
	value := func(name string) (s string) {
		_ = json.Unmarshal(members[name], &s) // "" if it isn't a string
		return s
	}
	switch {
	case member == "private_key" && value("private_key") != "":
		return guessPrivateKey(text, strings.TrimSpace(value("private_key")))
	case (member == "client_email" || member == "token_uri") && value(member) != "":
		return guessInvisible(member, value(member))
	case value("type") != "" && value("type") != "service_account":
		return guessType(value("type"), text)
	case value("private_key") == "":
		return guessObject(members, text)
	case value("client_email") != "":
		return guessIncomplete(members, text)
	}
	return nil
}

// guessIncomplete is for a file with the two members that can't be known
// otherwise, but without others.
func guessIncomplete(members map[string]json.RawMessage, text string) *Guess {
	if members["type"] != nil && members["token_uri"] != nil {
		return nil
	}
	const add = `{"type": "service_account", "token_uri": "` + tokenURL + `"}`
	return &Guess{
		Why: "The file was put together from variables, " +
			"without the members that are always the same.",
		Inner:   merged(text, add),
		Command: "jq '. + " + add + "'",
	}
}

// guessText is for what isn't a JSON object. The order matters: the more
// special comes first.
func guessText(text string) *Guess {
	for _, recognize := range []func(text string) *Guess{
		guessBeginning,
		guessPlaceholder,
		guessEncoded,
		guessKubernetes,
		guessSettings,
		guessQuoted,
		guessEscaped,
		guessOtherLanguage,
		guessSurrounded,
		guessYAML,
	} {
		if g := recognize(text); g != nil {
			return g
		}
	}
	return nil
}

// Unpack returns the commands that get the key file out of the text of a
// variable: none for JSON, and those that decode base64 of it.
func Unpack(text string) (command string, ok bool) {
	if isObject([]byte(text)) {
		return "", true
	}
	_, command, ok = fromBase64(strings.Join(strings.Fields(text), ""))
	return command, ok
}

// merged returns a key file with the members of add.
func merged(text, add string) []byte {
	members := make(map[string]any)
	for _, object := range []string{text, add} {
		if json.Unmarshal([]byte(object), &members) != nil {
			return nil
		}
	}
	file, _ := json.Marshal(members) // it was JSON before
	return file
}

// replaced returns a key file with another private_key.
func replaced(text, with string) []byte {
	add, _ := json.Marshal(map[string]string{"private_key": with})
	return merged(text, string(add))
}
