// SPDX-License-Identifier: 0BSD

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"example.com/fivestep/jwt"
	"example.com/fivestep/tokenexchange"
)

var tokenCommand = command{
	name:  "token",
	short: "print an access token",
	help: `
  fivestep token -key key.json                                from the key file
  fivestep jwt -key key.json | fivestep token                 from an assertion
  fivestep token -key key.json -header | curl -H @- \
    'https://www.googleapis.com/calendar/v3/calendars/you@gmail.com/events'

Steps 3 and 4: posts the assertion to the token endpoint that its claim aud
names and prints the access token in the answer. It is a secret for an hour.
`,
	define: func(f *flags) {
		f.accountFlags(jwt.DefaultScope, orPiped)
		f.network()
		f.set.BoolVar(&f.header, "header", false, "print it as an Authorization header")
		f.set.BoolVar(&f.json, "json", false, "print it as JSON, with its type and the seconds it lives")
	},
	run: func(ctx context.Context, t *tool, f *flags, args []string) error {
		if len(args) > 0 || f.header && f.json {
			return usageError{"token takes no arguments, and one of -header and -json at most"}
		}
		token, err := t.token(ctx, f)
		if err != nil {
			return err
		}
		switch {
		case f.json:
			// The names of RFC 6749, section 5.1. The Token itself encodes masked.
			answer := struct {
				AccessToken string `json:"access_token"`
				TokenType   string `json:"token_type"`
				ExpiresIn   int64  `json:"expires_in,omitempty"`
			}{token.AccessToken, token.TokenType, 0}
			if !token.Expiry.IsZero() {
				answer.ExpiresIn = int64(token.Expiry.Sub(t.now()).Seconds())
			}
			return json.NewEncoder(t.stdout).Encode(answer)
		case f.header:
			_, err = fmt.Fprintf(t.stdout, "Authorization: Bearer %s\n", token.AccessToken)
		default:
			_, err = fmt.Fprintln(t.stdout, token.AccessToken)
		}
		return err
	},
}

// token exchanges an assertion made from -key, else the one on standard input,
// else one made from the key file that the environment names.
func (t *tool) token(ctx context.Context, f *flags) (*tokenexchange.Token, error) {
	if f.key == "" {
		assertion, err := t.piped(ctx, 3, "assertion")
		if err != nil {
			return nil, err
		}
		if assertion != "" {
			if f.given("sub") || f.given("scope") {
				return nil, usageError{"-sub and -scope belong to the assertion: give them to the command that made the one piped in"}
			}
			return t.tokenFor(ctx, assertion)
		}
	}
	if err := t.loadKey(ctx, f); err != nil {
		return nil, err
	}
	return t.source(ctx, f, jwt.DefaultScope).Token(ctx)
}

// tokenFor posts the assertion to its own aud: who made it meant it for there.
func (t *tool) tokenFor(ctx context.Context, assertion string) (*tokenexchange.Token, error) {
	_, claims, err := jwt.Decode(assertion)
	if err != nil {
		return nil, &stepError{3, err, notAssertion, "Pipe one in, as from fivestep jwt -key key.json."}
	}
	var c struct { // not jwt.Claims: others may write iat as a float
		Audience string `json:"aud"`
	}
	if err := json.Unmarshal(claims, &c); err != nil || c.Audience == "" {
		return nil, &stepError{3, errors.New("the assertion has no aud to be posted to"), "Its claim aud names the token endpoint, as one string.", "Make it with fivestep jwt, or give it an aud."}
	}
	return t.exchange(ctx, c.Audience, assertion)
}
