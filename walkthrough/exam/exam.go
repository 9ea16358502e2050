// SPDX-License-Identifier: 0BSD

// Package exam examines clients, in any language, that go from a service
// account's key file to calendar events. For each trial it starts the client
// against a fake Google where one thing is special, and judges what the client
// asked for, what it printed, and how it ended.
//
// The trials are in the files trials_*.go, which read like a specification. What
// every client has to do is in [Contract].
package exam

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"sync"
	"time"
)

// Contract says what the exam gives to a client, and what it expects from one.
const Contract = `The command runs once for each trial. It gets these variables:

  GOOGLE_APPLICATION_CREDENTIALS  path of the service account's key file
  CALENDAR_ID                     the calendar to list
  CALENDAR_API                    base URL, ending in /calendar/v3; a library
                                  that wants the root takes what is before it
  TIMEOUT                         seconds that it may take

The token endpoint is the key file's token_uri, which isn't Google's here. Some
libraries, such as google-auth-library for Node, ignore it and post to Google:
change the address of that request first, with an interceptor for example.

It prints every event of the calendar on standard output: on one line the title
and the start, as Google writes it or at least with its day, as in 2026-11-26.
The order is free, and so is the rest of the line. It ends with exit status 0
only if it printed the whole list. Otherwise it says why on standard error. It
never prints the private key, the assertion or the access token.

Standard input is empty. Other variables that it gets: PATH, TZ=UTC,
LANG=C.UTF-8, and a HOME and TMPDIR of its own, which are deleted afterwards.
`

// Trial is one thing that a client has to get right.
type Trial struct {
	Name   string
	Demand string   // what the client has to do
	Why    string   // what it's good for
	Lesson string   // the page that explains it, such as /#claims-aud
	Files  []string // where this repository does it

	stage   int                   // the first stage that includes it
	arrange func(*world)          // makes the fake special; nil leaves it unchanged
	judge   func(*attempt) string // what the client did instead, or ""
}

// Trials returns all trials, in the order of the five steps.
func Trials() []Trial {
	return slices.Concat(keyFileTrials(), assertionTrials(), tokenTrials(), calendarTrials())
}

// Options say what to run.
type Options struct {
	Command  []string      // the client and its arguments
	Trials   []string      // names; nil means every trial of the stage
	Stage    int           // see Stages; 0 means the last one, the whole exam
	Limit    time.Duration // for each run of the client; 0 means DefaultLimit
	Parallel int           // how many clients run at once; 0 means one
	Env      []string      // names of variables that the client gets unchanged
}

// DefaultLimit is how long a client may run before it's killed. Half of it is
// what the client is told in TIMEOUT.
const DefaultLimit = 10 * time.Second

// Result is how a client did in one trial.
type Result struct {
	Trial   Trial
	Instead string // what the client did instead of what was demanded, or ""
	Reason  string // why the fake refused a request, as it would log it, or ""
	Said    string // the first and the last line of its standard error
}

// Passed reports whether the client did what was demanded.
func (r Result) Passed() bool { return r.Instead == "" }

// Run runs the command once for each trial, and calls report with each result,
// in the order of the trials. It returns an error if the options are wrong, if
// the command can't be started, or when ctx ends.
func Run(ctx context.Context, o Options, report func(Result)) error {
	if len(o.Command) == 0 {
		return errors.New("no command to examine")
	}
	if _, err := exec.LookPath(o.Command[0]); err != nil {
		return fmt.Errorf("the command can't be started: %w", err)
	}
	return run(ctx, command(o.Command), o, report)
}

// A client goes from the key file to the events. environment has its variables.
// It returns the exit status. It ends when ctx does.
type client func(ctx context.Context, environment []string, stdout, stderr io.Writer) (
	status int, err error)

func run(ctx context.Context, c client, o Options, report func(Result)) error {
	trials, err := o.trials()
	if err != nil {
		return err
	}
	key, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		return err
	}
	o.fill()
	var all sync.WaitGroup
	defer all.Wait() // so that every folder is deleted
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	running := make(chan struct{}, o.Parallel)
	outcomes := make([]chan outcome, len(trials))
	for i, t := range trials {
		outcomes[i] = make(chan outcome, 1)
		all.Add(1)
		go func() {
			defer all.Done()
			running <- struct{}{}
			r, err := examine(ctx, t, c, o, key)
			outcomes[i] <- outcome{r, err}
			<-running
		}()
	}
	for _, ready := range outcomes {
		done := <-ready
		if done.err != nil {
			return done.err
		}
		report(done.result)
	}
	return nil
}

type outcome struct {
	result Result
	err    error
}

// keyBits is the size of the keys that Google makes.
const keyBits = 2048

// trials returns the trials that the options select.
func (o *Options) trials() ([]Trial, error) {
	if o.Stage < 0 || o.Stage > len(Stages) {
		return nil, fmt.Errorf("there is no stage %d, only 1 to %d", o.Stage, len(Stages))
	}
	all := Trials()
	if o.Stage > 0 {
		all = slices.DeleteFunc(all, func(t Trial) bool { return t.stage > o.Stage })
	}
	for _, name := range o.Trials {
		named := func(t Trial) bool { return t.Name == name }
		if !slices.ContainsFunc(all, named) {
			return nil, fmt.Errorf("there is no trial %q (-list shows them)", name)
		}
	}
	if o.Trials != nil {
		all = slices.DeleteFunc(all, func(t Trial) bool { return !slices.Contains(o.Trials, t.Name) })
	}
	return all, nil
}

// fill sets what was left zero.
func (o *Options) fill() {
	if o.Stage == 0 {
		o.Stage = len(Stages)
	}
	if o.Limit == 0 {
		o.Limit = DefaultLimit
	}
	o.Parallel = max(1, o.Parallel)
}
