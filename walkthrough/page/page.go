// SPDX-License-Identifier: 0BSD

// Package page shows the lesson and the lab as web pages: from a server on your
// own machine, or as one self-contained file. The pages need no script.
package page

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"

	"example.com/fivestep/walkthrough"
	"example.com/fivestep/walkthrough/lab"
)

//go:embed layout.html lesson.html lab.html write.html
var templateFiles embed.FS

//go:embed style.css
var style string

//go:embed icon.svg
var icon []byte

// document is a page without its content.
type document struct {
	Title string
	Here  string // lesson, lab, write or own; "" in the file, which has all but write
	Body  template.HTML
	site
}

// site is what differs between the server's pages and the self-contained file.
type site struct {
	File                bool // one file, without a server
	Lesson, Lab, OwnURL string
	Write               string // "" in the file
	base                string // of the URLs in commands: http://127.0.0.1:8080
}

func serverSite(base string) site {
	return site{Lesson: "/", Lab: "/lab", Write: "/write", OwnURL: "/own", base: base}
}

func fileSite() site {
	return site{
		File:   true,
		Lesson: "#main",
		Lab:    "#lab",
		OwnURL: "#own",
		base:   walkthrough.DefaultBase,
	}
}

// Break returns the URL of a breakage.
func (s site) Break(name string) string {
	if s.File {
		return "#lab-" + name
	}
	return "/lab?break=" + name
}

// NothingToBreak replaces the list of breakages for a step that has none.
func (s site) NothingToBreak() string { return lab.NothingToBreak }

// Grades returns the legend for the letters on answers.
func (s site) Grades() []lab.Grade { return lab.Grades() }

// GradesIntro introduces the grades.
func (s site) GradesIntro() string { return lab.GradesIntro }

// Style returns style.css, which is part of the file.
func (s site) Style() template.CSS { return template.CSS(style) }

// StyleHash lets a Content-Security-Policy allow this style and no other.
func (s site) StyleHash() string {
	sum := sha256.Sum256([]byte(style))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// parseTemplates parses the pages' templates. They are embedded, so any test
// finds an error in them.
func parseTemplates() (*template.Template, error) {
	functions := template.FuncMap{"rich": rich, "goCode": goCode}
	return template.New("").Funcs(functions).ParseFS(templateFiles, "*.html")
}

// render executes a template, and the layout around it.
func render(all *template.Template, d document, name string, content any) ([]byte, error) {
	body, err := fragment(all, name, content)
	if err != nil {
		return nil, err
	}
	d.Body = body
	page, err := fragment(all, "layout", d)
	return []byte(page), err
}

// fragment executes a template.
func fragment(all *template.Template, name string, content any) (template.HTML, error) {
	var b bytes.Buffer
	if err := all.ExecuteTemplate(&b, name, content); err != nil {
		return "", fmt.Errorf("walkthrough: %w", err)
	}
	return template.HTML(b.String()), nil
}
