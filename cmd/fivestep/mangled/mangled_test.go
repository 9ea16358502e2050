// SPDX-License-Identifier: 0BSD

package mangled

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"html"
	"maps"
	"net/url"
	"os/exec"
	"strings"
	"testing"
)

// pem looks like a private key, but isn't one.
var pem = "-----BEGIN PRIVATE" + " KEY-----\n" + strings.Repeat("SECRETxx", 150) +
	"\n-----END PRIVATE" + " KEY-----\n"

// keyFile returns a key file with this private key.
func keyFile(privateKey string) string {
	text, _ := json.MarshalIndent(map[string]string{
		"type":         "service_account",
		"private_key":  privateKey,
		"client_email": "reader@project.example",
		"token_uri":    tokenURL,
	}, "", "  ")
	return string(text) + "\n"
}

// without returns a key file without a member.
func without(name string) string {
	var file map[string]string
	_ = json.Unmarshal([]byte(keyFile(pem)), &file)
	delete(file, name)
	text, _ := json.Marshal(file)
	return string(text)
}

// isWhole reports whether a text is the key file of these tests.
func isWhole(text []byte) bool {
	var got, want map[string]string
	_ = json.Unmarshal([]byte(keyFile(pem)), &want)
	return json.Unmarshal(text, &got) == nil && maps.Equal(got, want)
}

// checkGuess checks what a guess says, and that it shows no secret.
func checkGuess(t *testing.T, name string, g *Guess, want string) {
	t.Helper()
	switch {
	case g == nil:
		t.Errorf("%s: no guess, not %q", name, want)
	case !strings.Contains(g.Why, want):
		t.Errorf("%s: %q, not %q", name, g.Why, want)
	case strings.Contains(g.Why+g.Fix+g.Command, "SECRET"), g.Why == "", g.Fix+g.Command == "":
		t.Errorf("%s: %+v", name, g)
	}
}

