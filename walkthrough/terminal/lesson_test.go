// SPDX-License-Identifier: 0BSD

package terminal

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"flag"
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"example.com/fivestep/jwt"
	"example.com/fivestep/walkthrough"
	"example.com/fivestep/walkthrough/fakegoogle"
)

var update = flag.Bool("update", false, "rewrite testdata/walkthrough.txt")

// lessonText runs the five steps against a fake Google, and returns their text
// too.
func lessonText(t *testing.T, google *fakegoogle.Server) (*walkthrough.Trace, string) {
	t.Helper()
	trace, err := walkthrough.RunAgainst(context.Background(), google)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := WriteLesson(&b, trace, false); err != nil {
		t.Fatal(err)
	}
	return trace, b.String()
}

func TestLesson(t *testing.T) {
	_, text := lessonText(t, fakegoogle.New())
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
		t.Errorf("the lesson differs from %s; go test -update rewrites it", name)
	}
	checkLines(t, "lesson", text)
}

// checkLines fails if a line is too wide, ends in spaces, or has unprintable
// characters.
func checkLines(t *testing.T, name, text string) {
	t.Helper()
	for i, line := range strings.Split(text, "\n") {
		if n := columns(line); n > 78 {
			t.Errorf("%s: line %d has %d columns: %q", name, i+1, n, line)
		}
		if line != strings.TrimRight(line, " ") || line != walkthrough.Printable(line) {
			t.Errorf("%s: line %d ends in spaces, or does not print: %q", name, i+1, line)
		}
	}
}

var escapes = regexp.MustCompile("\x1b\\[[0-9]+m")

// Color adds escape sequences to the text and changes nothing else.
func TestColor(t *testing.T) {
	trace, text := lessonText(t, fakegoogle.New())
	var b strings.Builder
	if err := WriteLesson(&b, trace, true); err != nil {
		t.Fatal(err)
	}
	for _, code := range []string{"0", bold, faint, "31", "32", "33", "35", "36"} {
		if !strings.Contains(b.String(), "\x1b["+code+"m") {
			t.Errorf("code %s does not occur", code)
		}
	}
	if escapes.ReplaceAllString(b.String(), "") != text {
		t.Error("the colored text says something else")
	}
}

// joined joins the lines of a text that were broken to fit.
func joined(text string) string {
	return regexp.MustCompile(`\n *[┆│] ?|\n`).ReplaceAllString(text, "")
}

// privateKey returns the text between BEGIN and END in the lesson's key file.
func privateKey(t *testing.T) string {
	t.Helper()
	_, rest, ok := strings.Cut(string(walkthrough.KeyFile()), `-----BEGIN PRIVATE KEY-----\n`)
	body, _, ok2 := strings.Cut(rest, `\n-----END PRIVATE KEY-----`)
	if !ok || !ok2 || len(body) < 1600 {
		t.Fatal("the key file has no private key")
	}
	return body
}

// Neither the private key nor the access token is in the text.
func TestNoSecrets(t *testing.T) {
	google := fakegoogle.New()
	_, text := lessonText(t, google)
	requests := google.Requests()
	authorization := requests[len(requests)-1].Header.Get("Authorization")
	token := strings.TrimPrefix(authorization, "Bearer ")
	whole := joined(text)
	for _, secret := range []string{token, privateKey(t)} {
		const window = 24 // this many characters of a secret are too many
		if len(secret) < 1000 {
			t.Fatalf("a secret of %d characters", len(secret))
		}
		for i := 0; i+window <= len(secret); i++ {
			piece := secret[i : i+window]
			if strings.Trim(piece, ".") != "" && strings.Contains(whole, piece) {
				t.Fatalf("%d characters of a secret are shown, from its character %d on", window, i)
			}
		}
	}
	if strings.Count(text, "more characters withheld]") != 3 {
		t.Error("the text does not have three masks")
	}
}

