// SPDX-License-Identifier: 0BSD

package proofs

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"example.com/fivestep/jwt"
	"example.com/fivestep/walkthrough"
	"example.com/fivestep/walkthrough/lab"
	"example.com/fivestep/walkthrough/terminal"
)

// secretsInPrograms looks for canaries in the files that the tools write, in
// the output of the fake Google and the lesson as programs, and in the lesson
// with your own key and hostile servers.
func secretsInPrograms(t *testing.T, c *canaries) {
	t.Run("files", secretFiles)
	t.Run("fakegoogle", func(t *testing.T) { secretsInFake(t, c) })
	t.Run("lesson", secretsInLesson)
	t.Run("own key", func(t *testing.T) { secretsWithOwnKey(t, c) })
}

// running is a server that has been started.
type running struct {
	cmd            *exec.Cmd
	base           string
	stdout, stderr bytes.Buffer
	read           chan struct{}
}

// withoutUmask returns a command that runs with umask 0: everyone can read the
// files it writes, unless the program prevents that.
func withoutUmask(cmd *exec.Cmd) *exec.Cmd {
	open := exec.Command("sh", append([]string{"-c", `umask 0; exec "$0" "$@"`}, cmd.Args...)...)
	open.Env = cmd.Env
	return open
}

// start starts a server and waits for its first line, which has its address.
func start(t *testing.T, name string, args ...string) *running {
	t.Helper()
	p := &running{
		cmd:  withoutUmask(exec.Command(program(t, name), args...)),
		read: make(chan struct{}),
	}
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
	line, err := r.ReadString('\n')
	if err != nil {
		t.Fatalf("%s: %q, %v", name, line, err)
	}
	p.stdout.WriteString(line)
	p.base = regexp.MustCompile(`http://127\.0\.0\.1:\d+`).FindString(line)
	go func() {
		defer close(p.read)
		io.Copy(&p.stdout, r)
	}()
	return p
}

// stop ends the server as Ctrl-C does, and returns everything it has printed.
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

// get returns an answer with its headers, to a request with this Authorization.
func get(t *testing.T, address, authorization string) string {
	t.Helper()
	req, err := http.NewRequest("GET", address, nil)
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

func secretsInFake(t *testing.T, c *canaries) {
	path := filepath.Join(t.TempDir(), "key.json")
	p := start(t, "fakegoogle", "-addr", "127.0.0.1:0", "-write-key", path,
		"-fault", "events:500*1", "-fault", "token:reset*1")
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key file is %v, %v", info, err)
	}
	data, readErr := os.ReadFile(path)
	key, err := jwt.ParseKeyFile(data)
	if err != nil {
		t.Fatal(readErr, err)
	}
	c.addKey(t, key.PrivateKey)
	w := newWorld(t)
	assertion, _, _ := w.run("", "jwt", "-key", path)
	c.addAssertion(strings.TrimSpace(assertion))
	token, stderr, status := w.run(assertion, "token")
	if status != exitDone {
		t.Fatal(stderr)
	}
	token = strings.TrimSpace(token)
	c.addToken("the fake's token", token)
	events := p.base + "/calendar/v3/calendars/you@gmail.com/events"
	pages := get(t, p.base+"/", "") +
		get(t, events, "") +
		get(t, events, "Bearer "+longToken) +
		get(t, events+"?q="+shortToken, "Bearer "+shortToken) +
		get(t, events, "Basic "+longToken) +
		get(t, events, "Bearer "+token) +
		get(t, events, "Bearer "+token) +
		get(t, events+"?maxResults=x", "Bearer "+token) +
		get(t, p.base+"/token", "Bearer "+token)
	for _, bad := range []string{c.assertion, strings.TrimSpace(assertion) + "x", longToken} {
		resp, err := http.PostForm(p.base+"/token", url.Values{
			"grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"},
			"assertion":  {bad},
		})
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		pages += string(body)
	}
	c.see(t, "a page of fakegoogle", pages)
	c.see(t, "fakegoogle", p.stop(t))
	foreignKeyFile(t, c, path)
}

// foreignKeyFile checks that the fake Google neither changes nor shows a key
// file that it didn't write.
func foreignKeyFile(t *testing.T, c *canaries, path string) {
	t.Helper()
	foreign := c.account.KeyFile("")
	if err := os.WriteFile(path, foreign, 0o600); err != nil {
		t.Fatal(err)
	}
	again := exec.Command(program(t, "fakegoogle"), "-addr", "127.0.0.1:0", "-write-key", path)
	out, err := again.CombinedOutput()
	c.see(t, "fakegoogle", string(out))
	after, readErr := os.ReadFile(path)
	if err == nil || readErr != nil || !bytes.Equal(after, foreign) {
		t.Errorf("%v, %v", err, readErr)
	}
}

