// SPDX-License-Identifier: 0BSD

package walkthrough

import (
	_ "embed" // prose.txt
	"strings"
	"text/template"
	"time"
)

// prose is the lesson's text: a template for each place in the lesson.
//
//go:embed prose.txt
var prose string

// Say returns the paragraphs for a place in the lesson. The places are the
// names of the templates in prose.txt.
func (t *Trace) Say(place string) ([]string, error) {
	all, err := t.templates("prose.txt", prose)
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	if err := all.ExecuteTemplate(&b, place, t); err != nil {
		return nil, err
	}
	return strings.Split(strings.TrimSpace(b.String()), "\n\n"), nil
}

// templates parses templates that take their values from the trace.
func (t *Trace) templates(name, text string) (*template.Template, error) {
	return template.New(name).Funcs(template.FuncMap{
		"time":    func(at time.Time) string { return at.Format(time.RFC3339) },
		"minus":   func(a, b int64) int64 { return a - b },
		"size":    t.sizeOf,
		"target":  t.requestTarget,
		"account": t.accountName,
		"project": t.projectID,
	}).Parse(text)
}

// A service account's email address is NAME@PROJECT.iam.gserviceaccount.com.

func (t *Trace) accountName() string {
	name, _, _ := strings.Cut(t.Claims.Issuer, "@")
	return name
}

func (t *Trace) projectID() string {
	_, host, _ := strings.Cut(t.Claims.Issuer, "@")
	return strings.TrimSuffix(host, ".iam.gserviceaccount.com")
}

// sizeOf returns the number of bytes in a part.
func (t *Trace) sizeOf(name string) (int, error) {
	part, err := t.Part(name)
	if err != nil {
		return 0, err
	}
	return len(part.Bytes), nil
}

// requestTarget returns the path and the query of a request (RFC 9112, section
// 3.2).
func (t *Trace) requestTarget(name string) (string, error) {
	part, err := t.Part(name)
	if err != nil {
		return "", err
	}
	_, rest, _ := strings.Cut(string(part.Bytes), " ")
	target, _, _ := strings.Cut(rest, " ")
	return target, nil
}
