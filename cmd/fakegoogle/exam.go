// SPDX-License-Identifier: 0BSD

package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"

	"example.com/fivestep/walkthrough/exam"
)

const examHelp = `  fakegoogle -exam -- python3 mine.py          run all trials
  fakegoogle -exam -stage 2 -- python3 mine.py only those of a stage
  fakegoogle -exam -trial kid -- ./mine -v     only this one
  fakegoogle -exam -list                       what each trial demands, and why

Examines a client, in any language, that goes from a service account's key file
to calendar events. Each trial has its own fake Google, where one thing is
special. The exit status is 0 if the client passed every trial, 1 if it didn't,
and 2 after a usage error. The arguments after -- are passed unchanged: there's
no shell.

`

// pagesHint says where the addresses of pages lead.
const pagesHint = "Pages to read: go run ./cmd/walkthrough -http 127.0.0.1:8080\n"

// runExam examines a client. args are those after -exam.
func runExam(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var o exam.Options
	var list bool
	set := newExamFlags(&o, &list)
	err := set.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		printExamHelp(stdout)
		return 0
	case err != nil:
	case list && set.NArg() == 0:
		printTrials(stdout)
		return 0
	case set.NArg() == 0:
		err = errors.New("the command to examine is missing")
	case o.Limit <= 0 || o.Parallel <= 0:
		err = errors.New("-limit and -parallel must be positive")
	}
	if err != nil {
		fmt.Fprintf(stderr, "fakegoogle: %v (fakegoogle -exam -h shows the usage)\n", err)
		return 2
	}
	o.Command = set.Args()
	return examine(ctx, o, stdout, stderr)
}

func newExamFlags(o *exam.Options, list *bool) *flag.FlagSet {
	set := flag.NewFlagSet("fakegoogle -exam", flag.ContinueOnError)
	set.SetOutput(io.Discard) // runExam prints errors
	set.BoolVar(list, "list", false, "print what each trial demands, and why")
	set.IntVar(&o.Stage, "stage", len(exam.Stages),
		"run the trials of this stage; its `number` is from 1 to 5")
	set.DurationVar(&o.Limit, "limit", exam.DefaultLimit,
		"kill a client that runs for longer than this `time`;\n"+
			"TIMEOUT is half of it, or less")
	set.IntVar(&o.Parallel, "parallel", 4, "run `N` clients at once")
	set.Func("trial", "run the trial with this `name`; may be repeated", func(name string) error {
		o.Trials = append(o.Trials, name)
		return nil
	})
	set.Func("env", "give the client your variable of this `name`, too; may be\n"+
		"repeated. Libraries in your home folder need -env HOME", func(name string) error {
		o.Env = append(o.Env, name)
		return nil
	})
	return set
}

func printExamHelp(w io.Writer) {
	fmt.Fprint(w, examHelp, exam.Contract, "\nThe stages are for a client that isn't finished. In stage\n")
	for i, task := range exam.Stages {
		fmt.Fprintf(w, "  %d  it %s\n", i+1, task)
	}
	fmt.Fprint(w, "\nFlags:\n")
	var list bool
	set := newExamFlags(new(exam.Options), &list)
	set.SetOutput(w)
	set.PrintDefaults()
}

func printTrials(w io.Writer) {
	for _, t := range exam.Trials() {
		fmt.Fprintf(w, "%v\n", t)
	}
	fmt.Fprint(w, "\n"+pagesHint)
}

// examine runs the exam. It returns the exit status.
func examine(ctx context.Context, o exam.Options, stdout, stderr io.Writer) int {
	passed, all := 0, 0
	err := exam.Run(ctx, o, func(r exam.Result) {
		fmt.Fprintln(stdout, r)
		all++
		if r.Passed() {
			passed++
		}
	})
	if err != nil {
		fmt.Fprintln(stderr, "fakegoogle:", strings.TrimPrefix(err.Error(), "exam: "))
		if errors.Is(err, context.Canceled) {
			return 1
		}
		return 2
	}
	fmt.Fprintf(stdout, "%d of %d\n", passed, all)
	if passed < all {
		fmt.Fprint(stdout, pagesHint)
		return 1
	}
	return 0
}
