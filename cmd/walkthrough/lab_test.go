// SPDX-License-Identifier: 0BSD

package main

import (
	"context"
	"strings"
	"testing"

	"example.com/fivestep/walkthrough/lab"
)

func TestList(t *testing.T) {
	var stdout, stderr strings.Builder
	code := run(context.Background(), []string{"-list"}, &stdout, &stderr, false)
	if code != 0 || stderr.Len() > 0 {
		t.Fatalf("exit %d: %s", code, &stderr)
	}
	for _, b := range lab.Breakages() {
		if !strings.Contains(stdout.String(), " "+b.Name+" ") {
			t.Errorf("%s is not listed", b.Name)
		}
	}
}

// Showing a breakage is a success, whatever fails in it.
func TestBreak(t *testing.T) {
	ctx, args := context.Background(), []string{"-break", "aud"}
	var stdout, stderr strings.Builder
	code := run(ctx, args, &stdout, &stderr, false)
	const says = "Invalid JWT: Failed audience check."
	if code != 0 || stderr.Len() > 0 || !strings.Contains(stdout.String(), says) {
		t.Errorf("exit %d: %s%s", code, &stdout, &stderr)
	}
	stderr.Reset()
	code = run(ctx, args, full{}, &stderr, false)
	if code != 1 || !strings.Contains(stderr.String(), "closed") {
		t.Errorf("exit %d: %s", code, &stderr)
	}
	canceled, cancel := context.WithCancel(ctx)
	cancel()
	if code := run(canceled, args, &stdout, &stderr, false); code != 1 {
		t.Errorf("exit %d", code)
	}
}
