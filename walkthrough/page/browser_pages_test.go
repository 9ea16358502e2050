// SPDX-License-Identifier: 0BSD

package page

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/fivestep/walkthrough/lab"
)

// serveAll serves the pages on a port and writes the file. It returns the
// addresses of both.
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
	pages := []string{
		base + "/", base + "/?open=all", base + "/lab", base + "/write", base + "/own",
		base + "/own?" + lab.DefaultExperiment().Values().Encode(),
		file,
	}
	b.log("browser")
	b.log("performance")
	for i, screen := range []struct {
		width  int
		scheme string
	}{{1280, "light"}, {390, "light"}, {1280, "dark"}, {390, "dark"}} {
		b.screen(screen.width, 900, screen.scheme)
		for _, page := range slices.Concat(pages, someBreakages(base, i, axe != "")) {
			b.open(page)
			b.check(t, page+" "+screen.scheme, base, screen.width)
			if axe != "" {
				b.axe(t, axe, page+" "+screen.scheme)
			}
		}
	}
	t.Run("keyboard", func(t *testing.T) {
		b.t = t
		b.keyboard(base + "/")
		b.keyboard(file)
	})
	t.Run("links", func(t *testing.T) {
		b.t = t
		followed := map[string]bool{}
		b.links(base+"/", base, 50, followed)
		b.links(base+"/lab", base, 0, followed)
		b.links(base+"/write", base, 5, followed)
		b.links(file, file, 50, followed)
	})
	t.Run("form", func(t *testing.T) { b.t = t; b.form(base) })
	t.Run("print", func(t *testing.T) { b.t = t; b.print(base) })
	t.Run("picture", func(t *testing.T) { b.t = t; b.picture(base) })
	b.t = t
}

// someBreakages returns the pages of three breakages, since all look alike.
// With axe, as in .ci/browser, each of the others is also shown on one of the
// four screens.
func someBreakages(base string, screen int, axe bool) (pages []string) {
	for i, breakage := range lab.Breakages() {
		if i < 3 || axe && i%4 == screen {
			pages = append(pages, base+"/lab?break="+breakage.Name)
		}
	}
	return pages
}

// check checks what must be true of every page: it logs nothing to the console,
// loads nothing from other servers, and has neither a script nor anything wider
// than the screen.
func (b *browser) check(t *testing.T, page, base string, width int) {
	t.Helper()
	for _, message := range b.log("browser") {
		t.Errorf("%s: console: %s", page, message)
	}
	for _, to := range b.requests() {
		isPage := strings.HasPrefix(page, to+" ")
		isOwn := strings.HasPrefix(to, base+"/") && !strings.HasPrefix(page, "file:")
		if !isPage && !isOwn {
			t.Errorf("%s asks for %s", page, to)
		}
	}
	var found struct {
		Scripts, Styled, Width, H1 int
		Wide, Wrapped              string
	}
	b.run(&found, `
		const isWide = e => !e.closest("svg") &&
			e.getBoundingClientRect().right > innerWidth + 1 && e.checkVisibility()
		const wide = [...document.body.querySelectorAll("*")].find(isWide)
		const isWrapped = e => innerWidth >= 1280 &&
			e.getBoundingClientRect().height > 1.9 * parseFloat(getComputedStyle(e).fontSize)
		const wrapped = [...document.querySelectorAll(".source .l")].find(isWrapped)
		const scrolls = [...document.querySelectorAll(".source pre")]
			.find(e => e.scrollWidth > e.clientWidth)
		return {
			scripts: document.scripts.length,
			styled: document.styleSheets.length,
			width: document.documentElement.scrollWidth,
			h1: document.querySelectorAll("h1").length,
			wide: wide ? wide.outerHTML.slice(0, 200) : "",
			wrapped: wrapped || scrolls ? (wrapped || scrolls).textContent.slice(0, 200) : "",
		}`)
	if found.Scripts != 0 || found.Styled != 1 || found.H1 != 1 {
		t.Errorf("%s: %+v", page, found)
	}
	if found.Wrapped != "" {
		t.Errorf("%s has no room for the source: %s", page, found.Wrapped)
	}
	if found.Width > width || found.Wide != "" {
		t.Errorf("%s is %d pixels wide on a screen of %d: %s", page, found.Width, width, found.Wide)
	}
}

