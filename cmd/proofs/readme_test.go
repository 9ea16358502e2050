// SPDX-License-Identifier: 0BSD

package proofs

import (
	"fmt"
	"go/scanner"
	"go/token"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

const (
	readme   = "../../README.md"
	security = "../../.github/SECURITY.md"
	rules    = "../../.github/RULES.md"
)

func read(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// fill compares a generated part of README.md with what it should be, or
// rewrites it. The part is between <!-- name --> and <!-- /name -->.
func fill(t *testing.T, name, text string) {
	t.Helper()
	have := read(t, readme)
	part := regexp.MustCompile(`(?s)<!-- ` + name + ` -->\n.*?<!-- /` + name + ` -->\n`)
	if n := len(part.FindAllString(have, -1)); n != 1 {
		t.Fatalf("README.md has %d parts named %s", n, name)
	}
	part1 := "<!-- " + name + " -->\n\n" + text + "\n<!-- /" + name + " -->\n"
	want := part.ReplaceAllLiteralString(have, part1)
	if *update {
		if err := os.WriteFile(readme, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if have != want {
		t.Errorf("README.md is out of date; go test ./cmd/proofs -update writes\n%s", part1)
	}
}

// TestReadmeEvents compares the events in README.md with a run's output, which
// must be the same whether the steps are joined by pipes or done all at once.
func TestReadmeEvents(t *testing.T) {
	w := newWorld(t)
	const id = "example@gmail.com"
	w.SetClock(epoch) // the example has events around the server's time
	w.AddExample(id)
	w.SetClock(time.Now())
	w.Share(id, w.account.Email, "reader")
	// The sixth event is the first of many similar ones.
	inNovember := []string{"-api", "API", "-max", "6", "-from", "2023-11-15",
		"-tz", "Asia/Seoul", id}
	events := func(stdin string, more ...string) string {
		args := slices.Concat([]string{"events"}, more, inNovember)
		stdout, stderr, status := w.run(stdin, args...)
		if status != exitDone || stderr != "" {
			t.Fatalf("%d %s", status, stderr)
		}
		return stdout
	}
	whole := events("", "-key", "KEY")
	assertion, _, _ := w.run("", "jwt", "-key", "KEY")
	token, _, _ := w.run(assertion, "token")
	if piped := events(token); piped != whole {
		t.Errorf("piped:\n%s", piped)
	}
	const command = "$ fivestep events -key key.json -max 6 you@gmail.com\n"
	fill(t, "events", indented(command+whole))
}

// indented returns text as a block of code in Markdown.
func indented(text string) string {
	return regexp.MustCompile(`(?m)^(.)`).ReplaceAllString(text, "    $1")
}

// TestReadmeProgram compares the program in README.md with testdata/together,
// which must compile. TestTogether runs it.
func TestReadmeProgram(t *testing.T) {
	const folder = "testdata/together"
	if out, err := exec.Command("go", "vet", "./"+folder).CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
	program := read(t, folder+"/main.go")
	_, program, found := strings.Cut(program, "\n\n") // after the license
	if !found {
		t.Fatalf("%s", program)
	}
	fill(t, "program", "```go\n"+program+"```\n")
}

// reading is the order in which an auditor reads the three packages.
var reading = []struct {
	folder string
	files  []string
}{
	{"jwt", []string{"keyfile.go", "keyfile_error.go", "jwt.go", "check.go", "decode.go"}},
	{"tokenexchange", []string{
		"exchange.go", "check.go", "client.go", "proxy.go", "retry.go", "token.go",
		"source.go", "error.go", "withhold.go", "advice.go",
	}},
	{"calendar", []string{
		"calendar.go", "resource.go", "query.go", "client.go", "transport.go", "retry.go",
		"list.go", "page.go", "limits.go", "error.go", "withhold.go", "advice.go",
	}},
}

// TestReadmeFiles compares the table of files to audit with the files. Each
// file of the three packages must be in it.
func TestReadmeFiles(t *testing.T) {
	_, all := sources(t)
	var (
		table              strings.Builder
		lines, code, parts int // of all three
	)
	table.WriteString("| package | files, in reading order | lines of code |\n|---|---|---|\n")
	for _, p := range reading {
		var links []string
		codeOfPackage := 0
		for _, name := range p.files {
			links = append(links, fmt.Sprintf("[%s](%s/%[1]s)", name, p.folder))
		}
		for _, s := range all {
			if s.folder() != p.folder || s.isTest() {
				continue
			}
			if !slices.Contains(p.files, path.Base(s.name)) {
				t.Errorf("%s is missing from the reading order", s.name)
			}
			lines += strings.Count(s.text, "\n")
			codeOfPackage += codeLines(s.text)
			parts += tokens(s.text)
		}
		code += codeOfPackage
		fmt.Fprintf(&table, "| %s | %s | %d |\n",
			p.folder, strings.Join(links, ", "), codeOfPackage)
	}
	fmt.Fprintf(&table, "\nIn all: %s lines, %s of them code, %s Go tokens. "+
		"Their imports: [imports.txt](cmd/proofs/testdata/imports.txt).\n",
		thousands(lines), thousands(code), thousands(parts))
	fill(t, "files", table.String())
}

// codeLines counts the lines that are neither blank nor only a comment.
func codeLines(text string) (n int) {
	for _, line := range strings.Split(text, "\n") {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "//") {
			n++
		}
	}
	return n
}

// tokens counts the tokens of Go source: layout and comments don't matter, and
// a string that is folded over several lines is one token.
func tokens(text string) (n int) {
	var s scanner.Scanner
	file := token.NewFileSet().AddFile("", -1, len(text))
	s.Init(file, []byte(text), nil, 0)
	var last, beforeLast token.Token
	for {
		_, tok, lit := s.Scan()
		switch {
		case tok == token.EOF:
			return n
		case tok == token.SEMICOLON && lit == "\n": // a line break
			continue
		case tok == token.STRING && last == token.ADD && beforeLast == token.STRING:
			n-- // the string goes on
		default:
			n++
		}
		beforeLast, last = last, tok
	}
}

// thousands formats a number below a million: 12,466.
func thousands(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%d,%03d", n/1000, n%1000)
}

// TestReadmePlatforms compares the list of platforms with .ci/standalone, which
// builds for them.
func TestReadmePlatforms(t *testing.T) {
	script := read(t, "../../.ci/standalone")
	m := regexp.MustCompile(`(?m)^platforms='([^']+)'`).FindStringSubmatch(script)
	if m == nil {
		t.Fatal(".ci/standalone has no platforms")
	}
	var lines []string
	for _, line := range strings.Split(strings.TrimSpace(m[1]), "\n") {
		lines = append(lines, strings.Join(strings.Fields(line), ", "))
	}
	fill(t, "platforms", strings.Join(lines, ",\n")+"\n")
}

// TestLinks checks that every file and folder that README.md, SECURITY.md and
// RULES.md link to exists.
func TestLinks(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^):#]+)\)`)
	for document, least := range map[string]int{readme: 6, security: 1, rules: 1} {
		links := link.FindAllStringSubmatch(read(t, document), -1)
		if len(links) < least {
			t.Errorf("%s has %d links", document, len(links))
		}
		for _, m := range links {
			if _, err := os.Stat(filepath.Join(filepath.Dir(document), m[1])); err != nil {
				t.Error(err)
			}
		}
	}
}

// TestReadmeCommands checks that every command of fivestep that README.md shows
// exists.
func TestReadmeCommands(t *testing.T) {
	known := newWorld(t).commands()
	shown := regexp.MustCompile(`fivestep (\w+) -`).FindAllStringSubmatch(read(t, readme), -1)
	if len(shown) == 0 {
		t.Error("README.md shows no command of fivestep")
	}
	for _, m := range shown {
		if _, ok := known[m[1]]; !ok {
			t.Errorf("fivestep has no command %s", m[1])
		}
	}
}

// TestReadmeTests checks that every test that README.md, SECURITY.md and RULES.md
// name exists.
func TestReadmeTests(t *testing.T) {
	_, all := sources(t)
	exists := map[string]bool{}
	declared := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz|Benchmark)\w+)\(`)
	for _, s := range all {
		for _, m := range declared.FindAllStringSubmatch(s.text, -1) {
			exists[s.folder()+"."+m[1]] = s.isTest()
		}
	}
	name := regexp.MustCompile("`([a-z/]+\\.(?:Test|Fuzz|Benchmark)[A-Z]\\w*)`")
	named := name.FindAllStringSubmatch(read(t, readme)+read(t, security)+read(t, rules), -1)
	for _, m := range named {
		if !exists[m[1]] {
			t.Errorf("there is no %s", m[1])
		}
	}
	if len(named) < 20 {
		t.Errorf("%d tests are named", len(named))
	}
}
