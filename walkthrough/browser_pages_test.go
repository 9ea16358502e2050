// SPDX-License-Identifier: 0BSD

package walkthrough

import (
	"bytes"
	"context"
	"encoding/json"
	"html"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// serveAll serves the pages on a port and writes the file, and returns the addresses
// of both.
func serveAll(t *testing.T) (base, file string) {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	base = "http://" + server.Listener.Addr().String()
	pages, err := NewServer(context.Background(), base)
	if err != nil {
		t.Fatal(err)
	}
	server.Config.Handler = pages
	server.Start()
	t.Cleanup(server.Close)
	name := filepath.Join(t.TempDir(), "lesson.html")
	if err := os.WriteFile(name, fileOf(t), 0o644); err != nil {
		t.Fatal(err)
	}
	return base, "file://" + name
}

func TestBrowser(t *testing.T) {
	b := startBrowser(t)
	base, file := serveAll(t)
	axe := ""
	if name := os.Getenv("AXE"); name != "" { // axe.min.js of axe-core
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		axe = string(data)
	}
	pages := []string{base + "/", base + "/?open=all", base + "/lab", base + "/own", base + "/own?" + DefaultOwn().Values().Encode(),
		base + "/own?clock=tomorrow", file}
	b.log("browser")
	b.log("performance")
	for i, scheme := range []string{"light", "dark"} {
		for j, width := range []int{1280, 390} {
			b.screen(width, 900, scheme)
			these := pages
			for k, x := range Breakages() { // look alike: three on each screen; with axe, as in .ci/browser, the others on one
				if k < 3 || axe != "" && k%4 == 2*i+j {
					these = append(these[:len(these):len(these)], base+"/lab?break="+x.Name)
				}
			}
			for _, page := range these {
				b.open(page)
				b.check(t, strings.Join([]string{page, scheme}, " "), base, width)
				if axe != "" {
					b.axe(t, axe, page+" "+scheme)
				}
			}
		}
	}
	t.Run("keyboard", func(t *testing.T) { b.t = t; b.keyboard(base + "/"); b.keyboard(file) })
	t.Run("links", func(t *testing.T) {
		b.t = t
		followed := map[string]bool{}
		b.links(base+"/", base, 50, followed)
		b.links(base+"/lab", base, 0, followed)
		b.links(file, file, 50, followed)
	})
	t.Run("form", func(t *testing.T) { b.t = t; b.form(base) })
	t.Run("print", func(t *testing.T) { b.t = t; b.print(base) })
	t.Run("picture", func(t *testing.T) { b.t = t; b.picture(base) })
	b.t = t
}

// check is what must hold of every page: it is quiet, asks nobody else, and has
// neither script nor anything that is wider than the screen.
func (b *browser) check(t *testing.T, page, base string, width int) {
	t.Helper()
	for _, message := range b.log("browser") {
		t.Errorf("%s: console: %s", page, message)
	}
	for _, entry := range b.log("performance") {
		_, text, _ := strings.Cut(entry, " ")
		var event struct {
			Message struct {
				Method string
				Params struct{ Request struct{ URL string } }
			}
		}
		if json.Unmarshal([]byte(text), &event) != nil || event.Message.Method != "Network.requestWillBeSent" {
			continue
		}
		// A page may ask its own server, and the file nobody but the disk, for itself.
		if to := event.Message.Params.Request.URL; !strings.HasPrefix(page, to+" ") && (strings.HasPrefix(page, "file:") || !strings.HasPrefix(to, base+"/")) {
			t.Errorf("%s asks for %s", page, to)
		}
	}
	var found struct {
		Scripts, Styled, Width, H1 int
		Wide                       string
	}
	b.run(&found, `const wide = [...document.body.querySelectorAll("*")].find(e => !e.closest("svg") && e.getBoundingClientRect().right > innerWidth + 1 && e.checkVisibility());
		return {scripts: document.scripts.length, styled: document.styleSheets.length, width: document.documentElement.scrollWidth,
			h1: document.querySelectorAll("h1").length, wide: wide ? wide.outerHTML.slice(0, 200) : ""}`)
	if found.Scripts != 0 || found.Styled != 1 || found.H1 != 1 {
		t.Errorf("%s: %+v", page, found)
	}
	if found.Width > width || found.Wide != "" {
		t.Errorf("%s is %d pixels wide on a screen of %d: %s", page, found.Width, width, found.Wide)
	}
}

func (b *browser) axe(t *testing.T, source, page string) {
	t.Helper()
	var found []struct {
		ID    string
		Nodes []struct{ HTML string }
	}
	b.run(nil, source)
	b.do("POST", "/execute/async", map[string]any{"args": []any{}, "script": `
		const done = arguments[0]
		axe.run(document).then(r => done(r.violations), e => done([{ID: String(e), Nodes: []}]))`}, &found)
	for _, v := range found {
		t.Errorf("%s: axe: %s: %d times, as in %+.300v", page, v.ID, len(v.Nodes), v.Nodes)
	}
}

// keyboard opens everything that opens, without a mouse.
func (b *browser) keyboard(page string) {
	b.screen(1280, 900, "light")
	b.open(page)
	var count int
	b.run(&count, `return document.querySelectorAll("summary").length`)
	for i := range count {
		b.run(nil, `const s = document.querySelectorAll("summary")[arguments[0]]; if (s.tabIndex < 0) throw "not to be reached"; s.focus()`, i)
		b.press("\ue007") // Enter
	}
	var closed []string
	b.run(&closed, `return [...document.querySelectorAll("details:not([open])")].map(d => d.outerHTML.slice(0, 100))`)
	if len(closed) > 0 || count < 50 {
		b.t.Errorf("%d of %d stay closed, as %s", len(closed), count, closed[:min(1, len(closed))])
	}
	b.open(page)
	b.press("\ue004") // Tab
	var first string
	b.run(&first, `return document.activeElement.textContent`)
	if first != "Skip to the content" {
		b.t.Errorf("Tab leads to %q", first)
	}
}

// links follows every link of a page to itself, at least some, and to the site, if
// that has not been followed.
func (b *browser) links(page, base string, some int, followed map[string]bool) {
	b.open(page)
	var links []string
	b.run(&links, `return [...new Set([...document.querySelectorAll("a[href]")].map(a => new URL(a.getAttribute("href"), location).href))]`)
	var within []string
	for _, link := range links {
		address, fragment, _ := strings.Cut(link, "#")
		switch {
		case fragment != "" && address == page:
			within = append(within, fragment)
		case followed[address]:
		case strings.HasPrefix(address, base):
			followed[address] = true
			b.open(address)
			var h1 string
			b.run(&h1, `return document.querySelector("h1").textContent`)
			parsed, _ := url.Parse(address)
			if x, ok := FindBreakage(parsed.Query().Get("break")); ok && h1 != x.Title {
				b.t.Errorf("%s leads to %q", address, h1)
			}
		case !strings.HasPrefix(link, "https://"):
			b.t.Errorf("a link to %s", link)
		}
	}
	b.open(page)
	var lost []string // nowhere, or to something that stays hidden
	b.run(&lost, `return arguments[0].filter(id => {
		document.querySelectorAll("details").forEach(d => d.open = false)
		location.hash = id
		const e = document.getElementById(id)
		return !e || !e.checkVisibility() || e.closest("details:not([open])")
	})`, within)
	if len(lost) > 0 || len(within) < some {
		b.t.Errorf("%s: of %d links within, these lead nowhere: %v", page, len(within), lost)
	}
}

// form changes a claim and sends it.
func (b *browser) form(base string) {
	b.open(base + "/own")
	b.run(nil, `const c = document.getElementById("own-claims"); c.value = c.value.replace('oauth2.googleapis.com', 'example.com')`)
	b.do("POST", b.element("button")+"/click", nil, nil)
	// A click returns before the form has been answered.
	var at, text string
	for end := time.Now().Add(20 * time.Second); !strings.Contains(at, "?") && time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		b.run(&at, `return document.readyState == "complete" ? location.href : ""`)
	}
	b.run(&text, `return document.querySelector("main").textContent`)
	if !strings.HasPrefix(at, base+"/own?") || !strings.Contains(text, "Failed audience check") {
		b.t.Errorf("%s answers without the failed check", at)
	}
	b.open(at) // as somebody would who got the link
	var again string
	b.run(&again, `return document.querySelector("main").textContent`)
	if again != text {
		b.t.Error("the link shows something else than the form did")
	}
}

