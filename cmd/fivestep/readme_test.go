// SPDX-License-Identifier: 0BSD

package main

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const readme = "../../README.md"

func readReadme(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// compareReadme compares README.md with what it should be, or rewrites it.
func compareReadme(t *testing.T, have, want string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(readme, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if have != want {
		t.Errorf("README.md is out of date: go test ./cmd/fivestep -update mends it; it should be\n%s", want)
	}
}

// The table of the five steps names files that are there, with their line counts.
func TestReadmeLineCounts(t *testing.T) {
	have := readReadme(t)
	row := regexp.MustCompile(`(?m)^\| ([1-5]) \| (.*) \| \[(.*)\]\((.*)\) \| (\d+) \| (.*) \|$`)
	rows := 0
	want := row.ReplaceAllStringFunc(have, func(line string) string {
		rows++
		m := row.FindStringSubmatch(line)
		data, err := os.ReadFile(filepath.Join("../..", m[4]))
		if err != nil || m[3] != m[4] {
			t.Errorf("step %s: %v", m[1], err)
		}
		return fmt.Sprintf("| %s | %s | [%s](%s) | %d | %s |", m[1], m[2], m[3], m[4], bytes.Count(data, []byte("\n")), m[6])
	})
	if rows != 5 {
		t.Errorf("%d rows, not five steps", rows)
	}
	compareReadme(t, have, want)
}

// The output that README.md shows is the output of a run, piped or in one go.
func TestReadmeOutput(t *testing.T) {
	w := newWorld(t)
	w.AddExample("example@gmail.com")
	w.Share("example@gmail.com", w.account.Email, "reader")
	args := []string{"events", "-key", "KEY", "-api", "API", "example@gmail.com"}
	whole, stderr, status := w.run("", args...)
	if status != 0 || stderr != "" {
		t.Fatalf("%d %s", status, stderr)
	}
	assertion, _, _ := w.run("", "jwt", "-key", "KEY")
	token, _, _ := w.run(assertion, "token")
	if piped, _, _ := w.run(token, "events", "-api", "API", "example@gmail.com"); piped != whole {
		t.Errorf("piped:\n%s", piped)
	}
	shown := "    $ fivestep events -key key.json you@gmail.com\n"
	for _, l := range strings.SplitAfter(strings.TrimSuffix(whole, "\n"), "\n") {
		shown += "    " + l
	}
	have := readReadme(t)
	block := regexp.MustCompile(`(?s)(<!-- run: fivestep events -->\n\n)(?:    [^\n]*\n)*(\n## )`)
	if !block.MatchString(have) {
		t.Fatal("README.md has no place for the output")
	}
	want := block.ReplaceAllString(have, "${1}"+strings.ReplaceAll(shown, "$", "$$")+"\n${2}")
	compareReadme(t, have, want)
}

// The Go lines that README.md shows are those of Example_join, which runs them.
func TestReadmeCode(t *testing.T) {
	source, err := os.ReadFile("join_test.go")
	if err != nil {
		t.Fatal(err)
	}
	_, code, found := strings.Cut(string(source), "\n\n\tkey, err := ")
	code, _, ended := strings.Cut("\tkey, err := "+code, "\n\n\t// Output:")
	if !found || !ended {
		t.Fatal("join_test.go has no lines to show")
	}
	shown := "```go\n" + strings.ReplaceAll(strings.TrimPrefix(code, "\t"), "\n\t", "\n") + "\n```\n\n"
	have := readReadme(t)
	block := regexp.MustCompile("(?s)(<!-- code: cmd/fivestep/join_test.go -->\n\n)(```go\n.*?\n```\n\n?)?")
	if !block.MatchString(have) {
		t.Fatal("README.md has no place for the code")
	}
	compareReadme(t, have, block.ReplaceAllString(have, "${1}"+strings.ReplaceAll(shown, "$", "$$")))
}

// Every file and folder that README.md links to is there, and every command of
// the tool that it shows exists.
func TestReadmeLinks(t *testing.T) {
	text := readReadme(t)
	links := regexp.MustCompile(`\]\(([^):#]+)\)`).FindAllStringSubmatch(text, -1)
	if len(links) < 6 {
		t.Errorf("%d links", len(links))
	}
	for _, m := range links {
		if _, err := os.Stat(filepath.Join("../..", m[1])); err != nil {
			t.Error(err)
		}
	}
	for _, m := range regexp.MustCompile(`fivestep (\w+) -`).FindAllStringSubmatch(text, -1) {
		known := false
		for _, c := range commands {
			known = known || c.name == m[1]
		}
		if !known {
			t.Errorf("fivestep has no command %s", m[1])
		}
	}
}

// fill puts text after a mark of README.md, up to the next empty line but one.
func fill(t *testing.T, mark, text string) {
	t.Helper()
	have := readReadme(t)
	block := regexp.MustCompile(`(?s)(<!-- ` + regexp.QuoteMeta(mark) + ` -->\n\n)(?:[^\n]+\n)*\n?`)
	if !block.MatchString(have) {
		t.Fatalf("README.md has no place for %s", mark)
	}
	compareReadme(t, have, block.ReplaceAllString(have, "${1}"+strings.ReplaceAll(text, "$", "$$")+"\n"))
}

// The table to audit by has each file once, with its lines; what it says of
// imports and of the size of it all is as it is.
func TestReadmeAudit(t *testing.T) {
	_, all := sources(t)
	want, lines, code := map[string]int{}, 0, 0
	imported := map[string]map[string]bool{}
	for _, s := range all {
		if s.isTest() || !slices.Contains(copied, s.folder()) {
			continue
		}
		want[s.name] = strings.Count(s.text, "\n")
		lines += want[s.name]
		for _, l := range strings.Split(s.text, "\n") {
			if l = strings.TrimSpace(l); l != "" && !strings.HasPrefix(l, "//") {
				code++
			}
		}
		if imported[s.folder()] == nil {
			imported[s.folder()] = map[string]bool{}
		}
		for _, p := range s.imports() {
			imported[s.folder()][p] = true
		}
	}
	have := readReadme(t)
	row := regexp.MustCompile(`(?m)^\| \[(.*)\]\((.*)\) \| \d+ \| (.*) \|$`)
	seen := map[string]bool{}
	compareReadme(t, have, row.ReplaceAllStringFunc(have, func(line string) string {
		m := row.FindStringSubmatch(line)
		if _, ok := want[m[2]]; !ok || seen[m[2]] || m[1] != m[2] {
			t.Errorf("%s", line)
		}
		seen[m[2]] = true
		return fmt.Sprintf("| [%s](%s) | %d | %s |", m[1], m[2], want[m[2]], m[3])
	}))
	if len(seen) != len(want) {
		t.Errorf("the table has %d files of %d", len(seen), len(want))
	}
	fill(t, "totals", fmt.Sprintf("Together %d lines, of which %d are code, the rest comments and blank.\n", lines, code))
	text := ""
	for _, folder := range copied {
		text += fmt.Sprintf("- `%s`: %s\n", folder, strings.Join(slices.Sorted(maps.Keys(imported[folder])), ", "))
	}
	fill(t, "imports", text)
}

// The platforms are those that .ci/standalone builds for.
func TestReadmePlatforms(t *testing.T) {
	script, err := os.ReadFile("../../.ci/standalone")
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`(?m)^platforms='([^']+)'`).FindSubmatch(script)
	if m == nil {
		t.Fatal(".ci/standalone has no platforms")
	}
	var lines []string
	for _, line := range strings.Split(strings.TrimSpace(string(m[1])), "\n") {
		lines = append(lines, strings.Join(strings.Fields(line), ", "))
	}
	fill(t, "platforms: .ci/standalone", strings.Join(lines, ",\n")+"\n")
}

// A test that README.md names is there.
func TestReadmeTests(t *testing.T) {
	_, all := sources(t)
	there := map[string]bool{}
	for _, s := range all {
		for _, m := range regexp.MustCompile(`(?m)^func ((?:Test|Fuzz|Benchmark)\w+)\(`).FindAllStringSubmatch(s.text, -1) {
			there[s.folder()+"."+m[1]] = s.isTest()
		}
	}
	named := regexp.MustCompile("`([a-z/]+\\.(?:Test|Fuzz|Benchmark)[A-Z]\\w*)`").FindAllStringSubmatch(readReadme(t), -1)
	for _, m := range named {
		if !there[m[1]] {
			t.Errorf("there is no %s", m[1])
		}
	}
	if len(named) < 20 {
		t.Errorf("%d tests are named", len(named))
	}
}
