// SPDX-License-Identifier: 0BSD

package main

import (
	"context"
	"os"
	"strings"
	"testing"
)

func TestRun(t *testing.T) {
	golden, err := os.ReadFile("../../walkthrough/terminal/testdata/walkthrough.txt")
	if err != nil {
		t.Fatal(err)
	}
	const hint = "\nhint: walkthrough -h shows how to use it\n"
	for _, line := range strings.Split(usage, "\n") {
		if len(line) > 80 {
			t.Errorf("-h is wider than 80 columns: %s", line)
		}
	}
	for _, test := range []struct {
		args           string
		code           int
		stdout, stderr string
	}{
		{"", 0, string(golden), ""},
		{"-h", 0, usage, ""},
		{"-help", 0, usage, ""},
		{"key.json", 2, "", "walkthrough: unexpected argument \"key.json\"" + hint},
		{"-nothing", 2, "", "walkthrough: flag provided but not defined: -nothing" + hint},
		{"-break nothing", 2, "", "walkthrough: there is no breakage \"nothing\"; -list names them" + hint},
		{"-break=", 2, "", "walkthrough: there is no breakage \"\"; -list names them" + hint},
		{"-break aud -list", 2, "", "walkthrough: use only one of -list, -break, -key, -http and -html" + hint},
		{"-key key.json", 2, "", "walkthrough: -key and -calendar go together" + hint},
		{"-calendar you@gmail.com", 2, "", "walkthrough: -key and -calendar go together" + hint},
		{"-key= -calendar=", 2, "", "walkthrough: -key and -calendar go together" + hint},
		{"-api http://127.0.0.1:1", 2, "", "walkthrough: -api goes with -key" + hint},
		{"-key no/such/file -calendar x", 1, "", "walkthrough: -key: open no/such/file: no such file or directory\n"},
	} {
		var stdout, stderr strings.Builder
		code := run(context.Background(), strings.Fields(test.args), &stdout, &stderr, false)
		if code != test.code || stderr.String() != test.stderr {
			t.Errorf("walkthrough %s: exit %d, not %d; stderr: %q",
				test.args, code, test.code, &stderr)
		}
		if stdout.String() != test.stdout {
			t.Errorf("walkthrough %s: stdout differs", test.args)
		}
	}
}

func TestColor(t *testing.T) {
	for _, test := range []struct {
		tty           bool
		noColor, term string
		want          bool
	}{
		{true, "", "xterm", true},
		{true, "1", "xterm", false},
		{true, "", "dumb", false},
		{false, "", "xterm", false},
	} {
		t.Setenv("NO_COLOR", test.noColor)
		t.Setenv("TERM", test.term)
		var stdout, stderr strings.Builder
		if code := run(context.Background(), nil, &stdout, &stderr, test.tty); code != 0 {
			t.Fatal(stderr.String())
		}
		if got := strings.Contains(stdout.String(), "\x1b["); got != test.want {
			t.Errorf("%+v: color %t", test, got)
		}
	}
}

// full is a disk without space.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, os.ErrClosed }

func TestFailures(t *testing.T) {
	var stdout, stderr strings.Builder
	code := run(context.Background(), nil, full{}, &stderr, false)
	if code != 1 || !strings.Contains(stderr.String(), "closed") {
		t.Errorf("exit %d: %s", code, &stderr)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	stderr.Reset()
	code = run(ctx, nil, &stdout, &stderr, false)
	if code != 1 || stdout.Len() > 0 || strings.Count(stderr.String(), "walkthrough:") != 1 {
		t.Errorf("exit %d: %q %s", code, stdout.String(), &stderr)
	}
}
