// SPDX-License-Identifier: 0BSD

package walkthrough

import (
	_ "embed" // reproduce.txt
	"strings"
)

// DefaultBase is where the commands of [Part.Reproduce] look for the fake
// Google: the address in README's example of cmd/walkthrough -http.
const DefaultBase = "http://127.0.0.1:8080"

//go:embed reproduce.txt
var reproduceText string

// ReproduceAt is Reproduce for a fake Google at another base URL than
// [DefaultBase].
func (p *Part) ReproduceAt(base string) string {
	return strings.ReplaceAll(p.Reproduce, DefaultBase, base)
}

// addCommands adds the commands that reproduce each part of a finished run. Run
// them in order and in one shell: each uses the results of those before it.
func (t *Trace) addCommands() error {
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
