// SPDX-License-Identifier: 0BSD

package page

import (
	"fmt"
	"go/scanner"
	"go/token"
	"html"
	"html/template"
	"regexp"
	"strings"
)

// special matches everything in prose that isn't a plain word: RFCs, URLs,
// commands, and names from the bytes or from Go.
var special = regexp.MustCompile(strings.Join([]string{
	`[A-Z]+-PKCS1-v1_5`,
	`RFC\s+\d{4,5}(?:,?\s+section\s+(\d+(?:\.\d+)*))?`,
	`https?://[^\s,)]*[^\s,.):]`,
	`\b(?:go|openssl|curl) (?:run|get|test|dgst|pkey|pkeyutl)\b(?: [-./\w]+(?::\d+)?)*`,
	`\bfivestep (?:key|jwt|token|events|calendars)\b(?: -[a-z]+)*`,
	`\b(?:jwt|tokenexchange|calendar)\.[A-Z]\w*(?:\.[A-Z]\w*)?`,
	`[\w.-]+/[\w.-]+#\d+`,
	`[\w.%+#-]+@[\w.-]+\w`,
	`\b[a-z0-9]+(?:_[a-z0-9]+)+\b`,
	`\b[a-z]+[A-Z][A-Za-z]*\b`,
	`\b(?:kid|iss|aud|iat|exp|alg|typ|jti)\b`,
	`%[0-9A-F]{2}\b`,
}, "|"))

// documents matches the URLs of pages to read. Other URLs are among the
// lesson's bytes.
var documents = regexp.MustCompile(
	`^https://(developers|cloud|support|issuetracker)\.google\.com/` +
		`|^https://(github\.com|www\.rfc-editor\.org)/`)

// issue matches an issue of a repository on GitHub.
var issue = regexp.MustCompile(`^[\w.-]+/[\w.-]+#\d+$`)

// rich turns the documents in a text into links, and the names into code.
func rich(text string) template.HTML {
	var b strings.Builder
	done := 0
	for _, m := range special.FindAllStringSubmatchIndex(text, -1) {
		section := ""
		if m[2] >= 0 {
			section = text[m[2]:m[3]]
		}
		b.WriteString(html.EscapeString(text[done:m[0]]))
		b.WriteString(markup(text[m[0]:m[1]], section))
		done = m[1]
	}
	b.WriteString(html.EscapeString(text[done:]))
	return template.HTML(b.String())
}

// markup returns the HTML for a match of special. The section is that of an
// RFC, or "".
func markup(found, section string) string {
	switch {
	case strings.Contains(found, "PKCS1"):
		return found
	case strings.Fields(found)[0] == "RFC":
		number := strings.Trim(strings.Fields(found)[1], ",")
		address := "https://www.rfc-editor.org/rfc/rfc" + number
		if section != "" {
			address += "#section-" + section
		}
		return fmt.Sprintf(`<a href="%s">%s</a>`, address, html.EscapeString(found))
	case documents.MatchString(found):
		address := html.EscapeString(strings.TrimPrefix(found, "https://"))
		return fmt.Sprintf(`<a href="https://%s">%[1]s</a>`, address)
	case issue.MatchString(found):
		repository, number, _ := strings.Cut(found, "#")
		return fmt.Sprintf(`<a href="https://github.com/%s/issues/%s">%s</a>`,
			repository, number, found)
	}
	const short = 25 // characters that needn't be broken
	if len(found) < short {
		return `<code class="whole-word">` + html.EscapeString(found) + `</code>`
	}
	return `<code>` + html.EscapeString(found) + `</code>`
}

// goCode marks the comments, the strings and the word func in Go source. Each
// line is an element, so that a phone can wrap it with an indent.
func goCode(code string) template.HTML {
	code = strings.TrimRight(code, "\n")
	var s scanner.Scanner
	files := token.NewFileSet()
	file := files.AddFile("", files.Base(), len(code))
	s.Init(file, []byte(code), func(token.Position, string) {}, scanner.ScanComments)
	var b strings.Builder
	done := 0
	for pos, tok, text := s.Scan(); tok != token.EOF; pos, tok, text = s.Scan() {
		class := tokenClass(tok)
		if class == "" {
			continue
		}
		at := file.Offset(pos)
		b.WriteString(html.EscapeString(code[done:at]))
		fmt.Fprintf(&b, `<span class="%s">%s</span>`, class, withLinks(html.EscapeString(text)))
		done = at + len(text)
	}
	b.WriteString(html.EscapeString(code[done:]))
	lines := strings.Split(b.String(), "\n")
	for i, line := range lines {
		lines[i] = `<span class="l">` + line + "\n</span>"
	}
	return template.HTML(strings.Join(lines, ""))
}

// commentURL matches a URL in a comment.
var commentURL = regexp.MustCompile(`https://[^\s&"]*[^\s&",.):]`)

// withLinks turns the documents in escaped text into links, as in prose.
func withLinks(escaped string) string {
	return commentURL.ReplaceAllStringFunc(escaped, func(found string) string {
		if documents.MatchString(found) {
			return markup(found, "")
		}
		return found
	})
}

// tokenClass returns a class of style.css, or "".
func tokenClass(tok token.Token) string {
	switch tok {
	case token.COMMENT:
		return "comment"
	case token.STRING, token.CHAR:
		return "string"
	case token.FUNC:
		return "func"
	}
	return ""
}
