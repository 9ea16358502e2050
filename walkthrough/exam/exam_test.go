// SPDX-License-Identifier: 0BSD

package exam

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// plenty is a limit that no client of these tests reaches, however busy the
// machine is.
const plenty = 2 * time.Minute

// limits returns the limit of a trial. In one of them, the client has to wait
// for a part of it.
func limits(t Trial) time.Duration {
	if t.Name == "slow-server" {
		return DefaultLimit
	}
	return plenty
}

// A pair is a run of the correct client in one trial, with one mistake.
type pair struct {
	trial   Trial
	stage   int
	mistake string
}

// pairs combines every trial with every mistake. In the stages before the last,
// it combines every trial with its own mistake, and with none.
func pairs() (list []pair) {
	trials := Trials()
	slow := func(t Trial) bool { return t.Name == "slow-server" }
	first := slices.IndexFunc(trials, slow) // takes longest
	trials[0], trials[first] = trials[first], trials[0]
	for _, trial := range trials {
		for stage := trial.stage; stage <= len(Stages); stage++ {
			list = append(list, pair{trial, stage, trial.Name}, pair{trial, stage, ""})
		}
		for _, other := range trials {
			if other.Name != trial.Name {
				list = append(list, pair{trial, len(Stages), other.Name})
			}
		}
	}
	return list
}

// For each trial, there's a mistake that fails it and no other. All runs are in
// this process, and most of them wait for something most of the time.
func TestMutants(t *testing.T) {
	t.Parallel()
	const bits = 1024 // less than Google's keys have: there are 900 signatures to make
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	const parallel = 24
	slots := make(chan struct{}, parallel)
	var all sync.WaitGroup
	try := func(p pair) {
		defer all.Done()
		defer func() { <-slots }()
		o := Options{Stage: p.stage, Limit: limits(p.trial)}
		c := correctClient(p.stage, p.mistake)
		r, err := examine(context.Background(), p.trial, c, o, key)
		if err != nil || r.Passed() == (p.trial.Name == p.mistake) {
			t.Errorf("stage %d, a client whose mistake is %q: %v, %v", p.stage, p.mistake, r, err)
		}
	}
	for _, p := range pairs() {
		all.Add(1)
		slots <- struct{}{}
		go try(p)
	}
	all.Wait()
}

// A client that does nothing passes nothing, except that it keeps from sending.
func TestIdle(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status       int
		reason, want string
	}{
		{0, "I don't feel like it.\n", ""},
		{1, "", ""},
		{1, "I can't.\n", "bad-key-file"},
	} {
		idle := func(_ context.Context, _ []string, _, stderr io.Writer) (int, error) {
			io.WriteString(stderr, c.reason)
			return c.status, nil
		}
		for stage := range len(Stages) {
			var passed []string
			o := Options{Stage: stage + 1, Parallel: 4}
			err := run(context.Background(), idle, o, func(r Result) {
				if r.Passed() {
					passed = append(passed, r.Trial.Name)
				}
			})
			if got := strings.Join(passed, " "); got != c.want || err != nil {
				t.Errorf("exit status %d, stage %d: passed %q, %v", c.status, stage+1, got, err)
			}
		}
	}
}

// A failed trial comes with the fake's reason, even for an assertion that was only
// printed.
func TestReason(t *testing.T) {
	t.Parallel()
	wrong := func(ctx context.Context, env []string, stdout, stderr io.Writer) (int, error) {
		var assertion strings.Builder
		status, err := correctClient(2, "")(ctx, env, &assertion, stderr)
		parts := strings.Split(assertion.String(), ".")
		fmt.Fprintf(stdout, "%s.%s.%s", parts[0], parts[1], strings.Repeat("A", len(parts[2])-1))
		return status, err
	}
	var results []Result
	o := Options{Stage: 2, Trials: []string{"good-run", "kid"}, Limit: plenty}
	err := run(context.Background(), wrong, o, func(r Result) { results = append(results, r) })
	if err != nil || len(results) != 2 || !results[1].Passed() {
		t.Fatalf("%v, %v", results, err)
	}
	got := results[0]
	if got.Instead != "what it printed isn't an assertion that Google would accept" ||
		!strings.HasPrefix(got.Reason, "POST /token 400 invalid_grant  check 5 of 11: the signature") ||
		!strings.Contains(got.String(), "refused POST /token 400") {
		t.Errorf("%v", got)
	}
}

