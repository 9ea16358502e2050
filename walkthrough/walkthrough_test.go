// SPDX-License-Identifier: 0BSD

package walkthrough

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"example.com/fivestep/jwt"
	"example.com/fivestep/walkthrough/fakegoogle"
)

var update = flag.Bool("update", false, "write testdata anew")

// lesson runs the five steps, and returns the text of the lesson as well.
func lesson(t *testing.T, google *fakegoogle.Server) (*Trace, string) {
	t.Helper()
	trace, err := run(context.Background(), google)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := trace.WriteText(&b, false); err != nil {
		t.Fatal(err)
	}
	return trace, b.String()
}

// shown takes the bytes of a part out of the text, as a reader would: by its
// number, and with lines joined that go on.
func shown(t *testing.T, text, number string) string {
	t.Helper()
	lines := strings.Split(text, "\n")
	for len(lines) > 0 && (!strings.HasPrefix(lines[0], textIndent+number+"  ") || !strings.HasPrefix(lines[1], "  │")) {
		lines = lines[1:]
	}
	var b strings.Builder
	for _, line := range lines[min(1, len(lines)):] {
		if rest, ok := strings.CutPrefix(line, "  │"); ok {
			b.WriteString("\n" + strings.TrimPrefix(rest, " "))
		} else if rest, ok := strings.CutPrefix(line, "  ┆ "); ok {
			b.WriteString(rest)
		} else {
			break
		}
	}
	if b.Len() == 0 {
		t.Fatalf("the text has no part %s", number)
	}
	return b.String()[1:]
}

