// SPDX-License-Identifier: 0BSD

package main

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"strings"
)

// markers are turns of phrase that give a text away as a translation. usual is
// how often they occur in 10,000 words of comments in Go's own net/http,
// crypto, log/slog and encoding, and most is how often they may occur here. A
// match with a captured group is good English and doesn't count.
var markers = []struct {
	name, pattern string
	usual, most   float64
}{
	{"stands", `\bstands\b`, 0, 0},
	{"what is, was, comes, follows", `\bwhat (?:is|was|comes|follows)\b`, 0.5, unjudged},
	{"else, but not anyone else", `(\w+(?:one|body|thing|where) )?\belse\b`, 1.3, 2},
	{"as it is, as sent", `\bas (?:it is|they are|sent)\b`, 0.3, 2},
	{"of its own", `\bof (?:its|their|one's|your) own\b`, 0.1, 1},
	{"but for", `\bbut for\b`, 0.3, 1},
	{"is none, but not there is none", `(there )?\b(?:is|are) none\b`, 0, 0},
	{"whoever", `\bwhoever\b`, 0, 0},
}

// unjudged is the bound of a pattern that matches too much good English.
const unjudged = 10_000

// A text is the prose of a file: all of it, or its comments.
type text struct {
	name  string
	prose []byte
}

// texts are README.md, SECURITY.md, RULES.md, and the comments of Go files that
// aren't tests.
func texts(files []*source, failed *failures) []text {
	var all []text
	for _, name := range []string{"README.md", ".github/SECURITY.md", ".github/RULES.md"} {
		prose, err := os.ReadFile(name)
		if err != nil {
			failed.add("%v", err)
		}
		all = append(all, text{name, prose})
	}
	for _, s := range files {
		if !s.test {
			all = append(all, text{s.name, s.prose})
		}
	}
	return all
}

// checkEnglish counts the markers.
func checkEnglish(files []*source, failed *failures) {
	all := texts(files, failed)
	words := 0
	for _, t := range all {
		words += len(regexp.MustCompile(`\pL[\pL'-]*`).FindAll(t.prose, -1))
	}
	fmt.Printf("in 10,000 of %d words of prose:        here  Go's own\n", words)
	for _, m := range markers {
		// A phrase may be broken over two lines.
		pattern := regexp.MustCompile("(?i)" + strings.ReplaceAll(m.pattern, " ", `\s+`))
		var found failures
		for _, t := range all {
			for _, match := range pattern.FindAllSubmatchIndex(t.prose, -1) {
				if len(match) > 2 && match[2] >= 0 {
					continue
				}
				line := 1 + bytes.Count(t.prose[:match[0]], []byte("\n"))
				found.add("%s:%d: %q: say it in plain English",
					t.name, line, t.prose[match[0]:match[1]])
			}
		}
		here := float64(len(found)) * 10_000 / float64(words)
		fmt.Printf("  %-36s %5.1f %9.1f\n", m.name, here, m.usual)
		if here > m.most {
			*failed = append(*failed, found...)
		}
	}
}
