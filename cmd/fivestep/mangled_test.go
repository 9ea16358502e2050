// SPDX-License-Identifier: 0BSD

package main

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"html"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"example.com/fivestep/jwt"
)

// pemLabel is that of a real key. Files in testdata have TESTING KEY instead,
// which keeps scanners calm (RFC 9500).
const pemLabel = "PRIVATE" + " KEY"

// caseFile returns a file of testdata/keyfiles.
func caseFile(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "keyfiles", name))
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(data), "TESTING KEY", pemLabel)
}

// goodKeyFile returns the key file that those in testdata/keyfiles were made
// from.
func goodKeyFile(t *testing.T) string {
	t.Helper()
	good, err := base64.StdEncoding.DecodeString(
		strings.ReplaceAll(caseFile(t, "01-base64-of-file.json"), "\n", ""))
	if err != nil {
		t.Fatal(err)
	}
	return string(good)
}

// TestKeyFileCases runs the key files of public bug reports. Each row of the
// table has the least that the output must say.
func TestKeyFileCases(t *testing.T) {
	table, err := os.ReadFile("testdata/keyfiles.tsv")
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t)
	for _, row := range strings.Split(strings.TrimSpace(string(table)), "\n") {
		if strings.HasPrefix(row, "#") {
			continue
		}
		columns := strings.Split(row, "\t")
		name, command, statuses, pattern := columns[0], columns[1], columns[2], columns[3]
		w.writeKey(caseFile(t, name))
		stdout, stderr, status := w.run("", command, "-key", "KEY")
		if !regexp.MustCompile("(?is)"+pattern).MatchString(stdout+stderr) ||
			!strings.Contains(statuses, string(rune('0'+status))) {
			t.Errorf("%s: exit %d, want %s and %q\n%s%s", name, status, statuses, pattern, stdout, stderr)
		}
		checkNoSecret(t, name, stdout+stderr)
	}
}

// checkNoSecret looks for pieces of a private key in a text.
func checkNoSecret(t *testing.T, name, text string) {
	t.Helper()
	for _, secret := range []string{"MIIEv", "TUlJRX", "IBADAN", "1//x", "ya29", "AIzax"} {
		if strings.Contains(text, secret) {
			t.Errorf("%s: shows %q\n%s", name, secret, text)
		}
	}
}

