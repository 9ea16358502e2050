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

Steps 3 and 4: posts the assertion to the key file's token_uri, or one from a
pipe to the endpoint that its claim aud names, and prints the access token from
the answer. It's a secret for an hour.
`,
	define: func(f *flags) {
		f.accountFlags(jwt.DefaultScope, orPiped)
		f.network()
		f.set.BoolVar(&f.header, "header", false, "print the token as an Authorization header")
		f.set.BoolVar(&f.json, "json", false,
			"print the token as JSON, with its type and its lifetime in seconds")
	},
	run: func(ctx context.Context, t *tool, f *flags, args []string) error {
		if len(args) > 0 || f.header && f.json {
			return usageError{"token takes no arguments, and only one of -header and -json"}
		}
		token, err := t.token(ctx, f)
		if err != nil {
			return err
		}
		return t.printToken(f, token)
	},
}

// token returns an access token. Its assertion comes from the first of these
// that there is: -key, standard input, the key file that the environment names.
func (t *tool) token(ctx context.Context, f *flags) (*tokenexchange.Token, error) {
	if f.key == "" {
		assertion, err := t.piped(ctx, 3, anAssertion)
		if err != nil {
			return nil, err
		}
		if assertion != "" {
			if err := f.refuseScope(); err != nil {
				return nil, err
			}
			return t.tokenFor(ctx, f, assertion)
		}
	}
	if err := t.loadKey(ctx, f); err != nil {
		return nil, err
	}
	return t.source(ctx, f).Token(ctx)
}

// tokenFor posts the assertion to its own aud: that's where its maker meant it
// to go.
func (t *tool) tokenFor(
	ctx context.Context, f *flags, assertion string,
) (*tokenexchange.Token, error) {
	_, claims, err := jwt.Decode(assertion)
	if err != nil {
		return nil, &stepError{
			step: 3,
			err:  err,
			why:  notAssertion,
			hint: "Pipe one in, such as the output of fivestep jwt -key key.json.",
		}
	}
	var c struct { // not jwt.Claims: others may write iat as a float
		Audience string `json:"aud"`
	}
	if err := json.Unmarshal(claims, &c); err != nil || c.Audience == "" {
		return nil, &stepError{
			step: 3,
			err:  errors.New("the assertion has no aud to post it to"),
			why:  "Its claim aud must name the token endpoint, as a single string.",
			hint: "Make the assertion with fivestep jwt, or add an aud.",
		}
	}
	f.tokenURL = c.Audience
	return t.exchange(ctx, f, assertion)
}

func (t *tool) printToken(f *flags, token *tokenexchange.Token) error {
	switch {
	case f.json:
		// The names are those of RFC 6749, section 5.1. Token itself encodes
		// masked.
		answer := struct {
			AccessToken string `json:"access_token"`
			TokenType   string `json:"token_type"`
			ExpiresIn   int64  `json:"expires_in,omitempty"`
		}{AccessToken: token.AccessToken, TokenType: token.TokenType}
		if !token.Expiry.IsZero() {
			answer.ExpiresIn = int64(token.Expiry.Sub(t.now()).Seconds())
		}
		return json.NewEncoder(t.stdout).Encode(answer)
	case f.header:
		_, err := fmt.Fprintf(t.stdout, "Authorization: Bearer %s\n", token.AccessToken)
		return err
	default:
		_, err := fmt.Fprintln(t.stdout, token.AccessToken)
		return err
	}
}
