// SPDX-License-Identifier: 0BSD

package mangled

import (
	"encoding/json"
	"strconv"
	"strings"
)

// quotes are those that may be around a whole file.
var quotes = []struct{ before, after string }{
	{`"`, `"`}, {"'", "'"}, {"`", "`"},
	{"“", "”"}, {"„", "“"}, {"‘", "’"}, {"«", "»"},
}

// guessQuoted recognizes a JSON string that holds the JSON, and quotes around
// it.
func guessQuoted(text string) *Guess {
	const most = 3 // strings in strings
	inner, command := text, ""
	for range most {
		outer := inner
		if json.Unmarshal([]byte(outer), &inner) != nil {
			break
		}
		command = strings.TrimPrefix(command+" | jq -r .", " | ")
		if isObject([]byte(inner)) {
			return &Guess{
				Why:     "It's a JSON string that holds the JSON: it was encoded twice.",
				Inner:   []byte(inner),
				Command: command,
			}
		}
	}
	for _, q := range quotes {
		inner, before := strings.CutPrefix(text, q.before)
		inner = strings.TrimSuffix(strings.TrimRight(inner, "; \r\n"), q.after)
		if g := guessEscaped(inner); before && g != nil {
			return &Guess{
				Why: "Quotes are around the JSON, and those in it have backslashes: " +
					"it's from a script.",
				Inner: g.Inner,
				Fix:   "Remove the quotes around it, and the backslash before each quote.",
			}
		}
		if before && isObject([]byte(inner)) {
			return &Guess{
				Why: "Quotes are around the JSON; " +
					"docker --env-file and some .env files keep them.",
				Inner: []byte(inner),
				Fix:   "Remove the quotes where the file or the variable is written.",
			}
		}
	}
	return nil
}

// isEscaped reports whether a backslash is before the first quote of an object.
func isEscaped(text string) bool {
	inner := afterBrace(text)
	quote := strings.TrimLeft(inner, `\`)
	return quote != inner && strings.HasPrefix(quote, `"`)
}

// guessEscaped recognizes JSON whose quotes were escaped for a string.
func guessEscaped(text string) *Guess {
	switch {
	case isEscaped(text):
		g := &Guess{
			Why: "Its quotes are escaped with backslashes: " +
				"it was meant for the inside of a string.",
			Inner:   []byte(strings.ReplaceAll(text, `\"`, `"`)),
			Command: `sed 's/\\"/"/g'`,
		}
		if all, err := strconv.Unquote(`"` + text + `"`); err == nil && json.Valid([]byte(all)) {
			g.Inner = []byte(all)
			g.Command = `sed 's/\\\(["\\]\)/\1/g'`
		}
		return g
	case strings.Contains(text, "&quot;") || strings.Contains(text, "&#34;"):
		fromHTML := strings.NewReplacer("&quot;", `"`, "&#34;", `"`, "&#39;", "'",
			"&lt;", "<", "&gt;", ">", "&amp;", "&")
		return &Guess{
			Why:     "Its quotes are escaped as in HTML (&quot;).",
			Inner:   []byte(fromHTML.Replace(text)),
			Command: "python3 -c 'import sys, html; print(html.unescape(sys.stdin.read()))'",
		}
	}
	typographic := strings.NewReplacer(
		"“", `"`, "”", `"`, "„", `"`, "«", `"`, "»", `"`, "″", `"`)
	if straight := typographic.Replace(text); straight != text && isObject([]byte(straight)) {
		return &Guess{
			Why:     "Its quotes are typographic (“ ”): an editor or a chat program changed them.",
			Inner:   []byte(straight),
			Command: `sed 's/[“”„«»″]/"/g'`,
		}
	}
	return nil
}

// guessOtherLanguage recognizes values as programming languages print them.
func guessOtherLanguage(text string) *Guess {
	const python = "python3 -c 'import ast, json, sys; " +
		"print(json.dumps(ast.literal_eval(sys.stdin.read())))'"
	switch {
	case strings.HasPrefix(text, "b'") || strings.HasPrefix(text, `b"`):
		return &Guess{
			Why: "It's how Python prints bytes: b'...'.",
			Fix: "Write the text, not its repr: data.decode().",
		}
	case strings.HasPrefix(afterBrace(text), "'"):
		return &Guess{
			Why: "Its quotes are single: it's how Python prints a dict, not JSON.",
			Fix: "Convert it: " + python + ".",
		}
	case hasBareName(afterBrace(text)):
		return &Guess{
			Why: "It's an object of JavaScript, Ruby or YAML: " +
				"JSON has double quotes around each name.",
			Fix: "Write it as JSON (JSON.stringify, to_json). " + copyKeyFile,
		}
	case strings.HasPrefix(text, "{") && isLoose(text):
		return &Guess{
			Why: "It has comments, or a comma before a closing brace. JSON has neither.",
			Fix: "Remove them.",
		}
	}
	return nil
}

// hasBareName reports whether an object begins with a name as JavaScript, Ruby
// or YAML has it: name: or :name => or "name" =>. inner is what follows the {.
func hasBareName(inner string) bool {
	name, _, found := strings.Cut(inner, "=>")
	if found && only(strings.Trim(strings.TrimSpace(name), `:"`), nameCharacters) {
		return true
	}
	name, _, found = strings.Cut(inner, ":")
	return found && only(strings.TrimSpace(name), nameCharacters)
}

// isLoose reports whether JSON has what only its dialects have: comments, or a
// comma before a closing brace.
func isLoose(text string) bool {
	packed := strings.Join(strings.Fields(text), "")
	return strings.Contains(packed, ",}") || strings.Contains(packed, ",]") ||
		hasLine(text, isComment)
}

func isComment(line string) bool {
	line = strings.TrimSpace(line)
	return strings.HasPrefix(line, "//") ||
		strings.HasPrefix(line, "/*") ||
		strings.HasPrefix(line, "#")
}
