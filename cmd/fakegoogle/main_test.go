// SPDX-License-Identifier: 0BSD

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// program is a run of the command in the background.
type program struct {
	base     string // http://127.0.0.1:PORT
	commands string // stdout after the first line
	stderr   *bytes.Buffer
	stop     func() int // stops it as Ctrl-C does; returns the exit status
}

// start runs the command on a free port until the test ends.
func start(t *testing.T, args ...string) program {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	reader, writer := io.Pipe()
	stderr, exit := new(bytes.Buffer), make(chan int, 1)
	go func() {
		status := run(ctx, append([]string{"-addr", "127.0.0.1:0"}, args...), writer, stderr)
		writer.Close()
		exit <- status
	}()
	stop := sync.OnceValue(func() int {
		cancel()
		go io.Copy(io.Discard, reader)
		return <-exit
	})
	t.Cleanup(func() { stop() })
	// The program prints everything in one write.
	buffer := make([]byte, 64<<10)
	n, err := reader.Read(buffer)
	first, rest, _ := strings.Cut(string(buffer[:n]), "\n")
	base, ok := strings.CutPrefix(first, "listening on ")
	if err != nil || !ok {
		t.Fatalf("first line %q, %v, exit status %d, stderr %s", first, err, stop(), stderr)
	}
	return program{base, rest, stderr, stop}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs (go test -update rewrites it):\n%s", path, got)
	}
}

func TestHelp(t *testing.T) {
	var out, errs bytes.Buffer
	status := run(context.Background(), []string{"-h"}, &out, &errs)
	if status != 0 || errs.Len() > 0 {
		t.Errorf("exit status %d, stderr %q", status, &errs)
	}
	golden(t, "help.txt", out.String())
	const indent = "    \t" // how the flag package indents
	spaced := strings.ReplaceAll(out.String(), indent, strings.Repeat(" ", 8))
	for _, line := range strings.Split(spaced, "\n") {
		if len(line) > 80 || strings.Contains(line, "\t") {
			t.Errorf("-h is wider than 80 columns: %s", line)
		}
	}
}

func TestErrors(t *testing.T) {
	const realKey = `{"token_uri":"https://oauth2.googleapis.com/token"}`
	dir := t.TempDir()
	real := filepath.Join(dir, "real.json")
	if err := os.WriteFile(real, []byte(realKey), 0o600); err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(dir, "notes.txt")
	if err := os.WriteFile(other, []byte("notes"), 0o600); err != nil {
		t.Fatal(err)
	}
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for _, c := range []struct {
		status int
		want   string
		args   []string
	}{
		{2, "flag provided but not defined: -x", []string{"-x"}},
		{2, `unexpected argument "y"`, []string{"y"}},
		{2, "-events -1 is negative", []string{"-events", "-1"}},
		{2, "-calendar is empty", []string{"-calendar", ""}},
		{2, `fault "503" is not PLACE:KIND`, []string{"-fault", "503"}},
		{2, `fault "token:99"`, []string{"-fault", "token:99"}},
		{1, "address already in use", []string{"-addr", taken.Addr().String()}},
		{1, "missing port", []string{"-addr", "127.0.0.1"}},
		{1, "is not a key file of this program", []string{"-write-key", real}},
		{1, "is not a key file of this program", []string{"-write-key", other}},
		{1, "is a directory", []string{"-write-key", dir}},
		{1, "no such file", []string{"-write-key", filepath.Join(dir, "no", "key.json")}},
	} {
		if runtime.GOOS == "windows" && c.status == 1 {
			continue // Windows has its own words
		}
		var out, errs bytes.Buffer
		args := append([]string{"-addr", "127.0.0.1:0"}, c.args...)
		status := run(context.Background(), args, &out, &errs)
		if status != c.status || out.Len() > 0 ||
			!strings.Contains(errs.String(), c.want) ||
			!strings.HasPrefix(errs.String(), "fakegoogle: ") {
			t.Errorf("%q: exit status %d, stdout %q, stderr %q", c.args, status, &out, &errs)
		}
	}
	for path, want := range map[string]string{real: realKey, other: "notes"} {
		if text, err := os.ReadFile(path); err != nil || string(text) != want {
			t.Errorf("%s is %q now, %v", path, text, err)
		}
	}
}

func TestKeyFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "key.json")
	var ids []string
	for range 2 { // the second run replaces the file of the first
		p := start(t, "-write-key", path)
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var key struct {
			ID       string `json:"private_key_id"`
			TokenURI string `json:"token_uri"`
		}
		if err := json.Unmarshal(text, &key); err != nil || key.TokenURI != p.base+"/token" {
			t.Errorf("token_uri %q of %s, %v", key.TokenURI, p.base, err)
		}
		ids = append(ids, key.ID)
		info, err := os.Stat(path)
		if err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
			t.Errorf("mode %v, %v", info.Mode(), err)
		}
		if status := p.stop(); status != 0 {
			t.Errorf("exit status %d", status)
		}
	}
	if ids[0] == ids[1] {
		t.Errorf("both runs have the key %s", ids[0])
	}
	if left, err := fs.Glob(os.DirFS(dir), "*"); err != nil || len(left) != 1 {
		t.Errorf("the folder holds %q, %v", left, err)
	}
}

// The program prints commands. This compares their text, then runs each of
// them in a shell.
func TestCommands(t *testing.T) {
	const (
		base  = "http://127.0.0.1:8085"
		email = "reader@p.iam.gserviceaccount.com"
	)
	withKey := options{keyFile: "key.json", calendar: "you@gmail.com"}
	golden(t, "commands.txt", "listening on "+base+"\n"+commands(base, email, withKey))
	withoutKey := options{calendar: "en.kr#holiday@group.v.calendar.google.com"}
	golden(t, "commands-without-key.txt",
		"listening on "+base+"\n"+commands(base, email, withoutKey))

	for _, tool := range []string{"sh", "curl", "go"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip("running them needs ", tool)
		}
	}
	dir := t.TempDir()
	tool := filepath.Join(dir, "fivestep")
	out, err := exec.Command("go", "build", "-o", tool, "../fivestep").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	key := filepath.Join(dir, "it's a key.json")
	p := start(t, "-write-key", key, "-calendar", "a/b #c@example.com")
	wants := []string{
		"Weekly stand-up",
		"Weekly stand-up",
		`"summary": "Design review"`,
		"HTTP/1.1 401 Unauthorized",
		"BEGIN CERTIFICATE",
	}
	for _, line := range strings.Split(p.commands, "\n") {
		if line == "" || line[0] == '#' {
			continue
		}
		line = strings.ReplaceAll(line, "go run ./cmd/fivestep", tool)
		out, err := exec.Command("sh", "-c", line).CombinedOutput()
		if len(wants) == 0 || err != nil || !strings.Contains(string(out), wants[0]) {
			t.Fatalf("%s\n%v, still expected: %q\n%s", line, err, wants, out)
		}
		wants = wants[1:]
	}
	if len(wants) > 0 {
		t.Errorf("no command for %q", wants)
	}
}

func TestFaultFlag(t *testing.T) {
	p := start(t, "-fault", "token:503*1", "-fault", "events:slow=1h")
	for _, want := range []int{503, 400} {
		resp, err := http.PostForm(p.base+"/token", nil)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("status %d, want %d", resp.StatusCode, want)
		}
	}
	resp, err := http.Get(p.base + "/calendar/v3/calendars/you@gmail.com/events")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if status := p.stop(); status != 0 {
		t.Errorf("exit status %d during a delay of an hour", status)
	}
	if text, err := io.ReadAll(resp.Body); err == nil {
		t.Errorf("the response is complete: %q", text)
	}
}

func TestNotLoopback(t *testing.T) {
	p := start(t, "-addr", "0.0.0.0:0")
	p.stop()
	const warning = "warning: 0.0.0.0:0 can be reached from other machines"
	if !strings.HasPrefix(p.stderr.String(), warning) ||
		!strings.HasPrefix(p.base, "http://127.0.0.1:") {
		t.Errorf("%s, stderr %q", p.base, p.stderr)
	}
	// Without a host, -addr means this machine.
	for _, args := range [][]string{nil, {"-addr", ":0"}} {
		p = start(t, args...)
		if p.stop(); p.stderr.Len() > 0 || !strings.HasPrefix(p.base, "http://127.0.0.1:") {
			t.Errorf("%q: %s, stderr %q", args, p.base, p.stderr)
		}
	}
}