// requests returns the URLs that the browser has requested since the last call.
func (b *browser) requests() (urls []string) {
	for _, entry := range b.log("performance") {
		_, text, _ := strings.Cut(entry, " ")
		var event struct {
			Message struct {
				Method string
				Params struct{ Request struct{ URL string } }
			}
		}
		err := json.Unmarshal([]byte(text), &event)
		if err == nil && event.Message.Method == "Network.requestWillBeSent" {
			urls = append(urls, event.Message.Params.Request.URL)
		}
	}
	return urls
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
		axe.run(document).then(
			r => done(r.violations),
			e => done([{ID: String(e), Nodes: []}]),
		)`}, &found)
	for _, v := range found {
		t.Errorf("%s: axe: %s: %d times, as in %+.300v", page, v.ID, len(v.Nodes), v.Nodes)
	}
}

// keyboard opens everything that can be opened, without a mouse.
func (b *browser) keyboard(page string) {
	b.screen(1280, 900, "light")
	b.open(page)
	var count int
	b.run(&count, `return document.querySelectorAll("summary").length`)
	for i := range count {
		b.run(nil, `
			const s = document.querySelectorAll("summary")[arguments[0]]
			if (s.tabIndex < 0) throw "can't be reached"
			s.focus()`, i)
		b.press("\ue007") // Enter
	}
	var closed []string
	b.run(&closed, `
		return [...document.querySelectorAll("details:not([open])")]
			.map(d => d.outerHTML.slice(0, 100))`)
	if len(closed) > 0 || count < 50 {
		b.t.Errorf("%d of %d stay closed: %s", len(closed), count, closed[:min(1, len(closed))])
	}
	b.open(page)
	b.press("\ue004") // Tab
	var first string
	b.run(&first, `return document.activeElement.textContent`)
	if first != "Skip to the content" {
		b.t.Errorf("Tab leads to %q", first)
	}
}

// links follows every link within a page, of which there must be at least
// atLeast, and every link to the site that wasn't followed before.
func (b *browser) links(page, base string, atLeast int, followed map[string]bool) {
	b.open(page)
	var links []string
	b.run(&links, `
		const links = [...document.querySelectorAll("a[href]")]
		return [...new Set(links.map(a => new URL(a.getAttribute("href"), location).href))]`)
	var within []string
	for _, link := range links {
		address, fragment, _ := strings.Cut(link, "#")
		switch {
		case fragment != "" && address == page:
			within = append(within, fragment)
		case followed[address]:
		case strings.HasPrefix(address, base):
			followed[address] = true
			b.follow(address)
		case !strings.HasPrefix(link, "https://"):
			b.t.Errorf("a link to %s", link)
		}
	}
	b.open(page)
	var lost []string // lead nowhere, or to something that stays hidden
	b.run(&lost, `return arguments[0].filter(id => {
		document.querySelectorAll("details").forEach(d => d.open = false)
		location.hash = id
		const e = document.getElementById(id)
		return !e || !e.checkVisibility() || e.closest("details:not([open])")
	})`, within)
	if len(lost) > 0 || len(within) < atLeast {
		b.t.Errorf("%s: of %d links within, these lead nowhere: %v", page, len(within), lost)
	}
}

// follow opens a page of the site. A breakage's page must have its title.
func (b *browser) follow(address string) {
	b.open(address)
	var h1 string
	b.run(&h1, `return document.querySelector("h1").textContent`)
	parsed, err := url.Parse(address)
	if err != nil {
		b.t.Fatal(err)
	}
	breakage, ok := lab.Find(parsed.Query().Get("break"))
	if ok && h1 != breakage.Title {
		b.t.Errorf("%s leads to %q", address, h1)
	}
}

// form changes a claim and sends it.
func (b *browser) form(base string) {
	b.open(base + "/own")
	b.run(nil, `
		const c = document.getElementById("own-claims")
		c.value = c.value.replace("oauth2.googleapis.com", "example.com")`)
	b.do("POST", b.element("button")+"/click", nil, nil)
	at := b.waitForQuery()
	var text string
	b.run(&text, `return document.querySelector("main").textContent`)
	if !strings.HasPrefix(at, base+"/own?") || !strings.Contains(text, "Failed audience check") {
		b.t.Errorf("%s answers without the failed check", at)
	}
	b.open(at) // as someone with the link would
	var again string
	b.run(&again, `return document.querySelector("main").textContent`)
	if again != text {
		b.t.Error("the link and the form show different pages")
	}
}

// waitForQuery waits for the answer to a form, since a click returns earlier,
// and returns the URL.
func (b *browser) waitForQuery() (at string) {
	end := time.Now().Add(20 * time.Second)
	for !strings.Contains(at, "?") && time.Now().Before(end) {
		time.Sleep(10 * time.Millisecond)
		b.run(&at, `return document.readyState == "complete" ? location.href : ""`)
	}
	return at
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
