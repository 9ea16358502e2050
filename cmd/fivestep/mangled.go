// SPDX-License-Identifier: 0BSD

package main

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"example.com/fivestep/jwt"
)

// guess says how a file probably became what it is, and what to do about it.
type guess struct {
	why, fix string

	// inner is the key file inside, if there is one, and command gets it out
	// of the file that is its standard input.
	inner   []byte
	command string
}

const copyKeyFile = "Copy the file again, exactly as downloaded."

// explainKey adds to what jwt saw in the file how that probably happened, and
// what to do in this place.
func (f *flags) explainKey(e *jwt.KeyFileError, data []byte) error {
	why, hint := advice(e)
	if g := guessKey(e, data); g != nil {
		why, hint = g.why, f.undo(g)
	}
	return &stepError{
		step: 1,
		err:  fmt.Errorf("%s: %s", f.keyName(), strings.TrimPrefix(e.Error(), "jwt: key file: ")),
		why:  why,
		hint: hint,
	}
}

// undo says what to do about a guess. It tries the key file inside, so that
// nobody creates a new key in place of a good one.
func (f *flags) undo(g *guess) string {
	if g.inner == nil {
		return g.fix
	}
	state := "The key file inside is good: you don't need a new key."
	if _, err := jwt.ParseKeyFile(g.inner); err != nil {
		state = "The key file inside has a fault, too: " +
			strings.TrimPrefix(err.Error(), "jwt: key file: ") + "."
	}
	if g.command == "" {
		return state + " " + g.fix
	}
	command := g.command
	if !f.keyFromPipe() {
		first, rest, _ := strings.Cut(command, " | ")
		command = strings.TrimSuffix(first+" <"+shellWord(f.key)+" | "+rest, " | ")
	}
	return fmt.Sprintf("%s Get it out: %s | fivestep %s -key -", state, command, f.set.Name())
}

// guessKey returns nil if jwt's own advice is as good as any.
func guessKey(e *jwt.KeyFileError, data []byte) *guess {
	text := strings.TrimSpace(strings.TrimPrefix(string(data), byteOrderMark))
	var members map[string]json.RawMessage
	if json.Unmarshal([]byte(text), &members) != nil || members == nil {
		return guessText(text)
	}
	member := func(name string) (value string) {
		_ = json.Unmarshal(members[name], &value) // "" if it isn't a string
		return value
	}
	switch {
	case e.Member == "private_key" && member("private_key") != "":
		return guessPrivateKey(text, strings.TrimSpace(member("private_key")))
	case (e.Member == "client_email" || e.Member == "token_uri") && member(e.Member) != "":
		return guessInvisible(e.Member, member(e.Member))
	case member("type") != "" && member("type") != "service_account":
		return guessType(member("type"), text)
	case member("private_key") == "":
		return guessObject(members, text)
	case member("client_email") != "":
		return guessIncomplete(members, text)
	}
	return nil
}

// guessIncomplete is for a file with the two members that can't be known
// otherwise, but without others.
func guessIncomplete(members map[string]json.RawMessage, text string) *guess {
	if members["type"] != nil && members["token_uri"] != nil {
		return nil
	}
	const add = `{"type": "service_account", "token_uri": "` + googleTokenURL + `"}`
	return &guess{
		why: "The file was put together from variables, " +
			"without the members that are always the same.",
		inner:   merged(text, add),
		command: "jq '. + " + add + "'",
	}
}

