// SPDX-License-Identifier: 0BSD

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"example.com/fivestep/jwt"
	"example.com/fivestep/walkthrough"
)

// secretsOfPrograms looks at the lesson and at the fake Google, as the programs that
// people start, and at the lesson with a key of one's own before hostile servers.
func secretsOfPrograms(t *testing.T, c *canaries) {
	dir := t.TempDir()
	build := exec.Command("go", "build", "-o", dir+string(filepath.Separator), "../walkthrough", "../fakegoogle")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	t.Run("files", func(t *testing.T) { secretFiles(t, filepath.Join(dir, "fakegoogle")) })
	t.Run("fakegoogle", func(t *testing.T) { secretsOfFake(t, c, filepath.Join(dir, "fakegoogle")) })
	t.Run("lesson", func(t *testing.T) { secretsOfLesson(t, filepath.Join(dir, "walkthrough")) })
	t.Run("own key", func(t *testing.T) { secretsOfOwnKey(t, c, filepath.Join(dir, "walkthrough")) })
}

// running is a server at work.
type running struct {
	cmd            *exec.Cmd
	base           string
	stdout, stderr bytes.Buffer
	read           chan struct{}
}

// start starts a server and waits for its address, and for as many lines after it.
func start(t *testing.T, lines int, name string, args ...string) *running {
	t.Helper()
	// The shell's umask lets everybody read what the program does not keep to itself.
	p := &running{cmd: exec.Command("sh", append([]string{"-c", `umask 0; exec "$0" "$@"`, name}, args...)...), read: make(chan struct{})}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.cmd.Stderr = &p.stderr
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.cmd.Process.Kill() })
	r := bufio.NewReader(out)
	for i := 0; i <= lines; i++ {
		line, err := r.ReadString('\n')
		if err != nil {
			t.Fatalf("%s: %q, %v", name, line, err)
		}
		p.stdout.WriteString(line)
	}
	p.base = regexp.MustCompile(`http://127\.0\.0\.1:\d+`).FindString(p.stdout.String())
	go func() { defer close(p.read); io.Copy(&p.stdout, r) }()
	return p
}

// stop ends it as Ctrl-C does, and returns all that it has printed.
func (p *running) stop(t *testing.T) string {
	t.Helper()
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Error(err)
	}
	<-p.read
	if err := p.cmd.Wait(); err != nil {
		t.Error(err)
	}
	return p.stdout.String() + p.stderr.String()
}