// A command gets its arguments unchanged, an empty input, and no variables but
// the documented ones.
func TestCommand(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	w := &world{base: "http://127.0.0.1:1", calendarID: "a#b", keyFile: []byte("{}")}
	args := []string{"a b", "$HOME", "*", "", "--", `"`}
	var stdout, stderr capture
	status, err := command(append([]string{os.Args[0], "report"}, args...))(
		context.Background(), environment(w, folder, 1500*time.Millisecond, []string{"EXAM_PASSED"}),
		&stdout, &stderr)
	here, _ := os.Getwd()
	want := []string{
		fmt.Sprintf("arguments %q", args),
		"input 0 bytes, <nil>",
		fmt.Sprintf("folder %q, <nil>", here),
		"CALENDAR_API=http://127.0.0.1:1/calendar/v3",
		"CALENDAR_ID=a#b",
		"GOOGLE_APPLICATION_CREDENTIALS=" + filepath.Join(folder, "key.json"),
		"HOME=" + folder,
		"LANG=C.UTF-8",
		"PATH=" + os.Getenv("PATH"),
		"TIMEOUT=1.5",
		"TMPDIR=" + folder,
		"TZ=UTC",
	}
	got := strings.Split(strings.TrimSpace(string(stdout.text)), "\n")
	slices.Sort(got[3:])
	if runtime.GOOS == "windows" || runtime.GOOS == "plan9" {
		got = got[:len(want)] // there are a few more
	}
	said, _, _ := strings.Cut(string(stderr.text), "\n") // go test -cover adds a warning
	if err != nil || status != 3 || said != "reported" || !slices.Equal(got, want) {
		t.Errorf("status %d, %v, stderr %q\n%s", status, err, stderr.text, strings.Join(got, "\n"))
	}
}

// The variables that Options.Env names are passed on, but a client never gets
// your own key.
func TestEnv(t *testing.T) {
	own := filepath.Join("home", "real-key.json")
	t.Setenv("HOME", "home")
	t.Setenv("GOOGLE_APPLICATION_CREDENTIALS", own)
	cmd := exec.Command("client")
	cmd.Env = environment(&world{}, "folder", time.Second,
		[]string{"HOME", "GOOGLE_APPLICATION_CREDENTIALS", "EXAM_UNSET"})
	list := cmd.Environ()
	key := "GOOGLE_APPLICATION_CREDENTIALS=" + filepath.Join("folder", "key.json")
	unset := func(v string) bool { return strings.HasPrefix(v, "EXAM_UNSET") }
	if !slices.Contains(list, "HOME=home") || !slices.Contains(list, key) ||
		slices.Contains(list, "GOOGLE_APPLICATION_CREDENTIALS="+own) ||
		slices.ContainsFunc(list, unset) {
		t.Errorf("%q", list)
	}
}

func TestCapture(t *testing.T) {
	var c capture
	for range 3 {
		if n, err := c.Write(make([]byte, maxOutput/2+1)); n != maxOutput/2+1 || err != nil {
			t.Errorf("%d, %v", n, err)
		}
	}
	if len(c.text) != maxOutput {
		t.Errorf("%d bytes are kept", len(c.text))
	}
}

// Each secret is found on each stream, even in the middle of other text. What
// isn't secret is not.
func TestLeak(t *testing.T) {
	t.Parallel()
	o := Options{Stage: len(Stages), Limit: plenty}
	key, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		t.Fatal(err)
	}
	var a *attempt
	spy := Trial{judge: func(judged *attempt) string { a = judged; return "" }}
	if _, err := examine(context.Background(), spy, correctClient(5, ""), o, key); err != nil {
		t.Fatal(err)
	}
	form, _ := url.ParseQuery(string(a.posts()[0].Body))
	lines := strings.Split(string(a.keyFile), `\n`)
	for want, text := range map[string]string{
		keySecret:       lines[1],
		assertionSecret: form.Get("assertion"),
		tokenSecret:     strings.TrimRight(a.tokens[0], "."),
		"":              a.account.Email + a.account.KeyID + strings.Repeat(".", 100) + lines[0],
	} {
		for _, output := range []string{"standard output", "standard error"} {
			leaking := *a
			leaking.stdout, leaking.stderr = "x"+text+"x", ""
			if output == "standard error" {
				leaking.stdout, leaking.stderr = "", "x"+text+"x"
			}
			got := leaking.leak()
			if want != "" && got != want+" on "+output || want == "" && got != "" {
				t.Errorf("%q, want %q on %s", got, want, output)
			}
		}
	}

	// Some libraries pad an assertion. An error may repeat it with each = escaped.
	escaped := form.Get("assertion") + "%3D%3D"
	padded := *a
	padded.requests = a.posts()
	padded.requests[0].Body = []byte("assertion=" + escaped)
	padded.stderr = "Invalid JWT: " + escaped
	if got, want := padded.leak(), assertionSecret+" on standard error"; got != want {
		t.Errorf("padded assertion: %q, want %q", got, want)
	}
}

// What a client printed is shown in one short line, unless it has a secret.
func TestGist(t *testing.T) {
	for text, want := range map[string]string{
		"":                        "",
		"\n}\n":                   "",
		"one\n":                   "one",
		"one\n\ttwo\n three\n}\n": "one ... three",
		"\x1b[31mred \"x\"":       `\x1b[31mred "x"`,
		"이사회":                     "이사회",
		strings.Repeat("x", 1000): strings.Repeat("x", 160) + "...",
	} {
		if got := gist(text); got != want {
			t.Errorf("gist(%q) = %q, want %q", text, got, want)
		}
	}
}
