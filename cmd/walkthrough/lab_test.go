// SPDX-License-Identifier: 0BSD

package main

import (
	"context"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/fivestep/walkthrough"
	"example.com/fivestep/walkthrough/fakegoogle"
)

func TestList(t *testing.T) {
	var stdout, stderr strings.Builder
	if code := run(context.Background(), []string{"-list"}, &stdout, &stderr, false); code != 0 || stderr.Len() > 0 {
		t.Fatalf("exit %d: %s", code, &stderr)
	}
	for _, b := range walkthrough.Breakages() {
		if !strings.Contains(stdout.String(), " "+b.Name+" ") {
			t.Errorf("%s is not listed", b.Name)
		}
	}
}

// A breakage that was shown is a success, whatever failed in it.
func TestBreak(t *testing.T) {
	var stdout, stderr strings.Builder
	code := run(context.Background(), []string{"-break", "aud"}, &stdout, &stderr, false)
	if code != 0 || stderr.Len() > 0 || !strings.Contains(stdout.String(), "Invalid JWT: Failed audience check.") {
		t.Errorf("exit %d: %s%s", code, &stdout, &stderr)
	}
	stderr.Reset()
	if code := run(context.Background(), []string{"-break", "aud"}, full{}, &stderr, false); code != 1 || !strings.Contains(stderr.String(), "closed") {
		t.Errorf("exit %d: %s", code, &stderr)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if code := run(ctx, []string{"-break", "aud"}, &stdout, &stderr, false); code != 1 {
		t.Errorf("exit %d", code)
	}
}

// The five steps with a key file, over a port of this machine.
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
		code := run(context.Background(), []string{"-key", name, "-calendar", test.calendar, "-api", server.URL + "/calendar/v3"}, &stdout, &stderr, false)
		if code != test.code || !strings.Contains(stdout.String(), test.want) || !strings.Contains(stderr.String(), "(mode 0644); chmod 600 "+name+"\n") {
			t.Errorf("%s: exit %d: %s%s", test.calendar, code, &stdout, &stderr)
		}
		if strings.Count(stderr.String(), "\n") != 1 {
			t.Errorf("standard error: %s", &stderr)
		}
	}
	if code := run(context.Background(), []string{"-key", name, "-calendar", "you@gmail.com", "-api", server.URL}, full{}, new(strings.Builder), false); code != 1 {
		t.Errorf("exit %d", code)
	}
	if code := run(context.Background(), []string{"-key", t.TempDir(), "-calendar", "you@gmail.com"}, full{}, new(strings.Builder), false); code != 1 {
		t.Errorf("exit %d", code)
	}
}
