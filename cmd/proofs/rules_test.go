// SPDX-License-Identifier: 0BSD

package proofs

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A mutant is an edit in .ci/mutants.txt that breaks a rule.
type mutant struct{ folder, test, from string }

// mutants returns those in the list, by name.
func mutants(t *testing.T) map[string]mutant {
	t.Helper()
	list := read(t, "../../.ci/mutants.txt")
	record := regexp.MustCompile(`(?m)^([a-z0-9-]+): .*\n(\w+) (Test\w+)\n-(.*)\n\+`)
	all := map[string]mutant{}
	for _, m := range record.FindAllStringSubmatch(list, -1) {
		all[m[1]] = mutant{folder: m[2], test: m[3], from: m[4]}
	}
	if len(all) < 40 {
		t.Fatalf("%d mutants", len(all))
	}
	return all
}

// TestRules checks each row of RULES.md. A row with a mutant also names the test
// that fails then, and the file that the mutant changes; TestReadmeTests checks
// that the tests exist. A row without a mutant says why the rule isn't ours.
func TestRules(t *testing.T) {
	all := mutants(t)
	rows := regexp.MustCompile(`(?m)^\| (?:\[|next).*`).FindAllString(read(t, rules), -1)
	if len(rows) < 30 {
		t.Errorf("%d rows", len(rows))
	}
	code := regexp.MustCompile("`([^`]+)`")
	for _, row := range rows {
		cells := strings.Split(row, "|")
		if len(cells) != 7 {
			t.Fatalf("%d cells: %s", len(cells), row)
		}
		here, tests, broken := cells[3], cells[4], cells[5]
		left := map[string]bool{} // the tests that no mutant belongs to
		for _, test := range code.FindAllStringSubmatch(tests, -1) {
			left[test[1]] = true
		}
		names := code.FindAllStringSubmatch(broken, -1)
		for _, name := range names {
			m, ok := all[name[1]]
			switch {
			case !ok:
				t.Errorf("there is no mutant %s", name[1])
			case !strings.Contains(tests, "`"+m.folder+"."+m.test+"`"):
				t.Errorf("%s belongs to %s.%s: %s", name[1], m.folder, m.test, row)
			case !hasCode(t, code.FindAllStringSubmatch(here, -1), m.from):
				t.Errorf("%s changes none of the files in %s", name[1], here)
			}
			delete(left, m.folder+"."+m.test)
		}
		if len(left) > 0 {
			t.Errorf("without a mutant: %v: %s", slices.Sorted(maps.Keys(left)), row)
		}
		if len(names) == 0 && !strings.HasPrefix(here, " Not ours, because ") {
			t.Errorf("no mutant, and no reason: %s", row)
		}
	}
}

// hasCode reports whether one of the named files has the code.
func hasCode(t *testing.T, names [][]string, code string) bool {
	t.Helper()
	for _, name := range names {
		if strings.HasSuffix(name[1], ".go") && strings.Contains(read(t, "../../"+name[1]), code) {
			return true
		}
	}
	return false
}

// TestRulesAreComplete checks that RULES.md leaves out no section.
func TestRulesAreComplete(t *testing.T) {
	page := read(t, rules)
	for _, part := range []struct{ rfc, chapter, last int }{
		{8725, 3, 12}, {9700, 2, 6}, {9700, 4, 17},
	} {
		for section := 1; section <= part.last; section++ {
			link := fmt.Sprintf(`/rfc%d#section-%d\.%d\D`, part.rfc, part.chapter, section)
			if !regexp.MustCompile(link).MatchString(page) {
				t.Errorf("RFC %d: nothing about %d.%d", part.rfc, part.chapter, section)
			}
		}
	}
}