func TestGolden(t *testing.T) {
	_, text := lesson(t, fakegoogle.New())
	const name = "testdata/walkthrough.txt"
	if *update {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if text != string(want) {
		t.Errorf("the lesson is not %s; go test -update writes it anew", name)
	}
	for i, line := range strings.Split(text, "\n") {
		if n := columns(line); n > 78 || line != strings.TrimRight(line, " ") || line != printable(line) {
			t.Errorf("line %d has %d columns, or what a line should not have: %q", i+1, n, line)
		}
	}
}

func TestSameEveryTime(t *testing.T) {
	one, text1 := lesson(t, fakegoogle.New())
	two, text2 := lesson(t, fakegoogle.New())
	if text1 != text2 {
		t.Error("the texts of two runs differ")
	}
	if !reflect.DeepEqual(one.Steps, two.Steps) || !reflect.DeepEqual(one.Events, two.Events) {
		t.Error("the traces of two runs differ")
	}
}

// Colour adds escape sequences to the text and changes nothing else.
func TestColour(t *testing.T) {
	trace, text := lesson(t, fakegoogle.New())
	var b strings.Builder
	if err := trace.WriteText(&b, true); err != nil {
		t.Fatal(err)
	}
	plain := b.String()
	for _, code := range []string{"0", bold, faint, "31", "32", "33", "35", "36"} {
		if !strings.Contains(plain, "\x1b["+code+"m") {
			t.Errorf("code %s does not occur", code)
		}
		plain = strings.ReplaceAll(plain, "\x1b["+code+"m", "")
	}
	if plain != text {
		t.Error("the coloured text says something else")
	}
}

// Neither the private key nor the access token is in the trace or the text.
func TestNoSecrets(t *testing.T) {
	google := fakegoogle.New()
	trace, text := lesson(t, google)
	token := accessToken(t, google)
	if !strings.HasSuffix(token, "..") || len(token) != trace.TokenSize {
		t.Error("what the lesson says about the token's characters is wrong")
	}
	everything := strings.NewReplacer("\n  ┆ ", "", "\n", "").Replace(text)
	for _, step := range trace.Steps {
		for _, part := range step.Parts {
			everything += string(part.Bytes)
		}
	}
	for _, secret := range []string{token, privateKey(t)} {
		const run = 24 // this many characters of it are too many
		for i := 0; i+run <= len(secret); i++ {
			if part := secret[i : i+run]; strings.Trim(part, ".") != "" && strings.Contains(everything, part) {
				t.Fatalf("%d characters of a secret are shown, from its %dth on", run, i)
			}
		}
	}
	if strings.Count(text, "more characters withheld]") != 3 {
		t.Error("the text does not have three masks")
	}
}

// privateKey is what stands between BEGIN and END, as the key file has it.
func privateKey(t *testing.T) string {
	t.Helper()
	_, rest, ok := strings.Cut(string(testKeyFile()), `-----BEGIN PRIVATE KEY-----\n`)
	body, _, ok2 := strings.Cut(rest, `\n-----END PRIVATE KEY-----`)
	if !ok || !ok2 || len(body) < 1600 {
		t.Fatal("key.json has no private key")
	}
	return body
}

// accessToken is the one that the fake was shown.
func accessToken(t *testing.T, google *fakegoogle.Server) string {
	t.Helper()
	requests := google.Requests()
	token, ok := strings.CutPrefix(requests[len(requests)-1].Header.Get("Authorization"), "Bearer ")
	if !ok || len(token) < 1000 {
		t.Fatal("the last request has no bearer token")
	}
	return token
}

// The test key stands in two folders, as jwt must stay copyable alone.
func TestKeyFile(t *testing.T) {
	other, err := os.ReadFile("../jwt/testdata/key.json")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(keyFile, other) {
		t.Error("key.json differs from jwt/testdata/key.json")
	}
}

// Each step is done where the lesson says.
func TestSourceFiles(t *testing.T) {
	trace, _ := lesson(t, fakegoogle.New())
	for i, step := range trace.Steps {
		data, err := os.ReadFile("../" + step.File)
		if err != nil {
			t.Error(err)
		}
		name := step.Code[strings.LastIndexByte(step.Code, '.')+1:]
		if step.Number != i+1 || !strings.Contains(string(data), " "+name+"(") || !strings.HasPrefix(step.File, step.Code[:strings.IndexByte(step.Code, '.')]+"/") {
			t.Errorf("step %d: %s is not in %s", step.Number, step.Code, step.File)
		}
	}
	if len(trace.Steps) != 5 {
		t.Errorf("%d steps", len(trace.Steps))
	}
}

// Each part has a name of its own.
func TestParts(t *testing.T) {
	trace, _ := lesson(t, fakegoogle.New())
	for _, step := range trace.Steps {
		for i := range step.Parts {
			part := &step.Parts[i]
			if same, err := trace.Part(part.Name); err != nil || same != part {
				t.Errorf("%s is not found by its name", part.Name)
			}
		}
	}
	if _, err := trace.Part("nothing"); err == nil {
		t.Error("a part that does not exist was found")
	}
	if _, err := trace.say("nothing"); err == nil {
		t.Error("something is said at a place that does not exist")
	}
}

func TestOpenSignature(t *testing.T) {
	key, err := jwt.ParseKeyFile(testKeyFile())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := openSignature(&key.PrivateKey.PublicKey, bytes.Repeat([]byte{1}, 256)); err == nil {
		t.Error("a signature of nothing was opened")
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	begin := time.Now()
	if _, err := Run(ctx); !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "step") {
		t.Errorf("error: %v", err)
	}
	if d := time.Since(begin); d > 5*time.Second {
		t.Errorf("it took %v", d)
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, os.ErrClosed }

func TestWriteFails(t *testing.T) {
	trace, _ := lesson(t, fakegoogle.New())
	if err := trace.WriteText(full{}, false); !errors.Is(err, os.ErrClosed) {
		t.Errorf("error: %v", err)
	}
	trace.Steps = trace.Steps[:1]
	if err := trace.WriteText(new(strings.Builder), false); err != nil {
		t.Error("a run that broke off after a step cannot be shown:", err)
	}
}
