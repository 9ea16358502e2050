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
	"os"
	"os/signal"

	"example.com/fivestep/walkthrough"
)

const usage = `  go run ./cmd/walkthrough                  the five steps and their bytes
  go run ./cmd/walkthrough | less           the same, page by page
  NO_COLOR=1 go run ./cmd/walkthrough       the same, without colours

Shows how a Google service account gets from its key file to calendar events.
It has no flags but -h, needs no account, and sends nothing over any network.
Colours are for terminals only, and not for TERM=dumb.
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	info, err := os.Stdout.Stat()
	tty := err == nil && info.Mode()&os.ModeCharDevice != 0
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr, tty))
}

// run returns the exit code: 0 done, 1 failed, 2 wrong usage.
func run(ctx context.Context, args []string, stdout, stderr io.Writer, tty bool) int {
	flags := flag.NewFlagSet("walkthrough", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	err := flags.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprint(stdout, usage)
		return 0
	case err == nil && flags.NArg() > 0:
		err = fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	if err != nil {
		fmt.Fprintf(stderr, "walkthrough: %v\nhint: walkthrough -h shows how it is used\n", err)
		return 2
	}
	// NO_COLOR: https://no-color.org
	colour := tty && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	trace, err := walkthrough.Run(ctx)
	if err == nil {
		err = trace.WriteText(stdout, colour)
	}
	if err != nil {
		fmt.Fprintln(stderr, err)
		return 1
	}
	return 0
}
