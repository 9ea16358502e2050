// SPDX-License-Identifier: 0BSD

package proofs

import (
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"iter"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// goroutines lists every place outside tests that starts one, with go or
// AfterFunc, and why.
var goroutines = map[string][]string{
	"tokenexchange/source.go":               {"a refresh that no caller waits for"},
	"calendar/list.go":                      {"the next page, read ahead"},
	"walkthrough/fakegoogle/faults_wire.go": {"watches for a client that leaves"},
	"walkthrough/wire.go":                   {"the server of a connection in memory"},
	"walkthrough/exam/exam.go":              {"a trial, beside others"},
	"walkthrough/exam/world.go":             {"the servers of a trial"},
	"cmd/fivestep/merge.go":                 {"a calendar, read beside the others", "the end of a page's turn"},
	"cmd/fivestep/stdin.go":                 {"a read from a pipe that a signal can end"},
	"cmd/fivestep/main.go":                  {"a second Ctrl-C kills"},
	"cmd/fakegoogle/main.go":                {"a second Ctrl-C kills", "the server"},
	"cmd/walkthrough/main.go":               {"a second Ctrl-C kills"},
	"cmd/walkthrough/serve.go":              {"the server"},
}

// requests counts the places in the three packages where something is sent, or
// where net/http's default transport is named: two files copy it.
var requests = map[string]int{
	"tokenexchange/client.go": 1, "tokenexchange/proxy.go": 2,
	"calendar/client.go": 1, "calendar/transport.go": 2,
}

// TestNothingHidden checks that nothing runs before it is called, that nothing
// runs in the background or is sent without being listed here, and that no
// comment gives the compiler an instruction.
func TestNothingHidden(t *testing.T) {
	_, all := sources(t)
	for _, s := range all {
		if s.isTest() {
			continue
		}
		started, sent := 0, 0
		ast.Inspect(s.file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.GoStmt:
				started++
			case *ast.SelectorExpr:
				if n.Sel.Name == "AfterFunc" {
					started++
				}
				if sends(n) {
					sent++
				}
			case *ast.FuncDecl:
				if n.Recv == nil && n.Name.Name == "init" || n.Body == nil {
					t.Errorf("%s: func %s", s.name, n.Name.Name)
				}
			case *ast.Comment:
				if isDirective(n.Text) {
					t.Errorf("%s: %s", s.name, n.Text)
				}
			}
			return true
		})
		if want := goroutines[s.name]; started != len(want) {
			t.Errorf("%s starts goroutines in %d places; known: %q", s.name, started, want)
		}
		if slices.Contains(copied, s.folder()) && sent != requests[s.name] {
			t.Errorf("%s sends requests in %d places, not %d", s.name, sent, requests[s.name])
		}
	}
}

// sends reports whether a name is one of net/http that sends a request.
func sends(n *ast.SelectorExpr) bool {
	senders := []string{
		"Do", "Head", "Post", "PostForm", "RoundTrip", "DefaultClient", "DefaultTransport",
	}
	if slices.Contains(senders, n.Sel.Name) {
		return true
	}
	x, _ := n.X.(*ast.Ident)
	return n.Sel.Name == "Get" && x != nil && (x.Name == "http" || x.Name == "client")
}

// isDirective reports whether a comment is an instruction to the compiler.
func isDirective(comment string) bool {
	return strings.HasPrefix(comment, "//go:") &&
		!strings.HasPrefix(comment, "//go:embed ") && !strings.HasPrefix(comment, "//go:build ")
}

// TestLicense checks that each file of source names the license.
func TestLicense(t *testing.T) {
	_, all := sources(t)
	for _, s := range all {
		if !strings.HasPrefix(s.text, "// SPDX-License-Identifier: 0BSD\n") {
			t.Errorf("%s does not begin with its license", s.name)
		}
	}
	for _, kind := range []string{
		".ci/*", "walkthrough/page/*.html", "walkthrough/page/*.css",
	} {
		names, err := filepath.Glob("../../" + kind)
		if err != nil || len(names) == 0 {
			t.Errorf("no %s, %v", kind, err)
		}
		for _, name := range names {
			text, err := os.ReadFile(name)
			head := string(text[:min(len(text), 100)])
			isText := path.Ext(name) == ".txt" || path.Ext(name) == ".md"
			if err != nil || !isText && !strings.Contains(head, " SPDX-License-Identifier: 0BSD") {
				t.Errorf("%s does not name its license, %v", name, err)
			}
		}
	}
}

