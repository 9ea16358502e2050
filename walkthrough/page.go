// SPDX-License-Identifier: 0BSD

package walkthrough

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"go/scanner"
	"go/token"
	"html"
	"html/template"
	"regexp"
	"strings"
)

//go:embed layout.html lesson.html lab.html
var pageFiles embed.FS

//go:embed style.css
var style string

//go:embed icon.svg
var icon []byte

// document is a page without its content.
type document struct {
	Title string
	Here  string // lesson, lab or own; "" in the file, which has them all
	Body  template.HTML
	site
}

// site is what the server's pages and the self-contained file do differently.
type site struct {
	File                bool // one file, without a server
	Lesson, Lab, OwnURL string
	base                string // of the addresses in commands: http://127.0.0.1:8080
}

func serverSite(base string) site { return site{false, "/", "/lab", "/own", base} }
func fileSite() site              { return site{true, "#main", "#lab", "#own", defaultBase} }

// defaultBase is where the commands of the file, and of the terminal, find a server.
const defaultBase = "http://127.0.0.1:8080"

// Break is the address of a breakage.
func (s site) Break(name string) string {
	if s.File {
		return "#lab-" + name
	}
	return "/lab?break=" + name
}

// Style is the whole of style.css, to stand in the file.
func (s site) Style() template.CSS { return template.CSS(style) }

// StyleHash lets a Content-Security-Policy allow that and no other style.
func (s site) StyleHash() string {
	sum := sha256.Sum256([]byte(style))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// templates reads the pages' templates. They come out of this program, so that an
// error in them is found by any test.
func templates() (*template.Template, error) {
	return template.New("").Funcs(template.FuncMap{"rich": rich, "goCode": goCode}).ParseFS(pageFiles, "*.html")
}

// render fills a template, and the layout around it.
func render(all *template.Template, d document, name string, content any) ([]byte, error) {
	body, err := fragment(all, name, content)
	if err != nil {
		return nil, err
	}
	d.Body = body
	page, err := fragment(all, "layout", d)
	return []byte(page), err
}

// fragment fills a template.
func fragment(all *template.Template, name string, content any) (template.HTML, error) {
	var b bytes.Buffer
	if err := all.ExecuteTemplate(&b, name, content); err != nil {
		return "", fmt.Errorf("walkthrough: %w", err)
	}
	return template.HTML(b.String()), nil
}

// special is what prose has besides words: RFCs, addresses, and names out of the
// bytes or out of Go.
var special = regexp.MustCompile(`[A-Z]+-PKCS1-v1_5|RFC\s+\d{4,5}(?:,?\s+section\s+(\d+(?:\.\d+)*))?` +
	`|https?://[^\s,)]*[^\s,.):]` +
	`|\b(?:go|openssl|curl) (?:run|get|test|dgst|pkey|pkeyutl)\b(?: [-./\w]+(?::\d+)?)*` +
	`|\bfivestep (?:key|jwt|token|events|calendars)\b(?: -[a-z]+)*` +
	`|\b(?:jwt|tokenexchange|calendar)\.[A-Z]\w*(?:\.[A-Z]\w*)?` +
	`|[\w.-]+/[\w.-]+#\d+` +
	`|[\w.%+#-]+@[\w.-]+\w` +
	`|\b[a-z0-9]+(?:_[a-z0-9]+)+\b|\b[a-z]+[A-Z][A-Za-z]*\b` +
	`|\b(?:kid|iss|aud|iat|exp|alg|typ|jti)\b|%[0-9A-F]{2}\b`)

// documents are addresses that are meant to be read, not bytes of the lesson.
var documents = regexp.MustCompile(`^https://(developers|cloud|support|issuetracker)\.google\.com/|^https://(github\.com|www\.rfc-editor\.org)/`)

// rich makes links of the RFCs in a text, and code of names.
func rich(text string) template.HTML {
	var b strings.Builder
	rest := 0
	for _, m := range special.FindAllStringSubmatchIndex(text, -1) {
		found := text[m[0]:m[1]]
		b.WriteString(html.EscapeString(text[rest:m[0]]))
		rest = m[1]
		if strings.Contains(found, "PKCS1") {
			b.WriteString(found)
		} else if words := strings.Fields(found); words[0] == "RFC" {
			address := "https://www.rfc-editor.org/rfc/rfc" + strings.Trim(words[1], ",")
			if m[2] >= 0 {
				address += "#section-" + text[m[2]:m[3]]
			}
			fmt.Fprintf(&b, `<a href="%s">%s</a>`, address, html.EscapeString(found))
		} else if address, ok := strings.CutPrefix(found, "https://"); ok && documents.MatchString(found) {
			fmt.Fprintf(&b, `<a href="https://%s">%[1]s</a>`, html.EscapeString(address))
		} else if repository, number, ok := strings.Cut(found, "#"); ok && !strings.Contains(found, "@") {
			fmt.Fprintf(&b, `<a href="https://github.com/%s/issues/%s">%s</a>`, repository, number, found)
		} else {
			class := ""
			if len(found) < 25 {
				class = ` class="whole-word"`
			}
			fmt.Fprintf(&b, `<code%s>%s</code>`, class, html.EscapeString(found))
		}
	}
	b.WriteString(html.EscapeString(text[rest:]))
	return template.HTML(b.String())
}

// firstLines cuts source after some lines, if many are left.
func firstLines(code string) (first, rest string) {
	const enough, many = 34, 12
	lines := strings.SplitAfter(strings.TrimRight(code, "\n"), "\n")
	if len(lines) < enough+many {
		return code, ""
	}
	return strings.Join(lines[:enough], ""), strings.Join(lines[enough:], "")
}

// wrapped is where a comment goes on in the next line.
var wrapped = regexp.MustCompile(`(?m)^(\t*)(// \S.*)\n\t*// ([\w(*"\[])`)

// goCode marks the comments, the strings and the beginnings of Go source. Each
// line is an element, to be wrapped with an indent, and a comment of several lines
// is one, to be filled.
func goCode(code string) template.HTML {
	code = strings.TrimRight(code, "\n")
	for before := ""; before != code; {
		before, code = code, wrapped.ReplaceAllString(code, "$1$2 $3")
	}
	var s scanner.Scanner
	files := token.NewFileSet()
	file := files.AddFile("", files.Base(), len(code))
	s.Init(file, []byte(code), func(token.Position, string) {}, scanner.ScanComments)
	var b strings.Builder
	rest := 0
	for {
		pos, tok, text := s.Scan()
		if tok == token.EOF {
			break
		}
		class := map[token.Token]string{token.COMMENT: "comment", token.STRING: "string", token.CHAR: "string", token.FUNC: "func"}[tok]
		if class == "" {
			continue
		}
		at := file.Offset(pos)
		fmt.Fprintf(&b, `%s<span class="%s">%s</span>`, html.EscapeString(code[rest:at]), class, html.EscapeString(text))
		rest = at + len(text)
	}
	b.WriteString(html.EscapeString(code[rest:]))
	lines := strings.Split(b.String(), "\n")
	for i, line := range lines {
		lines[i] = `<span class="l">` + line + "\n</span>"
	}
	return template.HTML(strings.Join(lines, ""))
}