// TestMangled tries what happens to a file on its way. The key file inside is
// good, and the tool says so. Commands that it names are run, where they are
// installed, and must get the key file out.
func TestMangled(t *testing.T) {
	good := goodKeyFile(t)
	b64 := base64.StdEncoding.EncodeToString
	var compact bytes.Buffer
	if err := json.Compact(&compact, []byte(good)); err != nil {
		t.Fatal(err)
	}
	line := compact.String()
	quoted, _ := json.Marshal(good)
	var members map[string]any
	if err := json.Unmarshal([]byte(good), &members); err != nil {
		t.Fatal(err)
	}
	key := members["private_key"].(string)
	with := func(privateKey string) string { return string(replaced(good, privateKey)) }
	without := func(name string) string {
		file := make(map[string]any)
		for n, value := range members {
			if n != name {
				file[n] = value
			}
		}
		text, _ := json.Marshal(file)
		return string(text)
	}
	urlSafe := strings.NewReplacer("+", "-", "/", "_", "=", "").Replace(b64([]byte(good + "  ???>>>")))
	for name, test := range map[string]struct{ file, want string }{
		"base64":                      {b64([]byte(good)), "base64 of a key file"},
		"base64 in one line":          {b64([]byte(line)), "base64 of a key file"},
		"base64 without =":            {strings.TrimRight(b64([]byte(line)), "="), "base64 of a key file"},
		"base64 twice":                {b64([]byte(b64([]byte(good)))), "base64 of a key file"},
		"base64 in quotes":            {`"` + b64([]byte(good)) + `"`, "base64 of a key file"},
		"a string in a string":        {quote(string(quoted)), "encoded twice"},
		"base64 with \\n":             {strings.ReplaceAll(b64([]byte(good)), "A", `A\n`), "base64 of a key file"},
		"base64 twice in private_key": {with(b64([]byte(b64([]byte(key))))), "base64 of the PEM"},
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
		"quoted private_key":    {with(`"` + key + `"`), "Quotes are around the PEM"},
		"quoted in private_key": {with("'" + key + "'"), "Quotes are around the PEM"},
		"base64 in private_key": {with(b64([]byte(key))), "base64 of the PEM"},
		"\\n in private_key":    {with(strings.ReplaceAll(key, "\n", `\n`)), "escaped twice"},
		"no type":               {without("type"), "put together from variables"},
		"no token_uri":          {without("token_uri"), "put together from variables"},
		"URL-safe base64":       {urlSafe, ""},
	} {
		w := newWorld(t)
		w.writeKey(test.file)
		_, stderr, status := w.run("", "key", "KEY")
		if name == "URL-safe base64" { // has text after the JSON, to get - and _
			test.want = "base64 of a key file"
		} else if !strings.Contains(stderr, "The key file inside is good: you don't need a new key.") {
			t.Errorf("%s: doesn't say that the key is good\n%s", name, stderr)
		}
		if status != exitFailed || !strings.Contains(stderr, test.want) {
			t.Errorf("%s: %d, want %q\n%s", name, status, test.want, stderr)
		}
		checkNoSecret(t, name, stderr)
		_, command, found := strings.Cut(stderr, "Get it out: ")
		command, _, _ = strings.Cut(command, " | fivestep")
		if !found || name == "URL-safe base64" || !installed(command) {
			continue
		}
		inner, _ := exec.Command("sh", "-c", command).Output() // base64 wants a = that isn't needed
		if _, err := jwt.ParseKeyFile(inner); err != nil {
			t.Errorf("%s: %s: %v", name, command, err)
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
		"ewogICJ0eXBlIjogInNlcnZpY2":                        "in the middle",
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
		w := newWorld(t)
		w.writeKey(text)
		_, stderr, status := w.run("", "key", "KEY")
		if status != exitFailed || !strings.Contains(stderr, want) {
			t.Errorf("%q: %d, want %q\n%s", text, status, want, stderr)
		}
		if strings.Contains(stderr, "SECRET") {
			t.Errorf("%q is shown\n%s", text, stderr)
		}
	}
}

// TestNotAPrivateKey tries what people put into private_key.
func TestNotAPrivateKey(t *testing.T) {
	good := goodKeyFile(t)
	for value, want := range map[string]string{
		"AIzaSECRET":    "an API key",
		"GOCSPX-SECRET": "an OAuth client",
		"0000000000000000000000000000000000000001": "a private_key_id",
		"reader@project.example":                   "an address",
		"my-project":                               "too short",
		"$PRIVATE_KEY":                             "name of a variable",
		"***":                                      "mask",
		"YOUR_PRIVATE_KEY":                         "a variable",
		"-----BEGIN " + pemLabel + "-----\n...\n-----END " + pemLabel + "-----\n": "placeholder",
		"ssh-rsa SECRET": "for SSH",
	} {
		w := newWorld(t)
		w.writeKey(string(replaced(good, value)))
		_, stderr, status := w.run("", "key", "KEY")
		if status != exitFailed || !strings.Contains(stderr, want) ||
			strings.Contains(stderr, "SECRET") || strings.Contains(stderr, "delete") {
			t.Errorf("%q: %d, want %q\n%s", value, status, want, stderr)
		}
	}
}

// TestInvisible checks that a character that doesn't show is named.
func TestInvisible(t *testing.T) {
	good := goodKeyFile(t)
	for escaped, want := range map[string]string{
		`\u00a0`: "A no-break space (U+00A0) is at the end of",
		`\u200b`: "A zero-width space (U+200B) is at the end of",
		`\ufeff`: "A byte order mark (U+FEFF) is at the end of",
		`\u202e`: "A character (U+202E) is at the end of",
		` `:      "A blank (U+0020) is at the end of",
		`\n`:     "A line break (U+000A) is at the end of",
	} {
		for _, end := range []string{`gserviceaccount.com",`, `googleapis.com/token"`} {
			w := newWorld(t)
			w.writeKey(strings.Replace(good, end, strings.Replace(end, `"`, escaped+`"`, 1), 1))
			_, stderr, status := w.run("", "key", "KEY")
			if status != exitFailed || !strings.Contains(stderr, want) {
				t.Errorf("%s: %d, want %q\n%s", escaped, status, want, stderr)
			}
		}
	}
}
