// SPDX-License-Identifier: 0BSD

package page

import (
	"bytes"
	"context"
	"encoding/hex"
	"net"
	"net/http/httptest"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"testing"

	"example.com/fivestep/walkthrough"
)

// tapped records what clients send to a test server.
type tapped struct {
	net.Listener
	mu   sync.Mutex
	sent []*bytes.Buffer // one for each connection
}

type tappedConn struct {
	net.Conn
	listener *tapped
	sent     *bytes.Buffer
}

func (l *tapped) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sent = append(l.sent, new(bytes.Buffer))
	return tappedConn{conn, l, l.sent[len(l.sent)-1]}, nil
}

// all returns the bytes sent over each connection.
func (l *tapped) all() (sent []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, b := range l.sent {
		sent = append(sent, b.String())
	}
	return sent
}

func (c tappedConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.listener.mu.Lock()
	defer c.listener.mu.Unlock()
	c.sent.Write(p[:n])
	return n, err
}

// needs skips the test if a tool is missing. In CI that is a failure.
func needs(t *testing.T, tools ...string) {
	t.Helper()
	for _, tool := range tools {
		if _, err := exec.LookPath(tool); err != nil && os.Getenv("CI") != "" {
			t.Fatal(err)
		} else if err != nil {
			t.Skip(err)
		}
	}
}

// All the commands, pasted one after the other into one shell, make the bytes
// of their parts. Only the policy of this server is added to what Google sends.
func TestReproduce(t *testing.T) {
	needs(t, "sh", "openssl", "curl", "od", "sed", "mktemp")
	server := httptest.NewUnstartedServer(nil)
	tap := &tapped{Listener: server.Listener}
	server.Listener = tap
	handler, err := NewServer(context.Background(), "http://"+tap.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	server.Config.Handler = handler
	server.Start()
	defer server.Close()

	trace := lesson(t)
	var parts []walkthrough.Part
	for _, step := range trace.Steps {
		parts = append(parts, step.Parts...)
	}
	outputs := runCommands(t, parts, server.URL)
	sent := tap.all() // curl makes a connection for each command
	if len(sent) != 4 {
		t.Fatalf("%d connections", len(sent))
	}
	for i, part := range parts {
		got, want := outputs[i], string(part.Bytes)
		switch {
		case part.Name == "key-file":
			got = string(walkthrough.KeyFilePart([]byte(got)).Bytes)
		case part.Name == "digest":
			got = unhex(t, got[strings.LastIndexByte(got, ' '):])
		case part.Name == "key-der":
			got = reproducedKey(t, got, want)
		case part.Kind == walkthrough.Binary:
			got = unhex(t, got)
		case strings.HasSuffix(part.Name, "-request"):
			if !strings.Contains(got, "=> Send header") {
				t.Errorf("%s: curl does not show what it sends: %s", part.Name, got)
			}
			if sent[0] != sent[1] {
				t.Errorf("%s: the same request twice is not the same", part.Name)
			}
			got, sent = sent[0], sent[2:]
		case strings.HasSuffix(part.Name, "-response"):
			whole := got
			got = strings.Replace(got, "Content-Security-Policy: "+contentPolicy+"\r\n", "", 1)
			if got == whole {
				t.Errorf("%s has no policy: %s", part.Name, whole)
			}
		}
		if part.Kind == walkthrough.HTTP {
			got, want = normalized(t, trace, got), normalized(t, trace, want)
		}
		if got != want {
			t.Errorf("%s: the commands make\n%q\nwhich is not\n%q", part.Name, got, want)
		}
	}
}

// runCommands runs the commands for all parts in one shell, and returns the
// output of each.
func runCommands(t *testing.T, parts []walkthrough.Part, base string) []string {
	t.Helper()
	const mark = "\n==== of the test, not of the lesson ====\n"
	script := "set -e\n"
	for _, part := range parts {
		if part.Reproduce == "" {
			t.Errorf("%s: no command reproduces it", part.Name)
		}
		for _, line := range strings.Split(part.Reproduce, "\n") {
			if len(line) > 75 && !strings.Contains(line, "/calendar/v3/") {
				t.Errorf("%s: a command has %d columns: %s", part.Name, len(line), line)
			}
		}
		script += part.ReproduceAt(base) + "\nprintf '%s' '" + mark + "'\n"
	}
	shell := exec.Command("sh")
	shell.Dir = "../.." // the root of the repository
	shell.Env = append(os.Environ(),
		"TMPDIR="+t.TempDir(), "no_proxy=127.0.0.1", "NO_PROXY=127.0.0.1")
	shell.Stdin = strings.NewReader(script)
	var complaints bytes.Buffer
	shell.Stderr = &complaints
	out, err := shell.Output()
	outputs := strings.Split(string(out), mark)
	if err != nil || complaints.Len() > 0 || len(outputs) != len(parts)+1 {
		t.Fatalf("%v, %d outputs for %d parts: %s", err, len(outputs), len(parts), &complaints)
	}
	return outputs
}

// reproducedKey returns the DER that openssl prints of the key, after comparing
// the modulus that it reads.
func reproducedKey(t *testing.T, output, want string) string {
	text, dump, _ := strings.Cut(output, "Exponent: 65537 (0x10001)\n")
	_, text, _ = strings.Cut(text, "Modulus:")
	modulus := unhex(t, strings.ReplaceAll(text, ":", ""))
	if len(modulus) < 256 || !strings.Contains(want, modulus) {
		t.Errorf("openssl reads another modulus: %x", modulus)
	}
	return unhex(t, dump)
}

var (
	hostHeader = regexp.MustCompile(`\nHost: [^\r]*`)
	anyToken   = regexp.MustCompile(`(Bearer |"access_token":")` +
		`(ya29\.[A-Za-z0-9._-]+)(\[\.\.\. \d+ more characters withheld\])?`)
)

// normalized returns a message without its host and its access token, which may
// be masked.
func normalized(t *testing.T, trace *walkthrough.Trace, message string) string {
	m := anyToken.FindStringSubmatch(message)
	if m != nil && m[3] == "" && len(m[2]) != trace.TokenSize {
		t.Errorf("a token of %d characters", len(m[2]))
	}
	message = hostHeader.ReplaceAllString(message, "\nHost: HOST")
	return anyToken.ReplaceAllString(message, "${1}TOKEN")
}

func unhex(t *testing.T, text string) string {
	t.Helper()
	b, err := hex.DecodeString(strings.Join(strings.Fields(text), ""))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