// TestMangled tries what happens to a file on its way. The key file
// inside is found whole. Commands that get it out are run, where they are
// installed.
func TestMangled(t *testing.T) {
	good := keyFile(pem)
	b64 := base64.StdEncoding.EncodeToString
	var compact bytes.Buffer
	if err := json.Compact(&compact, []byte(good)); err != nil {
		t.Fatal(err)
	}
	line := compact.String()
	quoted, _ := json.Marshal(good)
	urlSafe := strings.NewReplacer("+", "-", "/", "_", "=", "").Replace(b64([]byte(good + "  ???>>>")))
	for name, test := range map[string]struct{ file, want string }{
		"base64":                      {b64([]byte(good)), "base64 of a key file"},
		"base64 in one line":          {b64([]byte(line)), "base64 of a key file"},
		"base64 without =":            {strings.TrimRight(b64([]byte(line)), "="), "base64 of a key file"},
		"base64 twice":                {b64([]byte(b64([]byte(good)))), "base64 of a key file"},
		"base64 in quotes":            {`"` + b64([]byte(good)) + `"`, "base64 of a key file"},
		"a string in a string":        {quote(string(quoted)), "encoded twice"},
		"base64 with \\n":             {strings.ReplaceAll(b64([]byte(good)), "A", `A\n`), "base64 of a key file"},
		"base64 twice in private_key": {keyFile(b64([]byte(b64([]byte(pem))))), "base64 of the PEM"},
		"a data URL":                  {"data:application/json;base64," + b64([]byte(good)), "base64 of a key file"},
		"hexadecimal":                 {hex.EncodeToString([]byte(good)), "hexadecimal"},
		"percent-encoded":             {url.PathEscape(good), "percent-encoded"},
		"HTML":                        {html.EscapeString(good), "as in HTML"},
		"a JSON string":               {string(quoted), "encoded twice"},
		"single quotes":               {"'" + line + "'", "Quotes are around"},
		"double quotes":               {`"` + line + `"`, "Quotes are around"},
		"backticks":                   {"`" + line + "`\n", "Quotes are around"},
		"backslashes":                 {strings.ReplaceAll(line, `"`, `\"`), "backslashes"},
		"more backslashes":            {strings.Trim(quote(line), `"`), "backslashes"},
		"a .env line":                 {"KEY=" + line + "\n", ".env"},
		"a quoted .env line":          {"export KEY='" + line + "'\n", ".env"},
		"a .env with a comment":       {"# the key\nKEY=" + line + "\n", ".env"},
		"base64 in .env":              {"KEY=" + b64([]byte(good)) + "\n", ".env"},
		"JavaScript":                  {"const key = " + good + ";\n", "NAME="},
		"typographic quotes":          {strings.ReplaceAll(line, `"`, "”"), "typographic"},
		"a list":                      {"[" + good + "]", "It's a list"},
		"text before":                 {"Reading the secret...\n" + good, "before or after"},
		"a prompt after":              {good + "\n$ exit\n", "before or after"},
		"wrapped":                     {`{"google": {"credentials": ` + good + `}}`, `the member "credentials"`},
		"a string inside":             {`{"data": ` + string(quoted) + `}`, `the member "data"`},
		"base64 inside":               {`{"my.key": "` + b64([]byte(good)) + `"}`, `the member "my.key"`},
		"the IAM API":                 {`{"privateKeyData": "` + b64([]byte(good)) + `"}`, "IAM API"},
		"a Secret in JSON": {`{"kind": "Secret", "data": {"key.json": "` + b64([]byte(good)) +
			`"}}`, "Kubernetes"},
		"a Secret": {"kind: Secret\ndata:\n  other: YQ==\n  key.json: " + b64([]byte(good)) +
			"\n", "Kubernetes"},
		"quoted private_key":    {keyFile(`"` + pem + `"`), "Quotes are around the PEM"},
		"quoted in private_key": {keyFile("'" + pem + "'"), "Quotes are around the PEM"},
		"base64 in private_key": {keyFile(b64([]byte(pem))), "base64 of the PEM"},
		"\\n in private_key":    {keyFile(strings.ReplaceAll(pem, "\n", `\n`)), "escaped twice"},
		"no type":               {without("type"), "put together from variables"},
		"no token_uri":          {without("token_uri"), "put together from variables"},
		"URL-safe base64":       {urlSafe, "base64 of a key file"},
	} {
		member := ""
		if strings.Contains(name, "private_key") {
			member = "private_key"
		}
		g := Look(member, test.file)
		checkGuess(t, name, g, test.want)
		if g == nil || name == "URL-safe base64" { // has text after the JSON, to get - and _
			continue
		}
		if !isWhole(g.Inner) {
			t.Errorf("%s: %.200q is inside", name, g.Inner)
		}
		if g.Command == "" || !installed(g.Command) {
			continue
		}
		cmd := exec.Command("sh", "-c", g.Command)
		cmd.Stdin = strings.NewReader(test.file)
		out, _ := cmd.Output() // base64 wants a = that isn't needed
		if !isWhole(out) {
			t.Errorf("%s: %s: %.200q", name, g.Command, out)
		}
	}
}

// quote escapes a text for the inside of a string.
func quote(text string) string {
	quoted, _ := json.Marshal(text)
	return string(quoted)
}

// installed reports whether this machine has the commands of a pipeline.
func installed(pipeline string) bool {
	for _, command := range strings.Split(pipeline, " | ") {
		if _, err := exec.LookPath(strings.Fields(command)[0]); err != nil {
			return false
		}
	}
	return true
}

