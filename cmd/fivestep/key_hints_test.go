// SPDX-License-Identifier: 0BSD

package main

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
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

// TestUndo checks what is said about a damaged key file: whether the key is
// still good, and the command that gets it out.
func TestUndo(t *testing.T) {
	const good = "hint: The key file inside is good: you don't need a new key. "
	whole := base64.StdEncoding.EncodeToString([]byte(goodKeyFile(t)))
	for _, test := range []struct{ file, want, command string }{
		{whole, good, "Get it out: base64 -d <PATH | fivestep key -key -"},
		{`"` + whole + `"`, good, `Get it out: tr -d \"\' <PATH | base64 -d | fivestep key -key -`},
		{"'" + goodKeyFile(t) + "'", good, "Remove the quotes"},
		{whole[:24], "hint: The key file inside has a fault, too: ", "ends in the middle"},
		{`{"a": {}}`, "hint: ", ""},
		{"$KEY", "hint: Set the variable", ""},
	} {
		w := newWorld(t)
		w.writeKey(test.file)
		_, stderr, status := w.run("", "key", "KEY")
		stderr = strings.ReplaceAll(stderr, shellWord(w.key()), "PATH")
		if status != exitFailed || !strings.Contains(stderr, test.want) ||
			!strings.Contains(stderr, test.command) {
			t.Errorf("%.30q: %d %s", test.file, status, stderr)
		}
		checkNoSecret(t, test.file[:min(len(test.file), 9)], stderr)
	}
	w := newWorld(t)
	_, stderr, status := w.run(whole, "events", "-key", "-", you)
	if status != exitFailed || !strings.Contains(stderr, "Get it out: base64 -d | fivestep events -key -") {
		t.Errorf("%d %s", status, stderr)
	}
}
