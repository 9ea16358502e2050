// SPDX-License-Identifier: 0BSD

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"example.com/fivestep/cmd/fivestep/mangled"
	"example.com/fivestep/jwt"
)

// keyVariable is the environment variable that names the key file if -key
// doesn't.
const keyVariable = "GOOGLE_APPLICATION_CREDENTIALS"

var keyCommand = command{
	name:  "key",
	short: "check a key file and show what is in it, except the private key",
	help: `
  fivestep key key.json            what's in it; exit 1 and a reason if it's bad
  printenv KEY | fivestep key -    from a variable, as in CI

Step 1: reads the JSON file that the Google Cloud console gives you for a
service account, and checks every part of it. It doesn't show the private key.
Other commands read it from a pipe with -key -.

Each command warns if other users can read the key file. It doesn't if Docker or
Kubernetes mounts the file as a secret: you set its mode where you mount it, as
mode in Docker and defaultMode in Kubernetes.
`,
	define: func(f *flags) { f.keyFlag("") },
	run:    runKey,
}

func runKey(ctx context.Context, t *tool, f *flags, args []string) error {
	if len(args) > 1 || len(args) == 1 && f.key != "" {
		return usageError{"key takes one key file"}
	}
	if len(args) == 1 {
		f.key = args[0] // "-" is standard input, as for -key
	}
	if err := t.loadKey(ctx, f); err != nil {
		return err
	}
	return t.printKey(f.account)
}

// printKey prints the members of a key file, what each is for, and what is odd
// about it.
func (t *tool) printKey(k *jwt.KeyFile) error {
	private := fmt.Sprintf("RSA, %d bits, exponent %d", k.PrivateKey.N.BitLen(), k.PrivateKey.E)
	const width = 21 // columns of a member's name
	for _, row := range []struct {
		member, value, use string
		odd                []string
	}{
		{"client_email", k.ClientEmail, "becomes the claim iss; share calendars with it",
			oddEmail(k)},
		{"project_id", k.ProjectID, "the project that must have the Calendar API enabled", nil},
		{"client_id", k.ClientID, "the client ID to grant domain-wide delegation to", nil},
		{"private_key_id", k.PrivateKeyID, "becomes kid in the header", nil},
		{"private_key", private, "signs the assertion; not shown", nil},
		{"token_uri", k.TokenURI, "becomes the claim aud; the assertion is posted there",
			oddTokenURI(k)},
		{"client_x509_cert_url", k.ClientX509CertURL, "the certificates of the account's keys", nil},
		{"universe_domain", shownDomain(k.UniverseDomain), "the cloud that the account belongs to",
			oddUniverse(k)},
	} {
		if row.value == "" || row.member == "universe_domain" && row.odd == nil {
			continue
		}
		text := fmt.Sprintf("%-*s %s\n", width, row.member, printable(row.value))
		for _, line := range append([]string{row.use}, row.odd...) {
			text += fmt.Sprintf("%*s   %s\n", width, "", line)
		}
		if _, err := io.WriteString(t.stdout, text); err != nil {
			return err
		}
	}
	return nil
}

// oddEmail says what is odd about client_email.
func oddEmail(k *jwt.KeyFile) []string {
	if isServiceAccount(k.ClientEmail) {
		return nil
	}
	return []string{"NOTE: not a service account's address,",
		"which ends in .gserviceaccount.com"}
}

// oddTokenURI says what is odd about token_uri. Google has had several token
// endpoints, and all of them end in /token.
func oddTokenURI(k *jwt.KeyFile) []string {
	switch u := k.TokenURI; {
	case isThisMachine(u):
		return nil
	case !isGoogleHost(u):
		return []string{"NOTE: not one of Google's hosts, and it gets your assertions;",
			"Google's is " + googleTokenURL}
	case !strings.HasSuffix(u, "/token"):
		return []string{"NOTE: Google's is " + googleTokenURL + " instead,",
			"without a slash or anything else after it"}
	}
	return nil
}

// oddUniverse says what is odd about universe_domain.
func oddUniverse(k *jwt.KeyFile) []string {
	if isOtherUniverse(k.UniverseDomain) {
		return []string{"NOTE: not googleapis.com, so Google Calendar is not in it"}
	}
	return nil
}

// readKey reads the key file, and checks first that its name can be one.
func (t *tool) readKey(ctx context.Context, f *flags) ([]byte, error) {
	if f.key == "" {
		f.key = t.getenv(keyVariable)
		f.keyVariable = f.key != ""
	}
	switch {
	case f.key == "":
		return nil, usageError{"no key file: give its path with -key or in " + keyVariable +
			", or pipe it in with -key -"}
	case !isPath(f.key) && f.keyVariable: // don't show it: it may be the key
		return nil, usageError{keyVariable + " must hold the path of a key file, " +
			"not the text of one and not a token" + f.pipeVariable()}
	case !isPath(f.key):
		return nil, usageError{"-key must hold the path of a key file, " +
			"not the text of one and not a token"}
	case f.keyFromPipe() && isDevice(t.stdin):
		return nil, usageError{"-key - reads a key file from standard input, " +
			"and none is piped in"}
	}
	open := openFile(f.key)
	if f.keyFromPipe() {
		open = func() (io.ReadCloser, error) { return io.NopCloser(t.stdin), nil }
	}
	data, err := slurp(ctx, open)
	if err != nil {
		return nil, f.explainPath(err)
	}
	if f.keyFromPipe() {
		return bytes.TrimPrefix(data, []byte(byteOrderMark)), nil
	}
	t.warnIfShared(f.key, data)
	return data, nil
}

