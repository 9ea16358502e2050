// SPDX-License-Identifier: 0BSD

package exam

import (
	"context"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"example.com/fivestep/walkthrough/fakegoogle"
)

// attempt is one run of a client, and everything that it's judged by.
type attempt struct {
	*world
	stage          int
	limit          time.Duration
	stdout, stderr string
	status         int  // exit status
	killed         bool // at the limit
	requests       []fakegoogle.Request
}

// examine runs the client in one trial, and judges it.
func examine(ctx context.Context, t Trial, c client, o Options, key *rsa.PrivateKey) (
	Result, error,
) {
	w, err := newWorld(key)
	if err != nil {
		return Result{}, err
	}
	stop, err := w.start(ctx)
	if err != nil {
		return Result{}, err
	}
	defer stop()
	if t.arrange != nil {
		t.arrange(w)
	}
	w.addUsualCalendar()
	a, err := w.try(ctx, c, o)
	if err != nil {
		return Result{}, err
	}
	stop()
	a.requests = w.google.Requests()
	return a.result(t), nil
}

// try runs the client once.
func (w *world) try(ctx context.Context, c client, o Options) (*attempt, error) {
	folder, err := os.MkdirTemp("", "exam-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	err = os.WriteFile(filepath.Join(folder, "key.json"), w.keyFile, 0o600)
	if err != nil {
		return nil, err
	}

	limited, cancel := context.WithTimeout(ctx, o.Limit)
	defer cancel()
	var stdout, stderr capture
	list := environment(w, folder, o.Limit/w.hurry, o.Env)
	status, err := c(limited, list, &stdout, &stderr)
	if err = errors.Join(err, ctx.Err()); err != nil {
		return nil, err
	}
	a := &attempt{
		world:  w,
		stage:  o.Stage,
		limit:  o.Limit,
		stdout: string(stdout.text),
		stderr: string(stderr.text),
		status: status,
		killed: limited.Err() != nil,
	}
	if printed := strings.TrimSpace(a.stdout); a.stage == 2 && printed != "" {
		return a, w.post(printed)
	}
	return a, nil
}

// result judges the attempt. What holds in every trial comes first.
func (a *attempt) result(t Trial) Result {
	r := Result{Trial: t}
	leak := a.leak()
	switch {
	case a.killed:
		r.Instead = fmt.Sprintf("it was still running after %v, and was killed", a.limit)
	case leak != "":
		r.Instead = "it printed " + leak
	default:
		r.Instead = t.judge(a)
	}
	if r.Instead == "" {
		return r
	}
	r.Reason = a.reason()
	if leak == "" {
		r.Said = gist(a.stderr)
	}
	return r
}

// posts are the requests to the token endpoint.
func (a *attempt) posts() []fakegoogle.Request { return a.sentTo("/token") }

// reads are the requests to the Calendar API.
func (a *attempt) reads() []fakegoogle.Request { return a.sentTo("/calendar/") }

func (a *attempt) sentTo(prefix string) (list []fakegoogle.Request) {
	for _, r := range a.requests {
		if strings.HasPrefix(r.Path, prefix) {
			list = append(list, r)
		}
	}
	return list
}

// reason is why the fake refused a request for what the client had done. It
// leaves out the refusals that the trial wanted.
func (a *attempt) reason() string {
	for _, r := range a.requests {
		if r.Status >= http.StatusBadRequest && r.Fault == "" {
			return r.String()
		}
	}
	return ""
}

// assertion returns the header and the claims of the first assertion that was
// posted. They're empty if there's none that can be read.
func (a *attempt) assertion() (header, claims map[string]any) {
	for _, r := range a.posts() {
		form, _ := url.ParseQuery(string(r.Body))
		parts := strings.Split(form.Get("assertion"), ".")
		if len(parts) == 3 {
			return decodePart(parts[0]), decodePart(parts[1])
		}
	}
	return nil, nil
}

func decodePart(part string) (members map[string]any) {
	text, _ := base64.RawURLEncoding.DecodeString(strings.TrimRight(part, "="))
	json.Unmarshal(text, &members)
	return members
}

// issued reports whether text is one of the access tokens issued.
func (a *attempt) issued(text string) bool {
	return slices.Contains(a.tokens, text)
}

// lines counts the lines of standard output with an event's title and day.
func (a *attempt) lines(e event) (count int) {
	for _, line := range strings.Split(a.stdout, "\n") {
		if strings.Contains(line, e.title) && strings.Contains(line, e.day) {
			count++
		}
	}
	return count
}
