// SPDX-License-Identifier: 0BSD

// Walkthrough shows how a Google service account gets from its key file to
// calendar events, in five steps, with the bytes of a run that it has just made
// against a fake Google in its own process. It needs no account and no network.
//
//	go run ./cmd/walkthrough
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

	"example.com/fivestep/walkthrough"
)

const usage = `  go run ./cmd/walkthrough               the five steps and their bytes
  go run ./cmd/walkthrough -http 127.0.0.1:8080
                                         as a page, with lab and fake Google
  go run ./cmd/walkthrough -html lesson.html
                                         the page and the lab as one file
  go run ./cmd/walkthrough -list         what can go wrong
  go run ./cmd/walkthrough -break aud    one of these: what happens, what helps
  go run ./cmd/walkthrough -key key.json -calendar you@gmail.com
                                         the same against the real Google
  NO_COLOR=1 go run ./cmd/walkthrough    the same, without colours

Shows how a Google service account gets from its key file to calendar events.
It needs no account, and sends nothing over any network but with -key: then the
five steps are done for real (without a proxy), and private key, signature and
token are withheld from what is shown.

  -http ADDRESS     serve the page until Ctrl-C; :8080 is 127.0.0.1:8080
  -html FILE        write the page into a file
  -break NAME       run with one thing changed
  -list             list these names
  -key FILE         key file of your own account
  -calendar ID      calendar that is shared with it; goes with -key
  -api URL          where the Calendar API is, for a fake; goes with -key

Colours are for terminals only, and not for TERM=dumb.
`

func main() {
	log.SetOutput(io.Discard) // net/http logs what a server sends unasked, which may be an echo of a token
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C kills
	info, err := os.Stdout.Stat()
	tty := err == nil && info.Mode()&os.ModeCharDevice != 0
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr, tty))
}

// options are the flags.
type options struct {
	list               bool
	broken             string
	key, calendar, api string
	http, html         string
}

// run returns the exit code: 0 done, 1 failed, 2 wrong usage.
func run(ctx context.Context, args []string, stdout, stderr io.Writer, tty bool) int {
	var o options
	flags := flag.NewFlagSet("walkthrough", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.BoolVar(&o.list, "list", false, "")
	flags.StringVar(&o.broken, "break", "", "")
	flags.StringVar(&o.key, "key", "", "")
	flags.StringVar(&o.calendar, "calendar", "", "")
	flags.StringVar(&o.api, "api", "", "")
	flags.StringVar(&o.http, "http", "", "")
	flags.StringVar(&o.html, "html", "", "")
	err := flags.Parse(args)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprint(stdout, usage)
		return 0
	}
	if err == nil {
		err = o.check(flags)
	}
	if err != nil {
		fmt.Fprintf(stderr, "walkthrough: %v\nhint: walkthrough -h shows how it is used\n", err)
		return 2
	}
	// NO_COLOR: https://no-color.org
	colour := tty && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	if err := o.show(ctx, stdout, stderr, colour); err != nil {
		if !errors.Is(err, errShown) {
			fmt.Fprintln(stderr, err)
		}
		return 1
	}
	return 0
}

// check says what makes no sense on a command line.
func (o *options) check(flags *flag.FlagSet) error {
	given := map[string]bool{}
	flags.Visit(func(f *flag.Flag) { given[f.Name] = true })
	modes := 0
	for _, name := range []string{"list", "break", "key", "http", "html"} {
		if given[name] {
			modes++
		}
	}
	_, known := walkthrough.FindBreakage(o.broken)
	switch {
	case flags.NArg() > 0:
		return fmt.Errorf("unexpected argument %q", flags.Arg(0))
	case modes > 1:
		return errors.New("one of -list, -break, -key, -http and -html at a time")
	case given["break"] && !known:
		return fmt.Errorf("there is no breakage %q; -list names them", o.broken)
	case given["key"] != given["calendar"] || given["key"] && (o.key == "" || o.calendar == ""):
		return errors.New("-key and -calendar go together")
	case given["http"] && o.http == "":
		return errors.New("-http needs an address, such as 127.0.0.1:8080")
	case given["html"] && o.html == "":
		return errors.New("-html needs the name of a file")
	case given["api"] && !given["key"]:
		return errors.New("-api goes with -key")
	}
	return nil
}

func (o *options) show(ctx context.Context, stdout, stderr io.Writer, colour bool) error {
	switch {
	case o.list:
		return walkthrough.WriteBreakages(stdout, colour)
	case o.broken != "":
		result, err := walkthrough.Break(ctx, o.broken)
		if err != nil {
			return err
		}
		return result.WriteText(stdout, colour)
	case o.http != "":
		return serve(ctx, o.http, stdout, stderr)
	case o.html != "":
		return writeFile(ctx, o.html)
	case o.key != "":
		return o.real(ctx, stdout, stderr, colour)
	}
	trace, err := walkthrough.Run(ctx)
	if err != nil {
		return err
	}
	return trace.WriteText(stdout, colour)
}
