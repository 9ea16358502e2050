// SPDX-License-Identifier: 0BSD

package mangled

import (
	"slices"
	"strings"
)

// guessPlaceholder recognizes what is written where a value belongs.
func guessPlaceholder(text string) *Guess {
	const longest = 200 // a placeholder is a short line
	text = strings.Trim(text, `"'`+"`")
	switch {
	case len(text) > longest || strings.Contains(text, "\n"):
		return nil
	case isVariable(text):
		return &Guess{
			Why: "The name of a variable is where its value belongs: nothing replaced it.",
			Fix: "Set the variable where this runs, and write the file again. " +
				"A shell replaces $NAME, but not inside single quotes.",
		}
	case isUnset(text):
		return &Guess{
			Why: "A program wrote a variable that wasn't set, or that held no text.",
			Fix: "Set it where this runs, and write the file again.",
		}
	case isMask(text):
		return &Guess{
			Why: "It's a mask or a placeholder (***), as logs, " +
				"settings pages and examples have it.",
			Fix: "Use the secret itself, from the file that was downloaded: " +
				"a mask can't be undone.",
		}
	case isFilePath(text):
		return &Guess{
			Why: "It's the path of a file, not what is in that file.",
			Fix: "Give that path with -key, or copy the file itself.",
		}
	}
	return nil
}

// marks are what is around the name of a variable. Where any is set, what is
// between them may be more than a name.
var marks = []struct {
	before, after string
	any           bool
}{
	{"${", "}", true}, // and ${{ secrets.NAME }}
	{"$(", ")", true},
	{"{{", "}}", true},
	{"<%", "%>", true},
	{"$", "", false},
	{"$env:", "", false},
	{"%", "%", false},
	{"__", "__", false},
}

// scopes are the objects of which a variable is a member, as in
// process.env.NAME and secrets["NAME"].
var scopes = []string{
	"process.env", "os.environ", "secrets", "vars", "var", "env", "local", "data",
}

// isVariable reports whether text is the name of a variable with what a program
// would replace it by, or NAME_IN_CAPITALS.
func isVariable(text string) bool {
	for _, m := range marks {
		name, ok := inside(text, m.before, m.after)
		if ok && (m.any || only(name, nameCharacters)) {
			return true
		}
	}
	for _, scope := range scopes {
		member, ok := strings.CutPrefix(text, scope)
		if ok && strings.ContainsAny(member[:min(len(member), 1)], ".[") && !hasSpace(member) {
			return true
		}
	}
	return only(text, capitals+digits+"_") &&
		strings.Contains(capitals, text[:1]) && strings.Contains(text, "_")
}

// isUnset reports whether text is how programs write that there's no value.
func isUnset(text string) bool {
	switch strings.ToLower(text) {
	case "", "null", "undefined", "none", "nil", "true", "false", "[object object]":
		return true
	}
	return false
}

// maskWords are in a placeholder, and hiddenWords are all of one.
var (
	maskWords = []string{
		"your ", "your_", "your-", "placeholder", "changeme", "change me",
		"todo", "insert", "paste", "replace",
	}
	hiddenWords = []string{
		"masked", "redacted", "hidden", "secure", "secret", "sensitive",
		"sensitive value", "filtered", "protected",
	}
)

// isMask reports whether text is a mask, such as *** or [hidden], or a
// placeholder, such as <key> or YOUR-KEY.
func isMask(text string) bool {
	const shortest = 3 // bytes: ..., xxx, or a single •
	text = strings.ToLower(text)
	if len(text) >= shortest && only(text, "*x.•…") {
		return true
	}
	if name, ok := inside(text, "<", ">"); ok && !strings.ContainsAny(name, "<>") {
		return true
	}
	if name, ok := inside(text, "[", "]"); ok && only(name, smallLetters+" _-") {
		return true
	}
	if slices.Contains(hiddenWords, strings.Trim(text, "()")) {
		return true
	}
	return slices.ContainsFunc(maskWords, func(word string) bool {
		return strings.Contains(text, word)
	})
}

// pathBeginnings are those of paths, and of URLs of files.
var pathBeginnings = []string{"/", "~/", "./", "../", "file:", "gs:", "http:", "https:"}

// isFilePath reports whether text is a path or a URL.
func isFilePath(text string) bool {
	if hasSpace(text) {
		return false
	}
	return strings.HasSuffix(text, ".json") ||
		strings.Index(text, `:\`) == len("C") || // a drive of Windows
		slices.ContainsFunc(pathBeginnings, func(beginning string) bool {
			return strings.HasPrefix(text, beginning)
		})
}