func (b *browser) print(base string) {
	b.open(base + "/?open=all")
	var closed int
	b.run(&closed, `return document.querySelectorAll("details:not([open])").length`)
	var pdf []byte // base64 in JSON
	b.do("POST", "/print", nil, &pdf)
	if closed > 0 || !bytes.HasPrefix(pdf, []byte("%PDF-")) {
		b.t.Errorf("%d closed; %.10q", closed, pdf)
	}
}

// picture is what README shows.
func (b *browser) picture(base string) {
	const name = "page.png"
	b.screen(1240, 760, "light")
	b.open(base + "/#claims-aud")
	b.run(nil, `document.getElementById("header").scrollIntoView({behavior: "instant"})`)
	png := b.screenshot()
	if *update {
		for name, data := range map[string][]byte{name: png, picturedName: []byte(pictured(b.t))} {
			if err := os.WriteFile(name, data, 0o644); err != nil {
				b.t.Fatal(err)
			}
		}
	}
	kept, err := os.ReadFile(name)
	if err != nil {
		b.t.Fatal(err)
	}
	const magic = "\x89PNG"
	if len(kept) > 200_000 || !bytes.HasPrefix(kept, []byte(magic)) || !bytes.HasPrefix(png, []byte(magic)) {
		b.t.Errorf("%s has %d bytes, or is none", name, len(kept))
	}
}

