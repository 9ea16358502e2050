// SPDX-License-Identifier: 0BSD

package walkthrough

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
)

// functionsOf returns functions of a file in order, without their doc comments,
// and the number of the first line.
func functionsOf(t *testing.T, file string, names []string) (line int, code string) {
	t.Helper()
	source, err := os.ReadFile("../" + file)
	if err != nil {
		t.Fatal(err)
	}
	files := token.NewFileSet()
	tree, err := parser.ParseFile(files, file, source, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	var found, texts []string
	for _, declaration := range tree.Decls {
		f, ok := declaration.(*ast.FuncDecl)
		if !ok || !slices.Contains(names, f.Name.Name) {
			continue
		}
		start, end := files.Position(f.Pos()), files.Position(f.End())
		if line == 0 {
			line = start.Line
		}
		found = append(found, f.Name.Name)
		texts = append(texts, string(source[start.Offset:end.Offset])+"\n")
	}
	if !slices.Equal(found, names) {
		t.Fatalf("%s has the functions %q, not %q in this order", file, found, names)
	}
	return line, strings.Join(texts, "\n")
}

// The excerpts match the source.
func TestExcerpts(t *testing.T) {
	var want strings.Builder
	for i, step := range stepTable {
		line, code := functionsOf(t, step.file, step.functions)
		fmt.Fprintf(&want, "%s%d %d\n%s\n", excerptMark, i+1, line, code)
		if got := excerptOf(i + 1); (got.Line != line || got.Code != code) && !*update {
			t.Errorf("step %d: the excerpt differs from %s in %s, line %d",
				i+1, got.Title, got.File, line)
		}
	}
	const name = "excerpts.txt"
	if *update {
		if err := os.WriteFile(name, []byte(want.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(name)
	if err != nil || string(got) != want.String() {
		t.Errorf("%s differs from the source (%v); go test -update rewrites it, "+
			"and the program has to be built again", name, err)
	}
}

// The functions of a step fit beside its bytes on the page: style.css has the
// same width. The page shows URLs without https://.
func TestExcerptsFit(t *testing.T) {
	const maxLines, maxColumns = 25, 72
	for i, step := range stepTable {
		_, code := functionsOf(t, step.file, step.functions)
		lines := 0
		for _, line := range strings.Split(code, "\n") {
			if line != "" {
				lines++
			}
			shown := strings.NewReplacer("\t", "    ", "https://", "").Replace(line)
			if width := len([]rune(shown)); width > maxColumns {
				t.Errorf("step %d: a line of %d columns, more than %d: %s",
					i+1, width, maxColumns, line)
			}
		}
		if lines > maxLines {
			t.Errorf("step %d: %q have %d lines, more than %d",
				i+1, step.functions, lines, maxLines)
		}
	}
}

// Each step is done by the function, and in the file, that its heading names.
func TestSteps(t *testing.T) {
	for i, step := range Steps() {
		functions := stepTable[i].functions
		function := step.Code[strings.LastIndexByte(step.Code, '.')+1:]
		if step.Number != i+1 || !slices.Contains(functions, function) {
			t.Errorf("step %d: %s is not one of %q", step.Number, step.Code, functions)
		}
		if !strings.HasPrefix(step.Code, path.Dir(step.File)+".") {
			t.Errorf("step %d: %s is not in %s", step.Number, step.Code, step.File)
		}
		if step.Excerpt.File != step.File || len(step.Parts) > 0 {
			t.Errorf("step %d: %+v", step.Number, step)
		}
	}
}
