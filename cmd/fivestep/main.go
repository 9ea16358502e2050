// SPDX-License-Identifier: 0BSD

// Command fivestep goes from a Google service account's key file to calendar
// events, all at once or step by step. fivestep -h lists its commands.
//
// Standard output is for data, standard error for everything else. The exit
// status is 0 when done, 1 after a failure for good, 2 after a usage error, and
// 75 if it's worth trying again later (network, server, rate limit). Without a
// message, it's 130 after Ctrl-C, and 141 when the output is closed early, as
// head does.
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
	"runtime/debug"
	"slices"
	"strings"
	"time"
)

// tool is the environment that a command runs in.
type tool struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	getenv         func(string) string
	now            func() time.Time
	local          *time.Location
	sleep          func(context.Context, time.Duration) error // between attempts; nil: a timer
	waits          *waits                                     // nil unless a terminal is told about them
}

type command struct {
	name, short string
	help        string // examples first
	run         func(ctx context.Context, t *tool, f *flags, args []string) error
	define      func(f *flags)
}

var commands = []command{keyCommand, jwtCommand, tokenCommand, eventsCommand, calendarsCommand}

// memoryLimit makes the garbage collector work harder before the tool takes
// more. It needs much less, unless a server sends pages as large as package
// calendar allows.
const memoryLimit = 150 << 20

func main() {
	keepPipeErrors()
	// net/http logs what a server sends without being asked. That may echo a
	// token.
	log.SetOutput(io.Discard)
	debug.SetMemoryLimit(memoryLimit)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	context.AfterFunc(ctx, func() {
		stop() // so that a second Ctrl-C kills the process
		time.Sleep(time.Second)
		os.Exit(exitInterrupt) // a write is stuck: less, for example, stops reading
	})
	t := &tool{
		stdin:  os.Stdin,
		stdout: os.Stdout,
		stderr: os.Stderr,
		getenv: os.Getenv,
		now:    time.Now,
		local:  time.Local,
	}
	os.Exit(t.run(ctx, os.Args[1:]))
}

// run is the whole program, except for the process around it.
func (t *tool) run(ctx context.Context, args []string) int {
	if len(args) == 0 {
		fmt.Fprint(t.stderr, overview())
		return exitUsage
	}
	if args[0] == "help" && len(args) > 1 {
		args = []string{args[1], "-h"}
	}
	name := args[0]
	switch name {
	case "-h", "-help", "--help", "help":
		_, err := fmt.Fprint(t.stdout, overview())
		return t.report(ctx, err, &flags{})
	case "-version", "--version", "version":
		_, err := fmt.Fprintln(t.stdout, version())
		return t.report(ctx, err, &flags{})
	}
	var names []string
	for _, c := range commands {
		names = append(names, c.name)
	}
	i := slices.Index(names, name)
	if i < 0 {
		problem := fmt.Sprintf("no command %.30q", name)
		if strings.HasPrefix(name, "-") {
			problem += ": flags come after the command"
		} else {
			problem += suggest(name, names)
		}
		return t.report(ctx, usageError{problem}, &flags{})
	}
	return t.runCommand(ctx, commands[i], args[1:])
}

func (t *tool) runCommand(ctx context.Context, c command, args []string) int {
	f := newFlags(c)
	positional, err := f.parse(args)
	if errors.Is(err, flag.ErrHelp) {
		_, err = fmt.Fprint(t.stdout, f.usage(c))
		return t.report(ctx, err, f)
	}
	if err != nil {
		return t.report(ctx, usageError{f.suggestFlag(err.Error())}, f)
	}
	if isTerminal(t.stderr) {
		t.watch()
	}
	if f.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, f.timeout)
		defer cancel()
	}
	return t.report(ctx, c.run(ctx, t, f, positional), f)
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
fivestep -version prints the version.

Exit status: 0 done, 1 failed for good, 2 usage error, 75 try again later;
130 after Ctrl-C, 141 when output is closed early.
`)
	return b.String()
}

// version returns what the Go command noted when it built this program.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "fivestep, built without module support"
	}
	text := "fivestep " + info.Main.Version
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			text += ", commit " + s.Value
		case s.Key == "vcs.modified" && s.Value == "true":
			text += ", modified"
		}
	}
	return text + ", " + info.GoVersion
}

// suggestFlag adds the nearest flag to the message about an unknown one.
func (f *flags) suggestFlag(problem string) string {
	name, found := strings.CutPrefix(problem, "flag provided but not defined: -")
	if !found {
		return problem
	}
	var names []string
	f.set.VisitAll(func(g *flag.Flag) { names = append(names, "-"+g.Name) })
	return problem + suggest("-"+strings.TrimLeft(name, "-"), names)
}

// suggest returns a question about the nearest of these names, or "" if none is
// near.
func suggest(name string, names []string) string {
	const near = 2 // slips
	best, least := "", near+1
	for _, n := range names {
		d := slips(strings.ToLower(name), strings.ToLower(n))
		if d < least && d < len(n)-1 {
			best, least = n, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf(": did you mean %s?", best)
}

// slips counts the letters that are missing, too many, wrong, or exchanged with
// the next: the distance of Damerau and Levenshtein.
func slips(a, b string) int {
	const longest = 30 // bytes; no name is as long
	if len(a) > longest || len(b) > longest {
		return longest
	}
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		for j := range rows[i] {
			switch {
			case i == 0 || j == 0:
				rows[i][j] = i + j
				continue
			case a[i-1] == b[j-1]:
				rows[i][j] = rows[i-1][j-1]
				continue
			}
			least := min(rows[i-1][j-1], rows[i-1][j], rows[i][j-1])
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				least = min(least, rows[i-2][j-2])
			}
			rows[i][j] = 1 + least
		}
	}
	return rows[len(a)][len(b)]
}
