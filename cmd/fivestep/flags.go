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

	"example.com/fivestep/cmd/fivestep/mangled"
	"example.com/fivestep/jwt"
)

// flags holds a command's parsed flags. A command defines the flags it
// has.
type flags struct {
	set *flag.FlagSet

	// Several commands have these.
	key          string // path of the key file, or - for standard input
	scope        list
	defaultScope string
	sub          string
	audience     string // -aud
	timeout      time.Duration
	api          string
	json         bool

	decode   bool   // jwt
	header   bool   // token
	from, to string // events, and all below
	q        string
	types    list
	max      int
	tz       string
	syncFile string

	// Not flags, but what a hint needs to know when the command fails.
	calendar    string       // the argument of events, or the one that failed
	calendars   int          // how many there are
	account     *jwt.KeyFile // set once the key file is read
	tokenURL    string       // where the assertion is posted
	keyVariable bool         // key is from the environment, not from -key
	noted       bool         // the host in tokenURL has been noted
}

// list is a flag that can be repeated.
type list []string

func (l *list) String() string     { return strings.Join(*l, " ") }
func (l *list) Set(s string) error { *l = append(*l, s); return nil }

func newFlags(c command) *flags {
	f := &flags{set: flag.NewFlagSet(c.name, flag.ContinueOnError)}
	f.set.SetOutput(io.Discard) // report prints errors, and only once
	c.define(f)
	return f
}

// accountFlags adds the flags that say who asks for what. For or, see keyFlag.
func (f *flags) accountFlags(defaultScope, or string) {
	f.keyFlag(or)
	f.defaultScope = defaultScope
	f.set.Var(&f.scope, "scope", "ask for this `scope` (repeatable; default\n"+defaultScope+")")
	f.set.StringVar(&f.sub, "sub", "",
		"act as this Workspace `user`, through domain-wide delegation")
	f.set.StringVar(&f.audience, "aud", "",
		"put this `URL` into the claim aud: for a private endpoint of\n"+
			"Google's, "+googleTokenURL+"\n(default the key file's token_uri)")
}

// orPiped is for commands that need no key file if they get a token or an
// assertion.
const orPiped = ", if nothing is piped in"

// keyFlag adds -key. The text or, if any, says when the command needs no key
// file.
func (f *flags) keyFlag(or string) {
	f.set.StringVar(&f.key, "key", "",
		"read the account's key from this `file`, or - for standard input\n"+
			"(default $"+keyVariable+or+")")
}

func (f *flags) network() {
	f.set.DurationVar(&f.timeout, "timeout", 10*time.Minute,
		"stop after this `time`, such as 30s; 0 means no limit")
}

func (f *flags) calendarAPI() {
	f.network()
	f.set.StringVar(&f.api, "api", "https://www.googleapis.com/calendar/v3",
		"base `URL` of the API")
}

// parse accepts flags before, between and after the arguments.
func (f *flags) parse(args []string) (positional []string, err error) {
	for {
		if err := f.set.Parse(args); err != nil {
			return nil, err
		}
		if f.set.NArg() == 0 {
			break
		}
		positional, args = append(positional, f.set.Arg(0)), f.set.Args()[1:]
	}
	if err := f.check(positional); err != nil {
		return nil, err
	}
	return positional, nil
}

// check looks at flags that several commands have, and refuses secrets: an
// error might show them, and other users of this machine can see them in the
// list of processes.
func (f *flags) check(positional []string) error {
	values := slices.Clone(positional)
	f.set.Visit(func(g *flag.Flag) { values = append(values, g.Value.String()) })
	if slices.ContainsFunc(values, mangled.IsSecret) {
		return usageError{"an argument holds a private key, a token or an assertion, " +
			"and others can see it there: keep it in a file, or pipe it in"}
	}
	f.api = strings.TrimSuffix(f.api, "/")
	if strings.Contains(f.api, "@") { // don't show it: a password is before the @
		return usageError{"-api has a user or a password in it, which the API doesn't take"}
	}
	if f.api != "" && !isHTTP(f.api) {
		return usageError{fmt.Sprintf(
			"-api %.200q is not a URL such as https://www.googleapis.com/calendar/v3", f.api)}
	}
	if f.timeout < 0 {
		return usageError{"-timeout is negative"}
	}
	return nil
}

func isHTTP(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http")
}

// scopes returns the scopes to ask for.
func (f *flags) scopes() list {
	if len(f.scope) > 0 {
		return f.scope
	}
	return list{f.defaultScope}
}

// refuseScope refuses -scope and -sub beside an assertion or a token from a
// pipe, whose scope and subject are fixed.
func (f *flags) refuseScope() error {
	if f.given("sub") || f.given("scope") || f.given("aud") {
		return usageError{"-sub, -scope and -aud belong to the assertion: " +
			"give them to the command that made it"}
	}
	return nil
}

// checkSameGoogle refuses to get a token from a fake Google, whose token_uri
// has http, or from another cloud, for use with the real one.
func (f *flags) checkSameGoogle() error {
	if cloud := f.account.UniverseDomain; isOtherUniverse(cloud) && isGoogleAPI(f.api) {
		return usageError{"the key file's universe_domain is " + shownDomain(cloud) +
			", and its tokens are for that cloud only: " +
			"give its Calendar with -api, if it has one"}
	}
	u, err := url.Parse(f.account.TokenURI)
	if err == nil && u.Scheme == "http" && !f.given("api") {
		return usageError{fmt.Sprintf("the key file is for a fake Google, "+
			"which has its own Calendar: add -api http://%s/calendar/v3", u.Host)}
	}
	return nil
}

// given reports whether the flag was set on the command line.
func (f *flags) given(name string) (found bool) {
	f.set.Visit(func(g *flag.Flag) { found = found || g.Name == name })
	return found
}

// usage returns what -h prints.
func (f *flags) usage(c command) string {
	var b strings.Builder
	b.WriteString(strings.TrimPrefix(c.help, "\n") + "\nFlags:\n")
	f.set.SetOutput(&b)
	f.set.PrintDefaults()
	return b.String()
}
