// SPDX-License-Identifier: 0BSD

// Measures how legible the module is. Run it with .ci/measure, which passes it
// the cognitive complexity of every function on standard input.
package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// The bounds.
const (
	maxTokens    = 16_000 // of the three packages together: an hour for an auditor
	wide         = 100    // columns of code that fit into half a screen
	maxWideShare = 0.01   // of all lines of code may be wider
	maxWidth     = 120    // columns of code
	wrap         = 80     // columns, where comments wrap
	maxComment   = 100    // columns of a comment outside tests
	maxFunction  = 60     // lines of a function, more than a screen
	maxCognitive = 20     // cognitive complexity of a function in the three packages
	maxElsewhere = 30     // and of any other function
	maxFiles     = 20     // Go files in a folder, tests not counted
	maxReadme    = 1_400  // words of README.md
)

// packages are the three that people copy and audit.
var packages = []string{"jwt", "tokenexchange", "calendar"}

// failures list everything that exceeds its bound: where, by how much, and what
// to do about it.
type failures []string

func (f *failures) add(format string, args ...any) {
	*f = append(*f, fmt.Sprintf(format, args...))
}

func main() {
	files, err := readModule()
	if err != nil {
		fmt.Fprintln(os.Stderr, "measure:", err)
		os.Exit(2)
	}
	var failed failures
	checkFolders(files, &failed)
	checkWidths(files, &failed)
	checkFunctions(files, &failed)
	checkComplexity(os.Stdin, &failed)
	checkReadme(&failed)
	checkEnglish(files, &failed)

	for _, problem := range failed {
		fmt.Println(problem)
	}
	fmt.Printf("failures: %d\n", len(failed))
	if len(failed) > 0 {
		os.Exit(1)
	}
}

// A source is a Go file, line by line.
type source struct {
	name   string
	test   bool
	tokens int // without comments, folds of strings, and semicolons that aren't in the text
	lines  []line
	prose  []byte // the comments; each byte of code is a dot
}

// A line has code, or only a comment, or neither if it's blank or within a
// string over several lines.
type line struct {
	width         int // in columns
	unbreakable   int // columns of it that can't be folded
	code, comment bool
}

// columns returns the part of a line's width that counts.
func (l line) columns() int { return l.width - l.unbreakable }

// readModule reads every Go file below the current folder.
func readModule() ([]*source, error) {
	var files []*source
	err := filepath.WalkDir(".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(name) != ".go" {
			return err
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		files = append(files, read(name, text))
		return nil
	})
	return files, err
}

// read counts a file's tokens and classifies its lines.
func read(name string, text []byte) *source {
	s := &source{name: name, test: strings.HasSuffix(name, "_test.go")}
	for _, l := range strings.Split(string(text), "\n") {
		s.lines = append(s.lines, line{width: width(l)})
	}
	for _, c := range text {
		if c > ' ' {
			c = '.'
		}
		s.prose = append(s.prose, c)
	}

	var scan scanner.Scanner
	file := token.NewFileSet().AddFile(name, -1, len(text))
	scan.Init(file, text, nil, scanner.ScanComments)
	var last, beforeLast token.Token
	for {
		pos, kind, literal := scan.Scan()
		first := file.Line(pos) - 1 // an index of s.lines
		switch {
		case kind == token.EOF:
			return s
		case kind == token.SEMICOLON && literal == "\n":
			// inserted by the scanner
		case kind == token.COMMENT:
			copy(s.prose[file.Offset(pos):], strings.Replace(literal, "//", "  ", 1))
			s.addComment(first, literal)
		default:
			s.tokens++
			s.lines[first].code = true
			if kind == token.STRING {
				s.addString(first, literal)
				if last == token.ADD && beforeLast == token.STRING {
					s.tokens -= 2 // a folded string is still one token
				}
			}
			beforeLast, last = last, kind
		}
	}
}

// address is a URL. One in a comment can't be folded.
var address = regexp.MustCompile(`https?://\S+`)

// addComment adds a comment. A directive for the compiler can't be folded.
func (s *source) addComment(first int, text string) {
	for i, part := range strings.Split(text, "\n") {
		l := &s.lines[first+i]
		l.comment = true
		if strings.HasPrefix(part, "//go:") {
			l.unbreakable = l.width
		}
		for _, url := range address.FindAllString(part, -1) {
			l.unbreakable += width(url)
		}
	}
}

// addString adds a string. It can't be folded if it has no space: a URL, base64
// or compact JSON. If a line has several, only the longest counts. A string
// over several lines is data, and so is every string of a test.
func (s *source) addString(first int, text string) {
	parts := strings.Split(text, "\n")
	s.lines[first+len(parts)-1].code = true // code may follow the string
	for i, part := range parts {
		l := &s.lines[first+i]
		if s.test || len(parts) > 1 {
			l.unbreakable += width(part)
		} else if !strings.Contains(part, " ") {
			l.unbreakable = max(l.unbreakable, width(part))
		}
	}
}

// width counts the columns of a text. A tab ends at the next multiple of 4.
func width(text string) int {
	columns := 0
	for _, r := range text {
		columns++
		if r == '\t' {
			columns = (columns + 3) / 4 * 4
		}
	}
	return columns
}

// A folder is the sum of its files, tests not counted.
type folder struct{ files, code, comments, tokens, longest int }

func (f *folder) add(s *source) {
	f.files++
	f.tokens += s.tokens
	for _, l := range s.lines {
		if l.code {
			f.code++
			f.longest = max(f.longest, l.width)
		} else if l.comment {
			f.comments++
		}
	}
}

