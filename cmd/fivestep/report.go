// SPDX-License-Identifier: 0BSD

package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"example.com/fivestep/calendar"
	"example.com/fivestep/jwt"
	"example.com/fivestep/tokenexchange"
)

const (
	exitDone      = 0
	exitFailed    = 1
	exitUsage     = 2
	exitTemporary = 75 // EX_TEMPFAIL of sysexits.h
	exitInterrupt = 130
	exitPipe      = 141 // what a shell says of a program that SIGPIPE has ended, as it does most
)

// usageError is a command line that makes no sense.
type usageError struct{ problem string }

func (e usageError) Error() string { return e.problem }

// stepError is a failure of one of the five steps that no package's error tells.
type stepError struct {
	step      int
	err       error
	why, hint string
}

func (e *stepError) Error() string { return e.err.Error() }
func (e *stepError) Unwrap() error { return e.err }

// report prints err, why it came about and what to do, and returns the exit status.
func (t *tool) report(ctx context.Context, err error, f *flags) int {
	var (
		usage  usageError
		step   *stepError
		key    *jwt.KeyFileError
		token  *tokenexchange.Error
		events *calendar.Error
	)
	switch {
	case err == nil:
		return exitDone
	case errors.Is(ctx.Err(), context.Canceled):
		return exitInterrupt // Ctrl-C is no error to explain
	case errors.As(err, &usage):
		help := "fivestep -h"
		if f.set != nil {
			help = "fivestep " + f.set.Name() + " -h"
		}
		words := strings.Fields(usage.problem)
		for i, w := range words {
			if utf8.RuneCountInString(w) > 40 { // it may be a key or a token, pasted into the wrong place
				words[i] = fmt.Sprintf("%.30s...", w)
			}
		}
		t.say("fivestep: %.300s (%s says how)", strings.Join(words, " "), help)
		return exitUsage
	case errors.As(err, &key):
		t.explain(1, fmt.Sprintf("%s: %s", f.key, strings.TrimPrefix(key.Error(), "jwt: key file: ")), key.Advice())
	case errors.As(err, &step):
		t.explain(step.step, strings.TrimPrefix(step.Error(), "jwt: "), step.why+"\n"+step.hint)
		return exitStatus(errors.Is(err, context.DeadlineExceeded))
	case errors.As(err, &token):
		// A calendar error may hold a token error: then the token is what failed.
		n := 4
		if token.StatusCode == 0 {
			n = 3
		}
		t.explain(n, strings.TrimPrefix(token.Error(), "tokenexchange: "), token.Advice(), f.tokenHints(token)...)
		return exitStatus(token.Temporary() || errors.Is(err, context.DeadlineExceeded))
	case errors.As(err, &events):
		t.explain(5, strings.TrimPrefix(events.Error(), "calendar: "), events.Advice(), f.calendarHints(events)...)
		later := events.Reason == "quotaExceeded" || events.Reason == "dailyLimitExceeded"
		return exitStatus(events.Temporary() || later || errors.Is(err, context.DeadlineExceeded))
	case closedPipe(err):
		return exitPipe
	default:
		t.say("fivestep: %v", err)
	}
	return exitFailed
}

func exitStatus(temporary bool) int {
	if temporary {
		return exitTemporary
	}
	return exitFailed
}

func (t *tool) explain(step int, problem, advice string, hints ...string) {
	why, hint, _ := strings.Cut(advice, "\n")
	t.say("fivestep: step %d: %s", step, problem)
	t.say("why: %s", why)
	for _, h := range append([]string{hint}, hints...) {
		t.say("hint: %s", h)
	}
}

// tokenHints adds the values of the user's own key file to what tokenexchange
// advises. Without a key file, in a pipe, it has none.
func (f *flags) tokenHints(e *tokenexchange.Error) []string {
	k := f.account
	if k == nil {
		return nil
	}
	list := fmt.Sprintf("gcloud iam service-accounts keys list --iam-account=%s --project=%s", k.ClientEmail, k.ProjectID)
	switch {
	case e.StatusCode == 200 && strings.HasSuffix(e.Problem, "no access_token"), e.Code == "invalid_scope":
		return []string{fmt.Sprintf("%s asked for: %s", k.ClientEmail, &f.scopes)}
	case e.Code == "invalid_grant" && strings.Contains(e.Description, "short-lived"):
		return []string{fmt.Sprintf("to compare the clocks: date -u; curl -sI %s | grep -i ^date", k.TokenURI)}
	case e.Code == "invalid_grant" && strings.Contains(e.Description, "ignature"):
		return []string{fmt.Sprintf("signed with key %s of %s; the keys it has: %s", k.PrivateKeyID, k.ClientEmail, list)}
	case e.Code == "invalid_grant" && strings.Contains(e.Description, "account not found"):
		return []string{fmt.Sprintf("the account is %s in project %s: gcloud iam service-accounts list --project=%s", k.ClientEmail, k.ProjectID, k.ProjectID)}
	case e.Code == "invalid_grant" && f.sub != "":
		return []string{fmt.Sprintf("-sub is %s; without it, %s reads what is shared with it", f.sub, k.ClientEmail)}
	case e.Code == "unauthorized_client" || e.Code == "access_denied":
		return []string{
			"at https://admin.google.com/ac/owl/domainwidedelegation, the client ID is " + k.ClientID,
			"and its OAuth scopes are " + strings.Join(f.scopes, ","),
		}
	}
	return nil
}

func (f *flags) calendarHints(e *calendar.Error) (hints []string) {
	email, project := "the service account", "PROJECT"
	if k := f.account; k != nil {
		email, project = k.ClientEmail, k.ProjectID
	}
	switch e.Reason {
	case "notFound":
		if f.calendar != "" && f.sub == "" {
			hints = append(hints, fmt.Sprintf("share %s with %s: calendar.google.com > Settings > the calendar > Shared with > Add people", f.calendar, email))
		}
	case "accessNotConfigured":
		hints = append(hints, fmt.Sprintf("or: gcloud services enable calendar-json.googleapis.com --project=%s", project))
	case "insufficientPermissions":
		if len(f.scopes) > 0 {
			hints = append(hints, fmt.Sprintf("%s asked for: %s", email, &f.scopes))
		}
	}
	return hints
}
