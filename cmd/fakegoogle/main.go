// SPDX-License-Identifier: 0BSD

// Command fakegoogle runs a fake Google on a port of this machine: the token
// endpoint and the reading half of the Calendar API. With it you can try a
// client in any language without an account. fakegoogle -h shows how.
//
// The exit status is 0 after Ctrl-C, 1 if it can't start, and 2 after a usage
// error.
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

const help = `  fakegoogle -write-key fake.json                 with a key file to use
  fakegoogle -write-key fake.json -events 10000   with many pages of events
  fakegoogle -write-key fake.json -fault 'token:503*2'
                                                  fail twice, then work
  fakegoogle -fault events:429,retry-after=2 -fault calendarList:reset@1
  fakegoogle -exam -- python3 mine.py             examine a client; -exam -h
                                                  says how

This is a fake Google to try a client with. It prints its address and commands
to try, and runs until you press Ctrl-C. Every start makes a new key and new
events.

With -addr 0.0.0.0:8085, other machines can reach it, too. Anyone who can reach
the port can read the events, but they're made up. Host and Origin don't matter:
containers can use any name for it, and web pages can send it requests.

A fault is PLACE:KIND, followed by any of these in this order:

  =VALUE          a time for delay, slow and slow-head; a URL for redirect
                  (without one, it leads back to the same address); a text
                  for body
  ,retry-after=2  a Retry-After header in seconds
  ,retry-date=2   the same as a date
  ,delay=1s       a delay before the response
  @2              let two requests pass first
  *3              hit three requests, then no more

PLACE is token, events, event, calendar, calendarList, certs or all. KIND is an
HTTP status or one of
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // from then on, Ctrl-C kills the process
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run serves until ctx ends. It returns the exit status.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	if len(args) > 0 && strings.TrimLeft(args[0], "-") == "exam" {
		return runExam(ctx, args[1:], stdout, stderr)
	}
	o, err := parse(args)
	if errors.Is(err, flag.ErrHelp) {
		printHelp(stdout)
		return 0
	}
	if err != nil {
		fmt.Fprintf(stderr, "fakegoogle: %v (fakegoogle -h shows the usage)\n", err)
		return 2
	}
	if err := serve(ctx, o, stdout, stderr); err != nil {
		fmt.Fprintln(stderr, "fakegoogle:", strings.TrimPrefix(err.Error(), "fakegoogle: "))
		return 1
	}
	return 0
}

// options are the values of the flags.
type options struct {
	addr     string
	keyFile  string
	calendar string
	events   int
	faults   []fakegoogle.Fault
	quiet    bool
}

func newFlags(o *options) *flag.FlagSet {
	set := flag.NewFlagSet("fakegoogle", flag.ContinueOnError)
	set.SetOutput(io.Discard) // run prints errors
	set.StringVar(&o.addr, "addr", "127.0.0.1:8085",
		"listen on `address`; port 0 picks a free port, and no host\n"+
			"means this machine")
	set.StringVar(&o.keyFile, "write-key", "",
		"write the account's key `file`, readable only by you")
	set.StringVar(&o.calendar, "calendar", "you@gmail.com",
		"`id` of the calendar that the account can read")
	set.IntVar(&o.events, "events", 0,
		"add `N` events of about 1 KB each, one every hour")
	set.BoolVar(&o.quiet, "quiet", false,
		"don't say on standard error what was decided about each\nrequest, and why")
	set.Func("fault", "add this `fault`; may be repeated", func(text string) error {
		f, err := fakegoogle.ParseFault(text)
		if err != nil {
			return err
		}
		o.faults = append(o.faults, f)
		return nil
	})
	return set
}

func parse(args []string) (options, error) {
	var o options
	set := newFlags(&o)
	if err := set.Parse(args); err != nil {
		return options{}, err
	}
	switch {
	case set.NArg() > 0:
		return options{}, fmt.Errorf("unexpected argument %q", set.Arg(0))
	case o.events < 0:
		return options{}, fmt.Errorf("-events %d is negative", o.events)
	case o.calendar == "":
		return options{}, errors.New("-calendar is empty")
	}
	return o, nil
}

func printHelp(w io.Writer) {
	fmt.Fprint(w, help)
	for line := range slices.Chunk(fakegoogle.FaultNames(), 6) {
		fmt.Fprintln(w, " ", strings.Join(line, " "))
	}
	fmt.Fprint(w, "\nFlags:\n")
	set := newFlags(new(options))
	set.SetOutput(w)
	set.PrintDefaults()
}

// serve sets everything up, prints what to do with it, and serves until ctx
// ends.
func serve(ctx context.Context, o options, stdout, stderr io.Writer) error {
	google, account, err := newGoogle(o)
	if err != nil {
		return err
	}
	// An address without a host means this machine only, as it does for
	// walkthrough. For net.Listen, it would mean every network.
	addr := o.addr
	if strings.HasPrefix(addr, ":") {
		addr = "127.0.0.1" + addr
	}
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("%w (-addr 127.0.0.1:0 picks a free port)", err)
	}
	defer listener.Close()
	base := baseURL(listener, addr, stderr)
	if o.keyFile != "" {
		if err := writeKey(o.keyFile, account.KeyFile(base+"/token")); err != nil {
			return err
		}
	}
	if !o.quiet {
		google.SetLog(stderr)
	}
	fmt.Fprintf(stdout, "listening on %s\n%s", base, commands(base, account.Email, o))
	return serveUntilDone(ctx, listener, google, stderr)
}

// baseURL returns the URL of the server for clients on this machine. It warns
// if other machines can reach it, too.
func baseURL(listener net.Listener, addr string, stderr io.Writer) string {
	at := *listener.Addr().(*net.TCPAddr)
	if !at.IP.IsLoopback() {
		fmt.Fprintf(stderr, "warning: %s can be reached from other machines; "+
			"anyone there can use this server\n", addr)
	}
	if at.IP.IsUnspecified() {
		at.IP = net.IPv4(127, 0, 0, 1)
	}
	return "http://" + at.String()
}

// maxHeader bounds the header of a request, in bytes. The fake refuses half as
// much in Google's words. net/http refuses the rest in its own, before it fills
// memory.
const maxHeader = 128 << 10

func serveUntilDone(ctx context.Context, listener net.Listener, handler http.Handler,
	stderr io.Writer) error {
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		MaxHeaderBytes:    maxHeader,
		// A fault that delays a response ends when the program does.
		BaseContext: func(net.Listener) context.Context { return ctx },
		ErrorLog:    log.New(stderr, "fakegoogle: ", 0),
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
