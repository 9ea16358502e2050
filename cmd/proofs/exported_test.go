// SPDX-License-Identifier: 0BSD

package proofs

import (
	"fmt"
	"go/ast"
	"go/doc"
	"go/parser"
	"go/printer"
	"go/token"
	"slices"
	"strings"
	"testing"
)

// TestExported compares what the three packages export with a golden list:
// every constant, variable, function, method, type and field, without comments.
func TestExported(t *testing.T) {
	_, all := sources(t)
	var list strings.Builder
	for _, folder := range copied {
		fmt.Fprintf(&list, "## %s\n%s\n", folder, strings.Join(declarations(t, all, folder), "\n"))
	}
	golden(t, "exported.txt", list.String())
}

// declarations returns the exported declarations of a package, each on one
// line.
func declarations(t *testing.T, all []source, folder string) (lines []string) {
	t.Helper()
	set := token.NewFileSet()
	var files []*ast.File
	for _, s := range all {
		if s.folder() != folder || s.isTest() {
			continue
		}
		file, err := parser.ParseFile(set, s.name, s.text, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	p, err := doc.NewFromFiles(set, files, module+folder)
	if err != nil {
		t.Fatal(err)
	}
	add := func(n ast.Node) {
		var text strings.Builder
		if err := printer.Fprint(&text, set, n); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, strings.Join(strings.Fields(text.String()), " "))
	}
	values := func(all []*doc.Value) {
		for _, v := range all {
			add(v.Decl)
		}
	}
	functions := func(all []*doc.Func) {
		for _, f := range all {
			f.Decl.Body = nil
			add(f.Decl)
		}
	}
	values(p.Consts)
	values(p.Vars)
	functions(p.Funcs)
	for _, typ := range p.Types {
		add(typ.Decl)
		values(typ.Consts)
		values(typ.Vars)
		functions(typ.Funcs)
		functions(typ.Methods)
	}
	slices.Sort(lines)
	return lines
}

// apiOf returns the documentation of a package of this module, with its
// examples. It changes the package's syntax trees.
func apiOf(t *testing.T, set *token.FileSet, all []source, folder string) *doc.Package {
	t.Helper()
	var files []*ast.File
	for _, s := range all {
		if s.folder() == folder {
			files = append(files, s.file)
		}
	}
	p, err := doc.NewFromFiles(set, files, module+folder)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// comments returns the comment of each exported name of a package: constants,
// variables, functions, types, and Type.Method. A name without one has "".
func comments(p *doc.Package) map[string]string {
	names := map[string]string{}
	values := func(all []*doc.Value) {
		for _, v := range all {
			for _, spec := range v.Decl.Specs {
				spec := spec.(*ast.ValueSpec)
				for _, name := range spec.Names {
					names[name.Name] = ""
					if text := v.Doc + spec.Doc.Text() + spec.Comment.Text(); text != "" {
						// One comment may be about several names.
						names[name.Name] = name.Name + ": " + text
					}
				}
			}
		}
	}
	functions := func(of string, all []*doc.Func) {
		for _, f := range all {
			names[of+f.Name] = f.Doc
		}
	}
	values(p.Consts)
	values(p.Vars)
	functions("", p.Funcs)
	for _, typ := range p.Types {
		names[typ.Name] = typ.Doc
		values(typ.Consts)
		values(typ.Vars)
		functions("", typ.Funcs)
		functions(typ.Name+".", typ.Methods)
	}
	for name := range names {
		if method := name[strings.LastIndexByte(name, '.')+1:]; !ast.IsExported(method) {
			delete(names, name)
		}
	}
	return names
}

// calledIndirectly are methods that other packages call for you. An example
// shows such a method if it calls the other package's function.
var calledIndirectly = map[string][]string{
	"Error":       {"Println", "Print"},
	"Unwrap":      {"Is", "As"},
	"Is":          {"Is"},
	"Format":      {"Printf"},
	"String":      {"Println", "String"},
	"MarshalText": {"Marshal"},
}

// libraries are the packages that aren't meant to be copied but are documented.
var libraries = []string{
	"walkthrough", "walkthrough/lab", "walkthrough/terminal", "walkthrough/page",
	"walkthrough/fakegoogle",
}

// TestEveryNameIsDocumentedAndShown checks that every exported name has a
// comment that mentions it in its first sentence. Those of the three packages
// must be in an example, and every example must have output.
func TestEveryNameIsDocumentedAndShown(t *testing.T) {
	set, all := sources(t)
	for _, folder := range slices.Concat(libraries, copied) {
		p := apiOf(t, set, all, folder)
		if !strings.HasPrefix(p.Doc, "Package "+p.Name+" ") {
			t.Errorf("%s: the package comment begins %.30q", folder, p.Doc)
		}
		var shown []names // in each example
		for _, e := range allExamples(p) {
			if e.Output == "" || e.EmptyOutput {
				t.Errorf("%s: Example%s has no output", folder, e.Name)
			}
			shown = append(shown, namesIn(e.Code))
		}
		for name, comment := range comments(p) {
			last := name[strings.LastIndexByte(name, '.')+1:]
			if !strings.Contains(strings.SplitN(comment, ".", 2)[0]+" ", last) {
				t.Errorf("%s.%s: its comment does not say what it is: %.60q", folder, name, comment)
			}
			if !slices.Contains(copied, folder) {
				continue
			}
			isType := slices.ContainsFunc(p.Types, func(typ *doc.Type) bool {
				return typ.Name == name
			})
			if !slices.ContainsFunc(shown, func(used names) bool {
				return used.show(name, isType)
			}) {
				t.Errorf("%s.%s is in no example", folder, name)
			}
		}
	}
}

// names are the identifiers that a piece of code uses.
type names map[string]bool

func namesIn(code ast.Node) names {
	used := names{}
	ast.Inspect(code, func(n ast.Node) bool {
		if name, ok := n.(*ast.Ident); ok {
			used[name.Name] = true
		}
		return true
	})
	return used
}

// show reports whether an example that uses these names shows a name of the
// package. A variable named after a type also shows that type.
func (used names) show(name string, isType bool) bool {
	usesType := func(typ string) bool { return used[typ] || used[strings.ToLower(typ)] }
	of, method, isMethod := strings.Cut(name, ".")
	calls, indirect := calledIndirectly[method]
	switch {
	case isType:
		return usesType(name)
	case !isMethod:
		return used[name]
	case indirect:
		return used[of] && slices.ContainsFunc(calls, func(c string) bool { return used[c] })
	default:
		return used[method] && usesType(of)
	}
}

func allExamples(p *doc.Package) []*doc.Example {
	all := slices.Clone(p.Examples)
	for _, f := range p.Funcs {
		all = append(all, f.Examples...)
	}
	for _, typ := range p.Types {
		all = append(all, typ.Examples...)
		for _, f := range slices.Concat(typ.Funcs, typ.Methods) {
			all = append(all, f.Examples...)
		}
	}
	return all
}
