// SPDX-License-Identifier: 0BSD

package main

import (
	"bytes"
	"context"
	"regexp"
	"strings"
	"testing"
)

// TestWaitsAreTold checks what a terminal shows of the time between attempts.
func TestWaitsAreTold(t *testing.T) {
	for _, test := range []struct {
		fault, api string
		want       []string // beginnings of lines
	}{
		{"events:503*1", "API", []string{"503 Service Unavailable from HOST; attempt 2 follows in "}},
		{"token:503*1", "API", []string{"503 Service Unavailable from HOST; attempt 2 follows in "}},
		{"events:cut*1", "API", []string{"the answer of HOST broke off; attempt 2 follows in "}},
		{"events:429,retry-after=7", "API", []string{
			"429 Too Many Requests from HOST; attempt 2 follows in 7s",
			"429 Too Many Requests from HOST; attempt 3 follows in 7s",
			"429 Too Many Requests from HOST; attempt 4 follows in 7s",
			"step 5: ",
		}},
		{"", "http://127.0.0.1:1/calendar/v3", []string{
			"dial tcp 127.0.0.1:1: connect: connection refused; attempt 2 follows in ",
			"dial tcp 127.0.0.1:1: connect: connection refused; attempt 3 follows in ",
			"dial tcp 127.0.0.1:1: connect: connection refused; attempt 4 follows in ",
			"step 5: ",
		}},
	} {
		w := newWorld(t)
		if test.fault != "" {
			w.AddFault(fault(t, test.fault))
		}
		var stdout, stderr bytes.Buffer
		tool := w.tool
		tool.stdin, tool.stdout, tool.stderr = strings.NewReader(""), &stdout, &stderr
		tool.watch()
		tool.run(context.Background(), w.real([]string{"events", "-key", "KEY", "-api", test.api, you}))
		var told []string
		for _, l := range strings.Split(strings.ReplaceAll(stderr.String(), "\r", ""), "\n") {
			if text, found := strings.CutPrefix(l, "fivestep: "); found {
				told = append(told, text)
			}
		}
		if len(told) != len(test.want) {
			t.Fatalf("%s: %q", test.fault, told)
		}
		for i, l := range told {
			l = strings.ReplaceAll(l, strings.TrimPrefix(w.url, "http://"), "HOST")
			if !strings.HasPrefix(l, test.want[i]) {
				t.Errorf("%s: %q, not %q", test.fault, l, test.want[i])
			}
		}
	}
}

// TestWaitsOnTerminal checks that a wait is told on a terminal, and that
// nothing is said in a pipe.
func TestWaitsOnTerminal(t *testing.T) {
	t.Parallel()
	w := realWorld(t)
	args := []string{"events", "-key", "KEY", "-api", "API", "-from", "2023-11-14", you}
	want, _, _ := w.events("-from", "2023-11-14", you)
	w.AddFault(fault(t, "events:503*1"))
	var stdout, stderr bytes.Buffer
	cmd := w.command(args...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if got := status(t, cmd); got != 0 || stdout.String() != want || stderr.Len() > 0 {
		t.Errorf("in a pipe: %d %s%s", got, &stderr, &stdout)
	}
	w.ClearFaults()
	w.AddFault(fault(t, "events:503*1"))
	s := w.onTerminal(nil, "", args...)
	if got := status(t, s.cmd); got != 0 {
		t.Errorf("on a terminal: %d", got)
	}
	told := regexp.MustCompile(`^\rfivestep: 503 Service Unavailable from .*; attempt 2 follows in \S+s\n`)
	text := strings.ReplaceAll(s.screen(), "\r\n", "\n")
	if rest := told.ReplaceAllString(text, ""); rest != want || rest == text {
		t.Errorf("%q", text)
	}
}
