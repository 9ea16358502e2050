// SPDX-License-Identifier: 0BSD

package proofs

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"testing"
)

const module = "example.com/fivestep/"

// TestImports compares what each file of the three packages imports with a
// golden list: a file can reach nothing else. Some rules hold whatever the list
// says.
func TestImports(t *testing.T) {
	_, all := sources(t)
	var list strings.Builder
	for _, s := range all {
		for _, p := range s.imports() {
			if why := forbidden(s, p); why != "" {
				t.Errorf("%s imports %s: %s", s.name, p, why)
			}
		}
		if slices.Contains(copied, s.folder()) && !s.isTest() {
			fmt.Fprintf(&list, "%-26s %s\n", s.name, strings.Join(s.imports(), " "))
		}
	}
	golden(t, "imports.txt", list.String())
}

// forbidden says why a file may not import a package, or returns "" if it may.
func forbidden(s source, p string) string {
	own := strings.HasPrefix(p, module)
	inCopied := slices.Contains(copied, s.folder())
	in := func(list ...string) bool { return slices.Contains(list, p) }
	switch {
	case !own && strings.Contains(p, "."):
		return "only the standard library is used"
	case own && inCopied:
		return "a package that can be copied imports no other, and neither do its tests"
	case own || s.isTest():
		return ""
	case in("os/exec") && s.folder() == "walkthrough/exam":
		return "" // it runs the client that it examines
	case in("unsafe", "reflect", "os/exec", "plugin", "syscall/js", "C"):
		return "no program does what this is for"
	case !inCopied:
		return ""
	case in("net", "os", "log", "log/slog", "syscall"):
		return "none of the three packages opens files or sockets itself, or logs"
	case in("net/http", "crypto/tls") && s.folder() == "jwt":
		return "jwt sends nothing"
	case in("crypto/x509", "encoding/pem") && !slices.Contains(keyReaders, s.name):
		return "only keyfile.go and its errors touch keys"
	}
	return ""
}

// keyReaders are the files that touch PEM and PKCS#8. The last one only asks
// whether this machine trusts any certificates.
var keyReaders = []string{"jwt/keyfile.go", "jwt/keyfile_error.go", "calendar/advice.go"}

// layers are the folders of the module, from the bottom up. A folder imports
// only folders of lower layers.
var layers = [][]string{
	{"jwt", "tokenexchange", "calendar", "cmd/fivestep/mangled",
		"walkthrough/fakegoogle/diagnosis"},
	{"walkthrough/fakegoogle"},
	{"walkthrough", "walkthrough/exam"},
	{"walkthrough/lab"},
	{"walkthrough/terminal", "walkthrough/page"},
	{"cmd/fivestep", "cmd/walkthrough", "cmd/fakegoogle", "cmd/minimal", "cmd/proofs",
		"cmd/proofs/testdata/together", ".ci"},
}

// layer returns the number of a folder's layer, or -1.
func layer(folder string) int {
	return slices.IndexFunc(layers, func(l []string) bool { return slices.Contains(l, folder) })
}

// TestArrows checks that imports run one way, and that the tool links no code
// that is there for teaching.
func TestArrows(t *testing.T) {
	_, all := sources(t)
	for _, s := range all {
		if layer(s.folder()) < 0 {
			t.Errorf("%s is in no layer", s.name)
		}
		for _, p := range s.imports() {
			folder, own := strings.CutPrefix(p, module)
			if !own || s.isTest() {
				continue
			}
			if layer(folder) < 0 || layer(folder) >= layer(s.folder()) {
				t.Errorf("%s imports %s, which is not below it", s.name, folder)
			}
			linked := slices.Contains(copied, folder) || folder == "cmd/fivestep/mangled"
			if s.folder() == "cmd/fivestep" && !linked {
				t.Errorf("%s imports %s: the tool links no teaching code", s.name, folder)
			}
		}
	}
}

// TestFolders checks that no folder has more than 20 Go files, tests not
// counted.
func TestFolders(t *testing.T) {
	const most = 20
	_, all := sources(t)
	files := map[string]int{}
	for _, s := range all {
		if !s.isTest() {
			files[path.Dir(s.name)]++
		}
	}
	for folder, n := range files {
		if n > most {
			t.Errorf("%s has %d Go files", folder, n)
		}
	}
}
