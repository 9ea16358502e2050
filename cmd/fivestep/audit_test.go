// SPDX-License-Identifier: 0BSD

package main

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The tests here read the source as an auditor does, and check what README.md says of it.

// source is one Go file of this module.
type source struct {
	name string // from the module's folder
	text string
	file *ast.File
}

func (s source) isTest() bool   { return strings.HasSuffix(s.name, "_test.go") }
func (s source) folder() string { return path.Dir(s.name) }

// imports are the paths that the file imports.
func (s source) imports() (paths []string) {
	for _, i := range s.file.Imports {
		p, _ := strconv.Unquote(i.Path.Value) // the parser has checked it
		paths = append(paths, p)
	}
	return paths
}

var copied = []string{"jwt", "tokenexchange", "calendar"} // the packages that are meant to be copied

// sources reads every Go file of the module.
func sources(t *testing.T) (*token.FileSet, []source) {
	t.Helper()
	set, root := token.NewFileSet(), os.DirFS("../..")
	var all []source
	err := fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || path.Ext(name) != ".go" {
			if name == ".git" {
				err = fs.SkipDir
			}
			return err
		}
		text, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(set, name, text, parser.ParseComments|parser.SkipObjectResolution)
		all = append(all, source{name, string(text), file})
		return err
	})
	if err != nil || len(all) < 100 {
		t.Fatalf("%d files, %v", len(all), err)
	}
	return set, all
}

// What each file may reach is what it imports: the list is golden, and these
// rules hold whatever is in it.
func TestImports(t *testing.T) {
	_, all := sources(t)
	var list strings.Builder
	for _, s := range all {
		inCopied := slices.Contains(copied, s.folder())
		for _, p := range s.imports() {
			own := strings.HasPrefix(p, "example.com/fivestep/")
			switch {
			case !own && strings.Contains(p, "."):
				t.Errorf("%s imports %s: only the standard library is used", s.name, p)
			case own && (inCopied || s.folder() == "walkthrough/fakegoogle" && !s.isTest()):
				t.Errorf("%s imports %s: its package stands alone", s.name, p)
			case own && !s.isTest() && s.folder() == "cmd/fivestep" && !slices.Contains(copied, strings.TrimPrefix(p, "example.com/fivestep/")):
				t.Errorf("%s imports %s: the tool links no teaching code", s.name, p)
			case s.isTest():
			case slices.Contains([]string{"unsafe", "reflect", "os/exec", "plugin", "syscall/js", "C"}, p):
				t.Errorf("%s imports %s", s.name, p)
			case !inCopied:
			case (p == "net/http" || p == "crypto/tls") && s.folder() == "jwt", p == "net", p == "os", p == "log", p == "log/slog", p == "syscall":
				t.Errorf("%s imports %s: jwt sends nothing; none of the three opens files or sockets by itself, or logs", s.name, p)
			case (p == "crypto/x509" || p == "encoding/pem") && s.name != "jwt/keyfile.go":
				t.Errorf("%s imports %s: only keyfile.go reads keys", s.name, p)
			}
		}
		if inCopied && !s.isTest() {
			fmt.Fprintf(&list, "%-26s %s\n", s.name, strings.Join(s.imports(), " "))
		}
	}
	golden(t, "imports.txt", list.String())
}

// goroutines are all that are started outside tests, by go or by AfterFunc, and why.
var goroutines = map[string][]string{
	"tokenexchange/source.go":               {"one refresh behind the callers' backs"},
	"calendar/list.go":                      {"the next page, read ahead"},
	"walkthrough/fakegoogle/faults_wire.go": {"watches for the client that leaves"},
	"walkthrough/wire.go":                   {"the server on a wire in memory"},
	"cmd/fivestep/auth.go":                  {"a read from a pipe that a signal must be able to end"},
	"cmd/fivestep/main.go":                  {"a second Ctrl-C kills"},
	"cmd/fakegoogle/main.go":                {"a second Ctrl-C kills", "the server"},
	"cmd/walkthrough/main.go":               {"a second Ctrl-C kills"},
	"cmd/walkthrough/serve.go":              {"the server"},
}

// requests are the places, in the packages that are copied, where something is sent.
var requests = map[string]int{"tokenexchange/exchange.go": 1, "calendar/client.go": 1}

