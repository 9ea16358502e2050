// SPDX-License-Identifier: 0BSD

package page

import (
	"regexp"
	"strings"
	"testing"
)

var htmlTag = regexp.MustCompile(
	`<(/?)([a-z][a-z0-9]*)((?: [a-z-]+(?:="[^"<>]*")?)*)>|<!DOCTYPE html>`)

// checkHTML fails unless every < and > belongs to a tag, every element is
// closed, and there is no script.
func checkHTML(t *testing.T, page string) {
	t.Helper()
	var open []string
	for _, m := range htmlTag.FindAllStringSubmatch(page, -1) {
		switch name := m[2]; {
		case name == "script", strings.Contains(m[3], " on"), strings.Contains(m[3], "javascript:"):
			t.Errorf("%s on the page", m[0])
		case name == "", name == "meta", name == "link", name == "input":
		case m[1] == "":
			open = append(open, name)
		case len(open) == 0 || open[len(open)-1] != name:
			t.Fatalf("%s closes %q", m[0], open)
		default:
			open = open[:len(open)-1]
		}
	}
	rest := htmlTag.ReplaceAllString(page, "")
	if strings.ContainsAny(rest, "<>") || len(open) > 0 {
		at := max(strings.IndexAny(rest, "<>"), 0)
		t.Errorf("not well-formed: %.100q, %q are open", rest[at:], open)
	}
}

func TestRich(t *testing.T) {
	for text, want := range map[string]string{
		"RFC 7519, section 4.1.1 says":  `<a href="https://www.rfc-editor.org/rfc/rfc7519#section-4.1.1">RFC 7519, section 4.1.1</a> says`,
		"(RFC 6750).":                   `(<a href="https://www.rfc-editor.org/rfc/rfc6750">RFC 6750</a>).`,
		"see https://github.com/a/b":    `see <a href="https://github.com/a/b">github.com/a/b</a>`,
		"a/b#12":                        `<a href="https://github.com/a/b/issues/12">a/b#12</a>`,
		"at https://example.com/#a":     `at <code>https://example.com/#a</code>`,
		"client_email becomes iss":      `<code>client_email</code> becomes <code>iss</code>`,
		"tokenexchange.Source is":       `<code>tokenexchange.Source</code> is`,
		"exposed as <b> & timeMin, %2B": `exposed as &lt;b&gt; &amp; <code>timeMin</code>, <code>%2B</code>`,
		"to you@gmail.com.":             `to <code>you@gmail.com</code>.`,
		"of en.usa#holiday@example.com": `of <code>en.usa#holiday@example.com</code>`,
	} {
		if got := strings.ReplaceAll(string(rich(text)), ` class="whole-word"`, ""); got != want {
			t.Errorf("%q: %s", text, got)
		}
	}
}

func TestGoCode(t *testing.T) {
	got := string(goCode("// a <b>\n// https://github.com/c\nx := \"s\"\n"))
	want := `<span class="l"><span class="comment">// a &lt;b&gt;</span>` + "\n</span>" +
		`<span class="l"><span class="comment">// ` +
		`<a href="https://github.com/c">github.com/c</a></span>` + "\n</span>" +
		`<span class="l">x := <span class="string">&#34;s&#34;</span>` + "\n</span>"
	if got != want {
		t.Error(got)
	}
}
