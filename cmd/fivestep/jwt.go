// SPDX-License-Identifier: 0BSD

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"example.com/fivestep/jwt"
)

var jwtCommand = command{
	name:  "jwt",
	short: "print a signed assertion; -decode explains one",
	help: `
  fivestep jwt -key key.json                              to read events
  fivestep jwt -key key.json -scope S -scope S -sub you@example.com
  fivestep jwt -key key.json | fivestep jwt -decode       look inside

Steps 1 and 2: makes a JSON Web Token, the assertion, and signs it with the key.
It sends nothing. The assertion is a secret for an hour: anyone who has it can
exchange it for an access token.
`,
	define: func(f *flags) {
		f.accountFlags(jwt.DefaultScope, "")
		f.set.BoolVar(&f.decode, "decode", false,
			"explain the assertion on standard input; doesn't verify its signature")
	},
	run: func(ctx context.Context, t *tool, f *flags, args []string) error {
		if len(args) > 0 {
			return usageError{"jwt takes no arguments"}
		}
		if f.decode {
			return t.decode(ctx)
		}
		if err := t.loadKey(ctx, f); err != nil {
			return err
		}
		assertion, err := t.sign(f)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(t.stdout, assertion)
		return err
	},
}

const notAssertion = "An assertion is three parts of base64url without padding, " +
	"joined by dots (RFC 7515, section 7.1)."

// decode prints the header and the claims of the assertion on standard input,
// and its times as people write them.
func (t *tool) decode(ctx context.Context) error {
	assertion, err := t.piped(ctx, 2, anAssertion)
	var usage usageError
	if errors.As(err, &usage) || err == nil && assertion == "" {
		return usageError{"jwt -decode reads an assertion from standard input, " +
			"and none is piped in"}
	}
	if err != nil {
		return err
	}
	header, claims, err := jwt.Decode(assertion)
	if err != nil {
		return &stepError{
			step: 2,
			err:  err,
			why:  notAssertion,
			hint: "Pipe in a whole one, on one line.",
		}
	}
	var out bytes.Buffer
	writeJSON(&out, header)
	writeJSON(&out, claims)
	t.writeTimes(&out, claims)
	out.WriteString("The signature is not verified.\n")
	_, err = t.stdout.Write(out.Bytes())
	return err
}

// writeJSON writes one part of an assertion, which jwt.Decode has found to be
// JSON.
func writeJSON(out *bytes.Buffer, part []byte) {
	var text bytes.Buffer
	json.Indent(&text, part, "", "  ")
	for _, line := range strings.Split(text.String(), "\n") {
		out.WriteString(printable(line) + "\n")
	}
}

// writeTimes writes when the assertion was issued and when it expires.
func (t *tool) writeTimes(out *bytes.Buffer, claims []byte) {
	// A NumericDate may have a fraction (RFC 7519, section 2).
	var times struct{ IAT, EXP float64 }
	if json.Unmarshal(claims, &times) != nil {
		return
	}
	for _, row := range []struct {
		name    string
		seconds float64
	}{{"iat", times.IAT}, {"exp", times.EXP}} {
		const year5138 = 1e11 // larger ones are mistakes, milliseconds for example
		if row.seconds == 0 || math.Abs(row.seconds) >= year5138 {
			continue
		}
		at := time.Unix(int64(row.seconds), 0)
		fmt.Fprintf(out, "%s is %s, %s\n",
			row.name, at.UTC().Format(time.RFC3339), fromNow(at.Sub(t.now())))
	}
}

func fromNow(d time.Duration) string {
	if d = d.Round(time.Second); d < 0 {
		return (-d).String() + " ago"
	}
	return "in " + d.String()
}
