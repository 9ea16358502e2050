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
  fivestep jwt -key key.json                              one for reading events
  fivestep jwt -key key.json -scope S -scope S -sub you@example.com
  fivestep jwt -key key.json | fivestep jwt -decode       look inside

Steps 1 and 2: makes a JSON Web Token and signs it with the key; nothing is
sent. It is a secret for an hour: whoever has it can trade it for an access
token.
`,
	define: func(f *flags) {
		f.accountFlags(jwt.DefaultScope, "")
		f.set.BoolVar(&f.decode, "decode", false, "explain the assertion on standard input; its signature is not verified")
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
		assertion, err := t.sign(f, jwt.DefaultScope)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(t.stdout, assertion)
		return err
	},
}

const notAssertion = "An assertion is three parts of base64url without padding, dots between them (RFC 7515, section 7.1)."

// decode prints the two JSON texts of the assertion on standard input, and its
// times in a form that people read.
func (t *tool) decode(ctx context.Context) error {
	assertion, err := t.piped(ctx, 2, "assertion")
	if usage := (usageError{}); errors.As(err, &usage) || err == nil && assertion == "" {
		err = usageError{"jwt -decode reads an assertion from standard input, and none is piped in"}
	}
	if err != nil {
		return err
	}
	header, claims, err := jwt.Decode(assertion)
	if err != nil {
		return &stepError{2, err, notAssertion, "Pipe one in whole, on one line."}
	}
	var out bytes.Buffer
	for _, part := range [][]byte{header, claims} {
		var text bytes.Buffer
		json.Indent(&text, part, "", "  ") // Decode has checked that it is JSON
		for _, l := range strings.Split(text.String(), "\n") {
			out.WriteString(printable(l) + "\n")
		}
	}
	var times struct{ IAT, EXP float64 } // fractions are allowed (RFC 7519, section 2)
	if json.Unmarshal(claims, &times) == nil {
		for _, row := range []struct {
			name    string
			seconds float64
		}{{"iat", times.IAT}, {"exp", times.EXP}} {
			if row.seconds != 0 && math.Abs(row.seconds) < 1e11 {
				at := time.Unix(int64(row.seconds), 0)
				fmt.Fprintf(&out, "%s is %s, %s\n", row.name, at.UTC().Format(time.RFC3339), fromNow(at.Sub(t.now())))
			}
		}
	}
	out.WriteString("The signature is not verified.\n")
	_, err = t.stdout.Write(out.Bytes())
	return err
}

func fromNow(d time.Duration) string {
	if d = d.Round(time.Second); d < 0 {
		return (-d).String() + " ago"
	}
	return "in " + d.String()
}
