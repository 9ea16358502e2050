// SPDX-License-Identifier: 0BSD

package proofs

import (
	"io/fs"
	"maps"
	"net/url"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// written returns the texts of this module that people wrote: source, prose,
// pages and scripts, each joined to one line, because a comment may break a
// reference.
func written(t *testing.T) map[string]string {
	t.Helper()
	texts, root := map[string]string{}, os.DirFS("../..")
	lineBreaks := regexp.MustCompile(`\s*\n\s*((//|#)\s+)?`)
	kinds := []string{"", ".go", ".md", ".txt", ".html", ".css", ".sh"}
	err := fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case name == ".git" && entry.IsDir():
			return fs.SkipDir
		case name == ".git" || entry.IsDir():
			return nil
		case !slices.Contains(kinds, path.Ext(name)) && path.Dir(name) != ".ci":
			return nil
		case strings.Contains(name, "testdata/fuzz/"), slices.Contains(ownReferences, name):
			return nil
		}
		text, err := fs.ReadFile(root, name)
		texts[name] = lineBreaks.ReplaceAllString(string(text), " ")
		return err
	})
	if err != nil || len(texts) < 150 {
		t.Fatalf("%d texts, %v", len(texts), err)
	}
	return texts
}

// ownReferences are the files of these tests. A reference in them doesn't count
// as a use.
var ownReferences = []string{
	"cmd/proofs/references_test.go",
	"cmd/proofs/testdata/sections.txt",
	"cmd/proofs/testdata/pages.txt",
}

// TestRFCs checks that testdata/sections.txt lists every RFC and section that a
// text names or links to, and that everything listed is used.
func TestRFCs(t *testing.T) {
	list, err := os.ReadFile("testdata/sections.txt")
	if err != nil {
		t.Fatal(err)
	}
	known, rfc := map[string]bool{}, "" // "7515" and "7515, section 2"
	entry := regexp.MustCompile(`(?m)^(?:RFC (\d+)|  ((?:section|appendix) \S+)) \S.*$`)
	for _, m := range entry.FindAllStringSubmatch(string(list), -1) {
		if m[1] != "" {
			rfc = m[1]
			known[rfc] = true
		} else {
			known[rfc+", "+m[2]] = true
		}
	}
	unused := maps.Clone(known)
	reference := regexp.MustCompile(`RFCs? (\d{4,5})` +
		`(?:,? (?:(section) ([0-9]+(?:\.[0-9]+)*)|(appendix) ([A-Z](?:\.[0-9]+)*)))?`)
	address := regexp.MustCompile(`https?://[^\s)"'<>` + "`" + `]*/rfc/?rfc(\d+)` +
		`(?:#(section|appendix)-([A-Z0-9]+(?:\.[0-9]+)*))?`)
	odd := regexp.MustCompile(`\bRFC-\d{4}|` +
		`RFC \d{4},? (§|sections|Section|Sec|appendices|Appendix)|` +
		`https?://[^\s"]*(tools|datatracker)\.ietf\.org`)
	count := 0
	use := func(name, text, rfc, what, number string) {
		count++
		ref := rfc
		if number != "" {
			ref += ", " + what + " " + number
		}
		if !known[ref] {
			t.Errorf("%s: %q: testdata/sections.txt doesn't list this part", name, text)
		}
		delete(unused, ref)
		delete(unused, rfc)
	}
	for name, text := range written(t) {
		for _, m := range reference.FindAllStringSubmatch(text, -1) {
			use(name, m[0], m[1], m[2]+m[4], m[3]+m[5])
		}
		for _, m := range address.FindAllStringSubmatch(text, -1) {
			if !strings.HasPrefix(m[0], "https://www.rfc-editor.org/rfc/rfc") {
				t.Errorf("%s: %s", name, m[0])
			}
			use(name, m[0], m[1], m[2], m[3])
		}
		if m := odd.FindString(text); m != "" {
			t.Errorf("%s: %q: write RFC 7515, section 2", name, m)
		}
	}
	if len(unused) > 0 || count < 100 {
		t.Errorf("%d references; listed and not used: %v", count, unused)
	}
}

// TestPages does the same for other pages, which testdata/pages.txt lists, each
// with its subject.
func TestPages(t *testing.T) {
	list, err := os.ReadFile("testdata/pages.txt")
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	entry := regexp.MustCompile(`(?m)^(https://\S+) \S.*$`)
	for _, m := range entry.FindAllStringSubmatch(string(list), -1) {
		known[m[1]] = true
	}
	unused := maps.Clone(known)
	const hosts = `(?:developers|cloud|console\.cloud|support|admin|calendar|issuetracker)` +
		`\.google\.com|aws\.amazon\.com|www\.w3\.org/TR|pkg\.go\.dev`
	address := regexp.MustCompile(`https?://(?:` + hosts + `)(?:[/#][^\s)"'<>\\|` + "`" + `]*)?`)
	for name, text := range written(t) {
		if strings.Contains(name, "testdata/") && path.Ext(name) == ".txt" {
			continue // servers' answers, and results made from them
		}
		for _, link := range address.FindAllString(text, -1) {
			link = strings.TrimRight(link, ".,;:")
			if u, err := url.Parse(link); err != nil || u.Scheme != "https" {
				t.Errorf("%s: %s is not the https URL of a page", name, link)
			}
			if !known[link] {
				t.Errorf("%s: %s: testdata/pages.txt doesn't list this page", name, link)
			}
			delete(unused, link)
		}
	}
	if len(unused) > 0 {
		t.Errorf("listed and not used: %v", unused)
	}
}
