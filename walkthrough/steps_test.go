// SPDX-License-Identifier: 0BSD

package walkthrough

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strings"
	"testing"
)

// What is shown of each step: the source from one declaration to another.
var excerptSources = []struct {
	step             int
	file, from, till string
}{
	{1, "jwt/keyfile.go", "ParseKeyFile", "ParseKeyFile"},
	{2, "jwt/jwt.go", "SigningInput", "sign"},
	{3, "tokenexchange/exchange.go", "NewRequest", "NewRequest"},
	{4, "tokenexchange/exchange.go", "ParseResponse", "ParseResponse"},
	{5, "calendar/client.go", "try", "try"},
}

// extract takes functions out of a file, with the comments before them.
func extract(t *testing.T, file, from, till string) (line int, code string) {
	t.Helper()
	source, err := os.ReadFile("../" + file)
	if err != nil {
		t.Fatal(err)
	}
	files := token.NewFileSet()
	tree, err := parser.ParseFile(files, file, source, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	start, end := -1, -1
	for _, declaration := range tree.Decls {
		f, ok := declaration.(*ast.FuncDecl)
		if !ok {
			continue
		}
		if f.Name.Name == from {
			at := f.Pos()
			if f.Doc != nil {
				at = f.Doc.Pos()
			}
			start, line = files.Position(at).Offset, files.Position(at).Line
		}
		if f.Name.Name == till {
			end = files.Position(f.End()).Offset
		}
	}
	if start < 0 || end < start {
		t.Fatalf("%s has no %s, or no %s after it", file, from, till)
	}
	return line, string(source[start:end]) + "\n"
}

func TestExcerpts(t *testing.T) {
	var want strings.Builder
	for _, e := range excerptSources {
		line, code := extract(t, e.file, e.from, e.till)
		title := "func " + e.from
		if e.from != e.till {
			title += " to " + e.till
		}
		fmt.Fprintf(&want, "%s%d %s:%d %s\n%s\n", excerptMark, e.step, e.file, line, title, code)
		if got, want := excerptOf(e.step), (Excerpt{title, e.file, line, code}); got != want && !*update {
			t.Errorf("step %d shows %s:%d, %s, which is not what stands there", e.step, got.File, got.Line, got.Title)
		}
	}
	const name = "excerpts.txt"
	if *update {
		if err := os.WriteFile(name, []byte(want.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(name)
	if err != nil || !bytes.Equal(got, []byte(want.String())) {
		t.Errorf("%s is not what the packages say (%v); go test -update writes it anew, and then the program has to be built again", name, err)
	}
}

// Each step is done where the lesson says.
func TestSteps(t *testing.T) {
	for i, step := range Steps() {
		source, err := os.ReadFile("../" + step.File)
		if err != nil {
			t.Error(err)
		}
		folder, _, _ := strings.Cut(step.Code, ".")
		name := step.Code[strings.LastIndexByte(step.Code, '.')+1:]
		if step.Number != i+1 || !strings.Contains(string(source), " "+name+"(") ||
			!strings.HasPrefix(step.File, folder+"/") {
			t.Errorf("step %d: %s is not in %s", step.Number, step.Code, step.File)
		}
	}
	if n := len(Steps()); n != 5 {
		t.Errorf("%d steps", n)
	}
}