// Nothing runs before it is called, nothing goes on unseen, nothing is remembered
// in a variable that all share, and the compiler is told nothing special.
func TestNothingHidden(t *testing.T) {
	_, all := sources(t)
	for _, kind := range []string{".ci/*", "walkthrough/*.html", "walkthrough/*.css"} {
		names, err := filepath.Glob("../../" + kind)
		if err != nil || len(names) == 0 {
			t.Errorf("no %s, %v", kind, err)
		}
		for _, name := range names {
			text, err := os.ReadFile(name)
			if head := string(text[:min(len(text), 100)]); err != nil || path.Ext(name) != ".txt" && !strings.Contains(head, " SPDX-License-Identifier: 0BSD") {
				t.Errorf("%s does not name its licence, %v", name, err)
			}
		}
	}
	for _, s := range all {
		if !strings.HasPrefix(s.text, "// SPDX-License-Identifier: 0BSD\n") {
			t.Errorf("%s does not begin with its licence", s.name)
		}
		if s.isTest() {
			continue
		}
		started, sent := 0, 0
		ast.Inspect(s.file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.GoStmt:
				started++
			case *ast.SelectorExpr:
				x, _ := n.X.(*ast.Ident)
				switch name := n.Sel.Name; {
				case name == "AfterFunc":
					started++
				case slices.Contains([]string{"Do", "Head", "Post", "PostForm", "RoundTrip", "DefaultClient", "DefaultTransport"}, name),
					name == "Get" && x != nil && (x.Name == "http" || x.Name == "client"):
					sent++
				}
			case *ast.FuncDecl:
				if n.Recv == nil && n.Name.Name == "init" || n.Body == nil {
					t.Errorf("%s: func %s", s.name, n.Name.Name)
				}
			case *ast.Comment:
				if strings.HasPrefix(n.Text, "//go:") && !strings.HasPrefix(n.Text, "//go:embed ") && !strings.HasPrefix(n.Text, "//go:build ") {
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

// nothing imports no package. Names within a package resolve all the same.
type nothing struct{}

func (nothing) Import(string) (*types.Package, error) { return nil, errors.New("not needed") }

// A variable of a package is set where it is declared, and never again.
func TestPackageVariables(t *testing.T) {
	set, all := sources(t)
	packages := map[string][]*ast.File{}
	for _, s := range all {
		if !s.isTest() {
			packages[s.folder()] = append(packages[s.folder()], s.file)
		}
	}
	var list strings.Builder
	for _, folder := range slices.Sorted(func(yield func(string) bool) {
		for folder := range packages {
			if !yield(folder) {
				return
			}
		}
	}) {
		info := types.Info{Uses: map[*ast.Ident]types.Object{}}
		config := types.Config{Importer: nothing{}, Error: func(error) {}}
		pkg, _ := config.Check(folder, set, packages[folder], &info) // it fails at each import, and goes on
		shared := func(e ast.Expr) string {
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
		for _, file := range packages[folder] {
			ast.Inspect(file, func(n ast.Node) bool {
				var changed []ast.Expr
				switch n := n.(type) {
				case *ast.AssignStmt:
					changed = n.Lhs
				case *ast.IncDecStmt:
					changed = []ast.Expr{n.X}
				case *ast.RangeStmt:
					changed = []ast.Expr{n.Key, n.Value}
				case *ast.UnaryExpr:
					if n.Op == token.AND {
						changed = []ast.Expr{n.X}
					}
				case *ast.CallExpr:
					if f, ok := n.Fun.(*ast.Ident); ok && slices.Contains([]string{"append", "clear", "copy", "delete"}, f.Name) {
						changed = n.Args[:1]
					}
				}
				for _, e := range changed {
					if name := shared(e); name != "" {
						t.Errorf("%v: %s may change", set.Position(n.Pos()), name)
					}
				}
				return true
			})
			for _, d := range file.Decls {
				if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.VAR {
					for _, spec := range g.Specs {
						v := spec.(*ast.ValueSpec)
						for i, name := range v.Names {
							value := v.Type
							if i < len(v.Values) {
								value = v.Values[i]
							}
							text := strings.SplitN(types.ExprString(value), "(", 2)[0]
							if strings.Contains(text, "sync") || strings.Contains(text, "atomic") {
								if text != "sync.OnceValue" {
									t.Errorf("%v: %s may change", set.Position(v.Pos()), name.Name)
								}
							}
							if slices.Contains(copied, folder) {
								fmt.Fprintf(&list, "%s.%s = %s\n", folder, name.Name, types.ExprString(value))
							}
						}
					}
				}
			}
		}
	}
	golden(t, "variables.txt", list.String())
}
