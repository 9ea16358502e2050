// SPDX-License-Identifier: 0BSD

package page

import (
	"bytes"
	"flag"
	"html"
	"os"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false,
	"rewrite minimal.txt and, with a browser, take README's picture again")

const (
	pictureName      = "../page.png" // in README
	pictureWordsName = "testdata/page.png.txt"
)

// picture takes README's picture: the header and the claims with aud opened,
// the title below them, and the source beside them.
func (b *browser) picture(base string) {
	b.screen(1360, 760, "light")
	b.open(base + "/#claims-aud")
	b.run(nil, `document.getElementById("header").scrollIntoView({behavior: "instant"})`)
	png := b.screenshot()
	if *update {
		for name, data := range map[string][]byte{
			pictureName:      png,
			pictureWordsName: []byte(pictureWords(b.t)),
		} {
			if err := os.WriteFile(name, data, 0o644); err != nil {
				b.t.Fatal(err)
			}
		}
	}
	kept, err := os.ReadFile(pictureName)
	if err != nil {
		b.t.Fatal(err)
	}
	magic := []byte("\x89PNG")
	if len(kept) > 200_000 || !bytes.HasPrefix(kept, magic) || !bytes.HasPrefix(png, magic) {
		b.t.Errorf("%s has %d bytes, or is not a PNG", pictureName, len(kept))
	}
}

// pictureWords returns the words that the picture would show now.
func pictureWords(t *testing.T) string {
	t.Helper()
	page := get(newTestServer(t), "/").Body.String()
	between := func(from, to string) string {
		_, rest, ok := strings.Cut(page, from)
		text, _, ok2 := strings.Cut(rest, to)
		if !ok || !ok2 {
			t.Fatalf("the page has nothing from %s to %s", from, to)
		}
		return text
	}
	shown := between(`<h3 id="header-title">`, `<section class="part" id="signing-input"`) +
		between(`<h3 id="signing-input-title">`, "</h3>") + "\n" +
		between(`<aside class="source" aria-label="The source of step 2">`, "</pre>")
	closed := regexp.MustCompile(
		`(?s)<div class="note" id="([^"]*)">.*?</div>|<pre><code>[^<]*</code></pre>`)
	shown = closed.ReplaceAllStringFunc(shown, func(hidden string) string {
		if strings.Contains(hidden, `id="claims-aud"`) {
			return hidden
		}
		return ""
	})
	shown = html.UnescapeString(htmlTag.ReplaceAllString(shown, ""))
	lineBreaks := regexp.MustCompile(`[ \t]*\n\s*`)
	return strings.TrimSpace(lineBreaks.ReplaceAllString(shown, "\n")) + "\n"
}

// README's picture shows the current page. Without a browser, only its words
// are compared.
func TestPicture(t *testing.T) {
	was, err := os.ReadFile(pictureWordsName)
	if err != nil {
		t.Fatal(err)
	}
	if is := pictureWords(t); is != string(was) {
		t.Errorf("page.png shows an old page; "+
			"go test ./walkthrough/page -run TestBrowser -update takes it again. It would say\n%s", is)
	}
}
