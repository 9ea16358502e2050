// SPDX-License-Identifier: 0BSD

package exam_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"

	"example.com/fivestep/walkthrough/exam"
	"example.com/fivestep/walkthrough/page"
)

// TestTable checks what the trials name: pages of the lesson, and files.
func TestTable(t *testing.T) {
	const base = "http://127.0.0.1:8080"
	server, err := page.NewServer(context.Background(), base)
	if err != nil {
		t.Fatal(err)
	}
	read := func(path string) (status int, body string) {
		rec := httptest.NewRecorder()
		server.ServeHTTP(rec, httptest.NewRequest("GET", base+path, nil))
		return rec.Code, rec.Body.String()
	}
	name := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	seen := map[string]bool{}
	for _, trial := range exam.Trials() {
		if !name.MatchString(trial.Name) || seen[trial.Name] {
			t.Errorf("name %q", trial.Name)
		}
		seen[trial.Name] = true
		if trial.Demand == "" || !strings.HasSuffix(trial.Why, ".") || len(trial.Files) == 0 {
			t.Errorf("%v", trial)
		}
		path, id, _ := strings.Cut(trial.Lesson, "#")
		status, body := read(path)
		if status != http.StatusOK || !strings.Contains(body, `id="`+id+`"`) && id != "" {
			t.Errorf("%s: there's no %s", trial.Name, trial.Lesson)
		}
		for _, file := range trial.Files {
			if _, err := os.Stat("../../" + file); err != nil {
				t.Errorf("%s: %v", trial.Name, err)
			}
		}
	}
	if len(seen) < 24 {
		t.Errorf("%d trials", len(seen))
	}
	if status, _ := read("/lab?break=no-such-breakage"); status == http.StatusOK {
		t.Error("a page that isn't there is found")
	}
}
