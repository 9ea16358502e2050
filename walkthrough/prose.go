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
	all, err := template.New("prose.txt").Funcs(template.FuncMap{
		"time":  func(at time.Time) string { return at.Format(time.RFC3339) },
		"minus": func(a, b int64) int64 { return a - b },
		"plus":  func(a, b int) int { return a + b },
		"size": func(parts ...string) (total int, err error) {
			for _, name := range parts {
				part, err := t.Part(name)
				if err != nil {
					return 0, err
				}
				total += len(part.Bytes)
			}
			return total, nil
		},
	}).Parse(prose)
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	if err := all.ExecuteTemplate(&b, place, t); err != nil {
		return nil, err
	}
	return strings.Split(strings.TrimSpace(b.String()), "\n\n"), nil
}
