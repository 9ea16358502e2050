// SPDX-License-Identifier: 0BSD

package walkthrough

import (
	"bytes"
	"context"
	"fmt"
	"html"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"example.com/fivestep/walkthrough/fakegoogle"
)

func fileOf(t testing.TB) []byte {
	t.Helper()
	trace, err := Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := trace.WriteHTML(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// rowsOf joins what the page shows of a part, and says what that should be: the part,
// but for blanks, line ends and what a browser cannot show.
func rowsOf(part *Part) (shown, want string) {
	squeeze := func(s string) string { return strings.Join(strings.Fields(s), "") }
	for _, row := range newBlock("", part, defaultBase, false).Rows {
		shown += row.text()
	}
	want = string(part.Bytes)
	if part.Kind == Binary {
		want = fmt.Sprintf("%x", part.Bytes)
	}
	return squeeze(shown), squeeze(printable(want))
}

func TestRowsAreTheBytes(t *testing.T) {
	trace, _ := lesson(t, fakegoogle.New())
	for _, step := range trace.Steps {
		for i := range step.Parts {
			if shown, want := rowsOf(&step.Parts[i]); shown != want {
				t.Errorf("%s: the page shows\n%s\nof\n%s", step.Parts[i].Name, shown, want)
			}
		}
	}
}

// A name stands where its field begins, and what is between fields is named whole.
func TestLabels(t *testing.T) {
	trace, _ := lesson(t, fakegoogle.New())
	for name, want := range map[string]string{
		"header": "{ , }", "claims": "{ , }", "key-file": "{ LF blanks , }|private_key, the base64 of private_key, ", "events-request": "blank|?|&",
	} {
		part, err := trace.Part(name)
		if err != nil {
			t.Fatal(err)
		}
		b := newBlock("", part, defaultBase, false)
		var between, labels []string
		for _, r := range b.Separators {
			between = append(between, r.Label)
		}
		for _, r := range b.Rows {
			if strings.Contains(r.text(), "PRIVATE KEY") || r.Class == Secret {
				labels = append(labels, r.Label)
			}
		}
		got := strings.Join(between, "|")
		if name == "key-file" {
			got += "|" + strings.Join(labels, ", ")
		}
		if got != want {
			t.Errorf("%s: %q, not %q", name, got, want)
		}
	}
}

// TestDiagram compares sizes in the picture with what the client's and the
// server's own headers say, and counts the links.
func TestDiagram(t *testing.T) {
	trace, _ := lesson(t, fakegoogle.New())
	for _, name := range []string{"token-request", "token-response", "events-response"} {
		part, err := trace.Part(name)
		if err != nil {
			t.Fatal(err)
		}
		head, _, _ := bytes.Cut(part.Bytes, []byte("\r\n\r\n"))
		length, err := strconv.Atoi(regexp.MustCompile(`Content-Length: (\d+)`).FindStringSubmatch(string(head))[1])
		if got, want := part.sizeOnWire(), len(head)+4+length; err != nil || got != want {
			t.Errorf("%s: %d bytes, not %d, %v", name, got, want, err)
		}
	}
	s, err := trace.sequence()
	if err != nil {
		t.Fatal(err)
	}
	for _, as := range []shape{wideShape, narrowShape} {
		picture := string(s.draw(as))
		for step := 1; step <= 5; step++ {
			if !strings.Contains(picture, fmt.Sprintf(`<a href="#step-%d">`, step)) {
				t.Errorf("%s: no link to step %d", as.name, step)
			}
		}
		if !strings.Contains(picture, ">944 bytes") || !strings.Contains(picture, "your program to oauth2.googleapis.com: POST /token, 944 bytes") {
			t.Errorf("%s: %s", as.name, picture)
		}
	}
	if line := string(trace.timeline()); !strings.Contains(line, "22:13:10 to 23:13:10, 3600 seconds; the access token from 22:13:20 to 23:13:19, 3599 seconds") {
		t.Error(line)
	}
	if _, err := new(Trace).sequence(); err == nil {
		t.Error("a picture of nothing")
	}
}

// TestFile is about what the self-contained file must not have, and what must be
// on every page.
func TestFile(t *testing.T) {
	page := string(fileOf(t))
	for _, not := range []string{"<script", "javascript:", " style=", "<link", "@import", " onclick", "ZgotmplZ", "<no value>"} {
		if strings.Contains(page, not) {
			t.Errorf("the file has %q", not)
		}
	}
	for _, must := range []string{fileSite().StyleHash(), style, "RFC 9500", "팀 점심", "gcloud services enable", "No gcloud command does this", CheckOrder, "with the size of each message before TLS and compression"} {
		if !strings.Contains(html.UnescapeString(page), must) {
			t.Errorf("the file has no %.40q", must)
		}
	}
	seen := map[string]bool{}
	for _, m := range regexp.MustCompile(` id="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		if seen[m[1]] {
			t.Errorf("two elements are %q", m[1])
		}
		seen[m[1]] = true
	}
	for _, m := range regexp.MustCompile(` href="#([^"]*)"`).FindAllStringSubmatch(page, -1) {
		if !seen[m[1]] {
			t.Errorf("a link leads to #%s, which is not there", m[1])
		}
	}
	// Of the five steps it says what the server's page says.
	steps := regexp.MustCompile(`(?s)<section class="step".*</main>`)
	served := strings.ReplaceAll(steps.FindString(get(newTestServer(t), "/").Body.String()), "/lab?break=", "#lab-")
	if in := steps.FindString(page); in != served || len(in) < 100_000 {
		t.Errorf("%d bytes of steps in the file, %d on the server's page, or other ones", len(in), len(served))
	}
	trace, _ := lesson(t, fakegoogle.New())
	for _, step := range trace.Steps {
		for _, part := range step.Parts {
			for _, f := range part.Fields {
				if f.ID != "" && !seen[f.ID] {
					t.Errorf("the field %s has no place", f.ID)
				}
			}
		}
	}
	for _, b := range Breakages() {
		if !seen["lab-"+b.Name] {
			t.Errorf("the file lacks the breakage %s", b.Name)
		}
	}
}