// shown extracts the bytes of a part from the text, as a reader would: by its
// number, with continued lines joined.
func shown(t *testing.T, text, number string) string {
	t.Helper()
	lines := strings.Split(text, "\n")
	isPart := func() bool {
		return strings.HasPrefix(lines[0], indent+number+"  ") && strings.HasPrefix(lines[1], "  │")
	}
	for len(lines) > 1 && !isPart() {
		lines = lines[1:]
	}
	var b strings.Builder
	for _, line := range lines[1:] {
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

// The requests in the text are those that the fake received.
func TestShownRequests(t *testing.T) {
	google := fakegoogle.New()
	_, text := lessonText(t, google)
	received := google.Requests()
	numbers := []string{"3", "5a"}
	hosts := []string{"oauth2.googleapis.com", "www.googleapis.com"}
	if len(received) != len(numbers) {
		t.Fatalf("the fake received %d requests", len(received))
	}
	for i, number := range numbers {
		message := shown(t, text, number) + "\n"
		got, err := http.ReadRequest(bufio.NewReader(strings.NewReader(message)))
		if err != nil {
			t.Fatalf("%s: %v", number, err)
		}
		body, err := io.ReadAll(got.Body)
		if err != nil {
			t.Fatalf("%s: %v", number, err)
		}
		want := received[i]
		if got.Method != want.Method || got.RequestURI != want.Path || got.Proto != want.Proto {
			t.Errorf("%s: %s %s %s, but received: %+v",
				number, got.Method, got.RequestURI, got.Proto, want)
		}
		if got.Host != want.Host || want.Host != hosts[i] {
			t.Errorf("%s: host %s, but received: %+v", number, got.Host, want)
		}
		if !bytes.Equal(body, want.Body) {
			t.Errorf("%s: the body differs from what was received", number)
		}
		checkHeaders(t, number, got.Header, want.Header)
	}
}

// checkHeaders compares the headers of a request in the text with those that
// the fake received.
func checkHeaders(t *testing.T, number string, got, want http.Header) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: %q, but received: %q", number, got, want)
	}
	for name := range want {
		shown, received := got.Get(name), want.Get(name)
		if name == "Authorization" {
			// The mask shows the start of the token, and counts the rest.
			const mask = "Bearer ya29.c.c0AS[... 1013 more characters withheld]"
			if shown != mask || len(received) != len("Bearer ya29.c.c0AS")+1013 ||
				!strings.HasPrefix(received, "Bearer ya29.c.c0AS") {
				t.Errorf("%s: %q, but received: %q", number, shown, received)
			}
			continue
		}
		if shown != received {
			t.Errorf("%s: %s: %q, but received: %q", number, name, shown, received)
		}
	}
}

// The bytes of a part in the text are those of the trace, except for two parts
// that the text shortens.
func TestShownParts(t *testing.T) {
	trace, text := lessonText(t, fakegoogle.New())
	for _, step := range trace.Steps {
		for i, part := range step.Parts {
			got := shown(t, text, partNumber(step, i))
			want := strings.ReplaceAll(string(part.Bytes), "\r\n", "\n")
			if part.Kind == walkthrough.JSON || part.Kind == walkthrough.HTTP {
				want = strings.TrimSuffix(want, "\n")
			}
			switch {
			case part.Kind == walkthrough.Binary || part.Name == "assertion":
				continue
			case part.Name == "events-response":
				begin, rest, cut := strings.Cut(got, "[... ")
				if !cut || !strings.HasPrefix(want, begin) || !strings.HasSuffix(rest, "]}") {
					t.Errorf("%s: %s", part.Name, got)
				}
			case got != want:
				t.Errorf("%s:\n%s\nis not\n%s", part.Name, got, want)
			}
		}
	}
}

// The JWT in the request consists of the header, the claims, the signing input
// and the signature that are shown before it.
func TestShownJWT(t *testing.T) {
	_, text := lessonText(t, fakegoogle.New())
	_, assertion, ok := strings.Cut(shown(t, text, "3"), "&assertion=")
	if !ok {
		t.Fatal("no assertion is shown")
	}
	header, claims, err := jwt.Decode(assertion)
	if err != nil {
		t.Fatal(err)
	}
	if want := shown(t, text, "2a"); string(header) != want {
		t.Errorf("header %s, but shown: %s", header, want)
	}
	if want := shown(t, text, "2b"); string(claims) != want {
		t.Errorf("claims %s, but shown: %s", claims, want)
	}
	if want := shown(t, text, "2c") + "." + shown(t, text, "2e"); assertion != want {
		t.Errorf("assertion %s, but shown: %s", assertion, want)
	}
	digest, block := shown(t, text, "2d"), shown(t, text, "2g")
	if !strings.HasSuffix(block, "\ndigest   "+digest) {
		t.Error("the signature does not open to the digest")
	}
}

// The agenda has every event, and one of them has a Korean title.
func TestShownEvents(t *testing.T) {
	trace, text := lessonText(t, fakegoogle.New())
	korean := false
	for _, event := range trace.Events {
		if !strings.Contains(text, "  "+event.Summary+"\n") {
			t.Errorf("the agenda has no %q", event.Summary)
		}
		korean = korean || columns(event.Summary) > len([]rune(event.Summary))
	}
	if !korean {
		t.Error("no event has a Korean title")
	}
}

// full is a disk without space.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, os.ErrClosed }

func TestWriteFails(t *testing.T) {
	trace, _ := lessonText(t, fakegoogle.New())
	if err := WriteLesson(full{}, trace, false); !errors.Is(err, os.ErrClosed) {
		t.Errorf("error: %v", err)
	}
	if WriteKeyRun(full{}, &walkthrough.KeyRun{}, false) == nil {
		t.Error("WriteKeyRun did not notice a failing writer")
	}
	if WriteBreakages(full{}, false) == nil {
		t.Error("WriteBreakages did not notice a failing writer")
	}
	if WriteResult(full{}, labResult(t, "aud"), false) == nil {
		t.Error("WriteResult did not notice a failing writer")
	}
	trace.Steps = trace.Steps[:1]
	if err := WriteLesson(new(strings.Builder), trace, false); err != nil {
		t.Error("a run that ended after a step can't be shown:", err)
	}
}
