// SPDX-License-Identifier: 0BSD

// Command fivestep goes from a Google service account's key file to calendar
// events, in one go or step by step: fivestep -h lists its commands.
//
// Data goes to standard output, all else to standard error. It exits with 0 when
// done, 1 when it failed for good, 2 when it was called wrongly, 75 when it is
// worth trying again later (network, server, rate limit), and without a word with
// 130 on Ctrl-C and 141 when nobody reads its output, as after head.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"strings"
	"time"
)

// tool is what a command may touch of the world around it.
type tool struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	getenv         func(string) string
	now            func() time.Time
	local          *time.Location
	sleep          func(context.Context, time.Duration) error // between attempts; nil: a timer
}

type command struct {
	name, short string
	help        string // examples first
	run         func(ctx context.Context, t *tool, f *flags, args []string) error
	define      func(f *flags)
}

var commands = []command{keyCommand, jwtCommand, tokenCommand, eventsCommand, calendarsCommand}

func main() {
	keepPipeErrors()
	log.SetOutput(io.Discard) // net/http logs what a server sends unasked, which may be an echo of a token
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	context.AfterFunc(ctx, func() {
		stop() // a second Ctrl-C kills
		time.Sleep(time.Second)
		os.Exit(exitInterrupt) // nobody takes the output: less, for one, keeps a pipe full
	})
	t := &tool{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, getenv: os.Getenv, now: time.Now, local: time.Local}
	os.Exit(t.run(ctx, os.Args[1:]))
}

// run is the whole program but for the process around it.
func (t *tool) run(ctx context.Context, args []string) int {
	if len(args) == 0 {
		fmt.Fprint(t.stderr, overview())
		return exitUsage
	}
	if args[0] == "help" && len(args) > 1 {
		args = []string{args[1], "-h"}
	}
	switch args[0] {
	case "-h", "-help", "--help", "help":
		_, err := fmt.Fprint(t.stdout, overview())
		return t.report(ctx, err, &flags{})
	}
	for _, c := range commands {
		if c.name == args[0] {
			f := newFlags(c)
			positional, err := f.parse(args[1:])
			if errors.Is(err, flag.ErrHelp) {
				_, err = fmt.Fprint(t.stdout, f.usage(c))
				return t.report(ctx, err, f)
			}
			if err != nil {
				return t.report(ctx, usageError{err.Error()}, f)
			}
			if f.timeout > 0 {
				var cancel context.CancelFunc
				ctx, cancel = context.WithTimeout(ctx, f.timeout)
				defer cancel()
			}
			return t.report(ctx, c.run(ctx, t, f, positional), f)
		}
	}
	problem := fmt.Sprintf("no command %.30q", args[0])
	if strings.HasPrefix(args[0], "-") {
		problem += ": flags come after the command"
	}
	return t.report(ctx, usageError{problem}, &flags{})
}

func overview() string {
	var b strings.Builder
	b.WriteString(`From a Google service account's key file to calendar events, in five steps.

  fivestep events -key key.json you@gmail.com                 all five at once
  fivestep jwt -key key.json | fivestep token | fivestep events you@gmail.com

Commands (each has -h):
`)
	for _, c := range commands {
		fmt.Fprintf(&b, "  %-10s %s\n", c.name, c.short)
	}
	b.WriteString(`
Exit status: 0 done, 1 failed for good, 2 called wrongly, 75 try again later;
130 after Ctrl-C, 141 when nobody reads on.
`)
	return b.String()
}
