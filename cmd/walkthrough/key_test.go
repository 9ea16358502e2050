// SPDX-License-Identifier: 0BSD

package main

import (
	"context"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/fivestep/walkthrough/fakegoogle"
)

// The five steps with a key file, against a fake on a local port.
func TestKey(t *testing.T) {
	google := fakegoogle.New()
	account, err := google.CreateAccount(fakegoogle.Account{})
	if err != nil {
		t.Fatal(err)
	}
	google.AddExample("you@gmail.com")
	google.Share("you@gmail.com", account.Email, "reader")
	server := httptest.NewServer(google)
	defer server.Close()
	name := filepath.Join(t.TempDir(), "key.json")
	file := account.KeyFile(server.URL + "/token")
	if err := os.WriteFile(name, file, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		calendar string
		code     int
		want     string
	}{
		{"you@gmail.com", 0, "  Design review\n"},
		{"else@example.com", 1, "fivestep: step 5: events of \"else@example.com\", page 1: 404 notFound"},
	} {
		var stdout, stderr strings.Builder
		args := []string{
			"-key", name, "-calendar", test.calendar, "-api", server.URL + "/calendar/v3",
		}
		code := run(context.Background(), args, &stdout, &stderr, false)
		if code != test.code || !strings.Contains(stdout.String(), test.want) {
			t.Errorf("%s: exit %d: %s", test.calendar, code, &stdout)
		}
		warning := "(mode 0644); run chmod 600 " + name + "\n"
		lines := strings.Count(stderr.String(), "\n")
		if lines != 1 || !strings.HasSuffix(stderr.String(), warning) {
			t.Errorf("%s: standard error: %s", test.calendar, &stderr)
		}
	}
	for _, args := range [][]string{
		{"-key", name, "-calendar", "you@gmail.com", "-api", server.URL}, // stdout is full
		{"-key", t.TempDir(), "-calendar", "you@gmail.com"},              // not a file
	} {
		code := run(context.Background(), args, full{}, new(strings.Builder), false)
		if code != 1 {
			t.Errorf("%q: exit %d", args, code)
		}
	}
}
