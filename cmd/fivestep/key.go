// SPDX-License-Identifier: 0BSD

package main

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"strings"
)

// keyVariable is the environment variable that names the key file if -key
// doesn't.
const keyVariable = "GOOGLE_APPLICATION_CREDENTIALS"

var keyCommand = command{
	name:  "key",
	short: "check a key file and show what is in it, except the private key",
	help: `
  fivestep key key.json         what is in it; exit 1 and a reason if it is bad

Step 1: reads the JSON file that the Google Cloud console gives you for a
service account, and checks every part of it. It doesn't show the private key.
`,
	define: func(f *flags) { f.keyFlag("") },
	run:    runKey,
}

func runKey(ctx context.Context, t *tool, f *flags, args []string) error {
	if len(args) > 1 || len(args) == 1 && f.key != "" {
		return usageError{"key takes one key file"}
	}
	if len(args) == 1 {
		f.key = args[0]
	}
	if err := t.loadKey(ctx, f); err != nil {
		return err
	}
	k := f.account
	private := fmt.Sprintf("RSA, %d bits, exponent %d", k.PrivateKey.N.BitLen(), k.PrivateKey.E)
	for _, row := range []struct{ member, value, use string }{
		{"client_email", k.ClientEmail, "becomes the claim iss; share calendars with it"},
		{"project_id", k.ProjectID, "the project that must have the Calendar API enabled"},
		{"client_id", k.ClientID, "the client ID to grant domain-wide delegation to"},
		{"private_key_id", k.PrivateKeyID, "becomes kid in the header"},
		{"private_key", private, "signs the assertion; not shown"},
		{"token_uri", k.TokenURI, "becomes the claim aud; the assertion is posted there"},
		{"client_x509_cert_url", k.ClientX509CertURL, "the certificates of the account's keys"},
	} {
		if row.value == "" {
			continue
		}
		_, err := fmt.Fprintf(t.stdout, "%-21s %s\n%-21s   %s\n",
			row.member, printable(row.value), "", row.use)
		if err != nil {
			return err
		}
	}
	return nil
}

// isPath reports whether s may be the path of a key file. The text of a key
// file and a token are no paths, and neither is anything very long.
func isPath(s string) bool {
	return !strings.ContainsAny(s, "{\n") && len(s) <= 1000 && !isSecret(s)
}

// warnIfShared warns if other users can read the key file. It's as good as a
// password that never changes.
func (t *tool) warnIfShared(path string, data []byte) {
	if runtime.GOOS == "windows" || !isSecret(string(data)) {
		return
	}
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return
	}
	const others = 0o077 // the permissions of group and others
	if mode := info.Mode().Perm(); mode&others != 0 {
		t.say("fivestep: warning: others can read %s (mode %04o); run chmod 600 %[1]s", path, mode)
	}
}
