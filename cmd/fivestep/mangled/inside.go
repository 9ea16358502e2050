// SPDX-License-Identifier: 0BSD

package mangled

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// guessSurrounded recognizes a list with a key file in it, and JSON with other
// text before or after it.
func guessSurrounded(text string) *Guess {
	var list []json.RawMessage
	if json.Unmarshal([]byte(text), &list) == nil && len(list) > 0 && isObject(list[0]) {
		return &Guess{
			Why:     "It's a list, and the key file is inside it.",
			Inner:   list[0],
			Command: "jq '.[0]'",
		}
	}
	from, to := strings.Index(text, "{"), strings.LastIndex(text, "}")
	if from < 0 || to < from || from == 0 && to == len(text)-1 {
		return nil
	}
	inner := []byte(text[from : to+1])
	if !json.Valid(inner) || !strings.Contains(text, `"private_key"`) {
		return nil
	}
	return &Guess{
		Why:   "Other text is before or after the JSON, such as a prompt or a message.",
		Inner: inner,
		Fix:   "Remove all that isn't between the first { and the last }.",
	}
}

// findInside looks for a key file in the members of an object, and in theirs.
// It may be an object, a string that holds JSON, or base64 of it; decode is
// what a command has to do about that. It looks depth objects deep.
func findInside(members map[string]json.RawMessage, depth int) (
	inner []byte, path []string, decode string,
) {
	if depth == 0 {
		return nil, nil, ""
	}
	for _, name := range slices.Sorted(maps.Keys(members)) { // always the same one
		value := members[name]
		if !canBeShown(name) {
			continue
		}
		decode := ""
		var held string
		if json.Unmarshal(value, &held) == nil {
			value, decode = []byte(held), "-r"
			if decoded, command, ok := fromBase64(held); ok {
				value, decode = decoded, command
			}
		}
		var object map[string]json.RawMessage
		if json.Unmarshal(value, &object) != nil {
			continue
		}
		if object["private_key"] != nil {
			return value, []string{name}, decode
		}
		if decode != "" {
			continue
		}
		if inner, path, decode := findInside(object, depth-1); inner != nil {
			return inner, append([]string{name}, path...), decode
		}
	}
	return nil, nil, ""
}

// canBeShown reports whether a member's name is nothing long, and no secret.
func canBeShown(name string) bool {
	const longest = 40
	return len(name) <= longest && only(name, nameCharacters+".-") && !IsSecret(name)
}

// jqPath returns the command that gets a member out. In jq, a name with other
// characters than that of a variable needs quotes.
func jqPath(path []string, decode string) string {
	filter := "."
	for i, name := range path {
		switch {
		case !isName(name):
			filter += fmt.Sprintf("[%q]", name)
		case i > 0:
			filter += "." + name
		default:
			filter += name
		}
	}
	switch decode {
	case "":
		return "jq '" + filter + "'"
	case "-r":
		return "jq -r '" + filter + "'"
	}
	return "jq -r '" + filter + "' | " + decode
}