// keyFromPipe reports whether the key file is standard input.
func (f *flags) keyFromPipe() bool { return f.key == "-" && !f.keyVariable }

// keyName names the key file in messages, and says if the environment named it.
func (f *flags) keyName() string {
	switch {
	case f.keyFromPipe():
		return "standard input"
	case f.keyVariable:
		return fmt.Sprintf("%s (from %s)", f.key, keyVariable)
	}
	return f.key
}

// pipeVariable returns the command that pipes a key from the variable in, or
// "" if none is in it.
func (f *flags) pipeVariable() string {
	command, ok := mangled.Unpack(f.key)
	if !ok {
		return ""
	}
	if command != "" {
		command = " | " + command
	}
	return fmt.Sprintf("; to use the text in it: printenv %s%s | fivestep %s -key -",
		keyVariable, command, f.set.Name())
}

// explainPath says why no key file can be read at its path.
func (f *flags) explainPath(err error) error {
	var failed *os.PathError
	if !f.keyFromPipe() && errors.As(err, &failed) {
		from := ""
		if f.keyVariable {
			from = keyVariable + ": "
		}
		err = fmt.Errorf("%s%s %q: %w", from, failed.Op, failed.Path, failed.Err)
	}
	why, hint := f.pathAdvice(err)
	return &stepError{step: 1, err: err, why: why, hint: hint}
}

// pathAdvice recognizes what people write where a path belongs.
func (f *flags) pathAdvice(err error) (why, hint string) {
	path := f.key
	begins := func(prefixes ...string) bool {
		return slices.ContainsFunc(prefixes, func(prefix string) bool {
			return strings.HasPrefix(path, prefix)
		})
	}
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return "The key file wasn't read to its end before -timeout stopped it.",
			"Allow more time. If it comes through a pipe, see what the other end waits for."
	case f.keyFromPipe(), errors.Is(err, errTooLarge):
		return "A key file has about 2,400 bytes. This is another file, or it can't be read.",
			"Pipe in the JSON file of the account, or give its path with -key."
	case isFolder(path):
		return "It's a folder. Docker makes one where the file to mount does not exist.",
			"Put the key file on the host first and remove the folder, " +
				"or give the path of the file in it."
	case strings.TrimSpace(path) != path:
		return "The path begins or ends with a space, a line break (\\n) " +
				"or a carriage return (\\r), " +
				"as from a .env file with Windows line breaks.",
			"Remove it: dos2unix, or tr -d '\\r'."
	case begins(`"`, "'", "“", "‘", "`"):
		return "The quotes are part of the path: docker --env-file and some .env files keep them.",
			"Write it without quotes."
	case begins("~"):
		return "Only a shell turns ~ into a home folder, and not between quotes or in a .env file.",
			"Write the whole path."
	case begins("$", "%") || strings.Contains(path, "${"):
		return "Nothing replaced the variable in the path.",
			"Write the whole path."
	case begins("file:", "gs:", "s3:", "http:", "https:"):
		return "It's a URL; a key file is read from a path on this machine.",
			"Write the path of the file, or pipe the file in with -key -."
	case runtime.GOOS != "windows" && strings.Contains(path, `\`):
		return `It's a path of Windows, with \; this machine's paths have /.`,
			"Write it with / (under WSL, C:\\ is /mnt/c/)."
	case errors.Is(err, fs.ErrPermission):
		return fmt.Sprintf("User %d may not read that file.", os.Getuid()),
			"Let that user own it, with chmod 600, or run this as the file's owner."
	case errors.Is(err, fs.ErrNotExist) && !filepath.IsAbs(path):
		folder, _ := os.Getwd()
		return fmt.Sprintf("The path is relative to the current folder, %s. "+
				"cron and systemd start in another one than your shell.", folder),
			"Write the whole path. " + mangled.FromConsole
	}
	return "No file can be read at that path.",
		"Correct the path. A key file comes from the console: IAM & Admin > " +
			"Service Accounts > Keys > Add key > Create new key > JSON."
}

// isFolder reports whether the path is a folder's.
func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// isPath reports whether s may be the path of a key file. The text of a key
// file and a token are no paths, and neither is anything very long.
func isPath(s string) bool {
	const longest = 1000 // bytes; base64 of a key file has more than 3,000
	switch {
	case strings.Contains(s, "{") && !strings.Contains(s, "${"): // JSON
		return false
	case strings.HasPrefix(s, "ewog"), strings.HasPrefix(s, "ew0K"): // JSON in base64
		return false
	case strings.Contains(strings.TrimSpace(s), "\n"), len(s) > longest:
		return false
	}
	return !mangled.IsSecret(s)
}

// warnIfShared warns if other users can read the key file. It's as good as a
// password that never changes.
func (t *tool) warnIfShared(path string, data []byte) {
	if runtime.GOOS == "windows" || !mangled.IsSecret(string(data)) {
		return
	}
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return
	}
	const others = 0o077 // the permissions of group and others
	if mode := info.Mode().Perm(); mode&others != 0 && !isMounted(path) {
		t.say("fivestep: warning: others can read %s (mode %04o); run chmod 600 %[1]s", path, mode)
	}
}

// isMounted reports whether Docker or Kubernetes mounts the file as a secret.
// chmod can't change such a file, and it's readable by others by default.
// Kubernetes makes key.json a link to ..data/key.json, where ..data is a link to
// a folder such as ..2026_11_25_18_05_41.123456789.
func isMounted(path string) bool {
	real, err := filepath.EvalSymlinks(path)
	return err == nil && (strings.HasPrefix(real, "/run/secrets/") || strings.Contains(real, "/..2"))
}
