// SPDX-License-Identifier: 0BSD

package main

import (
	"flag"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"time"

	"example.com/fivestep/jwt"
)

// flags are the flags of one run; a command defines those that it has.
type flags struct {
	set     *flag.FlagSet
	timeout time.Duration

	key    string // path of the key file
	scopes list
	sub    string
	api    string
	json   bool

	decode, header            bool // jwt; token
	from, to, q, tz, syncFile string
	max                       int

	calendar string       // the argument of events, for hints
	account  *jwt.KeyFile // what the key file holds, once it is read
}

type list []string

func (l *list) String() string     { return strings.Join(*l, " ") }
func (l *list) Set(s string) error { *l = append(*l, s); return nil }

func newFlags(c command) *flags {
	f := &flags{set: flag.NewFlagSet(c.name, flag.ContinueOnError)}
	f.set.SetOutput(io.Discard) // errors are reported once, by report
	c.define(f)
	return f
}

// accountFlags adds the flags that say who asks for what; or is that of keyFlag.
func (f *flags) accountFlags(defaultScope, or string) {
	f.keyFlag(or)
	f.set.Var(&f.scopes, "scope", "ask for this `scope` (repeatable; default\n"+defaultScope+")")
	f.set.StringVar(&f.sub, "sub", "", "act as this Workspace `user`, by domain-wide delegation")
}

// orPiped is said of -key by commands that can do without a key file.
const orPiped = ", if nothing is piped in"

// keyFlag adds the flag that names the key file; or, if not "", is what makes it
// dispensable.
func (f *flags) keyFlag(or string) {
	f.set.StringVar(&f.key, "key", "", "the account's key `file`, as the console gave it\n(default $GOOGLE_APPLICATION_CREDENTIALS"+or+")")
}

func (f *flags) network() {
	f.set.DurationVar(&f.timeout, "timeout", 10*time.Minute, "give up after this `time`, such as 30s; 0 is no limit")
}

func (f *flags) calendarAPI() {
	f.network()
	f.set.StringVar(&f.api, "api", "https://www.googleapis.com/calendar/v3", "base `URL` of the API")
}

// parse takes flags before, between and after the arguments.
func (f *flags) parse(args []string) (positional []string, err error) {
	for {
		if err := f.set.Parse(args); err != nil {
			return nil, err
		}
		if f.set.NArg() == 0 {
			return positional, f.check(positional)
		}
		positional, args = append(positional, f.set.Arg(0)), f.set.Args()[1:]
	}
}

// check looks at the flags that several commands have, and for secrets, which an
// error could show and other users of this machine can see in the list of processes.
func (f *flags) check(positional []string) error {
	values := slices.Clone(positional)
	f.set.Visit(func(g *flag.Flag) { values = append(values, g.Value.String()) })
	if slices.ContainsFunc(values, isSecret) {
		return usageError{"a private key, a token or an assertion stands among the arguments, where others can see it: keep it in a file, or pipe it in"}
	}
	f.api = strings.TrimSuffix(f.api, "/")
	if u, err := url.Parse(f.api); err != nil || f.api != "" && (u.Host == "" || u.Scheme != "https" && u.Scheme != "http") {
		return usageError{fmt.Sprintf("-api %.200q is not a URL such as https://www.googleapis.com/calendar/v3", f.api)}
	}
	if f.timeout < 0 {
		return usageError{"-timeout is negative"}
	}
	return nil
}

func (f *flags) usage(c command) string {
	var b strings.Builder
	b.WriteString(strings.TrimPrefix(c.help, "\n") + "\nFlags:\n")
	f.set.SetOutput(&b)
	f.set.PrintDefaults()
	return b.String()
}

// isSecret reports whether an argument, or a word of it, is a key, an access token or
// an assertion. With an @ it is an address, however it begins.
func isSecret(s string) bool {
	return strings.Contains(s, "PRIVATE KEY") || slices.ContainsFunc(strings.Fields(s), func(word string) bool {
		return (strings.HasPrefix(word, "ya29.") || strings.HasPrefix(word, "eyJ")) && !strings.Contains(word, "@")
	})
}

// given reports whether the flag was set on the command line.
func (f *flags) given(name string) (found bool) {
	f.set.Visit(func(g *flag.Flag) { found = found || g.Name == name })
	return found
}
