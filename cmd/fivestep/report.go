// SPDX-License-Identifier: 0BSD

package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"example.com/fivestep/calendar"
	"example.com/fivestep/tokenexchange"
)

const (
	exitDone      = 0
	exitFailed    = 1
	exitUsage     = 2
	exitTemporary = 75  // EX_TEMPFAIL of sysexits.h
	exitInterrupt = 130 // what a shell reports for a program that SIGINT ended
	exitPipe      = 141 // what a shell reports for a program that SIGPIPE ended
)

// usageError is a command line that makes no sense.
type usageError struct{ problem string }

func (e usageError) Error() string { return e.problem }

// stepError is a failure of one of the five steps that comes from none of the
// three packages.
type stepError struct {
	step      int
	err       error
	why, hint string
}

func (e *stepError) Error() string { return e.err.Error() }
func (e *stepError) Unwrap() error { return e.err }

// report prints what failed, why, and what to do. It returns the exit status.
func (t *tool) report(ctx context.Context, err error, f *flags) int {
	var (
		usage  usageError
		step   *stepError
		token  *tokenexchange.Error
		events *calendar.Error
	)
	timeout := errors.Is(err, context.DeadlineExceeded)
	switch {
	case err == nil:
		return exitDone
	case errors.Is(ctx.Err(), context.Canceled):
		return exitInterrupt // Ctrl-C is no error to explain
	case errors.As(err, &usage):
		t.reportUsage(usage, f)
		return exitUsage
	case errors.As(err, &step):
		t.explain(step.step, strings.TrimPrefix(step.Error(), "jwt: "), step.why, step.hint)
		return exitStatus(timeout)
	case errors.As(err, &token):
		// A calendar.Error may wrap a tokenexchange.Error: it's the token that
		// failed.
		t.reportToken(token, f)
		return exitStatus(timeout || token.Temporary())
	case errors.As(err, &events):
		t.reportCalendar(events, f)
		return exitStatus(timeout || events.Temporary() || isQuota(events))
	case closedPipe(err):
		return exitPipe
	}
	t.say("fivestep: %v", err)
	return exitFailed
}

func exitStatus(temporary bool) int {
	if temporary {
		return exitTemporary
	}
	return exitFailed
}

// isQuota reports whether a quota is used up. calendar doesn't try again, as
// that may take until tomorrow; a script can.
func isQuota(e *calendar.Error) bool {
	return e.Reason == "quotaExceeded" || e.Reason == "dailyLimitExceeded"
}

// reportUsage prints long words shortened: they may be a key or a token, pasted
// into the wrong place.
func (t *tool) reportUsage(usage usageError, f *flags) {
	const longest = 40 // runes
	words := strings.Fields(usage.problem)
	for i, word := range words {
		if utf8.RuneCountInString(word) > longest {
			words[i] = fmt.Sprintf("%.30s...", word)
		}
	}
	help := "fivestep -h"
	if f.set != nil {
		help = "fivestep " + f.set.Name() + " -h"
	}
	t.say("fivestep: %.300s (see %s)", strings.Join(words, " "), help)
}

func (t *tool) reportToken(e *tokenexchange.Error, f *flags) {
	step := 4
	if e.StatusCode == 0 {
		step = 3 // nothing has been answered
	}
	why, hint := advice(e)
	hints := slices.Concat([]string{hint}, f.tokenHints(e))
	t.explain(step, strings.TrimPrefix(e.Error(), "tokenexchange: "), why, hints...)
}

func (t *tool) reportCalendar(e *calendar.Error, f *flags) {
	why, hint := advice(e)
	hints := slices.Concat([]string{hint}, f.calendarHints(e))
	t.explain(5, strings.TrimPrefix(e.Error(), "calendar: "), why, hints...)
}

// advice returns the two lines of a package's advice.
func advice(e interface{ Advice() string }) (why, hint string) {
	why, hint, _ = strings.Cut(e.Advice(), "\n")
	return why, hint
}

func (t *tool) explain(step int, problem, why string, hints ...string) {
	t.say("fivestep: step %d: %s", step, problem)
	t.say("why: %s", why)
	for _, hint := range hints {
		t.say("hint: %s", hint)
	}
}
