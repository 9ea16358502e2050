// SPDX-License-Identifier: 0BSD

package proofs

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"testing"
)

// TestSecrets plants canaries: a key that nobody has seen, assertions signed
// with it, access tokens, and the password of a proxy. Then it calls every
// exported function and every command, without a fault and with each of them,
// prints the results in every possible way, and looks for the canaries.
func TestSecrets(t *testing.T) {
	t.Parallel()
	c := newCanaries(t)
	// This one runs alone, because it captures everything that is logged while
	// it runs.
	t.Run("servers", func(t *testing.T) { secretsToServers(t, c) })
	for name, part := range map[string]func(*testing.T, *canaries){
		"packages":  secretsInPackages,
		"HTTP2":     secretsOverHTTP2,
		"proxies":   secretsThroughProxies,
		"commands":  secretsInCommands,
		"arguments": secretsInArguments,
		"processes": secretsInProcesses,
		"programs":  secretsInPrograms,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			part(t, c)
		})
	}
}

// see fails the test if a canary shows in a text.
func (c *canaries) see(t *testing.T, what, text string) {
	t.Helper()
	if leak := c.leak(text); leak != "" {
		t.Errorf("%s shows %s", what, leak)
	}
}

// print prints values in every way, and errors with everything they wrap.
func (c *canaries) print(t *testing.T, what string, values ...any) {
	t.Helper()
	for _, v := range values {
		c.see(t, what, printed(v))
		switch wrapped := v.(type) {
		case interface{ Unwrap() error }:
			if inner := wrapped.Unwrap(); inner != nil {
				c.print(t, what+", what it wraps", inner)
			}
		case interface{ Unwrap() []error }:
			for _, inner := range wrapped.Unwrap() {
				c.print(t, what+", one that it wraps", inner)
			}
		}
		if advises, ok := v.(interface{ Advice() string }); ok {
			c.see(t, what+", its advice", advises.Advice())
		}
	}
}

// verbs prints a value in every way, also with too few arguments and too many.
var verbs = []string{
	"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%10.3v", "%s %d", "none",
}

// printed returns a value under every verb, as JSON, in logs, in other values,
// and in other errors.
func printed(v any) string {
	var out bytes.Buffer
	text := slog.New(slog.NewTextHandler(&out, nil))
	asJSON := slog.New(slog.NewJSONHandler(&out, nil))
	for _, holder := range []any{v, []any{v}, &struct{ Field any }{v}} {
		for _, verb := range verbs {
			fmt.Fprintf(&out, verb+"\n", holder)
		}
		fmt.Fprintln(&out, holder)
		data, err := json.Marshal(holder)
		fmt.Fprintf(&out, "%s %v\n", data, err)
		for _, logger := range []*slog.Logger{text, asJSON} {
			logger.Info(fmt.Sprint(holder), "value", holder, slog.Group("group", "value", holder))
			logger.With("value", holder).Info("")
		}
	}
	if err, ok := v.(error); ok {
		fmt.Fprintf(&out, "%v %+v %#v",
			fmt.Errorf("wrapped: %w", err), errors.Join(err, err), errors.Join(err))
	}
	return out.String()
}