func TestWriteHTMLFails(t *testing.T) {
	trace, _ := lesson(t, fakegoogle.New())
	if err := trace.WriteHTML(context.Background(), brokenWriter{}); err == nil || !strings.HasPrefix(err.Error(), "walkthrough: ") {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := trace.WriteHTML(ctx, &bytes.Buffer{}); err == nil {
		t.Error("a file from a run that was called off")
	}
	if err := new(Trace).WriteHTML(context.Background(), &bytes.Buffer{}); err == nil {
		t.Error("a file of nothing")
	}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, context.Canceled }

func TestRich(t *testing.T) {
	for text, want := range map[string]string{
		"RFC 7519, section 4.1.1 says":  `<a href="https://www.rfc-editor.org/rfc/rfc7519#section-4.1.1">RFC 7519, section 4.1.1</a> says`,
		"(RFC 6750).":                   `(<a href="https://www.rfc-editor.org/rfc/rfc6750">RFC 6750</a>).`,
		"client_email becomes iss":      `<code>client_email</code> becomes <code>iss</code>`,
		"tokenexchange.Source is":       `<code>tokenexchange.Source</code> is`,
		"exposed as <b> & timeMin, %2B": `exposed as &lt;b&gt; &amp; <code>timeMin</code>, <code>%2B</code>`,
		"to you@gmail.com.":             `to <code>you@gmail.com</code>.`,
		"of en.usa#holiday@example.com": `of <code>en.usa#holiday@example.com</code>`,
	} {
		if got := strings.ReplaceAll(string(rich(text)), ` class="whole-word"`, ""); got != want {
			t.Errorf("%q: %s", text, got)
		}
	}
	if got, want := string(goCode("// a <b>\n// c\nx := \"s\"\n")), `<span class="l"><span class="comment">// a &lt;b&gt; c</span>`+"\n</span>"+`<span class="l">x := <span class="string">&#34;s&#34;</span>`+"\n</span>"; got != want {
		t.Error(got)
	}
}

// TestContrast computes the contrast of every colour of text with both of its
// backgrounds (WCAG 2.2, success criterion 1.4.6), light and dark.
func TestContrast(t *testing.T) {
	schemes := regexp.MustCompile(`(?s):root \{(.*?)\n ? ?\}`).FindAllStringSubmatch(style, -1)
	if len(schemes) < 2 {
		t.Fatal("no two colour schemes")
	}
	for i, scheme := range schemes[:2] {
		colour := map[string]float64{}
		for _, m := range regexp.MustCompile(`--(\w+): #(\w{6})`).FindAllStringSubmatch(scheme[1], -1) {
			colour[m[1]] = luminance(t, m[2])
		}
		pairs := [][2]string{{"marked", "mark"}, {"ink", "hover"}, {"page", "transport"}}
		for _, text := range []string{"ink", "soft", "header", "claims", "signature", "digest", "secret", "transport"} {
			pairs = append(pairs, [2]string{text, "page"}, [2]string{text, "block"}, [2]string{text, "hover"})
		}
		for _, p := range pairs {
			a, okA := colour[p[0]]
			b, okB := colour[p[1]]
			if ratio := (max(a, b) + 0.05) / (min(a, b) + 0.05); !okA || !okB || ratio < 7 {
				t.Errorf("scheme %d: %s on %s: %.2f", i, p[0], p[1], ratio)
			}
		}
	}
	kinds := regexp.MustCompile(`\.k-(\w+) \{ color: var\(--(\w+)\)`).FindAllStringSubmatch(style, -1)
	for _, l := range legend() {
		if !slices.ContainsFunc(kinds, func(m []string) bool { return m[1] == string(l.Class) && m[2] == m[1] }) {
			t.Errorf("%s has no colour of its own", l.Class)
		}
	}
}

// luminance is the relative luminance of a colour (WCAG 2.2, glossary).
func luminance(t *testing.T, digits string) float64 {
	n, err := strconv.ParseUint(digits, 16, 32)
	if err != nil {
		t.Fatal(err)
	}
	linear := func(b uint64) float64 {
		v := float64(b&255) / 255
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(n>>16) + 0.7152*linear(n>>8) + 0.0722*linear(n)
}
