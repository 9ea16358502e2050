// SPDX-License-Identifier: 0BSD

package main

import (
	"context"
	"fmt"
	"io"
	"net/url"
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
	data, err := slurp(ctx, func() (io.ReadCloser, error) { return io.NopCloser(t.stdin), nil })
	text := strings.TrimSpace(strings.TrimPrefix(string(data), "\ufeff")) // Windows PowerShell may put this mark before
	if err == nil && text == "" && !haveKey {
		return "", &stepError{step, fmt.Errorf("no %s on standard input, and no -key", what), "The command before this one in the pipe failed, or there is none.", "Mend that, or give -key."}
	}
	if err != nil {
		return "", &stepError{step, err, "The command before this one in the pipe is still at work, or its output cannot be read.", "Mend that, or give -key."}
	}
	return text, misplaced(step, text, what)
}

// misplaced says what text is and where it belongs, if it is another of the things
// that go through this flow than the one that is wanted.
func misplaced(step int, text, wanted string) error {
	for _, thing := range []struct {
		found           bool
		what, why, hint string
	}{
		{strings.HasPrefix(text, "{") && strings.Contains(text, `"private_key"`), "a key file", "Assertions and tokens come through pipes; a key file is read where it lies.", "Give its path with -key to jwt, token or events."},
		{strings.HasPrefix(text, "{") || strings.HasPrefix(text, "Authorization:"), "JSON or a header", "An assertion is one word, and so is an access token.", "Pipe it as fivestep jwt or fivestep token prints it, without -json and -header."},
		{strings.HasPrefix(text, "ya29."), "an access token", "It is what an assertion is traded for: steps 3 and 4 are done.", "Pipe it into fivestep events."},
		{strings.HasPrefix(text, "eyJ") && strings.Count(text, ".") == 2, "an assertion", "An assertion is traded for a token first: steps 3 and 4.", "Put fivestep token between."},
	} {
		if thing.found && !strings.HasSuffix(thing.what, wanted) {
			return &stepError{step, fmt.Errorf("standard input holds %s, not an %s", thing.what, wanted), thing.why, thing.hint}
		}
	}
	return nil
}

// slurp reads a small file whole, or ends with ctx: it may be a pipe whose other end
// is still at work.
func slurp(ctx context.Context, open func() (io.ReadCloser, error)) ([]byte, error) {
	type result struct {
		data []byte
		err  error
	}
	read := make(chan result, 1)
	go func() {
		r, err := open()
		if err != nil {
			read <- result{nil, err}
			return
		}
		defer r.Close()
		data, err := io.ReadAll(io.LimitReader(r, maxInput))
		read <- result{data, err}
	}()
	select {
	case r := <-read:
		return r.data, r.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// loadKey is step 1. It says so when others can read the file, as a key file is
// as good as a password that never changes.
func (t *tool) loadKey(ctx context.Context, f *flags) error {
	if f.key == "" {
		f.key = t.getenv("GOOGLE_APPLICATION_CREDENTIALS")
	}
	switch {
	case f.key == "":
		return usageError{"no key file: give its path with -key or in GOOGLE_APPLICATION_CREDENTIALS"}
	case strings.ContainsAny(f.key, "{\n") || len(f.key) > 1000 || isSecret(f.key): // not shown: it holds the key
		return usageError{"-key or GOOGLE_APPLICATION_CREDENTIALS holds the text of a key file or a token, where the path of a key file belongs"}
	}
	data, err := slurp(ctx, func() (io.ReadCloser, error) { return os.Open(f.key) })
	if err != nil {
		return &stepError{1, err, "No file can be read at that path.", "Correct it. A key file comes from the console: IAM & Admin > Service Accounts > Keys > Add key > Create new key > JSON."}
	}
	if info, err := os.Stat(f.key); err == nil && isSecret(string(data)) && runtime.GOOS != "windows" && info.Mode().IsRegular() && info.Mode().Perm()&0o077 != 0 {
		t.say("fivestep: warning: %s can be read by others (mode %04o); chmod 600 %s", f.key, info.Mode().Perm(), f.key)
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

// source makes tokens from the key file, a fresh assertion each time. The whole
// command has one deadline, so fetching ends with it and not with a bound of its own.
func (t *tool) source(ctx context.Context, f *flags, defaultScope string) *tokenexchange.Source {
	return &tokenexchange.Source{Now: t.now, Fetch: func(context.Context) (*tokenexchange.Token, error) {
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
		if token != "" {
			if f.given("sub") || f.given("scope") {
				return nil, usageError{"-sub and -scope belong to the assertion: give them to the command that made it"}
			}
			client.Token = func(context.Context) (string, error) { return token, nil }
			return client, nil
		}
	}
	if err := t.loadKey(ctx, f); err != nil {
		return nil, err
	}
	if u, err := url.Parse(f.account.TokenURI); err == nil && u.Scheme == "http" && !f.given("api") { // a token of one is nothing to send to the other
		return nil, usageError{fmt.Sprintf("the key file is that of a fake Google, which has a Calendar of its own: add -api http://%s/calendar/v3", u.Host)}
	}
	source := t.source(ctx, f, defaultScope)
	client.Token, client.Invalidate = source.AccessToken, source.Invalidate
	return client, nil
}
