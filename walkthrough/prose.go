// SPDX-License-Identifier: 0BSD

package walkthrough

import (
	_ "embed" // prose.txt
	"strings"
	"text/template"
	"time"
)

// prose is what the lesson says, a template for each place in it.
//
//go:embed prose.txt
var prose string

// say returns what is said at a place, as paragraphs.
func (t *Trace) say(place string) ([]string, error) {
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

// templates reads templates that are filled from the trace.
func (t *Trace) templates(name, text string) (*template.Template, error) {
	return template.New(name).Funcs(template.FuncMap{
		"time":   func(at time.Time) string { return at.Format(time.RFC3339) },
		"minus":  func(a, b int64) int64 { return a - b },
		"size":   t.sizeOf,
		"target": t.target,
		// An account's address is NAME@PROJECT.iam.gserviceaccount.com.
		"account": func() string { name, _, _ := strings.Cut(t.Claims.Issuer, "@"); return name },
		"project": func() string {
			_, host, _ := strings.Cut(t.Claims.Issuer, "@")
			return strings.TrimSuffix(host, ".iam.gserviceaccount.com")
		},
	}).Parse(text)
}

// sizeOf is how many bytes the part of that name has.
func (t *Trace) sizeOf(name string) (int, error) {
	part, err := t.Part(name)
	if err != nil {
		return 0, err
	}
	return len(part.Bytes), nil
}

// target is what a request asks for, path and query (RFC 9112, section 3.2).
func (t *Trace) target(name string) (string, error) {
	part, err := t.Part(name)
	if err != nil {
		return "", err
	}
	_, rest, _ := strings.Cut(string(part.Bytes), " ")
	target, _, _ := strings.Cut(rest, " ")
	return target, nil
}
