// SPDX-License-Identifier: 0BSD

package mangled

import (
	"fmt"
	"strings"
)

// guessSettings recognizes the formats of settings: TOML and .env.
func guessSettings(text string) *Guess {
	if strings.ContainsAny(text[:min(len(text), 1)], "{\"'`") {
		return nil // JSON, or nearly
	}
	value := afterName(text)
	switch {
	case hasLine(text, isTOML):
		return &Guess{
			Why: "It's TOML, or another format of settings, with the members of a key file.",
			Fix: "Write it as JSON. " + copyKeyFile,
		}
	case isObject([]byte(value)):
		g := &Guess{
			Why:     "A NAME= is before the JSON: it's a line of a .env file, or of a script.",
			Inner:   []byte(strings.TrimRight(value, ";\r\n")),
			Command: "sed '1s/^[^=]*=//'",
		}
		if strings.HasPrefix(text, "#") || strings.HasSuffix(text, ";") {
			g.Command, g.Fix = "", "Keep only the JSON: all from the first { to the last }."
		}
		return g
	case value != "" && !hasLine(text, isKeyVariable):
		g := &Guess{
			Why: "A NAME= is before the value: it's a line of a .env file, or of a script.",
			Fix: "Keep only what follows the =, without the quotes around it.",
		}
		ofValue := guessText(value)
		switch {
		case ofValue == nil:
		case ofValue.Inner != nil:
			g.Inner = ofValue.Inner
		default:
			g.Why, g.Fix = g.Why+" "+ofValue.Why, ofValue.Fix
		}
		return g
	case isEmptyVariable(text):
		return &Guess{
			Why: "It's a NAME= without a value: the variable wasn't set.",
			Fix: "Set it where this runs, and write the file again.",
		}
	case hasLine(text, isKeyVariable):
		return &Guess{
			Why: "It's a .env file, or a script, with the members of a key file as variables.",
			Fix: "A key file is JSON. " + copyKeyFile,
		}
	}
	return nil
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

// guessKubernetes recognizes a Secret as kubectl get -o yaml prints it.
func guessKubernetes(text string) *Guess {
	const shortest = 40 // characters of a key file in base64, at least
	lines := strings.Split(text, "\n")
	kind := kubernetesKind(lines)
	if kind == "" {
		return nil
	}
	if strings.Contains(text, "encryptedData:") {
		return &Guess{
			Why: "It's a sealed Kubernetes Secret (YAML): only the cluster can decrypt it.",
			Fix: "Mount the Secret that the cluster makes of it.",
		}
	}
	for _, line := range lines {
		name, value := yamlItem(line)
		if len(value) < shortest || !canBeShown(name) {
			continue
		}
		if inner, decode, ok := fromBase64(value); ok {
			return &Guess{
				Why:     "It's a Kubernetes Secret (YAML): the key file is base64 in its data.",
				Inner:   inner,
				Command: fmt.Sprintf(`yq -r '.data["%s"]' | %s`, name, decode),
			}
		}
	}
	return &Guess{
		Why: "It's a Kubernetes " + kind + " (YAML), not the key file in it.",
		Fix: "Mount the Secret as a file. To see it: kubectl get secret NAME " +
			`-o jsonpath='{.data.key\.json}' | base64 -d`,
	}
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

func guessYAML(text string) *Guess {
	if strings.HasPrefix(text, "{") || !hasLine(text, isYAML) {
		return nil
	}
	return &Guess{
		Why: "It's YAML; a key file is JSON, which begins with {.",
		Fix: "Convert it (yq -o json), or copy the file again, exactly as downloaded.",
	}
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