// A client gets Google's words for what is too large, whether it sends too much
// in the header or in the body.
func TestTooLarge(t *testing.T) {
	p := start(t)
	long := strings.Repeat("a", 100_000)
	body := strings.Repeat(long, 20)
	for name, c := range map[string]struct {
		path, header, body string
		want               int
	}{
		"URL":    {path: "/" + long, want: http.StatusRequestURITooLong},
		"header": {path: "/token", header: long, want: http.StatusRequestEntityTooLarge},
		"body":   {path: "/token", body: body, want: http.StatusRequestEntityTooLarge},
		"rest": {
			path: "/token", header: long + long, want: http.StatusRequestHeaderFieldsTooLarge,
		},
	} {
		req, err := http.NewRequest("POST", p.base+c.path, strings.NewReader(c.body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("X-Long", c.header)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != c.want {
			t.Errorf("%s: %s", name, resp.Status)
		}
	}
}

// Containers and tests reach the server under many names, and programs in
// browsers send an Origin.
func TestAnyHost(t *testing.T) {
	p := start(t)
	for _, host := range []string{"google", "host.docker.internal:8085", "oauth2.googleapis.com"} {
		req, err := http.NewRequest("POST", p.base+"/token", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Host = host
		req.Header.Set("Origin", "http://localhost:3000")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != 400 || resp.Header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s: %s %v", host, resp.Status, resp.Header)
		}
	}
}

// Standard error says what was decided about each request, and why, while
// standard output has nothing but the address and the commands.
func TestSaysWhy(t *testing.T) {
	p := start(t)
	resp, err := http.Get(p.base + "/calendar/v3/calendars/you@gmail.com/events")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	p.stop()
	const want = "GET /calendar/v3/calendars/you@gmail.com/events 401 required  " +
		"check 2 of 7: the access token\n" +
		"    wrong: the request has no access token: there is no Authorization header\n" +
		"    fix:   send the header Authorization: Bearer ACCESS_TOKEN, " +
		"with the access_token that the token endpoint returned\n"
	if got := p.stderr.String(); got != want {
		t.Errorf("stderr %s", got)
	}
}

func TestQuiet(t *testing.T) {
	p := start(t, "-quiet")
	for _, path := range []string{"/token", "/nothing"} {
		resp, err := http.Post(p.base+path, "text/plain", nil)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
	}
	p.stop()
	if p.stderr.Len() > 0 {
		t.Errorf("stderr %s", p.stderr)
	}
}

// A client reads back everything that -events adds.
func TestEvents(t *testing.T) {
	key := filepath.Join(t.TempDir(), "key.json")
	p := start(t, "-write-key", key, "-events", "600", "-calendar", "load@example.com")
	token := signIn(t, key)
	events := p.base + "/calendar/v3/calendars/load@example.com/events?maxResults=250&q=hour"
	seen := map[string]bool{}
	next := "" // page token
	for range 10 {
		req, err := http.NewRequest("GET", events+"&pageToken="+next, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+token)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		var page struct {
			NextPageToken string            `json:"nextPageToken"`
			Items         []json.RawMessage `json:"items"`
		}
		err = json.NewDecoder(resp.Body).Decode(&page)
		resp.Body.Close()
		if err != nil || resp.StatusCode != 200 {
			t.Fatalf("status %d, %v", resp.StatusCode, err)
		}
		for _, item := range page.Items {
			var e struct{ ID string }
			if err := json.Unmarshal(item, &e); err != nil || len(item) < 800 || len(item) > 2000 {
				t.Fatalf("%d bytes, %v: %s", len(item), err, item)
			}
			seen[e.ID] = true
		}
		if next = page.NextPageToken; next == "" {
			break
		}
	}
	if len(seen) != 600 || !seen[fmt.Sprintf("load%06d", 599)] {
		t.Errorf("%d events", len(seen))
	}
}
