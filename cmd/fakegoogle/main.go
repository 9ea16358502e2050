// SPDX-License-Identifier: 0BSD

// Command fakegoogle is a fake Google on a port of this machine: the token endpoint and the reading half of the Calendar
// API, to try a client in any language without an account. fakegoogle -h shows how.
//
// It exits with 0 on Ctrl-C, 1 when it could not start, and 2 when it was called wrongly.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"example.com/fivestep/walkthrough/fakegoogle"
)

const examples = `
  fakegoogle -write-key fake.json                 with a key file to go with it
  fakegoogle -write-key fake.json -events 10000   with many pages of events
  fakegoogle -write-key fake.json -fault 'token:503*2'
                                                  refuse two tokens, then work
  fakegoogle -fault events:429,retry-after=2 -fault calendarList:reset@1

It prints its address and commands to try, and serves until Ctrl-C. The
calendar's events and the key are new at every start. Whoever can reach the
port can read the calendar's events: they are made up.

A fault is PLACE:KIND. After KIND, in this order: =VALUE for delay, slow and
slow-head (a time), redirect (a URL; without one it leads back to itself) and
body (its text); ,retry-after=2 or ,retry-date=2 or ,delay=1s; @2 lets two
requests pass first; *3 hits three. PLACE is token, events, event, calendar,
calendarList, certs or all. KIND is an HTTP status or one of
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C kills
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// options are what the flags say.
type options struct {
	addr, keyFile, calendar string
	events                  int
	faults                  []fakegoogle.Fault
}

func parse(args []string, stdout io.Writer) (o options, err error) {
	set := flag.NewFlagSet("fakegoogle", flag.ContinueOnError)
	set.SetOutput(io.Discard) // errors are printed once, by run
	set.StringVar(&o.addr, "addr", "127.0.0.1:8085", "listen on `address`; port 0 takes a free one")
	set.StringVar(&o.keyFile, "write-key", "", "write the account's key `file`, readable by you alone")
	set.StringVar(&o.calendar, "calendar", "you@gmail.com", "`id` of the calendar that the account can read")
	set.IntVar(&o.events, "events", 0, "add `N` events of about 1 KB each, one an hour")
	set.Func("fault", "make this `fault` (repeatable)", func(text string) error {
		f, err := fakegoogle.ParseFault(text)
		o.faults = append(o.faults, f)
		return err
	})
	err = set.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprint(stdout, strings.TrimPrefix(examples, "\n"))
		for line := range slices.Chunk(fakegoogle.FaultNames(), 6) {
			fmt.Fprintln(stdout, " ", strings.Join(line, " "))
		}
		fmt.Fprint(stdout, "\nFlags:\n")
		set.SetOutput(stdout)
		set.PrintDefaults()
	case err == nil && set.NArg() > 0:
		err = fmt.Errorf("unexpected argument %q", set.Arg(0))
	case err == nil && o.events < 0:
		err = fmt.Errorf("-events %d is negative", o.events)
	case err == nil && o.calendar == "":
		err = errors.New("-calendar is empty")
	}
	return o, err
}

// run is the whole program but for the process around it; it serves until ctx ends.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	o, err := parse(args, stdout)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if err != nil {
		fmt.Fprintf(stderr, "fakegoogle: %v (fakegoogle -h says how)\n", err)
		return 2
	}
	if err := serve(ctx, o, stdout, stderr); err != nil {
		fmt.Fprintln(stderr, "fakegoogle:", strings.TrimPrefix(err.Error(), "fakegoogle: "))
		return 1
	}
	return 0
}

func serve(ctx context.Context, o options, stdout, stderr io.Writer) error {
	google := fakegoogle.New()
	google.AddExample(o.calendar)
	if err := addLoad(google, o.calendar, o.events); err != nil {
		return err
	}
	account, err := google.CreateAccount(fakegoogle.Account{})
	if err != nil {
		return err
	}
	google.Share(o.calendar, account.Email, "reader")
	for _, f := range o.faults {
		google.AddFault(f)
	}

	listener, err := net.Listen("tcp", o.addr)
	if err != nil {
		return fmt.Errorf("%w (-addr 127.0.0.1:0 takes a free port)", err)
	}
	defer listener.Close()
	address := *listener.Addr().(*net.TCPAddr)
	if !address.IP.IsLoopback() {
		fmt.Fprintf(stderr, "warning: %s can be reached from other machines, and anyone there can use it\n", o.addr)
		if address.IP.IsUnspecified() {
			address.IP = net.IPv4(127, 0, 0, 1) // where this machine finds it
		}
	}
	base := "http://" + address.String()
	if o.keyFile != "" {
		if err := writeKey(o.keyFile, account.KeyFile(base+"/token")); err != nil {
			return err
		}
	}
	fmt.Fprintf(stdout, "listening on %s\n%s", base, commands(base, account.Email, o))

	server := &http.Server{
		Handler:           google,
		ReadHeaderTimeout: 10 * time.Second,
		BaseContext:       func(net.Listener) context.Context { return ctx }, // a delay ends when the program does
		ErrorLog:          log.New(stderr, "fakegoogle: ", 0),
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if server.Shutdown(grace) != nil {
		server.Close()
	}
	<-served
	return nil
}
