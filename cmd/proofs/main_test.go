// SPDX-License-Identifier: 0BSD

// Package proofs tests what README.md and the pages in .github say about the
// whole repository: what each package imports, which hosts are contacted, that
// no secret shows anywhere, and that every text shown there is true. It runs
// the programs as you would, and knows nothing about their internals.
package proofs

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"flag"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/fivestep/walkthrough/fakegoogle"
)

var update = flag.Bool("update", false,
	"rewrite the golden files in testdata, and the generated parts of README.md")

// folder holds the built programs while the tests run.
var folder, folderErr = os.MkdirTemp("", "proofs")

// TestMain runs the tests or, in a process that a test has started, one of
// panics.
func TestMain(m *testing.M) {
	if child := os.Getenv("PROOFS_PANIC"); child != "" {
		panics[child](os.Getenv("PROOFS_KEY"))
		select {} // until another goroutine's panic ends the process
	}
	flag.Parse()
	status := m.Run()
	os.RemoveAll(folder)
	os.Exit(status)
}

// build builds the three programs, once.
var build = sync.OnceValue(func() error {
	if folderErr != nil {
		return folderErr
	}
	cmd := exec.Command("go", "build", "-o", folder+string(filepath.Separator),
		"../fivestep", "../fakegoogle", "../walkthrough")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%v: %s", err, out)
	}
	return nil
})

// program returns the path of a built program.
func program(t testing.TB, name string) string {
	t.Helper()
	if err := build(); err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	return filepath.Join(folder, name)
}

const you = "you@gmail.com"

// epoch is a time for tests that need a fixed one: 2023-11-15 07:13:20 in
// Seoul.
var epoch = time.Unix(1700000000, 0)

// world is a fake Google with one account, and a folder with its key file.
type world struct {
	*fakegoogle.Server
	t       testing.TB
	tool    string // path of the built fivestep
	url     string
	dir     string
	account *fakegoogle.Account
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{Server: fakegoogle.New(), t: t, tool: program(t, "fivestep"), dir: t.TempDir()}
	var err error
	w.account, err = w.CreateAccount(fakegoogle.Account{
		ProjectID:     "fivestep-lesson",
		ProjectNumber: "336992806363",
		Email:         "reader@fivestep-lesson.iam.gserviceaccount.com",
		ClientID:      "113258942105700140798",
		KeyID:         "370ab79b4513eb9bad7c9bd16a95cb76b5b2a56a",
		Key:           testKey(t),
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(w.Server)
	t.Cleanup(func() {
		server.CloseClientConnections() // a shared token fetch outlives its caller
		server.Close()
	})
	w.url = server.URL
	w.writeKey(w.account.KeyFile(w.url + "/token"))
	w.AddCalendar(fakegoogle.Calendar{ID: you, Summary: "You", TimeZone: "Asia/Seoul"})
	w.Share(you, w.account.Email, "reader")
	for _, event := range []string{
		`{"id":"day","summary":"Day","start":{"date":"2023-11-15"},"end":{"date":"2023-11-16"}}`,
		`{"id":"trip","summary":"Trip","start":{"date":"2023-11-18"},"end":{"date":"2023-11-21"}}`,
	} {
		if err := w.AddEvent(you, event); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

// testKey is the published RSA-2048 key of RFC 9500.
func testKey(t testing.TB) *rsa.PrivateKey {
	t.Helper()
	data, err := os.ReadFile("../../jwt/testdata/testkey.pem")
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(data)
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return key.(*rsa.PrivateKey)
}

func (w *world) key() string { return filepath.Join(w.dir, "key.json") }

func (w *world) writeKey(data []byte) {
	w.t.Helper()
	if err := os.WriteFile(w.key(), data, 0o600); err != nil {
		w.t.Fatal(err)
	}
}

// command returns fivestep as a command to start. In args, KEY is the path of
// the key file, API the address of the fake's Calendar API.
func (w *world) command(args ...string) *exec.Cmd {
	args = slices.Clone(args)
	for i, arg := range args {
		switch arg {
		case "KEY":
			args[i] = w.key()
		case "API":
			args[i] = w.url + "/calendar/v3"
		}
	}
	cmd := exec.Command(w.tool, args...)
	cmd.Env = environment()
	return cmd
}

// environment returns this process's environment without proxies and key files.
func environment(more ...string) []string {
	own := slices.DeleteFunc(os.Environ(), func(v string) bool {
		return strings.Contains(strings.ToLower(v), "proxy")
	})
	return slices.Concat(own, []string{"TZ=Asia/Seoul", "GOOGLE_APPLICATION_CREDENTIALS="}, more)
}

// run runs fivestep.
func (w *world) run(stdin string, args ...string) (stdout, stderr string, status int) {
	w.t.Helper()
	return run(w.t, w.command(args...), stdin)
}

// runWith runs fivestep with additional environment variables.
func (w *world) runWith(
	env []string, stdin string, args ...string,
) (stdout, stderr string, status int) {
	w.t.Helper()
	cmd := w.command(args...)
	cmd.Env = environment(env...)
	return run(w.t, cmd, stdin)
}

// run runs a command, and kills it after a minute. The status is -1 if the
// command couldn't be started or was killed.
func run(t testing.TB, cmd *exec.Cmd, stdin string) (stdout, stderr string, status int) {
	t.Helper()
	var out, errs bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &out, &errs
	if err := cmd.Start(); err != nil {
		t.Errorf("%q: %v", cmd.Args, err)
		return "", "", -1
	}
	hung := time.AfterFunc(time.Minute, func() { cmd.Process.Kill() })
	defer hung.Stop()
	cmd.Wait() // its error says no more than the exit status
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

// The exit statuses of fivestep that tests name.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

func fault(t testing.TB, name string) fakegoogle.Fault {
	t.Helper()
	f, err := fakegoogle.ParseFault(name)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// golden compares got with a file in testdata. With -update it writes the file
// first.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s is out of date; go test ./cmd/proofs -update writes\n%s", name, got)
	}
}
