// SPDX-License-Identifier: 0BSD

package main

import (
	"bytes"
	"context"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"example.com/fivestep/walkthrough/exam"
)

func TestExamHelp(t *testing.T) {
	for name, args := range map[string][]string{
		"exam-help.txt": {"-exam", "-h"},
		"exam-list.txt": {"-exam", "-list"},
	} {
		var out, errs bytes.Buffer
		if status := run(context.Background(), args, &out, &errs); status != 0 || errs.Len() > 0 {
			t.Errorf("%q: exit status %d, stderr %q", args, status, &errs)
		}
		golden(t, name, out.String())
		const indent = "    \t" // how the flag package indents
		spaced := strings.ReplaceAll(out.String(), indent, strings.Repeat(" ", 8))
		for _, line := range strings.Split(spaced, "\n") {
			if len(line) > 80 || strings.Contains(line, "\t") {
				t.Errorf("%q prints more than 80 columns: %s", args, line)
			}
		}
	}
}

func TestExamErrors(t *testing.T) {
	for want, args := range map[string][]string{
		"the command to examine is missing":            {"-trial", "kid", "--"},
		"flag provided but not defined: -x":            {"-x"},
		"-limit and -parallel must be positive":        {"-limit", "0s", "x"},
		"-limit and -parallel must be positive ":       {"-parallel", "0", "x"},
		`there is no trial "x"`:                        {"-trial", "x", "go"},
		"there is no stage 6, only 1 to 5":             {"-stage", "6", "go"},
		`"no-such-program": executable file not found`: {"--", "no-such-program"},
	} {
		var out, errs bytes.Buffer
		status := run(context.Background(), append([]string{"-exam"}, args...), &out, &errs)
		if status != 2 || out.Len() > 0 || !strings.HasPrefix(errs.String(), "fakegoogle: ") ||
			!strings.Contains(errs.String(), strings.TrimSpace(want)) {
			t.Errorf("%q: exit status %d, stdout %q, stderr %q", args, status, &out, &errs)
		}
	}
}

// The go command is no client, but it's a command that is there.
func TestExam(t *testing.T) {
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("needs go")
	}
	for name, args := range map[string][]string{
		"exam-version.txt": {"go", "version"},
		"exam-unknown.txt": {"--", "go", "no-such-command"},
	} {
		var out, errs bytes.Buffer
		args = append([]string{"-exam", "-trial", "good-run", "-trial", "not-shared"}, args...)
		if status := run(context.Background(), args, &out, &errs); status != 1 || errs.Len() > 0 {
			t.Errorf("%q: exit status %d, stderr %q", args, status, &errs)
		}
		date := regexp.MustCompile(`\d{4}-\d\d-\d\d`)
		golden(t, name, date.ReplaceAllString(out.String(), "DATE"))
	}
	// It doesn't send anything, and that's all that this trial demands.
	var out, errs bytes.Buffer
	args := []string{"-exam", "-trial", "bad-key-file", "go", "no-such-command"}
	if status := run(context.Background(), args, &out, &errs); status != 0 || errs.Len() > 0 ||
		out.String() != "ok    bad-key-file\n1 of 1\n" {
		t.Errorf("exit status %d, stdout %q, stderr %q", status, &out, &errs)
	}
}

// TestExamEnds checks that Ctrl-C ends an exam.
func TestExamEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var out, errs bytes.Buffer
	status := run(ctx, []string{"-exam", "go", "version"}, &out, &errs)
	if status != 1 || out.Len() > 0 || errs.String() != "fakegoogle: context canceled\n" {
		t.Errorf("exit status %d, stdout %q, stderr %q", status, &out, &errs)
	}
}

// There is a stage for each of the five steps.
func TestStages(t *testing.T) {
	if len(exam.Stages) != 5 {
		t.Errorf("%d stages", len(exam.Stages))
	}
}