// get is an answer with its headers, to a request with this Authorization.
func get(t *testing.T, url, authorization string) string {
	t.Helper()
	req, err := http.NewRequest("GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if authorization != "" {
		req.Header.Set("Authorization", authorization)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var b bytes.Buffer
	if err := resp.Write(&b); err != nil {
		t.Error(err)
	}
	return b.String()
}

func secretsOfFake(t *testing.T, c *canaries, name string) {
	path := filepath.Join(t.TempDir(), "key.json")
	p := start(t, 0, name, "-addr", "127.0.0.1:0", "-write-key", path, "-fault", "events:500*1", "-fault", "token:reset*1")
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key file is %v, %v", info, err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	key, err := jwt.ParseKeyFile(data)
	if err != nil {
		t.Fatal(err)
	}
	c.addKey(t, key.PrivateKey)
	w := newWorld(t)
	w.tool.now = time.Now
	assertion, _, _ := w.runAsIs("", "jwt", "-key", path)
	c.addAssertion(strings.TrimSpace(assertion))
	token, stderr, status := w.runAsIs(assertion, "token")
	if status != exitDone {
		t.Fatal(stderr)
	}
	token = strings.TrimSpace(token)
	c.addToken("the fake's token", token)
	events := p.base + "/calendar/v3/calendars/you@gmail.com/events"
	pages := get(t, p.base+"/", "") + get(t, events, "") + get(t, events, "Bearer "+longToken) + get(t, events+"?q="+shortToken, "Bearer "+shortToken) + get(t, events, "Basic "+longToken) +
		get(t, events, "Bearer "+token) + get(t, events, "Bearer "+token) + get(t, events+"?maxResults=x", "Bearer "+token) + get(t, p.base+"/token", "Bearer "+token)
	for _, bad := range []string{c.assertion, strings.TrimSpace(assertion) + "x", longToken} {
		resp, err := http.PostForm(p.base+"/token", map[string][]string{"grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"}, "assertion": {bad}})
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		pages += string(body)
	}
	c.see(t, "a page of fakegoogle", pages)
	c.see(t, "fakegoogle", p.stop(t))

	// A key file that is not its own stays, and is not shown.
	foreign := c.account.KeyFile("")
	if err := os.WriteFile(path, foreign, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(name, "-addr", "127.0.0.1:0", "-write-key", path).CombinedOutput()
	c.see(t, "fakegoogle", string(out))
	if after, readErr := os.ReadFile(path); err == nil || readErr != nil || !bytes.Equal(after, foreign) {
		t.Errorf("%v, %v", err, readErr)
	}
}

// secretsOfLesson looks for the private half of the lesson's key, published though it
// is, and for the access token of its run.
func secretsOfLesson(t *testing.T, name string) {
	lesson := &canaries{windows: map[string]string{}, words: map[string]string{}}
	w := newWorld(t)
	lesson.addKey(t, testKey(t))
	ctx := context.Background()
	trace, err := walkthrough.Run(ctx)
	if err != nil {
		t.Fatal(err)
	}
	// The fake gives the same token to the same assertion.
	assertion, err := trace.Part("assertion")
	if err != nil {
		t.Fatal(err)
	}
	form := strings.NewReader("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=" + string(assertion.Bytes))
	answer := httptest.NewRecorder()
	req := httptest.NewRequest("POST", "https://oauth2.googleapis.com/token", form)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w.ServeHTTP(answer, req)
	var token struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.Unmarshal(answer.Body.Bytes(), &token); err != nil || len(token.AccessToken) != trace.TokenSize {
		t.Fatalf("%v: %.200s", err, answer.Body)
	}
	lesson.addToken("the lesson's token", token.AccessToken)

	lesson.see(t, "the trace", loosely(trace))
	file := filepath.Join(t.TempDir(), "lesson.html")
	for _, args := range [][]string{{}, {"-list"}, {"-html", file}, {"-break", "nothing"}} {
		out, err := exec.Command(name, args...).CombinedOutput()
		lesson.see(t, fmt.Sprintf("walkthrough %q", args), string(out))
		if (err == nil) != (len(args) == 0 || args[0] != "-break") {
			t.Errorf("walkthrough %q: %v: %.200s", args, err, out)
		}
	}
	html, err := os.ReadFile(file)
	if err != nil || len(html) < 10000 {
		t.Errorf("%v, %d bytes", err, len(html))
	}
	lesson.see(t, "the page as a file", string(html))
	p := start(t, 0, name, "-http", "127.0.0.1:0")
	for _, path := range []string{"/", "/?open=all", "/lab", "/own", "/own?claims=%7B%7D", "/style.css", "/nothing", "/calendar/v3/calendars/you@gmail.com/events"} {
		lesson.see(t, path, get(t, p.base+path, ""))
	}
	for _, b := range walkthrough.Breakages() {
		result, err := walkthrough.Break(ctx, b.Name)
		if err != nil {
			t.Fatal(err)
		}
		var text strings.Builder
		if err := result.WriteText(&text, true); err != nil {
			t.Error(err)
		}
		lesson.see(t, "walkthrough -break "+b.Name, text.String()+fmt.Sprintf("%+v", result))
	}
	lesson.see(t, "walkthrough -http", p.stop(t))
}

// loosely is a large value as somebody may print it in passing.
func loosely(v any) string {
	data, err := json.Marshal(v)
	return fmt.Sprintf("%v %+[1]v %#[1]v %[1]s %s %v", v, data, err)
}

// unbroken is a text with its lines joined that were broken at column 78.
func unbroken(text string) string {
	return text + regexp.MustCompile(`\n *[┆│] ?|\n *`).ReplaceAllString(text, "")
}