// guessText is for what isn't a JSON object. The order matters: the more
// special comes first.
func guessText(text string) *guess {
	for _, recognize := range []func(text string) *guess{
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
	{"aiza", "It's an API key, not a key file. It can only read public calendars.", fromConsole},
	{"gocspx-", "It's the secret of an OAuth client, which is for users who log in.", fromConsole},
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
	fromConsole   = "Get the account's JSON key from the console: " +
		"IAM & Admin > Service Accounts > " +
		"Keys > Add key > Create new key > JSON."
)

func guessBeginning(text string) *guess {
	lower := strings.ToLower(text[:min(len(text), 100)])
	for _, b := range beginnings {
		if strings.HasPrefix(lower, b.text) || strings.HasPrefix(text, b.text) { // or binary
			return &guess{why: b.why, fix: b.fix}
		}
	}
	if isAssertion(text) {
		return &guess{
			why: "It's an assertion, or another JWT. A key makes those; it isn't one.",
			fix: "If fivestep jwt made it, pipe it into fivestep token.",
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

// guessPlaceholder recognizes what is written where a value belongs.
func guessPlaceholder(text string) *guess {
	const longest = 200 // a placeholder is a short line
	text = strings.Trim(text, `"'`+"`")
	switch {
	case len(text) > longest || strings.Contains(text, "\n"):
		return nil
	case isVariable(text):
		return &guess{
			why: "The name of a variable is where its value belongs: nothing replaced it.",
			fix: "Set the variable where this runs, and write the file again. " +
				"A shell replaces $NAME, but not inside single quotes.",
		}
	case isUnset(text):
		return &guess{
			why: "A program wrote a variable that wasn't set, or that held no text.",
			fix: "Set it where this runs, and write the file again.",
		}
	case isMask(text):
		return &guess{
			why: "It's a mask or a placeholder (***), as logs, " +
				"settings pages and examples have it.",
			fix: "Use the secret itself, from the file that was downloaded: " +
				"a mask can't be undone.",
		}
	case isFilePath(text):
		return &guess{
			why: "It's the path of a file, not what is in that file.",
			fix: "Give that path with -key, or copy the file itself.",
		}
	}
	return nil
}

// guessEncoded recognizes encodings of the whole file.
func guessEncoded(text string) *guess {
	all := strings.Join(strings.Fields(text), "")
	word, before := strings.Trim(all, `"'`), ""
	if word != all {
		before = `tr -d \"\' | `
	}
	if strings.Contains(word, `\n`) {
		word, before = strings.ReplaceAll(word, `\n`, ""), before+`sed 's/\\n//g' | `
	}
	if _, after, found := strings.Cut(word, ";base64,"); found && strings.HasPrefix(word, "data:") {
		word, before = after, before+"sed 's/^data:.*,//' | "
	}
	if inner, command, ok := fromBase64(word); ok {
		return &guess{
			why: "It's base64 of a key file: a secret or a variable was encoded, " +
				"and not decoded.",
			inner:   inner,
			command: before + command,
		}
	}
	if inner, err := hex.DecodeString(word); err == nil && isObject(inner) {
		return &guess{why: "It's the key file in hexadecimal.", inner: inner, command: "xxd -r -p"}
	}
	if inner, err := url.PathUnescape(word); err == nil && strings.HasPrefix(word, "%") &&
		isObject([]byte(inner)) {
		return &guess{
			why:   "It's percent-encoded, as in a URL.",
			inner: []byte(inner),
			command: "python3 -c 'import sys, urllib.parse as u; " +
				"print(u.unquote(sys.stdin.read()))'",
		}
	}
	if strings.HasPrefix(word, "ewog") || strings.HasPrefix(word, "ew0K") ||
		strings.HasPrefix(word, "eyJ") {
		return &guess{
			why: "It looks like base64 of a key file, but is damaged or cut off.",
			fix: "Copy all of it again, and decode it: base64 -d.",
		}
	}
	return nil
}

// fromBase64 decodes base64 of a JSON object, or base64 of that, in either
// alphabet, with padding or without.
func fromBase64(word string) (inner []byte, command string, ok bool) {
	const most = 3 // layers; two are seen where a Secret is filled with base64
	for range most {
		decode := "base64 -d"
		if strings.ContainsAny(word, "-_") {
			decode = "tr _- /+ | base64 -d"
		}
		standard := strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(word, "="))
		inner, err := base64.RawStdEncoding.DecodeString(standard)
		if err != nil {
			return nil, "", false
		}
		command = strings.TrimPrefix(command+" | "+decode, " | ")
		if isObject(inner) {
			return inner, command, true
		}
		word = strings.Join(strings.Fields(string(inner)), "")
	}
	return nil, "", false
}

// isObject reports whether text begins as a JSON object does.
func isObject(text []byte) bool {
	inner := afterBrace(string(text))
	return strings.HasPrefix(inner, `"`) || strings.HasPrefix(inner, "}")
}

// afterBrace returns what follows the { that text begins with, or "".
func afterBrace(text string) string {
	inner, found := strings.CutPrefix(strings.TrimSpace(text), "{")
	if !found {
		return ""
	}
	return strings.TrimSpace(inner)
}

// yamlItem returns the name and the value in a line of YAML, without their
// quotes, or "" and "".
func yamlItem(line string) (name, value string) {
	line = strings.TrimPrefix(strings.TrimSpace(line), "- ")
	name, value, found := strings.Cut(line+" ", ": ")
	if !found {
		return "", ""
	}
	return strings.Trim(name, `"'`), strings.Trim(strings.TrimSpace(value), `"'`)
}

// kubernetesKind returns Secret, ConfigMap or the like, or "".
func kubernetesKind(lines []string) string {
	for _, line := range lines {
		name, kind := yamlItem(line)
		if name != "kind" || line[0] != 'k' { // one in another object is indented
			continue
		}
		if kind == "ConfigMap" || strings.HasSuffix(kind, "Secret") && isName(kind) {
			return kind
		}
	}
	return ""
}

// guessKubernetes recognizes a Secret as kubectl get -o yaml prints it.
func guessKubernetes(text string) *guess {
	const shortest = 40 // characters of a key file in base64, at least
	lines := strings.Split(text, "\n")
	kind := kubernetesKind(lines)
	if kind == "" {
		return nil
	}
	if strings.Contains(text, "encryptedData:") {
		return &guess{
			why: "It's a sealed Kubernetes Secret (YAML): only the cluster can decrypt it.",
			fix: "Mount the Secret that the cluster makes of it.",
		}
	}
	for _, line := range lines {
		name, value := yamlItem(line)
		if len(value) < shortest || !canBeShown(name) {
			continue
		}
		if inner, decode, ok := fromBase64(value); ok {
			return &guess{
				why:     "It's a Kubernetes Secret (YAML): the key file is base64 in its data.",
				inner:   inner,
				command: fmt.Sprintf(`yq -r '.data["%s"]' | %s`, name, decode),
			}
		}
	}
	return &guess{
		why: "It's a Kubernetes " + kind + " (YAML), not the key file in it.",
		fix: "Mount the Secret as a file. To see it: kubectl get secret NAME " +
			`-o jsonpath='{.data.key\.json}' | base64 -d`,
	}
}

// isTOML reports whether a line is one of TOML, with a member of a key file.
func isTOML(line string) bool {
	name, value, _ := strings.Cut(line, "=")
	switch strings.TrimSpace(name) {
	case "type", "private_key", "client_email":
		value = strings.TrimSpace(value)
		return strings.HasPrefix(value, `"`) || strings.HasPrefix(value, "'")
	}
	return false
}

// isKeyVariable reports whether a line sets a variable such as
// GOOGLE_PRIVATE_KEY.
func isKeyVariable(line string) bool {
	name, _, found := strings.Cut(strings.ToLower(line), "=")
	name = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(name), "export "))
	return found && isName(name) &&
		(strings.Contains(name, "private_key") || strings.Contains(name, "client_email"))
}

// isEmptyVariable reports whether text is NAME= and nothing else.
func isEmptyVariable(text string) bool {
	name, found := strings.CutSuffix(text, "=")
	return found && isName(name)
}

// declarations are what is before the name where a variable is set.
var declarations = []string{"export ", "set ", "ENV ", "$env:", "const ", "let ", "var "}

// afterName returns what follows NAME= in a .env file or a script with a single
// variable, or "". Comments may be before it.
func afterName(text string) string {
	for strings.HasPrefix(text, "#") {
		_, text, _ = strings.Cut(text, "\n")
		text = strings.TrimSpace(text)
	}
	name, value, _ := strings.Cut(text, "=")
	for _, declaration := range declarations {
		if after, found := strings.CutPrefix(name, declaration); found {
			name = after
			break
		}
	}
	name = strings.TrimSpace(name)
	if !only(name, nameCharacters+".-") || !isName(name[:1]) {
		return ""
	}
	return strings.TrimSpace(value)
}

// guessSettings recognizes the formats of settings: TOML and .env.
func guessSettings(text string) *guess {
	if strings.ContainsAny(text[:min(len(text), 1)], "{\"'`") {
		return nil // JSON, or nearly
	}
	value := afterName(text)
	switch {
	case hasLine(text, isTOML):
		return &guess{
			why: "It's TOML, or another format of settings, with the members of a key file.",
			fix: "Write it as JSON. " + copyKeyFile,
		}
	case isObject([]byte(value)):
		g := &guess{
			why:     "A NAME= is before the JSON: it's a line of a .env file, or of a script.",
			inner:   []byte(strings.TrimRight(value, ";\r\n")),
			command: "sed '1s/^[^=]*=//'",
		}
		if strings.HasPrefix(text, "#") || strings.HasSuffix(text, ";") {
			g.command, g.fix = "", "Keep only the JSON: all from the first { to the last }."
		}
		return g
	case value != "" && !hasLine(text, isKeyVariable):
		g := &guess{
			why: "A NAME= is before the value: it's a line of a .env file, or of a script.",
			fix: "Keep only what follows the =, without the quotes around it.",
		}
		ofValue := guessText(value)
		switch {
		case ofValue == nil:
		case ofValue.inner != nil:
			g.inner = ofValue.inner
		default:
			g.why, g.fix = g.why+" "+ofValue.why, ofValue.fix
		}
		return g
	case isEmptyVariable(text):
		return &guess{
			why: "It's a NAME= without a value: the variable wasn't set.",
			fix: "Set it where this runs, and write the file again.",
		}
	case hasLine(text, isKeyVariable):
		return &guess{
			why: "It's a .env file, or a script, with the members of a key file as variables.",
			fix: "A key file is JSON. " + copyKeyFile,
		}
	}
	return nil
}

// isYAML reports whether a line is one of YAML, with a member of a key file or
// of a Kubernetes object.
func isYAML(line string) bool {
	switch name, _ := yamlItem(line); name {
	case "type", "private_key", "private_key_id", "client_email", "project_id", "apiVersion":
		return true
	}
	return false
}

func guessYAML(text string) *guess {
	if strings.HasPrefix(text, "{") || !hasLine(text, isYAML) {
		return nil
	}
	return &guess{
		why: "It's YAML; a key file is JSON, which begins with {.",
		fix: "Convert it (yq -o json), or copy the file again, exactly as downloaded.",
	}
}

// quotes are those that may be around a whole file.
var quotes = []struct{ before, after string }{
	{`"`, `"`}, {"'", "'"}, {"`", "`"},
	{"“", "”"}, {"„", "“"}, {"‘", "’"}, {"«", "»"},
}

// guessQuoted recognizes a JSON string that holds the JSON, and quotes around
// it.
func guessQuoted(text string) *guess {
	const most = 3 // strings in strings
	inner, command := text, ""
	for range most {
		outer := inner
		if json.Unmarshal([]byte(outer), &inner) != nil {
			break
		}
		command = strings.TrimPrefix(command+" | jq -r .", " | ")
		if isObject([]byte(inner)) {
			return &guess{
				why:     "It's a JSON string that holds the JSON: it was encoded twice.",
				inner:   []byte(inner),
				command: command,
			}
		}
	}
	for _, q := range quotes {
		inner, before := strings.CutPrefix(text, q.before)
		inner = strings.TrimSuffix(strings.TrimRight(inner, "; \r\n"), q.after)
		if g := guessEscaped(inner); before && g != nil {
			return &guess{
				why: "Quotes are around the JSON, and those in it have backslashes: " +
					"it's from a script.",
				inner: g.inner,
				fix:   "Remove the quotes around it, and the backslash before each quote.",
			}
		}
		if before && isObject([]byte(inner)) {
			return &guess{
				why: "Quotes are around the JSON; " +
					"docker --env-file and some .env files keep them.",
				inner: []byte(inner),
				fix:   "Remove the quotes where the file or the variable is written.",
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

var fromHTML = strings.NewReplacer(
	"&quot;", `"`, "&#34;", `"`, "&#39;", "'", "&lt;", "<", "&gt;", ">", "&amp;", "&")

// guessEscaped recognizes JSON whose quotes were escaped for a string.
func guessEscaped(text string) *guess {
	switch {
	case isEscaped(text):
		g := &guess{
			why: "Its quotes are escaped with backslashes: " +
				"it was meant for the inside of a string.",
			inner:   []byte(strings.ReplaceAll(text, `\"`, `"`)),
			command: `sed 's/\\"/"/g'`,
		}
		if all, err := strconv.Unquote(`"` + text + `"`); err == nil && json.Valid([]byte(all)) {
			g.inner = []byte(all)
			g.command = `sed 's/\\\(["\\]\)/\1/g'`
		}
		return g
	case strings.Contains(text, "&quot;") || strings.Contains(text, "&#34;"):
		return &guess{
			why:     "Its quotes are escaped as in HTML (&quot;).",
			inner:   []byte(fromHTML.Replace(text)),
			command: "python3 -c 'import sys, html; print(html.unescape(sys.stdin.read()))'",
		}
	}
	typographic := strings.NewReplacer(
		"“", `"`, "”", `"`, "„", `"`, "«", `"`, "»", `"`, "″", `"`)
	if straight := typographic.Replace(text); straight != text && isObject([]byte(straight)) {
		return &guess{
			why:     "Its quotes are typographic (“ ”): an editor or a chat program changed them.",
			inner:   []byte(straight),
			command: `sed 's/[“”„«»″]/"/g'`,
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

// guessOtherLanguage recognizes values as programming languages print them.
func guessOtherLanguage(text string) *guess {
	const python = "python3 -c 'import ast, json, sys; " +
		"print(json.dumps(ast.literal_eval(sys.stdin.read())))'"
	switch {
	case strings.HasPrefix(text, "b'") || strings.HasPrefix(text, `b"`):
		return &guess{
			why: "It's how Python prints bytes: b'...'.",
			fix: "Write the text, not its repr: data.decode().",
		}
	case strings.HasPrefix(afterBrace(text), "'"):
		return &guess{
			why: "Its quotes are single: it's how Python prints a dict, not JSON.",
			fix: "Convert it: " + python + ".",
		}
	case hasBareName(afterBrace(text)):
		return &guess{
			why: "It's an object of JavaScript, Ruby or YAML: " +
				"JSON has double quotes around each name.",
			fix: "Write it as JSON (JSON.stringify, to_json). " + copyKeyFile,
		}
	case strings.HasPrefix(text, "{") && isLoose(text):
		return &guess{
			why: "It has comments, or a comma before a closing brace. JSON has neither.",
			fix: "Remove them.",
		}
	}
	return nil
}

// guessSurrounded recognizes a list with a key file in it, and JSON with other
// text before or after it.
func guessSurrounded(text string) *guess {
	var list []json.RawMessage
	if json.Unmarshal([]byte(text), &list) == nil && len(list) > 0 && isObject(list[0]) {
		return &guess{
			why:     "It's a list, and the key file is inside it.",
			inner:   list[0],
			command: "jq '.[0]'",
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
	return &guess{
		why:   "Other text is before or after the JSON, such as a prompt or a message.",
		inner: inner,
		fix:   "Remove all that isn't between the first { and the last }.",
	}
}

// guessInvisible names the character that doesn't show in an address or URL.
func guessInvisible(member, value string) *guess {
	names := map[rune]string{
		' ': "blank", '\t': "tab", '\n': "line break", '\r': "carriage return",
		'\u00a0': "no-break space", '\u200b': "zero-width space", '\ufeff': "byte order mark",
	}
	for i, r := range value {
		if r > ' ' && r <= '~' {
			continue
		}
		where := "in the middle of"
		switch {
		case strings.TrimFunc(value[:i], notVisible) == "":
			where = "at the beginning of"
		case strings.TrimFunc(value[i:], notVisible) == "":
			where = "at the end of"
		}
		name := names[r]
		if name == "" {
			name = "character"
		}
		return &guess{
			why: fmt.Sprintf("A %s (U+%04X) is %s %s, which makes it a different one.",
				name, r, where, member),
			fix: "Remove that character. You don't need a new key.",
		}
	}
	return nil
}

func notVisible(r rune) bool { return r <= ' ' || r > '~' || !unicode.IsPrint(r) }

// guessType is for credentials of the other types that Google's libraries know.
func guessType(kind, text string) *guess {
	token := "gcloud auth print-access-token --impersonate-service-account=" + impersonated(text) +
		" --scopes=" + jwt.DefaultScope + " | fivestep events CALENDAR"
	switch kind {
	case "external_account", "external_account_authorized_user":
		return &guess{
			why: "It's for workloads and people of another provider (" + kind +
				"): it has no key, and doesn't need one.",
			fix: "Let gcloud get the token: gcloud auth login --cred-file=FILE; " + token,
		}
	case "impersonated_service_account":
		return &guess{
			why: "It's for someone who may act as a service account, without its key.",
			fix: "Let gcloud get the token: " + token,
		}
	case "authorized_user":
		return &guess{
			why: "It's a person's, as gcloud auth application-default login writes it: " +
				"no key is in it.",
			fix: "If that person may act as a service account: " + token,
		}
	case "gdch_service_account":
		return &guess{
			why: "It's a key of Google Distributed Cloud, which has no Calendar.",
			fix: "Use a service account of Google Cloud. " + fromConsole,
		}
	}
	return nil
}

// impersonated returns the service account that a file names in the URL of its
// tokens, or ACCOUNT.
func impersonated(text string) string {
	_, account, _ := strings.Cut(text, "serviceAccounts/")
	account, _, found := strings.Cut(account, ":generate")
	if !found || !only(account, nameCharacters+".@-") || isSecret(account) {
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
		fromConsole},
	{[]string{"apiKey", "authDomain"}, "It's the Firebase configuration of a web app, " +
		"with no key in it.",
		fromConsole},
	{[]string{"sops"}, "It's encrypted with SOPS.", "Decrypt it: sops -d FILE."},
	{[]string{"refresh_token"}, "It's the stored token of a person who logged in (token.json of a " +
		"quickstart), not a service account's key.", fromConsole},
	{[]string{"access_token"}, "It's the answer with an access token: steps 1 to 4 are done.",
		"Pipe the token into fivestep events: " +
			"jq -r .access_token <FILE | fivestep events CALENDAR"},
	{[]string{"error"}, "It's the error of a server, saved in place of the file.", downloadAgain},
	{[]string{"errors"}, "It's the error of a server, saved in place of the file.", downloadAgain},
}

// guessObject is for a JSON object without a private key.
func guessObject(members map[string]json.RawMessage, text string) *guess {
	const depth = 3 // objects in objects
	if inner, path, decode := findInside(members, depth); inner != nil {
		g := &guess{
			why:     fmt.Sprintf("A key file is inside, in the member %q.", path[len(path)-1]),
			inner:   inner,
			command: jqPath(path, decode),
		}
		switch {
		case members["privateKeyData"] != nil:
			g.why = "It's the answer of the IAM API: privateKeyData is the key file in base64."
		case strings.Contains(text, `"Secret"`) && members["kind"] != nil:
			g.why = "It's a Kubernetes Secret: the key file is inside, in its data."
		}
		return g
	}
	for name := range members {
		if strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(name)) == "privatekey" {
			return &guess{
				why: "Its members have other names than those of a key file, " +
					"such as private_key: " +
					"they are the settings of another program.",
				fix: copyKeyFile,
			}
		}
	}
	for _, other := range otherObjects {
		missing := func(name string) bool { return members[name] == nil }
		if !slices.ContainsFunc(other.members, missing) {
			return &guess{why: other.why, fix: other.fix}
		}
	}
	return nil
}

// canBeShown reports whether a member's name is nothing long, and no secret.
func canBeShown(name string) bool {
	const longest = 40
	return len(name) <= longest && only(name, nameCharacters+".-") && !isSecret(name)
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

// guessPrivateKey is for the wrong contents of private_key. text is the whole
// file, and value what is in private_key. It never shows the value.
func guessPrivateKey(text, value string) *guess {
	const (
		refill = "Fill private_key in again from the file that was downloaded, or use that file."
		begin  = "-----BEGIN"
	)
	bare := strings.Trim(value, `"'\“”`+"`")
	decoded, command := pemFromBase64(value)
	switch {
	case strings.Contains(value, begin) && strings.Contains(value, `\n`):
		return &guess{
			why: "The JSON was escaped twice, " +
				"as happens in environment variables and templates.",
			inner:   replaced(text, strings.ReplaceAll(bare, `\n`, "\n")),
			command: `jq '.private_key |= gsub("\\\\n"; "\n")'`,
		}
	case bare != value && strings.HasPrefix(bare, begin):
		return &guess{
			why: "Quotes are around the PEM, inside the JSON string: " +
				"docker --env-file keeps them.",
			inner: replaced(text, bare),
			fix:   "Remove them where private_key is filled in.",
		}
	case decoded != "":
		return &guess{
			why:     "It's base64 of the PEM, not the PEM itself: it was encoded once more.",
			inner:   replaced(text, decoded),
			command: command,
		}
	case strings.HasPrefix(bare, begin) && !isPlaceholderPEM(bare):
		return nil // it's a PEM, and jwt says what is wrong with it
	case isPlaceholderPEM(bare):
		return &guess{
			why: "A mask or a placeholder is in place of the key, as in an example.",
			fix: refill,
		}
	}
	if g := guessPlaceholder(value); g != nil {
		return &guess{why: g.why, fix: refill}
	}
	return guessOtherSecret(bare, refill)
}

// pemFromBase64 decodes base64 of a PEM, or base64 of that.
func pemFromBase64(value string) (decoded, command string) {
	const most = 3 // layers
	decode := ""
	for range most {
		word := strings.TrimRight(strings.Join(strings.Fields(value), ""), "=")
		inner, err := base64.RawStdEncoding.DecodeString(word)
		if err != nil {
			return "", ""
		}
		value, decode = string(inner), strings.TrimPrefix(decode+"|@base64d", "|")
		if strings.HasPrefix(value, "-----BEGIN") {
			return value, "jq '.private_key |= (" + decode + ")'"
		}
	}
	return "", ""
}

// guessOtherSecret recognizes what people take for a private key.
func guessOtherSecret(value, refill string) *guess {
	const shortest = 1000 // characters of the PEM of a key of 2048 bits, at least
	why := ""
	switch {
	case strings.HasPrefix(value, "AIza"):
		why = "It's an API key, not a private key."
	case strings.HasPrefix(value, "GOCSPX-"):
		why = "It's the secret of an OAuth client, not a private key."
	case strings.HasPrefix(value, "ssh-"):
		why = "It's a public key for SSH, not a private key."
	case isAccessToken(value) || isAssertion(value):
		why = "It's a token, not a private key."
	case isKeyID(value):
		why = "It's a private_key_id, which names a key; it isn't a private key."
	case strings.Contains(value, "@"):
		why = "It's an address, not a private key."
	case len(value) < shortest:
		why = "It's too short for a private key: it may be an API key, a client secret " +
			"or the ID of a project."
	default:
		return nil
	}
	return &guess{why: why, fix: refill}
}

// isKeyID reports whether value is 40 digits in hexadecimal.
func isKeyID(value string) bool {
	const length = 40
	return len(value) == length && only(value, digits+"abcdef")
}

// isPlaceholderPEM reports whether a PEM has no key between its lines.
func isPlaceholderPEM(text string) bool {
	const shortest = 200 // characters between the lines
	_, text, _ = strings.Cut(text, "KEY-----")
	body, _, whole := strings.Cut(text, "-----END")
	return whole && len(body) < shortest
}

// replaced returns a key file with another private_key.
func replaced(text, with string) []byte {
	add, _ := json.Marshal(map[string]string{"private_key": with})
	return merged(text, string(add))
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

// shellWord quotes a word for a shell, if it needs that.
func shellWord(word string) string {
	plain := func(r rune) bool {
		return unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("@%+=:,./_-", r)
	}
	if word != "" && strings.IndexFunc(word, func(r rune) bool { return !plain(r) }) < 0 {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// Characters that names are made of.
const (
	digits         = "0123456789"
	smallLetters   = "abcdefghijklmnopqrstuvwxyz"
	capitals       = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	nameCharacters = smallLetters + capitals + digits + "_"
)

// only reports whether s has nothing but characters of a set, and isn't empty.
func only(s, set string) bool { return s != "" && strings.Trim(s, set) == "" }

// isName reports whether s can be the name of a variable.
func isName(s string) bool {
	return only(s, nameCharacters) && !strings.Contains(digits, s[:1])
}

func hasSpace(s string) bool { return strings.ContainsFunc(s, unicode.IsSpace) }

// inside returns what is between before and after, if s begins and ends so.
func inside(s, before, after string) (inner string, ok bool) {
	inner, begins := strings.CutPrefix(s, before)
	inner, ends := strings.CutSuffix(inner, after)
	return inner, begins && ends
}

// hasLine reports whether text has a line of a kind.
func hasLine(text string, is func(line string) bool) bool {
	return slices.ContainsFunc(strings.Split(text, "\n"), is)
}
