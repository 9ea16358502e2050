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
	maxTokens    = 15_000 // of the three packages together, for an auditor's hour
	wide         = 100    // columns of code that fit beside something else
	maxWideShare = 0.01   // of all lines of code may be wider than that
	maxWidth     = 120    // columns of code
	wrap         = 80     // columns, where comments wrap
	maxComment   = 100    // columns of a comment outside tests
	maxFunction  = 60     // lines of a function, more than a screen
	maxCognitive = 20     // cognitive complexity of a function of the three packages
	maxElsewhere = 30     // and of one outside them
	maxFiles     = 20     // Go files in a folder, tests not counted
	maxReadme    = 1_400  // words of README.md
)

// packages are the three that people copy and audit.
var packages = []string{"jwt", "tokenexchange", "calendar"}

// A tally has what is over its bound: where it is, and what to do about it.
type tally []string

func (t *tally) add(format string, args ...any) {
	*t = append(*t, fmt.Sprintf(format, args...))
}

func main() {
	files, err := readModule()
	if err != nil {
		fmt.Fprintln(os.Stderr, "measure:", err)
		os.Exit(2)
	}
	var over tally
	checkFolders(files, &over)
	checkWidths(files, &over)
	checkFunctions(files, &over)
	checkComplexity(os.Stdin, &over)
	checkReadme(&over)
	checkEnglish(files, &over)

	for _, problem := range over {
		fmt.Println(problem)
	}
	fmt.Printf("%d over their bounds\n", len(over))
	if len(over) > 0 {
		os.Exit(1)
	}
}

// A source is a Go file, line by line.
type source struct {
	name   string
	test   bool
	tokens int // without comments, and semicolons that only the scanner sees
	lines  []line
	prose  []byte // its comments; every byte of code is a dot
}

// A line has code, or else a comment, or neither: it's blank, or in the middle
// of a string.
type line struct {
	width         int // in columns
	unbreakable   int // columns of it that can't be folded
	code, comment bool
}

// columns is what counts of a line's width.
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

// read counts a file's tokens, and sees what is on each of its lines.
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
			}
		}
	}
}

// address is a URL. One in a comment can't be folded.
var address = regexp.MustCompile(`https?://\S+`)

// addComment notes a comment. A directive for the compiler can't be folded.
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

// addString notes a string. It can't be folded if it's one without a space, such
// as a URL, base64 or compact JSON: of several on a line only the longest counts.
// A string over several lines is data, and so is every string of a test.
func (s *source) addString(first int, text string) {
	parts := strings.Split(text, "\n")
	s.lines[first+len(parts)-1].code = true // what follows it
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

// checkFolders prints what each folder holds.
func checkFolders(files []*source, over *tally) {
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
			over.add("%s: %d Go files, at most %d: split the folder", name, f.files, maxFiles)
		}
	}

	tokens := 0
	for _, name := range packages {
		if folders[name] == nil {
			over.add("no folder %s", name)
			continue
		}
		tokens += folders[name].tokens
	}
	fmt.Printf("tokens of %v: %d, at most %d\n", packages, tokens, maxTokens)
	if tokens > maxTokens {
		over.add("%v: %d tokens, at most %d: what could be absent?", packages, tokens, maxTokens)
	}
}

// checkWidths checks the lines of all files, tests included.
func checkWidths(files []*source, over *tally) {
	var code, tooWide, comments int
	var wideLines tally
	for _, s := range files {
		for i, l := range s.lines {
			columns := l.columns()
			switch {
			case l.code:
				code++
				if columns > maxWidth {
					over.add("%s:%d: %d columns, at most %d: one idea a line", s.name, i+1, l.width, maxWidth)
					tooWide++
				} else if columns > wide {
					wideLines.add("%s:%d: %d columns, at most %d: fold it", s.name, i+1, l.width, wide)
				}
			case l.comment && columns > wrap:
				comments++
				if columns > maxComment && !s.test {
					over.add("%s:%d: %d columns: wrap comments at %d", s.name, i+1, l.width, wrap)
				}
			}
		}
	}

	share := float64(len(wideLines)+tooWide) / float64(code)
	fmt.Printf("code over %d columns, with tests: %.2f %% of %d lines, at most %.0f %%; over %d: %d lines\n",
		wide, 100*share, code, 100*maxWideShare, maxWidth, tooWide)
	fmt.Printf("comments over %d columns, with tests: %d lines\n", wrap, comments)
	if share > maxWideShare {
		*over = append(*over, wideLines...)
	}
}

// checkFunctions checks how long functions are, except in tests.
func checkFunctions(files []*source, over *tally) {
	longest, count := 0, 0
	for _, s := range files {
		if s.test {
			continue
		}
		set := token.NewFileSet()
		tree, err := parser.ParseFile(set, s.name, nil, parser.SkipObjectResolution)
		if err != nil {
			over.add("%v", err)
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
				over.add("%s:%d: %s has %d lines, at most %d: split it by idea",
					s.name, first, f.Name, lines, maxFunction)
			}
		}
	}
	fmt.Printf("longest of %d functions: %d lines, at most %d\n", count, longest, maxFunction)
}

// isTable tells whether all that a function does is to return a composite
// literal: a table of data may be long.
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

// checkComplexity reads what gocognit prints, a function on each line:
// 43 calendar (*list).all calendar/list.go:39:1
func checkComplexity(gocognit io.Reader, over *tally) {
	highest, functions := 0, 0
	for {
		var complexity int
		var name, function, place string
		_, err := fmt.Fscanln(gocognit, &complexity, &name, &function, &place)
		if err == io.EOF {
			break
		}
		if err != nil {
			over.add("gocognit: line %d: %v", functions+1, err)
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
			over.add("%s: %s has cognitive complexity %d, at most %d: split it by idea",
				place, function, complexity, most)
		}
	}
	if functions == 0 {
		over.add("gocognit has not measured any function")
	}
	fmt.Printf("cognitive complexity: %d, at most %d in the three packages and %d elsewhere\n",
		highest, maxCognitive, maxElsewhere)
}

// checkReadme counts words as wc -w does.
func checkReadme(over *tally) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		over.add("%v", err)
	}
	words := len(strings.Fields(string(text)))
	fmt.Printf("README.md: %d words, at most %d\n", words, maxReadme)
	if words > maxReadme {
		over.add("README.md: %d words, at most %d: link to what few readers need", words, maxReadme)
	}
}
