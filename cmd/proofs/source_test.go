// SPDX-License-Identifier: 0BSD

package proofs

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"strconv"
	"strings"
	"testing"
)

// copied are the packages that are meant to be copied.
var copied = []string{"jwt", "tokenexchange", "calendar"}

// source is one Go file of this module.
type source struct {
	name string // from the module's root
	text string
	file *ast.File
}

func (s source) isTest() bool   { return strings.HasSuffix(s.name, "_test.go") }
func (s source) folder() string { return path.Dir(s.name) }

// imports returns the paths that the file imports.
func (s source) imports() (paths []string) {
	for _, i := range s.file.Imports {
		p, _ := strconv.Unquote(i.Path.Value) // the parser has checked it
		paths = append(paths, p)
	}
	return paths
}

// functions returns the names of the functions and methods that the file
// declares.
func (s source) functions() (names []string) {
	for _, d := range s.file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok {
			names = append(names, f.Name.Name)
		}
	}
	return names
}

// sources reads every Go file of the module.
func sources(t *testing.T) (*token.FileSet, []source) {
	t.Helper()
	set, root := token.NewFileSet(), os.DirFS("../..")
	var all []source
	err := fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case name == ".git" && entry.IsDir():
			return fs.SkipDir
		case entry.IsDir() || path.Ext(name) != ".go":
			return nil
		}
		text, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		mode := parser.ParseComments | parser.SkipObjectResolution
		file, err := parser.ParseFile(set, name, text, mode)
		all = append(all, source{name, string(text), file})
		return err
	})
	if err != nil || len(all) < 100 {
		t.Fatalf("%d files, %v", len(all), err)
	}
	return set, all
}