// secretsInLesson looks for the private half of the lesson's key, even though
// that is published, and for the access token of its run.
func secretsInLesson(t *testing.T) {
	c := &canaries{windows: map[string]string{}, words: map[string]string{}}
	c.addKey(t, testKey(t))
	trace := lesson(t)
	c.addToken("the lesson's token", lessonToken(t, trace))
	c.see(t, "the trace", loosely(trace))
	lessonPrints(t, c)
	for _, b := range lab.Breakages() {
		result, err := lab.Break(context.Background(), b.Name)
		if err != nil {
			t.Fatal(err)
		}
		var text strings.Builder
		if err := terminal.WriteResult(&text, result, true); err != nil {
			t.Error(err)
		}
		c.see(t, "walkthrough -break "+b.Name, text.String()+fmt.Sprintf("%+v", result))
	}
}

// lessonToken returns the access token of the lesson, which is not in its
// trace. The fake issues the same token for the same assertion.
func lessonToken(t *testing.T, trace *walkthrough.Trace) string {
	t.Helper()
	w := newWorld(t)
	w.SetClock(trace.Now)
	assertion, err := trace.Part("assertion")
	if err != nil {
		t.Fatal(err)
	}
	form := strings.NewReader(url.Values{
		"grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"},
		"assertion":  {string(assertion.Bytes)},
	}.Encode())
	answer := httptest.NewRecorder()
	req := httptest.NewRequest("POST", "https://oauth2.googleapis.com/token", form)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w.ServeHTTP(answer, req)
	var token struct {
		AccessToken string `json:"access_token"`
	}
	err = json.Unmarshal(answer.Body.Bytes(), &token)
	if err != nil || len(token.AccessToken) != trace.TokenSize {
		t.Fatalf("%v: %.200s", err, answer.Body)
	}
	return token.AccessToken
}

// lessonPrints looks for canaries in the lesson's output, its file and its
// pages.
func lessonPrints(t *testing.T, c *canaries) {
	t.Helper()
	name := program(t, "walkthrough")
	file := filepath.Join(t.TempDir(), "lesson.html")
	for _, args := range [][]string{{}, {"-list"}, {"-html", file}, {"-break", "nothing"}} {
		out, err := exec.Command(name, args...).CombinedOutput()
		c.see(t, fmt.Sprintf("walkthrough %q", args), string(out))
		if (err == nil) != (len(args) == 0 || args[0] != "-break") {
			t.Errorf("walkthrough %q: %v: %.200s", args, err, out)
		}
	}
	html, err := os.ReadFile(file)
	if err != nil || len(html) < 10000 {
		t.Errorf("%v, %d bytes", err, len(html))
	}
	c.see(t, "the page as a file", string(html))
	p := start(t, "walkthrough", "-http", "127.0.0.1:0")
	for _, path := range []string{
		"/", "/?open=all", "/lab", "/own", "/own?claims=%7B%7D", "/style.css", "/nothing",
		"/calendar/v3/calendars/you@gmail.com/events",
	} {
		c.see(t, path, get(t, p.base+path, ""))
	}
	c.see(t, "walkthrough -http", p.stop(t))
}

// loosely prints a large value as a careless program might.
func loosely(v any) string {
	data, err := json.Marshal(v)
	return fmt.Sprintf("%v %+[1]v %#[1]v %[1]s %s %v", v, data, err)
}

// unbroken returns a text twice: unchanged, and with the lines joined that were
// broken at column 78.
func unbroken(text string) string {
	return text + regexp.MustCompile(`\n *[┆│] ?|\n *`).ReplaceAllString(text, "")
}

// secretFiles checks how a file that holds a secret is replaced. The new one is
// written under another name, readable only by its owner whatever the umask
// says, and then renamed: anyone who still has the old one open, or linked,
// sees nothing of the new.
func secretFiles(t *testing.T) {
	w := newWorld(t)
	folder := filepath.Join(w.dir, "folder")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, write := range map[string]func(path string){
		"-sync": func(path string) {
			events := w.command("events", "-key", "KEY", "-api", "API", "-sync", path, you)
			if out, err := withoutUmask(events).CombinedOutput(); err != nil {
				t.Errorf("%v: %s", err, out)
			}
		},
		"-write-key": func(path string) {
			start(t, "fakegoogle", "-addr", "127.0.0.1:0", "-write-key", path).stop(t)
		},
	} {
		t.Run(name, func(t *testing.T) {
			path, link := filepath.Join(folder, "file"), filepath.Join(folder, "link")
			write(path)
			first, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.Link(path, link); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(path, 0o666); err != nil {
				t.Fatal(err)
			}
			write(path)
			old, err1 := os.Stat(link)
			info, err2 := os.Stat(path)
			if err1 != nil || err2 != nil || os.SameFile(old, info) || info.Mode() != 0o600 {
				t.Errorf("%v, %v, %v, %v", old, info, err1, err2)
			}
			if linked, err := os.ReadFile(link); err != nil || string(linked) != string(first) {
				t.Errorf("the old file was changed: %v", err)
			}
			entries, err := os.ReadDir(folder)
			if err != nil || len(entries) != 2 {
				t.Errorf("in the folder there are %v, %v", entries, err)
			}
			os.Remove(path)
			os.Remove(link)
		})
	}
}
