// SPDX-License-Identifier: 0BSD

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"

	"example.com/fivestep/calendar"
	"example.com/fivestep/jwt"
	"example.com/fivestep/tokenexchange"
)

// maxInput bounds a key file, an assertion or a token that is read, in bytes.
const maxInput = 1 << 20

// piped returns what came on standard input, without the blanks around it. What
// names it in errors. If that is a terminal or another device, such as /dev/null
// under cron, and no key file is named either, the command was called wrongly; if
// it is an empty pipe, the command before it failed.
func (t *tool) piped(ctx context.Context, step int, what string) (string, error) {
	haveKey := t.getenv("GOOGLE_APPLICATION_CREDENTIALS") != ""
	if file, ok := t.stdin.(*os.File); ok {
		if info, err := file.Stat(); err != nil || info.Mode()&os.ModeCharDevice != 0 {
			if !haveKey {
				return "", usageError{"no -key, no GOOGLE_APPLICATION_CREDENTIALS, and no " + what + " piped in"}
			}
			return "", nil
		}
	}
	type result struct {
		data []byte
		err  error
	}
	read := make(chan result, 1)
	go func() {
		data, err := io.ReadAll(io.LimitReader(t.stdin, maxInput))
		read <- result{data, err}
	}()
	select {
	case r := <-read:
		text := strings.TrimSpace(string(r.data))
		if r.err == nil && text == "" && !haveKey {
			r.err = fmt.Errorf("no %s on standard input, and no -key", what)
		}
		if r.err != nil {
			return "", &stepError{step, r.err, "The command before this one in the pipe failed, and its error says why; or there is none.", "Mend that, or give -key."}
		}
		return text, nil
	case <-ctx.Done(): // Ctrl-C, while the command before this one is still at work
		return "", ctx.Err()
	}
}

// loadKey is step 1. It says so when others can read the file, as a key file is
// as good as a password that never changes.
func (t *tool) loadKey(f *flags) error {
	if f.key == "" {
		f.key = t.getenv("GOOGLE_APPLICATION_CREDENTIALS")
	}
	if f.key == "" {
		return usageError{"no key file: give -key, or set GOOGLE_APPLICATION_CREDENTIALS to its path"}
	}
	const why, hint = "The path of -key or GOOGLE_APPLICATION_CREDENTIALS is not that of a file that can be read.", "Correct it; README.md, \"With your own account\", says how to get a key file."
	file, err := os.Open(f.key)
	if err != nil {
		return &stepError{1, err, why, hint}
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxInput))
	if err != nil {
		return &stepError{1, err, why, hint}
	}
	if info, err := file.Stat(); err == nil && runtime.GOOS != "windows" && info.Mode().IsRegular() && info.Mode().Perm()&0o077 != 0 {
		fmt.Fprintf(t.stderr, "fivestep: warning: %s can be read by others (mode %04o); chmod 600 %s\n", f.key, info.Mode().Perm(), f.key)
	}
	f.account, err = jwt.ParseKeyFile(data)
	return err
}

// sign is step 2.
func (t *tool) sign(f *flags, defaultScope string) (string, error) {
	if len(f.scopes) == 0 {
		f.scopes = list{defaultScope}
	}
	k := f.account
	claims := jwt.NewClaims(k, t.now(), f.scopes...)
	claims.Subject = f.sub
	assertion, err := jwt.Sign(jwt.Header{Algorithm: "RS256", Type: "JWT", KeyID: k.PrivateKeyID}, claims, k.PrivateKey)
	if err != nil {
		return "", &stepError{2, err, "Google would refuse such an assertion, or take it for something else.", "The scopes that Calendar knows: https://developers.google.com/workspace/calendar/api/auth"}
	}
	return assertion, nil
}

// exchange is steps 3 and 4.
func (t *tool) exchange(ctx context.Context, tokenURL, assertion string) (*tokenexchange.Token, error) {
	client := tokenexchange.Client{Now: t.now, Sleep: t.sleep}
	return client.Exchange(ctx, tokenURL, assertion)
}

// source makes tokens from the key file, a fresh assertion each time.
func (t *tool) source(f *flags, defaultScope string) *tokenexchange.Source {
	return &tokenexchange.Source{Now: t.now, Fetch: func(ctx context.Context) (*tokenexchange.Token, error) {
		assertion, err := t.sign(f, defaultScope)
		if err != nil {
			return nil, err
		}
		return t.exchange(ctx, f.account.TokenURI, assertion)
	}}
}

// calendarClient is the way to step 5: with -key through all steps before it, else
// with the access token on standard input, else with the key file that the
// environment names.
func (t *tool) calendarClient(ctx context.Context, f *flags, defaultScope string) (*calendar.Client, error) {
	client := &calendar.Client{BaseURL: f.api, UserAgent: "fivestep (gzip)", Now: t.now, Sleep: t.sleep}
	if f.key == "" {
		token, err := t.piped(ctx, 5, "access token")
		if err != nil {
			return nil, err
		}
		if strings.HasPrefix(token, "{") || strings.HasPrefix(token, "Authorization:") {
			return nil, &stepError{5, errors.New("standard input holds more than an access token"), "A token is one word, such as ya29.c.…", "Pipe it from fivestep token without -json and -header."}
		}
		if token != "" {
			client.Token = func(context.Context) (string, error) { return token, nil }
			return client, nil
		}
	}
	if err := t.loadKey(f); err != nil {
		return nil, err
	}
	source := t.source(f, defaultScope)
	client.Token, client.Invalidate = source.AccessToken, source.Invalidate
	return client, nil
}
