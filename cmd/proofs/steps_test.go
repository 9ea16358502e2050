// SPDX-License-Identifier: 0BSD

package proofs

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"example.com/fivestep/walkthrough"
)

// steps are the five steps as README.md describes them: what happens, and the
// RFCs that define it. Where it happens comes from the lesson.
var steps = []struct {
	what string
	rfcs []string
}{
	{"Read and check the key file", []string{"7468", "5958"}},
	{"Make and sign a JWT, the assertion", []string{"7515", "7519"}},
	{"Post it to the token endpoint", []string{"7523"}},
	{"Read the access token", []string{"6749"}},
	{"Read calendar events with the token", []string{"6750"}},
}

// lesson runs the five steps once.
func lesson(t *testing.T) *walkthrough.Trace {
	t.Helper()
	trace, err := walkthrough.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if len(trace.Steps) != len(steps) {
		t.Fatalf("the lesson has %d steps", len(trace.Steps))
	}
	return trace
}

// functionsOf returns the names of the functions that a step's excerpt shows.
func functionsOf(step walkthrough.Step) []string {
	return strings.Split(strings.TrimPrefix(step.Excerpt.Title, "func "), ", ")
}

// TestSteps checks that each function that the lesson shows for a step is in
// the file that it names.
func TestSteps(t *testing.T) {
	_, all := sources(t)
	for i, step := range lesson(t).Steps {
		if step.Number != i+1 || step.File != step.Excerpt.File {
			t.Errorf("step %d is number %d, in %s, and its excerpt in %s",
				i+1, step.Number, step.File, step.Excerpt.File)
		}
		i := slices.IndexFunc(all, func(s source) bool { return s.name == step.File })
		if i < 0 {
			t.Errorf("step %d: there is no %s", step.Number, step.File)
			continue
		}
		for _, name := range functionsOf(step) {
			if !slices.Contains(all[i].functions(), name) {
				t.Errorf("step %d: %s has no func %s", step.Number, step.File, name)
			}
			if !strings.Contains(step.Excerpt.Code, " "+name+"(") {
				t.Errorf("step %d: the excerpt doesn't show func %s", step.Number, name)
			}
		}
	}
}

// TestReadmeSteps compares the table of the steps in README.md with the lesson:
// both name the same files and functions.
func TestReadmeSteps(t *testing.T) {
	var table strings.Builder
	table.WriteString("| step | what happens | where | specification |\n|---|---|---|---|\n")
	for i, step := range lesson(t).Steps {
		var books []string
		for _, rfc := range steps[i].rfcs {
			const link = "[RFC %s](https://www.rfc-editor.org/rfc/rfc%[1]s)"
			books = append(books, fmt.Sprintf(link, rfc))
		}
		fmt.Fprintf(&table, "| %d | %s | [%s](%[3]s): `%s` | %s |\n",
			step.Number, steps[i].what, step.File,
			strings.Join(functionsOf(step), "`, `"), strings.Join(books, ", "))
	}
	fill(t, "steps", table.String())
}
