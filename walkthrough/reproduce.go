// SPDX-License-Identifier: 0BSD

package walkthrough

import (
	_ "embed" // reproduce.txt
	"strings"
)

//go:embed reproduce.txt
var reproduceText string

// ReproduceAt is Reproduce for a server at another address than the one that
// go run ./cmd/walkthrough -http has by default. The base is "http://host:port".
func (p *Part) ReproduceAt(base string) string {
	return strings.ReplaceAll(p.Reproduce, defaultBase, base)
}

// reproduce gives each part of a finished run the commands that make it again. They
// go together: each goes on where the one before has stopped.
func (t *Trace) reproduce() error {
	all, err := t.templates("reproduce.txt", reproduceText)
	if err != nil {
		return err
	}
	for _, step := range t.Steps {
		for i := range step.Parts {
			var b strings.Builder
			if err := all.ExecuteTemplate(&b, step.Parts[i].Name, t); err != nil {
				return err
			}
			step.Parts[i].Reproduce = strings.TrimSpace(b.String())
		}
	}
	return nil
}
