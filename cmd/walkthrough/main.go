// SPDX-License-Identifier: 0BSD

// Walkthrough shows how a Google service account gets from its key file to
// calendar events in five steps, with the bytes of a run that it has just made
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
	"example.com/fivestep/walkthrough/lab"
	"example.com/fivestep/walkthrough/terminal"
)

const usage = `  go run ./cmd/walkthrough               the five steps and their bytes
  go run ./cmd/walkthrough -http 127.0.0.1:8080
                                         as a web page, with a lab and the fake
                                         Google
  go run ./cmd/walkthrough -html lesson.html
                                         the page and the lab as one file
  go run ./cmd/walkthrough -list         what can go wrong
  go run ./cmd/walkthrough -break aud    break one of these: what happens, and
                                         how to fix it
  go run ./cmd/walkthrough -key key.json -calendar you@gmail.com
                                         your own key, against the real Google
  NO_COLOR=1 go run ./cmd/walkthrough    the five steps, without colors

Shows how a Google service account gets from its key file to calendar events.
You don't need an account, and nothing is sent over a network unless you use
-key. With -key the five steps are real, and use no proxy. The private key, the
signature and the token are never shown.

  -http ADDRESS     serve the page until Ctrl-C; :8080 means 127.0.0.1:8080
  -html FILE        write the page to a file
  -break NAME       run with one thing broken
  -list             list what can be broken
  -key FILE         use the key file of your own account; needs -calendar
  -calendar ID      calendar shared with the account; needs -key
  -api URL          base URL of a fake Calendar API; needs -key

Colors are used only on terminals, and not if TERM=dumb.
`

func main() {
	// net/http logs unsolicited data from a server, which could contain a
	// token.
	log.SetOutput(io.Discard)
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

// run returns the exit status: 0 done, 1 failed, 2 usage error.
func run(ctx context.Context, args []string, stdout, stderr io.Writer, tty bool) int {
	o, err := parse(args)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprint(stdout, usage)
		return 0
	}
	if err != nil {
		fmt.Fprintf(stderr, "walkthrough: %v\nhint: walkthrough -h shows how to use it\n", err)
		return 2
	}
	// NO_COLOR: https://no-color.org
	color := tty && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	if err := o.show(ctx, stdout, stderr, color); err != nil {
		if !errors.Is(err, errShown) {
			fmt.Fprintln(stderr, err)
		}
		return 1
	}
	return 0
}

// parse reads the command line. The usage is written by hand, with examples
// first, so the flags need no text here.
func parse(args []string) (*options, error) {
	o := new(options)
	flags := flag.NewFlagSet("walkthrough", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.BoolVar(&o.list, "list", false, "")
	flags.StringVar(&o.broken, "break", "", "")
	flags.StringVar(&o.key, "key", "", "")
	flags.StringVar(&o.calendar, "calendar", "", "")
	flags.StringVar(&o.api, "api", "", "")
	flags.StringVar(&o.http, "http", "", "")
	flags.StringVar(&o.html, "html", "", "")
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	if flags.NArg() > 0 {
		return nil, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	given := map[string]bool{}
	flags.Visit(func(f *flag.Flag) { given[f.Name] = true })
	return o, o.check(given)
}

// check returns an error for flags that have no meaning, alone or together.
func (o *options) check(given map[string]bool) error {
	modes := 0
	for _, name := range []string{"list", "break", "key", "http", "html"} {
		if given[name] {
			modes++
		}
	}
	_, known := lab.Find(o.broken)
	switch {
	case modes > 1:
		return errors.New("use only one of -list, -break, -key, -http and -html")
	case given["break"] && !known:
		return fmt.Errorf("there is no breakage %q; -list names them", o.broken)
	case given["key"] != given["calendar"]:
		return errors.New("-key and -calendar go together")
	case given["key"] && (o.key == "" || o.calendar == ""):
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

func (o *options) show(ctx context.Context, stdout, stderr io.Writer, color bool) error {
	switch {
	case o.list:
		return terminal.WriteBreakages(stdout, color)
	case o.broken != "":
		result, err := lab.Break(ctx, o.broken)
		if err != nil {
			return err
		}
		return terminal.WriteResult(stdout, result, color)
	case o.http != "":
		return serve(ctx, o.http, stdout, stderr)
	case o.html != "":
		return writeHTML(ctx, o.html)
	case o.key != "":
		return o.runKey(ctx, stdout, stderr, color)
	}
	trace, err := walkthrough.Run(ctx)
	if err != nil {
		return err
	}
	return terminal.WriteLesson(stdout, trace, color)
}