// nothing is an importer without packages. Names within a package are resolved
// anyway.
type nothing struct{}

func (nothing) Import(string) (*types.Package, error) { return nil, errors.New("not needed") }

// TestPackageVariables checks that a package's variables are set where they are
// declared, and never again. Those of the three packages are a golden list.
func TestPackageVariables(t *testing.T) {
	set, all := sources(t)
	packages := map[string][]*ast.File{}
	for _, s := range all {
		if !s.isTest() {
			packages[s.folder()] = append(packages[s.folder()], s.file)
		}
	}
	var list strings.Builder
	for _, folder := range slices.Sorted(maps.Keys(packages)) {
		info := types.Info{Uses: map[*ast.Ident]types.Object{}}
		config := types.Config{Importer: nothing{}, Error: func(error) {}}
		// Check reports an error at each import, and continues.
		pkg, _ := config.Check(folder, set, packages[folder], &info)
		for _, file := range packages[folder] {
			ast.Inspect(file, func(n ast.Node) bool {
				for _, e := range changed(n) {
					if name := shared(e, pkg, &info); name != "" {
						t.Errorf("%v: %s may change", set.Position(n.Pos()), name)
					}
				}
				return true
			})
			for name, value := range variables(file) {
				kind, _, _ := strings.Cut(value, "(")
				if kind != "sync.OnceValue" &&
					(strings.Contains(kind, "sync") || strings.Contains(kind, "atomic")) {
					t.Errorf("%s: %s may change", folder, name)
				}
				if slices.Contains(copied, folder) {
					fmt.Fprintf(&list, "%s.%s = %s\n", folder, name, value)
				}
			}
		}
	}
	golden(t, "variables.txt", list.String())
}

// changed returns the expressions that a node changes, or allows to be changed
// later.
func changed(n ast.Node) []ast.Expr {
	switch n := n.(type) {
	case *ast.AssignStmt:
		return n.Lhs
	case *ast.IncDecStmt:
		return []ast.Expr{n.X}
	case *ast.RangeStmt:
		return []ast.Expr{n.Key, n.Value}
	case *ast.UnaryExpr:
		if n.Op == token.AND {
			return []ast.Expr{n.X}
		}
	case *ast.CallExpr:
		f, ok := n.Fun.(*ast.Ident)
		if ok && slices.Contains([]string{"append", "clear", "copy", "delete"}, f.Name) {
			return n.Args[:1]
		}
	}
	return nil
}

// shared returns the name of the package's variable that an expression refers
// to, in whole or in part, or "" if it refers to none.
func shared(e ast.Expr, pkg *types.Package, info *types.Info) string {
	for {
		switch x := e.(type) {
		case *ast.Ident:
			if v, ok := info.Uses[x].(*types.Var); ok && v.Parent() == pkg.Scope() {
				return x.Name
			}
			return ""
		case *ast.IndexExpr:
			e = x.X
		case *ast.SelectorExpr:
			e = x.X
		case *ast.StarExpr:
			e = x.X
		case *ast.ParenExpr:
			e = x.X
		case *ast.SliceExpr:
			e = x.X
		default:
			return ""
		}
	}
}

// variables yields the package's variables that a file declares, each with its
// value or, if it has none, its type.
func variables(file *ast.File) iter.Seq2[string, string] {
	return func(yield func(name, value string) bool) {
		for _, d := range file.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.VAR {
				continue
			}
			for _, spec := range g.Specs {
				v := spec.(*ast.ValueSpec)
				for i, name := range v.Names {
					value := v.Type
					if i < len(v.Values) {
						value = v.Values[i]
					}
					if !yield(name.Name, types.ExprString(value)) {
						return
					}
				}
			}
		}
	}
}
