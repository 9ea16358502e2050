// SPDX-License-Identifier: 0BSD

// Writes overlays for go test that break a rule each. Run it with .ci/mutants,
// which passes it a folder for them, and perhaps the names of the mutants that
// are wanted.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

const (
	list  = ".ci/mutants.txt"
	least = 40 // mutants in the list
)

// A mutant is a record of the list: an edit that breaks a rule, and the test
// that has to fail then.
type mutant struct {
	name, folder, test, from, to string

	file, edited string // the only file that has from, and its text after the edit
}

func main() {
	if err := run(os.Args[1], os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(1)
	}
}

func run(folder string, wanted []string) error {
	all, err := readList()
	if err != nil {
		return err
	}
	for _, name := range wanted {
		if !slices.ContainsFunc(all, func(m mutant) bool { return m.name == name }) {
			return fmt.Errorf("%s has no %s", list, name)
		}
	}
	for _, m := range all {
		if len(wanted) > 0 && !slices.Contains(wanted, m.name) {
			continue
		}
		if err := m.writeOverlay(folder); err != nil {
			return err
		}
		fmt.Println(m.name, m.folder, m.test)
	}
	return nil
}

// readList reads the mutants and makes their edits, in memory.
func readList() (all []mutant, err error) {
	text, err := os.ReadFile(list)
	if err != nil {
		return nil, err
	}
	record := regexp.MustCompile(`^([a-z0-9-]+): \S.*\n(\w+) (Test\w+)\n-(\S.*)\n\+(.*)$`)
	names := map[string]bool{}
	for _, part := range strings.Split(strings.TrimSpace(string(text)), "\n\n") {
		if strings.HasPrefix(part, "#") {
			continue
		}
		r := record.FindStringSubmatch(part)
		if r == nil || names[r[1]] {
			return nil, fmt.Errorf("%s: not a record, or a name used twice:\n%s", list, part)
		}
		names[r[1]] = true
		m := mutant{name: r[1], folder: r[2], test: r[3], from: r[4], to: r[5]}
		if err := m.edit(); err != nil {
			return nil, fmt.Errorf("%s: %s: %w", list, m.name, err)
		}
		all = append(all, m)
	}
	if len(all) < least {
		return nil, fmt.Errorf("%s has only %d records", list, len(all))
	}
	return all, nil
}

// edit edits the code. It must be there exactly once, so that the list stays
// true when the code changes.
func (m *mutant) edit() error {
	files, err := filepath.Glob(m.folder + "/*.go")
	if err != nil {
		return err
	}
	count := 0
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if n := strings.Count(string(text), m.from); n > 0 {
			count += n
			m.file, m.edited = file, strings.Replace(string(text), m.from, m.to, 1)
		}
	}
	if count != 1 {
		return fmt.Errorf("package %s has this code %d times, not once: %s", m.folder, count, m.from)
	}
	return nil
}

// writeOverlay writes the edited file, and NAME.json, which tells go test to
// read it instead of the original.
func (m *mutant) writeOverlay(folder string) error {
	original, err := filepath.Abs(m.file)
	if err != nil {
		return err
	}
	edited := filepath.Join(folder, m.name+".go")
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{original: edited}})
	if err != nil {
		return err
	}
	if err := os.WriteFile(edited, []byte(m.edited), 0o600); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, m.name+".json"), overlay, 0o600)
}
