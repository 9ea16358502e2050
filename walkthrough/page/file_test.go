// SPDX-License-Identifier: 0BSD

package page

import (
	"bytes"
	"context"
	"html"
	"regexp"
	"strings"
	"testing"

	"example.com/fivestep/walkthrough"
	"example.com/fivestep/walkthrough/lab"
)

func fileOf(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := WriteFile(context.Background(), &b, lesson(t)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestFile(t *testing.T) {
	page := string(fileOf(t))
	for _, not := range []string{
		"<script", "javascript:", " style=", "<link", "@import", " onclick", "ZgotmplZ", "<no value>",
	} {
		if strings.Contains(page, not) {
			t.Errorf("the file has %q", not)
		}
	}
	text := html.UnescapeString(page)
	for _, must := range []string{
		fileSite().StyleHash(), style, "RFC 9500", "팀 점심", lab.CheckOrder,
		"gcloud services enable", "No gcloud command does this",
		"with the size of each message before TLS and compression",
	} {
		if !strings.Contains(text, must) {
			t.Errorf("the file has no %.40q", must)
		}
	}
}

// Every link within the file leads somewhere, and every field and every
// breakage has one address.
func TestFileAddresses(t *testing.T) {
	page := string(fileOf(t))
	ids := map[string]bool{}
	for _, m := range regexp.MustCompile(` id="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		if ids[m[1]] {
			t.Errorf("two elements are %q", m[1])
		}
		ids[m[1]] = true
	}
	for _, m := range regexp.MustCompile(` href="#([^"]*)"`).FindAllStringSubmatch(page, -1) {
		if !ids[m[1]] {
			t.Errorf("a link leads to #%s, which is not there", m[1])
		}
	}
	for _, step := range lesson(t).Steps {
		for _, part := range step.Parts {
			for _, f := range part.Explained() {
				if !ids[f.ID] {
					t.Errorf("the field %s is not in the file", f.ID)
				}
			}
		}
	}
	for _, b := range lab.Breakages() {
		if !ids["lab-"+b.Name] {
			t.Errorf("the breakage %s is not in the file", b.Name)
		}
	}
}

// The file says the same about the five steps as the server's page.
func TestFileIsThePage(t *testing.T) {
	steps := regexp.MustCompile(`(?s)<section class="step".*</main>`)
	served := steps.FindString(get(newTestServer(t), "/").Body.String())
	served = strings.ReplaceAll(served, "/lab?break=", "#lab-")
	if in := steps.FindString(string(fileOf(t))); in != served || len(in) < 100_000 {
		t.Errorf("the steps have %d bytes in the file and %d on the server's page, or they differ",
			len(in), len(served))
	}
}

func TestWriteFileFails(t *testing.T) {
	trace := lesson(t)
	ctx := context.Background()
	err := WriteFile(ctx, brokenWriter{}, trace)
	if err == nil || !strings.HasPrefix(err.Error(), "walkthrough: ") {
		t.Error(err)
	}
	if err := WriteFile(ctx, new(bytes.Buffer), new(walkthrough.Trace)); err == nil {
		t.Error("a file of nothing")
	}
	canceled, cancel := context.WithCancel(ctx)
	cancel()
	if err := WriteFile(canceled, new(bytes.Buffer), trace); err == nil {
		t.Error("a file from a run that was canceled")
	}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, context.Canceled }