// checkFolders prints the size of each folder, and checks the number of files
// and tokens.
func checkFolders(files []*source, failed *failures) {
	folders := map[string]*folder{}
	for _, s := range files {
		name := path.Dir(filepath.ToSlash(s.name))
		if folders[name] == nil {
			folders[name] = new(folder)
		}
		if !s.test {
			folders[name].add(s)
		}
	}

	fmt.Println("folder, without tests     files    code  comments  tokens  longest line")
	for _, name := range slices.Sorted(maps.Keys(folders)) {
		f := folders[name]
		share := float64(100*f.comments) / float64(max(1, f.code+f.comments))
		fmt.Printf("%-24s %6d %7d %7.0f %% %7d %13d\n",
			name, f.files, f.code, share, f.tokens, f.longest)
		if f.files > maxFiles {
			failed.add("%s: %d Go files, at most %d: split the folder", name, f.files, maxFiles)
		}
	}

	tokens := 0
	for _, name := range packages {
		if folders[name] == nil {
			failed.add("no folder %s", name)
			continue
		}
		tokens += folders[name].tokens
	}
	fmt.Printf("tokens of %v: %d, at most %d\n", packages, tokens, maxTokens)
	if tokens > maxTokens {
		failed.add("%v: %d tokens, at most %d: what could be absent?", packages, tokens, maxTokens)
	}
}

// checkWidths checks the lines of all files, tests included.
func checkWidths(files []*source, failed *failures) {
	var code, tooWide, comments int
	var wideLines failures
	for _, s := range files {
		for i, l := range s.lines {
			place := fmt.Sprintf("%s:%d: %d columns", s.name, i+1, l.width)
			columns := l.columns()
			if l.code {
				code++
			}
			switch {
			case l.code && columns > maxWidth:
				tooWide++
				failed.add("%s, at most %d: one idea a line", place, maxWidth)
			case l.code && columns > wide:
				wideLines.add("%s, at most %d: fold it", place, wide)
			case !l.code && l.comment && columns > wrap:
				comments++
				if columns > maxComment && !s.test {
					failed.add("%s: wrap comments at %d", place, wrap)
				}
			}
		}
	}

	share := float64(len(wideLines)+tooWide) / float64(code)
	fmt.Printf("code over %d columns, with tests: %.2f %% of %d lines, at most %.0f %%\n",
		wide, 100*share, code, 100*maxWideShare)
	fmt.Printf("code over %d columns, with tests: %d lines, at most 0\n", maxWidth, tooWide)
	fmt.Printf("comments over %d columns, with tests: %d lines\n", wrap, comments)
	if share > maxWideShare {
		*failed = append(*failed, wideLines...)
	}
}

// checkFunctions checks how long functions are, except in tests.
func checkFunctions(files []*source, failed *failures) {
	longest, count := 0, 0
	for _, s := range files {
		if s.test {
			continue
		}
		set := token.NewFileSet()
		tree, err := parser.ParseFile(set, s.name, nil, parser.SkipObjectResolution)
		if err != nil {
			failed.add("%v", err)
			continue
		}
		for _, declaration := range tree.Decls {
			f, ok := declaration.(*ast.FuncDecl)
			if !ok || isTable(f) {
				continue
			}
			count++
			first := set.Position(f.Pos()).Line
			lines := set.Position(f.End()).Line - first + 1
			longest = max(longest, lines)
			if lines > maxFunction {
				failed.add("%s:%d: %s has %d lines, at most %d: split it by idea",
					s.name, first, f.Name, lines, maxFunction)
			}
		}
	}
	fmt.Printf("longest of %d functions: %d lines, at most %d\n", count, longest, maxFunction)
}

// isTable reports whether a function only returns a composite literal: a table
// of data may be long.
func isTable(f *ast.FuncDecl) bool {
	if f.Body == nil || len(f.Body.List) != 1 {
		return false
	}
	statement, ok := f.Body.List[0].(*ast.ReturnStmt)
	if !ok || len(statement.Results) != 1 {
		return false
	}
	_, ok = statement.Results[0].(*ast.CompositeLit)
	return ok
}

// checkComplexity reads the output of gocognit, a function on each line:
// 43 calendar (*list).all calendar/list.go:39:1
func checkComplexity(gocognit io.Reader, failed *failures) {
	highest, functions := 0, 0
	for {
		var complexity int
		var name, function, place string
		_, err := fmt.Fscanln(gocognit, &complexity, &name, &function, &place)
		if err == io.EOF {
			break
		}
		if err != nil {
			failed.add("gocognit: line %d: %v", functions+1, err)
			return
		}
		place = path.Clean(place)
		functions++
		highest = max(highest, complexity)
		most := maxElsewhere
		if slices.Contains(packages, path.Dir(place)) {
			most = maxCognitive
		}
		if complexity > most {
			failed.add("%s: %s has cognitive complexity %d, at most %d: split it by idea",
				place, function, complexity, most)
		}
	}
	if functions == 0 {
		failed.add("gocognit has not measured any function")
	}
	fmt.Printf("cognitive complexity: %d, at most %d in the three packages and %d elsewhere\n",
		highest, maxCognitive, maxElsewhere)
}

// checkReadme counts words as wc -w does.
func checkReadme(failed *failures) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		failed.add("%v", err)
	}
	words := len(strings.Fields(string(text)))
	fmt.Printf("README.md: %d words, at most %d\n", words, maxReadme)
	if words > maxReadme {
		failed.add("README.md: %d words, at most %d: link to what few readers need",
			words, maxReadme)
	}
}
