// SPDX-License-Identifier: 0BSD

package walkthrough

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"net"
	"net/http/httptest"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"testing"

	"example.com/fivestep/walkthrough/fakegoogle"
)

// tapped keeps what clients send to a test server.
type tapped struct {
	net.Listener
	mu   sync.Mutex
	sent []*bytes.Buffer // a connection each
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

// all is what was sent over each connection.
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

// needs skips a test if a tool is not there, and fails it where all must be.
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

// All commands, pasted one after the other into one shell, make the bytes of the
// parts that they stand beside.
func TestReproduce(t *testing.T) {
	needs(t, "sh", "openssl", "curl", "od", "sed", "mktemp")
	trace, _ := lesson(t, fakegoogle.New())
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

	const mark = "\n==== of the test, not of the lesson ====\n"
	script := "set -e\n"
	var parts []Part
	for _, step := range trace.Steps {
		for _, part := range step.Parts {
			if part.Reproduce == "" {
				t.Errorf("%s: nothing says how to make it again", part.Name)
			}
			for _, line := range strings.Split(part.Reproduce, "\n") {
				if columns(line) > 75 && !strings.Contains(line, "/calendar/v3/") {
					t.Errorf("%s: a command has %d columns: %s", part.Name, columns(line), line)
				}
			}
			parts = append(parts, part)
			script += part.ReproduceAt(server.URL) + fmt.Sprintf("\nprintf '%%s' '%s'\n", mark)
		}
	}
	shell := exec.Command("sh")
	shell.Dir = ".."
	shell.Env = append(os.Environ(), "TMPDIR="+t.TempDir(), "no_proxy=127.0.0.1", "NO_PROXY=127.0.0.1")
	shell.Stdin = strings.NewReader(script)
	var complaints bytes.Buffer
	shell.Stderr = &complaints
	out, err := shell.Output()
	outputs := strings.Split(string(out), mark)
	if err != nil || complaints.Len() > 0 || len(outputs) != len(parts)+1 {
		t.Fatalf("%v, %d outputs for %d parts: %s", err, len(outputs), len(parts), complaints.String())
	}

	// curl makes a connection for each command.
	sent := tap.all()
	if len(sent) != 4 {
		t.Fatalf("%d connections", len(sent))
	}
	host, token := regexp.MustCompile(`\nHost: [^\r]*`), regexp.MustCompile(`(?:Bearer |"access_token":")(ya29\.[A-Za-z0-9._-]+)`)
	// comparable is a message without what differs: the host, and the secret.
	comparable := func(text string) []byte {
		part := Part{Bytes: []byte(host.ReplaceAllString(text, "\nHost: of the server"))}
		if found := token.FindStringSubmatch(text); found != nil && !strings.Contains(text, "withheld]") {
			withhold(&part, found[1])
		}
		return part.Bytes
	}
	for i, part := range parts {
		got, want := []byte(outputs[i]), part.Bytes
		switch {
		case part.Name == "key-file":
			got = keyFilePart(got).Bytes
		case part.Name == "digest":
			got = unhex(t, outputs[i][strings.LastIndexByte(outputs[i], ' '):])
		case part.Name == "key-der":
			text, dump, _ := strings.Cut(outputs[i], "Exponent: 65537 (0x10001)\n")
			_, text, _ = strings.Cut(text, "Modulus:")
			got = unhex(t, dump)
			if modulus := unhex(t, strings.ReplaceAll(text, ":", "")); len(modulus) < 256 || !bytes.Contains(want, modulus) {
				t.Errorf("openssl reads another modulus: %x", modulus)
			}
		case part.Kind == Binary:
			got = unhex(t, outputs[i])
		case part.Kind == HTTP:
			if strings.HasSuffix(part.Name, "-request") {
				if !strings.Contains(outputs[i], "=> Send header") {
					t.Errorf("%s: curl does not show what it sends: %s", part.Name, outputs[i])
				}
				if sent[0] != sent[1] {
					t.Errorf("%s: what is said to be the same request is another", part.Name)
				}
				got, sent = []byte(sent[0]), sent[2:]
			}
			got, want = comparable(string(got)), comparable(string(want))
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s: the commands give\n%q\nwhich is not\n%q", part.Name, got, want)
		}
	}
}

func unhex(t *testing.T, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.Join(strings.Fields(text), ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}