// TestNotAKeyFile tries what is saved in place of a key file.
func TestNotAKeyFile(t *testing.T) {
	for text, want := range map[string]string{
		"$KEY":                           "name of a variable",
		"${KEY}":                         "name of a variable",
		"${{ secrets.GCP_KEY }}":         "name of a variable",
		"{{ .Values.key }}":              "name of a variable",
		"%GOOGLE_KEY%":                   "name of a variable",
		"$(cat key.json)":                "name of a variable",
		"process.env.GOOGLE_CREDENTIALS": "name of a variable",
		"GOOGLE_CREDENTIALS":             "name of a variable",
		`"$KEY"`:                         "name of a variable",
		"****":                           "mask",
		"[MASKED]":                       "mask",
		"<redacted>":                     "mask",
		"(sensitive value)":              "mask",
		"xxxxxxxx":                       "mask",
		"paste your key here":            "mask",
		"KEY=":                           "wasn't set",
		"KEY=$OTHER":                     "name of a variable",
		"\x1f\x8b\x08":                   "gzip",
		`{"privateKey":"SECRET"}`:        "other names",
		`{"PRIVATE-KEY":"SECRET"}`:       "other names",
		"undefined":                      "wasn't set",
		"null":                           "wasn't set",
		"[object Object]":                "wasn't set",
		`""`:                             "wasn't set",
		"/run/secrets/key.json":          "path of a file",
		"keys/prod.json":                 "path of a file",
		"<!DOCTYPE html><html>":          "web page",
		"<?xml version='1.0'?><Error>":   "XML",
		"version https://git-lfs.github.com/spec/v1\noid":   "Git LFS",
		"$ANSIBLE_VAULT;1.1;AES256\n61":                     "Ansible",
		"age-encryption.org/v1\n":                           "age",
		"-----BEGIN PGP MESSAGE-----\n\nx":                  "PGP",
		"cat: key.json: No such file or directory":          "error message of a command",
		"Error from server (NotFound)":                      "error message of a command",
		"ya29.c.SECRET":                                     "an access token",
		"AIzaSECRET":                                        "an API key",
		"eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2ln":         "an assertion",
		"ewogICJ0eXBlIjogInNlcnZpY2":                        "base64 of a key file",
		"---\ntype: service_account\n":                      "YAML",
		"google:\n  private_key: |\n    x\n":                "YAML",
		"type = \"service_account\"\n":                      "TOML",
		"[google]\nprivate_key = 'x'\n":                     "TOML",
		"GOOGLE_PRIVATE_KEY=x\nGOOGLE_CLIENT_EMAIL=y\n":     ".env",
		"kind: SealedSecret\nspec:\n  encryptedData:\n":     "sealed",
		"{'type': 'service_account'}":                       "Python",
		"b'{}'":                                             "Python",
		"{type: 'service_account'}":                         "JavaScript",
		`{"type"=>"service_account"}`:                       "Ruby",
		"{\"type\": \"service_account\",\n}":                "a comma",
		"{\n  // the key\n  \"type\": \"x\"}":               "comments",
		`{"type":"authorized_user","refresh_token":"1//x"}`: "a person's",
		`{"type":"external_account"}`:                       "another provider",
		`{"type":"external_account_authorized_user"}`:       "another provider",
		`{"refresh_token":"1//x"}`:                          "stored token",
		`{"access_token":"ya29.x"}`:                         "answer with an access token",
		`{"apiKey":"AIzax","authDomain":"x"}`:               "web app",
		`{"sops":{},"data":"ENC[x]"}`:                       "SOPS",
		`{"error":{"code":403}}`:                            "error of a server",
	} {
		checkGuess(t, text, Look("", text), want)
	}
}

// TestNotAPrivateKey tries what people put into private_key.
func TestNotAPrivateKey(t *testing.T) {
	for value, want := range map[string]string{
		"AIzaSECRET":    "an API key",
		"GOCSPX-SECRET": "an OAuth client",
		"0000000000000000000000000000000000000001": "a private_key_id",
		"reader@project.example":                   "an address",
		"my-project":                               "too short",
		"$PRIVATE_KEY":                             "name of a variable",
		"***":                                      "mask",
		"YOUR_PRIVATE_KEY":                         "a variable",
		"-----BEGIN PRIVATE" + " KEY-----\n...\n-----END PRIVATE" + " KEY-----\n": "placeholder",
		"ssh-rsa SECRET": "for SSH",
	} {
		g := Look("private_key", keyFile(value))
		checkGuess(t, value, g, want)
		if g != nil && strings.Contains(g.Fix, "delete") {
			t.Errorf("%s: %s", value, g.Fix)
		}
	}
}

// TestInvisible checks that a character that doesn't show is named.
func TestInvisible(t *testing.T) {
	good := keyFile(pem)
	for escaped, want := range map[string]string{
		`\u00a0`: "A no-break space (U+00A0) is at the end of",
		`\u200b`: "A zero-width space (U+200B) is at the end of",
		`\ufeff`: "A byte order mark (U+FEFF) is at the end of",
		`\u202e`: "A character (U+202E) is at the end of",
		` `:      "A blank (U+0020) is at the end of",
		`\n`:     "A line break (U+000A) is at the end of",
	} {
		for _, end := range []string{`project.example",`, `googleapis.com/token"`} {
			member := "client_email"
			if strings.HasPrefix(end, "google") {
				member = "token_uri"
			}
			file := strings.Replace(good, end, strings.Replace(end, `"`, escaped+`"`, 1), 1)
			checkGuess(t, escaped+" in "+member, Look(member, file), want)
		}
	}
}