// picturedName holds the words of page.png.
const picturedName = "testdata/page.png.txt"

// pictured are the words that page.png would show now: header and claims with aud
// opened, the title below them, and the source beside them.
func pictured(t *testing.T) string {
	t.Helper()
	page := get(newTestServer(t), "/").Body.String()
	cut := func(from, to string) string {
		_, rest, ok := strings.Cut(page, from)
		text, _, ok2 := strings.Cut(rest, to)
		if !ok || !ok2 {
			t.Fatalf("the page has nothing from %s to %s", from, to)
		}
		return text
	}
	shown := cut(`<h3 id="header-title">`, `<section class="part" id="signing-input"`) + cut(`<h3 id="signing-input-title">`, "</h3>") + "\n" +
		cut(`<aside class="source" aria-label="The source of step 2">`, "</pre>")
	closed := regexp.MustCompile(`(?s)<div class="note" id="([^"]*)">.*?</div>|<pre><code>[^<]*</code></pre>`)
	shown = closed.ReplaceAllStringFunc(shown, func(hidden string) string {
		if strings.Contains(hidden, `id="claims-aud"`) {
			return hidden
		}
		return ""
	})
	shown = html.UnescapeString(htmlTag.ReplaceAllString(shown, ""))
	return strings.TrimSpace(regexp.MustCompile(`[ \t]*\n\s*`).ReplaceAllString(shown, "\n")) + "\n"
}

// README shows the page as it is.
func TestPicture(t *testing.T) {
	was, err := os.ReadFile(picturedName)
	if err != nil {
		t.Fatal(err)
	}
	if is := pictured(t); is != string(was) {
		t.Errorf("page.png shows what the page no longer says; go test ./walkthrough -run TestBrowser -update takes it anew. It would say\n%s", is)
	}
}
