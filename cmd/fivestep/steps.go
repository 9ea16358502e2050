// SPDX-License-Identifier: 0BSD

package main

import (
	"cmp"
	"context"
	"errors"

	"example.com/fivestep/calendar"
	"example.com/fivestep/jwt"
	"example.com/fivestep/tokenexchange"
)

// loadKey is step 1: read the key file and check it.
func (t *tool) loadKey(ctx context.Context, f *flags) error {
	data, err := t.readKey(ctx, f)
	if err != nil {
		return err
	}
	f.account, err = jwt.ParseKeyFile(data)
	var bad *jwt.KeyFileError
	if errors.As(err, &bad) {
		return f.explainKey(bad, data)
	}
	return err
}

// sign is step 2: sign an assertion.
func (t *tool) sign(f *flags) (string, error) {
	k := f.account
	header := jwt.Header{Algorithm: "RS256", Type: "JWT", KeyID: k.PrivateKeyID}
	claims := jwt.NewClaims(k, t.now(), f.scopes()...)
	claims.Audience = cmp.Or(f.audience, claims.Audience)
	claims.Subject = f.sub
	assertion, err := jwt.Sign(header, claims, k.PrivateKey)
	if err != nil {
		return "", &stepError{
			step: 2,
			err:  err,
			why:  "Google would refuse such an assertion, or misunderstand it.",
			hint: f.claimsHint(err, claims),
		}
	}
	return assertion, nil
}

// exchange is steps 3 and 4: post the assertion and read the access token.
func (t *tool) exchange(
	ctx context.Context, f *flags, assertion string,
) (*tokenexchange.Token, error) {
	t.noteHost(f)
	client := tokenexchange.Client{
		HTTP:  t.noting(tokenexchange.Transport()),
		Now:   t.now,
		Sleep: t.sleep,
	}
	return client.Exchange(ctx, f.tokenURL, assertion)
}

// source does steps 2 to 4 whenever a new token is needed. It fetches with the
// command's own ctx, so that -timeout is the only time limit.
func (t *tool) source(ctx context.Context, f *flags) *tokenexchange.Source {
	f.tokenURL = f.account.TokenURI
	fetch := func(context.Context) (*tokenexchange.Token, error) {
		assertion, err := t.sign(f)
		if err != nil {
			return nil, err
		}
		return t.exchange(ctx, f, assertion)
	}
	return &tokenexchange.Source{Fetch: fetch, Now: t.now}
}

// calendarClient prepares step 5. Its access token comes from the first of
// these that there is: -key, standard input, the key file that the environment
// names.
func (t *tool) calendarClient(ctx context.Context, f *flags) (*calendar.Client, error) {
	client := &calendar.Client{
		HTTP:      t.noting(calendar.Transport()), // main discards net/http's log
		BaseURL:   f.api,
		UserAgent: "fivestep (gzip)",
		Now:       t.now,
		Sleep:     t.sleep,
	}
	if f.key == "" {
		token, err := t.piped(ctx, 5, accessToken)
		if err != nil {
			return nil, err
		}
		if token != "" {
			if err := f.refuseScope(); err != nil {
				return nil, err
			}
			client.Token = func(context.Context) (string, error) { return token, nil }
			return client, nil
		}
	}
	if err := t.loadKey(ctx, f); err != nil {
		return nil, err
	}
	if err := f.checkSameGoogle(); err != nil {
		return nil, err
	}
	source := t.source(ctx, f)
	client.Token, client.Invalidate = source.AccessToken, source.Invalidate
	return client, nil
}
